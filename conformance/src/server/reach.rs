//! Target files: how a target is reached, and with which credentials.

use std::collections::BTreeMap;

use super::{Form, Kind, Preference, Secret, Target};
use crate::reference_data::ReferenceData;
use crate::spanned::{self, Diagnostic, Members, Node, mistyped, object, string};

pub(super) fn form(file: &str, members: &mut Members<'_>, kind: &Kind) -> Result<Form, Diagnostic> {
    let Some(node) = members.optional("form") else {
        return Ok(match kind {
            Kind::Spawn { .. } | Kind::Aws(_) => Form::Exact,
            Kind::Url(_) => Form::Names,
        });
    };
    match string(file, "form", node)? {
        "exact" => Ok(Form::Exact),
        "names" => Ok(Form::Names),
        other => Err(Diagnostic::at(
            file,
            node.place,
            format!("\"form\" is exact or names, not {other:?}"),
        )),
    }
}

pub(super) fn milliseconds(
    file: &str,
    members: &mut Members<'_>,
    name: &'static str,
) -> Result<Option<u64>, Diagnostic> {
    let Some(node) = members.optional(name) else {
        return Ok(None);
    };
    match spanned::count(file, name, node)? {
        0 => Err(mistyped(
            file,
            name,
            node,
            "a number of milliseconds from 1",
        )),
        milliseconds => Ok(Some(milliseconds)),
    }
}

pub(super) fn kind(
    reference: &ReferenceData,
    file: &str,
    members: &mut Members<'_>,
) -> Result<Kind, Diagnostic> {
    let node = members.required("kind")?;
    let urls = |members: &mut Members<'_>| -> Result<BTreeMap<String, String>, Diagnostic> {
        let mut urls = BTreeMap::new();
        if let Some(node) = members.optional("urls") {
            for (service, place, url) in object(file, "urls", node)? {
                if service != "default" && reference.models.service(service).is_none() {
                    let known = reference.models.services().iter();
                    let known: Vec<_> = known.map(|service| service.name.as_str()).collect();
                    let known = known.join(", ");
                    return Err(Diagnostic::at(
                        file,
                        *place,
                        format!("there is no service {service:?}; there are default, {known}"),
                    ));
                }
                urls.insert(service.clone(), string(file, service, url)?.to_owned());
            }
        }
        Ok(urls)
    };
    match string(file, "kind", node)? {
        "spawn" => {
            let command: Vec<String> = members
                .strings("command")?
                .into_iter()
                .map(|(word, _)| word.to_owned())
                .collect();
            if command.is_empty() {
                return Err(Diagnostic::at(
                    file,
                    node.place,
                    "\"spawn\" needs \"command\": program and arguments",
                ));
            }
            Ok(Kind::Spawn {
                command,
                binary: members.sentence("binary")?,
                listening: members.sentence("listening")?,
                version: members
                    .strings("version")?
                    .into_iter()
                    .map(|(word, _)| word.to_owned())
                    .collect(),
            })
        }
        "url" => Ok(Kind::Url(urls(members)?)),
        "aws" => Ok(Kind::Aws(urls(members)?)),
        other => Err(Diagnostic::at(
            file,
            node.place,
            format!("\"kind\" is spawn, url or aws, not {other:?}"),
        )),
    }
}

pub(super) fn credentials(file: &str, node: &Node, target: &mut Target) -> Result<(), Diagnostic> {
    let mut members = Members::of(file, "\"credentials\"", node)?;
    let prefers = members.required("prefers")?;
    target.prefers = match string(file, "prefers", prefers)? {
        "bearer" => Preference::Bearer,
        "sigv4" => Preference::Sigv4,
        "none" => Preference::None,
        other => {
            return Err(Diagnostic::at(
                file,
                prefers.place,
                format!("\"prefers\" is bearer, sigv4 or none, not {other:?}"),
            ));
        }
    };
    let mut secret = |name| {
        members
            .optional(name)
            .map(|node| secret(file, node))
            .transpose()
    };
    target.bearer = secret("bearer")?;
    target.access_key = secret("access_key")?;
    target.secret = secret("secret")?;
    target.token = secret("token")?;
    members.finish()
}

fn secret(file: &str, node: &Node) -> Result<Secret, Diagnostic> {
    let mut members = Members::of(file, "a secret", node)?;
    let sources = (
        members.optional_string("env")?,
        members.optional_string("line")?,
        members.optional_string("public")?,
    );
    members.finish()?;
    match sources {
        (Some(name), None, None) => Ok(Secret::Env(name.to_owned())),
        (None, Some(line), None) => Ok(Secret::Line(line.to_owned())),
        (None, None, Some(value)) => Ok(Secret::Public(value.to_owned())),
        _ => Err(Diagnostic::at(
            file,
            node.place,
            "a secret is one of {\"env\": NAME}, {\"line\": what stands before it in the \
             program's output}, {\"public\": VALUE}",
        )),
    }
}
