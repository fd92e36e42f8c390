//! A terminal's progress line, which is overwritten in place.

use std::collections::HashSet;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use crate::run::{Event, Verdict};

/// Shortest time between two writes of the line.
const PAUSE: Duration = Duration::from_millis(100);
/// Characters of the line.
const WIDTH: usize = 78;

/// Counts the rows that have ended.
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
    /// Counts an event and writes the line to standard error, if that is a terminal.
    pub fn show(&mut self, event: &Event) {
        self.count(event);
        let due = self.written.is_none_or(|at| at.elapsed() >= PAUSE);
        if !due || matches!(event, Event::Footer(_)) || !io::stderr().is_terminal() {
            return;
        }
        self.written = Some(Instant::now());
        self.visible = true;
        write(&self.line());
    }

    /// Erases the line if other text is about to be written for this event.
    pub fn make_room(&mut self, event: &Event) {
        let writes_nothing = match event {
            Event::Exchange(_) | Event::Skip { .. } => true,
            Event::Part(part) => part.verdict == Verdict::Pass,
            Event::Header(_) | Event::Footer(_) => false,
        };
        if !writes_nothing && std::mem::take(&mut self.visible) {
            write("");
        }
    }

    /// Counts an event.
    fn count(&mut self, event: &Event) {
        let (case, row, bad) = match event {
            Event::Header(header) => {
                self.of = header.selected;
                return;
            }
            Event::Skip { case, row, .. } => (case, row, false),
            Event::Part(part) => (&part.case, &part.row, part.verdict.is_failure()),
            Event::Exchange(_) | Event::Footer(_) => return,
        };
        let key = (case.clone(), row.clone());
        if bad {
            self.failed.insert(key.clone());
        }
        self.rows.insert(key);
        self.last.clone_from(case);
    }

    /// Returns the line, as in `12 of 90, 1 failed  converse/text`.
    fn line(&self) -> String {
        let failed = match self.failed.len() {
            0 => String::new(),
            count => format!(", {count} failed"),
        };
        let line = format!("{} of {}{failed}  {}", self.rows.len(), self.of, self.last);
        line.chars().take(WIDTH).collect()
    }
}

/// Writes the line. A terminal that cannot show it does not make the run fail.
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
            progress.count(&event);
        }
        progress.of = 9;
        assert_eq!(progress.line(), "2 of 9  a/two");
        progress.count(&skip(&"long/".repeat(30), None));
        assert_eq!(progress.line().chars().count(), WIDTH);
    }
}
