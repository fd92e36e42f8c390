//! The query protocol before an operation is reached: which service, which action, whose signature.

use crate::query::{Iam, V, element};
use bedrock_mock::MockServer;
use bedrock_mock::model::overlay::Fidelity;
use rstest::rstest;

/// What comes before an operation is known, in the namespace that knows no version.
#[rstest]
#[case::unknown_action(
    "Action=ListRoles&Version=2010-05-08",
    400,
    "InvalidAction",
    "Could not find operation ListRoles for version 2010-05-08"
)]
#[case::no_version(
    "Action=ListUsers",
    400,
    "InvalidAction",
    "Could not find operation ListUsers for version NO_VERSION_SPECIFIED"
)]
#[case::other_version(
    "Action=ListUsers&Version=2012-12-01",
    400,
    "InvalidAction",
    "Could not find operation ListUsers for version 2012-12-01"
)]
#[case::no_action("Action=&Version=2010-05-08", 400, "MissingAction", "Missing Action")]
#[case::bad_escape(
    "Action=ListUsers&Version=2010-05-08&Marker=%zz",
    404,
    "MalformedQueryString",
    "The query string contains a syntax error"
)]
#[case::markup(
    "Action=%3Cb%3E%26%01&Version=2010-05-08",
    400,
    "InvalidAction",
    "Could not find operation &lt;b&gt;&amp;\u{FFFD} for version 2010-05-08"
)]
#[tokio::test]
async fn refusals_before_an_operation(
    #[case] form: &str,
    #[case] status: u16,
    #[case] code: &str,
    #[case] message: &str,
) {
    let iam = Iam::start(Fidelity::Guide).await;
    let (found, text) = iam.send(form).await;
    assert_eq!(
        (found, element(&text, "Code"), element(&text, "Message")),
        (status, code.into(), message.into())
    );
}

/// Status and code of refused credentials; the services have no API keys.
#[rstest]
#[case::nothing(None, 403, "MissingAuthenticationToken")]
#[case::bearer(Some("Bearer KEY"), 403, "MissingAuthenticationToken")]
#[case::other_scheme(Some("Basic dGVzdDp0ZXN0"), 403, "MissingAuthenticationToken")]
#[case::incomplete(
    Some("AWS4-HMAC-SHA256 Credential=test/20260203/us-east-1/iam/aws4_request"),
    400,
    "IncompleteSignature"
)]
#[tokio::test]
async fn credentials(#[case] authorization: Option<&str>, #[case] status: u16, #[case] code: &str) {
    let server = MockServer::start().await.unwrap();
    for host in ["iam.amazonaws.com", "localhost"] {
        let mut request = reqwest::Client::new()
            .post(server.url())
            .header("Host", host);
        if let Some(authorization) = authorization {
            request = request.header(
                "Authorization",
                authorization.replace("KEY", &server.api_key()),
            );
        }
        let answer = request
            .body(format!("Action=ListUsers&{V}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers().get("x-amzn-errortype"), None);
        assert_eq!(element(&answer.text().await.unwrap(), "Code"), code);
    }
}

#[tokio::test]
async fn the_host_decides_before_the_scope_and_the_scope_before_the_action() {
    let iam = Iam::start(Fidelity::Guide).await;
    let client = reqwest::Client::new();
    let send = |host: &'static str, authorization: &str| {
        let form = format!("Action=ListUsers&{V}");
        client
            .post(iam.server.url())
            .header("Host", host)
            .header("Authorization", authorization)
            .header("X-Amz-Date", "20260203T000000Z")
            .body(form)
            .send()
    };
    let sts = iam.authorization().replace("/iam/", "/sts/");
    let bedrock = iam.authorization().replace("/iam/", "/bedrock/");
    for (host, authorization, status) in [
        ("sts.us-west-2.amazonaws.com", &iam.authorization(), 400),
        ("iam.amazonaws.com", &sts, 200),
        ("localhost", &sts, 400),
        ("localhost", &bedrock, 200),
    ] {
        assert_eq!(
            send(host, authorization).await.unwrap().status(),
            status,
            "{host} {authorization}"
        );
    }
    // Without an action the root is what it always was.
    let plain = client
        .post(iam.server.url())
        .body("x")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            plain.status().as_u16(),
            plain
                .text()
                .await
                .unwrap()
                .contains("UnknownOperationException")
        ),
        (200, true)
    );
    let get = client
        .get(format!("{}/?Action=ListUsers&{V}", iam.server.url()))
        .header("Authorization", iam.authorization())
        .header("X-Amz-Date", "20260203T000000Z");
    assert_eq!(get.send().await.unwrap().status(), 200);
}
