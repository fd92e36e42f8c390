//! Target files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::{Headers, Kind, Preference, Secret, Target};
use crate::case::{BasisKind, words};
use crate::embedded;
use crate::knowledge::Knowledge;
use crate::located::{
    self, Fault, Kind as JsonKind, Members, Node, list, mistyped, object, string,
};

/// The target of that name among those that come with the suite, or of that file.
///
/// # Errors
/// When there is none, or its file is wrong.
pub fn find(knowledge: &Knowledge, name: &str) -> Result<Target, Fault> {
    if name.ends_with(".json") {
        let path = Path::new(name);
        let text = fs::read_to_string(path)
            .map_err(|error| Fault::whole(name, format!("cannot be read: {error}")))?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        return read(knowledge, &stem, name, &text);
    }
    let file = format!("{name}.json");
    match embedded::TARGETS.iter().find(|(path, _)| *path == file) {
        Some((path, text)) => read(
            knowledge,
            name,
            &format!("conformance/targets/{path}"),
            text,
        ),
        None => {
            let known: Vec<&str> = embedded::TARGETS
                .iter()
                .filter_map(|(path, _)| path.strip_suffix(".json"))
                .filter(|name| !name.contains('.'))
                .collect();
            Err(Fault::whole(
                name,
                format!(
                    "there is no such target; there are {}, or give a path that ends in .json",
                    known.join(", ")
                ),
            ))
        }
    }
}

/// Reads a target file.
///
/// # Errors
/// Says where it is wrong.
pub fn read(knowledge: &Knowledge, name: &str, file: &str, text: &str) -> Result<Target, Fault> {
    let node = located::parse(file, text)?;
    let mut members = Members::of(file, "a target", &node)?;
    members.optional_string("$schema")?;
    let about = members.sentence("about")?;
    let kind = kind(knowledge, file, &mut members)?;
    let region = members.sentence("region")?;
    let account = members.optional_string("account")?.map(str::to_owned);
    let headers = headers(file, &mut members, &kind)?;
    let mut target = Target {
        name: name.to_owned(),
        about,
        kind,
        region,
        account,
        prefers: Preference::None,
        bearer: None,
        access_key: None,
        secret: None,
        token: None,
        roles: BTreeMap::new(),
        capabilities: BTreeSet::new(),
        dropped: BTreeMap::new(),
        headers,
        operations: Vec::new(),
        counts: BasisKind::ALL[..3].to_vec(),
        authority: members.optional_bool("authority")?.unwrap_or(false),
        concurrency: 4,
        per_second: members.optional_count("per_second")?,
        timeout_ms: milliseconds(file, &mut members, "timeout_ms")?.unwrap_or(30_000),
        deadline_ms: milliseconds(file, &mut members, "deadline_ms")?.unwrap_or(60_000),
        prices: BTreeMap::new(),
    };
    if let Some(node) = members.optional("credentials") {
        credentials(file, node, &mut target)?;
    }
    if let Some(node) = members.optional("roles") {
        for (role, place, id) in object(file, "roles", node)? {
            if !words::is_role(role) {
                return Err(Fault::at(
                    file,
                    *place,
                    format!("there is no role {role:?}; `bedrock-conformance words` lists them"),
                ));
            }
            target
                .roles
                .insert(role.clone(), string(file, role, id)?.to_owned());
        }
    }
    for (capability, place) in members.strings("capabilities")? {
        if !words::is_capability(capability) {
            return Err(Fault::at(
                file,
                place,
                format!(
                    "there is no capability {capability:?}; `bedrock-conformance words` lists them"
                ),
            ));
        }
        target.capabilities.insert(capability.to_owned());
    }
    for (operation, place) in members.strings("operations")? {
        if knowledge.models.operation(operation).is_none() {
            return Err(Fault::at(
                file,
                place,
                format!("no service model has an operation {operation:?}"),
            ));
        }
        target.operations.push(operation.to_owned());
    }
    if members.optional("counts").is_some() {
        let counts = members.strings("counts")?;
        if counts.is_empty() {
            return Err(Fault::whole(
                file,
                "\"counts\" is empty: nothing could ever fail; leave it out, or name what counts",
            ));
        }
        target.counts = counts
            .into_iter()
            .map(|(word, place)| {
                BasisKind::from_word(word).ok_or_else(|| {
                    Fault::at(
                        file,
                        place,
                        "\"counts\" lists observed, documented, modelled, assumed",
                    )
                })
            })
            .collect::<Result<_, _>>()?;
    }
    if let Some(concurrency) = members.optional_count("concurrency")? {
        target.concurrency = usize::try_from(concurrency).unwrap_or(1).clamp(1, 64);
    }
    if let Some(node) = members.optional("prices") {
        for (role, place, price) in object(file, "prices", node)? {
            if role != "default" && !words::is_role(role) {
                return Err(Fault::at(
                    file,
                    *place,
                    format!("there is no role {role:?}; `bedrock-conformance words` lists them"),
                ));
            }
            let pair = list(file, role, price)?;
            let dollars = |node: &Node| match &node.kind {
                JsonKind::Number(number) => number.as_f64().filter(|price| *price >= 0.0),
                _ => None,
            };
            match pair {
                [input, output] if dollars(input).is_some() && dollars(output).is_some() => {
                    let price = (
                        dollars(input).unwrap_or_default(),
                        dollars(output).unwrap_or_default(),
                    );
                    target.prices.insert(role.clone(), price);
                }
                _ => {
                    return Err(mistyped(
                        file,
                        role,
                        price,
                        "[dollars for a million input tokens, for a million output tokens]",
                    ));
                }
            }
        }
    }
    members.finish()?;
    if matches!(target.kind, Kind::Aws(_)) && !target.prices.contains_key("default") {
        return Err(Fault::whole(
            file,
            "the real service costs money: \"prices\" needs \"default\": [in, out]",
        ));
    }
    Ok(target)
}

