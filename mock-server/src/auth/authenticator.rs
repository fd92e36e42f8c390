//! The credentials that settings declare, and how strictly credentials are checked.

use std::collections::HashMap;

use subtle::ConstantTimeEq as _;

use super::api_key::DevelopmentKeys;
use super::sigv4::SigningKeys;
use crate::config::{AccessKeyFlag, AuthMode, Config};
use crate::diagnostics::StartError;

/// Secret of the access keys that are known without set-up.
pub(crate) const KNOWN_SECRET: &str = "test";

/// The credentials that settings declare, and how strictly credentials are checked.
pub struct Authenticator {
    pub(super) mode: AuthMode,
    /// The region of `--region`; credentials of another one are refused.
    pub(super) region: Option<String>,
    pub(super) access_keys: HashMap<String, AccessKeyFlag>,
    api_keys: Vec<(String, String)>,
    pub(super) signing_keys: SigningKeys,
    pub(super) development_keys: DevelopmentKeys,
}

impl Authenticator {
    /// Reads the settings.
    pub fn new(config: &Config) -> Result<Self, StartError> {
        Ok(Self {
            mode: config.auth,
            region: config.region_given.then(|| config.region.clone()),
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

    /// Returns the account of a declared API key. Compares every declared key, whatever the outcome,
    /// so that the time it takes reveals nothing.
    pub(super) fn declared(&self, value: &str) -> Option<&str> {
        let mut found = None;
        for (known, account) in &self.api_keys {
            if bool::from(known.as_bytes().ct_eq(value.as_bytes())) {
                found = Some(account.as_str());
            }
        }
        found
    }
}
