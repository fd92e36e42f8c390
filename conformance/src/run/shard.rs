//! A part of a run.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Part `part` of `of` parts of a run; `2/5` in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(with = "String"))]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    /// Number of this part, from 1.
    pub part: u32,
    /// Number of parts.
    pub of: u32,
}

/// A text that is not of the form `I/N`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected I/N with 1 ≤ I ≤ N, as in 2/5, found {0:?}")]
pub struct NotAShard(String);

impl FromStr for Shard {
    type Err = NotAShard;

    fn from_str(text: &str) -> Result<Self, NotAShard> {
        text.split_once('/')
            .and_then(|(part, of)| {
                let (part, of) = (part.parse().ok()?, of.parse().ok()?);
                (1 <= part && part <= of).then_some(Self { part, of })
            })
            .ok_or_else(|| NotAShard(text.to_owned()))
    }
}

impl TryFrom<String> for Shard {
    type Error = NotAShard;

    fn try_from(text: String) -> Result<Self, NotAShard> {
        text.parse()
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}
