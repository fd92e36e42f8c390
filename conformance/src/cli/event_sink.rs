//! Where the events of a run or a replay go: a file, the summary on standard output, and the progress
//! line on standard error.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::Failure;
use crate::report::{Progress, Summary};
use crate::run::Event;

/// Receives events. A failed write does not stop the run; [`EventSink::finish`] returns it.
pub(super) struct EventSink<'a, W> {
    file: Option<(PathBuf, BufWriter<File>)>,
    summary: Summary,
    progress: Progress,
    out: &'a mut W,
    broken: Result<(), SinkError>,
}

/// Why events could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum SinkError {
    /// The file of events.
    #[error("{file}: cannot write the events: {source}", file = path.display())]
    File { path: PathBuf, source: io::Error },
    /// Standard output.
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
}

impl<'a, W: Write> EventSink<'a, W> {
    /// Creates the file, if one is requested.
    pub(super) fn open(file: Option<&Path>, quiet: bool, out: &'a mut W) -> Result<Self, Failure> {
        let file = match file {
            None => None,
            Some(path) => {
                let file = File::create(path).map_err(|error| Failure::file(path, &error))?;
                Some((path.to_owned(), BufWriter::new(file)))
            }
        };
        Ok(Self {
            file,
            summary: Summary::new(quiet),
            progress: Progress::default(),
            out,
            broken: Ok(()),
        })
    }

    /// Writes one event everywhere.
    pub(super) fn write(&mut self, event: &Event) {
        if let Some((path, file)) = &mut self.file {
            let written = event
                .line()
                .map_err(io::Error::from)
                .and_then(|line| writeln!(file, "{line}"));
            let written = written.map_err(|source| SinkError::File {
                path: path.clone(),
                source,
            });
            keep_first(&mut self.broken, written);
        }
        self.progress.make_room(event);
        keep_first(
            &mut self.broken,
            output(self.summary.write(event, self.out)),
        );
        self.progress.show(event);
    }

    /// Completes the file and returns the first error.
    pub(super) fn finish(self) -> Result<(), SinkError> {
        let mut broken = self.broken;
        if let Some((path, mut file)) = self.file {
            let flushed = file
                .flush()
                .map_err(|source| SinkError::File { path, source });
            keep_first(&mut broken, flushed);
        }
        broken
    }
}

fn keep_first(kept: &mut Result<(), SinkError>, new: Result<(), SinkError>) {
    if kept.is_ok() {
        *kept = new;
    }
}

/// A reader that stops reading, such as `head`, is not a failure; the run's verdict holds.
fn output(written: io::Result<()>) -> Result<(), SinkError> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(SinkError::Output(error)),
        _ => Ok(()),
    }
}
