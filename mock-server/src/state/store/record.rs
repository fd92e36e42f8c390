//! The records that a store keeps.

use serde::{Deserialize, Serialize};

/// A kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Application inference profiles, by region, slash and 12-character id.
    Profile,
    /// IAM users, by name.
    User,
    /// Service-specific credentials, by their `ACCA…` id.
    ApiKey,
    /// Ids of service-specific credentials, by the public part of the key.
    Alias,
    /// Temporary credentials, by their access key id.
    Session,
    /// Idempotency tokens, by operation and token.
    Token,
    /// Profiles of a catalogue layer that the account deleted, by region, slash and id.
    Removed,
}

impl Kind {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Profile,
        Self::User,
        Self::ApiKey,
        Self::Alias,
        Self::Session,
        Self::Token,
        Self::Removed,
    ];

    /// Its name in state files, never to be changed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::User => "user",
            Self::ApiKey => "api-key",
            Self::Alias => "alias",
            Self::Session => "session",
            Self::Token => "token",
            Self::Removed => "removed",
        }
    }
}

/// A record of any kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Record {
    /// See [`Kind::Profile`].
    Profile(ProfileRecord),
    /// See [`Kind::User`].
    User(UserRecord),
    /// See [`Kind::ApiKey`].
    ApiKey(ApiKeyRecord),
    /// See [`Kind::Alias`].
    Alias(String),
    /// See [`Kind::Session`].
    Session(SessionRecord),
    /// See [`Kind::Token`].
    Token(TokenRecord),
    /// See [`Kind::Removed`].
    Removed,
}

impl Record {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Profile(_) => Kind::Profile,
            Self::User(_) => Kind::User,
            Self::ApiKey(_) => Kind::ApiKey,
            Self::Alias(_) => Kind::Alias,
            Self::Session(_) => Kind::Session,
            Self::Token(_) => Kind::Token,
            Self::Removed => Kind::Removed,
        }
    }
}

/// An application inference profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileRecord {
    /// Full ARN.
    pub arn: String,
    /// Region that it lives in.
    pub region: String,
    /// 12 lower-case letters and digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// The model or system profile it was made from, as an id.
    pub source: String,
    /// ARNs of the models that it routes to.
    pub models: Vec<String>,
    /// Creation, nanoseconds since 1970.
    pub created_ns: i64,
    /// Tags in the order in which they were set.
    pub tags: Vec<(String, String)>,
}

/// An IAM user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserRecord {
    /// Name.
    pub name: String,
    /// `AIDA…` id.
    pub id: String,
    /// Path, `/` by default.
    pub path: String,
    /// Creation, seconds since 1970.
    pub created: i64,
    /// Tags in the order in which they were set.
    pub tags: Vec<(String, String)>,
}

/// A service-specific credential: a long-term Bedrock API key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApiKeyRecord {
    /// `ACCA…` id.
    pub id: String,
    /// The user it belongs to.
    pub user: String,
    /// Its public part.
    pub alias: String,
    /// The secret part of the `ABSK…` text.
    pub secret: String,
    /// Active or inactive; expiry goes by the clock.
    pub status: ApiKeyStatus,
    /// Creation, seconds since 1970.
    pub created: i64,
    /// Expiry, seconds since 1970; never if absent.
    pub expires: Option<i64>,
}

/// Status of a service-specific credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiKeyStatus {
    /// It can be used.
    Active,
    /// It was switched off.
    Inactive,
}

/// Temporary credentials.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// `ASIA…` access key id.
    pub access_key: String,
    /// Secret access key.
    pub secret: String,
    /// Session token.
    pub token: String,
    /// ARN of who acts.
    pub arn: String,
    /// Name of the user or session.
    pub user: String,
    /// Expiry, seconds since 1970.
    pub expires: i64,
}

/// An idempotency token that was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenRecord {
    /// Id of what the first call made.
    pub made: String,
    /// Digest of the first call's parameters.
    pub parameters: String,
}
