//! Options that several commands share: the cases and the target.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::case::{BasisKind, Level, Library, LoadError, Selection, vocabulary};
use crate::derive::derive;
use crate::exit_codes;
use crate::reference_data::ReferenceData;
use crate::run::{NotAShard, Shard};
use crate::server::{self, OpenError, OpenTarget, Overrides, Target};
use crate::suggest::did_you_mean;

/// The cases to use.
#[derive(Debug, Args)]
pub(super) struct CaseArgs {
    /// Case ids or id prefixes. An exact id selects only that case, FOLDER/ selects a folder, and
    /// ID@ROW one row [default: all]
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// Folder to read cases from [default: the built-in cases]
    #[arg(long, value_name = "DIR", help_heading = "Cases")]
    pub cases: Option<PathBuf>,
    /// Leave out the cases that are derived from the service model
    #[arg(long, conflicts_with = "derived", help_heading = "Cases")]
    pub no_derived: bool,
    /// Derive cases from the service model even if the target's file names no operations
    #[arg(long, help_heading = "Cases")]
    pub derived: bool,
    /// Only cases with this kind of evidence: observed, documented, modelled or assumed (repeatable)
    #[arg(long, value_name = "KIND", value_parser = parse_basis, help_heading = "Cases")]
    pub basis: Vec<BasisKind>,
    /// Only cases of this level: must, should, may or info (repeatable)
    #[arg(long, value_name = "LEVEL", value_parser = parse_level, help_heading = "Cases")]
    pub level: Vec<Level>,
    /// Only part I of N parts, split by a hash of the case id
    #[arg(long, value_name = "I/N", value_parser = parse_shard, help_heading = "Cases")]
    pub shard: Option<(u32, u32)>,
}

/// The target to judge.
#[derive(Debug, Args)]
pub(super) struct TargetArgs {
    /// Name of a built-in target, or a target file (a path that ends in .json)
    #[arg(
        long,
        default_value = "mock",
        value_name = "NAME",
        help_heading = "Target"
    )]
    pub target: String,
    /// Base URL, instead of the target's own
    #[arg(long, value_name = "URL", help_heading = "Target")]
    pub url: Option<String>,
    /// Region, instead of the target's own
    #[arg(long, value_name = "REGION", help_heading = "Target")]
    pub region: Option<String>,
    /// Model id for a role, as in text-cheap=my-model (repeatable); `vocabulary` lists the roles
    #[arg(long, value_name = "ROLE=ID", value_parser = parse_role, help_heading = "Target")]
    pub role: Vec<(String, String)>,
    /// Server program to start [default: the one next to this program]
    #[arg(
        long,
        env = "BEDROCK_MOCK_BIN",
        value_name = "FILE",
        help_heading = "Target"
    )]
    pub binary: Option<PathBuf>,
    /// Extra argument for that program (repeatable)
    #[arg(
        long,
        value_name = "ARGUMENT",
        allow_hyphen_values = true,
        help_heading = "Target"
    )]
    pub target_arg: Vec<String>,
    /// PEM file of certificates to trust, instead of Mozilla's roots
    #[arg(long, value_name = "FILE", help_heading = "Target")]
    pub ca_file: Option<PathBuf>,
    /// Treat the target as if it did not claim this capability (repeatable); `vocabulary` lists them
    #[arg(long, value_name = "CAPABILITY", help_heading = "Target")]
    pub without: Vec<String>,
    /// Send no credentials even if there are some, for servers that need none
    #[arg(long, help_heading = "Target")]
    pub no_credentials: bool,
}

impl CaseArgs {
    /// Loads the written cases, and derives cases for the operations.
    pub(crate) fn load(
        &self,
        reference: &ReferenceData,
        operations: &[String],
    ) -> Result<Library, Failure> {
        self.load_and_count(reference, operations)
            .map(|(library, _)| library)
    }

