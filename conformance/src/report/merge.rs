//! Shards → one report.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::parse::Loaded;

/// What all shards of one run have in common.
const SAME: [(&str, &str); 11] = [
    ("suite", "suites"),
    ("revision", "revisions"),
    ("target", "targets"),
    ("version", "versions of the target"),
    ("region", "regions"),
    ("model", "models"),
    ("model_hash", "service models"),
    ("selection", "selections"),
    ("config", "configurations"),
    ("deviations", "deviations"),
    ("counts", "grounds that count"),
];

/// Joins the reports of all shards of one run.
///
/// # Errors
/// When they are of different runs, overlap, or leave a shard out.
pub fn merge(reports: &[(String, Loaded)]) -> Result<String, String> {
    let [(first_name, first), ..] = reports else {
        return Err("there is nothing to merge".to_owned());
    };
    for (name, report) in reports {
        for (member, what) in SAME {
            if report.header[member] != first.header[member] {
                return Err(format!(
                    "{name} and {first_name} have different {what}: {} and {}",
                    report.header[member], first.header[member]
                ));
            }
        }
    }
    shards(reports)?;
    let mut header = first.header.clone();
    header["shard"] = Value::Null;
    header["selected"] = sum(reports, |report| &report.header["selected"]).into();
    let mut lines = vec![header];
    let mut seen: HashSet<&str> = HashSet::new();
    for (name, report) in reports {
        for row in &report.rows {
            if !seen.insert(&row.full) {
                return Err(format!("{name} has {} again", row.full));
            }
        }
        let inner = report.lines.iter().filter(|line| line["case"].is_string());
        lines.extend(inner.cloned());
    }
    let mut footer = json!({"event": "footer"});
    let finished = reports
        .iter()
        .all(|(_, report)| report.footer["outcome"] == "finished");
    footer["outcome"] = if finished { "finished" } else { "stopped" }.into();
    footer["why"] = reports
        .iter()
        .map(|(_, report)| report.footer["why"].clone())
        .find(|why| !why.is_null())
        .unwrap_or_default();
    for name in [
        "passed",
        "failed",
        "told",
        "deviating",
        "unexpected_passes",
        "doubted",
        "inconclusive",
        "skipped",
        "elapsed_ms",
    ] {
        footer[name] = sum(reports, |report| &report.footer[name]).into();
    }
    footer["spent_usd"] = reports
        .iter()
        .filter_map(|(_, report)| report.footer["spent_usd"].as_f64())
        .sum::<f64>()
        .into();
    footer["exit"] = reports
        .iter()
        .filter_map(|(_, report)| report.footer["exit"].as_u64())
        // 4: a shard may well hold nothing that can run.
        .filter(|code| *code != 4)
        .max()
        .unwrap_or(0)
        .into();
    lines.push(footer);
    Ok(lines.iter().map(|line| format!("{line}\n")).collect())
}

fn sum(reports: &[(String, Loaded)], of: impl Fn(&Loaded) -> &Value) -> u64 {
    reports
        .iter()
        .filter_map(|(_, report)| of(report).as_u64())
        .sum()
}

/// Every shard once.
fn shards(reports: &[(String, Loaded)]) -> Result<(), String> {
    let mut parts = HashSet::new();
    let mut whole = None;
    for (name, report) in reports {
        let shard = report.header["shard"].as_str().unwrap_or("1/1");
        let (part, of) = shard
            .split_once('/')
            .and_then(|(part, of)| Some((part.parse::<u32>().ok()?, of.parse::<u32>().ok()?)))
            .ok_or_else(|| format!("{name}: {shard:?} is no shard"))?;
        if *whole.get_or_insert(of) != of {
            return Err(format!("{name} is a shard of {of}, another is not"));
        }
        if !parts.insert(part) {
            return Err(format!("{name}: shard {shard} is there twice"));
        }
    }
    let of = whole.unwrap_or(1);
    match (1..=of).find(|part| !parts.contains(part)) {
        Some(missing) => Err(format!("shard {missing}/{of} is missing")),
        None => Ok(()),
    }
}
