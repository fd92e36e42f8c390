//! A scripted reply: a Converse response in the service's own member names, so that a recorded one
//! can be pasted in, or the shorter forms `{"text": …}` and `{"content": […]}`.

use serde_json::{Map, Value, json};

use super::node::{Node, Problem, Problems, Read, shown};
use super::{reply_shapes, template};
use crate::behaviour::{
    Block, Cited, Reasoning, Reply, ScriptedFields, ServerResult, StopReason, ToolUse, Usage,
};
use crate::model::{Model, check};

/// Members of a reply that say what the model says.
pub const MEMBERS: &[&str] = &[
    "text",
    "content",
    "output",
    "stopReason",
    "usage",
    "metrics",
    "trace",
    "additionalModelResponseFields",
    "performanceConfig",
    "serviceTier",
];

/// What SDKs put beside the members of an answer, so that an answer pastes in as they give it.
pub const IGNORED: &[&str] = &["ResponseMetadata", "$metadata"];

/// What a reply claims to have taken where it does not say, ms.
const LATENCY_MS: u64 = 412;

/// Most that a token count may be: the service's counts have 32 bits.
const COUNTS: u64 = i32::MAX as u64;
/// Longest latency that a reply may claim, ms.
const LATENCIES: u64 = 1_000_000_000;

/// Members of `usage` that are counts.
pub const COUNTED: &[&str] = &[
    "inputTokens",
    "outputTokens",
    "totalTokens",
    "cacheReadInputTokens",
    "cacheWriteInputTokens",
    "cacheReadInputTokenCount",
    "cacheWriteInputTokenCount",
];

/// Reads what the model says; its token counts are zero where the script says none. Fails on whatever
/// does not fit the shape of a Converse answer, though not on values that no service sends yet.
pub fn read(node: &Node<'_>, runtime: &Model) -> Result<Reply, Vec<Problem>> {
    let written = content(node).map_err(|p| vec![p])?;
    let mut problems = Problems::default();
    problems.0.extend(outline(node));
    let mut blocks = Vec::with_capacity(written.len());
    let mut reply = Reply::new(
        Vec::new(),
        StopReason::EndTurn,
        Usage::default(),
        LATENCY_MS,
    );
    for (at, entry) in written.iter().enumerate() {
        let Some((whole, pieces)) = problems.keep(without_chunks(entry, at)) else {
            continue;
        };
        if let Some(pieces) = pieces {
            reply.pieces.insert(at, pieces);
        }
        blocks.push(whole);
    }
    // Which block a misfit is in can be told only while all of them are there.
    if problems.0.is_empty() {
        problems.0.extend(misfits(node, &written, &blocks, runtime));
        let shape = runtime.shape_id("ContentBlock");
        let blobs = |(block, shape)| reply_shapes::blobs(runtime, shape, block);
        problems.0.extend(
            written
                .iter()
                .zip(shape.into_iter().cycle())
                .flat_map(blobs),
        );
    }
    if !problems.0.is_empty() {
        return Err(problems.0);
    }
    reply.blocks = blocks.iter().map(read_block).collect();
    let asks = |b: &Block| matches!(b, Block::ToolUse(tool) if !tool.server);
    if reply.blocks.iter().any(asks) {
        reply.stop = StopReason::ToolUse;
    }
    if let Some(stop) = node.value.get("stopReason").and_then(Value::as_str) {
        reply.stop = StopReason::of_word(stop);
    }
    if let Some(latency) = node.value.pointer("/metrics/latencyMs") {
        reply.latency_ms = latency.as_u64().unwrap_or(LATENCY_MS);
    }
    let given = |name: &str| node.at(name).map(|n| n.value.clone());
    reply.scripted = Some(Box::new(ScriptedFields {
        usage: given("usage"),
        trace: given("trace"),
        additional: given("additionalModelResponseFields"),
        performance: given("performanceConfig"),
        tier: given("serviceTier"),
    }));
    Ok(reply)
}

/// The content blocks, wherever the reply has them.
pub fn content<'a>(node: &Node<'a>) -> Read<Vec<Node<'a>>> {
    let written = [node.at("text"), node.at("content"), node.at("output")];
    if written.iter().flatten().count() != 1 {
        return Err(node.wrong(
            "a reply says what the model says in one of text, content, output; or it has raw or a fault",
        ));
    }
    if let Some(text) = node.at("text") {
        text.text("text")?;
        return Ok(vec![text]);
    }
    if let Some(list) = node.at("content") {
        return list.list("content");
    }
    let Some(output) = node.at("output") else {
        return Ok(Vec::new());
    };
    output.object("output", &["message"])?;
    let Some(message) = output.at("message") else {
        return Err(output.wrong("output holds message, and that holds content"));
    };
    message.object("message", &["role", "content"])?;
    if let Some(role) = message.at("role") {
        role.text("role")?;
    }
    match message.at("content") {
        Some(list) => list.list("content"),
        None => Err(message.wrong("message holds content, a list of content blocks")),
    }
}

