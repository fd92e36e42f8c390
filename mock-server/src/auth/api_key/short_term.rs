//! Short-term keys: `bedrock-api-key-` and the base64 of a presigned URL without its scheme.
//!
//! The URL is a POST to `bedrock.amazonaws.com/` with `Action=CallWithBearerToken`, signed for
//! service `bedrock` and one region, followed by `&Version=1`, which was added after signing. The
//! order of parameters differs between AWS's generators (PyPI `aws-bedrock-token-generator` 1.1.0,
//! npm `@aws/bedrock-token-generator` 1.1.0), so it is read as a query and never by position.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;

use super::super::refusal::Refusal;
use super::super::sigv4::{
    self, Expectation, Secrets, SignedRequest, SigningKeys, Verified, decode, encode, iso_basic,
    parse_iso_basic, unix_seconds,
};
use super::{lenient, refusals};
use crate::wire::rows;

pub(super) const PREFIX: &str = "bedrock-api-key-";

/// Longest life of a short-term key, in seconds: 12 hours, the limit of AWS's generators.
pub const LONGEST_LIFE: u64 = 43_200;

/// A parsed short-term key; its signature is not yet verified. Never printed with its signature.
#[derive(Clone)]
pub struct ShortTermKey {
    access_key: String,
    session_token: Option<String>,
    region: String,
    issued: SystemTime,
    life: Duration,
    /// The query that was signed, as it is in the key.
    query: String,
}

impl ShortTermKey {
    /// Takes the base64 part of a key apart and checks all that needs no secret.
    pub(super) fn parse(encoded: &str) -> Result<Self, Refusal> {
        let url = lenient::decode(encoded)
            .ok_or_else(|| refusals::broken("what follows bedrock-api-key- is not base64"))?;
        let query = url
            .strip_prefix(HOST)
            .and_then(|rest| rest.strip_prefix("/?"))
            .ok_or_else(|| refusals::broken("it is no URL of bedrock.amazonaws.com"))?;
        let fixed = [
            ("Action", "CallWithBearerToken"),
            ("Version", "1"),
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-SignedHeaders", "host"),
        ];
        for (name, expected) in fixed {
            if only(query, name)? != expected {
                return Err(refusals::broken(&format!("its {name} is not {expected}")));
            }
        }
        let credential = only(query, "X-Amz-Credential")?;
        let parts: Vec<&str> = credential.split('/').collect();
        let [access_key, _, region, "bedrock", "aws4_request"] = parts[..] else {
            return Err(refusals::broken(
                "its credential scope is not one of bedrock",
            ));
        };
        let issued = parse_iso_basic(&only(query, "X-Amz-Date")?)
            .and_then(|seconds| Some(Duration::from_secs(u64::try_from(seconds).ok()?)))
            .and_then(|since| UNIX_EPOCH.checked_add(since))
            .ok_or_else(|| refusals::broken("its X-Amz-Date is no date"))?;
        let Ok(life @ 1..=LONGEST_LIFE) = only(query, "X-Amz-Expires")?.parse() else {
            return Err(refusals::broken(
                "its X-Amz-Expires is not within 1 and 43200",
            ));
        };
        Ok(Self {
            access_key: access_key.to_owned(),
            session_token: match values(query, "X-Amz-Security-Token").is_empty() {
                true => None,
                false => Some(only(query, "X-Amz-Security-Token")?),
            },
            region: region.to_owned(),
            issued,
            life: Duration::from_secs(life),
            query: without_version(query),
        })
    }

