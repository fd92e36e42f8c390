//! `bedrock-mock key decode`: explains a key, and whether a mock would accept it.
//!
//! The verdict is the authenticator's own, under the settings that the flags give. Secrets,
//! signatures and session tokens are never printed.

use std::io::Read as _;
use std::time::SystemTime;

use clap::Args;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::super::{fail, print};
use crate::account::{DEFAULT_ACCOUNT, is_account};
use crate::app::App;
use crate::auth::api_key::{self, ApiKey, LongTermKey, ShortTermKey, long_term};
use crate::config::{Config, Settings};
use crate::exit_codes;
use crate::wire::ApiError;

/// Exits with 0 for a key that a mock with these settings accepts, 4 for one that it refuses.
#[derive(Debug, Args)]
pub(in crate::cli) struct DecodeArgs {
    /// The key; `-` reads it from standard input, where it stays out of the shell's history
    #[arg(
        value_name = "KEY",
        env = "AWS_BEARER_TOKEN_BEDROCK",
        hide_env_values = true
    )]
    key: String,
    /// Region of the request [default: any region]
    #[arg(long, env = "BEDROCK_MOCK_REGION", value_name = "REGION")]
    region: Option<String>,
    /// Access key that the mock knows; repeatable
    #[arg(
        long,
        value_name = "ID:SECRET[:TOKEN]",
        env = "BEDROCK_MOCK_ACCESS_KEY",
        value_delimiter = ',',
        hide_env_values = true
    )]
    access_key: Vec<String>,
    /// API key that the mock knows; repeatable
    #[arg(
        long,
        value_name = "VALUE[=ACCOUNT]",
        env = "BEDROCK_MOCK_API_KEY",
        value_delimiter = ',',
        hide_env_values = true
    )]
    api_key: Vec<String>,
}

pub(super) fn run(args: DecodeArgs) -> u8 {
    let key = match args.key.as_str() {
        "-" => match from_input() {
            Ok(key) => key,
            Err(why) => return fail(why, exit_codes::USAGE),
        },
        key => key.trim().to_owned(),
    };
    let settings = Settings {
        region: args.region,
        access_key: args.access_key,
        api_key: args.api_key,
        ..Settings::default()
    };
    let config = match settings.checked() {
        Ok(config) => config,
        Err(e) => return fail(e, exit_codes::USAGE),
    };
    match explain(&key, config) {
        Ok((text, accepted)) => {
            let printed = print(&text);
            match accepted {
                true => printed,
                false => exit_codes::KEY_REFUSED,
            }
        }
        Err(why) => fail(why, exit_codes::CANNOT_START),
    }
}

fn from_input() -> Result<String, String> {
    let mut text = String::new();
    // A key has a few hundred bytes; what is longer is something else.
    let read = std::io::stdin().take(1 << 16).read_to_string(&mut text);
    read.map_err(|e| format!("standard input: {e}; expected one API key"))?;
    Ok(text.trim().to_owned())
}

/// The explanation, and whether the key would be accepted.
fn explain(key: &str, config: Config) -> Result<(String, bool), String> {
    let mut rows = match api_key::parse(key) {
        Ok(ApiKey::Long(key)) => of_long(&key),
        Ok(ApiKey::Short(key)) => of_short(&key),
        Err(_) => vec![("kind", "no whole Bedrock API key".to_owned())],
    };
    let app = App::new(config).map_err(|e| e.to_string())?;
    let verdict = app.verifier().resolve_key(key);
    let accepted = verdict.is_ok();
    match verdict {
        Ok(principal) => rows.push(("accepted", format!("as {}", principal.arn()))),
        Err(refusal) => {
            rows.push(("refused", refusal.hint.clone()));
            let answer = ApiError::from(refusal);
            let (status, kind) = (answer.status(), answer.kind());
            rows.push(("answer", format!("{status} {kind}: {}", answer.message())));
        }
    }
    let lines = rows
        .iter()
        .map(|(name, value)| format!("{name:<9} {value}\n"));
    Ok((lines.collect(), accepted))
}

fn of_long(key: &LongTermKey) -> Vec<(&'static str, String)> {
    let alias = key.alias();
    let kind = match long_term::is_development(key) {
        true => "long-term, a development key of bedrock-mock",
        false => "long-term",
    };
    vec![
        ("kind", kind.to_owned()),
        ("account", account(long_term::account_of(alias))),
        ("user", long_term::user_of(alias)),
        ("region", "any".to_owned()),
        ("expires", "not said in the key; IAM keeps it".to_owned()),
    ]
}

fn of_short(key: &ShortTermKey) -> Vec<(&'static str, String)> {
    let id = key.access_key();
    let session = match key.session_token() {
        Some(_) => " with a session token",
        None => "",
    };
    let ends = key.issued().checked_add(key.life());
    let ends = match ends {
        Some(ends) if key.is_expired(SystemTime::now()) => format!("{}, over", date(ends)),
        Some(ends) => date(ends),
        None => "beyond every calendar".to_owned(),
    };
    vec![
        ("kind", "short-term".to_owned()),
        (
            "account",
            account(Some(id.to_owned()).filter(|id| is_account(id))),
        ),
        ("user", format!("whoever owns access key {id}{session}")),
        ("region", key.region().to_owned()),
        ("issued", date(key.issued())),
        ("expires", ends),
    ]
}

fn account(named: Option<String>) -> String {
    named.unwrap_or_else(|| format!("none named; a mock takes {DEFAULT_ACCOUNT}"))
}

fn date(at: SystemTime) -> String {
    let formatted = OffsetDateTime::from(at).format(&Rfc3339);
    formatted.unwrap_or_else(|_| "beyond every calendar".to_owned())
}
