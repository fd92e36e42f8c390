//! One case file → a [`Case`]. Long, because every member of a case has its own check and message.

use std::collections::BTreeSet;

use super::placeholders::Placeholders;
use super::rows::{self, Row};
use super::send::{Asked, Auth};
use super::{
    Automatic, Basis, BasisKind, Case, Instance, Level, Reference, Step, Tokens, expect, send,
    vocabulary,
};
use crate::reference_data::ReferenceData;
use crate::spanned::{self, Diagnostic, Members, Node, list, object, string};
use crate::suggest::did_you_mean;

/// Reads a case from the text of its file.
///
/// # Errors
/// Says where the file is no case, what was expected, and how to mend it.
pub fn read(
    reference: &ReferenceData,
    id: &str,
    file: &str,
    text: &str,
) -> Result<Case, Diagnostic> {
    let node = spanned::parse(file, text)?;
    let mut members = Members::of(file, "a case", &node)?;
    // An editor's pointer to the schema.
    members.optional_string("$schema")?;
    let title = members.sentence("title")?;
    let why = members.sentence("why")?;
    let basis = basis(file, members.required("basis")?)?;
    let refs = match members.optional("refs") {
        None => Vec::new(),
        Some(node) => references(reference, file, node)?,
    };
    let level = level(file, &mut members)?;
    let mut needs = BTreeSet::new();
    for (need, place) in members.strings("needs")? {
        let need = vocabulary::capability(need)
            .map_err(|unknown| Diagnostic::at(file, place, unknown.to_string()))?;
        needs.insert(need.to_owned());
    }
    let billable = match members.optional("billable") {
        None => None,
        Some(node) => Some(tokens(file, node)?),
    };
    let mutant = match members.optional("mutant") {
        None => None,
        Some(node) => {
            let known = vocabulary::mutant(string(file, "mutant", node)?);
            Some(known.map_err(|unknown| Diagnostic::at(file, node.place, unknown.to_string()))?)
        }
    };
    let steps_node = members.required("steps")?;
    let cleanup_node = members.optional("cleanup");
    let params = members.optional("params");
    members.finish()?;

    let rows = params.map(|node| rows::read(file, node)).transpose()?;
    let mut roles = BTreeSet::new();
    let mut instances = Vec::new();
    let each: Vec<Option<&Row<'_>>> = match &rows {
        None => vec![None],
        Some(rows) => rows.iter().map(Some).collect(),
    };
    for row in each {
        let filled = |node: &Node| match row {
            None => Ok(node.clone()),
            Some(row) => rows::fill(file, node, row),
        };
        let mut placeholders = Placeholders::default();
        let steps = steps(reference, file, &filled(steps_node)?, &mut placeholders)?;
        if steps.is_empty() {
            return Err(Diagnostic::at(
                file,
                steps_node.place,
                "\"steps\" needs at least one step",
            ));
        }
        let cleanup = match cleanup_node {
            None => Vec::new(),
            Some(node) => self::steps(reference, file, &filled(node)?, &mut placeholders)?,
        };
        for step in steps.iter().chain(&cleanup) {
            needs_of(file, step, &mut needs)?;
            if billable.is_none() && may_be_billed(reference, step) {
                return Err(Diagnostic::at(
                    file,
                    step.place,
                    "the real service bills this step: say \"billable\": {\"max_in\": TOKENS, \
                     \"max_out\": TOKENS}, the most that one row can cost",
                ));
            }
        }
        roles.extend(placeholders.roles.iter().cloned());
        instances.push(Instance {
            row: row.map(|row| row.name.clone()),
            roles: placeholders.roles,
            account: placeholders.account,
            steps,
            cleanup,
        });
    }
    let case = Case {
        id: id.to_owned(),
        file: file.to_owned(),
        title,
        why,
        basis,
        refs,
        level,
        needs,
        roles,
        billable,
        mutant,
        instances,
    };
    no_stronger_than_its_rows(reference, &case)?;
    Ok(case)
}

