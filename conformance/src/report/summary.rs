//! What a terminal shows: failures as they come, then numbers by ground, never added up.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::run::{Event, Footer, PartRecord, Verdict};
use crate::shell::shell;

/// Shows a run's events to people.
#[derive(Debug)]
pub struct Summary {
    quiet: bool,
    /// The command that runs again what stands behind it.
    again: String,
    left_out: usize,
    /// Rows by basis: passed, failed, other. A row's worst part decides.
    rows: BTreeMap<(String, Option<String>), (&'static str, &'static str, Verdict)>,
    skips: BTreeMap<String, usize>,
    shown: Option<(String, Option<String>)>,
}

impl Summary {
    /// For a run.
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

    /// Shows one event.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn tell(&mut self, event: &Event, out: &mut impl Write) -> io::Result<()> {
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
        let worse = match (worst.2, record.verdict) {
            (Verdict::Fail, _) => Verdict::Fail,
            (_, Verdict::Fail) => Verdict::Fail,
            (Verdict::Pass, other) => other,
            (earlier, _) => earlier,
        };
        worst.2 = worse;
        // A part may bind less than its case does; the first is judged at the case's level.
        let level = worst.1;
        let wanted = match record.verdict {
            Verdict::Pass => false,
            Verdict::Fail | Verdict::UnexpectedPass => true,
            _ => !self.quiet,
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
                record.title, level, record.basis
            )?;
            writeln!(out, "  why: {}", record.why)?;
            for reference in &record.refs {
                writeln!(out, "  ref: {reference}")?;
            }
            writeln!(out, "  again: {} {}", self.again, shell(&full))?;
            self.shown = Some(key);
        }
        let part = record.part.unwrap_or("step");
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
            // A target's own lines stay behind what names them.
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
                    "left out {}: rows derived from the service model; --derived judges them too",
                    self.left_out
                )?;
            }
            for basis in ["observed", "documented", "modelled", "assumed"] {
                for level in ["must", "should", "may", "info"] {
                    let of: Vec<Verdict> = self
                        .rows
                        .values()
                        .filter(|(of, at, _)| *of == basis && *at == level)
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
                        "{level:>6} / {basis:<10} {passed:>5} of {} as expected",
                        of.len()
                    )?;
                }
            }
        }
        let counts = footer.counts;
        let mut words = vec![format!("{} passed", counts.passed)];
        for (count, word) in [
            (counts.failed, "failed"),
            (counts.unexpected_passes, "passed though declared to fail"),
            (counts.told, "differ, only told"),
            (counts.deviating, "deviate as declared"),
            (counts.doubted, "in doubt"),
            (counts.inconclusive, "inconclusive"),
            (counts.skipped, "skipped"),
        ] {
            if count > 0 {
                words.push(format!("{count} {word}"));
            }
        }
        if footer.spent > 0.0 {
            words.push(format!("${:.4}", footer.spent));
        }
        #[allow(clippy::cast_precision_loss)] // Runs last minutes.
        let seconds = footer.elapsed_ms as f64 / 1000.0;
        writeln!(out, "{} in {seconds:.1} s", words.join(", "))
    }
}
