//! A file of events → rows with their parts.

use std::collections::HashMap;

use serde_json::Value;

use crate::run::{Event, ExchangeRecord, FORMAT, Footer, Header, PartRecord, RunOutcome, Verdict};

/// The events of a run, sorted by row.
#[derive(Debug, Clone)]
pub struct Report {
    /// Its header.
    pub header: Header,
    /// Its rows, in the order in which they ended.
    pub rows: Vec<Row>,
    /// Its footer.
    pub footer: Footer,
    /// Its events between header and footer, for merging.
    pub(crate) events: Vec<Event>,
}

/// One row.
#[derive(Debug, Clone)]
pub struct Row {
    /// `id` or `id@row`.
    pub full: String,
    /// The case's id.
    pub case: String,
    /// Why it was skipped, if it was.
    pub skipped: Option<String>,
    /// Its parts.
    pub parts: Vec<PartRecord>,
    /// Its exchanges.
    pub exchanges: Vec<ExchangeRecord>,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowVerdict {
    /// It was not run.
    Skipped,
    /// The most severe verdict of its parts.
    Judged(Verdict),
}

impl RowVerdict {
    /// Returns the verdict as reports spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Skipped => "skip",
            Self::Judged(verdict) => verdict.word(),
        }
    }

    /// Reports whether it makes a run fail.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Judged(verdict) if verdict.is_failure())
    }
}

/// Why a file is not a report.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// A line is not JSON, or has a member or a word that no event has.
    #[error("{file}:{line}: not an event: {source}")]
    NotAnEvent {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What serde found.
        source: serde_json::Error,
    },
    /// The first line is not a header.
    #[error(
        "{file}: the first line is not a header: expected a file written by `run --report` or \
         `replay --report`"
    )]
    NoHeader {
        /// The file.
        file: String,
    },
    /// Another version of the suite wrote the file.
    #[error(
        "{file}: unsupported format {format} (this version reads {FORMAT}): use the version of \
         bedrock-conformance that wrote it"
    )]
    OtherFormat {
        /// The file.
        file: String,
        /// Its format.
        format: Value,
    },
    /// The run was killed, so nobody knows what is missing.
    #[error("{file}: it has no footer, so its run did not finish: run it again")]
    NoFooter {
        /// The file.
        file: String,
    },
}

impl Report {
    /// Returns why the run ended early, if it did.
    pub fn stopped(&self) -> Option<&str> {
        (self.footer.outcome == RunOutcome::Stopped)
            .then(|| self.footer.why.as_deref().unwrap_or("no reason was given"))
    }

    /// Returns the command that runs one row again.
    pub(super) fn again(&self, full: &str) -> String {
        format!("{} {}", self.header.again, crate::shell::shell(full))
    }
}

impl Row {
    /// Returns the first folder of the id; for derived cases with the second.
    pub fn area(&self) -> &str {
        let mut parts = self.case.match_indices('/').map(|(at, _)| at);
        let first = parts.next().unwrap_or(self.case.len());
        if &self.case[..first] == "derived" {
            return &self.case[..parts.next().unwrap_or(first)];
        }
        &self.case[..first]
    }

    /// Returns the most severe verdict of the parts.
    pub fn verdict(&self) -> RowVerdict {
        let verdict = self
            .parts
            .iter()
            .map(|part| part.verdict)
            .fold(Verdict::Pass, Verdict::worse);
        match (&self.skipped, verdict) {
            (Some(_), Verdict::Pass) => RowVerdict::Skipped,
            (_, verdict) => RowVerdict::Judged(verdict),
        }
    }

    /// Returns the record that describes the case. A later part may be less binding than the case;
    /// the first one has the case's level. A skipped row has none.
    pub fn about(&self) -> Option<&PartRecord> {
        self.parts.first()
    }

    /// Returns the case's title; empty for a skipped row.
    pub(super) fn title(&self) -> &str {
        self.about().map_or("", |part| &part.title)
    }

