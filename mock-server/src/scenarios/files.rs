//! Scenario files: read at the start, read again when they change.
//!
//! A file that became wrong changes nothing: what was in force stays, and the log says what is wrong.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::document;
use super::locate::{Located, utf8};
use super::scenario::Scenario;
use crate::model::Model;

/// How often files are looked at for changes.
pub const INTERVAL: Duration = Duration::from_millis(200);

/// Largest scenario file, bytes.
const MOST: u64 = 64 * 1024 * 1024;

/// Files as they were when they were read: path, time of change, size and inode, which tells a file
/// that was put in the place of another one within one tick of the clock.
pub type Fingerprint = BTreeMap<PathBuf, (Option<SystemTime>, u64, u64)>;

/// Scenarios with the file that each comes from.
pub type Loaded = Vec<(String, Arc<Scenario>)>;

/// Reads files, and the `.json` files of folders in the order of their names. Returns every
/// scenario, or everything that is wrong.
pub fn load(paths: &[PathBuf], models: &[Model]) -> Result<Loaded, Vec<Located>> {
    let mut loaded = Loaded::new();
    let mut problems = Vec::new();
    for path in paths {
        let files = match files_of(path) {
            Ok(files) => files,
            Err(why) => {
                problems.push(whole_file(path, why));
                continue;
            }
        };
        for file in files {
            match read(&file, models) {
                Ok(scenarios) => {
                    let name = file.display().to_string();
                    loaded.extend(scenarios.into_iter().map(|s| (name.clone(), s)));
                }
                Err(found) => problems.extend(found),
            }
        }
    }
    match problems.is_empty() {
        true => Ok(loaded),
        false => Err(problems),
    }
}

/// Reads one file.
pub fn read(file: &Path, models: &[Model]) -> Result<Vec<Arc<Scenario>>, Vec<Located>> {
    let text = text_of(file).map_err(|problem| vec![problem])?;
    document::read(&file.display().to_string(), &text, models)
}

/// The text of a file, unless it is too large or no text.
pub fn text_of(file: &Path) -> Result<String, Located> {
    let whole = |why| whole_file(file, why);
    let size = std::fs::metadata(file).map_err(|e| whole(e.to_string()))?;
    if size.len() > MOST {
        return Err(whole(format!(
            "a scenario file has at most {MOST} bytes, this has {}",
            size.len()
        )));
    }
    let bytes = std::fs::read(file).map_err(|e| whole(e.to_string()))?;
    utf8(&file.display().to_string(), &bytes).map(Into::into)
}

/// What tells whether files have changed.
pub fn fingerprint(paths: &[PathBuf]) -> Fingerprint {
    let files = paths
        .iter()
        .flat_map(|path| files_of(path).unwrap_or_default());
    let of_file = |file: PathBuf| {
        let metadata = std::fs::metadata(&file).ok()?;
        let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
        Some((file, (metadata.modified().ok(), metadata.len(), inode)))
    };
    files.filter_map(of_file).collect()
}

/// A file, or the `.json` files of a folder in the order of their names.
pub fn files_of(path: &Path) -> Result<Vec<PathBuf>, String> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).map_err(|e| e.to_string())?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "json") && p.is_file())
        .collect();
    files.sort();
    Ok(files)
}

/// What is wrong with a file as a whole, so that no place in it is told.
pub(super) fn whole_file(path: &Path, why: impl Into<String>) -> Located {
    Located {
        file: path.display().to_string(),
        line: 0,
        column: 0,
        message: why.into(),
    }
}