    /// Access key id that signed it.
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// Session token of temporary credentials.
    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_deref()
    }

    /// The one region in which it is good.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// When it was made.
    pub fn issued(&self) -> SystemTime {
        self.issued
    }

    /// How long it is good from then on; the session behind it may end sooner.
    pub fn life(&self) -> Duration {
        self.life
    }

    /// Whether its own time is over at `now`.
    pub fn is_expired(&self, now: SystemTime) -> bool {
        let life = i64::try_from(self.life.as_secs()).unwrap_or(i64::MAX);
        unix_seconds(now) > unix_seconds(self.issued).saturating_add(life)
    }

    /// Verifies the signature, the time and, if given, the region. A key is over by the mock's clock;
    /// whether it is signed in the future goes by the wall clock.
    ///
    /// # Errors
    ///
    /// `auth.api-key-expired` when its own time or its session is over,
    /// `auth.api-key-wrong-region` when `region` is given and another one,
    /// `auth.api-key-invalid` for everything else.
    pub fn verify(
        &self,
        secrets: &dyn Secrets,
        region: Option<&str>,
        now: Now,
        keys: &SigningKeys,
    ) -> Result<Verified, Refusal> {
        if self.is_expired(now.shown) {
            return Err(refusals::expired());
        }
        if let Some(region) = region
            && region != self.region
        {
            return Err(refusals::wrong_region(&self.region, region));
        }
        let request = SignedRequest {
            method: "POST",
            raw_path: "/",
            raw_query: &self.query,
            headers: &HeaderMap::new(),
            authority: Some(HOST),
            body: b"",
            // When it ends was judged above by the other clock.
            now: match self.issued.checked_add(self.life) {
                Some(end) => now.wall.min(end),
                None => now.wall,
            },
        };
        let services = &["bedrock"];
        sigv4::verify(&request, &Expectation { services, region }, secrets, keys).map_err(
            |refusal| match refusal.row {
                rows::auth::SESSION_TOKEN_EXPIRED => refusals::expired(),
                row if row.id.starts_with(rows::auth::SIGNATURE_MISMATCH.id) => refusals::forged(),
                _ => refusals::broken(&refusal.hint),
            },
        )
    }
}

/// The two clocks that a key goes by.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// The mock's clock.
    pub shown: SystemTime,
    /// The wall clock.
    pub wall: SystemTime,
}

impl From<SystemTime> for Now {
    /// The mock's clock shows wall time.
    fn from(wall: SystemTime) -> Self {
        Self { shown: wall, wall }
    }
}

impl fmt::Debug for ShortTermKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShortTermKey")
            .field("access_key", &self.access_key)
            .field("region", &self.region)
            .field("issued", &iso_basic(unix_seconds(self.issued)))
            .field("life", &self.life)
            .finish_non_exhaustive()
    }
}

/// Makes a short-term key, byte for byte as AWS's Python generator does.
///
/// `expires_seconds` counts from `now`; the service takes 1 to 43200.
pub fn mint(
    access_key: &str,
    secret: &str,
    session_token: Option<&str>,
    region: &str,
    now: SystemTime,
    expires_seconds: u64,
) -> String {
    let date = iso_basic(unix_seconds(now));
    let day = date.get(..8).unwrap_or_default();
    let scope = format!("{day}/{region}/bedrock/aws4_request");
    let credential = encode(format!("{access_key}/{scope}").as_bytes(), b"");
    let mut query = format!(
        "Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}\
         &X-Amz-Date={date}&X-Amz-Expires={expires_seconds}&X-Amz-SignedHeaders=host"
    );
    if let Some(token) = session_token {
        query.push_str("&X-Amz-Security-Token=");
        query.push_str(&encode(token.as_bytes(), b""));
    }
    let signature = sigv4::sign_query(
        &query,
        HOST,
        &date,
        &format!("{access_key}/{day}/{region}/bedrock"),
        secret,
    );
    let url = format!("{HOST}/?{query}&X-Amz-Signature={signature}&Version=1");
    format!("{PREFIX}{}", STANDARD.encode(url))
}

/// The only value of a parameter: a second one could say something that the first does not.
fn only(query: &str, name: &str) -> Result<String, Refusal> {
    match values(query, name).as_slice() {
        [value] => String::from_utf8(decode(value))
            .map_err(|_| refusals::broken(&format!("its {name} is not text"))),
        [] => Err(refusals::broken(&format!("it has no {name}"))),
        _ => Err(refusals::broken(&format!("it has {name} more than once"))),
    }
}

fn values<'a>(query: &'a str, name: &str) -> Vec<&'a str> {
    let pairs = query
        .split('&')
        .map(|p| p.split_once('=').unwrap_or((p, "")));
    let pairs = pairs.filter(|(found, _)| decode(found) == name.as_bytes());
    pairs.map(|(_, value)| value).collect()
}

fn without_version(query: &str) -> String {
    let signed = query.split('&').filter(|pair| *pair != "Version=1");
    signed.collect::<Vec<_>>().join("&")
}

const HOST: &str = "bedrock.amazonaws.com";
