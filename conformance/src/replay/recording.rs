//! Recordings as files: one exchange each, with what the recorder kept of it.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::cassette;
use super::error::RecordingError;
use crate::case::{Asked, Body, HeaderChange};
use crate::spanned::Diagnostic;

/// Extensions of a recording's file.
const SUFFIXES: &[&str] = &["json", "yaml", "yml"];
/// Depth to which folders are searched.
const NESTED: u8 = 16;

/// One recorded exchange.
#[derive(Debug, Clone)]
pub struct Recording {
    /// `replay/` and the file's name without suffix; its number follows where a file holds several.
    pub id: String,
    /// The file.
    pub file: String,
    /// Who recorded it.
    pub source: String,
    /// The day of the answer, where its date was kept.
    pub date: Option<String>,
    /// Why it cannot be compared, if it cannot.
    pub skip: Option<String>,
    /// The requested service.
    pub service: String,
    /// The requested host.
    pub host: String,
    /// The request.
    pub asked: Asked,
    /// The request headers that change the answer.
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

/// Reads every recording below a folder, or of one file: files of one exchange, and cassettes of
/// vcrpy, VCR and nock, as JSON or YAML.
///
/// Also returns what is wrong with files that are not recordings; they do not stop the others.
///
/// # Errors
/// When the folder cannot be read.
pub fn load(folder: &Path) -> Result<(Vec<Recording>, Vec<Diagnostic>), Diagnostic> {
    let mut paths = Vec::new();
    collect(folder, &mut paths, NESTED)?;
    paths.sort();
    let mut recordings = Vec::new();
    let mut faults = Vec::new();
    for path in paths {
        let file = path.display().to_string();
        let inside = path.strip_prefix(folder).unwrap_or(&path);
        let inside = if inside.as_os_str().is_empty() {
            path.as_path()
        } else {
            inside
        };
        let stem = inside.with_extension("").to_string_lossy().into_owned();
        match parse(&path).and_then(|value| read_all(&stem, &file, &value)) {
            Ok(read) => recordings.extend(read),
            Err(error) => faults.push(Diagnostic::whole(&file, error.to_string())),
        }
    }
    Ok((recordings, faults))
}

fn collect(at: &Path, paths: &mut Vec<PathBuf>, depth: u8) -> Result<(), Diagnostic> {
    let unreadable =
        |error: std::io::Error| Diagnostic::whole(&at.display().to_string(), error.to_string());
    if at.is_file() {
        let kind = at.extension().and_then(|kind| kind.to_str());
        if kind.is_some_and(|kind| SUFFIXES.contains(&kind)) {
            paths.push(at.to_owned());
        }
        return Ok(());
    }
    for entry in fs::read_dir(at).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_file() || depth > 0 {
            collect(&path, paths, depth.saturating_sub(1))?;
        }
    }
    Ok(())
}

fn parse(path: &Path) -> Result<Value, RecordingError> {
    let bytes = fs::read(path)?;
    if bytes.len() > cassette::LARGEST {
        return Err(RecordingError::TooLarge {
            limit: cassette::LARGEST,
        });
    }
    let text = String::from_utf8(bytes)?;
    match path.extension().is_some_and(|kind| kind == "json") {
        true => Ok(serde_json::from_str(&text)?),
        false => cassette::read_yaml(&text),
    }
}

/// Returns the recording in a file, or all exchanges of a cassette.
fn read_all(stem: &str, file: &str, value: &Value) -> Result<Vec<Recording>, RecordingError> {
    let Some(exchanges) = cassette::exchanges(value) else {
        return read(stem, file, value).map(|one| vec![one]);
    };
    exchanges?
        .iter()
        .enumerate()
        .map(|(n, one)| {
            read(&format!("{stem}/{n}"), file, one).map_err(|source| RecordingError::InExchange {
                number: n,
                source: Box::new(source),
            })
        })
        .collect()
}

fn read(stem: &str, file: &str, value: &Value) -> Result<Recording, RecordingError> {
    for name in ["request", "response"] {
        if !value[name].is_object() {
            return Err(RecordingError::Missing(name));
        }
    }
    let wrong = |member, expected| RecordingError::Invalid { member, expected };
    let base64 = |text: &str, member| {
        STANDARD
            .decode(text)
            .map_err(|source| RecordingError::NotBase64 { member, source })
    };
    let (request, response) = (&value["request"], &value["response"]);
    let fidelity = |name: &str| value["fidelity"][name].as_str().unwrap_or_default();
    let host = request["host"].as_str().unwrap_or("bedrock-runtime");
    let service = if host.starts_with("bedrock.") {
        "bedrock"
    } else {
        "bedrock-runtime"
    };
    let status = response["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok())
        .ok_or_else(|| wrong("response.status", "the number of a status"))?;
    let body = &request["body"];
    let sent = match (request["body_encoding"].as_str(), body) {
        (_, Value::Null) => Body::None,
        (Some("base64"), Value::String(text)) => Body::Bytes(base64(text, "request.body")?),
        (_, Value::String(text)) => Body::Text(text.clone()),
        (_, other) => Body::Bytes(other.to_string().into_bytes()),
    };
    let answer_headers = pairs(&response["headers"])
        .ok_or_else(|| wrong("response.headers", "a list of pairs of texts"))?;
    let skip = if host.contains("mantle") {
        Some("another service (bedrock-mantle)")
    } else if !host.starts_with("bedrock") {
        Some("a request to another service")
    } else if answer_headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("content-encoding"))
    {
        Some("the recorded answer is compressed")
    } else if matches!(status, 403 | 503) {
        Some("a refusal because of credentials or load, which cannot be requested")
    } else if request["method"] == "POST" && body.is_null() {
        Some("the recorder lost the request's body")
    } else {
        None
    };
    let date = answer_headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("date"))
        .and_then(|(_, value)| day(value));
    let answer = match (response["body_encoding"].as_str(), &response["body"]) {
        (Some("base64"), Value::String(text)) => base64(text, "response.body")?,
        _ => match (response["body_text"].as_str(), &response["body"]) {
            (Some(text), _) => text.as_bytes().to_vec(),
            (None, Value::String(text)) => text.as_bytes().to_vec(),
            (None, other) => other.to_string().into_bytes(),
        },
    };
    let mut headers: Vec<_> = pairs(&request["headers"])
        .ok_or_else(|| wrong("request.headers", "a list of pairs of texts"))?
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
    let text = |name: &str, member| {
        request[name]
            .as_str()
            .ok_or_else(|| wrong(member, "a text"))
    };
    Ok(Recording {
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
            method: text("method", "request.method")?.to_owned(),
            // A `${` in a recorded path is not a placeholder.
            target: text("path", "request.path")?.replace("${", "$${"),
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

/// Converts `Sat, 19 Sep 2026 09:24:35 GMT` to `2026-09-19`.
fn day(text: &str) -> Option<String> {
    time::OffsetDateTime::parse(
        &text.replace("GMT", "+0000"),
        &time::format_description::well_known::Rfc2822,
    )
    .ok()
    .map(|at| at.date().to_string())
}
