//! Flags and exit codes, from the hidden subcommand `reference`.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use super::markdown::{code, table as markdown};

/// Runs the program and reads what it prints about itself.
pub(crate) fn reference() -> Value {
    let done = Command::new(env!("CARGO_BIN_EXE_bedrock-mock"))
        .arg("reference")
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    serde_json::from_slice(&done.stdout).unwrap()
}

/// Returns the table of exit codes.
pub(crate) fn exit_codes(reference: &Value) -> String {
    let rows: Vec<Vec<String>> = reference["exitCodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let plus = if row["code"] == 128 { "128 + N" } else { "" };
            let code = if plus.is_empty() {
                row["code"].to_string()
            } else {
                plus.to_owned()
            };
            let text = |name: &str| row[name].as_str().unwrap().trim().to_owned();
            vec![code, text("commands"), text("meaning")]
        })
        .collect();
    markdown(&["code", "commands", "meaning"], &rows)
}

/// Returns a table `flags-COMMAND` for each subcommand that has flags; that of `exec` leaves out the
/// flags of `serve`, which it takes as well.
pub(crate) fn flags(reference: &Value) -> BTreeMap<String, String> {
    let commands = reference["commands"].as_array().unwrap();
    let of = |name: &str| -> Vec<&Value> {
        let command = commands
            .iter()
            .find(|command| command["name"] == name)
            .unwrap();
        command["flags"].as_array().unwrap().iter().collect()
    };
    let serve: Vec<&Value> = of("serve").iter().map(|flag| &flag["flag"]).collect();
    let mut tables = BTreeMap::new();
    for command in commands {
        let name = command["name"].as_str().unwrap();
        let shown: Vec<&Value> = of(name)
            .into_iter()
            .filter(|flag| name != "exec" || !serve.contains(&&flag["flag"]))
            .collect();
        if !shown.is_empty() {
            tables.insert(format!("flags-{}", name.replace(' ', "-")), table(&shown));
        }
    }
    tables
}

/// Renders flags, under the headings of `--help` where there are any.
fn table(flags: &[&Value]) -> String {
    let mut headings: Vec<&Value> = Vec::new();
    for flag in flags {
        if !headings.contains(&&flag["heading"]) {
            headings.push(&flag["heading"]);
        }
    }
    let parts: Vec<String> = headings
        .into_iter()
        .map(|heading| {
            let rows: Vec<Vec<String>> = flags
                .iter()
                .filter(|flag| flag["heading"] == *heading)
                .map(|flag| row(flag))
                .collect();
            let title = heading
                .as_str()
                .map(|title| format!("**{title}**\n\n"))
                .unwrap_or_default();
            title + &markdown(&["flag", "environment variable", "meaning"], &rows)
        })
        .collect();
    parts.join("\n")
}

fn row(flag: &Value) -> Vec<String> {
    let value = flag["value"].as_str();
    let name = match (flag["flag"].as_str(), value) {
        (Some(flag), Some(value)) => format!("--{flag} {value}"),
        (Some(flag), None) => format!("--{flag}"),
        (None, value) => value.unwrap_or_default().to_owned(),
    };
    let mut meaning = escape(flag["help"].as_str().unwrap_or_default());
    for value in flag["values"].as_array().unwrap() {
        let name = code(value["name"].as_str().unwrap());
        let help = value["help"]
            .as_str()
            .map(|help| format!(": {}", escape(help)));
        meaning += &format!("<br>{name}{}", help.unwrap_or_default());
    }
    let default = flag["default"].as_str().unwrap_or_default();
    if !default.is_empty() {
        meaning += &format!("<br>default: {}", code(default));
    }
    let env = flag["env"].as_str().map_or_else(|| "–".to_owned(), code);
    vec![code(&name), env, meaning]
}

/// Escapes what Markdown would read as emphasis, a tag or a link.
fn escape(text: &str) -> String {
    text.replace('*', "\\*")
        .replace('<', "&lt;")
        .replace('[', "\\[")
}
