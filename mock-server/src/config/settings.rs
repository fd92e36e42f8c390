//! Settings as flags, environment or file give them, and how they become a [`Config`].

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use super::error::ConfigError;
use super::value::{parse_access_key, parse_api_key, parse_deny};
use super::{
    Allow, AuthMode, Config, DEFAULT_PORT, DEFAULT_REGION, Fidelity, Layer, LegacyModels, Switch,
    UnknownModels, Unmatched,
};
use crate::account::is_region;
use crate::faults::read_flag;

/// Settings as flags, environment or file give them; what is absent is left to the next source.
#[derive(Debug, Default, Clone, Args, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// Address to listen on [default: 127.0.0.1]
    #[arg(
        long,
        env = "BEDROCK_MOCK_HOST",
        value_name = "ADDRESS",
        help_heading = "Network"
    )]
    pub host: Option<IpAddr>,
    /// Port to listen on; 0 picks a free one [default: 4580]
    #[arg(
        long,
        env = "BEDROCK_MOCK_PORT",
        value_name = "PORT",
        help_heading = "Network"
    )]
    pub port: Option<u16>,
    /// Region that answers unless the request names one. If given, credentials of another region are refused [default: us-west-2]
    #[arg(
        long,
        env = "BEDROCK_MOCK_REGION",
        value_name = "REGION",
        help_heading = "Network"
    )]
    pub region: Option<String>,
    /// Largest accepted request body, in bytes [default: 33554432]
    #[arg(
        long,
        env = "BEDROCK_MOCK_BODY_LIMIT",
        value_name = "BYTES",
        help_heading = "Network"
    )]
    pub body_limit: Option<usize>,
    /// Longest pause within a request body, in ms [default: 30000]
    #[arg(
        long,
        env = "BEDROCK_MOCK_BODY_TIMEOUT_MS",
        value_name = "MS",
        help_heading = "Network"
    )]
    pub body_timeout_ms: Option<u64>,
    /// Time for open streams to finish after SIGTERM, in ms [default: 10000]
    #[arg(
        long,
        env = "BEDROCK_MOCK_STOP_TIMEOUT_MS",
        value_name = "MS",
        help_heading = "Network"
    )]
    pub stop_timeout_ms: Option<u64>,
    /// Print one line per request to standard error [default: true]
    #[arg(
        long,
        env = "BEDROCK_MOCK_ACCESS_LOG",
        value_name = "BOOL",
        help_heading = "Network"
    )]
    pub access_log: Option<bool>,
    /// Directory of the development CA [default: per user]
    #[arg(
        long,
        env = "BEDROCK_MOCK_CA_DIR",
        value_name = "DIR",
        help_heading = "TLS"
    )]
    pub ca_dir: Option<PathBuf>,
    /// Your own certificate chain (PEM), used with --tls-key instead of the development CA
    #[arg(
        long,
        env = "BEDROCK_MOCK_TLS_CERT",
        value_name = "FILE",
        help_heading = "TLS"
    )]
    pub tls_cert: Option<PathBuf>,
    /// Private key (PEM) for --tls-cert
    #[arg(
        long,
        env = "BEDROCK_MOCK_TLS_KEY",
        value_name = "FILE",
        help_heading = "TLS"
    )]
    pub tls_key: Option<PathBuf>,
    /// Additional server name for the certificate, such as a compose service; repeatable
    #[arg(
        long,
        env = "BEDROCK_MOCK_TLS_NAME",
        value_name = "NAME",
        help_heading = "TLS",
        value_delimiter = ','
    )]
    pub tls_name: Vec<String>,
    /// How strictly credentials are checked [default: strict]
    #[arg(
        long,
        env = "BEDROCK_MOCK_AUTH",
        value_name = "MODE",
        help_heading = "Credentials",
        value_enum
    )]
    pub auth: Option<AuthMode>,
    /// Known access key; repeatable
    #[arg(
        long,
        env = "BEDROCK_MOCK_ACCESS_KEY",
        value_name = "ID:SECRET[:TOKEN]",
        help_heading = "Credentials",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub access_key: Vec<String>,
    /// Known API key; repeatable
    #[arg(
        long,
        env = "BEDROCK_MOCK_API_KEY",
        value_name = "VALUE[=ACCOUNT]",
        help_heading = "Credentials",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub api_key: Vec<String>,
    /// Whether API keys may use application inference profiles [default: allow]
    #[arg(
        long,
        env = "BEDROCK_MOCK_API_KEY_APPLICATION_PROFILES",
        value_name = "CHOICE",
        help_heading = "Credentials",
        value_enum
    )]
    pub api_key_application_profiles: Option<Allow>,
    /// Deny an IAM action to a principal, for example *=bedrock:InvokeModel; repeatable
    #[arg(
        long,
        env = "BEDROCK_MOCK_DENY",
        value_name = "PRINCIPAL=ACTION",
        help_heading = "Credentials",
        value_delimiter = ','
    )]
    pub deny: Vec<String>,
    /// How closely to follow today's service [default: guide]
    #[arg(
        long,
        env = "BEDROCK_MOCK_FIDELITY",
        value_name = "MODE",
        help_heading = "Catalogue",
        value_enum
    )]
    pub fidelity: Option<Fidelity>,
    /// Layers of the model catalogue [default: today,guide,history]
    #[arg(
        long,
        env = "BEDROCK_MOCK_CATALOGUE_LAYERS",
        value_name = "LAYER",
        help_heading = "Catalogue",
        value_enum,
        value_delimiter = ','
    )]
    pub catalogue_layers: Vec<Layer>,
    /// File that adds models and profiles to the catalogue; repeatable
    #[arg(
        long,
        env = "BEDROCK_MOCK_CATALOGUE",
        value_name = "FILE",
        help_heading = "Catalogue",
        value_delimiter = ','
    )]
    pub catalogue: Vec<PathBuf>,
    /// How to answer model ids that no layer has [default: refuse]
    #[arg(
        long,
        env = "BEDROCK_MOCK_UNKNOWN_MODELS",
        value_name = "CHOICE",
        help_heading = "Catalogue",
        value_enum
    )]
    pub unknown_models: Option<UnknownModels>,
    /// How to answer models that the catalogue marks as legacy [default: allow]
    #[arg(
        long,
        env = "BEDROCK_MOCK_LEGACY_MODELS",
        value_name = "CHOICE",
        help_heading = "Catalogue",
        value_enum
    )]
    pub legacy_models: Option<LegacyModels>,
    /// File that keeps profiles, keys and users across restarts [default: none, all in memory]
    #[arg(
        long,
        env = "BEDROCK_MOCK_STATE",
        value_name = "FILE",
        help_heading = "Catalogue"
    )]
    pub state: Option<PathBuf>,
    /// Scenario file or folder of them, read again when it changes; repeatable
    #[arg(
        long,
        env = "BEDROCK_MOCK_SCENARIOS",
        value_name = "PATH",
        help_heading = "Scripting",
        value_delimiter = ','
    )]
    pub scenarios: Vec<PathBuf>,
    /// How to answer requests that match no scenario [default: answer]
    #[arg(
        long,
        env = "BEDROCK_MOCK_UNMATCHED",
        value_name = "CHOICE",
        help_heading = "Scripting",
        value_enum
    )]
    pub unmatched: Option<Unmatched>,
    /// Fault rule as JSON or KIND:NAME=VALUE,…, for example ThrottlingException:first=2; repeatable. GET /_mock/faults/kinds lists the kinds
    #[arg(
        long,
        env = "BEDROCK_MOCK_FAULT",
        value_name = "RULE",
        help_heading = "Scripting"
    )]
    pub fault: Vec<String>,
    /// Most requests that the journal keeps; 0 keeps none [default: 10000]
    #[arg(
        long,
        env = "BEDROCK_MOCK_JOURNAL_ENTRIES",
        value_name = "COUNT",
        help_heading = "Journal and control API"
    )]
    pub journal_entries: Option<usize>,
    /// Most bytes that the journal keeps; 0 keeps none [default: 67108864]
    #[arg(
        long,
        env = "BEDROCK_MOCK_JOURNAL_BYTES",
        value_name = "BYTES",
        help_heading = "Journal and control API"
    )]
    pub journal_bytes: Option<u64>,
    /// Whether /_mock/ answers; off leaves only /_mock/health [default: on]
    #[arg(
        long,
        env = "BEDROCK_MOCK_CONTROL",
        value_name = "CHOICE",
        help_heading = "Journal and control API",
        value_enum
    )]
    pub control: Option<Switch>,
    /// Token that /_mock/ requires, except for /_mock/health, as Authorization: Bearer TOKEN or x-mock-token [default: none]
    #[arg(
        long,
        env = "BEDROCK_MOCK_CONTROL_TOKEN",
        value_name = "TOKEN",
        help_heading = "Journal and control API",
        hide_env_values = true
    )]
    pub control_token: Option<String>,
    /// Check every answer against the service model; prints findings at the end and exits with 3 [default: false]
    #[arg(long, env = "BEDROCK_MOCK_SELF_CHECK", value_name = "BOOL", help_heading = "Journal and control API", num_args = 0..=1, default_missing_value = "true")]
    pub self_check: Option<bool>,
}

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
