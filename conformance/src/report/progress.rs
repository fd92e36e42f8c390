//! How far a run is, in one line that is written over itself; for terminals.

use std::collections::HashSet;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use crate::run::{Event, Verdict};

/// The line is written this often at most.
const PAUSE: Duration = Duration::from_millis(100);
/// Characters of it.
const WIDTH: usize = 78;

/// Counts what has ended.
#[derive(Debug, Default)]
pub struct Progress {
    of: usize,
    rows: HashSet<(String, Option<String>)>,
    failed: HashSet<(String, Option<String>)>,
    last: String,
    written: Option<Instant>,
    visible: bool,
}

impl Progress {
    /// Takes an event, and shows how far the run is on standard error, where that is a terminal.
    pub fn show(&mut self, event: &Event) {
        self.take(event);
        let due = self.written.is_none_or(|at| at.elapsed() >= PAUSE);
        if !due || matches!(event, Event::Footer(_)) || !io::stderr().is_terminal() {
            return;
        }
        self.written = Some(Instant::now());
        self.visible = true;
        write(&self.line());
    }

    /// Wipes the line out if something else is about to be written for this event.
    pub fn make_room(&mut self, event: &Event) {
        let silent = match event {
            Event::Exchange(_) | Event::Skip { .. } => true,
            Event::Part(part) => part.verdict == Verdict::Pass,
            Event::Header(_) | Event::Footer(_) => false,
        };
        if !silent && std::mem::take(&mut self.visible) {
            write("");
        }
    }

    /// Takes an event.
    pub fn take(&mut self, event: &Event) {
        let (case, row, bad) = match event {
            Event::Header(header) => {
                self.of = header.selected;
                return;
            }
            Event::Skip { case, row, .. } => (case, row, false),
            Event::Part(part) => {
                let bad = matches!(part.verdict, Verdict::Fail | Verdict::UnexpectedPass);
                (&part.case, &part.row, bad)
            }
            Event::Exchange(_) | Event::Footer(_) => return,
        };
        let key = (case.clone(), row.clone());
        if bad {
            self.failed.insert(key.clone());
        }
        self.rows.insert(key);
        self.last.clone_from(case);
    }

    /// The line.
    pub fn line(&self) -> String {
        let failed = match self.failed.len() {
            0 => String::new(),
            count => format!(", {count} failed"),
        };
        let line = format!("{} of {}{failed}  {}", self.rows.len(), self.of, self.last);
        line.chars().take(WIDTH).collect()
    }
}

/// What cannot be shown is no failure of the run.
fn write(line: &str) {
    let mut err = io::stderr();
    let _ = write!(err, "\r{line:WIDTH$}\r");
    let _ = err.flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_count_once() {
        let mut progress = Progress::default();
        let skip = |case: &str, row: Option<&str>| Event::Skip {
            case: case.to_owned(),
            row: row.map(str::to_owned),
            reason: String::new(),
        };
        for event in [
            skip("a/one", None),
            skip("a/two", Some("x")),
            skip("a/two", Some("x")),
        ] {
            progress.take(&event);
        }
        progress.of = 9;
        assert_eq!(progress.line(), "2 of 9  a/two");
        progress.take(&skip(&"long/".repeat(30), None));
        assert_eq!(progress.line().chars().count(), WIDTH);
    }
}
