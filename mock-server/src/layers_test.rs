//! Imports run down the list of layers in `lib.rs`, and folders do not import each other in a circle.
//!
//! Reads every `crate::` and `super::` path of the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

/// A path of module names below the crate.
type Module = Vec<String>;

/// An import: who imports, what, and in which file.
struct Import {
    from: Module,
    to: Module,
    file: String,
}

#[test]
fn imports_run_down() {
    let order = order();
    let rank = |module: &str| order.iter().position(|known| known == module);
    let mut wrong = BTreeSet::new();
    for import in imports() {
        let (from, to) = (&import.from[0], &import.to[0]);
        match (rank(from), rank(to)) {
            _ if from == to => {}
            (Some(above), Some(below)) if above < below => {}
            (Some(_), Some(_)) => {
                wrong.insert(format!(
                    "{}: {from} imports {to}, which is above it",
                    import.file
                ));
            }
            (None, _) => {
                wrong.insert(format!("{from} is not among the layers of lib.rs"));
            }
            (_, None) => {
                wrong.insert(format!("{to} is not among the layers of lib.rs"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn folders_import_each_other_in_no_circle() {
    // Of each folder its folders, and whom each imports.
    let mut graphs: BTreeMap<Module, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for import in imports() {
        let same = import.from.iter().zip(&import.to);
        let depth = same.take_while(|(a, b)| a == b).count();
        let (Some(from), Some(to)) = (import.from.get(depth), import.to.get(depth)) else {
            continue;
        };
        let parent = &import.from[..depth];
        if is_folder(parent, from) && is_folder(parent, to) {
            let graph = graphs.entry(parent.to_vec()).or_default();
            graph.entry(from.clone()).or_default().insert(to.clone());
        }
    }
    for (parent, graph) in &graphs {
        for folder in graph.keys() {
            let reached = reached(graph, folder);
            let parent = parent.join("/");
            assert!(
                !reached.contains(folder),
                "{parent}/{folder} imports itself by way of {reached:?}"
            );
        }
    }
}

#[test]
fn paths_are_read_to_the_last_module() {
    let own = ["ops", "iam", "user"].map(String::from);
    let text = "use crate::{app::App, ops::{self, sts::get_session_token::run}};
        // use crate::cli;
        use super::{page::{Page, page}, secret as s};
        fn f() { super::super::tags::tag::run(); crate::json::items(None); }";
    let paths = paths_in(text, &own);
    let paths: Vec<String> = paths.iter().map(|path| path.join("::")).collect();
    let expected = [
        "app::App",
        "ops::self",
        "ops::sts::get_session_token::run",
        "ops::iam::page::Page",
        "ops::iam::page::page",
        "ops::iam::secret",
        "ops::tags::tag::run",
        "json::items",
    ];
    assert_eq!(paths, expected);
}

/// Every folder that a folder imports, directly or by way of others.
fn reached(graph: &BTreeMap<String, BTreeSet<String>>, folder: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut next = vec![folder.to_owned()];
    while let Some(folder) = next.pop() {
        for to in graph.get(&folder).into_iter().flatten() {
            if reached.insert(to.clone()) {
                next.push(to.clone());
            }
        }
    }
    reached
}

/// The layers of `lib.rs`, from the top.
fn order() -> Vec<String> {
    let text = include_str!("lib.rs");
    let (_, list) = text
        .split_once("//! ```text\n")
        .expect("lib.rs lists the layers");
    let (list, _) = list.split_once("//! ```").expect("the list ends");
    let words = list.split_whitespace().filter(|word| *word != "//!");
    words.map(Into::into).collect()
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn is_folder(parent: &[String], name: &str) -> bool {
    let parent = parent.iter().fold(source(), |path, part| path.join(part));
    parent.join(name).is_dir()
}

fn imports() -> Vec<Import> {
    let mut files = Vec::new();
    collect(&source(), &mut files);
    assert!(files.len() > 300, "{} files", files.len());
    let imports: Vec<Import> = files.iter().flat_map(|file| imports_of(file)).collect();
    assert!(imports.len() > 1_000, "{} imports", imports.len());
    imports
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

fn imports_of(path: &Path) -> Vec<Import> {
    let file = path.strip_prefix(source()).unwrap();
    let mut own: Module = file
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if own.last().is_some_and(|last| last == "mod") {
        own.pop();
    }
    // The root names everything; this test names everything in strings.
    if matches!(own[0].as_str(), "lib" | "main" | "layers_test") {
        return Vec::new();
    }
    let text = std::fs::read_to_string(path).unwrap();
    let paths = paths_in(&text, &own).into_iter();
    let modules = paths.filter(|to| exists(&to[..1]));
    let file = file.display().to_string();
    modules
        .map(|to| Import {
            from: own.clone(),
            to,
            file: file.clone(),
        })
        .collect()
}

/// Every path in a file's text that begins with `crate` or `super`; `own` is the file's module.
fn paths_in(text: &str, own: &[String]) -> Vec<Module> {
    static START: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b(crate|super(?:\s*::\s*super)*)\s*::").unwrap());
    let lines = text.lines().map(|line| line.split("//").next().unwrap());
    let code = lines.collect::<Vec<_>>().join("\n");
    let mut paths = Vec::new();
    for found in START.captures_iter(&code) {
        let word = found.get(1).unwrap().as_str();
        let base = match word {
            "crate" => Vec::new(),
            // Modules inside a file count as the file: a path beyond the root begins in such a one.
            supers => match own.len().checked_sub(supers.matches("super").count()) {
                Some(depth) => own[..depth].to_vec(),
                None => continue,
            },
        };
        read(&code[found.get(0).unwrap().end()..], &base, &mut paths);
    }
    paths
}

/// Reads a path, or several in braces, up to where it names no module. Returns what follows.
fn read<'t>(text: &'t str, base: &[String], paths: &mut Vec<Module>) -> &'t str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = read(rest, base, paths).trim_start();
            // `as` and whatever else follows a name inside the braces.
            rest = &rest[rest.find([',', '}']).unwrap_or(rest.len())..];
            match rest.strip_prefix(',') {
                Some(more) if !more.trim_start().starts_with('}') => rest = more,
                Some(more) => return more.trim_start().strip_prefix('}').unwrap_or(more),
                None => return rest.strip_prefix('}').unwrap_or(rest),
            }
        }
    }
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    let mut path = base.to_vec();
    path.push(text[..end].to_owned());
    let rest = &text[end..];
    match rest.strip_prefix("::") {
        Some(more) if exists(&path) => read(more, &path, paths),
        _ => {
            paths.push(path);
            rest
        }
    }
}

/// Whether a module of this path has a file.
fn exists(path: &[String]) -> bool {
    let base = path.iter().fold(source(), |base, part| base.join(part));
    base.with_extension("rs").is_file() || base.join("mod.rs").is_file()
}
