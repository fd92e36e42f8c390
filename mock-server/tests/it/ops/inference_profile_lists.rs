//! Who sees which inference profiles, and until when: regions, accounts, pages, deletion.

use std::collections::HashSet;

use crate::account::{Account, id_of, label, refusal};
use bedrock_mock::MockServer;
use serde_json::{Value, json};

const ACCOUNT: &str = "123456789012";
const SONNET: &str = "anthropic.claude-3-5-sonnet-20241022-v2:0";
const GLOBAL: &str = "global.anthropic.claude-sonnet-4-20250514-v1:0";
const BAD_MODEL: &str = "The provided model identifier is invalid.";

fn path(identifier: &str) -> String {
    format!("/inference-profiles/{}", label(identifier))
}

#[tokio::test]
async fn system_profiles_are_those_of_the_region() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, "210987654321");
    for (region, geography) in [("us-west-2", "us."), ("eu-west-1", "eu.")] {
        let ids = account.in_region(region).listed("").await;
        assert!(
            ids.iter()
                .all(|id| id.starts_with(geography) || id.starts_with("global.")),
            "{region}: {ids:?}"
        );
        assert!(ids.iter().any(|id| id.starts_with(geography)));
        assert!(ids.contains(&GLOBAL.to_owned()), "{region}");
    }
    let profile = account
        .get(&path("us.anthropic.claude-3-5-sonnet-20241022-v2:0"))
        .await
        .ok();
    insta::assert_snapshot!(profile, @r#"{"createdAt":"2024-10-22T00:00:00Z","description":"Routes requests to Anthropic Claude 3.5 Sonnet v2 in us-east-1, us-east-2 and us-west-2.","inferenceProfileArn":"arn:aws:bedrock:us-west-2:210987654321:inference-profile/us.anthropic.claude-3-5-sonnet-20241022-v2:0","inferenceProfileId":"us.anthropic.claude-3-5-sonnet-20241022-v2:0","inferenceProfileName":"US Anthropic Claude 3.5 Sonnet v2","models":[{"modelArn":"arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0"},{"modelArn":"arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0"},{"modelArn":"arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0"}],"status":"ACTIVE","toolboxArn":null,"type":"SYSTEM_DEFINED","updatedAt":"2024-10-22T00:00:00Z"}"#);
    let global = account.get(&path(GLOBAL)).await.ok();
    assert_eq!(
        global["description"],
        "Routes requests to Claude Sonnet 4 globally across all supported AWS Regions."
    );
}

