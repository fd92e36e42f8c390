//! Markdown tables.

/// Renders a table; cells are escaped by whoever makes them, except for `|`.
pub(crate) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    assert!(!rows.is_empty(), "a table without rows shows nothing");
    let heads: Vec<String> = heads.iter().map(ToString::to_string).collect();
    let rules = vec!["---".to_owned(); heads.len()];
    let mut out = line(&heads)
        + &line(&rules)
            .replace("| ---", "|---")
            .replace("--- |", "---|");
    for row in rows {
        assert_eq!(row.len(), heads.len(), "{row:?}");
        out += &line(row);
    }
    out
}

/// Renders a value as code.
pub(crate) fn code(text: &str) -> String {
    format!("`{text}`")
}

/// Joins the names as code, or returns a dash.
pub(crate) fn codes<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(code).collect();
    match names.is_empty() {
        true => "–".to_owned(),
        false => names.join(", "),
    }
}
