//! Cases that may be wrong themselves: `data/case-doubts.json`, `{"doubts": [{"case", "reason"}]}`.
//!
//! Never mixed with deviations: those say that a target is wrong.

use crate::case::{Case, Instance};
use crate::spanned::{self, Diagnostic, Members, list};
use crate::suggest::did_you_mean;

/// The cases in doubt.
#[derive(Debug, Clone, Default)]
pub struct DisputedCases {
    entries: Vec<(String, String)>,
}

impl DisputedCases {
    /// Reads the file.
    ///
    /// # Errors
    /// Says where it is wrong, and which entry names no case.
    pub fn read(file: &str, text: &str, cases: &[Case]) -> Result<Self, Diagnostic> {
        let node = spanned::parse(file, text)?;
        let mut members = Members::of(file, "a file of doubts", &node)?;
        let listed = list(file, "doubts", members.required("doubts")?)?;
        members.optional("about");
        members.finish()?;
        let mut entries = Vec::new();
        for item in listed {
            let mut members = Members::of(file, "a doubt", item)?;
            let case = members.sentence("case")?;
            let reason = members.sentence("reason")?;
            members.optional_string("link")?;
            members.finish()?;
            let known = cases.iter().any(|known| {
                known.id == case
                    || known
                        .instances
                        .iter()
                        .any(|instance| crate::case::full_id(known, instance) == case)
            });
            if !known {
                let hint = did_you_mean(&case, cases.iter().map(|known| known.id.as_str()));
                return Err(Diagnostic::at(
                    file,
                    item.place,
                    format!("no case is {case:?}{hint}: take the entry out"),
                ));
            }
            entries.push((case, reason));
        }
        Ok(Self { entries })
    }

    /// Why a row is in doubt, if it is.
    pub fn about(&self, case: &Case, instance: &Instance) -> Option<&str> {
        let full = crate::case::full_id(case, instance);
        self.entries
            .iter()
            .find(|(doubted, _)| *doubted == case.id || *doubted == full)
            .map(|(_, reason)| reason.as_str())
    }
}
