//! Replies that the service could not have sent.

use std::collections::HashSet;

use serde_json::Value;

use super::Known;
use super::unreachable::only_streams;
use crate::model::{Kind, Model};
use crate::scenarios::clause::Clause;
use crate::scenarios::node::{Node, Problem};
use crate::scenarios::scenario::{Scenario, What};
use crate::scenarios::{reply, reply_shapes, template};

/// Kinds of content block that only requests hold, as the service's documentation uses them; the
/// service model has one union for both directions.
const ASKED: &[&str] = &[
    "audio",
    "cachePoint",
    "document",
    "guardContent",
    "searchResult",
    "toolAddition",
    "toolRemoval",
    "video",
];

pub(super) fn check(node: &Node<'_>, scenario: &Scenario, known: Known<'_>) -> Vec<Problem> {
    let Some(runtime) = known.models.first() else {
        return Vec::new();
    };
    let replies = node
        .at("reply")
        .map(|r| r.one_or_list())
        .unwrap_or_default();
    let case = Case {
        runtime,
        streams: only_streams(scenario, known),
        tools: scenario.matcher.clauses.iter().find_map(|c| match c {
            Clause::Tools(tools) => Some(tools.as_slice()),
            _ => None,
        }),
    };
    let mut found = Vec::new();
    for (reply, step) in replies.iter().zip(&scenario.steps) {
        if matches!(step.what, What::Reply { .. }) {
            case.reply(reply, &mut found);
        }
    }
    found
}

/// What a reply is judged by.
struct Case<'a> {
    runtime: &'a Model,
    streams: bool,
    tools: Option<&'a [String]>,
}

impl Case<'_> {
    fn reply(&self, node: &Node<'_>, found: &mut Vec<Problem>) {
        let blocks = reply::content(node).unwrap_or_default();
        if blocks.is_empty() {
            let at = node.at("content").unwrap_or_else(|| node.clone());
            found.push(at.wrong("the content is empty; an answer says something"));
        }
        for block in &blocks {
            self.block(block, found);
        }
        found.extend(twins(&blocks));
        for name in ["performanceConfig", "serviceTier"] {
            let said = node
                .at(name)
                .zip(reply_shapes::shape_of(self.runtime, name));
            found.extend(
                said.into_iter()
                    .flat_map(|(said, shape)| reply_shapes::words(self.runtime, shape, &said)),
            );
        }
        for name in ["text", "content", "output"] {
            found.extend(node.at(name).and_then(|said| unclosed(&said)));
        }
        self.stop(node, &blocks, found);
        found.extend(role(node));
        found.extend(counts(node));
    }

    fn block(&self, node: &Node<'_>, found: &mut Vec<Problem>) {
        let members = node.value.as_object().into_iter().flatten();
        let Some((kind, _)) = members.into_iter().find(|(name, _)| *name != "chunks") else {
            return;
        };
        if ASKED.contains(&kind.as_str()) {
            found.push(node.wrong(format!("{kind} is for requests; no model answers with it")));
        } else if self.streams && !streamed(self.runtime, kind) {
            found.push(node.wrong(format!(
                "streams have no form for {kind}, so this block is left out of them"
            )));
        }
        let text = node.at("text");
        if let Some(text) = text.filter(|text| text.value == "") {
            found.push(text.wrong("the text is empty; a model leaves such a block out"));
        }
        let Some(tool) = node.at("toolUse") else {
            return;
        };
        if let Some(id) = tool.at("toolUseId")
            && let Some(why) = breaks(self.runtime, "ToolUseId", &id)
        {
            found.push(id.wrong(format!("no tool use has this id: {why}")));
        }
        if let Some(input) = tool.at("input").filter(|input| !input.value.is_object()) {
            found.push(input.wrong("the input of a tool is an object; clients read members of it"));
        }
        let Some(name) = tool.at("name") else {
            return;
        };
        if let Some(why) = breaks(self.runtime, "ToolName", &name) {
            found.push(name.wrong(format!("no tool has this name: {why}")));
        } else if let (Some(tools), Some(text)) = (self.tools, name.value.as_str())
            && tool
                .value
                .get("type")
                .is_none_or(|t| t != "server_tool_use")
            && !tools.iter().any(|t| t == text)
        {
            found.push(name.wrong(format!(
                "{text:?} is not among the tools of match ({}); a model asks for what it is offered",
                tools.join(", ")
            )));
        }
    }

    fn stop(&self, node: &Node<'_>, blocks: &[Node<'_>], found: &mut Vec<Problem>) {
        let Some(stop) = node.at("stopReason") else {
            return;
        };
        let word = stop.value.as_str().unwrap_or_default();
        let known = self
            .runtime
            .shape_id("StopReason")
            .map(|s| self.runtime.shape(s));
        let Some(Kind::String { values, .. }) = known.map(|s| &s.kind) else {
            return;
        };
        if !values.iter().any(|v| **v == *word) {
            found.push(stop.wrong(format!(
                "the service model has no stop reason {word:?}; there are {}",
                values.join(", ")
            )));
        }
        let calls = blocks.iter().any(|b| {
            let tool = b.value.get("toolUse");
            tool.is_some_and(|t| t.get("type").is_none_or(|t| t != "server_tool_use"))
        });
        match word {
            "tool_use" if !calls => found.push(stop.wrong(
                "the content asks for no tool; add a toolUse block, or say end_turn",
            )),
            "end_turn" | "stop_sequence" if calls => found.push(stop.wrong(
                "the content asks for a tool, so the model stops with tool_use; leave stopReason out",
            )),
            _ => {}
        }
    }
}

