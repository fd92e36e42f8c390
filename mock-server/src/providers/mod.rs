//! InvokeModel's dialects: a family's body ⇄ the neutral forms of [`crate::behaviour`].
//!
//! A dialect is one file with one [`Dialect`] and one line in [`DIALECTS`]: which models it covers,
//! how it reads a request, how it writes an answer, and, if it streams, how it writes the chunks.
//! Key order is the provider's own, as recorded; nothing here sorts.

mod ai21;
mod amazon;
mod anthropic;
mod cohere;
mod deepseek;
mod forms;
mod imported;
mod malformed;
mod media;
mod meta;
mod mistral;
mod openai;
mod rerank;
mod stability;

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use crate::behaviour::pictures::{Pictures, Sketch};
use crate::behaviour::ranking::Ranking;
use crate::behaviour::vectors::{Subject, Vectors};
use crate::behaviour::{Conversation, Reply, Usage};
use crate::conversation::ConversationView;
use crate::json::Json as _;
use crate::state::catalogue::Family;
use crate::wire::ApiError;

use malformed::malformed;

/// The dialects, the first that covers a model and its body is used.
const DIALECTS: &[&Dialect] = &[
    &anthropic::messages::DIALECT,
    &anthropic::completions::DIALECT,
    &amazon::nova::DIALECT,
    &amazon::titan_text::DIALECT,
    &cohere::command::DIALECT,
    &cohere::command_r::DIALECT,
    &meta::llama::DIALECT,
    &mistral::chat::DIALECT,
    &mistral::text::DIALECT,
    &ai21::jamba::DIALECT,
    &ai21::jurassic::DIALECT,
    &deepseek::r1::DIALECT,
    // Before the chat form, which covers the rest of `openai.`.
    &openai::gpt_oss::DIALECT,
    &openai::chat::DIALECT,
    // After Llama, whose words imported models take too.
    &imported::DIALECT,
];

/// The dialects of models that hold no conversation: looked at first, known by the model id alone,
/// refused by Converse, and without streams.
const SILENT: &[&Dialect] = &[
    &amazon::titan_embed::FIRST,
    &amazon::titan_embed::SECOND,
    &amazon::titan_embed_image::DIALECT,
    &amazon::nova_embed::DIALECT,
    &cohere::embed::THIRD,
    &cohere::embed::FOURTH,
    &rerank::DIALECT,
    &amazon::image::TITAN,
    &amazon::image::CANVAS,
    &stability::xl::DIALECT,
    &stability::core::DIALECT,
];

/// How a family of models reads and writes.
pub struct Dialect {
    /// Its name, the folder of its fixtures below `fixtures/providers/`.
    pub name: &'static str,
    /// Whether it covers a base model id and a body; families whose generations differ in the body
    /// look at both.
    pub covers: fn(&str, &Value) -> bool,
    /// JSON Schema of the body, broken ones are `Malformed input request: …`; absent where the
    /// provider has words of its own.
    pub schema: Option<&'static str>,
    /// Reads a body.
    pub parse: fn(&Request<'_>) -> Result<Ask, ApiError>,
    /// Writes the whole answer.
    pub render: fn(&Request<'_>, &Said) -> Value,
    /// Writes the answer chunk by chunk; absent for models that do not stream.
    pub chunks: Option<fn(&Request<'_>, Reply) -> Chunks>,
    /// Where the invocation metrics of a stream stand.
    pub metrics: Metrics,
    /// Kinds of Converse's content blocks, beside texts, for which its answers have a form.
    pub tells: &'static [&'static str],
    /// Reads a body as the conversation that the provider's rules look at; absent where nobody knows
    /// rules beyond the schema. Whose rules they are is the family's to say.
    pub(crate) view: Option<fn(&Value) -> ConversationView<'_>>,
}

/// Chunks of a stream, made one at a time.
pub type Chunks = Box<dyn Iterator<Item = Value> + Send>;

/// Where the invocation metrics of a stream stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metrics {
    /// As the last member of the last chunk.
    OnTheLast,
    /// In a chunk of their own (Jamba).
    Apart,
}

/// An InvokeModel request for a dialect.
pub struct Request<'a> {
    /// Base model id.
    pub model: &'a str,
    /// The body.
    pub body: &'a Value,
    /// What ids are made from.
    pub seed: u64,
    /// Seconds since 1970, for bodies that say when they were made.
    pub now: u64,
    /// How answers of the model look.
    pub family: &'a Family,
    /// The answer will be streamed.
    pub stream: bool,
}

