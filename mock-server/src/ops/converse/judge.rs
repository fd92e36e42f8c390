//! What the service says of a conversation that fits the model and still makes no sense.
//!
//! One rule, one function; the first that is broken answers. Texts and their sources are rows of
//! `fixtures/errors/runtime.json`; which model refuses what is catalogue data (`refuses`).

use std::collections::HashSet;

use base64::Engine as _;
use serde_json::{Map, Value};

use crate::state::catalogue::{Family, ModelEntry};
use crate::wire::ApiError;

/// Most documents in a request (aws-samples/generative-ai-use-cases#1685).
const MOST_DOCUMENTS: usize = 5;
/// Most images in a request (the service's documentation).
const MOST_IMAGES: usize = 20;

/// What a request is judged by.
pub(super) struct Case<'a> {
    pub(super) input: &'a Map<String, Value>,
    pub(super) family: &'a Family,
    pub(super) entry: Option<&'a ModelEntry>,
    pub(super) stream: bool,
}

/// The first rule that a request breaks.
pub(super) fn judge(case: &Case<'_>) -> Result<(), ApiError> {
    let messages = list(case.input.get("messages"));
    roles_alternate(messages)?;
    tool_blocks_need_tools(case.input, messages)?;
    results_fit_uses(messages)?;
    json_is_an_object(case.input, messages)?;
    documents(messages)?;
    images(messages)?;
    capabilities(case, messages)
}

fn roles_alternate(messages: &[Value]) -> Result<(), ApiError> {
    let spoken: Vec<&str> = messages
        .iter()
        .filter_map(|m| m.get("role")?.as_str())
        .filter(|r| *r != "system")
        .collect();
    match spoken.windows(2).any(|pair| pair[0] == pair[1]) {
        true => Err(ApiError::row("runtime.roles-alternate")),
        false => Ok(()),
    }
}

fn tool_blocks_need_tools(input: &Map<String, Value>, messages: &[Value]) -> Result<(), ApiError> {
    let used = blocks(messages)
        .any(|(_, _, b)| b.get("toolUse").is_some() || b.get("toolResult").is_some());
    match used && input.get("toolConfig").is_none() {
        true => Err(ApiError::row("runtime.tool-config-missing")),
        false => Ok(()),
    }
}

/// Every use is answered in the next message, all of a turn's in one, and nothing else is.
fn results_fit_uses(messages: &[Value]) -> Result<(), ApiError> {
    let ids = |message: &Value, kind: &str| -> Vec<String> {
        let id = |b: &Value| Some(b.get(kind)?.get("toolUseId")?.as_str()?.to_owned());
        list(message.get("content")).iter().filter_map(id).collect()
    };
    for (i, message) in messages.iter().enumerate() {
        let results = ids(message, "toolResult");
        let asked = i
            .checked_sub(1)
            .map(|before| ids(&messages[before], "toolUse"))
            .unwrap_or_default();
        if results.len() > asked.len() {
            return Err(ApiError::row("runtime.tool-results-exceed").with("index", &i.to_string()));
        }
        let missing: Vec<String> = asked
            .into_iter()
            .filter(|id| !results.contains(id))
            .collect();
        if !missing.is_empty() {
            return Err(ApiError::row("runtime.tool-results-missing")
                .with("index", &i.to_string())
                .with("ids", &missing.join(", ")));
        }
    }
    Ok(())
}

/// Free-form JSON that must be an object all the same.
fn json_is_an_object(input: &Map<String, Value>, messages: &[Value]) -> Result<(), ApiError> {
    let invalid =
        |path: String| Err(ApiError::row("runtime.not-a-json-object").with("path", &path));
    for (i, tool) in list(input.get("toolConfig").and_then(|t| t.get("tools")))
        .iter()
        .enumerate()
    {
        let Some(schema) = tool.pointer("/toolSpec/inputSchema/json") else {
            continue;
        };
        let path = format!("toolConfig.tools.{i}.toolSpec.inputSchema.json");
        if !schema.is_object() {
            return invalid(path);
        }
        if schema.get("type").is_none_or(|t| t != "object") {
            return Err(ApiError::row("runtime.schema-not-object").with("path", &path));
        }
    }
    for (i, j, block) in blocks(messages) {
        if block
            .pointer("/toolUse/input")
            .is_some_and(|v| !v.is_object())
        {
            return invalid(format!("messages.{i}.content.{j}.toolUse.input"));
        }
        for (k, content) in list(block.pointer("/toolResult/content"))
            .iter()
            .enumerate()
        {
            if content.get("json").is_some_and(|v| !v.is_object()) {
                return invalid(format!(
                    "messages.{i}.content.{j}.toolResult.content.{k}.json"
                ));
            }
        }
    }
    Ok(())
}

