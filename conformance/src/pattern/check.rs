//! Whether a pattern is one, before anything is compared with it.

use regex::Regex;

use crate::spanned::{Diagnostic, Kind, Node, list, string};
use crate::template::{Part, parts};

const MATCHERS: &str = "$type, $regex, $len, $range, $oneof, $all, $not, $contains, $each, $exact, \
                        $keys, $json, $base64, $ref, $same-as, $sum, $absent";

const TYPES: [&str; 10] = [
    "string",
    "number",
    "integer",
    "boolean",
    "object",
    "array",
    "null",
    "timestamp",
    "uuid",
    "base64",
];

/// Checks a pattern; `is_shape` tells whether a model has a shape of that name.
///
/// # Errors
/// Says where it is no pattern.
pub fn check(file: &str, node: &Node, is_shape: &dyn Fn(&str) -> bool) -> Result<(), Diagnostic> {
    match &node.kind {
        Kind::Array(items) => items
            .iter()
            .try_for_each(|item| check(file, item, is_shape)),
        Kind::Object(members) => match &members[..] {
            [(name, place, argument)] if name.starts_with('$') && !name.starts_with("${") => {
                matcher(file, name, argument, is_shape).map_err(|fault| match fault.place {
                    None => Diagnostic::at(file, *place, fault.message),
                    Some(_) => fault,
                })
            }
            members => members.iter().try_for_each(|(name, place, member)| {
                if name.starts_with('$') && !name.starts_with("${") {
                    return Err(Diagnostic::at(
                        file,
                        *place,
                        format!("{name:?} is a matcher, which must be alone in its object"),
                    ));
                }
                check(file, member, is_shape)
            }),
        },
        _ => Ok(()),
    }
}

fn matcher(
    file: &str,
    name: &str,
    argument: &Node,
    is_shape: &dyn Fn(&str) -> bool,
) -> Result<(), Diagnostic> {
    let wrong = |expected: &str| Err(Diagnostic::at(file, argument.place, expected.to_owned()));
    match name {
        "$type" => {
            let stated = string(file, name, argument)?;
            if !TYPES.contains(&stated) {
                return wrong(&format!(
                    "{stated:?} is no type; there are {}",
                    TYPES.join(", ")
                ));
            }
            Ok(())
        }
        "$regex" => {
            let text = string(file, name, argument)?;
            // What a slot stands for is not known yet; it is escaped when it is.
            let mut filled = String::new();
            for part in parts(text)
                .map_err(|error| Diagnostic::at(file, argument.place, error.to_string()))?
            {
                match part {
                    Part::Text(text) => filled.push_str(text),
                    Part::Slot { .. } => filled.push('x'),
                }
            }
            match Regex::new(&filled) {
                Ok(_) => Ok(()),
                Err(error) => wrong(&format!("no regular expression: {error}")),
            }
        }
        "$len" | "$range" => {
            let bound = |node: &Node| matches!(node.kind, Kind::Number(_));
            let fits = match &argument.kind {
                Kind::Number(_) => name == "$len",
                Kind::Object(members) => {
                    !members.is_empty()
                        && members.iter().all(|(bound_name, _, node)| {
                            (bound_name == "min" || bound_name == "max") && bound(node)
                        })
                }
                _ => false,
            };
            if fits {
                Ok(())
            } else {
                wrong(&format!(
                    "{name} takes {{\"min\": N, \"max\": N}}, or one of them"
                ))
            }
        }
        "$oneof" | "$all" => {
            let items = list(file, name, argument)?;
            if items.is_empty() {
                return wrong(&format!("{name} needs at least one pattern"));
            }
            items
                .iter()
                .try_for_each(|item| check(file, item, is_shape))
        }
        "$not" | "$contains" | "$each" | "$json" | "$base64" => check(file, argument, is_shape),
        "$exact" => Ok(()),
        "$keys" | "$sum" => list(file, name, argument)?
            .iter()
            .try_for_each(|item| string(file, name, item).map(|_| ())),
        "$same-as" => string(file, name, argument).map(|_| ()),
        "$ref" => {
            let shape = string(file, name, argument)?;
            if is_shape(shape) {
                Ok(())
            } else {
                wrong(&format!("no service model has a shape {shape:?}"))
            }
        }
        "$absent" if argument.kind == Kind::Bool(true) => Ok(()),
        "$absent" => wrong("$absent is true, or is left out"),
        _ => Err(Diagnostic::whole(
            file,
            format!("there is no matcher {name:?}; there are {MATCHERS}"),
        )),
    }
}
