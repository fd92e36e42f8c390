//! The pages: their fenced blocks, their marked tables, their links.

use std::fs;
use std::path::{Path, PathBuf};

pub(super) fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// Every page, by name.
pub(super) fn pages() -> Vec<(PathBuf, String)> {
    let mut pages: Vec<_> = fs::read_dir(docs())
        .expect("conformance/docs")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "md"))
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a page");
            (path, text)
        })
        .collect();
    pages.sort();
    pages
}

/// A fenced block: the line it begins at, the words after the fence, and its text.
pub(super) struct Block {
    pub(super) place: String,
    pub(super) info: Vec<String>,
    pub(super) text: String,
}

pub(super) fn blocks(language: &str) -> Vec<Block> {
    let mut found = Vec::new();
    for (path, text) in pages() {
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let mut open: Option<Block> = None;
        for (number, line) in text.lines().enumerate() {
            match (line.strip_prefix("```"), &mut open) {
                (Some(info), None) => {
                    open = Some(Block {
                        place: format!("{name}:{}", number + 1),
                        info: info.split(' ').map(str::to_owned).collect(),
                        text: String::new(),
                    });
                }
                (Some(_), Some(_)) => found.extend(open.take()),
                (None, Some(block)) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{name}: a block has no end");
    }
    found.retain(|block| block.info[0] == language);
    found
}

/// The rows of the table between the marker of that name and its end, without its heading.
pub(super) fn marked(kind: &str, name: &str) -> Vec<String> {
    let start = format!("<!-- {kind}: {name} -->\n");
    let mut found = pages().into_iter().filter_map(|(_, text)| {
        let (_, rest) = text.split_once(&start)?;
        let (table, _) = rest
            .split_once("<!-- end -->")
            .expect("the marker has an end");
        let mut lines = table.lines().map(str::to_owned);
        let rule = lines.by_ref().nth(1);
        assert!(
            rule.is_some_and(|rule| rule.starts_with("|--")),
            "{name} has no heading"
        );
        Some(lines.collect())
    });
    let table = found
        .next()
        .unwrap_or_else(|| panic!("no page has {start}"));
    assert!(found.next().is_none(), "more than one page has {start}");
    table
}

/// Links between pages, and their headings, are there.
#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    for (path, text) in &pages {
        for link in text.split("](").skip(1) {
            let link = link.split(')').next().unwrap_or_default();
            if link.starts_with("http") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let place = path.with_file_name(file);
            let target = if file.is_empty() { path } else { &place };
            assert!(target.exists(), "{}: no file {link}", path.display());
            let there = fs::read_to_string(target).expect("a page");
            let mut anchors = there
                .lines()
                .filter(|line| line.starts_with('#'))
                .map(|line| {
                    line.trim_start_matches('#')
                        .trim()
                        .to_lowercase()
                        .replace(' ', "-")
                });
            assert!(
                heading.is_empty() || anchors.any(|anchor| anchor == heading),
                "{}: no heading {link}",
                path.display()
            );
        }
    }
}