/// At most five, with different names over the whole conversation, never without words.
fn documents(messages: &[Value]) -> Result<(), ApiError> {
    let mut names = HashSet::new();
    let mut count = 0;
    for (_, _, block) in blocks(messages) {
        let Some(document) = block.get("document") else {
            continue;
        };
        count += 1;
        if !names.insert(document.get("name").and_then(Value::as_str)) {
            return Err(ApiError::row("runtime.document-names"));
        }
    }
    if count > MOST_DOCUMENTS {
        return Err(ApiError::row("runtime.too-many-documents"));
    }
    for message in messages {
        let content = list(message.get("content"));
        let has = |kind: &str| content.iter().any(|b| b.get(kind).is_some());
        if has("document") && !has("text") {
            return Err(ApiError::row("runtime.document-without-text"));
        }
    }
    Ok(())
}

fn images(messages: &[Value]) -> Result<(), ApiError> {
    let count = blocks(messages)
        .filter(|(_, _, b)| b.get("image").is_some())
        .count();
    match count > MOST_IMAGES {
        true => Err(ApiError::row("runtime.too-many-images")),
        false => Ok(()),
    }
}

/// What the model does not take, by the names of `refuses` in the catalogue.
fn capabilities(case: &Case<'_>, messages: &[Value]) -> Result<(), ApiError> {
    let refuses = |what: &str| case.family.refuses.iter().any(|r| r == what);
    let field = |name: &str| Err(ApiError::row("runtime.field-unsupported").with("field", name));
    let config = |name: &str| {
        case.input
            .get("inferenceConfig")
            .and_then(|c| c.get(name))
            .is_some()
    };
    if refuses("system") && !list(case.input.get("system")).is_empty() {
        return Err(ApiError::row("runtime.system-unsupported"));
    }
    if let Some(tools) = case.input.get("toolConfig") {
        if refuses("tools") {
            return Err(ApiError::row("runtime.tools-unsupported"));
        }
        if refuses("streamingTools") && case.stream {
            return Err(ApiError::row("runtime.streaming-tools-unsupported"));
        }
        for choice in ["any", "tool"] {
            if refuses(&format!("toolChoice.{choice}"))
                && tools.pointer(&format!("/toolChoice/{choice}")).is_some()
            {
                return field(&format!("toolConfig.toolChoice.{choice}"));
            }
        }
    }
    for name in ["temperature", "topP", "stopSequences"] {
        if refuses(name) && config(name) {
            return field(name);
        }
    }
    for kind in ["image", "video", "document", "audio"] {
        // The catalogue's modalities say what a model sees; families may refuse more.
        let modality = match kind {
            "image" | "video" => Some(kind.to_uppercase()),
            _ => None,
        };
        let blind = case
            .entry
            .is_some_and(|e| modality.as_ref().is_some_and(|m| !e.input.contains(m)));
        if (blind || refuses(kind)) && blocks(messages).any(|(_, _, b)| b.get(kind).is_some()) {
            return Err(ApiError::row("runtime.content-unsupported").with("kind", kind));
        }
    }
    let s3 = messages.iter().any(|m| holds(m, "s3Location"));
    if refuses("s3Uri") && s3 {
        return field("s3Uri");
    }
    if refuses("signature") && messages.iter().any(|m| holds(m, "signature")) {
        return field("reasoningContent.reasoningText.signature");
    }
    Ok(())
}

fn blocks(messages: &[Value]) -> impl Iterator<Item = (usize, usize, &Value)> {
    messages.iter().enumerate().flat_map(|(i, m)| {
        list(m.get("content"))
            .iter()
            .enumerate()
            .map(move |(j, b)| (i, j, b))
    })
}

fn list(value: Option<&Value>) -> &[Value] {
    value
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// Whether a member of this name stands anywhere, but for free-form input of tools.
fn holds(value: &Value, name: &str) -> bool {
    match value {
        Value::Object(object) => object
            .iter()
            .any(|(k, v)| k == name || (k != "input" && k != "json" && holds(v, name))),
        Value::Array(entries) => entries.iter().any(|v| holds(v, name)),
        _ => false,
    }
}

/// Media type that the bytes of an image have and the one that its format promises, where they
/// differ. Only Nova looks, and in a stream it says so inside the stream (recorded).
pub(super) fn mistaken_image(case: &Case<'_>) -> Option<ApiError> {
    if case.family.family != "nova" {
        return None;
    }
    let messages = list(case.input.get("messages"));
    blocks(messages).find_map(|(_, _, block)| {
        let image = block.get("image")?;
        let expected = format!("image/{}", image.get("format")?.as_str()?);
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(image.pointer("/source/bytes")?.as_str()?)
            .ok()?;
        let detected = media_type(&bytes);
        (detected != expected).then(|| {
            ApiError::row("runtime.image-mistaken")
                .with("detected", detected)
                .with("expected", &expected)
        })
    })
}

fn media_type(bytes: &[u8]) -> &'static str {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => "image/webp",
        other if std::str::from_utf8(other).is_ok() => "text/plain",
        _ => "application/octet-stream",
    }
}
