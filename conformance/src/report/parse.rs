//! A file of events → rows with their parts.

use serde_json::Value;

/// A whole report.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Its header.
    pub header: Value,
    /// Its rows, in the order in which they ended.
    pub rows: Vec<Row>,
    /// Its footer.
    pub footer: Value,
    /// Its lines, for merging.
    pub lines: Vec<Value>,
}

/// One row.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// `id` or `id@row`.
    pub full: String,
    /// The case's id.
    pub case: String,
    /// `pass`, `fail` … : the worst of its parts, or `skip`.
    pub verdict: String,
    /// Why it was skipped.
    pub reason: Option<String>,
    /// The case's title, why, basis, date, level and references.
    pub title: String,
    /// What would break for a user.
    pub why: String,
    /// Kind of ground.
    pub basis: String,
    /// The day of the last look.
    pub date: Option<String>,
    /// How binding.
    pub level: String,
    /// `kind: to`.
    pub refs: Vec<String>,
    /// Its parts.
    pub parts: Vec<Part>,
    /// Its exchanges by step.
    pub exchanges: Vec<(u64, Value)>,
}

/// One part's verdict.
#[derive(Debug, Clone)]
pub struct Part {
    /// Step, from 0.
    pub step: u64,
    /// Part, or `step`.
    pub part: String,
    /// Verdict.
    pub verdict: String,
    /// Why, where findings do not say it.
    pub reason: Option<String>,
    /// Path, expected, seen.
    pub findings: Vec<(String, String, String)>,
}

impl Loaded {
    /// Why the run ended before its end, if it did.
    pub fn stopped(&self) -> Option<&str> {
        let why = self.footer["why"].as_str().unwrap_or("it does not say why");
        (self.footer["outcome"] != "finished").then_some(why)
    }

    /// The target's name.
    pub fn target(&self) -> &str {
        self.header["target"].as_str().unwrap_or_default()
    }
}

impl Row {
    /// The first folder of the id; for derived cases the second, too.
    pub fn area(&self) -> &str {
        let mut parts = self.case.match_indices('/').map(|(at, _)| at);
        let first = parts.next().unwrap_or(self.case.len());
        if &self.case[..first] == "derived" {
            return &self.case[..parts.next().unwrap_or(first)];
        }
        &self.case[..first]
    }

    /// Whether it makes a run fail.
    pub fn is_failure(&self) -> bool {
        self.verdict == "fail" || self.verdict == "unexpected-pass"
    }

    /// Whether nothing could be told of it.
    pub fn is_inconclusive(&self) -> bool {
        self.verdict == "inconclusive"
    }

    /// What is wrong, one finding a line.
    pub fn what_is_wrong(&self) -> String {
        let mut out = String::new();
        for part in self.parts.iter().filter(|part| part.verdict != "pass") {
            let reason = part.reason.as_deref().unwrap_or_default();
            out.push_str(&format!(
                "{} (step {}): {} {reason}\n",
                part.part, part.step, part.verdict
            ));
            for (path, expected, seen) in &part.findings {
                // A target's own lines stay behind what names them.
                let seen = seen.replace('\n', "\n             ");
                out.push_str(&format!(
                    "  {path}\n    expected {expected}\n    seen     {seen}\n"
                ));
            }
        }
        out
    }
}

/// Reads a report.
///
/// # Errors
/// When it is none, or has no footer: its run was killed, so nobody knows what it left out.
pub fn load(name: &str, text: &str) -> Result<Loaded, String> {
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let value: Value = serde_json::from_str(line)
            .map_err(|error| format!("{name}:{}: no event: {error}", index + 1))?;
        lines.push(value);
    }
    let header = lines
        .first()
        .filter(|line| line["event"] == "header")
        .cloned()
        .ok_or_else(|| format!("{name}: the first line is no header; is this a report?"))?;
    if header["format"] != 1 {
        return Err(format!(
            "{name}: format {} is of another version of this program",
            header["format"]
        ));
    }
    let footer = lines
        .last()
        .filter(|line| line["event"] == "footer")
        .cloned()
        .ok_or_else(|| format!("{name}: it has no footer: its run did not come to its end"))?;
    let mut rows: Vec<Row> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for line in &lines {
        let Some(case) = line["case"].as_str() else {
            continue;
        };
        let full = match line["row"].as_str() {
            None => case.to_owned(),
            Some(row) => format!("{case}@{row}"),
        };
        let at = *places.entry(full.clone()).or_insert_with(|| {
            rows.push(Row {
                full: full.clone(),
                case: case.to_owned(),
                verdict: "pass".to_owned(),
                ..Row::default()
            });
            rows.len() - 1
        });
        event(&mut rows[at], line);
    }
    Ok(Loaded {
        header,
        rows,
        footer,
        lines,
    })
}

fn event(row: &mut Row, line: &Value) {
    let text = |name: &str| line[name].as_str().map(str::to_owned);
    let step = line["step"].as_u64().unwrap_or_default();
    match line["event"].as_str() {
        Some("skip") => {
            "skip".clone_into(&mut row.verdict);
            row.reason = text("reason");
        }
        Some("exchange") => row.exchanges.push((step, line["wire"].clone())),
        Some("part") => {
            let verdict = text("verdict").unwrap_or_default();
            if severity(&verdict) > severity(&row.verdict) {
                row.verdict.clone_from(&verdict);
            }
            row.title = text("title").unwrap_or_default();
            row.why = text("why").unwrap_or_default();
            row.basis = text("basis").unwrap_or_default();
            row.date = text("date");
            // A part may bind less than its case does; the first is judged at the case's level.
            if row.level.is_empty() {
                row.level = text("level").unwrap_or_default();
            }
            row.refs = line["refs"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
            let findings = line["findings"].as_array().into_iter().flatten();
            row.parts.push(Part {
                step,
                part: text("part").unwrap_or_else(|| "step".to_owned()),
                verdict,
                reason: text("reason"),
                findings: findings
                    .map(|finding| {
                        let of = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
                        (of("path"), of("expected"), of("seen"))
                    })
                    .collect(),
            });
        }
        _ => {}
    }
}

/// The worse, the higher.
pub(super) fn severity(verdict: &str) -> u8 {
    match verdict {
        "fail" => 6,
        "unexpected-pass" => 5,
        "inconclusive" => 4,
        "doubted" => 3,
        "deviates" => 2,
        "told" => 1,
        _ => 0,
    }
}
