//! Requests signed by AWS's SDKs verify.

use super::testing::{Case, HOST, converse, javascript, presigned, session, short};
use super::{claimed_access_key, is_signed};

#[test]
fn botocore_header_form() {
    let verified = converse().verify().unwrap();
    assert_eq!(verified.access_key, "AKIDEXAMPLE");
    assert_eq!(verified.region, "us-west-2");
    assert_eq!(verified.service, "bedrock");
    assert_eq!(verified.session_token, None);
    assert!(!verified.presigned);
}

#[test]
fn botocore_arn_with_raw_colons_and_encoded_slash() {
    let path = "/model/arn:aws:bedrock:us-west-2:123456789012:application-inference-profile%2Fabc123/converse";
    let signature = "a4e4a3fc821f37c1392f1df89007854cecaf14c36d41f4cff7c172500fd0733d";
    let case = converse().path(path);
    case.authorization("content-type;host;x-amz-date", signature)
        .verify()
        .unwrap();
}

#[test]
fn botocore_date_header() {
    let signature = "ca9425e155e91d9e04548fff2eb3f910c135dc817e0104b4e4b6918c03c583d7";
    let case = short().without("x-amz-date");
    case.header("date", "Sun, 01 Nov 2026 09:00:00 -0000")
        .authorization("date;host", signature)
        .verify()
        .unwrap();
}

#[test]
fn botocore_unsigned_payload() {
    let signature = "1482d5aae5d89f3b048dc68989b2c72e1a36df50b3c26761e5a626fe73a25621";
    let case = short().header("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    let case = case.authorization("host;x-amz-content-sha256;x-amz-date", signature);
    case.clone().verify().unwrap();
    case.body("any body").verify().unwrap();
}

#[test]
fn botocore_signed_events() {
    let signature = "11ffb6c2c48411b74df591f7b98f4c82e35824f0b52a3ca301ea9347bfd79a70";
    short()
        .path("/model/x%3A0/invoke-with-bidirectional-stream")
        .header("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-EVENTS")
        .authorization("host;x-amz-content-sha256;x-amz-date", signature)
        .body("frames")
        .verify()
        .unwrap();
}

#[test]
fn botocore_session_token() {
    let verified = session("ASIAEXAMPLE", "tok/en==").verify().unwrap();
    assert_eq!(verified.session_token.as_deref(), Some("tok/en=="));
    assert!(!format!("{verified:?}").contains("tok/en"));
}

#[test]
fn botocore_presigned() {
    let verified = presigned().verify().unwrap();
    assert!(verified.presigned);
    presigned().at("20261101T090500Z").verify().unwrap();
    presigned().at("20261101T085500Z").verify().unwrap();
}

#[test]
fn javascript_sdk_signs_authority_over_http2() {
    javascript().verify().unwrap();
    let host = javascript()
        .authority(None)
        .header("host", "127.0.0.1:8080");
    host.verify().unwrap();
    let refusal = javascript().authority(Some("127.0.0.1:8081")).refused();
    assert_eq!(refusal.row.id, "auth.signature-mismatch");
}

#[test]
fn host_signed_over_http2_is_the_authority() {
    let case = converse().without("host");
    case.authority(Some(HOST)).verify().unwrap();
}

#[test]
fn header_order_and_white_space_in_authorization_do_not_matter() {
    let given = converse().get("authorization");
    let parts = given.strip_prefix("AWS4-HMAC-SHA256 ").unwrap();
    let mut parts: Vec<&str> = parts.split(", ").collect();
    parts.reverse();
    for glue in [",", ", ", "  ", ",\t"] {
        let header = format!("AWS4-HMAC-SHA256   {}", parts.join(glue));
        converse()
            .header("authorization", &header)
            .verify()
            .unwrap();
    }
}

#[test]
fn signed_or_not() {
    let signed = |case: &Case| is_signed(&case.headers, &case.query);
    assert!(signed(&converse()));
    assert!(signed(&presigned()));
    assert!(!signed(&converse().without("authorization")));
    assert!(!signed(
        &converse().header("authorization", "Bearer AWS4-HMAC-SHA256")
    ));
}

#[test]
fn the_access_key_that_is_named() {
    let named = |case: &Case| claimed_access_key(&case.headers, &case.query);
    assert_eq!(named(&converse()).as_deref(), Some("AKIDEXAMPLE"));
    assert_eq!(named(&presigned()).as_deref(), Some("AKIDEXAMPLE"));
    assert_eq!(named(&converse().without("authorization")), None);
    let broken = converse().header("authorization", "AWS4-HMAC-SHA256 Credential=a");
    assert_eq!(named(&broken), None);
}
