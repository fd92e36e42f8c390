//! Settings as flags, environment or file give them.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use serde::Deserialize;

use super::{Allow, AuthMode, Fidelity, Layer, LegacyModels, Switch, UnknownModels, Unmatched};

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
