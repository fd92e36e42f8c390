//! Recordings as files: one exchange each, with what the recorder kept of it.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::case::{Asked, Body, HeaderChange};
use crate::located::Fault;

/// One recorded exchange.
#[derive(Debug, Clone)]
pub struct Recording {
    /// `replay/` and the file's name without suffix.
    pub id: String,
    /// The file.
    pub file: String,
    /// Who recorded it.
    pub source: String,
    /// The day of the answer, where its date was kept.
    pub date: Option<String>,
    /// Why it cannot be compared, if so.
    pub skip: Option<String>,
    /// The service that was asked.
    pub service: String,
    /// The host that was asked.
    pub host: String,
    /// The request.
    pub asked: Asked,
    /// Those of its headers that change the answer.
    pub headers: Vec<(String, HeaderChange)>,
    /// Status of the answer.
    pub status: u16,
    /// Headers of the answer, as the recorder kept them.
    pub answer_headers: Vec<(String, String)>,
    /// Whether their order is the wire's.
    pub keeps_order: bool,
    /// Whether their case is the wire's.
    pub keeps_case: bool,
    /// The answer's body.
    pub body: Vec<u8>,
    /// Whether the body's members are in the wire's order.
    pub exact: bool,
}

/// Reads every recording of a folder.
///
/// # Errors
/// The files that are none.
pub fn load(folder: &Path) -> Result<Vec<Recording>, Vec<Fault>> {
    let name = folder.display().to_string();
    let unreadable = |error: std::io::Error| vec![Fault::whole(&name, error.to_string())];
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            paths.push(path);
        }
    }
    paths.sort();
    let mut recordings = Vec::new();
    let mut faults = Vec::new();
    for path in paths {
        let file = path.display().to_string();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let read = fs::read_to_string(&path)
            .map_err(|error| error.to_string())
            .and_then(|text| {
                serde_json::from_str::<Value>(&text).map_err(|error| error.to_string())
            })
            .and_then(|value| {
                read(&stem, &file, &value)
                    .ok_or_else(|| "it is no recording: request and response are needed".to_owned())
            });
        match read {
            Ok(recording) => recordings.push(recording),
            Err(why) => faults.push(Fault::whole(&file, why)),
        }
    }
    if faults.is_empty() {
        Ok(recordings)
    } else {
        Err(faults)
    }
}

fn read(stem: &str, file: &str, value: &Value) -> Option<Recording> {
    let (request, response) = (&value["request"], &value["response"]);
    let fidelity = |name: &str| value["fidelity"][name].as_str().unwrap_or_default();
    let host = request["host"].as_str().unwrap_or("bedrock-runtime");
    let service = if host.starts_with("bedrock.") {
        "bedrock"
    } else {
        "bedrock-runtime"
    };
    let status = u16::try_from(response["status"].as_u64()?).ok()?;
    let body = &request["body"];
    let sent = match (request["body_encoding"].as_str(), body) {
        (_, Value::Null) => Body::None,
        (Some("base64"), Value::String(text)) => Body::Bytes(STANDARD.decode(text).ok()?),
        (_, Value::String(text)) => Body::Text(text.clone()),
        (_, other) => Body::Bytes(other.to_string().into_bytes()),
    };
    let skip = if host.contains("mantle") {
        Some("another service (bedrock-mantle)")
    } else if matches!(status, 403 | 503) {
        Some("a refusal by credentials or load, which cannot be asked for")
    } else if request["method"] == "POST" && body.is_null() {
        Some("the recorder lost the request's body")
    } else {
        None
    };
    let answer_headers = pairs(&response["headers"])?;
    let date = answer_headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("date"))
        .and_then(|(_, value)| day(value));
    let answer = match (response["body_encoding"].as_str(), &response["body"]) {
        (Some("base64"), Value::String(text)) => STANDARD.decode(text).ok()?,
        _ => match (response["body_text"].as_str(), &response["body"]) {
            (Some(text), _) => text.as_bytes().to_vec(),
            (None, Value::String(text)) => text.as_bytes().to_vec(),
            (None, other) => other.to_string().into_bytes(),
        },
    };
    let mut headers: Vec<_> = pairs(&request["headers"])?
        .into_iter()
        .filter(|(name, _)| {
            let name = name.to_ascii_lowercase();
            name == "accept" || name.starts_with("x-amzn-bedrock-")
        })
        .map(|(name, value)| (name, HeaderChange::Set(vec![value])))
        .collect();
    if !matches!(sent, Body::None) {
        let kind = HeaderChange::Set(vec!["application/json".to_owned()]);
        headers.push(("Content-Type".to_owned(), kind));
    }
    Some(Recording {
        id: format!("replay/{}", stem.to_ascii_lowercase().replace('_', "-")),
        file: file.to_owned(),
        source: value["source"]["repo"]
            .as_str()
            .unwrap_or("somebody")
            .to_owned(),
        date,
        skip: skip.map(str::to_owned),
        service: service.to_owned(),
        host: host.to_owned(),
        asked: Asked::Raw {
            method: request["method"].as_str()?.to_owned(),
            // A `${` in a recorded path is no slot.
            target: request["path"].as_str()?.replace("${", "$${"),
            body: match sent {
                Body::Text(text) => Body::Bytes(text.into_bytes()),
                other => other,
            },
        },
        headers,
        status,
        answer_headers,
        keeps_order: fidelity("header_order") == "wire",
        keeps_case: fidelity("header_case") == "wire",
        body: answer,
        exact: fidelity("body") == "exact",
    })
}

fn pairs(value: &Value) -> Option<Vec<(String, String)>> {
    value
        .as_array()?
        .iter()
        .map(|pair| {
            let pair = pair.as_array()?;
            let text = |at: usize| pair.get(at)?.as_str().map(str::to_owned);
            Some((text(0)?, text(1)?))
        })
        .collect()
}

/// `Sat, 19 Sep 2026 09:24:35 GMT` → `2026-09-19`.
fn day(text: &str) -> Option<String> {
    time::OffsetDateTime::parse(
        &text.replace("GMT", "+0000"),
        &time::format_description::well_known::Rfc2822,
    )
    .ok()
    .map(|at| at.date().to_string())
}
