//! `replay`: recorded exchanges, sent again.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;

use super::command_line::CommandLine;
use super::run::deviations;
use super::select::{TargetArgs, reference_data};
use super::{Failure, complain};
use crate::exit_codes::{self, ExitCode};
use crate::replay::{self, Recording, Settings};
use crate::report::{Progress, Summary};
use crate::run::{Deviations, Invocation};
use crate::server::Kind;

/// Options of `replay`.
#[derive(Debug, Args)]
pub struct Replay {
    /// Folder of recordings (JSON, one exchange a file) or cassettes (vcrpy, VCR, nock), or one file
    folder: PathBuf,
    /// Only recordings with this in their name, or the one of this id; repeatable
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
    /// Deviations of the target, by ids of recordings
    #[arg(long, value_name = "FILE")]
    deviations: Option<PathBuf>,
    /// Print failures and the last line only
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn replay(args: &Replay, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let reference = reference_data()?;
    let (mut recordings, unread) = replay::load(&args.folder).map_err(Failure::usage)?;
    for fault in &unread {
        complain(fault);
    }
    if !args.only.is_empty() {
        let wanted = |recording: &Recording| {
            let named =
                |word: &String| recording.file.contains(word) || recording.id.contains(word);
            args.only.iter().any(named)
        };
        // The id of one recording may be the beginning of another's.
        let whole = recordings
            .iter()
            .any(|recording| args.only.contains(&recording.id));
        match whole {
            true => recordings.retain(|recording| args.only.contains(&recording.id)),
            false => recordings.retain(wanted),
        }
    }
    if recordings.is_empty() {
        let code = match unread.is_empty() {
            true => exit_codes::NOTHING_SELECTED,
            false => exit_codes::BAD_USAGE,
        };
        let why = format!("{}: no recording is wanted", args.folder.display());
        return Err(Failure::new(code, why));
    }
    let target = args.target.find(&reference)?;
    if matches!(target.kind, Kind::Aws(_)) {
        return Err(Failure::usage(
            "recordings are not sent to the real service: their answers have no bound on cost",
        ));
    }
    let settings = Settings {
        scripted: !args.form_only,
        deviations: match &args.deviations {
            None => Deviations::default(),
            Some(path) => deviations(Some(path), &target)?,
        },
        origin: origin(args),
        unread: unread.len(),
    };
    let mut file = match &args.report {
        None => None,
        Some(path) => {
            Some(BufWriter::new(File::create(path).map_err(|error| {
                Failure::usage(format!("{}: {error}", path.display()))
            })?))
        }
    };
    let target = args.target.open(target)?;
    let mut summary = Summary::new(args.quiet);
    let mut progress = Progress::default();
    let mut broken = None;
    let (exit, stale) = replay::replay(&reference, &target, &recordings, &settings, &mut |event| {
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
    for fault in stale {
        complain(fault);
    }
    match broken {
        Some(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(exit),
    }
}

/// What was asked for, without the recording: its id goes behind it.
fn origin(args: &Replay) -> Invocation {
    let mut words = CommandLine::of("replay");
    words.word(&args.folder.display().to_string());
    args.target.words(&mut words);
    words.path("--deviations", args.deviations.as_deref());
    words.flag("--form-only", args.form_only);
    words.word("--only");
    Invocation {
        command: words.line(),
        smoke: String::new(),
        config: args.target.config(),
        left_out: 0,
    }
}
