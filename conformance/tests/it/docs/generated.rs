//! Tables that only list what the program knows are written by it.

use std::fs;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use bedrock_conformance::run::Verdict;
use rstest::rstest;

use super::pages::{marked, pages};
use super::programs::suite;

/// What each verdict says of the answer, and whether it makes the run fail.
const VERDICTS: &[(&str, &str, &str)] = &[
    ("pass", "is as expected", "no"),
    ("fail", "is not as expected", "yes"),
    (
        "informational",
        "is not as expected, but the case has the level `info`, or its basis does not count for this target",
        "no",
    ),
    (
        "deviates",
        "is not as expected, as a deviation declares",
        "no",
    ),
    (
        "unexpected-pass",
        "is as expected although a deviation declares otherwise",
        "yes",
    ),
    (
        "doubted",
        "is not as expected, and the case itself is disputed",
        "no",
    ),
    (
        "inconclusive",
        "was a throttling refusal, twice",
        "no, but the run exits 7",
    ),
];

/// Rows of the table of that name, from what the program prints.
fn generated(name: &str) -> Vec<String> {
    match name {
        "verdicts" => Verdict::ALL
            .iter()
            .map(|verdict| {
                // The older spelling, while the reports still have it.
                let word = match verdict.word() {
                    "told" => "informational",
                    word => word,
                };
                let (_, answer, fails) = VERDICTS
                    .iter()
                    .find(|(known, ..)| *known == word)
                    .unwrap_or_else(|| panic!("the handbook does not explain the verdict {word}"));
                format!("| `{word}` | {answer} | {fails} |")
            })
            .collect(),
        "exit-codes" => stdout(&["exit-codes"])
            .lines()
            .map(|line| {
                let mut cells = line.trim().splitn(2, "  ").map(str::trim);
                let code = cells.next().expect("a number");
                let rest = cells.next().expect("a name and a sentence");
                let (name, meaning) = rest.split_once("  ").expect("a sentence");
                format!("| {code} | `{name}` | {} |", meaning.trim())
            })
            .collect(),
        "capabilities" | "roles" => vocabulary(name)
            .into_iter()
            .map(|(word, meaning)| format!("| `{word}` | {meaning} |"))
            .collect(),
        "commands" => entries(&stdout(&["--help"]), "Commands:")
            .into_iter()
            .filter(|(name, _)| name != "help")
            .map(|(name, meaning)| format!("| `{name}` | {meaning} |"))
            .collect(),
        "run-flags" => {
            let help = stdout(&["run", "--help"]);
            help.lines()
                .filter(|line| {
                    line.ends_with(':') && !line.starts_with(' ') && *line != "Arguments:"
                })
                .flat_map(|heading| entries(&help, heading))
                .filter(|(flag, _)| !flag.contains("--help"))
                .map(|(flag, meaning)| {
                    format!(
                        "| `{flag}` | {} |",
                        meaning.replace('|', "\\|").replace("=]", "]")
                    )
                })
                .collect()
        }
        other => panic!("nothing makes the table {other}"),
    }
}

fn stdout(arguments: &[&str]) -> String {
    let output = Command::new(suite())
        .args(arguments)
        .env("COLUMNS", "400")
        .env_remove("BEDROCK_MOCK_BIN")
        .output()
        .expect("the suite runs");
    String::from_utf8(output.stdout).expect("text")
}

/// The words below a heading of `vocabulary`, with what they mean.
fn vocabulary(heading: &str) -> Vec<(String, String)> {
    stdout(&["vocabulary"])
        .lines()
        .skip_while(|line| *line != format!("{heading}:"))
        .skip(1)
        .map_while(|line| line.strip_prefix("  "))
        .map(|line| {
            let (word, meaning) = line.split_once(' ').expect("a meaning");
            (word.to_owned(), meaning.trim().to_owned())
        })
        .collect()
}

/// Entries below a heading of a help text: what is typed, and what it does.
fn entries(help: &str, heading: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let lines = help
        .lines()
        .skip_while(|line| *line != heading)
        .skip(1)
        .take_while(|line| line.starts_with("  ") || line.is_empty());
    for line in lines.map(str::trim).filter(|line| !line.is_empty()) {
        let (what, meaning) = line.split_once("  ").unwrap_or((line, ""));
        found.push((what.trim().to_owned(), meaning.trim().to_owned()));
    }
    found
}

#[rstest]
fn a_generated_table_is_what_the_program_prints(
    #[values(
        "verdicts",
        "exit-codes",
        "capabilities",
        "roles",
        "commands",
        "run-flags"
    )]
    name: &str,
) {
    let rows = generated(name);
    assert!(!rows.is_empty(), "{name} is empty");
    if std::env::var_os("BLESS").is_some() {
        bless(name, &rows);
    }
    let hint = "BLESS=1 cargo test -p bedrock-conformance docs writes it anew";
    assert_eq!(marked("generated", name), rows, "{name}: {hint}");
}

/// Puts the rows between the markers, below the heading that is there. Tests of other tables may write
/// the same page, so that one lock guards them all; readers see the page before or after, never half of it.
fn bless(name: &str, rows: &[String]) {
    static WRITING: Mutex<()> = Mutex::new(());
    let _guard = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let start = format!("<!-- generated: {name} -->\n");
    for (path, text) in pages() {
        let Some((before, rest)) = text.split_once(&start) else {
            continue;
        };
        let (table, after) = rest
            .split_once("<!-- end -->")
            .expect("the marker has an end");
        let heading: Vec<&str> = table.lines().take(2).collect();
        let table = format!("{}\n{}", heading.join("\n"), rows.join("\n"));
        let new = path.with_extension("new");
        fs::write(&new, format!("{before}{start}{table}\n<!-- end -->{after}")).expect("a page");
        fs::rename(&new, &path).expect("a page");
    }
}
