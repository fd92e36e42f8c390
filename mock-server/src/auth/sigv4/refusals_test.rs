//! What becomes of a rightly signed request when one thing is wrong.

use super::Expectation;
use super::testing::{converse, javascript, presigned, session};

#[test]
fn parts_of_the_authorization_header() {
    for (part, row, sentence) in [
        (
            "Credential",
            "auth.signature-no-credential",
            "requires 'Credential' parameter.",
        ),
        (
            "Signature",
            "auth.signature-no-signature",
            "requires 'Signature' parameter.",
        ),
        (
            "SignedHeaders",
            "auth.signature-no-signed-headers",
            "requires 'SignedHeaders' parameter.",
        ),
    ] {
        let header = converse().get("authorization");
        let header = header.replace(&format!("{part}="), "Other=");
        let refusal = converse().header("authorization", &header).refused();
        assert_eq!(refusal.row.id, row);
        let text = refusal.rendered();
        assert!(
            text.starts_with(&format!("Authorization header {sentence} (Hashed")),
            "{text}"
        );
    }
    let refusal = converse().without("x-amz-date").refused();
    assert_eq!(refusal.row.id, "auth.signature-no-date");
    refusal.rendered();
}

/// The four sentences in this order are recorded for API Gateway; the hash is Python's
/// `b64encode(sha256(b"AWS4-HMAC-SHA256").digest())`.
#[test]
fn missing_parts_come_in_one_message() {
    let case = converse().without("x-amz-date");
    let refusal = case.header("authorization", "AWS4-HMAC-SHA256").refused();
    assert_eq!(refusal.row.id, "auth.signature-incomplete");
    assert_eq!(
        refusal.rendered(),
        "Authorization header requires 'Credential' parameter. \
         Authorization header requires 'Signature' parameter. \
         Authorization header requires 'SignedHeaders' parameter. \
         Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
         (Hashed with SHA-256 and encoded with Base64) \
         Authorization=YI2YWea8FSxnksZL2ETHbs5elHm9HQufxTLK0W0ffV0="
    );
}

#[test]
fn a_blank_in_the_access_key() {
    let header = converse().get("authorization");
    let header = header.replace("Credential=", "Credential= ");
    let refusal = converse().header("authorization", &header).refused();
    assert_eq!(refusal.row.id, "auth.signature-pair");
    assert!(!refusal.rendered().contains("AKIDEXAMPLE"));
}

#[test]
fn dates() {
    let refusal = converse().header("x-amz-date", "201").refused();
    assert_eq!(refusal.row.id, "auth.signature-date");
    assert!(refusal.rendered().contains("Got '201'."));

    converse().at("20261101T090500Z").verify().unwrap();
    converse().at("20261101T085500Z").verify().unwrap();
    let late = converse().at("20261101T090501Z").refused();
    assert_eq!(late.row.id, "auth.signature-expired");
    let early = converse().at("20261101T085459Z").refused();
    assert_eq!(early.row.id, "auth.signature-not-yet-current");
    assert_eq!(
        early.rendered(),
        "Signature not yet current: 20261101T090000Z is still later than 20261101T085959Z \
         (20261101T085459Z + 5 min.)"
    );
}

/// The service's own message, from anthropics/anthropic-sdk-go#122.
#[test]
fn the_recorded_message_for_an_old_date() {
    let case = converse().header("x-amz-date", "20250130T203827Z");
    assert_eq!(
        case.at("20250130T204631Z").refused().rendered(),
        "Signature expired: 20250130T203827Z is now earlier than 20250130T204131Z \
         (20250130T204631Z - 5 min.)"
    );
}

#[test]
fn headers_that_must_be_signed() {
    let case = converse().authorization("content-type;x-amz-date", "0");
    let refusal = case.refused();
    assert_eq!(refusal.row.id, "auth.signature-host-not-signed");
    assert_eq!(
        refusal.rendered(),
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
    );
    for name in [
        "x-amz-security-token",
        "x-amz-content-sha256",
        "x-amz-user-agent",
    ] {
        let refusal = converse().header(name, "x").refused();
        assert_eq!(refusal.row.id, "auth.signature-header-not-signed");
        assert!(refusal.rendered().starts_with(&format!("'{name}' must be")));
    }
    let case = converse().authorization("content-type;host", "0");
    assert_eq!(case.refused().row.id, "auth.signature-header-not-signed");
    for name in ["x-amzn-trace-id", "x-amzn-bedrock-trace", "amz-sdk-request"] {
        converse().header(name, "x").verify().unwrap();
    }
}

