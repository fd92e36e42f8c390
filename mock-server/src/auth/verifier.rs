//! Which scheme a request uses, which key it shows, and whose secret proves it.

use std::time::SystemTime;

use subtle::ConstantTimeEq as _;

use super::api_key::short_term::Now;
use super::api_key::{self, ApiKey};
use super::authenticator::{Authenticator, KNOWN_SECRET};
use super::issued;
use super::principal::{Kind, Principal};
use super::refusal::Refusal;
use super::sigv4::{self, Expectation, Secret, Secrets, SignedRequest};
use crate::account::{DEFAULT_ACCOUNT, is_account};
use crate::config::AuthMode;
use crate::request::Incoming;
use crate::state::clock::Clock;
use crate::state::store::Accounts;
use crate::wire::{ApiError, rows};

/// Names the callers of requests.
#[derive(Clone, Copy)]
pub struct Verifier<'a> {
    /// Declared credentials.
    pub authenticator: &'a Authenticator,
    /// What IAM and STS issued.
    pub accounts: &'a Accounts,
    /// The time that keys and sessions go by.
    pub clock: &'a Clock,
}

/// What an endpoint demands of credentials.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint<'a> {
    /// The region that the host names.
    pub region: Option<&'a str>,
    /// Names that a signature's scope may carry here.
    pub services: &'a [&'a str],
    /// It is one endpoint for all regions that knows no API keys: IAM and STS. IAM is signed for
    /// us-east-1; STS is called both ways.
    pub global: bool,
}

impl Verifier<'_> {
    /// Names the caller of a request, or says why not.
    pub fn authenticate(
        self,
        request: &Incoming,
        endpoint: &Endpoint<'_>,
    ) -> Result<Principal, ApiError> {
        let result = match self.authenticator.mode {
            AuthMode::Strict => self.strict(request, endpoint),
            AuthMode::Lenient => self.lenient(request, endpoint),
            AuthMode::Off => Ok(self
                .lenient(request, endpoint)
                .unwrap_or_else(|_| anonymous())),
        };
        result.map_err(ApiError::from)
    }

    /// Returns the principal that an API key resolves to under these settings, or its refusal.
    pub fn resolve_key(self, key: &str) -> Result<Principal, Refusal> {
        self.by_key(key, self.authenticator.region.as_deref())
    }

    /// Signatures and keys are verified.
    fn strict(self, request: &Incoming, endpoint: &Endpoint<'_>) -> Result<Principal, Refusal> {
        let region = endpoint.region.or(self.authenticator.region.as_deref());
        if let Some(part) = sigv4::repeated_part(&request.headers, &request.query) {
            return Err(Refusal::new(
                rows::auth::SIGNATURE_REPEATED,
                "one part of the credentials is there twice and could be read either way",
            )
            .with("part", part));
        }
        // A request with a bearer key and signing headers counts as bearer (BerriAI/litellm#37905).
        if let Some(key) = bearer(request, endpoint.global) {
            return self.by_key(key, region);
        }
        if sigv4::is_signed(&request.headers, &request.query) {
            let signed = signed_request(request);
            let expect = Expectation {
                services: endpoint.services,
                // A global endpoint is checked against the host alone, not against --region.
                region: if endpoint.global {
                    endpoint.region
                } else {
                    region
                },
            };
            let verified =
                sigv4::verify(&signed, &expect, &self, &self.authenticator.signing_keys)?;
            return Ok(self.owner_of_access_key(&verified.access_key, Some(verified.region)));
        }
        Err(match request.header("authorization") {
            None => Refusal::new(
                rows::auth::AUTHORIZATION_MISSING,
                "send Authorization: Bearer KEY (export AWS_BEARER_TOKEN_BEDROCK) or sign the request",
            ),
            Some(_) => Refusal::new(
                rows::auth::UNSUPPORTED_SCHEME,
                "the Authorization header is neither `Bearer KEY` nor `AWS4-HMAC-SHA256 …`",
            ),
        })
    }

    /// Credentials must be there and well-formed; what they prove is not checked.
    fn lenient(self, request: &Incoming, endpoint: &Endpoint<'_>) -> Result<Principal, Refusal> {
        if let Some(key) = bearer(request, endpoint.global) {
            let (account, kind) = match api_key::parse(key)? {
                ApiKey::Long(key) => (
                    api_key::long_term::account_of(key.alias()),
                    Kind::LongTermKey,
                ),
                ApiKey::Short(key) => (
                    Some(key.access_key().to_owned()).filter(|k| is_account(k)),
                    Kind::ShortTermKey,
                ),
            };
            return Ok(Principal {
                account: account.unwrap_or_else(|| DEFAULT_ACCOUNT.into()),
                user: "lenient".into(),
                arn: None,
                kind,
                region: None,
            });
        }
        if let Some(id) = sigv4::claimed_access_key(&request.headers, &request.query) {
            return Ok(self.owner_of_access_key(&id, None));
        }
        self.strict(request, endpoint)
    }

    fn by_key(self, key: &str, region: Option<&str>) -> Result<Principal, Refusal> {
        if let Some(account) = self.authenticator.declared(key) {
            return Ok(Principal {
                account: account.into(),
                user: "declared-api-key".into(),
                arn: None,
                kind: Kind::LongTermKey,
                region: None,
            });
        }
        if let Some(known) = self.authenticator.development_keys.get(key) {
            return self.owner_of_long_term_key(&known, |_| true);
        }
        match api_key::parse(key)? {
            ApiKey::Long(long) => self.owner_of_long_term_key(&long, |long| {
                self.authenticator.development_keys.prove(key, long)
            }),
            ApiKey::Short(key) => {
                // Its life goes by the mock's clock, its signature by the wall clock.
                let verified = key.verify(
                    &self,
                    region,
                    Now {
                        shown: self.clock.now(),
                        wall: SystemTime::now(),
                    },
                    &self.authenticator.signing_keys,
                )?;
                let owner = self.owner_of_access_key(&verified.access_key, Some(verified.region));
                Ok(Principal {
                    kind: Kind::ShortTermKey,
                    ..owner
                })
            }
        }
    }

    /// Who owns an access key that has proved itself.
    fn owner_of_access_key(self, id: &str, region: Option<String>) -> Principal {
        if let Some(owner) = issued::session_owner(self.accounts, id) {
            return Principal { region, ..owner };
        }
        let account = if is_account(id) { id } else { DEFAULT_ACCOUNT };
        Principal {
            account: account.into(),
            user: id.into(),
            arn: None,
            kind: Kind::AccessKey { id: id.into() },
            region,
        }
    }

    /// Who owns a long-term API key. One that IAM made comes first, whatever else it may be.
    fn owner_of_long_term_key(
        self,
        key: &api_key::LongTermKey,
        is_development: impl Fn(&api_key::LongTermKey) -> bool,
    ) -> Result<Principal, Refusal> {
        if let Some(judged) = issued::key_owner(self.accounts, key, self.clock.now_seconds()) {
            return judged;
        }
        if !is_development(key) {
            return Err(Refusal::new(
                rows::auth::API_KEY_INVALID,
                "no such API key here: it is neither a development key nor one made by this mock's IAM; use the key that the mock prints at start, or --api-key",
            ));
        }
        Ok(Principal {
            account: api_key::long_term::account_of(key.alias())
                .unwrap_or_else(|| DEFAULT_ACCOUNT.into()),
            user: api_key::long_term::user_of(key.alias()),
            arn: None,
            kind: Kind::LongTermKey,
            region: None,
        })
    }
}

