//! The handbook in `docs/` is true: its shell blocks run, its JSON examples are read by the suite itself,
//! and its tables name exactly what the program knows.
//!
//! `BLESS=1 cargo test -p bedrock-conformance --test docs` writes the generated tables anew.
#![allow(missing_docs, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use bedrock_conformance::run::Verdict;
use rstest::rstest;
use serde_json::{Value, json};

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

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// Every page, by name.
fn pages() -> Vec<(PathBuf, String)> {
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
struct Block {
    place: String,
    info: Vec<String>,
    text: String,
}

fn blocks(language: &str) -> Vec<Block> {
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

// --- shell blocks --------------------------------------------------------------------------------

/// The suite's own program.
fn suite() -> PathBuf {
    env!("CARGO_BIN_EXE_bedrock-conformance").into()
}

/// bedrock-mock as this workspace builds it, built once. Cargo builds nothing if it is fresh.
fn mock() -> &'static Path {
    static MOCK: OnceLock<PathBuf> = OnceLock::new();
    MOCK.get_or_init(|| {
        if let Some(named) = std::env::var_os("BEDROCK_MOCK_BIN") {
            return named.into();
        }
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "-p", "bedrock-mock"])
            .status()
            .expect("cargo");
        assert!(built.success(), "bedrock-mock cannot be built");
        suite().with_file_name(format!("bedrock-mock{}", std::env::consts::EXE_SUFFIX))
    })
}

/// A mock that plays the server under test; it ends with the test.
struct Server {
    child: Child,
    url: String,
    key: String,
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(mock())
            .args([
                "serve",
                "--fidelity",
                "service",
                "--port",
                "0",
                "--access-log",
                "false",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("bedrock-mock");
        let (mut url, mut key) = (None, None);
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        for line in lines.map_while(Result::ok) {
            if let Some(rest) = line.strip_prefix("bedrock-mock listening on ") {
                url = Some(rest.trim().to_owned());
            }
            if let Some(rest) = line.strip_prefix("export AWS_BEARER_TOKEN_BEDROCK=") {
                key = Some(rest.trim().to_owned());
            }
            if let (Some(url), Some(key)) = (&url, &key) {
                return Self {
                    child,
                    url: url.clone(),
                    key: key.clone(),
                };
            }
        }
        panic!("bedrock-mock printed no address and key");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Each block works, and works again where it was run already.
#[test]
fn every_shell_block_runs_twice() {
    let server = Server::start();
    let programs = suite().parent().expect("a folder").to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(programs).chain(std::env::split_paths(&path)))
        .expect("a path");
    let blocks = blocks("sh");
    assert!(!blocks.is_empty(), "no page has a shell block");
    for block in blocks {
        let expected: Vec<i32> = block
            .info
            .iter()
            .find_map(|word| word.strip_prefix("exit="))
            .unwrap_or("0")
            .split(',')
            .map(|code| code.parse().expect("an exit code"))
            .collect();
        let folder = tempfile::tempdir().expect("a folder");
        for time in ["first", "second"] {
            let output = Command::new("bash")
                .args(["-euo", "pipefail", "-c", &block.text])
                .current_dir(folder.path())
                .env("PATH", &path)
                .env("BEDROCK_MOCK_BIN", mock())
                .env("SERVER", &server.url)
                .env("AWS_BEARER_TOKEN_BEDROCK", &server.key)
                .env_remove("AWS_ACCESS_KEY_ID")
                .env_remove("AWS_SECRET_ACCESS_KEY")
                .output()
                .expect("bash");
            let code = output.status.code();
            assert!(
                code.is_some_and(|code| expected.contains(&code)),
                "{}, the {time} time, exits {code:?}:\n{}",
                block.place,
                text(&output)
            );
        }
    }
}

// --- JSON examples -------------------------------------------------------------------------------

fn run(arguments: &[&str]) -> Output {
    Command::new(suite())
        .args(arguments)
        .env("BEDROCK_MOCK_BIN", mock())
        .output()
        .expect("the suite runs")
}

fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(out),
        String::from_utf8_lossy(err)
    )
}

/// A folder with one case, whose id is `docs/example`.
fn folder_of(case: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("cases/docs")).expect("a folder");
    fs::write(folder.path().join("cases/docs/example.json"), case).expect("a file");
    folder
}

