//! `bedrock-mock key long`.

use clap::Args;

use super::super::env::check_account;
use super::super::{fail, print};
use crate::account::DEFAULT_ACCOUNT;
use crate::auth::api_key::long_term::mint_development;
use crate::exit_codes;

/// The same account and user give the same key, today and tomorrow; it does not expire.
#[derive(Debug, Args)]
pub(in crate::cli) struct LongArgs {
    /// 12-digit account
    #[arg(long, env = "BEDROCK_MOCK_ACCOUNT", value_name = "ACCOUNT", default_value = DEFAULT_ACCOUNT)]
    account: String,
    /// IAM user that the key belongs to
    #[arg(long, value_name = "NAME", default_value = "BedrockAPIKey-mock")]
    user: String,
}

pub(super) fn run(args: &LongArgs) -> u8 {
    if let Err(why) = check_account(&args.account) {
        return fail(why, exit_codes::USAGE);
    }
    if !is_user_name(&args.user) {
        let why = format!(
            "--user {}: expected 1 to 64 letters, digits or any of _+=,.@-",
            args.user
        );
        return fail(why, exit_codes::USAGE);
    }
    let alias = format!("{}-at-{}", args.user, args.account);
    print(&format!("{}\n", mint_development(&alias)))
}

/// The pattern and length of IAM's `UserName`.
fn is_user_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}
