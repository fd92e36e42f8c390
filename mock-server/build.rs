//! Turns the error rows of `fixtures/errors/` into constants, so that a row that does not exist
//! fails to compile and a row that nothing uses is a warning.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

/// A file of `fixtures/errors/`.
#[derive(Deserialize)]
struct Table {
    rows: Vec<Row>,
}

/// One row, as `fixtures/errors/` writes it. A member that is not listed here stops the build.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Row {
    id: String,
    trigger: String,
    status: u16,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    suffix: String,
    #[serde(default)]
    member: String,
    #[serde(default)]
    text: String,
    body: Option<String>,
    content_type: Option<String>,
    basis: String,
    source: String,
    #[serde(default)]
    replaces: Vec<String>,
    /// The row is found by its type or id at run time, so code need not name it.
    #[serde(default)]
    looked_up: bool,
}

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let mut statics = String::new();
    let mut areas: BTreeMap<String, String> = BTreeMap::new();
    let mut index = 0;
    for (file, text) in bedrock_fixtures::errors::TABLES {
        let table: Table = serde_json::from_str(text)
            .unwrap_or_else(|error| panic!("fixtures/errors/{file}: {error}"));
        for row in table.rows {
            assert!(
                !row.source.is_empty()
                    && ["observed", "documented", "modelled", "assumed"]
                        .contains(&row.basis.as_str()),
                "fixtures/errors/{file}: {} needs a source and a known basis",
                row.id
            );
            let (area, name) = row
                .id
                .split_once('.')
                .unwrap_or_else(|| panic!("fixtures/errors/{file}: {} has no area", row.id));
            writeln!(statics, "    {},", literal(&row, area)).expect("a String takes all");
            let constants = areas.entry(area.replace('-', "_")).or_default();
            if row.looked_up || area == "fault" || !row.replaces.is_empty() {
                constants.push_str("    #[allow(dead_code, reason = \"found by type or id\")]\n");
            }
            writeln!(
                constants,
                "    #[doc = {:?}]\n    pub(crate) const {}: RowId = RowId({index});",
                row.trigger,
                name.replace('-', "_").to_ascii_uppercase(),
            )
            .expect("a String takes all");
            index += 1;
        }
    }
    let mut out = format!(
        "/// All rows, in the order of the files.\npub(crate) static ROWS: [Row; {index}] = [\n{statics}];\n"
    );
    for (area, constants) in areas {
        write!(out, "\n/// Rows of the area `{area}`.\npub(crate) mod {area} {{\n    use super::RowId;\n{constants}}}\n")
            .expect("a String takes all");
    }
    let folder = std::env::var("OUT_DIR").expect("Cargo sets OUT_DIR for build scripts");
    std::fs::write(Path::new(&folder).join("error_rows.rs"), out).expect("OUT_DIR is writable");
}

/// Writes a row as a Rust expression.
fn literal(row: &Row, area: &str) -> String {
    let area: String = area
        .split('-')
        .map(|word| word[..1].to_ascii_uppercase() + &word[1..])
        .collect();
    format!(
        "Row {{ id: {:?}, area: Area::{area}, status: {}, kind: {:?}, suffix: {:?}, member: {:?}, text: {:?}, body: {:?}, json: {}, basis: {:?}, replaces: &{:?} }}",
        row.id,
        row.status,
        row.kind,
        row.suffix,
        row.member,
        row.text,
        row.body,
        row.content_type.is_some(),
        row.basis,
        row.replaces,
    )
}