/// Requests for tools whose id an earlier one has.
fn twins(blocks: &[Node<'_>]) -> Vec<Problem> {
    let mut seen = HashSet::new();
    let ids = blocks
        .iter()
        .filter_map(|b| b.at("toolUse")?.at("toolUseId"));
    ids.filter(|id| !seen.insert(id.value.to_string()))
        .map(|id| {
            id.wrong("another toolUse of this reply has this id; results are told apart by it")
        })
        .collect()
}

/// Whether the events of a stream can tell a kind of block.
fn streamed(runtime: &Model, kind: &str) -> bool {
    let has = |union: &str, name: &str| {
        let members = runtime.shape_id(union).map(|s| runtime.members(s));
        members.is_some_and(|all| all.iter().any(|m| &*m.name == name))
    };
    // A stream tells citations one at a time.
    let name = match kind {
        "citationsContent" => "citation",
        other => other,
    };
    has("ContentBlockDelta", name) || has("ContentBlockStart", name)
}

/// In what a text breaks the constraints of its shape.
fn breaks(runtime: &Model, shape: &str, node: &Node<'_>) -> Option<String> {
    let text = node.value.as_str()?;
    let shape = runtime.shape(runtime.shape_id(shape)?);
    let Kind::String {
        pattern, length, ..
    } = &shape.kind
    else {
        return None;
    };
    let count = text.chars().count() as u64;
    if length.max.is_some_and(|max| count > max) || length.min.is_some_and(|min| count < min) {
        let (min, max) = (length.min.unwrap_or(0), length.max.unwrap_or(u64::MAX));
        return Some(format!(
            "it has {min} to {max} characters, this has {count}"
        ));
    }
    let pattern = pattern.as_ref().filter(|p| !p.matches(text))?;
    Some(format!("it is made of {}", pattern.source()))
}

/// The first text with `{{` and no `}}` behind it: it is sent as it stands.
fn unclosed(node: &Node<'_>) -> Option<Problem> {
    match node.value {
        Value::String(text) => template::unclosed(text)
            .then(|| node.wrong("{{ without }} behind it quotes nothing and is sent as it stands")),
        Value::Array(_) => node.one_or_list().iter().find_map(unclosed),
        Value::Object(members) => members
            .keys()
            .filter_map(|name| node.at(name))
            .find_map(|inner| unclosed(&inner)),
        _ => None,
    }
}

fn role(node: &Node<'_>) -> Option<Problem> {
    let role = node.at("output")?.at("message")?.at("role")?;
    let odd = role.value != "assistant";
    odd.then(|| role.wrong("a model answers as assistant; the role is sent as that"))
}

fn counts(node: &Node<'_>) -> Vec<Problem> {
    let Some(usage) = node.at("usage") else {
        return Vec::new();
    };
    let count = |name: &str| usage.value.get(name).and_then(Value::as_u64);
    let mut found = Vec::new();
    let known = (
        count("totalTokens"),
        count("inputTokens"),
        count("outputTokens"),
    );
    if let (Some(total), Some(input), Some(output)) = known {
        let cached = ["cacheReadInputTokens", "cacheWriteInputTokens"];
        let cached: u64 = cached.iter().filter_map(|n| count(n)).sum();
        let sum = input + output + cached;
        if total != sum {
            let at = usage.at("totalTokens").unwrap_or_else(|| usage.clone());
            found.push(at.wrong(format!(
                "the service adds up input, output and cached tokens, which are {sum}; this is {total}"
            )));
        }
    }
    for name in ["cacheReadInputTokens", "cacheWriteInputTokens"] {
        let twin = format!("{}Count", name.trim_end_matches('s'));
        if let (Some(one), Some(other)) = (count(name), count(&twin))
            && one != other
        {
            let at = usage.at(&twin).unwrap_or_else(|| usage.clone());
            found.push(at.wrong(format!("{twin} is always {name}, {one}; this is {other}")));
        }
    }
    found
}
