//! vcrpy and Ruby's VCR: nearly the same form. Both keep headers as a map, whose order and often case are
//! not the wire's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{BINARY, Parts, address};

/// Says what it lacks.
pub(super) fn exchange(value: &Value) -> Result<Value, &'static str> {
    let (request, response) = (&value["request"], &value["response"]);
    let (host, path) = request["uri"]
        .as_str()
        .and_then(address)
        .ok_or("request.uri, an address with ://")?;
    // vcrpy writes {code, message}, its older versions the number alone.
    let status = &response["status"];
    let parts = Parts {
        method: request["method"].as_str().ok_or("request.method")?,
        host,
        path,
        sent: headers(&request["headers"]).ok_or("map of request.headers")?,
        body: bytes(&request["body"]).ok_or("request.body that can be read")?,
        status: status["code"]
            .as_u64()
            .or_else(|| status.as_u64())
            .ok_or("response.status, a number or {code}")?,
        headers: headers(&response["headers"]).ok_or("map of response.headers")?,
        answer: bytes(&response["body"]).ok_or("response.body that can be read")?,
        wire: false,
    };
    Ok(parts.recording(match value.get("recorded_at") {
        Some(_) => "a cassette of VCR",
        None => "a cassette of vcrpy",
    }))
}

/// Names with one value or a list of them.
fn headers(value: &Value) -> Option<Vec<(String, String)>> {
    let mut out = Vec::new();
    for (name, values) in value.as_object()? {
        match values {
            Value::Array(all) => out.extend(all.iter().map(|one| (name.clone(), text(one)))),
            one => out.push((name.clone(), text(one))),
        }
    }
    Some(out)
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => String::from_utf8(bytes(other).unwrap_or_default())
            .ok()
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| other.to_string()),
    }
}

/// A body: text, bytes, or an object that holds either.
fn bytes(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::String(text) => Some(text.clone().into_bytes()),
        Value::Object(members) => {
            let encoded = members.get(BINARY).or_else(|| members.get("base64_string"));
            if let Some(encoded) = encoded {
                let mut text = encoded.as_str()?.to_owned();
                text.retain(|c| !c.is_ascii_whitespace());
                return STANDARD.decode(text).ok();
            }
            bytes(members.get("string")?)
        }
        _ => None,
    }
}