#[test]
fn a_name_listed_twice() {
    let header = converse().get("authorization");
    let header = header.replace("host;", "host;Host;");
    let refusal = converse().header("authorization", &header).refused();
    assert_eq!(refusal.row.id, "auth.signature-duplicate-header");
    assert!(refusal.hint.contains("host"), "{}", refusal.hint);
    assert!(
        refusal
            .rendered()
            .contains("\ncontent-type;host;x-amz-date\n")
    );
}

#[test]
fn the_scope() {
    let scope = "AKIDEXAMPLE/20261101/us-west-2/bedrock/aws4_request";
    for (given, row, text) in [
        ("AKIDEXAMPLE/20261101/us-east-1/bedrock/aws4_request", "auth.scope-region", REGION.to_owned()),
        ("AKIDEXAMPLE/20261101/us-west-2/bedrock-runtime/aws4_request", "auth.scope-service", SERVICE.to_owned()),
        ("AKIDEXAMPLE/20261101/us-west-2/bedrock/aws5_request", "auth.scope-terminator", TERMINATOR.to_owned()),
        ("AKIDEXAMPLE/20261031/us-west-2/bedrock/aws4_request", "auth.scope-date", DATE.to_owned()),
        ("AKIDEXAMPLE/20261031/us-east-1/s3/aws5_request", "auth.scope-several", [REGION, SERVICE, TERMINATOR, DATE].concat()),
        ("AKIDEXAMPLE/20261031/us-west-2/s3/aws4_request", "auth.scope-several", [SERVICE, DATE].concat()),
        (
            "AKIDEXAMPLE/20261101/us-west-2/bedrock",
            "auth.scope-parts",
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIDEXAMPLE/20261101/us-west-2/bedrock'".to_owned(),
        ),
    ] {
        let header = converse().get("authorization").replace(scope, given);
        let refusal = converse().header("authorization", &header).refused();
        assert_eq!((refusal.row.id, refusal.rendered()), (row, text), "{given}");
    }
    let slash = converse()
        .get("authorization")
        .replace(scope, &format!("{scope}/"));
    converse().header("authorization", &slash).verify().unwrap();
}

#[test]
fn without_an_expected_region_any_name_goes_but_not_any_text() {
    let case = converse();
    let expect = |region| Expectation {
        services: &["iam", "bedrock"],
        region,
    };
    case.verify_for(&expect(None)).unwrap();
    for region in ["", "US-WEST-2", "us_west", "a b"] {
        let scope = format!(
            "AWS4-HMAC-SHA256 Credential=A/20261101/{region}/bedrock/aws4_request,SignedHeaders=content-type;host;x-amz-date,Signature=0"
        );
        let refusal = converse()
            .header("authorization", &scope)
            .verify_for(&expect(None));
        let row = refusal.unwrap_err().row.id;
        assert!(
            ["auth.scope-region", "auth.signature-pair"].contains(&row),
            "{region}: {row}"
        );
    }
}

#[test]
fn access_keys_and_session_tokens() {
    for (key, token, row, text) in [
        (
            "AKIAUNKNOWN",
            "tok/en==",
            "auth.access-key-unknown",
            "The security token included in the request is invalid.",
        ),
        (
            "ASIAEXAMPLE",
            "another",
            "auth.session-token-invalid",
            "The security token included in the request is invalid.",
        ),
        (
            "ASIAEXPIRED",
            "tok/en==",
            "auth.session-token-expired",
            "The security token included in the request is expired",
        ),
    ] {
        let refusal = session(key, token).refused();
        assert_eq!((refusal.row.id, &*refusal.rendered()), (row, text));
        assert!(!refusal.hint.contains("tok/en"));
    }
}

#[test]
fn whatever_is_changed_after_signing() {
    for (changed, hint) in [
        (converse().body("{}"), "another secret"),
        (converse().path("/model/other/converse"), "another secret"),
        (converse().query("a=b"), "another secret"),
        (converse().method("PUT"), "another secret"),
        (
            converse().header("content-type", "text/plain"),
            "another secret",
        ),
        (converse().header("host", "localhost"), "another secret"),
        (
            converse().without("content-type"),
            "content-type, which did not arrive",
        ),
        (javascript().body("{}"), "body was changed"),
    ] {
        let refusal = changed.refused();
        assert_eq!(refusal.row.id, "auth.signature-mismatch");
        assert!(refusal.hint.contains(hint), "{}", refusal.hint);
    }
    for bad in ["", "0", "zz"] {
        let case = converse().authorization("content-type;host;x-amz-date", bad);
        assert!(case.refused().row.id.starts_with("auth.signature-"));
    }
}

