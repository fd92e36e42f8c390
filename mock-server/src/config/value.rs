//! Values of settings that have a form of their own: keys, rules, accounts, regions.

use crate::account::{DEFAULT_ACCOUNT, is_account};

/// `ID:SECRET[:TOKEN]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKeyFlag {
    /// Access key id.
    pub id: String,
    /// Secret access key.
    pub secret: String,
    /// Session token that must come with it.
    pub token: Option<String>,
}

/// `VALUE[=ACCOUNT]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyFlag {
    /// The whole key.
    pub value: String,
    /// Its account.
    pub account: String,
}

/// `PRINCIPAL=ACTION`: this principal may not do this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DenyRule {
    /// User name, access key id, or `*`.
    pub principal: String,
    /// IAM action, `bedrock:InvokeModel` say, or with a `*` at the end.
    pub action: String,
}

/// Takes `ID:SECRET[:TOKEN]` apart.
pub fn parse_access_key(text: &str) -> Option<AccessKeyFlag> {
    let mut parts = text.splitn(3, ':');
    let id = parts.next().filter(|p| !p.is_empty())?;
    let secret = parts.next().filter(|p| !p.is_empty())?;
    Some(AccessKeyFlag {
        id: id.into(),
        secret: secret.into(),
        token: parts.next().map(Into::into),
    })
}

/// An API key is base64 and may itself end in `=`, so only `=` and twelve digits at the end count.
pub(super) fn parse_api_key(text: &str) -> Option<ApiKeyFlag> {
    if text.is_empty() {
        return None;
    }
    let (value, account) = match text.rsplit_once('=') {
        Some((value, account)) if is_account(account) => (value, account),
        Some((_, rest)) if !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()) => {
            return None;
        }
        _ => (text, DEFAULT_ACCOUNT),
    };
    Some(ApiKeyFlag {
        value: value.into(),
        account: account.into(),
    })
}

pub(super) fn parse_deny(text: &str) -> Option<DenyRule> {
    let (principal, action) = text.split_once('=')?;
    (!principal.is_empty() && action.contains(':')).then(|| DenyRule {
        principal: principal.into(),
        action: action.into(),
    })
}
