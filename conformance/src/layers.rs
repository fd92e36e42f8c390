//! Imports run down: reads every `crate::` and `super::` path of this crate and fails on one that
//! runs up the list of rooms in `lib.rs`, and on files that import each other in a circle.
//!
//! A `mod.rs` is a table of contents. A path through it counts for the file that it names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// A module's path below the crate, as in `["wire", "sse"]`; empty for `lib.rs`.
type Module = Vec<String>;

#[test]
fn imports_run_down_the_list_of_rooms() {
    let sources = sources();
    let rooms = rooms(&sources[&Vec::new()]);
    let declared: BTreeSet<_> = sources
        .keys()
        .filter_map(|module| module.first().map(String::as_str))
        .filter(|room| !["main", "layers"].contains(room))
        .collect();
    let listed: BTreeSet<_> = rooms.iter().map(String::as_str).collect();
    assert_eq!(
        listed, declared,
        "the list in lib.rs has other rooms than src/"
    );

    let floor = |module: &Module| rooms.iter().position(|room| module.first() == Some(room));
    let upward: Vec<String> = imports(&sources)
        .into_iter()
        .filter(|(from, to)| floor(from) > floor(to))
        .map(|(from, to)| format!("{} imports {}", from.join("::"), to.join("::")))
        .collect();
    assert!(
        upward.is_empty(),
        "imports that run up:\n{}",
        upward.join("\n")
    );
}

#[test]
fn files_import_each_other_in_no_circle() {
    let mut below: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for (from, to) in imports(&sources()) {
        below.entry(from).or_default().insert(to);
    }
    // Takes away files that import nothing that is left; what cannot be taken away is in a circle
    // or above one.
    while let Some(free) = below.iter().find_map(|(from, to)| {
        let is_free = to.iter().all(|to| !below.contains_key(to));
        is_free.then(|| from.clone())
    }) {
        below.remove(&free);
    }
    let circle: Vec<_> = below
        .iter()
        .map(|(from, to)| {
            let to = to.iter().filter(|to| below.contains_key(*to));
            let to: Vec<_> = to.map(|to| to.join("::")).collect();
            format!("{} imports {}", from.join("::"), to.join(", "))
        })
        .collect();
    assert!(
        circle.is_empty(),
        "a circle, or above one:\n{}",
        circle.join("\n")
    );
}

/// Both tests would pass if nothing were read.
#[test]
fn paths_are_found_and_resolved() {
    let found = imports(&sources());
    for (from, to) in [
        (vec!["run", "workers"], vec!["run", "session"]),
        (vec!["judge", "step"], vec!["case", "definition"]),
        (vec!["wire", "exchange"], vec!["model", "xml"]),
        (vec!["case", "send", "parse"], vec!["spanned", "members"]),
    ] {
        let owned = |path: Vec<&str>| path.into_iter().map(str::to_owned).collect::<Vec<_>>();
        assert!(
            found.contains(&(owned(from.clone()), owned(to.clone()))),
            "{from:?} {to:?}"
        );
    }
    assert!(found.len() > 200, "{}", found.len());
}

fn rooms(lib: &str) -> Vec<String> {
    let line = Regex::new(r"(?m)^//! \d+\. \[?`(\w+)`").unwrap();
    line.captures_iter(lib)
        .map(|found| found[1].to_owned())
        .collect()
}

fn sources() -> BTreeMap<Module, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    let read = |path: PathBuf| {
        let below = path.strip_prefix(&root).unwrap().with_extension("");
        let mut module: Module = below
            .iter()
            .map(|name| name.to_str().unwrap().to_owned())
            .collect();
        if ["mod", "lib"].contains(&module.last().unwrap().as_str()) {
            module.pop();
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//") || module.is_empty());
        (module.clone(), code.collect::<Vec<_>>().join("\n"))
    };
    files.into_iter().map(read).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// Which file names something of which other file.
fn imports(sources: &BTreeMap<Module, String>) -> BTreeSet<(Module, Module)> {
    let start = Regex::new(r"\b(crate|super)::").unwrap();
    let mut found = BTreeSet::new();
    for (module, text) in sources {
        let tests = text.find("mod tests {").unwrap_or(text.len());
        for path in start.find_iter(text) {
            // What comes after `super::` in a path that began before it was seen with it.
            if text[..path.start()].ends_with("::") {
                continue;
            }
            for mut names in tree(&text[path.start()..]) {
                let mut base = if names[0] == "crate" {
                    names.remove(0);
                    Module::new()
                } else {
                    let mut base = module.clone();
                    if path.start() > tests {
                        base.push("tests".to_owned());
                    }
                    base
                };
                while names.first().is_some_and(|name| name == "super") {
                    names.remove(0);
                    base.pop();
                }
                let to = resolve(sources, base, &names);
                if to != *module {
                    found.insert((module.clone(), to));
                }
            }
        }
    }
    found
}

/// The paths of a use tree: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn tree(text: &str) -> Vec<Vec<String>> {
    let length = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    let name = text[..length].to_owned();
    let Some(rest) = text[length..].strip_prefix("::") else {
        return vec![vec![name]];
    };
    let Some(group) = rest.strip_prefix('{') else {
        return tree(rest)
            .into_iter()
            .map(|path| [vec![name.clone()], path].concat())
            .collect();
    };
    let mut depth = 0;
    let mut items = vec![String::new()];
    for character in group.chars() {
        match character {
            '}' if depth == 0 => break,
            ',' if depth == 0 => items.push(String::new()),
            c => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                items.last_mut().unwrap().push(c);
            }
        }
    }
    let items = items
        .iter()
        .map(|item| item.trim())
        .filter(|item| !item.is_empty());
    items
        .flat_map(tree)
        .map(|path| [vec![name.clone()], path].concat())
        .collect()
}

/// The file that a path names something of: down folders, and through the `use` lines of `mod.rs`.
fn resolve(sources: &BTreeMap<Module, String>, base: Module, names: &[String]) -> Module {
    let mut at = base;
    for name in names {
        let child = [at.clone(), vec![name.clone()]].concat();
        if sources.contains_key(&child) {
            at = child;
            continue;
        }
        let text = sources.get(&at).map(String::as_str).unwrap_or_default();
        if let Some(child) = reexported(text, name) {
            at.push(child);
        }
        break;
    }
    at
}

/// The child module that a `mod.rs` names something of, as itself or by another name.
fn reexported(contents: &str, name: &str) -> Option<String> {
    contents
        .split(';')
        .filter_map(|item| item.split_once("use ").map(|(_, path)| path))
        .filter(|path| !path.starts_with("crate::") && !path.starts_with("super::"))
        .find_map(|path| {
            let (child, names) = path.split_once("::")?;
            let mut names = names.split(|c: char| !c.is_alphanumeric() && c != '_');
            names.any(|known| known == name).then(|| child.to_owned())
        })
        .filter(|child| child.chars().all(|c| c.is_alphanumeric() || c == '_'))
}
