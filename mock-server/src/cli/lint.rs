//! `bedrock-mock lint`: checks scenario files without serving them.

use std::path::PathBuf;

use super::{fail, print};
use crate::app::App;
use crate::config::Config;
use crate::exit_codes;
use crate::scenarios::SCHEMA;
use crate::scenarios::lint::{Finding, Known, Severity, lint};

#[derive(Debug, clap::Args)]
pub(super) struct LintArgs {
    /// Scenario files and folders of them, checked together as --scenarios loads them
    #[arg(required_unless_present = "schema", value_name = "FILES")]
    files: Vec<PathBuf>,
    /// Print the JSON Schema of scenario files and exit
    #[arg(long, conflicts_with = "files")]
    schema: bool,
    /// Exit with 6 if there are warnings and no errors
    #[arg(long)]
    deny_warnings: bool,
    /// File that adds models and profiles to the catalogue; repeatable
    #[arg(
        long,
        env = "BEDROCK_MOCK_CATALOGUE",
        value_name = "FILE",
        value_delimiter = ','
    )]
    catalogue: Vec<PathBuf>,
}

pub(super) fn run(args: LintArgs) -> u8 {
    if args.schema {
        return print(SCHEMA);
    }
    let app = match App::new(Config {
        catalogue: args.catalogue,
        ..Config::default()
    }) {
        Ok(app) => app,
        Err(e) => return fail(e, exit_codes::CANNOT_START),
    };
    let known = Known {
        models: &app.models,
        catalogue: &app.catalogue,
    };
    let (found, scenarios) = lint(&args.files, known);
    let lines: String = found.iter().map(|f| format!("{f}\n")).collect();
    let printed = print(&lines);
    let count = |severity| {
        found
            .iter()
            .filter(|f: &&Finding| f.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    eprintln!(
        "bedrock-mock: {}, {}, {}",
        several(scenarios, "scenario"),
        several(errors, "error"),
        several(warnings, "warning")
    );
    match (errors, warnings) {
        _ if printed != exit_codes::OK => printed,
        (1.., _) => exit_codes::SCENARIO_ERRORS,
        (0, 1..) if args.deny_warnings => exit_codes::SCENARIO_WARNINGS,
        _ => exit_codes::OK,
    }
}

fn several(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}
