//! Answers that cite: text and cited text alternate, as in Claude's recorded answers.

use serde_json::{Map, Value, json};

use super::turn::{Block, Cited, Conversation, Places, Source};

/// Characters of a source that are quoted at most.
const QUOTED: usize = 200;

/// Returns an answer that cites every source of the conversation once; no blocks if there are none.
pub fn cite(conversation: &Conversation) -> Vec<Block> {
    let mut blocks = Vec::new();
    for source in &conversation.sources {
        // Converse's documents have names, Anthropic's may have none.
        let name = match source.title.as_str() {
            "" => "the document",
            title => title,
        };
        blocks.push(Block::Text(match blocks.is_empty() {
            true => format!("According to {name}, "),
            false => format!(" According to {name}, "),
        }));
        let (quote, location) = place(source, name);
        let mut citation = Map::new();
        citation.insert("location".into(), location);
        if let Some(address) = &source.address {
            citation.insert("source".into(), address.clone().into());
        }
        citation.insert("sourceContent".into(), json!([{ "text": quote }]));
        citation.insert("title".into(), source.title.clone().into());
        blocks.push(Block::Cited(Cited {
            text: Some(quote.trim().to_owned()),
            citations: vec![Value::Object(citation)],
        }));
    }
    blocks
}

/// Returns the first sentence of a source and its location. Indexes count from 0 and ends are exclusive,
/// but pages count from 1 (recorded: `documentChar` 0..58, `documentPage` 1..2).
fn place(source: &Source, name: &str) -> (String, Value) {
    let whole = source.texts.first().map_or("", String::as_str);
    let index = source.index;
    match source.places {
        Places::Chars => {
            let quote = sentence(whole);
            let end = quote.chars().count();
            let location =
                json!({"documentChar": {"documentIndex": index, "end": end, "start": 0}});
            (quote.to_owned(), location)
        }
        Places::Pages => {
            // The text of a page would need a PDF reader; the citation names the page alone.
            let quote = format!("The first page of {name}.");
            let location = json!({"documentPage": {"documentIndex": index, "end": 2, "start": 1}});
            (quote, location)
        }
        Places::Chunks => {
            let location = json!({"documentChunk": {"documentIndex": index, "end": 1, "start": 0}});
            (shortened(whole), location)
        }
        Places::SearchResult => {
            let location =
                json!({"searchResultLocation": {"end": 1, "searchResultIndex": index, "start": 0}});
            (shortened(whole), location)
        }
    }
}

/// Returns the text up to the first full stop and the space after it.
fn sentence(text: &str) -> &str {
    let end = text
        .char_indices()
        .take(QUOTED)
        .find(|(at, c)| matches!(c, '.' | '!' | '?') && text[at + 1..].starts_with([' ', '\n']))
        .map(|(at, _)| at + 2)
        .or_else(|| text.char_indices().nth(QUOTED).map(|(at, _)| at))
        .unwrap_or(text.len());
    &text[..end]
}

fn shortened(text: &str) -> String {
    text.chars().take(QUOTED).collect()
}
