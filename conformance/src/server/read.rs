//! Target files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::reach::{credentials, form, kind, milliseconds};
use super::{Kind, Preference, Target};
use crate::case::{BasisKind, vocabulary};
use crate::embedded;
use crate::reference_data::ReferenceData;
use crate::spanned::{
    self, Diagnostic, Kind as JsonKind, Members, Node, list, mistyped, object, string,
};

/// The target of that name among those that come with the suite, or of that file.
///
/// # Errors
/// When there is none, or its file is wrong.
pub fn find(reference: &ReferenceData, name: &str) -> Result<Target, Diagnostic> {
    if name.ends_with(".json") {
        let path = Path::new(name);
        let text = fs::read_to_string(path)
            .map_err(|error| Diagnostic::whole(name, format!("cannot be read: {error}")))?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        return read(reference, &stem, name, &text);
    }
    let file = format!("{name}.json");
    match embedded::TARGETS.iter().find(|(path, _)| *path == file) {
        Some((path, text)) => read(
            reference,
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
            Err(Diagnostic::whole(
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
pub fn read(
    reference: &ReferenceData,
    name: &str,
    file: &str,
    text: &str,
) -> Result<Target, Diagnostic> {
    let node = spanned::parse(file, text)?;
    let mut members = Members::of(file, "a target", &node)?;
    members.optional_string("$schema")?;
    let about = members.sentence("about")?;
    let kind = kind(reference, file, &mut members)?;
    let region = members.sentence("region")?;
    let account = members.optional_string("account")?.map(str::to_owned);
    let form = form(file, &mut members, &kind)?;
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
        form,
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
            vocabulary::role(role)
                .map_err(|unknown| Diagnostic::at(file, *place, unknown.to_string()))?;
            target
                .roles
                .insert(role.clone(), string(file, role, id)?.to_owned());
        }
    }
    for (capability, place) in members.strings("capabilities")? {
        vocabulary::capability(capability)
            .map_err(|unknown| Diagnostic::at(file, place, unknown.to_string()))?;
        target.capabilities.insert(capability.to_owned());
    }
    for (operation, place) in members.strings("operations")? {
        if reference.models.operation(operation).is_none() {
            return Err(Diagnostic::at(
                file,
                place,
                format!("no service model has an operation {operation:?}"),
            ));
        }
        target.operations.push(operation.to_owned());
    }
    if let Some(node) = members.optional("counts") {
        let counts = members.strings("counts")?;
        if counts.is_empty() {
            return Err(Diagnostic::at(
                file,
                node.place,
                "\"counts\" is empty: nothing could ever fail; leave it out, or name what counts",
            ));
        }
        target.counts = counts
            .into_iter()
            .map(|(word, place)| {
                BasisKind::from_word(word).ok_or_else(|| {
                    Diagnostic::at(
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
            if role != "default" {
                vocabulary::role(role)
                    .map_err(|unknown| Diagnostic::at(file, *place, unknown.to_string()))?;
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
        return Err(Diagnostic::whole(
            file,
            "the real service costs money: \"prices\" needs \"default\": [in, out]",
        ));
    }
    Ok(target)
}
