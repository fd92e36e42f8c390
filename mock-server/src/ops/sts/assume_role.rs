//! AssumeRole: temporary credentials that act as a role, in the role's account.
//!
//! Roles exist on first use and trust everybody: the mock has no policies. Session policies, tags
//! and codes are accepted and change nothing.

use serde_json::{Value, json};

use super::session::{Holder, open};
use crate::config::is_account;
use crate::ops::Call;
use crate::state::unique_id;
use crate::wire::ApiError;

/// One hour (STS API reference).
const DEFAULT_SECONDS: i64 = 3_600;

/// Longest session that a role's session may open (IAM User Guide, role chaining).
const CHAINED_SECONDS: i64 = 3_600;

pub(super) fn run(call: &Call<'_>) -> Result<Value, ApiError> {
    let text = |name: &str| call.input.text(name).unwrap_or_default();
    let Some((account, role)) = parse(text("RoleArn")) else {
        return Err(
            ApiError::row("sts.role-arn-invalid").hint("expected arn:aws:iam::ACCOUNT:role/NAME")
        );
    };
    let asked = call
        .input
        .members
        .get("DurationSeconds")
        .and_then(Value::as_i64);
    if call.principal.is_role_session() && asked.is_some_and(|asked| asked > CHAINED_SECONDS) {
        return Err(ApiError::row("sts.chained-too-long"));
    }

    let name = text("RoleSessionName");
    let holder = Holder {
        account,
        arn: format!("arn:aws:sts::{account}:assumed-role/{role}/{name}"),
        user: name,
    };
    let mut answer = json!({
        "Credentials": open(call, &holder, DEFAULT_SECONDS)?,
        "AssumedRoleUser": {
            "AssumedRoleId": format!("{}:{name}", unique_id::of_name("AROA", account, role)),
            "Arn": holder.arn,
        },
    });
    if let Some(source) = call.input.text("SourceIdentity") {
        answer["SourceIdentity"] = source.into();
    }
    Ok(answer)
}

/// Account and name of the role in an ARN; sessions' ARNs leave the role's path out.
fn parse(arn: &str) -> Option<(&str, &str)> {
    let (account, path) = arn.strip_prefix("arn:aws:iam::")?.split_once(":role/")?;
    let name = path.rsplit('/').next()?;
    let letter = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
    let valid = is_account(account) && (1..=64).contains(&name.len()) && name.bytes().all(letter);
    valid.then_some((account, name))
}
