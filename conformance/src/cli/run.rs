//! `run`: judges a target by cases.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::command_line::CommandLine;
use super::deviations::{deviations, disputed_cases};
use super::event_sink::EventSink;
use super::select::{CaseArgs, TargetArgs, reference_data};
use super::{Failure, complain};
use crate::exit_codes::{self, ExitCode};
use crate::run::{self, Counts, Invocation, Options};
use crate::server::Kind;

/// Options of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    cases: CaseArgs,
    #[command(flatten)]
    target: TargetArgs,
    /// Budget of the run in US dollars; required for the real service
    #[arg(long, value_name = "DOLLARS", help_heading = "Run")]
    max_usd: Option<f64>,
    /// File of declared deviations [default: the built-in one for the target, if there is one]
    #[arg(long, value_name = "FILE", help_heading = "Run")]
    deviations: Option<PathBuf>,
    /// Number of rows that run at the same time [default: the target's]
    #[arg(long, value_name = "N", help_heading = "Run")]
    concurrency: Option<usize>,
    /// Skip the check that the target has the capabilities it claims
    #[arg(long, help_heading = "Run")]
    no_smoke: bool,
    /// File to write the run's events to, one JSON object a line
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    report: Option<PathBuf>,
    /// Print only failures and the last line
    #[arg(long, short, help_heading = "Output")]
    quiet: bool,
}

pub(super) fn run(args: &RunArgs, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let reference = reference_data()?;
    let target = args.target.find(&reference)?;
    let (library, left_out) = args.cases.load_and_count(&reference, &target.operations)?;
    let selection = args.cases.selection(&library)?;
    if matches!(target.kind, Kind::Aws(_)) && args.max_usd.is_none() {
        return Err(Failure::usage(format!(
            "target {} costs money: set a budget with --max-usd; `plan` prints what the run costs \
             at most",
            target.name
        )));
    }
    if args
        .max_usd
        .is_some_and(|dollars| dollars.is_nan() || dollars < 0.0)
    {
        return Err(Failure::usage(
            "--max-usd: expected a number of dollars from 0",
        ));
    }
    let smoke = library.smoke(&reference).map_err(Failure::usage)?;
    let options = Options {
        selection,
        deviations: deviations(args.deviations.as_deref(), &target)?,
        doubts: disputed_cases(&library)?,
        max_usd: args.max_usd,
        concurrency: args.concurrency,
        no_smoke: args.no_smoke,
        origin: origin(args, left_out, smoke.is_empty()),
        smoke,
    };
    let mut sink = EventSink::open(args.report.as_deref(), args.quiet, out)?;
    let target = args.target.open(target)?;
    let report = run::run(
        &reference,
        &library.cases,
        &library.revision,
        &target,
        &options,
        &mut |event| sink.write(event),
    );
    sink.finish().map_err(Failure::usage)?;
    for fault in &report.stale {
        complain(fault);
    }
    for trouble in &report.trouble {
        complain(trouble);
    }
    if let Some(why) = &report.footer.why
        && report.trouble.is_empty()
    {
        complain(format!("stopped: {why}"));
    }
    if report.exit == exit_codes::AS_EXPECTED && report.footer.counts() == Counts::default() {
        complain("no rows in this shard: none of the selected cases belongs to it");
    }
    Ok(report.exit)
}

/// Returns the command line without ids; they are appended to it.
fn origin(args: &RunArgs, left_out: usize, own_smoke: bool) -> Invocation {
    let command = |own: bool, no_smoke: bool| {
        let mut words = CommandLine::of("run");
        args.target.words(&mut words);
        if own {
            args.cases.words(&mut words);
        }
        words.option("--max-usd", args.max_usd);
        words.path("--deviations", args.deviations.as_deref());
        words.flag("--no-smoke", no_smoke);
        words.line()
    };
    let mut config = args.target.config();
    config["derived"] = (!args.cases.no_derived && left_out == 0).into();
    config["no_smoke"] = args.no_smoke.into();
    Invocation {
        command: command(true, args.no_smoke),
        smoke: command(own_smoke, true),
        config,
        left_out,
    }
}
