//! Reading `send`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Asked, Auth, Body, HeaderChange, Send, Signing};
use crate::case::unknown_members;
use crate::reference_data::ReferenceData;
use crate::spanned::{Diagnostic, Kind, Members, Node, list, mistyped, object, string};
use crate::suggest::did_you_mean;
use crate::template;
use crate::wire::Framing;

pub(in crate::case) fn read(
    reference: &ReferenceData,
    file: &str,
    node: &Node,
) -> Result<Send, Diagnostic> {
    let mut members = Members::of(file, "\"send\"", node)?;
    let mut odd = Vec::new();
    let (service, asked) = match members.optional("op") {
        Some(op) => {
            let name = string(file, "op", op)?;
            let Some((service, operation)) = reference.models.operation(name) else {
                return Err(Diagnostic::at(
                    file,
                    op.place,
                    format!(
                        "no service model has an operation {name:?}{}",
                        did_you_mean(name, reference.models.operation_names())
                    ),
                ));
            };
            let stated = members.optional("input");
            let meant = members.strings("unknown")?;
            odd = unknown_members::find(reference, file, name, stated, &meant);
            let input = match stated {
                Some(input) => {
                    object(file, "input", input)?;
                    repeats(file, input)?;
                    input.value()
                }
                None => Value::Object(serde_json::Map::new()),
            };
            let asked = Asked::Operation {
                name: operation.name.clone(),
                input,
            };
            (service.name.clone(), asked)
        }
        None => {
            let method = match members.optional("method") {
                Some(method) => string(file, "method", method)?.to_owned(),
                None => {
                    return Err(Diagnostic::at(
                        file,
                        node.place,
                        "\"send\" needs \"op\" with \"input\", or \"method\" with \"path\"",
                    ));
                }
            };
            let target = members.sentence("path")?;
            let service = match members.optional("service") {
                None => "bedrock-runtime".to_owned(),
                Some(service) => {
                    let name = string(file, "service", service)?;
                    if reference.models.service(name).is_none() {
                        return Err(Diagnostic::at(
                            file,
                            service.place,
                            format!(
                                "there is no service {name:?}; there are bedrock-runtime, \
                                 bedrock, iam, sts"
                            ),
                        ));
                    }
                    name.to_owned()
                }
            };
            let body = body(file, &mut members)?;
            let asked = Asked::Raw {
                method,
                target,
                body,
            };
            (service, asked)
        }
    };
    let auth = match members.optional("as") {
        None => Auth::Default,
        Some(node) => auth(file, node)?,
    };
    let headers = match members.optional("headers") {
        None => Vec::new(),
        Some(node) => headers(file, node)?,
    };
    let framing = match members.optional("framing") {
        None => Framing::Length,
        Some(node) => match string(file, "framing", node)? {
            "length" => Framing::Length,
            "chunked" => Framing::Chunked,
            other => {
                return Err(Diagnostic::at(
                    file,
                    node.place,
                    format!("\"framing\" is \"length\" or \"chunked\", not {other:?}"),
                ));
            }
        },
    };
    let drip = members.optional_count("drip")?;
    if drip == Some(0) {
        return Err(Diagnostic::at(
            file,
            node.place,
            "\"drip\" is at least 1 byte",
        ));
    }
    let reuse = members.optional_bool("reuse")?.unwrap_or(false);
    members.finish()?;
    Ok(Send {
        service,
        asked,
        auth,
        headers,
        framing,
        drip: drip.and_then(|bytes| usize::try_from(bytes).ok()),
        reuse,
        unknown_members: odd,
    })
}

/// `$repeat` is built when a request is; here it is only looked at, so that `check` finds it.
fn repeats(file: &str, node: &Node) -> Result<(), Diagnostic> {
    match &node.kind {
        Kind::Array(items) => items.iter().try_for_each(|item| repeats(file, item)),
        Kind::Object(members) => members.iter().try_for_each(|(name, _, value)| {
            if name == "$repeat" && !template::is_repeat(&value.value()) {
                return Err(mistyped(file, name, value, &template::repeat_form()));
            }
            repeats(file, value)
        }),
        _ => Ok(()),
    }
}

