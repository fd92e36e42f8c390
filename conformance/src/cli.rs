//! The command line: what can be asked, and the answers.

use std::io::{self, Write};

use clap::{Args, Parser, Subcommand};

use crate::exit_codes::{self, ExitCode};
use crate::service_models::{EMBEDDED, ServiceModel};

/// Judges servers and clients of Amazon Bedrock by the service's own model and by recorded answers.
#[derive(Debug, Parser)]
#[command(name = "bedrock-conformance", version, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the suite can be asked for.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print what each exit code says
    ExitCodes,
    /// List the service models the suite judges by, with the package version each comes from
    Models(Models),
}

/// Options of `models`.
#[derive(Debug, Args)]
pub struct Models {
    /// Also list each operation: method, path, and the errors it may answer with
    #[arg(long)]
    pub operations: bool,

    /// Only this service, as in bedrock-runtime
    #[arg(long, value_name = "NAME", value_parser = EMBEDDED.map(|(name, _)| name))]
    pub service: Option<String>,
}

/// Does what was asked and writes the answer to `out`.
///
/// A reader that stops reading, such as `head`, has seen enough: that is no failure.
pub fn run(cli: &Cli, out: &mut impl Write) -> ExitCode {
    let done = match &cli.command {
        Command::ExitCodes => print_exit_codes(out),
        Command::Models(options) => print_models(options, out),
    };
    match done.and_then(|()| out.flush()) {
        Ok(()) => exit_codes::AS_EXPECTED,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit_codes::AS_EXPECTED,
        Err(error) => {
            eprintln!("bedrock-conformance: {error}");
            exit_codes::BAD_USAGE
        }
    }
}

fn print_exit_codes(out: &mut impl Write) -> io::Result<()> {
    for code in exit_codes::ALL {
        writeln!(
            out,
            "{:>2}  {:<18}  {}",
            code.number, code.name, code.meaning
        )?;
    }
    Ok(())
}

fn print_models(options: &Models, out: &mut impl Write) -> io::Result<()> {
    let selected = EMBEDDED.iter().filter(|(name, _)| {
        options
            .service
            .as_deref()
            .is_none_or(|wanted| wanted == *name)
    });
    for (name, text) in selected {
        let model = ServiceModel::parse(text).map_err(|error| {
            io::Error::new(io::ErrorKind::InvalidData, format!("model {name}: {error}"))
        })?;
        writeln!(
            out,
            "{:<16} {}  {:>3} operations  {} {}  ({})",
            model.endpoint,
            model.api_version,
            model.operations.len(),
            model.package,
            model.package_version,
            model.full_name,
        )?;
        if options.operations {
            for operation in &model.operations {
                let errors: Vec<String> = operation
                    .errors
                    .iter()
                    .map(|(shape, status)| match status {
                        Some(status) => format!("{shape} {status}"),
                        None => shape.clone(),
                    })
                    .collect();
                writeln!(out, "  {}", operation.name)?;
                writeln!(out, "    {} {}", operation.method, operation.uri)?;
                writeln!(out, "    {}", errors.join(", "))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
