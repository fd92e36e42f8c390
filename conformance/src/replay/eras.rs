//! When the service began to write a member: an older recording may lack it.

use serde::Deserialize;

use crate::embedded;

/// Members that the service did not always write, each with the last day of an answer without it.
#[derive(Debug)]
pub struct Eras(Vec<Era>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Era {
    member: String,
    /// `YYYY-MM-DD`.
    until: String,
    /// The evidence is for readers of the file.
    #[serde(rename = "basis")]
    _basis: String,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    eras: Vec<Era>,
}

/// The suite's own table of eras is wrong.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {source}")]
pub struct ErasError {
    file: &'static str,
    source: serde_json::Error,
}

impl Eras {
    /// Returns the eras that come with the suite.
    ///
    /// # Errors
    /// When their file is wrong, which the tests prevent.
    pub fn embedded() -> Result<Self, ErasError> {
        let (file, text) = embedded::REPLAY_ERAS;
        let whole: File =
            serde_json::from_str(text).map_err(|source| ErasError { file, source })?;
        Ok(Self(whole.eras))
    }

    /// Returns the members that an answer of a day may lack; without a day, all of them.
    pub(super) fn before(&self, date: Option<&str>) -> Vec<&str> {
        self.0
            .iter()
            .filter(|era| date.is_none_or(|date| date <= era.until.as_str()))
            .map(|era| era.member.as_str())
            .collect()
    }
}
