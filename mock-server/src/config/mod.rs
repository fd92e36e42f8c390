//! Settings: flags, environment, one configuration file.
//!
//! A flag beats its environment variable (`BEDROCK_MOCK_` and the flag's name), which beats the
//! file. The file is TOML whose keys are the flags' names; an unknown key is refused with its line
//! and column.

mod error;
mod journal_limits;
mod resolve;
mod settings;
mod value;

use std::net::IpAddr;
use std::path::PathBuf;

use clap::ValueEnum;
use serde::Deserialize;

use crate::faults::Rule;
pub use crate::model::overlay::Fidelity;
pub use error::ConfigError;
pub use journal_limits::JournalLimits;
pub use settings::Settings;
pub use value::{AccessKeyFlag, ApiKeyFlag, DenyRule, parse_access_key};

/// The port that is used unless another one is asked for.
pub const DEFAULT_PORT: u16 = 4580;
/// The region that answers unless the request names one.
pub const DEFAULT_REGION: &str = "us-west-2";

/// Resolved settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen on; loopback unless asked otherwise.
    pub host: IpAddr,
    /// Port to listen on; 0 picks a free one.
    pub port: u16,
    /// Region that answers unless the request names one.
    pub region: String,
    /// The region was asked for, so credentials of another one are refused.
    pub region_given: bool,
    /// Which face the mock shows.
    pub fidelity: Fidelity,
    /// How strictly credentials are checked.
    pub auth: AuthMode,
    /// Access keys beside `test` and the 12-digit ones.
    pub access_keys: Vec<AccessKeyFlag>,
    /// API keys beside the development ones: value and account.
    pub api_keys: Vec<ApiKeyFlag>,
    /// Whether API keys may use application profiles.
    pub api_key_application_profiles: Allow,
    /// Layers of the catalogue.
    pub catalogue_layers: Vec<Layer>,
    /// Users' catalogue files, later ones add to earlier ones.
    pub catalogue: Vec<PathBuf>,
    /// What to do with ids that no layer has.
    pub unknown_models: UnknownModels,
    /// What to do with models that the catalogue calls legacy.
    pub legacy_models: LegacyModels,
    /// Directory of the development CA.
    pub ca_dir: Option<PathBuf>,
    /// Own certificate chain, PEM.
    pub tls_cert: Option<PathBuf>,
    /// Own private key, PEM.
    pub tls_key: Option<PathBuf>,
    /// Further names for the certificate.
    pub tls_names: Vec<String>,
    /// One line per request on standard error.
    pub access_log: bool,
    /// Check every answer against the service model.
    pub self_check: bool,
    /// Largest accepted body, bytes.
    pub body_limit: usize,
    /// How long a body may pause while it arrives, ms.
    pub body_timeout_ms: u64,
    /// How long open streams may take to finish after a stop was asked for, ms.
    pub stop_timeout_ms: u64,
    /// File that keeps profiles, keys and users across restarts.
    pub state: Option<PathBuf>,
    /// How much the journal keeps.
    pub journal: JournalLimits,
    /// Whether the control API answers.
    pub control: Switch,
    /// What the control API demands to see.
    pub control_token: Option<String>,
    /// File with IAM-like deny rules.
    pub deny: Vec<DenyRule>,
    /// Scenario files, and folders of them.
    pub scenarios: Vec<PathBuf>,
    /// What a request to a model gets that no scenario matches.
    pub unmatched: Unmatched,
    /// What is to go wrong.
    pub faults: Vec<Rule>,
}

impl Default for Config {
    fn default() -> Self {
        Settings::default().resolve()
    }
}

/// How strictly credentials are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthMode {
    /// Verify signatures and keys, as the service does.
    #[default]
    Strict,
    /// Require well-formed credentials, but do not verify them.
    Lenient,
    /// Accept any credentials, or none.
    Off,
}

/// A switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Allow {
    /// Allowed.
    #[default]
    Allow,
    /// Refused.
    Deny,
}

/// Something that can be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// The control API answers.
    #[default]
    On,
    /// Only /_mock/health answers.
    Off,
}

/// A layer of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// Models that the service offers on the snapshot's date.
    Today,
    /// Models that the API-key guide uses.
    Guide,
    /// Models that the service once offered.
    History,
}

/// What to do with ids that no layer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownModels {
    /// Refuse the request as the service does.
    #[default]
    Refuse,
    /// Take the family from the id.
    Infer,
}

/// What a request to a model gets that no scenario matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unmatched {
    /// Answer as the mock does without scenarios.
    // The name until 0.2.0.
    #[value(alias = "default")]
    #[serde(alias = "default")]
    #[default]
    Answer,
    /// Refuse, and name the nearest scenarios with the clauses that did not match.
    Refuse,
}

/// How to answer models that the catalogue marks as legacy. The service refuses them to accounts
/// that have not used them in 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LegacyModels {
    /// Answer, as for an account that uses the model.
    #[default]
    Allow,
    /// Return 404, as for an account that has not used the model in 30 days.
    Refuse,
}
