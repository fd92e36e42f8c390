//! Settings: flags, environment, one configuration file.
//!
//! A flag beats its environment variable (`BEDROCK_MOCK_` and the flag's name), which beats the
//! file. The file is TOML whose keys are the flags' names; an unknown key is refused with its line
//! and column.

mod error;
mod journal_limits;
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
pub use settings::{FidelityFlag, Settings};
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
    /// As the service: signatures and keys are verified.
    #[default]
    Strict,
    /// Credentials must be there and well-formed; what they prove is not checked.
    Lenient,
    /// Anything goes, also nothing.
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
    /// It works.
    #[default]
    On,
    /// It does not.
    Off,
}

/// A layer of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// What the service offers on the snapshot's date.
    Today,
    /// What the founding guide uses.
    Guide,
    /// What the service once offered.
    History,
}

/// What to do with ids that no layer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownModels {
    /// Refuse them as the service does.
    #[default]
    Refuse,
    /// Take the family from the id.
    Infer,
}

/// What a request to a model gets that no scenario matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unmatched {
    /// The mock's own answer.
    #[default]
    Default,
    /// A refusal that names the nearest scenarios and what they miss.
    Refuse,
}

/// What to do with models that the catalogue calls legacy. The service refuses them to accounts that
/// have not used them for a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LegacyModels {
    /// They answer, as to an account that uses them.
    #[default]
    Allow,
    /// They are refused, as to an account that does not.
    Refuse,
}