/// What the service model does not say of the members beside the content.
fn outline(node: &Node<'_>) -> Vec<Problem> {
    let mut problems = Problems::default();
    if let Some(stop) = node.at("stopReason") {
        problems.keep(stop.text("stopReason"));
    }
    if let Some(usage) = node.at("usage") {
        let mut known = COUNTED.to_vec();
        known.extend(["cacheDetails", "serverToolUsage"]);
        problems.keep(usage.object("usage", &known));
        for name in COUNTED {
            if let Some(count) = usage.at(name) {
                problems.keep(count.number(name, 0, COUNTS));
            }
        }
    }
    if let Some(metrics) = node.at("metrics") {
        problems.keep(metrics.object("metrics", &["latencyMs"]));
        if let Some(latency) = metrics.at("latencyMs") {
            problems.keep(latency.number("latencyMs", 0, LATENCIES));
        }
    }
    problems.0
}

/// A block without the mock's own `chunks`, and the chunks.
fn without_chunks(node: &Node<'_>, at: usize) -> Read<(Value, Option<Vec<String>>)> {
    if node.value.is_string() {
        return Ok((json!({ "text": node.value }), None));
    }
    let mut block = node.any_object("a content block")?.clone();
    if let Some(null) = block.iter().find_map(|(n, v)| v.is_null().then_some(n)) {
        return Err(node.wrong(format!("{null} is null: leave it out instead")));
    }
    // The overlay lets the padding of events pass everywhere; here it would be taken for a kind.
    let padded = PADDED.iter().filter_map(|at| node.value.pointer(at));
    if padded.into_iter().any(|inner| inner.get("p").is_some()) {
        return Err(node.wrong("p pads events, no content block has it: leave it out"));
    }
    block.remove("chunks");
    let chunks = match node.at("chunks") {
        None => None,
        Some(list) => {
            let texts = list.list("chunks")?;
            let texts: Read<Vec<String>> = texts
                .iter()
                .map(|t| t.text("a chunk").map(Into::into))
                .collect();
            Some((list, texts?))
        }
    };
    if let Some((list, texts)) = &chunks {
        declared(&mut block, list, texts)?;
    }
    if let Some(Value::Object(tool)) = block.get_mut("toolUse") {
        // The mock makes an id where the script has none; this one only stands in for it.
        tool.entry("toolUseId")
            .or_insert_with(|| format!("{MINTED}{at}").into());
        tool.entry("input").or_insert_with(|| json!({}));
    }
    Ok((Value::Object(block), chunks.map(|(_, texts)| texts)))
}

/// Objects of a block that are no user's own JSON.
const PADDED: &[&str] = &[
    "",
    "/toolUse",
    "/reasoningContent",
    "/reasoningContent/reasoningText",
    "/citationsContent",
];

/// Stands in for an id that the mock makes.
const MINTED: &str = "tooluse_minted-by-the-mock-";

/// Holds declared chunks against the block, and fills in what the block leaves to them.
fn declared(block: &mut Map<String, Value>, list: &Node<'_>, pieces: &[String]) -> Read<()> {
    let joined = pieces.concat();
    if template::names(&joined).count() != pieces.iter().flat_map(|p| template::names(p)).count() {
        return Err(list.wrong("a template stands in one chunk, none is cut in two"));
    }
    if let Some(Value::Object(tool)) = block.get_mut("toolUse") {
        if !tool.contains_key("input") {
            let input = if joined.is_empty() {
                Ok(json!({}))
            } else {
                serde_json::from_str(&joined)
            };
            let input: Value = input.map_err(|e| {
                list.wrong(format!(
                    "the chunks do not join to JSON ({e}); give input too, for answers that are not streamed"
                ))
            })?;
            tool.insert("input".into(), input);
        }
        return Ok(());
    }
    let text = |pointer: &str| {
        let text = block.values().next()?.pointer(pointer)?.as_str()?;
        Some(text.to_owned())
    };
    let said = match block.keys().next().map(String::as_str) {
        None => {
            block.insert("text".into(), joined.into());
            return Ok(());
        }
        Some("text") => text(""),
        Some("reasoningContent") => text("/reasoningText/text"),
        Some("citationsContent") => text("/content/0/text"),
        Some(_) => None,
    };
    match said {
        Some(text) if text == joined => Ok(()),
        Some(text) => Err(list.wrong(format!(
            "the chunks join to {}, the block says {}; they must be equal",
            shown(&joined.into()),
            shown(&text.into())
        ))),
        None => Err(list.wrong("only text, reasoning, cited text and toolUse are told in chunks")),
    }
}

