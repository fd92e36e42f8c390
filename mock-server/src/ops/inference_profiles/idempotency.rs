//! What a `clientRequestToken` remembers: the profile that the first request made.
//!
//! The same token with the same parameters gives the same profile again and makes no second one;
//! with other parameters it is a conflict, the usual rule of AWS services. The memory goes with the
//! profile: that bounds it, and a profile that is gone could not be given again anyway.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::state::store::{Change, Kind, Record, TokenRecord, View};
use crate::wire::{ApiError, rows};

const OPERATION: &str = "CreateInferenceProfile";

/// A token, and what came with it.
pub(super) struct Token<'a> {
    region: &'a str,
    token: &'a str,
    parameters: String,
}

impl<'a> Token<'a> {
    /// `parameters` is any text that is equal for equal requests; a digest of it is kept.
    pub(super) fn new(region: &'a str, token: &'a str, parameters: &str) -> Self {
        let digest = Sha256::digest(parameters.as_bytes());
        let parameters = digest.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self {
            region,
            token,
            parameters,
        }
    }

    /// The id of the profile that the token made before, if it did.
    pub(super) fn made(&self, view: &View<'_>) -> Result<Option<String>, ApiError> {
        let Some(record) = view.get(Kind::Token, &self.record_id()) else {
            return Ok(None);
        };
        match &*record {
            Record::Token(known) if known.parameters == self.parameters => {
                Ok(Some(known.made.clone()))
            }
            _ => Err(ApiError::row(rows::control::TOKEN_REUSED).with("token", self.token)),
        }
    }

    /// Remembers what it made.
    pub(super) fn remember(&self, made: &str) -> Change {
        let record = TokenRecord {
            made: made.to_owned(),
            parameters: self.parameters.clone(),
        };
        Change::Put {
            id: self.record_id(),
            record: Record::Token(record).into(),
        }
    }

    fn record_id(&self) -> String {
        format!("{}{}", prefix(self.region), self.token)
    }
}

/// Forgets the token that made a profile.
pub(super) fn forget(view: &View<'_>, region: &str, made: &str) -> Vec<Change> {
    let tokens = view.list(Kind::Token).into_iter();
    tokens
        .filter(|(id, record)| {
            id.starts_with(&prefix(region))
                && matches!(&**record, Record::Token(token) if token.made == made)
        })
        .map(|(id, _)| Change::Delete {
            kind: Kind::Token,
            id,
        })
        .collect()
}

fn prefix(region: &str) -> String {
    format!("{OPERATION}/{region}/")
}
