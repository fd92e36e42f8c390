//! `run` and `plan`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::command_line::CommandLine;
use super::select::{CaseArgs, TargetArgs, lines, reference_data};
use super::{Failure, complain};
use crate::case::{Library, Tokens};
use crate::embedded;
use crate::exit_codes::{self, ExitCode};
use crate::report::{Progress, Summary};
use crate::run::{self, Counts, Deviations, DisputedCases, Invocation, Options};
use crate::server::{Kind, Target, cost};

/// Options of `run`.
#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    cases: CaseArgs,
    #[command(flatten)]
    target: TargetArgs,
    /// Dollars that the run may cost; needed for the real service, where there is no default
    #[arg(long, value_name = "DOLLARS")]
    max_usd: Option<f64>,
    /// File for the run's events, one JSON object a line
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Deviations of the target [default: those in this program for it]
    #[arg(long, value_name = "FILE")]
    deviations: Option<PathBuf>,
    /// Cases at the same time [default: the target's]
    #[arg(long, value_name = "N")]
    concurrency: Option<usize>,
    /// Believe what the target claims to be able to do
    #[arg(long)]
    no_smoke: bool,
    /// Print failures and the last line only
    #[arg(long, short)]
    quiet: bool,
}

/// Options of `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    #[command(flatten)]
    cases: CaseArgs,
    #[command(flatten)]
    target: TargetArgs,
}

pub(super) fn run(args: &Run, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let reference = reference_data()?;
    let target = args.target.find(&reference)?;
    let (library, left_out) = args.cases.load_and_count(&reference, &target.operations)?;
    let selection = args.cases.selection(&library)?;
    if matches!(target.kind, Kind::Aws(_)) && args.max_usd.is_none() {
        return Err(Failure::usage(format!(
            "target {} costs money: say how much it may cost with --max-usd; `plan` says what it \
             can cost at most",
            target.name
        )));
    }
    if args
        .max_usd
        .is_some_and(|dollars| dollars.is_nan() || dollars < 0.0)
    {
        return Err(Failure::usage("--max-usd is a number of dollars from 0"));
    }
    let smoke = library
        .smoke(&reference)
        .map_err(|faults| Failure::usage(lines(&faults)))?;
    let options = Options {
        selection,
        deviations: deviations(args.deviations.as_deref(), &target)?,
        doubts: doubts(&library)?,
        max_usd: args.max_usd,
        concurrency: args.concurrency,
        no_smoke: args.no_smoke,
        origin: origin(args, left_out, smoke.is_empty()),
        smoke,
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
    let report = run::run(
        &reference,
        &library.cases,
        &library.revision,
        &target,
        &options,
        &mut |event| {
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
        },
    );
    if let Some(file) = &mut file
        && let Err(error) = file.flush()
    {
        broken.get_or_insert(error);
    }
    match broken {
        // A reader that stops reading is no failure, but the run's verdict stands.
        Some(error) if error.kind() != std::io::ErrorKind::BrokenPipe => return Err(error.into()),
        _ => {}
    }
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
    if report.exit == exit_codes::AS_EXPECTED && report.footer.counts == Counts::default() {
        complain("no rows in this shard: its part of the selection is empty");
    }
    Ok(report.exit)
}

pub(super) fn plan(args: &PlanArgs, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let reference = reference_data()?;
    let target = args.target.find(&reference)?;
    let library = args.cases.load(&reference, &target.operations)?;
    let options = Options {
        selection: args.cases.selection(&library)?,
        ..Options::default()
    };
    let mut requests = 0;
    let mut tokens = Tokens {
        max_in: 0,
        max_out: 0,
    };
    let mut dollars = 0.0;
    let mut rows = 0;
    for case in &library.cases {
        for instance in &case.instances {
            if !options.selection.takes(case, instance) {
                continue;
            }
            let lacks = run::lacks(case, instance, &target);
            let steps = instance.steps.len() + instance.cleanup.len();
            let mut price = 0.0;
            if lacks.is_none() {
                rows += 1;
                requests += steps;
                if let Some(billable) = case.billable {
                    tokens.max_in += billable.max_in;
                    tokens.max_out += billable.max_out;
                    price = cost(billable, run::price(case, &target));
                    dollars += price;
                }
            }
            let note = match lacks {
                Some(why) => format!("skipped: {why}"),
                None => format!("{steps} requests, at most ${price:.5}"),
            };
            writeln!(out, "{:<60} {note}", crate::case::full_id(case, instance))?;
        }
    }
    writeln!(
        out,
        "{rows} rows, {requests} requests, at most {} + {} tokens, ${dollars:.4}",
        tokens.max_in, tokens.max_out
    )?;
    Ok(if rows == 0 {
        exit_codes::NOTHING_SELECTED
    } else {
        exit_codes::AS_EXPECTED
    })
}

/// What was asked for, without ids: they go behind it.
fn origin(args: &Run, left_out: usize, own_smoke: bool) -> Invocation {
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

pub(super) fn deviations(stated: Option<&Path>, target: &Target) -> Result<Deviations, Failure> {
    let file = format!("{}.json", target.name);
    let read = match stated {
        Some(path) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .map_err(|error| Failure::usage(format!("{name}: {error}")))?;
            Deviations::read(&name, &text)
        }
        None => match embedded::DEVIATIONS.iter().find(|(path, _)| *path == file) {
            Some((path, text)) => {
                let folder = embedded::DEVIATIONS_FOLDER;
                Deviations::read(&format!("{folder}/{path}"), text)
            }
            None => Ok(Deviations::default()),
        },
    };
    let unfit = |read: &Deviations| match target.kind {
        Kind::Spawn { .. } => read.unfit_for_spawned(),
        Kind::Url(_) | Kind::Aws(_) => None,
    };
    read.and_then(|read| match unfit(&read) {
        Some(fault) => Err(fault),
        None => Ok(read),
    })
    .map_err(|fault| Failure::usage(lines(&[fault])))
}

fn doubts(library: &Library) -> Result<DisputedCases, Failure> {
    let (file, text) = embedded::DISPUTED_CASES;
    DisputedCases::read(file, text, &library.cases).map_err(Failure::usage)
}
