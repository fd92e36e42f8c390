//! `replay`: sends recorded requests again and compares the answers.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::command_line::CommandLine;
use super::deviations::deviations;
use super::event_sink::EventSink;
use super::select::{TargetArgs, reference_data};
use super::{Failure, complain};
use crate::exit_codes::{self, ExitCode};
use crate::replay::{self, Recording, Settings};
use crate::run::{Deviations, Invocation};
use crate::server::Kind;

/// Options of `replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// Recording, cassette (vcrpy, VCR, nock), or a folder of them
    #[arg(value_name = "PATH")]
    folder: PathBuf,
    /// Only the recording with this id, or recordings with this text in their id or file name
    /// (repeatable)
    #[arg(long, value_name = "TEXT", help_heading = "Run")]
    only: Vec<String>,
    #[command(flatten)]
    target: TargetArgs,
    /// Compare the form of answers only; do not script the target with the recorded content
    #[arg(long, help_heading = "Run")]
    form_only: bool,
    /// File of declared deviations, by ids of recordings
    #[arg(long, value_name = "FILE", help_heading = "Run")]
    deviations: Option<PathBuf>,
    /// File to write the events to, one JSON object a line
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    report: Option<PathBuf>,
    /// Print only failures and the last line
    #[arg(long, short, help_heading = "Output")]
    quiet: bool,
}

pub(super) fn replay(args: &ReplayArgs, out: &mut impl Write) -> Result<ExitCode, Failure> {
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
        // The id of one recording may be a prefix of another's.
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
        let why = format!("{}: no recording is selected", args.folder.display());
        return Err(Failure::new(code, why));
    }
    let target = args.target.find(&reference)?;
    if matches!(target.kind, Kind::Aws(_)) {
        return Err(Failure::usage(
            "recordings are not sent to the real service, because their cost has no limit: use another \
             --target",
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
    let mut sink = EventSink::open(args.report.as_deref(), args.quiet, out)?;
    let target = args.target.open(target)?;
    let replayed = replay::replay(&reference, &target, &recordings, &settings, &mut |event| {
        sink.write(event);
    });
    sink.finish().map_err(Failure::usage)?;
    let replayed = replayed.map_err(|error| Failure::new(exit_codes::TARGET_FAILED, error))?;
    for fault in &replayed.stale {
        complain(fault);
    }
    Ok(replayed.exit)
}

/// Returns the command line without the recording; its id is appended to it.
fn origin(args: &ReplayArgs) -> Invocation {
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
