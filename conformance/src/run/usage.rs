//! What an answer says that it cost, wherever it says so.

use serde_json::Value;

use crate::case::Tokens;
use crate::wire::{Exchange, View};

/// Names of input and output tokens: Bedrock's own, Anthropic's, and those of the last chunk of
/// InvokeModelWithResponseStream.
const NAMES: [(&str, &str); 3] = [
    ("inputTokens", "outputTokens"),
    ("input_tokens", "output_tokens"),
    ("inputTokenCount", "outputTokenCount"),
];
const IN: &str = "x-amzn-bedrock-input-token-count";
const OUT: &str = "x-amzn-bedrock-output-token-count";

/// The tokens of an answer; none where it does not tell.
pub(super) fn usage(exchange: &Exchange) -> Option<Tokens> {
    let header = |name| exchange.header(name).and_then(|count| count.parse().ok());
    if let Some(max_in) = header(IN) {
        let max_out = header(OUT).unwrap_or(0);
        return Some(Tokens { max_in, max_out });
    }
    if let Some(body) = exchange.json() {
        return of(&body["usage"]);
    }
    if !exchange.is_event_stream() {
        return None;
    }
    let framed = exchange.events(View::Chunks);
    framed.events().iter().rev().find_map(|event| {
        let body = event.body.as_ref()?;
        of(&body["usage"]).or_else(|| of(&body["amazon-bedrock-invocationMetrics"]))
    })
}

fn of(usage: &Value) -> Option<Tokens> {
    NAMES.iter().find_map(|(input, output)| {
        let (max_in, max_out) = (usage[input].as_u64(), usage[output].as_u64());
        (max_in.is_some() || max_out.is_some()).then(|| Tokens {
            max_in: max_in.unwrap_or(0),
            max_out: max_out.unwrap_or(0),
        })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn usage_is_found_wherever_it_stands() {
        let answer = |headers: &[(&str, &str)], body: &Value| {
            let headers = headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Exchange::recorded(200, headers.collect(), body.to_string().into_bytes())
        };
        let tokens = |max_in, max_out| Some(Tokens { max_in, max_out });
        let bedrock = json!({"usage": {"inputTokens": 3, "outputTokens": 4}});
        assert_eq!(usage(&answer(&[], &bedrock)), tokens(3, 4));
        let anthropic = json!({"usage": {"input_tokens": 5, "output_tokens": 6}});
        assert_eq!(usage(&answer(&[], &anthropic)), tokens(5, 6));
        let headers = [("X-Amzn-Bedrock-Input-Token-Count", "7")];
        assert_eq!(usage(&answer(&headers, &json!({}))), tokens(7, 0));
        // No numbers are no usage: the worst case stays.
        let texts = json!({"usage": {"inputTokens": "3"}});
        assert_eq!(usage(&answer(&[], &texts)), None);
    }
}
