//! Which scheme a request uses, which key it shows, and whose secret proves it.

use std::collections::HashMap;
use std::time::SystemTime;

use subtle::ConstantTimeEq as _;

use super::api_key::short_term::Now;
use super::api_key::{self, ApiKey, DevelopmentKeys};
use super::issued;
use super::principal::{Kind, Principal};
use super::refusal::Refusal;
use super::sigv4::{self, Expectation, Secret, Secrets, SignedRequest, SigningKeys};
use crate::account::{DEFAULT_ACCOUNT, is_account};
use crate::config::{AccessKeyFlag, AuthMode, Config};
use crate::request::Incoming;
use crate::wire::{ApiError, rows};
use crate::{app::App, diagnostics::StartError};

/// Secret of the access keys that are known without set-up.
pub(crate) const KNOWN_SECRET: &str = "test";

/// The credentials that settings declare.
pub struct Authenticator {
    access_keys: HashMap<String, AccessKeyFlag>,
    api_keys: Vec<(String, String)>,
    signing_keys: SigningKeys,
    development_keys: DevelopmentKeys,
}

impl Authenticator {
    /// Reads the settings.
    pub fn new(config: &Config) -> Result<Self, StartError> {
        Ok(Self {
            access_keys: config
                .access_keys
                .iter()
                .map(|k| (k.id.clone(), k.clone()))
                .collect(),
            api_keys: config
                .api_keys
                .iter()
                .map(|k| (k.value.clone(), k.account.clone()))
                .collect(),
            signing_keys: SigningKeys::default(),
            development_keys: DevelopmentKeys::default(),
        })
    }

    /// The account of a declared API key. Every declared key is compared, whatever the outcome, so
    /// that time tells nothing.
    fn declared(&self, value: &str) -> Option<&str> {
        let mut found = None;
        for (known, account) in &self.api_keys {
            if bool::from(known.as_bytes().ct_eq(value.as_bytes())) {
                found = Some(account.as_str());
            }
        }
        found
    }
}

/// Names the caller of a request, or says why not.
///
/// `host_region` is the region that the Host header names; `services` are the names that a
/// signature's scope may carry here.
pub fn authenticate(
    app: &App,
    request: &Incoming,
    host_region: Option<&str>,
    services: &[&str],
) -> Result<Principal, ApiError> {
    let result = match app.config.auth {
        AuthMode::Strict => strict(app, request, host_region, services),
        AuthMode::Lenient => lenient(app, request, host_region, services),
        AuthMode::Off => {
            Ok(lenient(app, request, host_region, services).unwrap_or_else(|_| anonymous()))
        }
    };
    result.map_err(ApiError::from)
}

fn strict(
    app: &App,
    request: &Incoming,
    host_region: Option<&str>,
    services: &[&str],
) -> Result<Principal, Refusal> {
    let region = host_region.or(app
        .config
        .region_given
        .then_some(app.config.region.as_str()));
    if let Some(part) = sigv4::repeated_part(&request.headers, &request.query) {
        return Err(Refusal::new(
            rows::auth::SIGNATURE_REPEATED,
            "one part of the credentials is there twice and could be read either way",
        )
        .with("part", part));
    }
    // A request with a bearer key and signing headers counts as bearer (BerriAI/litellm#37905).
    if let Some(key) = bearer(request, services) {
        return by_key(app, key, region);
    }
    if sigv4::is_signed(&request.headers, &request.query) {
        let signed = signed_request(request);
        let expect = Expectation {
            services,
            // What the setting says does not bind services of one endpoint; what the host says does.
            region: if is_global(services) {
                host_region
            } else {
                region
            },
        };
        let verified = sigv4::verify(&signed, &expect, &Directory { app }, &app.auth.signing_keys)?;
        return Ok(app.owner_of_access_key(&verified.access_key, Some(verified.region)));
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

/// Who an API key would be, shown to a mock with these settings, or why it would be refused.
pub fn judge_key(app: &App, key: &str) -> Result<Principal, Refusal> {
    let region = &app.config.region;
    by_key(app, key, app.config.region_given.then_some(region.as_str()))
}

/// Credentials must be there and well-formed; what they prove is not checked.
fn lenient(
    app: &App,
    request: &Incoming,
    host_region: Option<&str>,
    services: &[&str],
) -> Result<Principal, Refusal> {
    if let Some(key) = bearer(request, services) {
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
        return Ok(app.owner_of_access_key(&id, None));
    }
    strict(app, request, host_region, services)
}

/// Whether a request shows an API key.
pub fn shows_bearer(request: &Incoming) -> bool {
    bearer(request, &[]).is_some()
}

/// IAM and STS know no API keys: a request with one counts as not signed.
fn bearer<'a>(request: &'a Incoming, services: &[&str]) -> Option<&'a str> {
    if is_global(services) {
        return None;
    }
    let value = request.header("authorization")?;
    // The HTTP library trims values, so a scheme without a key has lost its space.
    let (scheme, key) = value.split_once(' ').unwrap_or((value, ""));
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

fn by_key(app: &App, key: &str, region: Option<&str>) -> Result<Principal, Refusal> {
    if let Some(account) = app.auth.declared(key) {
        return Ok(Principal {
            account: account.into(),
            user: "declared-api-key".into(),
            arn: None,
            kind: Kind::LongTermKey,
            region: None,
        });
    }
    if let Some(known) = app.auth.development_keys.get(key) {
        return app.owner_of_long_term_key(&known, |_| true);
    }
    match api_key::parse(key)? {
        ApiKey::Long(long) => {
            app.owner_of_long_term_key(&long, |long| app.auth.development_keys.prove(key, long))
        }
        ApiKey::Short(key) => {
            // Its life goes by the mock's clock, its signature by the wall clock.
            let verified = key.verify(
                &Directory { app },
                region,
                Now {
                    shown: app.now(),
                    wall: SystemTime::now(),
                },
                &app.auth.signing_keys,
            )?;
            let owner = app.owner_of_access_key(&verified.access_key, Some(verified.region));
            Ok(Principal {
                kind: Kind::ShortTermKey,
                ..owner
            })
        }
    }
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

/// IAM is one endpoint for all regions, signed for us-east-1; STS is called both ways.
fn is_global(services: &[&str]) -> bool {
    services.iter().any(|s| matches!(*s, "iam" | "sts"))
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

/// Finds secrets for signatures.
struct Directory<'a> {
    app: &'a App,
}

impl Secrets for Directory<'_> {
    fn find(&self, access_key: &str, token: Option<&str>) -> Secret {
        if let Some(declared) = self.app.auth.access_keys.get(access_key) {
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
                let app = self.app;
                issued::session_secret(&app.accounts, access_key, token, app.now_seconds())
            }
        }
    }
}

impl App {
    /// Who owns an access key that has proved itself.
    fn owner_of_access_key(&self, id: &str, region: Option<String>) -> Principal {
        if let Some(owner) = issued::session_owner(&self.accounts, id) {
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
        &self,
        key: &api_key::LongTermKey,
        is_development: impl Fn(&api_key::LongTermKey) -> bool,
    ) -> Result<Principal, Refusal> {
        if let Some(judged) = issued::key_owner(&self.accounts, key, self.now_seconds()) {
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
