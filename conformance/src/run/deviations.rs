//! Declared deviations of a target: strict, dated, with reasons.
//!
//! `deviations/<target>.json` is `{"deviations": […]}`. An entry excuses one part of one case (or
//! of all that a `*` at the end takes), so the other parts still judge. A part that passes although
//! it is declared, an entry that matches no case, and an entry past its day make the run fail: a
//! list that lies is worse than none.

use time::{Date, OffsetDateTime};

use crate::case::{Case, Instance};
use crate::judge::{Finding, Part};
use crate::located::{self, Fault, Members, Place, list, string};

/// What is declared to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The part fails, always.
    Fails,
    /// The part fails sometimes; for the real service only.
    Flaky,
    /// The whole case cannot be run.
    Unsupported,
}

/// One declared deviation.
#[derive(Debug, Clone)]
pub struct Deviation {
    /// A case's id, with its row or not; a `*` at the end takes all that begin so.
    pub case: String,
    /// The part; none for every part.
    pub part: Option<Part>,
    /// Only findings at this path, or below it.
    pub path: Option<String>,
    /// What happens.
    pub outcome: Outcome,
    /// Why it is so.
    pub reason: String,
    /// The last day on which it is excused.
    pub until: Option<Date>,
    /// Where it stands.
    pub place: Place,
}

/// All of one target.
#[derive(Debug, Clone, Default)]
pub struct Deviations {
    /// The file, for messages.
    pub file: String,
    /// The entries.
    pub entries: Vec<Deviation>,
}

impl Deviations {
    /// Reads a file of deviations.
    ///
    /// # Errors
    /// Says where it is wrong.
    pub fn read(file: &str, text: &str) -> Result<Self, Fault> {
        let node = located::parse(file, text)?;
        let mut members = Members::of(file, "a file of deviations", &node)?;
        let listed = list(file, "deviations", members.required("deviations")?)?;
        members.optional("about");
        members.finish()?;
        let mut entries = Vec::new();
        for item in listed {
            let mut members = Members::of(file, "a deviation", item)?;
            let case = members.sentence("case")?;
            let part = match members.optional("part") {
                None => None,
                Some(node) => {
                    let word = string(file, "part", node)?;
                    Some(Part::from_word(word).ok_or_else(|| {
                        Fault::at(
                            file,
                            node.place,
                            format!(
                                "\"part\" is status, headers, body, stream, end or timing, not \
                                 {word:?}"
                            ),
                        )
                    })?)
                }
            };
            let path = members.optional_string("path")?.map(str::to_owned);
            let node = members.required("outcome")?;
            let outcome = match string(file, "outcome", node)? {
                "fails" => Outcome::Fails,
                "flaky" => Outcome::Flaky,
                "unsupported" => Outcome::Unsupported,
                other => {
                    return Err(Fault::at(
                        file,
                        node.place,
                        format!("\"outcome\" is fails, flaky or unsupported, not {other:?}"),
                    ));
                }
            };
            let reason = members.sentence("reason")?;
            members.optional_string("link")?;
            day(file, &mut members, "since")?;
            let until = day(file, &mut members, "until")?;
            members.finish()?;
            entries.push(Deviation {
                case,
                part,
                path,
                outcome,
                reason,
                until,
                place: item.place,
            });
        }
        Ok(Self {
            file: file.to_owned(),
            entries,
        })
    }

    /// The entry that excuses findings of a part, if one does.
    pub fn excuses(
        &self,
        case: &Case,
        instance: &Instance,
        part: Part,
        findings: &[Finding],
    ) -> Option<&Deviation> {
        self.of(case, instance, part).into_iter().find(|entry| {
            entry.path.as_ref().is_none_or(|path| {
                !findings.is_empty()
                    && findings
                        .iter()
                        .all(|finding| finding.path.starts_with(path.as_str()))
            })
        })
    }

    /// The entry that says this part fails, if one does.
    pub fn declares(&self, case: &Case, instance: &Instance, part: Part) -> Option<&Deviation> {
        self.of(case, instance, part)
            .into_iter()
            .find(|entry| entry.outcome == Outcome::Fails && entry.part == Some(part))
    }

    /// The entry that says that the case cannot be run, if one does.
    pub fn unsupported(&self, case: &Case, instance: &Instance) -> Option<&Deviation> {
        self.entries.iter().find(|entry| {
            entry.outcome == Outcome::Unsupported && takes(&entry.case, case, instance)
        })
    }

    fn of(&self, case: &Case, instance: &Instance, part: Part) -> Vec<&Deviation> {
        self.entries
            .iter()
            .filter(|entry| {
                entry.outcome != Outcome::Unsupported
                    && entry.part.is_none_or(|of| of == part)
                    && takes(&entry.case, case, instance)
            })
            .collect()
    }

    /// What is out of date: entries that match no case, and entries past their day.
    pub fn stale(&self, cases: &[Case], today: OffsetDateTime) -> Vec<Fault> {
        let mut out = Vec::new();
        for entry in &self.entries {
            let matched = cases.iter().any(|case| {
                case.instances
                    .iter()
                    .any(|instance| takes(&entry.case, case, instance))
            });
            if !matched {
                out.push(Fault::at(
                    &self.file,
                    entry.place,
                    format!("no case is {:?}: take the entry out", entry.case),
                ));
            }
            if entry.until.is_some_and(|until| until < today.date()) {
                out.push(Fault::at(
                    &self.file,
                    entry.place,
                    "the day in \"until\" is past: mend the target, or look again and say until \
                     when it is excused",
                ));
            }
        }
        out
    }
}

fn takes(pattern: &str, case: &Case, instance: &Instance) -> bool {
    let full = crate::case::full_id(case, instance);
    match pattern.strip_suffix('*') {
        Some(start) => full.starts_with(start),
        None => pattern == case.id || pattern == full,
    }
}

fn day(file: &str, members: &mut Members<'_>, name: &'static str) -> Result<Option<Date>, Fault> {
    match members.optional(name) {
        None => Ok(None),
        Some(node) => {
            let text = string(file, name, node)?;
            crate::case::day(text).map(Some).ok_or_else(|| {
                Fault::at(
                    file,
                    node.place,
                    format!("{name:?} is YYYY-MM-DD, not {text:?}"),
                )
            })
        }
    }
}
