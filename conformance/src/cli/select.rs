//! Options that several commands share: which cases, which target.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::case::{BasisKind, EMPTY, Level, Library, Selection, vocabulary};
use crate::derive::derive;
use crate::exit_codes;
use crate::reference_data::ReferenceData;
use crate::server::{self, OpenError, OpenTarget, Overrides, Target};
use crate::spanned::Diagnostic;

/// Which cases.
#[derive(Debug, Args)]
pub(super) struct CaseArgs {
    /// Ids of cases, or their beginnings; a whole id takes no longer ones, FOLDER/ what is in it; ID@ROW
    /// for one row [default: all]
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// Folder to read the cases from [default: those in this program]
    #[arg(long, value_name = "DIR")]
    pub cases: Option<PathBuf>,
    /// Leave out the cases that are derived from the service model
    #[arg(long, conflicts_with = "derived")]
    pub no_derived: bool,
    /// Derive cases from the service model for any target, not only for those whose files name operations
    #[arg(long)]
    pub derived: bool,
    /// Only cases with this basis; repeatable
    #[arg(long, value_name = "KIND", value_parser = parse_basis)]
    pub basis: Vec<BasisKind>,
    /// Only cases of this level; repeatable
    #[arg(long, value_name = "LEVEL", value_parser = parse_level)]
    pub level: Vec<Level>,
    /// Only part I of N, by hash of the id
    #[arg(long, value_name = "I/N", value_parser = parse_shard)]
    pub shard: Option<(u32, u32)>,
}

/// Which target.
#[derive(Debug, Args)]
pub(super) struct TargetArgs {
    /// Name of a target, or a file that ends in .json
    #[arg(long, default_value = "mock", value_name = "NAME")]
    pub target: String,
    /// Base URL instead of the target's own
    #[arg(long)]
    pub url: Option<String>,
    /// Region instead of the target's own
    #[arg(long)]
    pub region: Option<String>,
    /// Model id for a role; repeatable
    #[arg(long, value_name = "ROLE=ID", value_parser = parse_role)]
    pub role: Vec<(String, String)>,
    /// The program that the target starts [default: beside this one]
    #[arg(long, env = "BEDROCK_MOCK_BIN", value_name = "FILE")]
    pub binary: Option<PathBuf>,
    /// Further argument of that program; repeatable
    #[arg(long, value_name = "ARGUMENT", allow_hyphen_values = true)]
    pub target_arg: Vec<String>,
    /// Certificates (PEM) to trust instead of Mozilla's
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// The target lacks this capability whatever its file says; repeatable
    #[arg(long, value_name = "CAPABILITY")]
    pub without: Vec<String>,
    /// Send no credentials, though there are some: for servers that take everybody
    #[arg(long)]
    pub no_credentials: bool,
}

impl CaseArgs {
    /// The written cases, and those derived for the operations.
    pub(crate) fn load(
        &self,
        reference: &ReferenceData,
        operations: &[String],
    ) -> Result<Library, Failure> {
        self.load_and_count(reference, operations)
            .map(|(library, _)| library)
    }

    /// Likewise, and how many derived rows were left out because the target names no operations.
    pub(crate) fn load_and_count(
        &self,
        reference: &ReferenceData,
        operations: &[String],
    ) -> Result<(Library, usize), Failure> {
        let library = match &self.cases {
            Some(folder) => Library::load(reference, folder),
            None => Library::embedded(reference),
        };
        let mut library = library.map_err(|faults| {
            let code = match &faults[..] {
                [fault] if fault.message == EMPTY => exit_codes::NOTHING_SELECTED,
                _ => exit_codes::BAD_USAGE,
            };
            Failure::new(code, lines(&faults))
        })?;
        if self.no_derived {
            return Ok((library, 0));
        }
        if !operations.is_empty() {
            let derived = derive(reference, operations).map_err(Failure::usage)?;
            library.cases.extend(derived.cases);
            return Ok((library, 0));
        }
        // A folder of one's own is asked for alone.
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
        let hint = match unmatched.iter().any(|id| id.starts_with("derived")) {
            true => "; --derived makes derived cases for any target",
            false => "",
        };
        Err(Failure::new(
            exit_codes::NOTHING_SELECTED,
            format!("no case is or begins with {}{hint}", unmatched.join(", ")),
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
        // Credentials that are not there are no reason to fail, but nothing is judged either.
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

/// Faults, one a line.
pub(crate) fn lines(faults: &[Diagnostic]) -> String {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.join("\n")
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

fn parse_shard(text: &str) -> Result<(u32, u32), String> {
    text.split_once('/')
        .and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)))
        .filter(|(part, of)| 1 <= *part && part <= of)
        .ok_or_else(|| "expected I/N with 1 ≤ I ≤ N, as in 2/5".to_owned())
}

fn parse_role(text: &str) -> Result<(String, String), String> {
    let (role, id) = text
        .split_once('=')
        .ok_or_else(|| "expected ROLE=MODEL-ID".to_owned())?;
    vocabulary::role(role).map_err(|unknown| unknown.to_string())?;
    Ok((role.to_owned(), id.to_owned()))
}
