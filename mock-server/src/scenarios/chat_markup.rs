//! Chat markup inside prompts: what scenarios hear of a request whose form has one text.
//!
//! Llama, Mistral, Titan, DeepSeek-R1 and Claude's old completions take a whole conversation as one
//! prompt, with marks between the turns that their documentation gives. `lastUser`, `turn` and
//! `system` mean what is between the marks. Reading is lenient; a prompt without marks is what the
//! user said. Answers and token counts go by the prompt as it came.

use serde_json::Value;

use crate::behaviour::{Block, Conversation, Role, Turn};

/// A mark and whose words stand behind it.
type Mark = (&'static str, Role);

/// The marks of each form. A form is heard where its first mark is found.
const FORMS: &[&[Mark]] = &[
    // Llama 3.
    &[
        ("<|start_header_id|>user<|end_header_id|>", Role::User),
        ("<|start_header_id|>system<|end_header_id|>", Role::System),
        (
            "<|start_header_id|>assistant<|end_header_id|>",
            Role::Assistant,
        ),
        ("<|start_header_id|>ipython<|end_header_id|>", Role::User),
    ],
    // Llama 4.
    &[
        ("<|header_start|>user<|header_end|>", Role::User),
        ("<|header_start|>system<|header_end|>", Role::System),
        ("<|header_start|>assistant<|header_end|>", Role::Assistant),
    ],
    // Llama 2 and Mistral.
    &[
        ("[INST]", Role::User),
        ("<<SYS>>", Role::System),
        ("<</SYS>>", Role::User),
        ("[/INST]", Role::Assistant),
    ],
    // DeepSeek-R1.
    &[
        ("<｜User｜>", Role::User),
        ("<｜Assistant｜>", Role::Assistant),
    ],
    // Claude's completions.
    &[
        ("\n\nHuman:", Role::User),
        ("\n\nAssistant:", Role::Assistant),
    ],
    // Titan.
    &[("User:", Role::User), ("Bot:", Role::Assistant)],
];

/// Marks that say nothing of who speaks.
const NOISE: &[&str] = &[
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|eot_id|>",
    "<|eot|>",
    "<｜begin▁of▁sentence｜>",
    "<｜end▁of▁sentence｜>",
    "<think>\n",
    "<s>",
    "</s>",
];

/// The turns inside a prompt, if the request has one and it has marks.
pub fn heard(conversation: &Conversation, body: &Value) -> Option<Conversation> {
    let prompt = ["prompt", "inputText"]
        .iter()
        .find_map(|name| body.get(name)?.as_str())?;
    if body.get("messages").is_some() || conversation.turns.len() != 1 {
        return None;
    }
    let marks = FORMS.iter().find(|marks| {
        let (first, _) = marks[0];
        // Titan's marks are words; they count at the beginning and with the answer's behind them.
        match first {
            "User:" => prompt.trim_start().starts_with(first) && prompt.contains("\nBot:"),
            _ => prompt.contains(first),
        }
    })?;
    let mut system = Vec::new();
    let mut turns = Vec::new();
    for (role, text) in split(prompt, marks) {
        match role {
            Role::System => system.push(text),
            _ => turns.push(Turn {
                role,
                blocks: vec![Block::Text(text)],
            }),
        }
    }
    turns
        .iter()
        .any(|turn| turn.role == Role::User)
        .then(|| Conversation {
            system,
            turns,
            ..Conversation::default()
        })
}

/// The parts of a prompt that say something, each with its speaker. What stands before the first mark
/// is instructions.
fn split(prompt: &str, marks: &[Mark]) -> Vec<(Role, String)> {
    let mut parts = Vec::new();
    let (mut role, mut rest) = (Role::System, prompt);
    loop {
        let found = |(mark, role): &Mark| Some((find(rest, mark)?, *mark, *role));
        let next = marks.iter().filter_map(found).min_by_key(|(at, ..)| *at);
        let end = next.map_or(rest.len(), |(at, ..)| at);
        let text = cleaned(&rest[..end]);
        if !text.is_empty() {
            parts.push((role, text));
        }
        let Some((at, mark, speaker)) = next else {
            return parts;
        };
        (role, rest) = (speaker, &rest[at + mark.len()..]);
    }
}

/// Where a mark stands; one that is a word stands at the beginning of a line.
fn find(text: &str, mark: &str) -> Option<usize> {
    let word = mark.starts_with(char::is_alphabetic);
    let mut places = text.match_indices(mark).map(|(at, _)| at);
    places.find(|at| {
        !word || text[..*at].trim_end_matches([' ', '\t']).is_empty() || text[..*at].ends_with('\n')
    })
}

fn cleaned(text: &str) -> String {
    let clean = NOISE
        .iter()
        .fold(text.to_owned(), |text, noise| text.replace(noise, ""));
    clean.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(prompt: &str) -> String {
        let conversation = Conversation::of_prompt(prompt, Default::default());
        let body = serde_json::json!({ "prompt": prompt });
        let Some(heard) = heard(&conversation, &body) else {
            return "plain".into();
        };
        let turns = heard.turns.iter().map(|turn| match &turn.blocks[0] {
            Block::Text(text) => format!("{:?} {text}", turn.role),
            other => format!("{other:?}"),
        });
        let system = heard.system.iter().map(|text| format!("System {text}"));
        system.chain(turns).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn well_known_markup() {
        for (prompt, said) in [
            ("<s>[INST] hi [/INST]", "User hi"),
            (
                "<s>[INST] <<SYS>>\nbe brief\n<</SYS>>\n\nhi [/INST] hello </s><s>[INST] bye [/INST]",
                "System be brief|User hi|Assistant hello|User bye",
            ),
            (
                "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nbe brief<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nhi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
                "System be brief|User hi",
            ),
            (
                "be brief\n\nHuman: hi\n\nAssistant:",
                "System be brief|User hi",
            ),
            (
                "\n\nHuman: hi\n\nAssistant: hello\n\nHuman: bye\n\nAssistant:",
                "User hi|Assistant hello|User bye",
            ),
            (
                "User: hi, User: is a word\nBot:",
                "User hi, User: is a word",
            ),
            (
                "User: hi\nBot: hello\nUser: bye\nBot:",
                "User hi|Assistant hello|User bye",
            ),
            (
                "<｜begin▁of▁sentence｜>be brief<｜User｜>hi<｜Assistant｜><think>\n",
                "System be brief|User hi",
            ),
            ("hi", "plain"),
            ("User: hi", "plain"),
            ("[/INST]", "plain"),
        ] {
            assert_eq!(told(prompt), said, "{prompt:?}");
        }
    }
}
