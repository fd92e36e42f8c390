//! Users and their API keys. Expected values come from the service model, AWS's documentation and
//! public records.

use crate::query::{Iam, NAMESPACE, element, elements};
use bedrock_mock::model::overlay::Fidelity;
use rstest::rstest;
use serde_json::Value;

#[tokio::test]
async fn a_key_is_shown_whole_once() {
    let iam = Iam::start(Fidelity::Guide).await;
    let made = iam
        .ok(
            "CreateServiceSpecificCredential",
            "UserName=your-user&ServiceName=bedrock.amazonaws.com&CredentialAgeDays=30",
        )
        .await;
    assert_eq!(
        element(&made, "ServiceCredentialAlias"),
        "your-user-at-111122223333"
    );
    assert_eq!(element(&made, "ServiceName"), "bedrock.amazonaws.com");
    assert_eq!(element(&made, "Status"), "Active");
    assert!(element(&made, "ServiceCredentialSecret").starts_with("ABSK"));
    let id = element(&made, "ServiceSpecificCredentialId");
    assert!(id.starts_with("ACCA") && id.len() == 21, "{id}");
    for date in ["CreateDate", "ExpirationDate"] {
        let date = element(&made, date);
        assert!(
            date.len() == 20 && date.ends_with('Z') && &date[10..11] == "T",
            "{date}"
        );
    }

    let listed = iam
        .ok("ListServiceSpecificCredentials", "UserName=your-user")
        .await;
    assert_eq!(element(&listed, "ServiceSpecificCredentialId"), id);
    assert_eq!(element(&listed, "IsTruncated"), "false");
    assert!(!listed.contains("ServiceCredentialSecret"), "{listed}");

    let reset = iam
        .ok(
            "ResetServiceSpecificCredential",
            &format!("UserName=your-user&ServiceSpecificCredentialId={id}"),
        )
        .await;
    assert_ne!(
        element(&reset, "ServiceCredentialSecret"),
        element(&made, "ServiceCredentialSecret")
    );
    for kept in ["ServiceCredentialAlias", "CreateDate", "ExpirationDate"] {
        assert_eq!(element(&reset, kept), element(&made, kept));
    }
}

#[tokio::test]
async fn a_user_has_two_keys_and_each_its_own_alias() {
    let iam = Iam::start(Fidelity::Guide).await;
    let create = |user: &'static str| format!("UserName={user}&ServiceName=bedrock.amazonaws.com");
    let alias = |text: String| element(&text, "ServiceCredentialAlias");
    // A user whose name looks like the second key of another one.
    let odd = iam
        .ok(
            "CreateServiceSpecificCredential",
            &create("BedrockAPIKey-h42z%2B1"),
        )
        .await;
    assert_eq!(alias(odd), "BedrockAPIKey-h42z+1-at-111122223333");
    let first = iam
        .ok(
            "CreateServiceSpecificCredential",
            &create("BedrockAPIKey-h42z"),
        )
        .await;
    let id = element(&first, "ServiceSpecificCredentialId");
    assert_eq!(alias(first), "BedrockAPIKey-h42z-at-111122223333");
    let second = iam
        .ok(
            "CreateServiceSpecificCredential",
            &create("BedrockAPIKey-h42z"),
        )
        .await;
    assert_eq!(alias(second), "BedrockAPIKey-h42z+2-at-111122223333");
    let (status, code, _) = iam
        .refused(
            "CreateServiceSpecificCredential",
            &create("BedrockAPIKey-h42z"),
        )
        .await;
    assert_eq!((status, code.as_str()), (409, "LimitExceeded"));

    let gone = format!("UserName=BedrockAPIKey-h42z&ServiceSpecificCredentialId={id}");
    let deleted = iam.ok("DeleteServiceSpecificCredential", &gone).await;
    assert_eq!(
        deleted,
        format!(
            "<DeleteServiceSpecificCredentialResponse xmlns=\"{NAMESPACE}\">\n  <ResponseMetadata>\n    <RequestId><id></RequestId>\n  </ResponseMetadata>\n</DeleteServiceSpecificCredentialResponse>\n"
        )
    );
    let (status, code, _) = iam.refused("DeleteServiceSpecificCredential", &gone).await;
    assert_eq!((status, code.as_str()), (404, "NoSuchEntity"));
    let again = iam
        .ok(
            "CreateServiceSpecificCredential",
            &create("BedrockAPIKey-h42z"),
        )
        .await;
    assert_ne!(element(&again, "ServiceSpecificCredentialId"), id);
    assert_eq!(alias(again), "BedrockAPIKey-h42z-at-111122223333");
}