/// The canonical request in the answer is the one that botocore logs for the same request.
#[test]
fn a_mismatch_is_explained() {
    let refusal = converse()
        .authorization("content-type;host;x-amz-date", &"0".repeat(64))
        .refused();
    assert_eq!(refusal.rendered(), MISMATCH);
}

#[test]
fn a_mismatch_does_not_repeat_session_tokens() {
    let refusal = session("ASIAEXAMPLE", "tok/en==").body("{}").refused();
    assert_eq!(refusal.row.id, "auth.signature-mismatch-short");
    // Length of the body that aws-beam/aws-erlang#161 shows.
    assert_eq!(refusal.rendered().len() + r#"{"message":""}"#.len(), 192);
}

#[test]
fn presigned_urls() {
    let query = presigned().query;
    for name in ["Credential", "Signature", "SignedHeaders", "Date"] {
        let lacking = query.replace(&format!("X-Amz-{name}="), "Other=");
        let refusal = presigned().query(&lacking).refused();
        assert_eq!(refusal.row.id, "auth.presigned-incomplete");
        assert_eq!(
            refusal.rendered(),
            format!(
                "AWS query-string parameters must include 'X-Amz-{name}'. Re-examine the query-string parameters."
            )
        );
    }
    for (life, row) in [
        ("604801", "auth.presigned-expires-too-long"),
        ("0", "auth.presigned-expired"),
        ("-1", "auth.presigned-expires-negative"),
        ("", "auth.presigned-expires-not-a-number"),
        ("5m", "auth.presigned-expires-not-a-number"),
        ("300", "auth.presigned-expired"),
    ] {
        let query = query.replace("Expires=300", &format!("Expires={life}"));
        let refusal = presigned().query(&query).at("20261101T090501Z").refused();
        assert_eq!(refusal.row.id, row, "{life}");
        refusal.rendered();
    }
    for (from, to, row) in [
        (
            "Algorithm=AWS4-HMAC-SHA256",
            "Algorithm=AWS4-X",
            "auth.signature-algorithm",
        ),
        ("Expires=300", "Expires=301", "auth.signature-mismatch"),
        ("APPLICATION", "SYSTEM_DEFINED", "auth.signature-mismatch"),
        ("Date=20261101T090000Z", "Date=2026", "auth.signature-date"),
    ] {
        let refusal = presigned().query(&query.replace(from, to)).refused();
        assert_eq!(refusal.row.id, row);
        refusal.rendered();
    }
}

#[test]
fn every_truncation_and_every_changed_byte_is_answered() {
    let header = converse().get("authorization");
    for end in 0..header.len() {
        let case = converse().header("authorization", &header[..end]);
        case.refused();
    }
    for at in 0..header.len() {
        for byte in ["\u{1F}", "=", ",", ";", "/", "%", "0", "é"] {
            let changed = format!("{}{byte}{}", &header[..at], &header[at + 1..]);
            if let Ok(value) = http::HeaderValue::from_bytes(changed.as_bytes()) {
                let mut case = converse();
                case.headers.insert("authorization", value);
                let _ = case.verify();
            }
        }
    }
    let query = presigned().query;
    for end in 0..query.len() {
        presigned().query(&query[..end]).refused();
    }
}

const REGION: &str = "Credential should be scoped to a valid region. ";
const SERVICE: &str = "Credential should be scoped to correct service: 'bedrock'. ";
const TERMINATOR: &str =
    "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. ";
const DATE: &str = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261031' != '20261101', from '20261101T090000Z'.";

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.

The Canonical String for this request should have been
'POST
/model/us.anthropic.claude-3-5-sonnet-20241022-v2%253A0/converse

content-type:application/json
host:bedrock-runtime.us-west-2.amazonaws.com
x-amz-date:20261101T090000Z

content-type;host;x-amz-date
5e4ce7b36ba37b78a5d5f9fd08e6b7b54ba6879d651aa46ec9e1d6fa24ebe30a'

The String-to-Sign should have been
'AWS4-HMAC-SHA256
20261101T090000Z
20261101/us-west-2/bedrock/aws4_request
4932adf746fb65fa2aed53ad697b1fec7c9cc973da4b0b0b075ca43832335d56'
";
