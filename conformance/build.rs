//! Puts every case and target file into the binary, so that it works where no checkout is.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut out = String::new();
    for (name, folder) in [
        ("CASES", "cases"),
        ("TARGETS", "targets"),
        ("DEVIATIONS", "deviations"),
    ] {
        let folder = root.join(folder);
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut files = Vec::new();
        walk(&folder, &mut files)?;
        files.sort();
        let _ = writeln!(
            out,
            "/// Files below `{}`: path in it, text.",
            folder.file_name().unwrap_or_default().display()
        );
        let _ = writeln!(out, "pub const {name}: &[(&str, &str)] = &[");
        for file in files {
            let relative = file.strip_prefix(&folder).unwrap_or(&file);
            let relative = relative.to_string_lossy().replace('\\', "/");
            let _ = writeln!(
                out,
                "    ({relative:?}, include_str!({:?})),",
                file.display().to_string()
            );
        }
        let _ = writeln!(out, "];");
    }
    let to = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("embedded.rs");
    fs::write(to, out)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            files.push(path);
        }
    }
    Ok(())
}