    /// Loads as [`Self::load`] does, and returns the number of derived rows that were left out because
    /// the target names no operations.
    pub(crate) fn load_and_count(
        &self,
        reference: &ReferenceData,
        operations: &[String],
    ) -> Result<(Library, usize), Failure> {
        let library = match &self.cases {
            Some(folder) => Library::load(reference, folder),
            None => Library::embedded(reference),
        };
        let mut library = library.map_err(|error| {
            let code = match error {
                LoadError::Empty(_) => exit_codes::NOTHING_SELECTED,
                LoadError::Wrong(_) => exit_codes::BAD_USAGE,
            };
            Failure::new(code, error)
        })?;
        if self.no_derived {
            return Ok((library, 0));
        }
        if !operations.is_empty() {
            let derived = derive(reference, operations).map_err(Failure::usage)?;
            library.cases.extend(derived.cases);
            return Ok((library, 0));
        }
        // Cases from a user's folder come without derived ones.
        if self.cases.is_some() && !self.derived {
            return Ok((library, 0));
        }
        let all = server::find(reference, "mock").map_err(Failure::usage)?;
        let derived = derive(reference, &all.operations).map_err(Failure::usage)?;
        if self.derived {
            library.cases.extend(derived.cases);
            return Ok((library, 0));
        }
        let rows = derived.cases.iter().map(|case| case.instances.len());
        Ok((library, rows.sum()))
    }

    pub(crate) fn selection(&self, library: &Library) -> Result<Selection, Failure> {
        let mut selection = Selection {
            whole: BTreeSet::new(),
            prefixes: self.ids.clone(),
            bases: self.basis.clone(),
            levels: self.level.clone(),
            shard: self.shard,
        };
        selection.settle(&library.cases);
        let unmatched = selection.unmatched(&library.cases);
        if unmatched.is_empty() {
            return Ok(selection);
        }
        let ids = library.cases.iter().map(|case| case.id.as_str());
        let near = |id: &str| {
            // A row is part of no case's id.
            let case = id.split('@').next().unwrap_or(id);
            format!("{id}{}", did_you_mean(case, ids.clone()))
        };
        let unmatched: Vec<String> = unmatched.into_iter().map(near).collect();
        let hint = match unmatched.iter().any(|id| id.starts_with("derived")) {
            true => "; add --derived to derive cases for any target",
            false => "; `bedrock-conformance list` lists the ids",
        };
        Err(Failure::new(
            exit_codes::NOTHING_SELECTED,
            format!(
                "no case has the id or prefix {}{hint}",
                unmatched.join(", ")
            ),
        ))
    }
}

impl TargetArgs {
    pub(crate) fn find(&self, reference: &ReferenceData) -> Result<Target, Failure> {
        let mut target = server::find(reference, &self.target).map_err(Failure::usage)?;
        for capability in &self.without {
            vocabulary::capability(capability).map_err(|unknown| {
                Failure::usage(format!(
                    "--without {capability}: there is no such capability{}; `bedrock-conformance \
                     vocabulary` lists them",
                    unknown.hint
                ))
            })?;
            if !target.capabilities.remove(capability) {
                return Err(Failure::usage(format!(
                    "--without {capability}: target {} does not claim it",
                    target.name
                )));
            }
        }
        Ok(target)
    }

    pub(crate) fn open(&self, target: Target) -> Result<OpenTarget, Failure> {
        let overrides = Overrides {
            binary: self.binary.clone(),
            url: self.url.clone(),
            region: self.region.clone(),
            roles: self.role.clone(),
            arguments: self.target_arg.clone(),
            ca_file: self.ca_file.clone(),
            no_credentials: self.no_credentials,
        };
        // Missing credentials are not a failure, but nothing is judged without them.
        server::open(target, overrides).map_err(|error| match error {
            OpenError::Usage(why) => Failure::usage(why),
            OpenError::Credentials(why) => Failure::new(exit_codes::NOTHING_SELECTED, why),
            OpenError::Failed(why) => Failure::new(exit_codes::TARGET_FAILED, why),
        })
    }
}

pub(crate) fn reference_data() -> Result<ReferenceData, Failure> {
    ReferenceData::embedded().map_err(Failure::usage)
}

fn parse_basis(word: &str) -> Result<BasisKind, String> {
    BasisKind::from_word(word)
        .ok_or_else(|| "expected observed, documented, modelled or assumed".to_owned())
}

fn parse_level(word: &str) -> Result<Level, String> {
    Level::ALL
        .into_iter()
        .find(|level| level.word() == word)
        .ok_or_else(|| "expected must, should, may or info".to_owned())
}

fn parse_shard(text: &str) -> Result<(u32, u32), NotAShard> {
    let shard: Shard = text.parse()?;
    Ok((shard.part, shard.of))
}

fn parse_role(text: &str) -> Result<(String, String), String> {
    let (role, id) = text
        .split_once('=')
        .ok_or_else(|| "expected ROLE=MODEL-ID".to_owned())?;
    vocabulary::role(role).map_err(|unknown| unknown.to_string())?;
    Ok((role.to_owned(), id.to_owned()))
}