#[tokio::test]
async fn pages_hold_every_profile_once() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, "210987654321");
    let mut made = HashSet::new();
    for i in 0..5 {
        made.insert(id_of(&account.created(&format!("p{i}"), SONNET).await).to_owned());
    }
    let listed = account.listed("?type=APPLICATION").await;
    assert_eq!(listed.iter().cloned().collect::<HashSet<_>>(), made);
    let systems = account.listed("?type=SYSTEM_DEFINED").await;
    assert!(systems.iter().all(|id| !made.contains(id)));

    let whole = account.listed("").await;
    assert_eq!(whole.len(), systems.len() + 5);
    let (mut paged, mut query) = (Vec::new(), "?maxResults=7".to_owned());
    loop {
        let page = account
            .get(&format!("/inference-profiles{query}"))
            .await
            .ok();
        let summaries = page["inferenceProfileSummaries"].as_array().unwrap();
        assert!(summaries.len() <= 7);
        paged.extend(
            summaries
                .iter()
                .map(|p| p["inferenceProfileId"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["nextToken"].as_str() else {
            assert_eq!(page["nextToken"], Value::Null);
            break;
        };
        assert_eq!(summaries.len(), 7);
        query = format!("?maxResults=7&nextToken={next}");
        // A profile that goes between two pages shifts nothing.
        if paged.len() == 7 {
            let gone = made.iter().next().unwrap();
            account.delete(&path(gone)).await.ok();
            made = made.iter().filter(|id| *id != gone).cloned().collect();
        }
    }
    assert_eq!(paged, account.listed("").await);
}

#[tokio::test]
async fn a_next_token_is_of_one_list() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    let page = account.get("/inference-profiles?maxResults=1").await.ok();
    let token = page["nextToken"].as_str().unwrap();
    let other = Account::new(&server, "210987654321");
    let altered = format!("{}x", &token[..token.len() - 1]);
    for (who, query) in [
        (&account, format!("type=SYSTEM_DEFINED&nextToken={token}")),
        (&other, format!("nextToken={token}")),
        (&account, format!("nextToken={altered}")),
        (&account, "nextToken=AAAA".to_owned()),
        (&account, "nextToken=%C3%A9".to_owned()),
    ] {
        let (status, kind, _) = who
            .get(&format!("/inference-profiles?{query}"))
            .await
            .refusal();
        assert_eq!(
            (status, kind.as_str()),
            (400, "ValidationException"),
            "{query}"
        );
    }
    for query in [
        "maxResults=0",
        "maxResults=1001",
        "type=OTHER",
        "nextToken=",
    ] {
        let (status, kind, message) = account
            .get(&format!("/inference-profiles?{query}"))
            .await
            .refusal();
        assert_eq!(
            (status, kind.as_str()),
            (400, "ValidationException"),
            "{query}"
        );
        assert!(
            message.contains("failed to satisfy constraint"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_deleted_profile_stops_at_once() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    for by_arn in [true, false] {
        let arn = account.created("short-lived", SONNET).await;
        assert_eq!(account.converse(&arn).await.status, 200);
        let identifier = if by_arn { arn.as_str() } else { id_of(&arn) };
        let deleted = account.delete(&path(identifier)).await;
        assert_eq!((deleted.status, deleted.text.as_str()), (200, "{}"));
        assert_eq!(
            account.converse(&arn).await.refusal(),
            refusal(400, "ValidationException", BAD_MODEL)
        );
        for answer in [
            account.get(&path(&arn)).await,
            account.delete(&path(&arn)).await,
        ] {
            let (status, kind, _) = answer.refusal();
            assert_eq!((status, kind.as_str()), (404, "ResourceNotFoundException"));
        }
    }
}

#[tokio::test]
async fn system_profiles_cannot_be_deleted() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, ACCOUNT);
    for identifier in [
        GLOBAL.to_owned(),
        format!("arn:aws:bedrock:us-west-2:{ACCOUNT}:inference-profile/{GLOBAL}"),
    ] {
        let (status, kind, _) = account.delete(&path(&identifier)).await.refusal();
        assert_eq!((status, kind.as_str()), (400, "ValidationException"));
    }
    assert_eq!(account.get(&path(GLOBAL)).await.status, 200);
}

#[tokio::test]
async fn a_declared_profile_is_as_if_it_had_been_made() {
    let server = MockServer::start().await.unwrap();
    let arn = format!("arn:aws:bedrock:us-west-2:{ACCOUNT}:application-inference-profile/abc123");
    let owner = Account::new(&server, ACCOUNT);
    let other = Account::new(&server, "210987654321");
    assert_eq!(owner.listed("?type=APPLICATION").await, ["abc123"]);
    assert_eq!(
        other.listed("?type=APPLICATION").await,
        Vec::<String>::new()
    );
    assert_eq!(other.get(&path("abc123")).await.status, 404);
    assert_eq!(owner.converse(&arn).await.status, 200);

    // A tag makes a record of it, a deletion removes both.
    let tag = json!({"resourceARN": arn, "tags": [{"key": "team", "value": "a"}]});
    owner.post("/tagResource", tag).await.ok();
    assert_eq!(owner.listed("?type=APPLICATION").await, ["abc123"]);
    owner.delete(&path(&arn)).await.ok();
    assert_eq!(
        owner.listed("?type=APPLICATION").await,
        Vec::<String>::new()
    );
    assert_eq!(owner.converse(&arn).await.status, 400);
    assert_eq!(owner.delete(&path("abc123")).await.status, 404);
}

#[tokio::test]
async fn profiles_of_another_account_or_region_are_invalid_on_the_runtime() {
    let server = MockServer::start().await.unwrap();
    let owner = Account::new(&server, ACCOUNT);
    let arn = owner.created("mine", GLOBAL).await;
    let other = Account::new(&server, "210987654321");
    let moved = arn.replace("us-west-2", "us-east-1");
    for answer in [
        other.converse(&arn).await,
        other.converse(&arn.replace(ACCOUNT, "210987654321")).await,
        owner.converse(&moved).await,
        owner.in_region("us-east-1").converse(&arn).await,
        // Bare ids of application profiles never work.
        owner.converse(id_of(&arn)).await,
    ] {
        assert_eq!(
            answer.refusal(),
            refusal(400, "ValidationException", BAD_MODEL)
        );
    }
    for answer in [
        other.get(&path(&arn)).await,
        other.get(&path(id_of(&arn))).await,
        other.delete(&path(&arn)).await,
        owner.get(&path(&moved)).await,
        owner.get(&path(&arn.replace("application-", ""))).await,
    ] {
        assert_eq!(answer.status, 404, "{answer:?}");
    }
    assert_eq!(owner.converse(&arn).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_accounts_never_see_each_other() {
    let server = MockServer::start().await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for i in 0..200u64 {
        let number = format!("{:012}", 500_000_000_000 + i);
        let account = Account::new(&server, &number);
        tasks.spawn(async move {
            let mut arns = Vec::new();
            for name in ["one", "two"] {
                arns.push(account.created(name, SONNET).await);
            }
            let mut ids: Vec<String> = arns.iter().map(|arn| id_of(arn).to_owned()).collect();
            ids.sort();
            assert_eq!(account.listed("?type=APPLICATION").await, ids);
            for arn in &arns {
                assert!(arn.contains(&format!(":{number}:")), "{arn}");
                assert_eq!(account.converse(arn).await.status, 200);
            }
            account.delete(&path(&arns[0])).await.ok();
            assert_eq!(account.converse(&arns[0]).await.status, 400);
            assert_eq!(account.listed("?type=APPLICATION").await, [id_of(&arns[1])]);
            id_of(&arns[1]).to_owned()
        });
    }
    let ids: HashSet<String> = tasks.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), 200);
}
