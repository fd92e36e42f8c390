//! Puts every case, target and deviation file into the binary, so that it works where no checkout
//! is, and makes tables of `data/vocabulary.json`: a word that is there twice does not compile.

use std::collections::HashSet;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("embedded.rs"), embedded(&root)?)?;
    let vocabulary = root.join("data/vocabulary.json");
    println!("cargo::rerun-if-changed={}", vocabulary.display());
    let vocabulary = serde_json::from_str(&fs::read_to_string(vocabulary)?)?;
    fs::write(out.join("vocabulary.rs"), tables(&vocabulary)?)?;
    Ok(())
}

/// Lists of files: path below the folder, text.
fn embedded(root: &Path) -> io::Result<String> {
    let mut out = String::new();
    for (name, below) in [
        ("CASES", "cases"),
        ("TARGETS", "targets"),
        ("DEVIATIONS", "data/deviations"),
    ] {
        let folder = root.join(below);
        let mut files = Vec::new();
        walk(&folder, &mut files)?;
        files.sort();
        let _ = writeln!(out, "/// Files below `{below}`: path in it, text.");
        let _ = writeln!(out, "pub(crate) const {name}: &[(&str, &str)] = &[");
        for file in files {
            let relative = file.strip_prefix(&folder).unwrap_or(&file);
            let relative = relative.to_string_lossy().replace('\\', "/");
            let text = file.display().to_string();
            let _ = writeln!(out, "    ({relative:?}, include_str!({text:?})),");
        }
        let _ = writeln!(out, "];");
    }
    Ok(out)
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

/// The vocabulary as constants.
fn tables(vocabulary: &Value) -> Result<String, Box<dyn Error>> {
    let mut capabilities = Vec::new();
    let mut operations = Vec::new();
    for capability in list(vocabulary, "capabilities")? {
        let name = text(&capability["name"])?;
        capabilities.push((name, text(&capability["meaning"])?));
        for operation in capability["operations"].as_array().into_iter().flatten() {
            operations.push((text(operation)?, name));
        }
    }
    let roles = vocabulary["roles"]
        .as_object()
        .ok_or("roles is an object")?;
    let roles = roles
        .iter()
        .map(|(name, meaning)| Ok((name.as_str(), text(meaning)?)))
        .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let mut out = String::new();
    for (name, what, rows) in [
        (
            "CAPABILITIES",
            "Capabilities and what they mean.",
            capabilities,
        ),
        ("ROLES", "Roles and what they mean.", roles),
        (
            "OPERATIONS",
            "Operations and the capability that each belongs to.",
            operations,
        ),
    ] {
        unique(name, rows.iter().map(|(word, _)| *word))?;
        let _ = writeln!(
            out,
            "/// {what}\npub const {name}: &[(&str, &str)] = &{rows:#?};"
        );
    }
    for (name, member, what) in [
        (
            "BILLED",
            "billed",
            "Operations that the real service bills by the token.",
        ),
        (
            "MUTANTS",
            "mutants",
            "Faults of the mock that a case can name.",
        ),
    ] {
        let words = list(vocabulary, member)?.iter().map(text);
        let words = words.collect::<Result<Vec<_>, _>>()?;
        unique(name, words.iter().copied())?;
        let _ = writeln!(out, "/// {what}\npub const {name}: &[&str] = &{words:#?};");
    }
    Ok(out)
}

fn list<'a>(vocabulary: &'a Value, member: &str) -> Result<&'a Vec<Value>, Box<dyn Error>> {
    let found = vocabulary[member].as_array();
    found.ok_or_else(|| format!("vocabulary.json: {member} is a list").into())
}

fn text(value: &Value) -> Result<&str, Box<dyn Error>> {
    let found = value.as_str();
    found.ok_or_else(|| format!("vocabulary.json: {value} is not a string").into())
}

fn unique<'a>(table: &str, words: impl Iterator<Item = &'a str>) -> Result<(), Box<dyn Error>> {
    let mut seen = HashSet::new();
    for word in words {
        if !seen.insert(word) {
            return Err(format!("vocabulary.json: {table} has {word:?} twice").into());
        }
    }
    Ok(())
}
