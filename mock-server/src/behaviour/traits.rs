//! What a model does by itself, as far as its answers show it.

/// The traits of a model, from its row in `fixtures/catalogue/families.json`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ModelTraits {
    /// When the model reasons before it answers.
    pub thinks: Thinks,
    /// Reasoning has a signature (Claude).
    pub signs_reasoning: bool,
    /// The text of reasoning is `[REDACTED]` (Nova 2).
    pub redacts_reasoning: bool,
    /// The model cites documents and search results if the request enables citations.
    pub cites: bool,
    /// A stop sequence stays in the text, and the stop reason is `end_turn` (Nova).
    pub keeps_stop_sequence: bool,
}

/// When a model reasons before it answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Thinks {
    /// Never, even if the request enables it.
    #[default]
    Never,
    /// If the request enables it.
    WhenAsked,
    /// Unless the request disables it.
    Always,
}
