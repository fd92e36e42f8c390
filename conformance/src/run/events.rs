//! The events of a run, one JSON object a line. Every report is derived from these lines.
//!
//! A file begins with a `header` and ends with a `footer`. Between them each step has one `exchange`
//! and one `part` for each part that was judged; a row that was not run has a `skip`. A file without
//! a footer is not a report: its run was killed.
//!
//! `conformance/data/events.schema.json` is the JSON Schema of a line. The same types write and read
//! the lines, so a report never meets a word that the run does not have.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::shard::Shard;
use super::verdict::{Counts, Verdict};
use crate::case::{BasisKind, Level};
use crate::judge::{Finding, Part};

/// Version of the format.
pub(crate) const FORMAT: u64 = 1;

/// One line of an event file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "event", rename_all = "lowercase", deny_unknown_fields)]
pub enum Event {
    /// The first line.
    Header(Box<Header>),
    /// What went over the wire in one step.
    Exchange(ExchangeRecord),
    /// One part's verdict.
    Part(PartRecord),
    /// A row that was not run.
    Skip {
        /// Case.
        case: String,
        /// Row.
        row: Option<String>,
        /// Why it was not run.
        reason: String,
    },
    /// The last line.
    Footer(Footer),
}

impl Event {
    /// Returns the line without its end.
    ///
    /// # Errors
    /// When serde cannot write it, which a test of every kind of event excludes.
    pub fn line(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// What was judged, with which suite, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Version of this format.
    pub format: u64,
    /// The suite's version.
    pub suite: String,
    /// Hash of all case files.
    pub revision: String,
    /// The target's name.
    pub target: String,
    /// The target's version, if it reports one.
    pub version: Option<String>,
    /// The target's address.
    pub url: String,
    /// The target's region.
    pub region: String,
    /// The service models' package and its version.
    pub model: String,
    /// Hash of the service models and of the suite's reference data.
    pub model_hash: String,
    /// Number of selected rows.
    pub selected: usize,
    /// The shard, for a run of one.
    pub shard: Option<Shard>,
    /// The requested ids, kinds of basis and levels.
    pub selection: Value,
    /// The target's configuration, secrets removed.
    pub config: Value,
    /// Hash of the declared deviations; empty if there are none.
    pub deviations: String,
    /// The command that runs the id appended to it again.
    pub again: String,
    /// Number of derived rows that were left out.
    pub left_out: usize,
    /// Start of the run, RFC 3339.
    pub started: String,
    /// Kinds of basis whose failures count.
    pub counts: Vec<BasisKind>,
}

/// What went over the wire in one step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExchangeRecord {
    /// Case.
    pub case: String,
    /// Row.
    pub row: Option<String>,
    /// Step, from 0.
    pub step: usize,
    /// Request and response, secrets removed.
    pub wire: WireRecord,
}

/// Request and response: headers as text, bodies as text or base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WireRecord {
    /// Request line and headers.
    pub request_head: String,
    /// Body of the request.
    pub request_body: BodyRecord,
    /// Status line and headers.
    pub response_head: String,
    /// Body of the response.
    pub response_body: BodyRecord,
    /// Number of reads that the response's body took.
    pub chunks: usize,
    /// Why the response ended early, if it did.
    pub cut: Option<String>,
    /// Milliseconds to the first byte of the response.
    pub first_byte_ms: u64,
    /// Milliseconds to its last byte.
    pub total_ms: u64,
}

/// The beginning of a body: `text` where it is UTF-8, else `base64`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BodyRecord {
    /// Bytes of the complete body.
    pub bytes: usize,
    /// The body as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The body as base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

/// One part's verdict, with everything that is needed to understand it alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PartRecord {
    /// Case.
    pub case: String,
    /// Row.
    pub row: Option<String>,
    /// Step, from 0.
    pub step: usize,
    /// Part; `null` where the complete step could not be judged.
    pub part: Option<Part>,
    /// The verdict.
    pub verdict: Verdict,
    /// What differs.
    pub findings: Vec<FindingRecord>,
    /// Reason for the verdict, where the findings do not show it.
    pub reason: Option<String>,
    /// The case's title.
    pub title: String,
    /// What would break for a user.
    pub why: String,
    /// The kind of evidence.
    pub basis: BasisKind,
    /// The day of that evidence.
    pub date: Option<String>,
    /// How binding the part is.
    pub level: Level,
    /// The case's references, as `kind: to`.
    pub refs: Vec<String>,
}

