//! Pages and their markers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const START: &str = "<!-- generated: ";
const END: &str = "<!-- end -->";

/// Returns the README and the pages of the mock's handbook.
pub(crate) fn all() -> Vec<PathBuf> {
    let mock = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<PathBuf> = std::fs::read_dir(mock.join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    pages.push(mock.join("../README.md"));
    pages
}

/// Returns the page with every marked table replaced by its current text, and the tables' names.
pub(crate) fn fill(
    text: &str,
    page: &str,
    tables: &BTreeMap<String, String>,
) -> (String, Vec<String>) {
    let mut out = String::new();
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(START) {
        let (name, after) = after.split_once(" -->\n").unwrap_or_else(|| {
            panic!("{page}: a marker is `{START}NAME -->` on a line of its own")
        });
        let table = tables
            .get(name)
            .unwrap_or_else(|| panic!("{page}: no table {name}; there are {:?}", tables.keys()));
        let (_, after) = after
            .split_once(END)
            .unwrap_or_else(|| panic!("{page}: {name} has no `{END}`"));
        out += &format!("{before}{START}{name} -->\n\n{table}\n{END}");
        names.push(name.to_owned());
        rest = after;
    }
    (out + rest, names)
}

/// Describes the first line in which a page differs from the program.
pub(crate) fn first_difference(page: &str, old: &str, new: &str) -> String {
    let (mut old, mut new) = (old.lines(), new.lines());
    let mut line = 0;
    loop {
        line += 1;
        let (is, must) = (old.next(), new.next());
        if is != must {
            let [is, must] = [is, must].map(|text| text.unwrap_or("(end of the page)"));
            return format!("{page}:{line}:\n  page:    {is}\n  program: {must}");
        }
        assert!(is.is_some(), "{page}: the pages are equal");
    }
}
