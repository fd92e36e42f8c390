//! Declared deviations of a target: strict, dated, with reasons.
//!
//! `deviations/<target>.json` is `{"deviations": […]}`. An entry excuses one part of one case (or
//! of all that a `*` at the end takes), so the other parts still judge; with a `path` it excuses what
//! is found there or below, and no more. A row in which an entry excuses nothing, an entry that
//! matches no case, and an entry past its day make the run fail: a list that lies is worse than none.
//! That holds for entries without a part, and for what is declared unsupported, too.

use time::{Date, OffsetDateTime};

use crate::judge::{Finding, Part};
use crate::spanned::{self, Diagnostic, Kind, Members, Node, Place, list, mistyped, string};
use crate::suggest::did_you_mean;

/// What is declared to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The part fails, always.
    Fails,
    /// The part fails sometimes; for servers that the suite does not start.
    Flaky,
    /// The target cannot do it at all: whatever is wrong is not judged.
    Unsupported,
}

/// One declared deviation.
#[derive(Debug, Clone)]
pub struct Deviation {
    /// A case's id, with its row or not; a `*` at the end takes all that begin so.
    pub case: String,
    /// The part; none for every part. A missing answer is a matter of the part `end`.
    pub part: Option<Part>,
    /// Only findings at this path, or below it: `/usage` takes `/usage/inputTokens`, not `/usages`.
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
    /// SHA-256 of the file: shards under other excuses are no shards of one run.
    pub hash: String,
}

impl Deviations {
    /// Reads a file of deviations.
    ///
    /// # Errors
    /// Says where it is wrong.
    pub fn read(file: &str, text: &str) -> Result<Self, Diagnostic> {
        let node = spanned::parse(file, text)?;
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
                        Diagnostic::at(
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
                    return Err(Diagnostic::at(
                        file,
                        node.place,
                        format!("\"outcome\" is fails, flaky or unsupported, not {other:?}"),
                    ));
                }
            };
            let rate = members.optional("rate");
            flaky(file, item, outcome, rate)?;
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
            hash: crate::digest::sha256([text.as_bytes()]),
        })
    }

    /// The first entry that is none for a program that the suite starts: what that does by chance is
    /// a fault of its own.
    pub fn unfit_for_spawned(&self) -> Option<Diagnostic> {
        let flaky = |entry: &&Deviation| entry.outcome == Outcome::Flaky;
        self.entries.iter().find(flaky).map(|entry| {
            Diagnostic::at(
                &self.file,
                entry.place,
                "flaky is for servers that the suite does not start: mend it, or say that it fails",
            )
        })
    }

    /// The entries for what is judged, by its id without and with its row.
    pub fn of(&self, id: &str, full: &str) -> Vec<&Deviation> {
        let entries = self.entries.iter();
        entries
            .filter(|entry| entry.outcome != Outcome::Unsupported && takes(&entry.case, id, full))
            .collect()
    }

    /// The entry that says that the target cannot do it, if one does.
    pub fn unsupported(&self, id: &str, full: &str) -> Option<&Deviation> {
        let mut entries = self.entries.iter();
        entries.find(|entry| entry.outcome == Outcome::Unsupported && takes(&entry.case, id, full))
    }

    /// What is out of date: entries that match nothing there is, by ids without and with rows, and
    /// entries past their day.
    pub fn stale(&self, known: &[(&str, String)], today: OffsetDateTime) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        for entry in &self.entries {
            if !known.iter().any(|(id, full)| takes(&entry.case, id, full)) {
                out.push(Diagnostic::at(
                    &self.file,
                    entry.place,
                    format!(
                        "no case is {:?}{}: take the entry out",
                        entry.case,
                        did_you_mean(&entry.case, known.iter().map(|(id, _)| *id))
                    ),
                ));
            }
            if entry.until.is_some_and(|until| until < today.date()) {
                out.push(Diagnostic::at(
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

impl Deviation {
    /// Whether it excuses a finding.
    pub fn excuses(&self, finding: &Finding) -> bool {
        self.part.is_none_or(|part| part == finding.part)
            && self
                .path
                .as_ref()
                .is_none_or(|path| is_below(&finding.path, path))
    }

    /// Whether it excuses that a step has no answer.
    pub fn excuses_silence(&self) -> bool {
        self.path.is_none() && self.part.is_none_or(|part| part == Part::End)
    }
}

/// Whole segments: `/usage` is above `/usage/x` and not above `/usages`. Header names in any case.
fn is_below(path: &str, above: &str) -> bool {
    let above = above.trim_end_matches('/');
    match path.get(..above.len()) {
        Some(start) if start.eq_ignore_ascii_case(above) => {
            let rest = &path[above.len()..];
            rest.is_empty() || rest.starts_with('/')
        }
        _ => false,
    }
}

/// A rate belongs to what is flaky, and to nothing else.
fn flaky(file: &str, item: &Node, outcome: Outcome, rate: Option<&Node>) -> Result<(), Diagnostic> {
    let number = |node: &Node| match &node.kind {
        Kind::Number(number) => number.as_f64(),
        _ => None,
    };
    match (outcome, rate) {
        (Outcome::Flaky, None) => Err(Diagnostic::at(
            file,
            item.place,
            "what is flaky needs \"rate\": how often it fails, over 0 and below 1",
        )),
        (Outcome::Flaky, Some(node))
            if !number(node).is_some_and(|rate| rate > 0.0 && rate < 1.0) =>
        {
            Err(mistyped(file, "rate", node, "a number over 0 and below 1"))
        }
        (Outcome::Fails | Outcome::Unsupported, Some(node)) => Err(Diagnostic::at(
            file,
            node.place,
            "\"rate\" is for what is flaky",
        )),
        _ => Ok(()),
    }
}

fn takes(pattern: &str, id: &str, full: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => full.starts_with(start),
        None => pattern == id || pattern == full,
    }
}

fn day(
    file: &str,
    members: &mut Members<'_>,
    name: &'static str,
) -> Result<Option<Date>, Diagnostic> {
    match members.optional(name) {
        None => Ok(None),
        Some(node) => {
            let text = string(file, name, node)?;
            crate::case::day(text).map(Some).ok_or_else(|| {
                Diagnostic::at(
                    file,
                    node.place,
                    format!("{name:?} is YYYY-MM-DD, not {text:?}"),
                )
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_by_segments() {
        for (path, above, expected) in [
            ("/usage", "/usage", true),
            ("/usage/inputTokens", "/usage", true),
            ("/usages", "/usage", false),
            ("/usage", "/usage/inputTokens", false),
            ("x-amzn-RequestId", "X-Amzn-RequestId", true),
            ("", "/usage", false),
        ] {
            assert_eq!(is_below(path, above), expected, "{path} below {above}");
        }
    }

    #[test]
    fn a_rate_is_for_what_is_flaky() {
        let read = |entry: &str| {
            let text =
                format!("{{\"deviations\": [{{\"case\": \"a\", \"reason\": \"x\", {entry}}}]}}");
            Deviations::read("f", &text).map_err(|fault| fault.to_string())
        };
        assert!(
            read("\"outcome\": \"flaky\"")
                .unwrap_err()
                .contains("needs \"rate\"")
        );
        assert!(read("\"outcome\": \"flaky\", \"rate\": 1").is_err());
        assert!(read("\"outcome\": \"fails\", \"rate\": 0.1").is_err());
        let flaky = read("\"outcome\": \"flaky\", \"rate\": 0.1").unwrap();
        assert!(flaky.unfit_for_spawned().is_some());
    }
}