impl Secrets for Verifier<'_> {
    fn find(&self, access_key: &str, token: Option<&str>) -> Secret {
        if let Some(declared) = self.authenticator.access_keys.get(access_key) {
            return match (&declared.token, token) {
                (None, None) => Secret::Known(declared.secret.clone()),
                (Some(known), Some(shown))
                    if bool::from(known.as_bytes().ct_eq(shown.as_bytes())) =>
                {
                    Secret::Known(declared.secret.clone())
                }
                _ => Secret::WrongToken,
            };
        }
        match token {
            None if access_key == "test" || is_account(access_key) => {
                Secret::Known(KNOWN_SECRET.into())
            }
            _ => {
                let now = self.clock.now_seconds();
                issued::session_secret(self.accounts, access_key, token, now)
            }
        }
    }
}

/// Whether a request shows an API key.
pub fn shows_bearer(request: &Incoming) -> bool {
    bearer(request, false).is_some()
}

/// IAM and STS know no API keys: a request with one counts as not signed.
fn bearer(request: &Incoming, global: bool) -> Option<&str> {
    if global {
        return None;
    }
    let value = request.header("authorization")?;
    // The HTTP library trims values, so a scheme without a key has lost its space.
    let (scheme, key) = value.split_once(' ').unwrap_or((value, ""));
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

fn signed_request(request: &Incoming) -> SignedRequest<'_> {
    SignedRequest {
        method: request.method.as_str(),
        raw_path: &request.path,
        raw_query: &request.query,
        headers: &request.headers,
        authority: request.authority.as_deref(),
        body: &request.body,
        now: SystemTime::now(),
    }
}

fn anonymous() -> Principal {
    Principal {
        account: DEFAULT_ACCOUNT.into(),
        user: "anonymous".into(),
        arn: None,
        kind: Kind::Anonymous,
        region: None,
    }
}
