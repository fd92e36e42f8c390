//! Which variables are set and which are taken away.
//!
//! Endpoints are named per service and never by `AWS_ENDPOINT_URL`: that one would send the calls
//! of every other AWS service here too.

use std::path::Path;

use clap::ValueEnum;

use crate::auth::api_key::long_term::mint_development;
use crate::tls::Trust;

/// Which credentials clients are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Credentials {
    /// Only the API key; clients that can only sign get none.
    Bearer,
    /// Only the access key pair.
    Keys,
    /// Both; clients that support API keys prefer the key.
    #[default]
    Both,
}

/// Where the mock is and what clients are to use there.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Base URL without a slash at the end.
    pub url: String,
    /// Region that clients are to name.
    pub region: String,
    /// 12-digit account; without one, the default account under the access key `test`.
    pub account: Option<String>,
    /// Which credentials clients are given.
    pub credentials: Credentials,
    /// CA and bundle as text; none where clients need neither.
    pub trust: Option<(String, String)>,
    /// Value for `NO_PROXY` where a proxy is set that would be asked.
    pub no_proxy: Option<String>,
}

/// One step from a client's old environment to its new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Name and value.
    Set(&'static str, String),
    /// Name.
    Unset(&'static str),
}

/// All steps, always in the same order: what is taken away first.
pub fn changes(endpoint: &Endpoint) -> Vec<Change> {
    let mut changes: Vec<Change> = CONTRADICTING.map(Change::Unset).into();
    let keys = endpoint.credentials != Credentials::Bearer;
    let bearer = endpoint.credentials != Credentials::Keys;
    if !keys {
        changes.extend(KEY_PAIR.map(Change::Unset));
    }
    if !bearer {
        changes.push(Change::Unset(API_KEY));
    }

    let mut set = |name, value: &str| changes.push(Change::Set(name, value.to_owned()));
    set(OWN_URL, &endpoint.url);
    for name in ENDPOINTS {
        set(name, &endpoint.url);
    }
    for name in REGIONS {
        set(name, &endpoint.region);
    }
    if bearer {
        let account = endpoint.account.as_deref();
        let account = account.unwrap_or(crate::account::DEFAULT_ACCOUNT);
        let alias = format!("BedrockAPIKey-mock-at-{account}");
        set(API_KEY, &mint_development(&alias));
    }
    if keys {
        let [id, secret] = KEY_PAIR;
        set(id, endpoint.account.as_deref().unwrap_or("test"));
        set(secret, "test");
    }
    if let Some((ca, bundle)) = &endpoint.trust {
        for name in REPLACING_TRUST {
            set(name, bundle);
        }
        set(ADDING_TRUST, ca);
    }
    if let Some(hosts) = &endpoint.no_proxy {
        // Clients differ in which spelling they read first.
        set("NO_PROXY", hosts);
        set("no_proxy", hosts);
    }
    changes
}

/// CA and bundle as text, for [`Endpoint::trust`].
///
/// # Errors
///
/// If a path is not UTF-8.
pub fn trust_text(trust: &Trust) -> Result<(String, String), String> {
    let text = |path: &Path| {
        path.to_str().map(str::to_owned).ok_or_else(|| {
            let path = path.display();
            format!("{path} is not UTF-8 and cannot be exported as text; give another --ca-dir")
        })
    };
    Ok((text(&trust.ca)?, text(&trust.bundle)?))
}

/// Read by `bedrock-mock env` and `health`, so that they mean the mock of the shell they run in.
const OWN_URL: &str = "BEDROCK_MOCK_URL";

/// Per service; then what the Anthropic SDK and litellm read instead.
const ENDPOINTS: [&str; 6] = [
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    "AWS_ENDPOINT_URL_BEDROCK",
    "AWS_ENDPOINT_URL_IAM",
    "AWS_ENDPOINT_URL_STS",
    "ANTHROPIC_BEDROCK_BASE_URL",
    "AWS_BEDROCK_RUNTIME_ENDPOINT",
];

/// botocore reads the second, everybody else the first.
const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

const API_KEY: &str = "AWS_BEARER_TOKEN_BEDROCK";
const KEY_PAIR: [&str; 2] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

/// Each replaces its client's trust store. `CURL_CA_BUNDLE` hides `SSL_CERT_FILE` from curl where
/// somebody has set it, so it is set as well.
const REPLACING_TRUST: [&str; 4] = [
    "AWS_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
    "CURL_CA_BUNDLE",
];

/// Node.js adds this one to its own store.
const ADDING_TRUST: &str = "NODE_EXTRA_CA_CERTS";

/// What contradicts the variables above: profiles that win over them, a session token that belongs
/// to other keys, and switches that make clients ignore or refuse an endpoint URL.
const CONTRADICTING: [&str; 9] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_AUTH_SCHEME_PREFERENCE",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(credentials: Credentials) -> Endpoint {
        Endpoint {
            url: "https://127.0.0.1:4580".into(),
            region: "us-west-2".into(),
            account: None,
            credentials,
            trust: Some(("/c/ca.pem".into(), "/c/ca-bundle.pem".into())),
            no_proxy: None,
        }
    }

    fn value(changes: &[Change], name: &str) -> Option<String> {
        changes.iter().find_map(|change| match change {
            Change::Set(found, value) if *found == name => Some(value.clone()),
            _ => None,
        })
    }

    #[test]
    fn never_the_endpoint_of_all_services() {
        let changes = changes(&endpoint(Credentials::Both));
        assert_eq!(value(&changes, "AWS_ENDPOINT_URL"), None);
        assert!(!changes.contains(&Change::Unset("AWS_ENDPOINT_URL")));
    }

    #[test]
    fn one_kind_of_credentials_takes_the_other_away() {
        let bearer = changes(&endpoint(Credentials::Bearer));
        assert!(value(&bearer, API_KEY).is_some());
        assert!(bearer.contains(&Change::Unset("AWS_ACCESS_KEY_ID")));
        let keys = changes(&endpoint(Credentials::Keys));
        assert_eq!(value(&keys, "AWS_ACCESS_KEY_ID").as_deref(), Some("test"));
        assert!(keys.contains(&Change::Unset(API_KEY)));
    }

    #[test]
    fn the_account_is_in_both_credentials() {
        let changes = changes(&Endpoint {
            account: Some("000000000042".into()),
            ..endpoint(Credentials::Both)
        });
        assert_eq!(
            value(&changes, "AWS_ACCESS_KEY_ID").as_deref(),
            Some("000000000042")
        );
        let expected = mint_development("BedrockAPIKey-mock-at-000000000042");
        assert_eq!(value(&changes, API_KEY), Some(expected));
    }

    #[test]
    fn node_gets_the_ca_alone_and_everybody_else_the_bundle() {
        let changes = changes(&endpoint(Credentials::Both));
        assert_eq!(value(&changes, ADDING_TRUST).as_deref(), Some("/c/ca.pem"));
        for name in REPLACING_TRUST {
            let bundle = value(&changes, name);
            assert_eq!(bundle.as_deref(), Some("/c/ca-bundle.pem"), "{name}");
        }
    }
}
