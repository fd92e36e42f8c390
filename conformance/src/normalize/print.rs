//! The text of a case's normalized exchanges, as snapshots keep it.
//!
//! JSON of two members: `headers` names each set of response headers once, `exchanges` has the exchanges in
//! their order, each with the name of its set. What fits into a line is on one line.
//!
//! ```json
//! {
//!   "headers": {"h1": ["Content-Type: application/json", "x-amzn-RequestId: <request-id:N>"]},
//!   "exchanges": [
//!     {"request": "GET /custom-models", "status": 404, "headers": "h1, N=1"},
//!     {"request": "GET /custom-models", "status": 404, "headers": "h1, N=2"}
//!   ]
//! }
//! ```
//!
//! Nothing is left out: exchanges that differ have different texts, in names, values and order of headers
//! too. A request id's number is beside the name of the set, because it is new in each exchange.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

/// Longest line, in characters, that holds more than one value.
const WIDTH: usize = 100;

const ID_START: &str = "<request-id:";
/// Takes the place of a request id's number in a named set of headers.
const ANY_ID: &str = "<request-id:N>";

/// Returns the text of the exchanges of one case, without a line feed at its end.
pub fn print(exchanges: &Value) -> String {
    let mut sets: Vec<Vec<String>> = Vec::new();
    let exchanges: Vec<Value> = exchanges
        .as_array()
        .into_iter()
        .flatten()
        .map(|exchange| with_named_headers(exchange, &mut sets))
        .collect();
    let named = sets
        .iter()
        .enumerate()
        .map(|(at, set)| (set_name(at), json!(set)));
    let named: Map<String, Value> = named.collect();
    let mut out = String::new();
    write_fitting(
        &mut out,
        &json!({"headers": named, "exchanges": exchanges}),
        0,
        0,
    );
    out
}

fn set_name(at: usize) -> String {
    format!("h{}", at + 1)
}

/// Replaces the headers of an exchange by the name of their set, which is added where it is new.
fn with_named_headers(exchange: &Value, sets: &mut Vec<Vec<String>>) -> Value {
    let Some((set, id)) = exchange["headers"].as_array().and_then(|all| set_of(all)) else {
        return exchange.clone();
    };
    let at = sets
        .iter()
        .position(|known| *known == set)
        .unwrap_or_else(|| {
            sets.push(set);
            sets.len() - 1
        });
    let mut named = exchange.clone();
    named["headers"] = match id {
        Some(id) => format!("{}, N={id}", set_name(at)).into(),
        None => set_name(at).into(),
    };
    named
}

/// Returns headers as `Name: value`, and the number of the request id in them where there is only one.
/// Returns `None` for what cannot be written so without loss.
fn set_of(headers: &[Value]) -> Option<(Vec<String>, Option<String>)> {
    let set: Vec<String> = headers
        .iter()
        .map(|pair| {
            let (name, value) = (pair[0].as_str()?, pair[1].as_str()?);
            (!name.contains(": ")).then(|| format!("{name}: {value}"))
        })
        .collect::<Option<_>>()?;
    let ids: BTreeSet<String> = set.iter().flat_map(|line| request_ids(line)).collect();
    // A header that has the placeholder itself would be read as one that has the number.
    let placeholder = set.iter().any(|line| line.contains(ANY_ID));
    let Some(id) = ids
        .first()
        .filter(|_| ids.len() == 1 && !placeholder)
        .cloned()
    else {
        return Some((set, None));
    };
    let written = format!("{ID_START}{id}>");
    let set = set
        .iter()
        .map(|line| line.replace(&written, ANY_ID))
        .collect();
    Some((set, Some(id)))
}

