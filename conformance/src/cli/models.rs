//! `models`: lists the service models that the suite uses.

use std::io::Write;

use clap::Args;

use super::Failure;
use crate::exit_codes::{self, ExitCode};
use crate::service_models::{EMBEDDED, ServiceModel};

/// Options of `models`.
#[derive(Debug, Args)]
pub struct ModelsArgs {
    /// Also list each operation with its method, path and errors
    #[arg(long, help_heading = "Output")]
    operations: bool,

    /// Only this service, such as bedrock-runtime
    #[arg(
        long,
        value_name = "NAME",
        value_parser = EMBEDDED.map(|(name, _)| name),
        help_heading = "Output"
    )]
    service: Option<String>,
}

pub(super) fn print(options: &ModelsArgs, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let selected = EMBEDDED.iter().filter(|(name, _)| {
        options
            .service
            .as_deref()
            .is_none_or(|wanted| wanted == *name)
    });
    for (name, text) in selected {
        let model = ServiceModel::parse(text)
            .map_err(|error| Failure::usage(format!("service model {name}: {error}")))?;
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
    Ok(exit_codes::AS_EXPECTED)
}
