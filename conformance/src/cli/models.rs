//! `models`: the service models the suite judges by.

use std::io::Write;

use clap::Args;

use super::Failure;
use crate::exit_codes::{self, ExitCode};
use crate::service_models::{EMBEDDED, ServiceModel};

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

pub(super) fn print(options: &Models, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let selected = EMBEDDED.iter().filter(|(name, _)| {
        options
            .service
            .as_deref()
            .is_none_or(|wanted| wanted == *name)
    });
    for (name, text) in selected {
        let model = ServiceModel::parse(text)
            .map_err(|error| Failure::usage(format!("model {name}: {error}")))?;
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