/// Returns the numbers of the request ids in a line.
fn request_ids(line: &str) -> impl Iterator<Item = String> {
    line.split(ID_START)
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .map(|(number, _)| number)
        .filter(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
        .map(str::to_owned)
}

/// Writes a value that begins at column `indent + before`: on one line where it fits, else one entry a line.
fn write_fitting(out: &mut String, value: &Value, indent: usize, before: usize) {
    let line = one_line(value);
    // The comma behind it counts too.
    let fits = indent + before + line.chars().count() < WIDTH;
    let step = indent + 2;
    match value {
        Value::Object(members) if !fits && !members.is_empty() => {
            out.push('{');
            for (at, (name, value)) in members.iter().enumerate() {
                let name = one_line(&json!(name));
                let _ = write!(out, "{}\n{:step$}{name}: ", comma(at), "");
                write_fitting(out, value, step, name.chars().count() + 2);
            }
            let _ = write!(out, "\n{:indent$}}}", "");
        }
        Value::Array(entries) if !fits && !entries.is_empty() => {
            out.push('[');
            for (at, value) in entries.iter().enumerate() {
                let _ = write!(out, "{}\n{:step$}", comma(at), "");
                write_fitting(out, value, step, 0);
            }
            let _ = write!(out, "\n{:indent$}]", "");
        }
        _ => out.push_str(&line),
    }
}

fn comma(at: usize) -> &'static str {
    match at {
        0 => "",
        _ => ",",
    }
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("{}: {}", json!(name), one_line(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(entries) => {
            let entries: Vec<String> = entries.iter().map(one_line).collect();
            format!("[{}]", entries.join(", "))
        }
        scalar => scalar.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::print;

    fn exchanges() -> Value {
        let headers = |id: &str| {
            json!([
                ["Date", "<date>"],
                ["Content-Type", "application/json"],
                ["x-amzn-RequestId", format!("<request-id:{id}>")]
            ])
        };
        json!([
            {"request": "GET /a", "status": 200, "headers": headers("1"), "body": {"list": [{}, [], null, 1.5, "ä\n\"", vec!["long"; 40]]}},
            {"request": "GET /b", "status": 404, "headers": headers("2"), "text": "<request-id:2>"},
            {"request": "GET /c", "status": 404, "headers": []},
            {"request": "GET /d", "status": 404, "headers": [["A", "<request-id:N>"], ["B", "<request-id:1>"]]},
            {"request": "GET /e", "status": 404, "headers": [["A", "<request-id:3> <request-id:4>"]]},
            {"request": "GET /f", "status": 404, "headers": [["A", "<request-id:N>"]]},
            {"request": "GET /g", "status": 404, "headers": [["A", "<request-id:5>"]]},
        ])
    }

    /// Puts the headers back into the exchanges of a printed text.
    fn read(text: &str) -> Value {
        let read: Value = serde_json::from_str(text).expect("JSON");
        let mut exchanges = read["exchanges"].clone();
        for exchange in exchanges.as_array_mut().expect("a list") {
            let named = exchange["headers"].as_str().expect("a name");
            let (set, id) = match named.split_once(", N=") {
                Some((set, id)) => (set, format!("<request-id:{id}>")),
                None => (named, "<request-id:N>".to_owned()),
            };
            let lines = read["headers"][set].as_array().expect("a set");
            let pairs = lines.iter().map(|line| {
                let line = line.as_str().expect("a text");
                let (name, value) = line.split_once(": ").expect("a header");
                json!([name, value.replace("<request-id:N>", &id)])
            });
            exchange["headers"] = pairs.collect();
        }
        exchanges
    }

    #[test]
    fn the_text_has_everything_in_its_order() {
        let text = print(&exchanges());
        assert_eq!(read(&text).to_string(), exchanges().to_string(), "{text}");
    }

    #[test]
    fn headers_that_differ_in_the_request_id_alone_are_printed_once() {
        let text = print(&exchanges());
        assert_eq!(text.matches("Content-Type").count(), 1, "{text}");
    }

    #[rstest]
    #[case::name(r#"["Date","<date>"]"#, r#"["date","<date>"]"#)]
    #[case::value(r#""application/json""#, r#""text/json""#)]
    #[case::order(
        r#"["Date","<date>"],["Content-Type","application/json"]"#,
        r#"["Content-Type","application/json"],["Date","<date>"]"#
    )]
    #[case::one_less(r#"["Date","<date>"],"#, "")]
    #[case::twice(r#"["Date","<date>"]"#, r#"["Date","<date>"],["Date","<date>"]"#)]
    #[case::id(
        r#"["x-amzn-RequestId","<request-id:2>"]"#,
        r#"["x-amzn-RequestId","<request-id:1>"]"#
    )]
    #[case::white_space(r#""<date>""#, r#""<date> ""#)]
    fn another_header_is_another_text(#[case] one: &str, #[case] other: &str) {
        let before = exchanges().to_string();
        assert!(before.contains(one), "{before}");
        let after: Value = serde_json::from_str(&before.replacen(one, other, 1)).expect("JSON");
        assert_ne!(print(&exchanges()), print(&after));
    }
}
