//! `replay`: recorded exchanges, sent again.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;

use super::Failure;
use super::select::{TargetArgs, knowledge, lines};
use crate::exit_codes::{self, ExitCode};
use crate::replay::{self, Recording};
use crate::report::{Progress, Summary};
use crate::target::Kind;

/// Options of `replay`.
#[derive(Debug, Args)]
pub struct Replay {
    /// Folder of recordings (JSON, one exchange a file) or cassettes (vcrpy, VCR, nock), or one file
    folder: PathBuf,
    /// Only recordings with this in their name; repeatable
    #[arg(long, value_name = "WORD")]
    only: Vec<String>,
    #[command(flatten)]
    target: TargetArgs,
    /// File for the run's events, one JSON object a line
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Compare forms only, though the target has the control API and could be told what to say
    #[arg(long)]
    form_only: bool,
    /// Print failures and the last line only
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn replay(args: &Replay, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let knowledge = knowledge()?;
    let mut recordings =
        replay::load(&args.folder).map_err(|faults| Failure::usage(lines(&faults)))?;
    if !args.only.is_empty() {
        let wanted = |recording: &Recording| {
            let named =
                |word: &String| recording.file.contains(word) || recording.id.contains(word);
            args.only.iter().any(named)
        };
        recordings.retain(wanted);
    }
    if recordings.is_empty() {
        return Err(Failure::new(
            exit_codes::NOTHING_SELECTED,
            format!("{}: no recording is wanted", args.folder.display()),
        ));
    }
    let target = args.target.find(&knowledge)?;
    if matches!(target.kind, Kind::Aws(_)) {
        return Err(Failure::usage(
            "recordings are not sent to the real service: their answers have no bound on cost",
        ));
    }
    let mut file = match &args.report {
        None => None,
        Some(path) => {
            Some(BufWriter::new(File::create(path).map_err(|error| {
                Failure::usage(format!("{}: {error}", path.display()))
            })?))
        }
    };
    let target = args.target.open(target)?;
    let mut summary = Summary::new(args.quiet, &args.target.target);
    let mut progress = Progress::default();
    let mut broken = None;
    let scripted = !args.form_only;
    let exit = replay::replay(&knowledge, &target, &recordings, scripted, &mut |event| {
        if let Some(file) = &mut file
            && let Err(error) = writeln!(file, "{}", event.line())
        {
            broken.get_or_insert(error);
        }
        progress.make_room(event);
        if let Err(error) = summary.tell(event, out) {
            broken.get_or_insert(error);
        }
        progress.show(event);
    })
    .map_err(|why| Failure::new(exit_codes::TARGET_FAILED, why))?;
    if let Some(file) = &mut file {
        file.flush()?;
    }
    match broken {
        Some(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(exit),
    }
}
