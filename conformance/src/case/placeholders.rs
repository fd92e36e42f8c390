//! Which `${…}` a case uses, and whether each stands for something.

use std::collections::BTreeSet;

use super::vocabulary;
use crate::spanned::{Diagnostic, Kind, Node};
use crate::suggest::did_you_mean;
use crate::template::{Part, parts};

/// What a case may use at some step, and what it used.
#[derive(Default)]
pub(super) struct Placeholders {
    pub(super) saved: BTreeSet<String>,
    pub(super) roles: BTreeSet<String>,
    pub(super) account: bool,
}

impl Placeholders {
    /// Checks every string below the node.
    pub(super) fn check(&mut self, file: &str, node: &Node) -> Result<(), Diagnostic> {
        match &node.kind {
            Kind::String(text) => self.text(file, node, text),
            Kind::Array(items) => items.iter().try_for_each(|item| self.check(file, item)),
            Kind::Object(members) => members.iter().try_for_each(|(name, _, member)| {
                self.text(file, node, name)?;
                self.check(file, member)
            }),
            _ => Ok(()),
        }
    }

    fn text(&mut self, file: &str, node: &Node, text: &str) -> Result<(), Diagnostic> {
        let fault = |message: String| Diagnostic::at(file, node.place, message);
        for part in parts(text).map_err(|error| fault(error.to_string()))? {
            let Part::Slot { name, .. } = part else {
                continue;
            };
            match name.split_once('.') {
                Some(("role", role)) => {
                    let role = vocabulary::role(role);
                    let role = role.map_err(|unknown| fault(unknown.to_string()))?;
                    self.roles.insert(role.to_owned());
                }
                Some(("saved", saved)) if self.saved.contains(saved) => {}
                Some(("saved", saved)) => {
                    return Err(fault(format!(
                        "no step before this one saves {saved:?}{}",
                        did_you_mean(saved, self.saved.iter().map(String::as_str))
                    )));
                }
                Some(("row", _)) => {
                    return Err(fault(format!(
                        "${{{name}}} is used, but the case has no \"params\""
                    )));
                }
                None if name == "account" => self.account = true,
                None if matches!(name, "region" | "unique") => {}
                _ => {
                    return Err(fault(format!(
                        "${{{name}}} is none of ${{role.…}}, ${{saved.…}}, ${{row.…}}, \
                         ${{region}}, ${{account}}, ${{unique}}; a plain ${{ is $${{"
                    )));
                }
            }
        }
        Ok(())
    }
}
