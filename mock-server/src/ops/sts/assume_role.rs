//! AssumeRole: temporary credentials that act as a role, in the role's account.
//!
//! Roles exist on first use and trust everybody: the mock has no policies. Session policies, tags
//! and codes are accepted and change nothing.

use serde::Serialize;
use serde_json::Value;

use super::session::{Credentials, Holder, open};
use crate::account::is_account;
use crate::ops::{Call, Output};
use crate::state::unique_id;
use crate::wire::{ApiError, rows};

/// One hour (STS API reference).
const DEFAULT_SECONDS: i64 = 3_600;

/// Longest session that a role's session may open (IAM User Guide, role chaining).
const CHAINED_SECONDS: i64 = 3_600;

/// Partitions whose roles can be named: the commercial one, China, GovCloud (US).
const PARTITIONS: [&str; 3] = ["aws", "aws-cn", "aws-us-gov"];

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let text = |name: &str| call.input.text(name).unwrap_or_default();
    let Some(Role {
        partition,
        account,
        name: role,
    }) = parse(text("RoleArn"))
    else {
        return Err(ApiError::row(rows::sts::ROLE_ARN_INVALID)
            .hint("expected arn:aws:iam::ACCOUNT:role/NAME, or one of aws-cn or aws-us-gov"));
    };
    let asked = call
        .input
        .members
        .get("DurationSeconds")
        .and_then(Value::as_i64);
    if call.principal.role().is_some() && asked.is_some_and(|asked| asked > CHAINED_SECONDS) {
        return Err(ApiError::row(rows::sts::CHAINED_TOO_LONG));
    }

    let name = text("RoleSessionName");
    let holder = Holder {
        account,
        arn: format!("arn:{partition}:sts::{account}:assumed-role/{role}/{name}"),
        user: name,
    };
    call.answer(&AssumedRole {
        credentials: open(call, &holder, DEFAULT_SECONDS)?,
        assumed_role_user: AssumedRoleUser {
            assumed_role_id: format!("{}:{name}", unique_id::of_name("AROA", account, role)),
            arn: holder.arn,
        },
        source_identity: call.input.text("SourceIdentity"),
    })
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AssumedRole<'a> {
    credentials: Credentials,
    assumed_role_user: AssumedRoleUser,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AssumedRoleUser {
    assumed_role_id: String,
    arn: String,
}

/// The role that an ARN names.
struct Role<'a> {
    partition: &'a str,
    account: &'a str,
    name: &'a str,
}

/// The role of an ARN; sessions' ARNs keep its partition and leave its path out.
fn parse(arn: &str) -> Option<Role<'_>> {
    let (partition, rest) = arn.strip_prefix("arn:")?.split_once(":iam::")?;
    let (account, path) = rest.split_once(":role/")?;
    let name = path.rsplit('/').next()?;
    let letter = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
    let valid = PARTITIONS.contains(&partition)
        && is_account(account)
        && (1..=64).contains(&name.len())
        && name.bytes().all(letter);
    valid.then_some(Role {
        partition,
        account,
        name,
    })
}