    /// Returns what would break for a user; empty for a skipped row.
    pub(super) fn why(&self) -> &str {
        self.about().map_or("", |part| &part.why)
    }

    /// Reports whether every part passed.
    pub fn passed(&self) -> bool {
        self.verdict() == RowVerdict::Judged(Verdict::Pass)
    }

    /// Reports whether it makes a run fail.
    pub fn is_failure(&self) -> bool {
        self.verdict().is_failure()
    }

    /// Reports whether the target was too busy to answer.
    pub fn is_inconclusive(&self) -> bool {
        self.verdict() == RowVerdict::Judged(Verdict::Inconclusive)
    }

    /// Lists what differs, one finding a line.
    pub fn differences(&self) -> String {
        let mut out = String::new();
        let parts = self.parts.iter();
        for part in parts.filter(|part| part.verdict != Verdict::Pass) {
            let reason = part.reason.as_deref().unwrap_or_default();
            let name = part.part.map_or("step", |part| part.word());
            let verdict = part.verdict.word();
            out.push_str(&format!(
                "{name} (step {}): {verdict} {reason}\n",
                part.step
            ));
            for finding in &part.findings {
                // A target's own lines are indented below the line that names them.
                let seen = finding.seen.replace('\n', "\n             ");
                out.push_str(&format!(
                    "  {}\n    expected {}\n    seen     {seen}\n",
                    finding.path, finding.expected
                ));
            }
        }
        out
    }
}

/// Reads an event file.
///
/// # Errors
/// When a line is not an event, or header or footer are missing.
pub fn parse(file: &str, text: &str) -> Result<Report, ParseError> {
    let mut events = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let not_an_event = |source| ParseError::NotAnEvent {
            file: file.to_owned(),
            line: index + 1,
            source,
        };
        let value: Value = serde_json::from_str(line).map_err(not_an_event)?;
        if index == 0 {
            check_header(file, &value)?;
        }
        events.push(serde_json::from_value(value).map_err(not_an_event)?);
    }
    let no_header = || ParseError::NoHeader {
        file: file.to_owned(),
    };
    let no_footer = || ParseError::NoFooter {
        file: file.to_owned(),
    };
    if events.is_empty() {
        return Err(no_header());
    }
    let Event::Header(header) = events.remove(0) else {
        return Err(no_header());
    };
    let Some(Event::Footer(footer)) = events.pop() else {
        return Err(no_footer());
    };
    Ok(Report {
        header: *header,
        rows: rows(&events),
        footer,
        events,
    })
}

/// Checks the format before the members, which another format may have otherwise.
fn check_header(file: &str, line: &Value) -> Result<(), ParseError> {
    if line["event"] != "header" {
        return Err(ParseError::NoHeader {
            file: file.to_owned(),
        });
    }
    if line["format"] != FORMAT {
        return Err(ParseError::OtherFormat {
            file: file.to_owned(),
            format: line["format"].clone(),
        });
    }
    Ok(())
}

fn rows(events: &[Event]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for event in events {
        let (case, row) = match event {
            Event::Exchange(record) => (&record.case, &record.row),
            Event::Part(record) => (&record.case, &record.row),
            Event::Skip { case, row, .. } => (case, row),
            Event::Header(_) | Event::Footer(_) => continue,
        };
        let full = match row {
            None => case.clone(),
            Some(row) => format!("{case}@{row}"),
        };
        let at = *places.entry(full.clone()).or_insert_with(|| {
            rows.push(Row {
                full,
                case: case.clone(),
                skipped: None,
                parts: Vec::new(),
                exchanges: Vec::new(),
            });
            rows.len() - 1
        });
        match event {
            Event::Exchange(record) => rows[at].exchanges.push(record.clone()),
            Event::Part(record) => rows[at].parts.push(record.clone()),
            Event::Skip { reason, .. } => rows[at].skipped = Some(reason.clone()),
            Event::Header(_) | Event::Footer(_) => {}
        }
    }
    rows
}
