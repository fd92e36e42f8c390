//! How settings are read from a file, joined, checked, and become a [`Config`].

use std::net::IpAddr;
use std::path::Path;

use super::error::ConfigError;
use super::settings::Settings;
use super::value::{parse_access_key, parse_api_key, parse_deny};
use super::{Config, DEFAULT_PORT, DEFAULT_REGION, Layer};
use crate::account::is_region;
use crate::faults::read_flag;

impl Settings {
    /// Reads a configuration file.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let name = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|e| ConfigError(format!("{name}: {e}; --config takes a TOML file")))?;
        toml::from_str(&text).map_err(|e| {
            let at = e.span().map_or(0, |s| s.start).min(text.len());
            let before = &text.as_bytes()[..at];
            let line = before.iter().filter(|b| **b == b'\n').count() + 1;
            let column = at - before.iter().rposition(|b| *b == b'\n').map_or(0, |p| p + 1) + 1;
            ConfigError(format!("{name}:{line}:{column}: {}; keys are the names of the flags in `bedrock-mock serve --help`", e.message()))
        })
    }

    /// These settings, and `other`'s where these have none.
    pub fn or(self, other: Self) -> Self {
        fn list<T>(first: Vec<T>, second: Vec<T>) -> Vec<T> {
            if first.is_empty() { second } else { first }
        }
        Self {
            host: self.host.or(other.host),
            port: self.port.or(other.port),
            region: self.region.or(other.region),
            fidelity: self.fidelity.or(other.fidelity),
            auth: self.auth.or(other.auth),
            access_key: list(self.access_key, other.access_key),
            api_key: list(self.api_key, other.api_key),
            api_key_application_profiles: self
                .api_key_application_profiles
                .or(other.api_key_application_profiles),
            deny: list(self.deny, other.deny),
            fault: list(self.fault, other.fault),
            catalogue_layers: list(self.catalogue_layers, other.catalogue_layers),
            catalogue: list(self.catalogue, other.catalogue),
            unknown_models: self.unknown_models.or(other.unknown_models),
            legacy_models: self.legacy_models.or(other.legacy_models),
            ca_dir: self.ca_dir.or(other.ca_dir),
            tls_cert: self.tls_cert.or(other.tls_cert),
            tls_key: self.tls_key.or(other.tls_key),
            tls_name: list(self.tls_name, other.tls_name),
            access_log: self.access_log.or(other.access_log),
            self_check: self.self_check.or(other.self_check),
            body_limit: self.body_limit.or(other.body_limit),
            body_timeout_ms: self.body_timeout_ms.or(other.body_timeout_ms),
            stop_timeout_ms: self.stop_timeout_ms.or(other.stop_timeout_ms),
            scenarios: list(self.scenarios, other.scenarios),
            unmatched: self.unmatched.or(other.unmatched),
            state: self.state.or(other.state),
            journal_entries: self.journal_entries.or(other.journal_entries),
            journal_bytes: self.journal_bytes.or(other.journal_bytes),
            control: self.control.or(other.control),
            control_token: self.control_token.or(other.control_token),
        }
    }

    /// Checks the values that need more than a type and fills in the defaults.
    pub fn checked(self) -> Result<Config, ConfigError> {
        for key in &self.access_key {
            if parse_access_key(key).is_none() {
                return Err(ConfigError(
                    "--access-key: expected ID:SECRET or ID:SECRET:TOKEN".into(),
                ));
            }
        }
        for key in &self.api_key {
            if parse_api_key(key).is_none() {
                return Err(ConfigError(
                    "--api-key: expected VALUE or VALUE=ACCOUNT with a 12-digit account".into(),
                ));
            }
        }
        for rule in &self.deny {
            if parse_deny(rule).is_none() {
                return Err(ConfigError(format!(
                    "--deny {rule}: expected PRINCIPAL=ACTION, for example *=bedrock:InvokeModel"
                )));
            }
        }
        for fault in &self.fault {
            read_flag(fault).map_err(|e| ConfigError(format!("--fault {fault}: {e}")))?;
        }
        if self.tls_cert.is_some() != self.tls_key.is_some() {
            return Err(ConfigError(
                "--tls-cert and --tls-key belong together: give both or none".into(),
            ));
        }
        if self.control_token.as_deref() == Some("") {
            return Err(ConfigError(
                "--control-token: expected a token; leave the flag out to demand none".into(),
            ));
        }
        if let Some(region) = &self.region
            && !is_region(region)
        {
            return Err(ConfigError(format!(
                "--region {region}: expected a region such as us-west-2"
            )));
        }
        Ok(self.resolve())
    }

    pub(super) fn resolve(self) -> Config {
        Config {
            host: self.host.unwrap_or(IpAddr::from([127, 0, 0, 1])),
            port: self.port.unwrap_or(DEFAULT_PORT),
            region_given: self.region.is_some(),
            region: self.region.unwrap_or_else(|| DEFAULT_REGION.into()),
            fidelity: self.fidelity.unwrap_or_default(),
            auth: self.auth.unwrap_or_default(),
            access_keys: self
                .access_key
                .iter()
                .filter_map(|k| parse_access_key(k))
                .collect(),
            api_keys: self
                .api_key
                .iter()
                .filter_map(|k| parse_api_key(k))
                .collect(),
            api_key_application_profiles: self.api_key_application_profiles.unwrap_or_default(),
            catalogue_layers: if self.catalogue_layers.is_empty() {
                vec![Layer::Today, Layer::Guide, Layer::History]
            } else {
                self.catalogue_layers
            },
            catalogue: self.catalogue,
            unknown_models: self.unknown_models.unwrap_or_default(),
            legacy_models: self.legacy_models.unwrap_or_default(),
            ca_dir: self.ca_dir,
            tls_cert: self.tls_cert,
            tls_key: self.tls_key,
            tls_names: self.tls_name,
            access_log: self.access_log.unwrap_or(true),
            self_check: self.self_check.unwrap_or(false),
            body_limit: self.body_limit.unwrap_or(32 * 1024 * 1024),
            body_timeout_ms: self.body_timeout_ms.unwrap_or(30_000),
            stop_timeout_ms: self.stop_timeout_ms.unwrap_or(10_000),
            state: self.state,
            scenarios: self.scenarios,
            unmatched: self.unmatched.unwrap_or_default(),
            journal: super::JournalLimits {
                entries: self.journal_entries.unwrap_or(10_000),
                bytes: self.journal_bytes.unwrap_or(64 * 1024 * 1024),
            },
            control: self.control.unwrap_or_default(),
            control_token: self.control_token,
            deny: self.deny.iter().filter_map(|r| parse_deny(r)).collect(),
            faults: self
                .fault
                .iter()
                .flat_map(|f| read_flag(f))
                .flatten()
                .collect(),
        }
    }
}
