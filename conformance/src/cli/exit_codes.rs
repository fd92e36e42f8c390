//! `exit-codes`: prints the meaning of each exit code.

use std::io::Write;

use super::Failure;
use crate::exit_codes::{self, ExitCode};

pub(super) fn exit_codes(out: &mut impl Write) -> Result<ExitCode, Failure> {
    for code in exit_codes::ALL {
        writeln!(
            out,
            "{:>2}  {:<18}  {}",
            code.number, code.name, code.meaning
        )?;
    }
    Ok(exit_codes::AS_EXPECTED)
}
