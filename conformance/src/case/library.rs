//! All cases below a folder, and picking some of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::{BasisKind, Case, Instance, Level, read};
use crate::embedded;
use crate::reference_data::ReferenceData;
use crate::spanned::Diagnostic;

/// Cases sorted by id.
#[derive(Debug, Default)]
pub struct Library {
    /// The cases.
    pub cases: Vec<Case>,
    /// SHA-256 of all files: reports of different revisions are never merged.
    pub revision: String,
}

/// The file in a folder of cases that is none.
const SCHEMA: &str = "case.schema.json";
/// The folder of the cases that show capabilities.
const SMOKE: &str = "smoke/";

/// Why cases cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The folder has no cases.
    #[error("{0}: there is no case in this folder")]
    Empty(String),
    /// Files are wrong, one diagnostic each.
    #[error("{}", lines(.0))]
    Wrong(Vec<Diagnostic>),
}

/// Joins diagnostics, one a line.
fn lines(diagnostics: &[Diagnostic]) -> String {
    let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

impl Library {
    /// Reads every `.json` file below a folder except `case.schema.json`.
    ///
    /// # Errors
    /// All faults of all files; a file that is no case is never left out.
    pub fn load(reference: &ReferenceData, folder: &Path) -> Result<Self, LoadError> {
        let mut paths = Vec::new();
        walk(folder, &mut paths).map_err(|fault| LoadError::Wrong(vec![fault]))?;
        let mut files = Vec::new();
        let mut faults = Vec::new();
        for path in paths {
            let name = path.display().to_string();
            let relative = path.strip_prefix(folder).unwrap_or(&path);
            let relative = relative.to_string_lossy().replace('\\', "/");
            match fs::read_to_string(&path) {
                Ok(text) => files.push((relative, name, text)),
                Err(error) => {
                    faults.push(Diagnostic::whole(&name, format!("cannot be read: {error}")))
                }
            }
        }
        let library = Self::of(reference, files, faults)?;
        if library.cases.is_empty() {
            return Err(LoadError::Empty(folder.display().to_string()));
        }
        Ok(library)
    }

    /// The cases that show what a target can do, where a folder has none of its own.
    ///
    /// # Errors
    /// When one is none, which the tests prevent.
    pub fn smoke(&self, reference: &ReferenceData) -> Result<Vec<Case>, LoadError> {
        if self.cases.iter().any(|case| case.id.starts_with(SMOKE)) {
            return Ok(Vec::new());
        }
        let files = embedded::CASES.iter();
        let files = files.filter(|(path, _)| path.starts_with(SMOKE));
        Ok(Self::of(reference, files.map(embedded_file).collect(), Vec::new())?.cases)
    }

    /// The cases that come with the suite.
    ///
    /// # Errors
    /// Likewise.
    pub fn embedded(reference: &ReferenceData) -> Result<Self, LoadError> {
        let files = embedded::CASES.iter().map(embedded_file).collect();
        Self::of(reference, files, Vec::new())
    }

    fn of(
        reference: &ReferenceData,
        mut files: Vec<(String, String, String)>,
        mut faults: Vec<Diagnostic>,
    ) -> Result<Self, LoadError> {
        files.sort();
        let mut digest = Sha256::new();
        let mut cases = Vec::new();
        for (path, name, text) in files {
            digest.update(path.as_bytes());
            digest.update(text.as_bytes());
            if path == SCHEMA {
                continue;
            }
            let id = path.strip_suffix(".json").unwrap_or(&path);
            match well_named(&name, id).and_then(|()| read(reference, id, &name, &text)) {
                Ok(case) => cases.push(case),
                Err(fault) => faults.push(fault),
            }
        }
        if !faults.is_empty() {
            return Err(LoadError::Wrong(faults));
        }
        let revision = digest.finalize();
        Ok(Self {
            cases,
            revision: revision.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }
}

fn embedded_file((path, text): &(&str, &str)) -> (String, String, String) {
    let name = format!("conformance/cases/{path}");
    ((*path).to_owned(), name, (*text).to_owned())
}

fn walk(folder: &Path, files: &mut Vec<std::path::PathBuf>) -> Result<(), Diagnostic> {
    let name = folder.display().to_string();
    let unreadable =
        |error: std::io::Error| Diagnostic::whole(&name, format!("cannot be read: {error}"));
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            files.push(path);
        } else if path.file_name().is_none_or(|file| file != "README.md") {
            return Err(Diagnostic::whole(
                &path.display().to_string(),
                "only .json files are cases; move it elsewhere or rename it",
            ));
        }
    }
    Ok(())
}

/// Ids are words in folders, so that prefixes select and shells need no quotes.
fn well_named(file: &str, id: &str) -> Result<(), Diagnostic> {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '/');
    if id.contains('/') && id.chars().all(word) {
        return Ok(());
    }
    Err(Diagnostic::whole(
        file,
        "a case is a file FOLDER/NAME.json in lower-case words with dashes",
    ))
}