fn cases(folder: &tempfile::TempDir) -> String {
    let cases = folder.path().join("cases");
    cases.to_str().expect("a path").to_owned()
}

/// The smallest case, with another send and expect.
fn case(send: &str, expect: &str) -> String {
    format!(
        r#"{{"title": "A title", "why": "A reason.", "basis": {{"kind": "assumed"}},
            "billable": {{"max_in": 1, "max_out": 1}},
            "steps": [{{"send": {send}, "expect": {expect}}}]}}"#
    )
}

const SEND: &str =
    r#"{"op": "Converse", "input": {"modelId": "${role.text-cheap}", "messages": []}}"#;

/// Complete cases pass on the mock; parts of cases are read without a warning.
#[test]
fn every_json_example_is_read_by_the_suite() {
    let blocks = blocks("json");
    for kind in ["case", "send", "expect", "target", "deviations"] {
        let any = blocks
            .iter()
            .any(|block| block.info.get(1).is_some_and(|of| of == kind));
        assert!(any, "no page has an example of a {kind}");
    }
    for block in blocks {
        let place = &block.place;
        match block.info.get(1).map(String::as_str) {
            Some("case") => {
                let folder = folder_of(&block.text);
                let output = run(&["run", "--cases", &cases(&folder), "--quiet"]);
                assert_eq!(output.status.code(), Some(0), "{place}:\n{}", text(&output));
            }
            Some("send") => reads(place, &case(&block.text, r#"{"status": 400}"#)),
            Some("expect") => reads(place, &case(SEND, &block.text)),
            Some("target") => {
                let folder = folder_of(&case(SEND, r#"{"status": 200}"#));
                let target = folder.path().join("target.json");
                fs::write(&target, &block.text).expect("a file");
                let target = target.to_str().expect("a path");
                let output = run(&["plan", "--target", target, "--cases", &cases(&folder)]);
                assert_eq!(output.status.code(), Some(0), "{place}:\n{}", text(&output));
            }
            Some("deviations") => {
                let folder = tempfile::tempdir().expect("a folder");
                let file = folder.path().join("deviations.json");
                fs::write(&file, &block.text).expect("a file");
                let file = file.to_str().expect("a path");
                let ids = "converse/plain-text";
                let output = run(&["run", "--no-derived", "--quiet", "--deviations", file, ids]);
                // Read, and none of its entries is about another case than there is.
                let text = text(&output);
                assert_eq!(output.status.code(), Some(0), "{place}:\n{text}");
            }
            other => panic!("{place}: the example does not say what it is of: {other:?}"),
        }
    }
}

/// The loader takes the case, and warns of nothing.
fn reads(place: &str, case: &str) {
    let folder = folder_of(case);
    let output = run(&["check", &cases(&folder)]);
    assert_eq!(output.status.code(), Some(0), "{place}:\n{}", text(&output));
    assert_eq!(
        text(&output).lines().count(),
        1,
        "{place}:\n{}",
        text(&output)
    );
}

// --- hand-written tables -------------------------------------------------------------------------

/// The text between the marker of that name and its end.
fn marked(kind: &str, name: &str) -> Vec<String> {
    let start = format!("<!-- {kind}: {name} -->\n");
    let mut found = pages().into_iter().filter_map(|(_, text)| {
        let (_, rest) = text.split_once(&start)?;
        let (table, _) = rest
            .split_once("<!-- end -->")
            .expect("the marker has an end");
        Some(table.lines().map(str::to_owned).collect())
    });
    let table = found
        .next()
        .unwrap_or_else(|| panic!("no page has {start}"));
    assert!(found.next().is_none(), "more than one page has {start}");
    table
}

/// Words in code of the first cells: `a`, `b` → a, b.
fn documented(name: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for row in marked("members", name) {
        let first = row.split(" | ").next().unwrap_or_default();
        names.extend(first.split('`').skip(1).step_by(2).map(str::to_owned));
    }
    names
}

fn names(list: &str) -> BTreeSet<String> {
    list.split(", ")
        .map(|name| name.trim().to_owned())
        .collect()
}

/// What the suite answers to a member that nothing has: the list of those there are.
fn known(complaint: &str, before: &str) -> BTreeSet<String> {
    let line = complaint
        .lines()
        .find(|line| line.contains(before))
        .unwrap_or_else(|| panic!("{before:?} is not in {complaint}"));
    let (_, list) = line.split_once(before).expect("it is there");
    names(list)
}

fn complaint(case: &str) -> String {
    let folder = folder_of(case);
    text(&run(&["check", &cases(&folder)]))
}

fn schema() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/case.schema.json");
    serde_json::from_str(&fs::read_to_string(path).expect("the schema")).expect("JSON")
}

/// Names of all `properties` of a schema's alternatives that are objects.
fn properties(schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let alternatives = schema["anyOf"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    for one in alternatives.iter().chain([schema]) {
        let members = one["properties"].as_object();
        found.extend(
            members
                .into_iter()
                .flat_map(|members| members.keys().cloned()),
        );
    }
    found
}

#[test]
fn the_tables_of_case_members_are_those_of_the_schema() {
    let schema = schema();
    assert_eq!(documented("case"), properties(&schema));
    for name in ["step", "send", "expect"] {
        assert_eq!(
            documented(name),
            properties(&schema["$defs"][name]),
            "{name}"
        );
    }
}

#[test]
fn the_table_of_matchers_is_that_of_the_loader() {
    let wrong = complaint(&case(SEND, r#"{"status": 200, "body": {"$nope": 1}}"#));
    let documented: BTreeSet<String> = documented("matchers")
        .iter()
        .filter_map(|cell| cell.split('"').nth(1).map(str::to_owned))
        .collect();
    assert_eq!(documented, known(&wrong, "there are "));
}

#[test]
fn the_table_of_automatic_checks_is_that_of_the_loader() {
    let step = format!(r#"{{"status": 400}}, "without": {{"nope": "a reason"}}"#);
    let wrong = complaint(&case(SEND, &step));
    assert_eq!(documented("automatic"), known(&wrong, "there are "));
}

/// Members of target files, of every kind.
#[test]
fn the_table_of_target_members_is_that_of_the_reader() {
    let mut read = BTreeSet::new();
    for kind in ["spawn", "url"] {
        let target = json!({
            "about": "a test", "kind": kind, "region": "us-west-2", "command": ["x"], "binary": "x",
            "listening": "on", "version": [], "urls": {"default": "http://localhost"}, "nope": 1
        });
        let mut target = target;
        let members = target.as_object_mut().expect("members");
        let foreign: &[&str] = match kind {
            "spawn" => &["urls"],
            _ => &["command", "binary", "listening", "version"],
        };
        for name in foreign {
            members.remove(*name);
        }
        let folder = folder_of(&case(SEND, r#"{"status": 200}"#));
        let file = folder.path().join("target.json");
        fs::write(&file, target.to_string()).expect("a file");
        let output = run(&["plan", "--target", file.to_str().expect("a path")]);
        read.extend(known(&text(&output), "it takes "));
    }
    assert_eq!(documented("target"), read);
}

#[test]
fn the_table_of_deviation_members_is_that_of_the_reader() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("deviations.json");
    let entry = json!({"case": "a/b", "outcome": "fails", "reason": "a test", "nope": 1});
    fs::write(&file, json!({"deviations": [entry]}).to_string()).expect("a file");
    let file = file.to_str().expect("a path");
    let output = run(&["run", "--no-derived", "--deviations", file, "sts/"]);
    assert_eq!(documented("deviation"), known(&text(&output), "it takes "));
}

// --- generated tables ----------------------------------------------------------------------------

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
                .map(|(flag, meaning)| format!("| `{flag}` | {} |", meaning.replace('|', "\\|")))
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

/// Puts the rows between the markers. Tests of other tables may write the same page, so that one lock
/// guards them all.
fn bless(name: &str, rows: &[String]) {
    static WRITING: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _guard = WRITING
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let start = format!("<!-- generated: {name} -->\n");
    for (path, text) in pages() {
        let Some((before, rest)) = text.split_once(&start) else {
            continue;
        };
        let (_, after) = rest
            .split_once("<!-- end -->")
            .expect("the marker has an end");
        let table = rows.join("\n");
        fs::write(path, format!("{before}{start}{table}\n<!-- end -->{after}")).expect("a page");
    }
}

// --- links ---------------------------------------------------------------------------------------

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