impl Request<'_> {
    /// A member of the body.
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.body.member(name).filter(|v| !v.is_null())
    }

    /// A text member of the body.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.member(name)?.as_str()
    }

    /// A whole-number member of the body.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.member(name)?.as_u64()
    }
}

/// What a body asks for.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "one is made for each request and taken apart at once"
)]
pub enum Ask {
    /// A reply to a conversation.
    Chat(Conversation),
    /// Vectors of this many dimensions.
    Embed {
        /// What to embed.
        subjects: Vec<Subject>,
        /// Components of each vector.
        dimension: usize,
    },
    /// Documents by relevance.
    Rerank {
        /// What they should be relevant to.
        query: String,
        /// The documents.
        documents: Vec<String>,
        /// How many to keep.
        top: usize,
    },
    /// Pictures.
    Image(Sketch),
}

/// What is answered to it.
#[derive(Debug)]
pub enum Said {
    /// A reply.
    Reply(Reply),
    /// Vectors.
    Vectors(Vectors),
    /// Documents by relevance.
    Ranking(Ranking),
    /// Pictures.
    Pictures(Pictures),
}

impl Said {
    /// The reply of a chat; other answers have none.
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Reply(reply) => Some(reply),
            Self::Vectors(_) | Self::Ranking(_) | Self::Pictures(_) => None,
        }
    }
}

/// The dialect for a model and its body.
pub fn dialect(model: &str, body: &Value) -> Option<&'static Dialect> {
    let mut all = SILENT.iter().chain(DIALECTS).copied();
    all.find(|d| (d.covers)(model, body))
}

/// Whether a model holds conversations, as far as its id tells.
pub fn converses(model: &str) -> bool {
    !SILENT.iter().any(|d| (d.covers)(model, &Value::Null))
}

/// Whether InvokeModel of a model can tell a kind of Converse's content blocks, in any of the forms that
/// the model takes.
pub fn tells(model: &str, kind: &str) -> bool {
    let bodies = [json!({ "messages": [] }), json!({ "prompt": "" })];
    let mut forms = bodies.iter().filter_map(|body| dialect(model, body));
    match kind {
        "text" | "citationsContent" | "toolResult" => true,
        other => forms.any(|d| d.tells.contains(&other)),
    }
}

/// What a body for a model breaks of its dialect's schema. Schemas are read once, all of them, on first
/// use.
pub fn broken_schema(dialect: &Dialect, model: &str, body: &Value) -> Option<ApiError> {
    static READ: OnceLock<HashMap<&'static str, Value>> = OnceLock::new();
    let read = READ.get_or_init(|| {
        let texts = SILENT.iter().chain(DIALECTS).filter_map(|d| d.schema);
        texts
            .filter_map(|text| Some((text, serde_json::from_str(text).ok()?)))
            .collect()
    });
    malformed(read.get(dialect.schema?)?, model, body)
}

/// Token counts as the last chunk of a stream tells them.
pub fn metrics(usage: Usage, latency_ms: u64, cache: bool) -> Value {
    let mut out = Map::new();
    let mut put = |name: &str, value: u64| out.insert(name.into(), value.into());
    put("inputTokenCount", usage.input);
    put("outputTokenCount", usage.output);
    put("invocationLatency", latency_ms);
    put("firstByteLatency", latency_ms / 2);
    if cache {
        put("cacheReadInputTokenCount", usage.cache_read);
        put("cacheWriteInputTokenCount", usage.cache_write);
    }
    Value::Object(out)
}

/// Adds the metrics to a stream's chunks.
pub fn with_metrics(chunks: Chunks, place: Metrics, metrics: Value) -> Chunks {
    const NAME: &str = "amazon-bedrock-invocationMetrics";
    match place {
        Metrics::Apart => Box::new(chunks.chain(std::iter::once(json!({ NAME: metrics })))),
        Metrics::OnTheLast => {
            let mut chunks = chunks.peekable();
            Box::new(std::iter::from_fn(move || {
                let mut chunk = chunks.next()?;
                if chunks.peek().is_none()
                    && let Value::Object(members) = &mut chunk
                {
                    members.insert(NAME.into(), metrics.clone());
                }
                Some(chunk)
            }))
        }
    }
}
