//! Where the development authority is kept, and that nobody else can put one there.

use std::ffi::OsString;
use std::fs::{self, DirBuilder};
use std::path::{Path, PathBuf};

use super::error::TlsError;

/// Names the directory of the development authority, before all other places.
pub const HOME_VARIABLE: &str = "BEDROCK_MOCK_HOME";

/// The directory used when no flag names one: `$BEDROCK_MOCK_HOME`, else
/// `$XDG_DATA_HOME/bedrock-mock`, else `$HOME/.local/share/bedrock-mock`, else a folder in the
/// system's directory for temporary files.
pub(super) fn default_directory(variable: impl Fn(&str) -> Option<OsString>) -> PathBuf {
    let path = |name: &str| {
        variable(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(home) = path(HOME_VARIABLE) {
        return home;
    }
    // The XDG specification has relative paths ignored; the same is wise for HOME.
    let data = path("XDG_DATA_HOME")
        .filter(|data| data.is_absolute())
        .or_else(|| {
            path("HOME")
                .filter(|home| home.is_absolute())
                .map(|home| home.join(".local/share"))
        });
    match data {
        Some(data) => data.join("bedrock-mock"),
        None => temporary_directory(),
    }
}

/// Makes the directory, for its owner alone, if it is not there.
pub(super) fn prepare(dir: &Path) -> Result<(), TlsError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|error| {
        TlsError::file(
            dir,
            format_args!("cannot be made ({error})"),
            "a directory of this user's for the development CA",
            format!("make it writable, or name another one in {HOME_VARIABLE}"),
        )
    })?;
    // Between the caller's look and the making another user may have been quicker.
    refuse_strangers(dir)
}

/// Refuses a directory that somebody else may have prepared.
///
/// Only the folder for temporary files is shared between users: there, another user's directory
/// could hold an authority whose key that user knows, and our clients would trust it.
pub(super) fn refuse_strangers(dir: &Path) -> Result<(), TlsError> {
    if dir != temporary_directory() || !dir.exists() || is_private(dir) {
        return Ok(());
    }
    Err(TlsError::file(
        dir,
        "belongs to somebody else, or others can write to it",
        "a directory of mode 0700 owned by this user",
        format!("set HOME, or name a directory of your own in {HOME_VARIABLE}"),
    ))
}

fn temporary_directory() -> PathBuf {
    std::env::temp_dir().join("bedrock-mock")
}

/// Whether this user owns it and nobody else can enter.
#[cfg(unix)]
pub(super) fn is_private(dir: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    // The owner of a file just made is this process's user: the standard library has no other way
    // to ask.
    let thread = std::thread::current().id();
    let probe = dir.join(format!(".owner-{}-{thread:?}", std::process::id()));
    let _ = fs::remove_file(&probe);
    let mine = fs::File::create_new(&probe).and_then(|file| file.metadata());
    let _ = fs::remove_file(&probe);
    // Not followed: a link would be another user's choice of place.
    let (Ok(mine), Ok(dir)) = (mine, fs::symlink_metadata(dir)) else {
        return false;
    };
    dir.is_dir() && dir.mode() & 0o077 == 0 && dir.uid() == mine.uid()
}

/// Elsewhere the folder for temporary files is the user's own.
#[cfg(not(unix))]
pub(super) fn is_private(dir: &Path) -> bool {
    fs::metadata(dir).is_ok_and(|found| found.is_dir())
}
