//! What a model does by itself, as far as answers show it.

/// A model's habits; the catalogue knows them (`thinks`, `signs`, `cites` of its families).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Habits {
    /// When it thinks before it answers.
    pub thinks: Thinks,
    /// Its thoughts are signed (Claude).
    pub signs: bool,
    /// Its thoughts are not shown: their text is `[REDACTED]` (Nova 2).
    pub hides: bool,
    /// It cites documents and search results where the request asks for it.
    pub cites: bool,
    /// A stop sequence stays in the text, and ends the turn like any other end (Nova).
    pub keeps_stop_sequence: bool,
}

/// When a model thinks before it answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Thinks {
    /// Never, whatever is asked.
    #[default]
    Never,
    /// When the request asks for it.
    WhenAsked,
    /// Unless the request forbids it.
    Always,
}