fn headers(file: &str, members: &mut Members<'_>, kind: &Kind) -> Result<Headers, Fault> {
    let Some(node) = members.optional("headers") else {
        return Ok(match kind {
            Kind::Spawn { .. } | Kind::Aws(_) => Headers::Exact,
            Kind::Url(_) => Headers::Names,
        });
    };
    match string(file, "headers", node)? {
        "exact" => Ok(Headers::Exact),
        "names" => Ok(Headers::Names),
        other => Err(Fault::at(
            file,
            node.place,
            format!("\"headers\" is exact or names, not {other:?}"),
        )),
    }
}

fn milliseconds(
    file: &str,
    members: &mut Members<'_>,
    name: &'static str,
) -> Result<Option<u64>, Fault> {
    let Some(node) = members.optional(name) else {
        return Ok(None);
    };
    match located::count(file, name, node)? {
        0 => Err(mistyped(
            file,
            name,
            node,
            "a number of milliseconds from 1",
        )),
        milliseconds => Ok(Some(milliseconds)),
    }
}

fn kind(knowledge: &Knowledge, file: &str, members: &mut Members<'_>) -> Result<Kind, Fault> {
    let node = members.required("kind")?;
    let urls = |members: &mut Members<'_>| -> Result<BTreeMap<String, String>, Fault> {
        let mut urls = BTreeMap::new();
        if let Some(node) = members.optional("urls") {
            for (service, place, url) in object(file, "urls", node)? {
                if service != "default" && knowledge.models.service(service).is_none() {
                    let known = knowledge.models.services().iter();
                    let known: Vec<_> = known.map(|service| service.name.as_str()).collect();
                    let known = known.join(", ");
                    return Err(Fault::at(
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
                return Err(Fault::at(
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
        other => Err(Fault::at(
            file,
            node.place,
            format!("\"kind\" is spawn, url or aws, not {other:?}"),
        )),
    }
}

fn credentials(file: &str, node: &Node, target: &mut Target) -> Result<(), Fault> {
    let mut members = Members::of(file, "\"credentials\"", node)?;
    let prefers = members.required("prefers")?;
    target.prefers = match string(file, "prefers", prefers)? {
        "bearer" => Preference::Bearer,
        "sigv4" => Preference::Sigv4,
        "none" => Preference::None,
        other => {
            return Err(Fault::at(
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

fn secret(file: &str, node: &Node) -> Result<Secret, Fault> {
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
        _ => Err(Fault::at(
            file,
            node.place,
            "a secret is one of {\"env\": NAME}, {\"line\": what stands before it in the \
             program's output}, {\"public\": VALUE}",
        )),
    }
}
