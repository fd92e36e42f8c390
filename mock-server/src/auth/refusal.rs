//! Why a caller was turned away, before it becomes bytes.
//!
//! The core of authentication knows no HTTP answers. It names a row of
//! `fixtures/errors/auth.json`, the values for the placeholders of that row, and a hint. The table
//! decides about status, type, casing and words, and [`ApiError`] renders it.

use crate::wire::ApiError;
use crate::wire::rows::RowId;

/// A caller was turned away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The row of `fixtures/errors/auth.json`.
    pub row: RowId,
    /// Values for the placeholders of the row's text: name without braces, value.
    pub args: Vec<(&'static str, String)>,
    /// For the access log: what was wrong and how to put it right. Never a secret.
    pub hint: String,
}

impl Refusal {
    /// A refusal by a row without placeholders.
    pub fn new(row: RowId, hint: impl Into<String>) -> Self {
        Self {
            row,
            args: Vec::new(),
            hint: hint.into(),
        }
    }

    /// Fills one placeholder.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.args.push((name, value.into()));
        self
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let filled = refusal
            .args
            .iter()
            .fold(Self::row(refusal.row), |error, (name, value)| {
                error.with(name, value)
            });
        filled.hint(refusal.hint)
    }
}

#[cfg(test)]
impl Refusal {
    /// The text that a client would read. Checks that the row exists and that its placeholders are
    /// exactly the ones that are filled.
    pub(in crate::auth) fn rendered(&self) -> String {
        let table = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/errors/auth.json");
        let table = std::fs::read_to_string(table).unwrap();
        let table: serde_json::Value = serde_json::from_str(&table).unwrap();
        let mut rows = table["rows"].as_array().unwrap().iter();
        let row = rows.find(|row| row["id"] == self.row.id);
        let row = row.unwrap_or_else(|| panic!("no row {}", self.row.id));
        let mut filled = Vec::new();
        let mut pieces = row["text"].as_str().unwrap().split('{');
        let mut text = pieces.next().unwrap().to_owned();
        for piece in pieces {
            let (name, rest) = piece.split_once('}').unwrap();
            let found = self.args.iter().find(|arg| arg.0 == name);
            let (name, value) = found.unwrap_or_else(|| panic!("{}: no {name}", self.row.id));
            filled.push(*name);
            text.push_str(value);
            text.push_str(rest);
        }
        for (name, _) in &self.args {
            assert!(filled.contains(name), "{}: {name} is not used", self.row.id);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::rows;

    /// Lengths of the bodies that karthink/gptel#1397 and awslabs/aws-sdk-swift#1991 show.
    #[test]
    fn recorded_lengths_of_the_front_door() {
        for (row, length) in [
            (rows::auth::AUTHORIZATION_MISSING, 45),
            (rows::auth::API_KEY_OPERATION, 54),
        ] {
            let text = Refusal::new(row, "").rendered();
            assert_eq!(text.len() + r#"{"Message":""}"#.len(), length, "{}", row.id);
        }
    }

    /// The body that BerriAI/litellm#39166 shows, with an account filled in.
    #[test]
    fn the_recorded_iam_denial() {
        let refusal = Refusal::new(rows::auth::IAM_DENIED, "")
            .with("arn", "arn:aws:iam::123456789012:user/litellm-lit6341-proxy")
            .with("action", "bedrock:InvokeModel")
            .with("resource", "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0");
        assert_eq!(
            refusal.rendered(),
            "User: arn:aws:iam::123456789012:user/litellm-lit6341-proxy is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0 because no identity-based policy allows the bedrock:InvokeModel action"
        );
    }
}
