//! STS over the wire. The mock is lenient here: what sessions may do is tested with boto3.

use crate::query::element;
use bedrock_mock::MockServer;
use bedrock_mock::config::AuthMode;
use rstest::rstest;

const V: &str = "Version=2011-06-15";
const ROLE: &str = "RoleArn=arn:aws:iam::444455556666:role/ops/Reader&RoleSessionName=me";

async fn start() -> MockServer {
    MockServer::builder()
        .configure(|config| config.auth = AuthMode::Lenient)
        .start()
        .await
        .unwrap()
}

async fn send(server: &MockServer, access_key: &str, form: &str) -> (u16, String) {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={access_key}/20260203/us-west-2/sts/aws4_request, SignedHeaders=host, Signature=00"
    );
    let request = reqwest::Client::new()
        .post(server.url())
        .header("Authorization", authorization)
        .header("X-Amz-Date", "20260203T000000Z");
    let answer = request.body(form.to_owned()).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/xml");
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_user_is_who_signs() {
    let server = start().await;
    let (status, text) = send(
        &server,
        "111122223333",
        &format!("Action=GetCallerIdentity&{V}"),
    )
    .await;
    assert_eq!(status, 200, "{text}");
    assert!(text.starts_with("<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <GetCallerIdentityResult>\n"), "{text}");
    assert_eq!(
        element(&text, "Arn"),
        "arn:aws:iam::111122223333:user/111122223333"
    );
    assert_eq!(element(&text, "Account"), "111122223333");
    assert!(element(&text, "UserId").starts_with("AIDA"));
}

#[tokio::test]
async fn a_role_acts_in_its_own_account() {
    let server = start().await;
    let (status, text) = send(
        &server,
        "111122223333",
        &format!("Action=AssumeRole&{V}&{ROLE}"),
    )
    .await;
    assert_eq!(status, 200, "{text}");
    assert_eq!(
        element(&text, "Arn"),
        "arn:aws:sts::444455556666:assumed-role/Reader/me"
    );
    let id = element(&text, "AssumedRoleId");
    assert!(
        id.starts_with("AROA") && id.ends_with(":me") && id.len() == 24,
        "{id}"
    );
    let key = element(&text, "AccessKeyId");
    assert!(key.starts_with("ASIA") && key.len() == 20, "{key}");
    assert_eq!(element(&text, "SecretAccessKey").len(), 40);

    let (_, caller) = send(&server, &key, &format!("Action=GetCallerIdentity&{V}")).await;
    assert_eq!(
        element(&caller, "Arn"),
        "arn:aws:sts::444455556666:assumed-role/Reader/me"
    );
    assert_eq!(
        (element(&caller, "Account"), element(&caller, "UserId")),
        ("444455556666".into(), id)
    );
    // A role's session is no user.
    let (status, refused) = send(&server, &key, "Action=GetUser&Version=2010-05-08").await;
    assert_eq!(status, 400, "{refused}");
}

#[rstest]
#[case::china("aws-cn")]
#[case::gov_cloud("aws-us-gov")]
#[tokio::test]
async fn a_role_keeps_its_partition(#[case] partition: &str) {
    let server = start().await;
    let role =
        format!("RoleArn=arn:{partition}:iam::444455556666:role/ops/Reader&RoleSessionName=me");
    let form = format!("Action=AssumeRole&{V}&{role}");
    let (status, text) = send(&server, "111122223333", &form).await;
    assert_eq!(status, 200, "{text}");
    let arn = format!("arn:{partition}:sts::444455556666:assumed-role/Reader/me");
    assert_eq!(element(&text, "Arn"), arn);

    // Its session is a role's session like any other.
    let key = element(&text, "AccessKeyId");
    let (_, caller) = send(&server, &key, &format!("Action=GetCallerIdentity&{V}")).await;
    assert_eq!(element(&caller, "Arn"), arn);
    assert!(element(&caller, "UserId").starts_with("AROA"), "{caller}");
    let (status, _) = send(&server, &key, "Action=GetUser&Version=2010-05-08").await;
    assert_eq!(status, 400);
    let (status, _) = send(&server, &key, &format!("{form}&DurationSeconds=3601")).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_users_session_stays_the_user_and_gets_no_other_session() {
    let server = start().await;
    let (_, text) = send(
        &server,
        "111122223333",
        &format!("Action=GetSessionToken&{V}"),
    )
    .await;
    let key = element(&text, "AccessKeyId");
    let (_, caller) = send(&server, &key, &format!("Action=GetCallerIdentity&{V}")).await;
    assert_eq!(
        element(&caller, "Arn"),
        "arn:aws:iam::111122223333:user/111122223333"
    );
    let (status, refused) = send(&server, &key, &format!("Action=GetSessionToken&{V}")).await;
    assert_eq!(
        (status, element(&refused, "Code")),
        (403, "AccessDenied".into())
    );
}

#[tokio::test]
async fn sessions_last_as_long_as_asked_or_as_documented() {
    let server = start().await;
    for (action, seconds) in [
        (format!("GetSessionToken&{V}"), 43_200),
        (format!("GetSessionToken&{V}&DurationSeconds=900"), 900),
        (format!("AssumeRole&{V}&{ROLE}"), 3_600),
        (
            format!("AssumeRole&{V}&{ROLE}&DurationSeconds=43200"),
            43_200,
        ),
    ] {
        let (_, text) = send(&server, "test", &format!("Action={action}")).await;
        let rfc3339 = &time::format_description::well_known::Rfc3339;
        let end = time::OffsetDateTime::parse(&element(&text, "Expiration"), rfc3339).unwrap();
        let left = (end - time::OffsetDateTime::now_utc()).whole_seconds();
        assert!((seconds - 20..=seconds).contains(&left), "{action}: {left}");
    }
}

#[rstest]
#[case::short(
    "GetSessionToken",
    "DurationSeconds=899",
    "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900"
)]
#[case::long(
    "AssumeRole",
    "RoleArn=arn:aws:iam::444455556666:role/Reader&RoleSessionName=me&DurationSeconds=43201",
    "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200"
)]
#[case::name(
    "AssumeRole",
    "RoleArn=arn:aws:iam::444455556666:role/Reader",
    "1 validation error detected: Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null"
)]
#[case::no_role(
    "AssumeRole",
    "RoleArn=arn:aws:iam::444455556666:user/Reader&RoleSessionName=me",
    "Request ARN is invalid"
)]
#[case::no_partition(
    "AssumeRole",
    "RoleArn=arn:aws-mars:iam::444455556666:role/Reader&RoleSessionName=me",
    "Request ARN is invalid"
)]
#[tokio::test]
async fn refusals(#[case] action: &str, #[case] parameters: &str, #[case] message: &str) {
    let server = start().await;
    let (status, text) = send(
        &server,
        "test",
        &format!("Action={action}&{V}&{parameters}"),
    )
    .await;
    assert_eq!(status, 400, "{text}");
    assert_eq!(
        (element(&text, "Code"), element(&text, "Message")),
        ("ValidationError".into(), message.into())
    );
}
