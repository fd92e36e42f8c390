//! Every relative link of every Markdown page in the repository resolves, on GitHub and in the book
//! of `make docs`, which keeps the folders of the repository.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use regex::Regex;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Collects the Markdown pages below a folder, without what builds and installs leave there.
fn pages(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !path.is_symlink() {
            if !["target", "node_modules", ".git"].contains(&name) && !is_cache(&path) {
                pages(&path, out);
            }
        } else if name.ends_with(".md") {
            out.push(path);
        }
    }
}

/// Whether a folder is a build output under another name.
fn is_cache(folder: &Path) -> bool {
    folder.join("CACHEDIR.TAG").exists()
}

/// Removes code, in which brackets are not links.
fn without_code(text: &str) -> String {
    let fences = Regex::new(r"(?ms)^```.*?^```$").unwrap();
    let spans = Regex::new(r"`[^`\n]*`").unwrap();
    spans
        .replace_all(&fences.replace_all(text, ""), "")
        .into_owned()
}

/// Returns the targets of a page's links and images.
fn links(text: &str) -> Vec<String> {
    let link = Regex::new(r"\]\(([^()\s]+)\)").unwrap();
    let text = without_code(text);
    link.captures_iter(&text)
        .map(|found| found[1].to_owned())
        .collect()
}

/// Returns the anchors that GitHub and mdBook give to a page's headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let fences = Regex::new(r"(?ms)^```.*?^```$").unwrap();
    let text = fences.replace_all(text, "");
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let slug: String = title
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect();
            let before = seen.entry(slug.clone()).or_insert(0);
            *before += 1;
            match *before {
                1 => slug,
                more => format!("{slug}-{}", more - 1),
            }
        })
        .collect()
}

/// Resolves `..` without looking at the disk.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => assert!(out.pop(), "{}", path.display()),
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}

/// Whether a page is one of a handbook, which the book shows.
fn is_handbook(page: &Path) -> bool {
    page.parent().is_some_and(|folder| folder.ends_with("docs"))
}

/// Says what is wrong with a link, if anything is.
fn wrong(page: &Path, link: &str) -> Option<String> {
    if link.starts_with("https://") || link.starts_with("http://") || link.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => page.to_owned(),
        file => normal(&page.parent().unwrap().join(file)),
    };
    if !target.exists() {
        return Some("no such file".to_owned());
    }
    if is_handbook(page) && !target.is_file() {
        return Some("a folder: the book has no page for it".to_owned());
    }
    let extension = target.extension().and_then(|extension| extension.to_str());
    if is_handbook(page) && !matches!(extension, Some("md" | "png" | "svg")) {
        return Some("neither a page nor a picture: the book does not have it".to_owned());
    }
    if !anchor.is_empty() && !anchors(&std::fs::read_to_string(&target).unwrap()).contains(anchor) {
        return Some("no such heading".to_owned());
    }
    None
}

#[test]
fn every_relative_link_resolves() {
    let mut all = Vec::new();
    pages(&repository(), &mut all);
    assert!(all.contains(&repository().join("README.md")));
    let mut broken = Vec::new();
    for page in all {
        let text = std::fs::read_to_string(&page).unwrap();
        for link in links(&text) {
            if let Some(why) = wrong(&page, &link) {
                broken.push(format!("{}: {link}: {why}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_page_of_a_handbook_is_in_its_summary() {
    let mut all = Vec::new();
    pages(&repository(), &mut all);
    let summaries: Vec<&PathBuf> = all
        .iter()
        .filter(|page| page.ends_with("docs/SUMMARY.md"))
        .collect();
    assert!(!summaries.is_empty());
    for summary in summaries {
        let folder = summary.parent().unwrap();
        let text = std::fs::read_to_string(summary).unwrap();
        let listed: BTreeSet<PathBuf> = links(&text)
            .iter()
            .map(|link| normal(&folder.join(link)))
            .collect();
        for page in all
            .iter()
            .filter(|page| page.parent() == Some(folder) && page != &summary)
        {
            assert!(
                listed.contains(page),
                "{} lacks {}",
                summary.display(),
                page.display()
            );
        }
    }
}

#[test]
fn broken_links_are_found() {
    let page = repository().join("mock-server/docs/faq.md");
    assert!(wrong(&page, "no-such-page.md").is_some());
    assert!(wrong(&page, "README.md#no-such-heading").is_some());
    assert!(wrong(&page, "../src/lib.rs").is_some());
    assert!(wrong(&page, "README.md").is_none());
    assert_eq!(
        links("[a](b.md) `[c](d.md)` ![e](f.png)"),
        ["b.md", "f.png"]
    );
    assert!(
        anchors("# A `b` c!\n## Same\n## Same\n").is_superset(&BTreeSet::from(
            ["a-b-c", "same", "same-1"].map(str::to_owned)
        ))
    );
}

#[test]
fn the_readme_is_short() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let lines = readme.lines().count();
    assert!(
        lines <= 150,
        "{lines} lines; details belong in the handbooks"
    );
}
