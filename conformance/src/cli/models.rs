//! `models`: the service models the suite judges by.

use std::io::Write;

use clap::Args;

use super::Failure;
use super::select::reference_data;
use crate::exit_codes::{self, ExitCode};
use crate::model::SERVICES;

/// Options of `models`.
#[derive(Debug, Args)]
pub struct Models {
    /// Also list each operation: method, path, and the errors it may answer with
    #[arg(long)]
    pub operations: bool,

    /// Only this service, as in bedrock-runtime
    #[arg(long, value_name = "NAME", value_parser = SERVICES)]
    pub service: Option<String>,
}

pub(super) fn print(options: &Models, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let reference = reference_data()?;
    let services = reference.models.services().iter();
    let selected = services.filter(|service| {
        let wanted = options.service.as_deref();
        wanted.is_none_or(|wanted| wanted == service.name)
    });
    for model in selected {
        writeln!(
            out,
            "{:<16} {}  {:>3} operations  {} {}  ({})",
            model.name,
            model.version,
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