/// Which cases are wanted; empty means all.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Ids or beginnings of ids; `id@row` for one row; `folder/` for what is in a folder alone.
    pub prefixes: Vec<String>,
    /// Those of them that are whole ids, and so take no longer ones.
    pub whole: BTreeSet<String>,
    /// Kinds of ground.
    pub bases: Vec<BasisKind>,
    /// Levels.
    pub levels: Vec<Level>,
    /// The `i`th of `n` parts, from 1, by hash of the id.
    pub shard: Option<(u32, u32)>,
}

impl Selection {
    /// Whether a case's row is wanted.
    pub fn takes(&self, case: &Case, instance: &Instance) -> bool {
        let full = full_id(case, instance);
        (self.prefixes.is_empty()
            || self
                .prefixes
                .iter()
                .any(|prefix| self.begins(&full, prefix)))
            && (self.bases.is_empty() || self.bases.contains(&case.basis.kind))
            && (self.levels.is_empty() || self.levels.contains(&case.level))
            && self
                .shard
                .is_none_or(|(part, of)| hash(&case.id) % u64::from(of) == u64::from(part - 1))
    }

    /// Finds out which prefixes are whole ids.
    pub fn settle(&mut self, cases: &[Case]) {
        for case in cases {
            let rows = case.instances.iter();
            let ids = rows.map(|row| full_id(case, row)).chain([case.id.clone()]);
            self.whole
                .extend(ids.filter(|id| self.prefixes.contains(id)));
        }
    }

    fn begins(&self, full: &str, prefix: &str) -> bool {
        begins(full, prefix, self.whole.contains(prefix))
    }

    /// The prefixes that no case has: surely typing errors.
    pub fn unmatched<'a>(&'a self, cases: &[Case]) -> Vec<&'a str> {
        self.prefixes
            .iter()
            .filter(|prefix| {
                !cases.iter().any(|case| {
                    case.instances
                        .iter()
                        .any(|instance| self.begins(&full_id(case, instance), prefix))
                })
            })
            .map(String::as_str)
            .collect()
    }
}

/// `id` or `id@row`.
pub(crate) fn full_id(case: &Case, instance: &Instance) -> String {
    match &instance.row {
        None => case.id.clone(),
        Some(row) => format!("{}@{row}", case.id),
    }
}

/// Whole words only: `tags` takes `tags/x` and `tags-y`, never `tagsz`; `tags/` takes `tags/x` alone.
/// A whole id takes itself and its rows, though others begin with it.
fn begins(full: &str, prefix: &str, whole: bool) -> bool {
    let next: &[char] = match (whole, prefix.ends_with('/')) {
        (true, _) => &['@'],
        (false, true) => &['/'],
        (false, false) => &['/', '@', '-'],
    };
    full.strip_prefix(prefix.trim_end_matches('/'))
        .is_some_and(|rest| match rest.chars().next() {
            None => !prefix.ends_with('/'),
            Some(first) => next.contains(&first),
        })
}

/// FNV-1a: the same on every machine and in every version, so that shards stay.
pub(crate) fn hash(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_id_takes_no_longer_ones() {
        for (full, prefix, whole, expected) in [
            ("tags/x", "tags", false, true),
            ("tags-y/x", "tags", false, true),
            ("tagsz/x", "tags", false, false),
            ("tags/x", "tags/", false, true),
            ("tags-y/x", "tags/", false, false),
            ("tags/x", "tags/x", true, true),
            ("tags/x@row", "tags/x", true, true),
            ("tags/x-long", "tags/x", true, false),
            ("tags/x@row-long", "tags/x@row", true, false),
        ] {
            assert_eq!(begins(full, prefix, whole), expected, "{full} by {prefix}");
        }
    }
}