fn body(file: &str, members: &mut Members<'_>) -> Result<Body, Diagnostic> {
    let forms = (
        members.optional("json"),
        members.optional("text"),
        members.optional("base64"),
    );
    match forms {
        (None, None, None) => Ok(Body::None),
        (Some(json), None, None) => {
            repeats(file, json)?;
            Ok(Body::Json(json.value()))
        }
        (None, Some(text), None) => Ok(Body::Text(string(file, "text", text)?.to_owned())),
        (None, None, Some(node)) => {
            let text = string(file, "base64", node)?;
            STANDARD.decode(text).map(Body::Bytes).map_err(|error| {
                Diagnostic::at(
                    file,
                    node.place,
                    format!("\"base64\" is no base64: {error}"),
                )
            })
        }
        (json, text, base64) => {
            let second = [json, text, base64].into_iter().flatten().nth(1);
            let place = second.map(|node| node.place).unwrap_or_default();
            Err(Diagnostic::at(
                file,
                place,
                "a body is one of \"json\", \"text\" and \"base64\"",
            ))
        }
    }
}

fn headers(file: &str, node: &Node) -> Result<Vec<(String, HeaderChange)>, Diagnostic> {
    object(file, "headers", node)?
        .iter()
        .map(|(name, _, value)| {
            let change = match &value.kind {
                Kind::Null => HeaderChange::Remove,
                Kind::String(text) => HeaderChange::Set(vec![text.clone()]),
                Kind::Array(items) => HeaderChange::Set(
                    items
                        .iter()
                        .map(|item| string(file, name, item).map(str::to_owned))
                        .collect::<Result<_, _>>()?,
                ),
                _ => {
                    return Err(mistyped(
                        file,
                        name,
                        value,
                        "a string, a list of strings, or null to leave it out",
                    ));
                }
            };
            Ok((name.clone(), change))
        })
        .collect()
}

const SCHEMES: &str = "\"default\", \"bearer\", \"sigv4\", \"presigned\", \"none\", or an object \
                       with \"scheme\"";

fn auth(file: &str, node: &Node) -> Result<Auth, Diagnostic> {
    if let Kind::String(word) = &node.kind {
        return match word.as_str() {
            "default" => Ok(Auth::Default),
            "bearer" => Ok(Auth::Bearer(None)),
            "sigv4" => Ok(Auth::Sigv4(Box::default())),
            "presigned" => Ok(Auth::Presigned(Box::default(), 300)),
            "none" => Ok(Auth::None),
            _ => Err(Diagnostic::at(
                file,
                node.place,
                format!("\"as\" is {SCHEMES}, not {word:?}"),
            )),
        };
    }
    let mut members = Members::of(file, "\"as\"", node)?;
    let scheme = members.required("scheme")?;
    let auth = match string(file, "scheme", scheme)? {
        "bearer" => Auth::Bearer(Some(members.sentence("token")?)),
        "header" => Auth::Header(string(file, "value", members.required("value")?)?.to_owned()),
        "sigv4" => Auth::Sigv4(Box::new(signing(file, &mut members)?)),
        "presigned" => {
            let expires = match members.optional("expires_s") {
                None => 300,
                Some(node) => whole(file, "expires_s", node)?,
            };
            Auth::Presigned(Box::new(signing(file, &mut members)?), expires)
        }
        other => {
            return Err(Diagnostic::at(
                file,
                scheme.place,
                format!(
                    "\"scheme\" is bearer (with \"token\"), header (with \"value\"), sigv4 or \
                     presigned, not {other:?}"
                ),
            ));
        }
    };
    members.finish()?;
    Ok(auth)
}

fn signing(file: &str, members: &mut Members<'_>) -> Result<Signing, Diagnostic> {
    let mut text = |name| {
        members
            .optional_string(name)
            .map(|text| text.map(str::to_owned))
    };
    let mut signing = Signing {
        access_key: text("access_key")?,
        secret: text("secret")?,
        token: text("token")?,
        region: text("region")?,
        service: text("service")?,
        ..Signing::default()
    };
    if let Some(node) = members.optional("skew_s") {
        signing.skew_s = whole(file, "skew_s", node)?;
    }
    if let Some(node) = members.optional("unsigned") {
        signing.unsigned = list(file, "unsigned", node)?
            .iter()
            .map(|item| string(file, "unsigned", item).map(str::to_ascii_lowercase))
            .collect::<Result<_, _>>()?;
    }
    Ok(signing)
}

fn whole(file: &str, name: &str, node: &Node) -> Result<i64, Diagnostic> {
    match &node.kind {
        Kind::Number(number) => number.as_i64(),
        _ => None,
    }
    .ok_or_else(|| mistyped(file, name, node, "a whole number of seconds"))
}
