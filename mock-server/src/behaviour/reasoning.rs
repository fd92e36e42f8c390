//! The reasoning that precedes an answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::traits::{ModelTraits, Thinks};
use super::turn::{Block, Conversation, Reasoning, Role, Thinking};

/// Anthropic documents this text as a trigger: a prompt that holds it gets redacted thinking, so
/// that clients can test what they do with it.
const REDACTION_TRIGGER: &str = "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_46C9A13E193C177646C7398A98432ECCCE4C1253D5E2D82641AC0E52CC2876CB";

/// The text that replaces redacted reasoning.
const HIDDEN: &str = "[REDACTED]";

/// Returns the reasoning block of an answer, or `None` if the model does not reason here.
pub fn think(conversation: &Conversation, traits: ModelTraits, seed: u64) -> Option<Block> {
    let thinks = match (traits.thinks, conversation.thinking) {
        (Thinks::Never, _) | (_, Thinking::Off) => false,
        (Thinks::WhenAsked, asked) => asked == Thinking::On,
        (Thinks::Always, _) => true,
    };
    if !thinks {
        return None;
    }
    if traits.signs_reasoning && triggers_redaction(conversation) {
        return Some(Block::Reasoning(Reasoning::Redacted(opaque(seed, 96))));
    }
    let text = match traits.redacts_reasoning {
        true => HIDDEN.to_owned(),
        false => "The user wants an answer, so I give one.".to_owned(),
    };
    let signature = traits.signs_reasoning.then(|| opaque(seed, 144));
    Some(Block::Reasoning(Reasoning::Text { text, signature }))
}

fn triggers_redaction(conversation: &Conversation) -> bool {
    let last = conversation
        .turns
        .iter()
        .rev()
        .find(|t| t.role == Role::User);
    let holds = |b: &Block| matches!(b, Block::Text(text) if text.contains(REDACTION_TRIGGER));
    last.is_some_and(|turn| turn.blocks.iter().any(holds))
}

/// Returns `length` meaningless bytes in base64; the first is 0x12, with which all recorded signatures
/// begin (`E`).
fn opaque(seed: u64, length: usize) -> String {
    let mut rng = fastrand::Rng::with_seed(seed ^ 0x7369_676e);
    let mut bytes: Vec<u8> = (0..length).map(|_| rng.u8(..)).collect();
    if let Some(first) = bytes.first_mut() {
        *first = 0x12;
    }
    STANDARD.encode(bytes)
}