/// One difference between an expected and a received answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FindingRecord {
    /// Where in the part: a JSON pointer, a header's name, an event's number.
    pub path: String,
    /// What was expected.
    pub expected: String,
    /// What was received.
    pub seen: String,
}

impl From<Finding> for FindingRecord {
    fn from(finding: Finding) -> Self {
        Self {
            path: finding.path,
            expected: finding.expected,
            seen: finding.seen,
        }
    }
}

/// Whether a run came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum RunOutcome {
    /// Every selected row was run, or skipped with a reason.
    Finished,
    /// It ended early.
    Stopped,
}

/// How the run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Footer {
    /// Whether the run came to its end.
    pub outcome: RunOutcome,
    /// Why it did not.
    pub why: Option<String>,
    /// Rows of which every part passed.
    pub passed: usize,
    /// Rows with a failed part.
    pub failed: usize,
    /// Rows that differ where nothing is required. Files written before 0.2.0 have it as `told`,
    /// which is read until 0.3.0.
    #[serde(alias = "told")]
    pub informational: usize,
    /// Rows that deviate as declared.
    pub deviating: usize,
    /// Rows that pass although a deviation is declared.
    pub unexpected_passes: usize,
    /// Rows that differ while their case is disputed.
    pub doubted: usize,
    /// Rows that the target was too busy to answer.
    pub inconclusive: usize,
    /// Rows that were not run.
    pub skipped: usize,
    /// Dollars.
    pub spent_usd: f64,
    /// Milliseconds.
    pub elapsed_ms: u64,
    /// Number of the exit code.
    pub exit: u8,
}

impl Footer {
    /// Returns the footer of a run with these counts that ended early for the reason in `why`, if
    /// there is one.
    pub(crate) fn new(counts: Counts, why: Option<String>) -> Self {
        Self {
            outcome: match why {
                None => RunOutcome::Finished,
                Some(_) => RunOutcome::Stopped,
            },
            why,
            passed: counts.passed,
            failed: counts.failed,
            informational: counts.informational,
            deviating: counts.deviating,
            unexpected_passes: counts.unexpected_passes,
            doubted: counts.doubted,
            inconclusive: counts.inconclusive,
            skipped: counts.skipped,
            spent_usd: 0.0,
            elapsed_ms: 0,
            exit: 0,
        }
    }

    /// Returns the numbers of rows.
    pub fn counts(&self) -> Counts {
        Counts {
            passed: self.passed,
            failed: self.failed,
            informational: self.informational,
            deviating: self.deviating,
            unexpected_passes: self.unexpected_passes,
            doubted: self.doubted,
            inconclusive: self.inconclusive,
            skipped: self.skipped,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// `BLESS=1 cargo test -p bedrock-conformance` writes the file again.
    #[test]
    fn the_published_schema_is_the_one_of_these_types() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/events.schema.json");
        let mut schema = schemars::schema_for!(Event);
        schema.insert(
            "title".to_owned(),
            "A line of bedrock-conformance's event file".into(),
        );
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            text,
            "run with BLESS=1"
        );
    }

    #[test]
    fn files_spell_words_as_reports_do() {
        fn value(word: impl Serialize) -> String {
            let value = serde_json::to_value(word).unwrap();
            value.as_str().map(str::to_owned).unwrap()
        }
        for verdict in Verdict::ALL {
            assert_eq!(value(verdict), verdict.word());
        }
        for part in Part::ALL {
            assert_eq!(value(part), part.word());
        }
        for kind in BasisKind::ALL {
            assert_eq!(value(kind), kind.word());
        }
        for level in Level::ALL {
            assert_eq!(value(level), level.word());
        }
    }

    #[test]
    fn the_old_name_of_a_verdict_is_read() {
        assert_eq!(
            serde_json::from_str::<Verdict>("\"told\"").unwrap(),
            Verdict::Informational
        );
        let footer = Footer::new(
            Counts {
                informational: 3,
                ..Counts::default()
            },
            None,
        );
        let line = Event::Footer(footer.clone()).line().unwrap();
        let old = line.replace("informational", "told");
        assert_ne!(old, line);
        assert_eq!(
            serde_json::from_str::<Event>(&old).unwrap(),
            Event::Footer(footer)
        );
    }

    #[test]
    fn an_unknown_member_is_refused() {
        let error = serde_json::from_str::<Event>(
            r#"{"event": "skip", "case": "a/b", "row": null, "reason": "x", "surplus": 1}"#,
        )
        .unwrap_err();
        assert!(error.to_string().contains("surplus"), "{error}");
    }
}
