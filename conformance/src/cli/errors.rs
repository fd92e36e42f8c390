//! `errors`: lists the service's error texts that cases can name.

use std::io::Write;

use clap::Args;

use super::Failure;
use super::select::reference_data;
use crate::exit_codes::{self, ExitCode};

/// Options of `errors`.
#[derive(Debug, Args)]
pub struct ErrorsArgs {
    /// Only errors with this text in their id or message
    #[arg(value_name = "TEXT")]
    word: Option<String>,
}

pub(super) fn errors(options: &ErrorsArgs, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let reference = reference_data()?;
    for row in reference.errors.all() {
        let wanted = options.word.as_deref().is_none_or(|word| {
            row.id.contains(word) || row.text.to_lowercase().contains(&word.to_lowercase())
        });
        if wanted {
            writeln!(
                out,
                "{:<36} {} {:<28} {:<10} {}",
                row.id,
                row.status,
                row.kind.as_deref().unwrap_or("-"),
                row.basis,
                row.text
            )?;
        }
    }
    Ok(exit_codes::AS_EXPECTED)
}
