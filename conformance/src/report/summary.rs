//! What a terminal shows: failures as they come, then numbers by level and basis, never added up.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::case::{BasisKind, Level};
use crate::run::{Event, Footer, PartRecord, Verdict};
use crate::shell::shell;

/// A case's id and its row.
type Key = (String, Option<String>);

/// Writes a run's events for people.
#[derive(Debug)]
pub struct Summary {
    quiet: bool,
    /// The command that runs the id appended to it again.
    again: String,
    left_out: usize,
    /// Basis, level and most severe verdict of each row.
    rows: BTreeMap<Key, (BasisKind, Level, Verdict)>,
    skips: BTreeMap<String, usize>,
    /// The row whose heading was written last.
    shown: Option<Key>,
}

impl Summary {
    /// Returns the summary of a run; a quiet one has only failures and the last line.
    pub fn new(quiet: bool) -> Self {
        Self {
            quiet,
            again: String::new(),
            left_out: 0,
            rows: BTreeMap::new(),
            skips: BTreeMap::new(),
            shown: None,
        }
    }

    /// Writes one event.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&mut self, event: &Event, out: &mut impl Write) -> io::Result<()> {
        if let Event::Header(header) = event {
            self.again.clone_from(&header.again);
            self.left_out = header.left_out;
        }
        match event {
            Event::Header(header) if !self.quiet => writeln!(
                out,
                "judging {} at {} ({}) with {} rows, model {}",
                header.target, header.url, header.region, header.selected, header.model
            ),
            Event::Header(_) | Event::Exchange(_) => Ok(()),
            Event::Skip { reason, .. } => {
                *self.skips.entry(reason.clone()).or_default() += 1;
                Ok(())
            }
            Event::Part(record) => self.part(record, out),
            Event::Footer(footer) => self.footer(footer, out),
        }
    }

    fn part(&mut self, record: &PartRecord, out: &mut impl Write) -> io::Result<()> {
        let key = (record.case.clone(), record.row.clone());
        let worst =
            self.rows
                .entry(key.clone())
                .or_insert((record.basis, record.level, Verdict::Pass));
        worst.2 = worst.2.worse(record.verdict);
        // A later part may be less binding than the case; the first one has the case's level.
        let level = worst.1;
        let wanted = match record.verdict {
            Verdict::Pass => false,
            verdict => verdict.is_failure() || !self.quiet,
        };
        if !wanted {
            return Ok(());
        }
        let full = match &record.row {
            None => record.case.clone(),
            Some(row) => format!("{}@{row}", record.case),
        };
        // One heading for all parts of a row.
        if self.shown.as_ref() != Some(&key) {
            writeln!(
                out,
                "\n{full}: {} [{} {}]",
                record.title,
                level.word(),
                record.basis.word()
            )?;
            writeln!(out, "  why: {}", record.why)?;
            for reference in &record.refs {
                writeln!(out, "  ref: {reference}")?;
            }
            writeln!(out, "  again: {} {}", self.again, shell(&full))?;
            self.shown = Some(key);
        }
        let part = record.part.map_or("step", |part| part.word());
        writeln!(
            out,
            "  {} (step {}): {}{}",
            part,
            record.step,
            record.verdict.word(),
            record
                .reason
                .as_ref()
                .map(|reason| format!(": {reason}"))
                .unwrap_or_default()
        )?;
        for finding in &record.findings {
            let path = if finding.path.is_empty() {
                part
            } else {
                &finding.path
            };
            writeln!(out, "    at {path}")?;
            writeln!(out, "      expected {}", finding.expected)?;
            // A target's own lines are indented below the line that names them.
            let seen = finding.seen.replace('\n', "\n               ");
            writeln!(out, "      seen     {seen}")?;
        }
        Ok(())
    }

    fn footer(&self, footer: &Footer, out: &mut impl Write) -> io::Result<()> {
        if !self.quiet {
            writeln!(out)?;
            for (reason, rows) in &self.skips {
                writeln!(out, "skipped {rows:>4}: {reason}")?;
            }
            if self.left_out > 0 {
                writeln!(
                    out,
                    "left out {}: rows derived from the service model; add --derived to judge them",
                    self.left_out
                )?;
            }
            for basis in BasisKind::ALL {
                for level in Level::ALL {
                    let of: Vec<Verdict> = self
                        .rows
                        .values()
                        .filter(|(of, at, _)| (*of, *at) == (basis, level))
                        .map(|(_, _, verdict)| *verdict)
                        .collect();
                    if of.is_empty() {
                        continue;
                    }
                    let passed = of
                        .iter()
                        .filter(|verdict| **verdict == Verdict::Pass)
                        .count();
                    writeln!(
                        out,
                        "{:>6} / {:<10} {passed:>5} of {} as expected",
                        level.word(),
                        basis.word(),
                        of.len()
                    )?;
                }
            }
        }
        let counts = footer.counts();
        let mut words = vec![format!("{} passed", counts.passed)];
        for (count, word) in [
            (counts.failed, "failed"),
            (counts.unexpected_passes, "passed though declared to fail"),
            (counts.informational, "informational"),
            (counts.deviating, "deviate as declared"),
            (counts.doubted, "doubted"),
            (counts.inconclusive, "inconclusive"),
            (counts.skipped, "skipped"),
        ] {
            if count > 0 {
                words.push(format!("{count} {word}"));
            }
        }
        if footer.spent_usd > 0.0 {
            words.push(format!("${:.4}", footer.spent_usd));
        }
        #[allow(clippy::cast_precision_loss)] // Runs last minutes.
        let seconds = footer.elapsed_ms as f64 / 1000.0;
        writeln!(out, "{} in {seconds:.1} s", words.join(", "))
    }
}
