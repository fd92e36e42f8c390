//! Credentials that this mock's own IAM and STS gave out.
//!
//! An access key of STS names its account, and so does the alias of a long-term key, so one look
//! into that account's records finds either. Secrets and tokens are compared in constant time;
//! whether they are still valid is checked against the clock at each use.

use subtle::ConstantTimeEq as _;

use super::api_key::{LongTermKey, long_term};
use super::principal::{Kind, Principal};
use super::refusal::Refusal;
use super::sigv4::Secret;
use crate::state::store::{self, Accounts, Record, SessionRecord};
use crate::state::{Standing, unique_id};
use crate::wire::rows;

/// Returns the secret of an access key of STS that comes with a session token.
pub(super) fn session_secret(
    accounts: &Accounts,
    access_key: &str,
    token: Option<&str>,
    now: i64,
) -> Secret {
    let Some((_, session)) = session(accounts, access_key) else {
        return Secret::Unknown;
    };
    let same =
        token.is_some_and(|token| bool::from(session.token.as_bytes().ct_eq(token.as_bytes())));
    match same {
        false => Secret::WrongToken,
        true if session.expires <= now => Secret::Expired,
        true => Secret::Known(session.secret),
    }
}

/// Returns the principal of an access key of STS whose signature was verified.
pub(super) fn session_owner(accounts: &Accounts, access_key: &str) -> Option<Principal> {
    let (account, session) = session(accounts, access_key)?;
    Some(Principal {
        account,
        user: session.user,
        arn: Some(session.arn),
        kind: Kind::AccessKey {
            id: session.access_key,
        },
        region: None,
    })
}

/// Returns the owner of a long-term key that IAM made, or why it is refused; `None` if IAM made no such key.
pub(super) fn key_owner(
    accounts: &Accounts,
    key: &LongTermKey,
    now: i64,
) -> Option<Result<Principal, Refusal>> {
    let account = long_term::account_of(key.alias())?;
    let record = accounts.api_key_by_alias(&account, key.alias())?;
    let Record::ApiKey(known) = &*record else {
        return None;
    };
    if !key.has_secret(&known.secret) {
        return None;
    }
    Some(match known.standing(now) {
        Standing::Usable => Ok(Principal {
            account: account.to_string(),
            user: known.user.clone(),
            arn: None,
            kind: Kind::LongTermKey,
            region: None,
        }),
        Standing::Inactive => Err(Refusal::new(
            rows::auth::API_KEY_INACTIVE,
            "the API key is inactive: aws iam update-service-specific-credential --status Active",
        )),
        Standing::Expired => Err(Refusal::new(
            rows::auth::API_KEY_EXPIRED,
            "the API key has expired: make a new one",
        )),
    })
}

fn session(accounts: &Accounts, access_key: &str) -> Option<(String, SessionRecord)> {
    let account = unique_id::account_of(access_key)?;
    match &*accounts
        .view(&account)
        .get(store::Kind::Session, access_key)?
    {
        Record::Session(session) => Some((account, session.clone())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::super::api_key::{self, ApiKey};
    use super::*;
    use crate::state::store::{ApiKeyRecord, ApiKeyStatus, Change, MemoryStore, StoreError};

    const ACCOUNT: &str = "111122223333";
    const ALIAS: &str = "your-user-at-111122223333";
    const DAY: i64 = 86_400;

    fn accounts(records: Vec<(&str, Record)>) -> Accounts {
        let accounts = Accounts::new(Arc::new(MemoryStore::default()));
        let changes: Vec<Change> = records
            .into_iter()
            .map(|(id, record)| Change::Put {
                id: id.into(),
                record: Arc::new(record),
            })
            .collect();
        accounts
            .transact::<_, StoreError>(ACCOUNT, |_| Ok(((), changes.clone())))
            .unwrap();
        accounts
    }

    fn with_key(status: ApiKeyStatus, expires: Option<i64>) -> Accounts {
        let record = ApiKeyRecord {
            id: "ACCA1".into(),
            user: "your-user".into(),
            alias: ALIAS.into(),
            secret: "c2VjcmV0".into(),
            status,
            created: 0,
            expires,
        };
        accounts(vec![
            ("ACCA1", Record::ApiKey(record)),
            (ALIAS, Record::Alias("ACCA1".into())),
        ])
    }

    fn shown(secret: &str) -> LongTermKey {
        match api_key::parse(&format!(
            "ABSK{}",
            STANDARD.encode(format!("{ALIAS}:{secret}"))
        )) {
            Ok(ApiKey::Long(key)) => key,
            _ => panic!("not a long-term key"),
        }
    }

    fn judged(
        accounts: &Accounts,
        secret: &str,
        now: i64,
    ) -> Option<Result<Principal, &'static str>> {
        key_owner(accounts, &shown(secret), now)
            .map(|found| found.map_err(|refusal| refusal.row.id))
    }

    #[test]
    fn a_key_is_good_until_its_last_second() {
        let accounts = with_key(ApiKeyStatus::Active, Some(DAY));
        let owner = judged(&accounts, "c2VjcmV0", DAY - 1).unwrap().unwrap();
        assert_eq!(
            (owner.account.as_str(), owner.user.as_str()),
            (ACCOUNT, "your-user")
        );
        assert_eq!(
            judged(&accounts, "c2VjcmV0", DAY),
            Some(Err("auth.api-key-expired"))
        );
    }

    #[test]
    fn an_inactive_key_is_refused_and_another_secret_is_no_key() {
        let accounts = with_key(ApiKeyStatus::Inactive, None);
        assert_eq!(
            judged(&accounts, "c2VjcmV0", 0),
            Some(Err("auth.api-key-inactive"))
        );
        assert_eq!(judged(&accounts, "c2VjcmV1", 0), None);
        assert_eq!(judged(&accounts, "c2Vjcm", 0), None);
    }

    #[test]
    fn a_session_needs_its_token_and_ends() {
        let id = unique_id::access_key(ACCOUNT);
        let session = SessionRecord {
            access_key: id.clone(),
            secret: "secret".into(),
            token: "token".into(),
            arn: "arn:aws:sts::111122223333:assumed-role/Role/me".into(),
            user: "me".into(),
            expires: 900,
        };
        let accounts = accounts(vec![(&id, Record::Session(session))]);
        let found = |id: &str, token, now| match session_secret(&accounts, id, token, now) {
            Secret::Unknown => "unknown".to_owned(),
            Secret::Expired => "expired".to_owned(),
            Secret::WrongToken => "wrong token".to_owned(),
            Secret::Known(secret) => secret,
        };
        assert_eq!(found(&id, Some("token"), 899), "secret");
        assert_eq!(found(&id, Some("token"), 900), "expired");
        assert_eq!(found(&id, Some("Token"), 0), "wrong token");
        assert_eq!(found(&id, None, 0), "wrong token");
        assert_eq!(
            found(&unique_id::access_key(ACCOUNT), Some("token"), 0),
            "unknown"
        );
        assert_eq!(found("ASIA", Some("token"), 0), "unknown");
        let owner = session_owner(&accounts, &id).unwrap();
        assert_eq!(
            owner.arn(),
            "arn:aws:sts::111122223333:assumed-role/Role/me"
        );
        assert_eq!(owner.account, ACCOUNT);
    }
}