#[tokio::test]
async fn users_come_into_being_by_a_key_only_for_the_guide() {
    let create = "UserName=your-user&ServiceName=bedrock.amazonaws.com";
    let service = Iam::start(Fidelity::Service).await;
    let (status, code, message) = service
        .refused("CreateServiceSpecificCredential", create)
        .await;
    assert_eq!((status, code.as_str()), (404, "NoSuchEntity"));
    assert_eq!(message, "The user with name your-user cannot be found.");
    service.ok("CreateUser", "UserName=your-user").await;
    service.ok("CreateServiceSpecificCredential", create).await;

    let guide = Iam::start(Fidelity::Guide).await;
    assert_eq!(
        guide.refused("GetUser", "UserName=your-user").await.1,
        "NoSuchEntity"
    );
    guide.ok("CreateServiceSpecificCredential", create).await;
    guide.ok("GetUser", "UserName=your-user").await;
}

#[tokio::test]
async fn a_user_lives_from_create_to_delete() {
    let iam = Iam::start(Fidelity::Service).await;
    let made = iam
        .ok(
            "CreateUser",
            "UserName=ann&Path=%2Fteam%2F&Tags.member.1.Key=Cost%20centre&Tags.member.1.Value=f%C3%BCr%2B1",
        )
        .await;
    assert_eq!(
        element(&made, "Arn"),
        "arn:aws:iam::111122223333:user/team/ann"
    );
    assert_eq!(
        (element(&made, "Key"), element(&made, "Value")),
        ("Cost centre".into(), "für+1".into())
    );
    let id = element(&made, "UserId");
    assert!(id.starts_with("AIDA") && id.len() == 21, "{id}");
    assert_eq!(
        element(&iam.ok("GetUser", "UserName=ann").await, "UserId"),
        id
    );
    let (status, code, message) = iam.refused("CreateUser", "UserName=ann").await;
    assert_eq!(
        (status, code.as_str(), message.as_str()),
        (
            409,
            "EntityAlreadyExists",
            "User with name ann already exists."
        )
    );

    let key = iam
        .ok(
            "CreateServiceSpecificCredential",
            "UserName=ann&ServiceName=bedrock.amazonaws.com",
        )
        .await;
    assert_eq!(iam.refused("DeleteUser", "UserName=ann").await.0, 409);
    let key = element(&key, "ServiceSpecificCredentialId");
    iam.ok(
        "DeleteServiceSpecificCredential",
        &format!("UserName=ann&ServiceSpecificCredentialId={key}"),
    )
    .await;
    iam.ok("DeleteUser", "UserName=ann").await;
    assert_eq!(
        iam.refused("DeleteUser", "UserName=ann").await.1,
        "NoSuchEntity"
    );
    // The signer's own user exists without having been made.
    let caller = iam.ok("GetUser", "").await;
    assert_eq!(element(&caller, "UserName"), "111122223333");
}

/// "Names are not distinguished by case" (API reference of CreateUser).
#[tokio::test]
async fn case_makes_no_other_user() {
    let iam = Iam::start(Fidelity::Guide).await;
    iam.ok("CreateUser", "UserName=bob").await;
    let refused = iam.refused("CreateUser", "UserName=BOB").await;
    let text = "User with name BOB already exists.";
    assert_eq!(refused, (409, "EntityAlreadyExists".into(), text.into()));
    // Nor does a key bring such a second user into being.
    let key = "UserName=Bob&ServiceName=bedrock.amazonaws.com";
    let (status, code, _) = iam.refused("CreateServiceSpecificCredential", key).await;
    assert_eq!((status, code.as_str()), (404, "NoSuchEntity"));
    let listed = iam.ok("ListUsers", "").await;
    assert_eq!(elements(&listed, "UserName"), ["bob"]);
    iam.ok("DeleteUser", "UserName=bob").await;
    iam.ok("CreateUser", "UserName=BOB").await;
}