/// Everything in which the reply does not fit the shape of a Converse answer.
fn misfits(
    node: &Node<'_>,
    written: &[Node<'_>],
    blocks: &[Value],
    runtime: &Model,
) -> Vec<Problem> {
    let Some(operation) = runtime.operation("Converse") else {
        return Vec::new();
    };
    let mut body = json!({
        "output": { "message": { "role": "assistant", "content": blocks } },
        "stopReason": "end_turn",
        "usage": { "inputTokens": 0, "outputTokens": 0, "totalTokens": 0 },
        "metrics": { "latencyMs": 0 },
    });
    for name in MEMBERS
        .iter()
        .filter(|n| !["text", "content", "output"].contains(n))
    {
        let Some(given) = node.at(name) else { continue };
        match (body.get_mut(*name), given.value) {
            // A script may give some of the counts; the mock counts the rest.
            (Some(Value::Object(all)), Value::Object(some)) => all.extend(some.clone()),
            _ => body[*name] = given.value.clone(),
        }
    }
    let problem = |found: String| {
        let (path, why) = found.split_once(": ").unwrap_or((&found, "does not fit"));
        let (pointer, said) = place(node, written, path);
        let strange = why.strip_suffix(" has no such member");
        let name = path.rsplit(['.', ']']).next().unwrap_or_default();
        let meant = strange.and_then(|shape| reply_shapes::meant(runtime, shape, name));
        Problem {
            pointer,
            message: format!("{said}: {why}{}", meant.unwrap_or_default()),
        }
    };
    let found = check::output(runtime, operation, &body);
    found.into_iter().map(problem).collect()
}

/// Where a path such as `$.output.message.content[1].text` stands in the script.
fn place(node: &Node<'_>, written: &[Node<'_>], path: &str) -> (String, String) {
    let pointer = path
        .trim_start_matches('$')
        .replace(['.', '['], "/")
        .replace(']', "");
    let said = pointer.trim_start_matches('/').replace('/', ".");
    match pointer.strip_prefix("/output/message/content/") {
        Some(rest) => {
            let (at, rest) = rest.split_once('/').unwrap_or((rest, ""));
            let block = at.parse::<usize>().ok().and_then(|at| written.get(at));
            let start = block.map_or(node.pointer.as_str(), |b| b.pointer.as_str());
            (format!("{start}/{rest}"), said)
        }
        None => (format!("{}{pointer}", node.pointer), said),
    }
}

/// A block that fits its shape.
fn read_block(block: &Value) -> Block {
    let Some((kind, value)) = block.as_object().and_then(|b| b.iter().next()) else {
        return Block::Text(String::new());
    };
    let text = |pointer: &str| {
        value
            .pointer(pointer)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let list = |name: &str| {
        value
            .get(name)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    match kind.as_str() {
        "text" => Block::Text(value.as_str().unwrap_or_default().into()),
        "toolUse" => Block::ToolUse(ToolUse {
            seed: 0,
            id: text("/toolUseId").filter(|id| !id.starts_with(MINTED)),
            name: text("/name").unwrap_or_default(),
            input: value.get("input").cloned().unwrap_or_else(|| json!({})),
            server: text("/type").as_deref() == Some("server_tool_use"),
        }),
        "toolResult" => Block::ServerResult(ServerResult {
            seed: 0,
            id: text("/toolUseId"),
            kind: text("/type"),
            status: text("/status"),
            content: list("content"),
        }),
        "reasoningContent" => Block::Reasoning(match text("/redactedContent") {
            Some(data) => Reasoning::Redacted(data),
            None => Reasoning::Text {
                text: text("/reasoningText/text").unwrap_or_default(),
                signature: text("/reasoningText/signature"),
            },
        }),
        "citationsContent" => {
            let content = list("content");
            let texts = content.iter().filter_map(|c| c.get("text")?.as_str());
            Block::Cited(Cited {
                text: value.get("content").map(|_| texts.collect()),
                citations: list("citations"),
            })
        }
        _ => Block::Passthrough {
            kind: kind.clone(),
            value: value.clone(),
        },
    }
}
