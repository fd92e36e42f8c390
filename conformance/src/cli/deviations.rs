//! Files about known differences: a target's declared deviations, and the disputed cases.

use std::path::Path;

use super::Failure;
use crate::case::Library;
use crate::embedded;
use crate::run::{Deviations, DisputedCases};
use crate::server::{Kind, Target};

/// Reads the stated file of deviations, or the built-in one for the target.
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
    .map_err(Failure::usage)
}

/// Reads the built-in list of disputed cases.
pub(super) fn disputed_cases(library: &Library) -> Result<DisputedCases, Failure> {
    let (file, text) = embedded::DISPUTED_CASES;
    DisputedCases::read(file, text, &library.cases).map_err(Failure::usage)
}