#[tokio::test]
async fn lists_come_in_pages() {
    let iam = Iam::start(Fidelity::Guide).await;
    for user in ["b", "a", "c"] {
        iam.ok(
            "CreateServiceSpecificCredential",
            &format!("UserName={user}&ServiceName=bedrock.amazonaws.com"),
        )
        .await;
    }
    let first = iam.ok("ListUsers", "MaxItems=2").await;
    assert_eq!(elements(&first, "UserName"), ["a", "b"]);
    assert_eq!(element(&first, "IsTruncated"), "true");
    let rest = iam
        .ok(
            "ListUsers",
            &format!("MaxItems=2&Marker={}", element(&first, "Marker")),
        )
        .await;
    assert_eq!(elements(&rest, "UserName"), ["c"]);
    assert!(
        !rest.contains("<Marker>") && element(&rest, "IsTruncated") == "false",
        "{rest}"
    );
    assert!(
        iam.ok("ListUsers", "PathPrefix=%2Fnone%2F")
            .await
            .contains("<Users/>")
    );

    let all = iam
        .ok("ListServiceSpecificCredentials", "AllUsers=true&MaxItems=2")
        .await;
    assert_eq!(elements(&all, "UserName").len(), 2);
    let more = format!("AllUsers=true&Marker={}", element(&all, "Marker"));
    assert_eq!(
        elements(
            &iam.ok("ListServiceSpecificCredentials", &more).await,
            "UserName"
        )
        .len(),
        1
    );
}

#[rstest]
#[case::missing(
    "CreateUser",
    "",
    400,
    "ValidationError",
    "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must not be null"
)]
#[case::several(
    "CreateServiceSpecificCredential",
    "UserName=a%20b&CredentialAgeDays=36601",
    400,
    "ValidationError",
    "3 validation errors detected: Value at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+; Value at 'serviceName' failed to satisfy constraint: Member must not be null; Value at 'credentialAgeDays' failed to satisfy constraint: Member must have value less than or equal to 36600"
)]
#[case::status(
    "UpdateServiceSpecificCredential",
    "ServiceSpecificCredentialId=ACCA00000000000000000&Status=Expired",
    400,
    "ValidationError",
    "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]"
)]
#[case::unknown_credential(
    "DeleteServiceSpecificCredential",
    "ServiceSpecificCredentialId=ACCA00000000000000000",
    404,
    "NoSuchEntity",
    "No such credential ACCA00000000000000000 exists"
)]
#[case::other_service(
    "CreateServiceSpecificCredential",
    "UserName=u&ServiceName=codecommit.amazonaws.com",
    404,
    "NoSuchEntity",
    "No such service codecommit.amazonaws.com is supported for Service Specific Credentials"
)]
#[case::not_a_number(
    "ListUsers",
    "MaxItems=many",
    400,
    "MalformedInput",
    "STRING_VALUE can not be converted to an Integer"
)]
#[case::marker("ListUsers", "Marker=***", 400, "ValidationError", "Invalid Marker.")]
#[case::both(
    "ListServiceSpecificCredentials",
    "UserName=u&AllUsers=true",
    400,
    "ValidationError",
    "UserName cannot be specified together with AllUsers"
)]
#[case::tags(
    "CreateUser",
    "UserName=u&Tags.member.1.Key=a&Tags.member.1.Value=1&Tags.member.2.Key=A&Tags.member.2.Value=2",
    400,
    "InvalidInput",
    "Duplicate tag keys found. Please note that Tag keys are case insensitive."
)]
#[tokio::test]
async fn refusals(
    #[case] action: &str,
    #[case] parameters: &str,
    #[case] status: u16,
    #[case] code: &str,
    #[case] message: &str,
) {
    let iam = Iam::start(Fidelity::Guide).await;
    let refused = iam.refused(action, parameters).await;
    assert_eq!(refused, (status, code.into(), message.into()));
}

/// Codes and statuses of the table are the model's own where the model has them.
#[test]
fn the_error_table_agrees_with_the_model() {
    let model: Value = serde_json::from_str(bedrock_fixtures::models::IAM).unwrap();
    let errors: Vec<&Value> = model["shapes"]
        .as_object()
        .unwrap()
        .values()
        .map(|shape| &shape["error"])
        .collect();
    let mut known = 0;
    for row in bedrock_mock::wire::rows::all().filter(|row| row.id.starts_with("iam.")) {
        if let Some(error) = errors.iter().find(|error| error["code"] == row.kind) {
            assert_eq!(error["httpStatusCode"], row.status, "{}", row.id);
            known += 1;
        }
    }
    assert!(known >= 8, "{known}");
}
