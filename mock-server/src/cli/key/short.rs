//! `bedrock-mock key short`.

use std::time::SystemTime;

use clap::Args;

use super::super::env::{check_account, check_region};
use super::super::{fail, print};
use crate::auth::api_key::short_term::{LONGEST_LIFE, mint};
use crate::config::{AccessKeyFlag, DEFAULT_REGION, parse_access_key};
use crate::exit_codes;

/// Prints byte for byte what AWS's Python generator makes from the same access key at the same time.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShortArgs {
    /// 12-digit account, which is an access key with the secret `test` [default: 123456789012, under the access key `test`]
    #[arg(long, env = "BEDROCK_MOCK_ACCOUNT", value_name = "ACCOUNT")]
    account: Option<String>,
    /// Access key that signs it; the mock must know the same key (serve --access-key)
    #[arg(
        long,
        value_name = "ID:SECRET[:TOKEN]",
        conflicts_with = "account",
        hide_env_values = true
    )]
    access_key: Option<String>,
    /// The only region in which the key is valid
    #[arg(long, env = "BEDROCK_MOCK_REGION", value_name = "REGION", default_value = DEFAULT_REGION)]
    region: String,
    /// Life of the key in seconds, up to 43200
    #[arg(long, value_name = "SECONDS", default_value_t = LONGEST_LIFE, value_parser = clap::value_parser!(u64).range(1..=LONGEST_LIFE))]
    expires_in: u64,
}

pub(super) fn run(args: &ShortArgs) -> u8 {
    let signer = match signer(args) {
        Ok(signer) => signer,
        Err(why) => return fail(why, exit_codes::USAGE),
    };
    let key = mint(
        &signer.id,
        &signer.secret,
        signer.token.as_deref(),
        &args.region,
        SystemTime::now(),
        args.expires_in,
    );
    print(&format!("{key}\n"))
}

fn signer(args: &ShortArgs) -> Result<AccessKeyFlag, String> {
    check_region(&args.region)?;
    if let Some(given) = &args.access_key {
        // The value holds a secret and is not repeated.
        return parse_access_key(given)
            .ok_or_else(|| "--access-key: expected ID:SECRET or ID:SECRET:TOKEN".into());
    }
    if let Some(account) = &args.account {
        check_account(account)?;
    }
    let known = args.account.clone();
    Ok(AccessKeyFlag {
        id: known.unwrap_or_else(|| "test".into()),
        secret: "test".into(),
        token: None,
    })
}
