//! `vocabulary`: lists the capabilities and roles that cases and targets share.

use std::io::Write;

use super::Failure;
use crate::case::vocabulary;
use crate::exit_codes::{self, ExitCode};

pub(super) fn vocabulary(out: &mut impl Write) -> Result<ExitCode, Failure> {
    writeln!(out, "capabilities:")?;
    for (name, meaning) in vocabulary::CAPABILITIES {
        writeln!(out, "  {name:<20} {meaning}")?;
    }
    writeln!(out, "roles:")?;
    for (name, meaning) in vocabulary::ROLES {
        writeln!(out, "  {name:<20} {meaning}")?;
    }
    Ok(exit_codes::AS_EXPECTED)
}