fn basis(file: &str, node: &Node) -> Result<Basis, Diagnostic> {
    let mut members = Members::of(file, "\"basis\"", node)?;
    let kind_node = members.required("kind")?;
    let word = string(file, "kind", kind_node)?;
    let kind = BasisKind::from_word(word).ok_or_else(|| {
        Diagnostic::at(
            file,
            kind_node.place,
            format!("\"kind\" is observed, documented, modelled or assumed, not {word:?}"),
        )
    })?;
    let date = match members.optional("date") {
        None if matches!(kind, BasisKind::Observed | BasisKind::Documented) => {
            return Err(Diagnostic::at(
                file,
                node.place,
                format!("what is {word} needs \"date\": the day of the last look, YYYY-MM-DD"),
            ));
        }
        None => None,
        Some(node) => {
            let text = string(file, "date", node)?;
            if day(text).is_none() {
                return Err(Diagnostic::at(
                    file,
                    node.place,
                    format!("\"date\" is YYYY-MM-DD, not {text:?}"),
                ));
            }
            // A day ahead may be today where its author lives.
            let tomorrow = time::OffsetDateTime::now_utc().date() + time::Duration::days(1);
            if day(text).is_some_and(|day| day > tomorrow) {
                return Err(Diagnostic::at(
                    file,
                    node.place,
                    format!("{text} is in the future: nobody has looked yet"),
                ));
            }
            Some(text.to_owned())
        }
    };
    let basis = Basis {
        kind,
        date,
        region: members.optional_string("region")?.map(str::to_owned),
        model: members.optional_string("model")?.map(str::to_owned),
        recording: members.optional_string("recording")?.map(str::to_owned),
    };
    members.finish()?;
    Ok(basis)
}

/// A day as `YYYY-MM-DD`.
pub(crate) fn day(text: &str) -> Option<time::Date> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    time::Date::parse(text, &format).ok()
}

fn references(
    reference: &ReferenceData,
    file: &str,
    node: &Node,
) -> Result<Vec<Reference>, Diagnostic> {
    let mut out = Vec::new();
    for item in list(file, "refs", node)? {
        for (kind, place, to) in object(file, "a reference", item)? {
            let to_text = string(file, kind, to)?;
            let known = match kind.as_str() {
                "model" => {
                    let mut path = to_text.split('.');
                    let shape = path.next().unwrap_or_default();
                    let member = path.next();
                    reference.models.operation(shape).is_some()
                        || reference.models.services().iter().any(|service| {
                            let shape = service.shape(shape);
                            !shape.is_null()
                                && member.is_none_or(|member| !shape["members"][member].is_null())
                        })
                }
                "error" => reference.errors.get(to_text).is_some(),
                "doc" | "issue" | "recording" | "header" => true,
                _ => {
                    return Err(Diagnostic::at(
                        file,
                        *place,
                        format!(
                            "a reference is model, error, header, doc, issue or recording, not \
                             {kind:?}"
                        ),
                    ));
                }
            };
            if !known {
                return Err(Diagnostic::at(
                    file,
                    to.place,
                    format!(
                        "there is no {kind} {to_text:?}{}",
                        hint(reference, kind, to_text)
                    ),
                ));
            }
            out.push(Reference {
                kind: kind.clone(),
                to: to_text.to_owned(),
            });
        }
    }
    Ok(out)
}

/// Suggests the nearest row of `fixtures/errors`, operation or shape.
fn hint(reference: &ReferenceData, kind: &str, wrong: &str) -> String {
    if kind == "error" {
        return did_you_mean(wrong, reference.errors.ids());
    }
    let services = reference.models.services().iter();
    let names = services.flat_map(|service| {
        let operations = service.operations.iter().map(|of| of.name.as_str());
        operations.chain(service.shape_names())
    });
    did_you_mean(wrong, names)
}

fn level(file: &str, members: &mut Members<'_>) -> Result<Level, Diagnostic> {
    let Some(node) = members.optional("level") else {
        return Ok(Level::Must);
    };
    let word = string(file, "level", node)?;
    Level::ALL
        .into_iter()
        .find(|level| level.word() == word)
        .ok_or_else(|| {
            Diagnostic::at(
                file,
                node.place,
                format!("\"level\" is must, should, may or info, not {word:?}"),
            )
        })
}

fn tokens(file: &str, node: &Node) -> Result<Tokens, Diagnostic> {
    let mut members = Members::of(file, "\"billable\"", node)?;
    let mut count = |name| {
        let node = members.required(name)?;
        spanned::count(file, name, node)
    };
    let tokens = Tokens {
        max_in: count("max_in")?,
        max_out: count("max_out")?,
    };
    members.finish()?;
    Ok(tokens)
}

fn steps(
    reference: &ReferenceData,
    file: &str,
    node: &Node,
    placeholders: &mut Placeholders,
) -> Result<Vec<Step>, Diagnostic> {
    list(file, "steps", node)?
        .iter()
        .map(|item| step(reference, file, item, placeholders))
        .collect()
}

