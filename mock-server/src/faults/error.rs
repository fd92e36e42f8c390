//! What is wrong with a fault that a user wrote.

use std::fmt;

use crate::diagnostics::suggest::nearest;

/// A fault that cannot be used: where it stands, what was expected, how to fix it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// What is wrong.
    pub message: String,
    /// The member that is wrong, if it is one.
    pub member: Option<String>,
    /// Line and column, from 1, if known.
    pub at: Option<(usize, usize)>,
}

impl RuleError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            member: None,
            at: None,
        }
    }

    pub(super) fn of(member: &str, message: impl Into<String>) -> Self {
        Self {
            member: Some(member.into()),
            ..Self::new(message)
        }
    }

    /// What serde says about one member of the text; it names the member in backticks.
    pub(super) fn serde(error: &serde_json::Error) -> Self {
        let message = crate::diagnostics::serde_message::plain(&error.to_string());
        let member = message.split('`').nth(1).map(Into::into);
        Self {
            message,
            member,
            at: None,
        }
    }

    /// The same mistake; where a member is unknown, with the members that stand beside a fault's own.
    pub(super) fn beside(mut self, members: &[&str]) -> Self {
        if let (Some(wrong), true) = (&self.member, self.message.contains("unknown field")) {
            let near = nearest(wrong, members);
            let near = near.map_or_else(|| ".".into(), |near| format!("; did you mean {near:?}?"));
            self.message = format!(
                "{}{near} A rule also has: {}",
                self.message,
                members.join(", ")
            );
        }
        self
    }

    /// The same mistake with line and column of the member that it names.
    pub fn located(mut self, text: &str) -> Self {
        let member = self.member.as_deref().map(|m| format!("\"{m}\""));
        let at = member.and_then(|m| text.find(&m)).unwrap_or(0);
        let before = &text[..at];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        self.at.get_or_insert((line, column));
        self
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.at {
            write!(f, "{line}:{column}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for RuleError {}