fn step(
    reference: &ReferenceData,
    file: &str,
    node: &Node,
    placeholders: &mut Placeholders,
) -> Result<Step, Diagnostic> {
    let mut members = Members::of(file, "a step", node)?;
    let send_node = members.required("send")?;
    let expect_node = members.required("expect")?;
    placeholders.check(file, send_node)?;
    placeholders.check(file, expect_node)?;
    let send = send::parse::read(reference, file, send_node)?;
    let expect = expect::parse::read(reference, file, expect_node)?;
    let mut save = Vec::new();
    if let Some(node) = members.optional("save") {
        for (name, _, from) in object(file, "save", node)? {
            let text = string(file, name, from)?;
            if !text.starts_with('/') && !text.starts_with("header:") {
                return Err(Diagnostic::at(
                    file,
                    from.place,
                    format!("{name:?} is saved from /a/pointer or header:NAME, not {text:?}"),
                ));
            }
            placeholders.saved.insert(name.clone());
            save.push((name.clone(), text.to_owned()));
        }
    }
    let mut without = Vec::new();
    if let Some(node) = members.optional("without") {
        for (name, place, reason) in object(file, "without", node)? {
            let Some(check) = Automatic::from_word(name) else {
                let known: Vec<_> = Automatic::ALL.iter().map(|check| check.word()).collect();
                return Err(Diagnostic::at(
                    file,
                    *place,
                    format!(
                        "there is no automatic check {name:?}; there are {}",
                        known.join(", ")
                    ),
                ));
            };
            let text = string(file, name, reason)?;
            if text.trim().is_empty() {
                return Err(Diagnostic::at(
                    file,
                    reason.place,
                    format!("say why {name:?} is left out"),
                ));
            }
            without.push((check, text.to_owned()));
        }
    }
    members.finish()?;
    Ok(Step {
        place: node.place,
        send,
        expect,
        save,
        without,
    })
}

/// Adds what a step needs of a target by its operation and credentials.
///
/// # Errors
/// When no capability has the operation.
fn needs_of(file: &str, step: &Step, needs: &mut BTreeSet<String>) -> Result<(), Diagnostic> {
    if let Asked::Operation { name, .. } = &step.send.asked {
        let capability = vocabulary::capability_of(name).ok_or_else(|| {
            let what = format!("{name} belongs to no capability of data/vocabulary.json");
            Diagnostic::at(file, step.place, what)
        })?;
        needs.insert(capability.to_owned());
    }
    match &step.send.auth {
        Auth::Bearer(None) => {
            needs.insert("bearer".to_owned());
        }
        Auth::Sigv4(_) | Auth::Presigned(..) => {
            needs.insert("sigv4".to_owned());
        }
        _ => {}
    }
    Ok(())
}

fn may_be_billed(reference: &ReferenceData, step: &Step) -> bool {
    // Refusals cost nothing.
    let succeeds = match &step.expect.status {
        None => false,
        Some(status) => status.as_u64().is_none_or(|status| status < 300),
    };
    if !succeeds || step.send.auth == Auth::None {
        return false;
    }
    match &step.send.asked {
        Asked::Operation { name, .. } => vocabulary::BILLED.contains(&name.as_str()),
        Asked::Raw { method, target, .. } => reference
            .models
            .route(&step.send.service, method, target, b"")
            .is_some_and(|(_, operation)| vocabulary::BILLED.contains(&operation.name.as_str())),
    }
}

/// A case cannot be surer than the error text that it expects.
fn no_stronger_than_its_rows(reference: &ReferenceData, case: &Case) -> Result<(), Diagnostic> {
    for instance in &case.instances {
        for step in &instance.steps {
            let Some(super::ExpectedError::Row { id, .. }) = &step.expect.error else {
                continue;
            };
            let weakest = reference
                .errors
                .get(id)
                .and_then(|row| BasisKind::from_word(&row.basis));
            if weakest.is_some_and(|weakest| weakest > case.basis.kind) {
                return Err(Diagnostic::at(
                    &case.file,
                    step.place,
                    format!(
                        "the case is {}, but the error {id} is only {}: give the case that basis",
                        case.basis.kind.word(),
                        weakest.map_or("", BasisKind::word),
                    ),
                ));
            }
        }
    }
    Ok(())
}
