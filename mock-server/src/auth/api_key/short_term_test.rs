//! Keys made by AWS's own generators, and what becomes of them when one thing is wrong.
//!
//! All were made with the clock set to 2026-11-01T09:00:00Z, by PyPI `aws-bedrock-token-generator`
//! 1.1.0 on botocore 1.44.5 (`PYTHON_…`) and npm `@aws/bedrock-token-generator` 1.1.0
//! (`JAVASCRIPT_…`), from credentials that exist nowhere.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::short_term::mint;
use super::{ApiKey, ShortTermKey, expired, inactive, parse, unknown};
use crate::auth::refusal::Refusal;
use crate::auth::sigv4::{Secret, Secrets, SigningKeys, Verified};

#[test]
fn keys_of_the_python_generator() {
    let verified = verify(PYTHON, Some("us-west-2"), 0).unwrap();
    assert_eq!(verified.access_key, "AKIDEXAMPLE");
    assert_eq!(verified.region, "us-west-2");
    assert_eq!(verified.session_token, None);
    let verified = verify(PYTHON_TEST, Some("eu-central-1"), 0).unwrap();
    assert_eq!(verified.access_key, "test");
    let verified = verify(PYTHON_SESSION, Some("us-east-1"), 0).unwrap();
    assert_eq!(verified.session_token.as_deref(), Some(TOKEN));
}

#[test]
fn keys_of_the_javascript_generator() {
    let verified = verify(JAVASCRIPT, Some("us-west-2"), 0).unwrap();
    assert_eq!(verified.access_key, "AKIDEXAMPLE");
    let verified = verify(JAVASCRIPT_SESSION, Some("ap-northeast-1"), 0).unwrap();
    assert_eq!(verified.session_token.as_deref(), Some(TOKEN));
}

#[test]
fn what_a_key_says() {
    let key = short(PYTHON_SESSION);
    assert_eq!(key.access_key(), "ASIAEXAMPLE");
    assert_eq!(key.session_token(), Some(TOKEN));
    assert_eq!(key.region(), "us-east-1");
    assert_eq!(key.issued(), at(0));
    assert_eq!(key.life(), Duration::from_secs(900));
    let shown = format!("{key:?}");
    assert!(
        !shown.contains(TOKEN) && !shown.contains("Signature"),
        "{shown}"
    );
}

#[test]
fn we_mint_what_the_python_generator_mints() {
    let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    let issued_accounts = mint("AKIDEXAMPLE", secret, None, "us-west-2", at(0), 43_200);
    assert_eq!(issued_accounts, PYTHON);
    let issued_accounts = mint("test", "test", None, "eu-central-1", at(0), 43_200);
    assert_eq!(issued_accounts, PYTHON_TEST);
    let issued_accounts = mint("ASIAEXAMPLE", SECRET, Some(TOKEN), "us-east-1", at(0), 900);
    assert_eq!(issued_accounts, PYTHON_SESSION);
}

#[test]
fn time() {
    verify(PYTHON, None, 43_200).unwrap();
    verify(PYTHON_SESSION, None, 900).unwrap();
    for (key, later) in [
        (PYTHON, 43_201),
        (PYTHON_SESSION, 901),
        (JAVASCRIPT_SESSION, 3_601),
    ] {
        let refusal = verify(key, None, later).unwrap_err();
        assert_eq!(refusal.row.id, "auth.api-key-expired");
        assert_eq!(refusal.rendered(), "Bearer Token has expired");
    }
    assert_eq!(
        verify(PYTHON, None, -301).unwrap_err().row.id,
        "auth.api-key-invalid"
    );
    verify(PYTHON, None, -300).unwrap();
}

#[test]
fn region() {
    verify(PYTHON, None, 0).unwrap();
    let refusal = verify(PYTHON, Some("us-east-1"), 0).unwrap_err();
    assert_eq!(refusal.row.id, "auth.api-key-wrong-region");
    assert_eq!(refusal.rendered(), FAILED);
    assert!(refusal.hint.contains("us-west-2") && refusal.hint.contains("us-east-1"));
}

#[test]
fn credentials() {
    let key = |access_key: &str, token| mint(access_key, SECRET, token, "us-west-2", at(0), 60);
    let over = key("ASIAEXPIRED", Some(TOKEN));
    assert_eq!(
        verify(&over, None, 0).unwrap_err().row.id,
        "auth.api-key-expired"
    );
    for (key, hint) in [
        (key("AKIAUNKNOWN", None), "not known"),
        (key("ASIAEXAMPLE", None), "session token"),
        (key("ASIAEXAMPLE", Some("another")), "session token"),
        (key("AKIDEXAMPLE", None), "another secret"),
    ] {
        let refusal = verify(&key, None, 0).unwrap_err();
        assert_eq!(
            (refusal.row.id, &*refusal.rendered()),
            ("auth.api-key-invalid", FAILED)
        );
        assert!(refusal.hint.contains(hint), "{}", refusal.hint);
    }
}

#[test]
fn whatever_is_changed_in_a_key() {
    for (from, to) in [
        ("bedrock.amazonaws.com", "bedrock.example.com"),
        ("bedrock.amazonaws.com", "https://bedrock.amazonaws.com"),
        (".com/?", ".com/x?"),
        (".com/?", ".com?"),
        ("CallWithBearerToken", "ListFoundationModels"),
        ("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
        ("us-west-2", "us-east-1"),
        ("%2Fbedrock%2F", "%2Fbedrock-mantle%2F"),
        ("aws4_request", "aws5_request"),
        ("%2Faws4_request", ""),
        ("20261101%2F", "20261102%2F"),
        ("20261101T", "20261102T"),
        ("20261101T090000Z", "yesterday"),
        ("20261101T090000Z", "00000101T000000Z"),
        ("Expires=43200", "Expires=43201"),
        ("Expires=43200", "Expires=0"),
        ("Expires=43200", "Expires=-1"),
        ("Expires=43200", "Expires=43199"),
        ("Expires=43200", "Expires=43200&X-Amz-Expires=43200"),
        ("SignedHeaders=host", "SignedHeaders=host%3Bdate"),
        ("Signature=", "Signature=0"),
        ("Signature=", "Sig="),
        ("&Version=1", ""),
        ("&Version=1", "&Version=2"),
        ("&Version=1", "&Version=1&Version=1"),
        ("&Version=1", "&Version=1&X-Amz-Security-Token=x"),
        ("&Version=1", "&Version=1&Other=1"),
        ("Action=CallWithBearerToken&", ""),
    ] {
        let refusal = verify(&rewritten(PYTHON, from, to), None, 0).unwrap_err();
        let told = (refusal.row.id, refusal.rendered());
        assert_eq!(
            told,
            ("auth.api-key-invalid", FAILED.to_owned()),
            "{from} -> {to}"
        );
    }
}

#[test]
fn rightly_signed_for_something_else() {
    for (key, hint) in [(OTHER_ACTION, "Action"), (TOO_LONG, "X-Amz-Expires")] {
        let refusal = verify(key, None, 0).unwrap_err();
        assert_eq!(refusal.row.id, "auth.api-key-invalid");
        assert!(refusal.hint.contains(hint), "{}", refusal.hint);
    }
}

#[test]
fn every_truncation_is_answered() {
    let unpadded = PYTHON_SESSION.trim_end_matches('=').len();
    for end in 0..PYTHON_SESSION.len() {
        let verified = verify(&PYTHON_SESSION[..end], None, 0);
        assert_eq!(verified.is_ok(), end >= unpadded, "{end}");
    }
}

#[test]
fn refusals_of_keys_have_rows() {
    assert_eq!(unknown().rendered(), FAILED);
    assert_eq!(inactive().rendered(), FAILED);
    assert_eq!(expired().rendered(), "Bearer Token has expired");
    assert_eq!(
        parse("sk-x").unwrap_err().rendered(),
        "Invalid API Key format: Must start with pre-defined prefix"
    );
}

fn verify(key: &str, region: Option<&str>, later: i64) -> Result<Verified, Refusal> {
    match parse(key)? {
        ApiKey::Short(key) => key.verify(&Known, region, at(later).into(), &SigningKeys::new()),
        ApiKey::Long(key) => panic!("{key:?}"),
    }
}

fn short(key: &str) -> ShortTermKey {
    match parse(key) {
        Ok(ApiKey::Short(key)) => key,
        other => panic!("{other:?}"),
    }
}

fn rewritten(key: &str, from: &str, to: &str) -> String {
    let encoded = key.strip_prefix(super::short_term::PREFIX).unwrap();
    let url = String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap();
    assert!(url.contains(from), "{from}");
    let encoded = STANDARD.encode(url.replacen(from, to, 1));
    format!("{}{encoded}", super::short_term::PREFIX)
}

/// So many seconds after the keys were made.
fn at(later: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs((1_793_523_600 + later).cast_unsigned())
}

struct Known;

impl Secrets for Known {
    fn find(&self, access_key: &str, session_token: Option<&str>) -> Secret {
        let secret = match (access_key, session_token) {
            ("AKIDEXAMPLE", None) => "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            ("test", None) => "test",
            ("ASIAEXAMPLE", Some(TOKEN)) => SECRET,
            ("ASIAEXAMPLE", _) => return Secret::WrongToken,
            ("ASIAEXPIRED", _) => return Secret::Expired,
            _ => return Secret::Unknown,
        };
        Secret::Known(secret.to_owned())
    }
}

const FAILED: &str = "Authentication failed: Please make sure your API Key is valid.";
const SECRET: &str = "secret/with+signs=";
const TOKEN: &str = "FwoGZXIvYXdzEXAMPLE//token+with/signs==";

const PYTHON: &str = "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb249Q2FsbFdpdGhCZWFyZXJUb2tlbiZYLUFtei1BbGdvcml0aG09QVdTNC1ITUFDLVNIQTI1NiZYLUFtei1DcmVkZW50aWFsPUFLSURFWEFNUExFJTJGMjAyNjExMDElMkZ1cy13ZXN0LTIlMkZiZWRyb2NrJTJGYXdzNF9yZXF1ZXN0JlgtQW16LURhdGU9MjAyNjExMDFUMDkwMDAwWiZYLUFtei1FeHBpcmVzPTQzMjAwJlgtQW16LVNpZ25lZEhlYWRlcnM9aG9zdCZYLUFtei1TaWduYXR1cmU9MDk3NzNmMmRhNGRjOWRjMjdiM2ZhMGU5MGQ5NTkwZTJhMTNlYTFiNDZkMmE5ODlkMTQ4NDM2YzRiODk1YjAwNCZWZXJzaW9uPTE=";
const PYTHON_TEST: &str = "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb249Q2FsbFdpdGhCZWFyZXJUb2tlbiZYLUFtei1BbGdvcml0aG09QVdTNC1ITUFDLVNIQTI1NiZYLUFtei1DcmVkZW50aWFsPXRlc3QlMkYyMDI2MTEwMSUyRmV1LWNlbnRyYWwtMSUyRmJlZHJvY2slMkZhd3M0X3JlcXVlc3QmWC1BbXotRGF0ZT0yMDI2MTEwMVQwOTAwMDBaJlgtQW16LUV4cGlyZXM9NDMyMDAmWC1BbXotU2lnbmVkSGVhZGVycz1ob3N0JlgtQW16LVNpZ25hdHVyZT1kNTFmYjE5YWVkNDA3MTlmODY4OGFmMDQxNDk5NGMxN2E3OTk3NjlkNDNhMjg2ZDUwN2Q2MjM5YjI5ZTVmOTUxJlZlcnNpb249MQ==";
const PYTHON_SESSION: &str = "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb249Q2FsbFdpdGhCZWFyZXJUb2tlbiZYLUFtei1BbGdvcml0aG09QVdTNC1ITUFDLVNIQTI1NiZYLUFtei1DcmVkZW50aWFsPUFTSUFFWEFNUExFJTJGMjAyNjExMDElMkZ1cy1lYXN0LTElMkZiZWRyb2NrJTJGYXdzNF9yZXF1ZXN0JlgtQW16LURhdGU9MjAyNjExMDFUMDkwMDAwWiZYLUFtei1FeHBpcmVzPTkwMCZYLUFtei1TaWduZWRIZWFkZXJzPWhvc3QmWC1BbXotU2VjdXJpdHktVG9rZW49RndvR1pYSXZZWGR6RVhBTVBMRSUyRiUyRnRva2VuJTJCd2l0aCUyRnNpZ25zJTNEJTNEJlgtQW16LVNpZ25hdHVyZT1iNjgwNTQxMDNjNDRiMTNlYzVjZDVjOTYyZjA2Y2IxZTQxY2M0ODZhMDI1OTliYWYxODVjNmM0OTEwN2FmNmI0JlZlcnNpb249MQ==";
const JAVASCRIPT: &str = "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb249Q2FsbFdpdGhCZWFyZXJUb2tlbiZYLUFtei1BbGdvcml0aG09QVdTNC1ITUFDLVNIQTI1NiZYLUFtei1DcmVkZW50aWFsPUFLSURFWEFNUExFJTJGMjAyNjExMDElMkZ1cy13ZXN0LTIlMkZiZWRyb2NrJTJGYXdzNF9yZXF1ZXN0JlgtQW16LURhdGU9MjAyNjExMDFUMDkwMDAwWiZYLUFtei1FeHBpcmVzPTQzMjAwJlgtQW16LVNpZ25hdHVyZT0wOTc3M2YyZGE0ZGM5ZGMyN2IzZmEwZTkwZDk1OTBlMmExM2VhMWI0NmQyYTk4OWQxNDg0MzZjNGI4OTViMDA0JlgtQW16LVNpZ25lZEhlYWRlcnM9aG9zdCZWZXJzaW9uPTE=";
const JAVASCRIPT_SESSION: &str = "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb249Q2FsbFdpdGhCZWFyZXJUb2tlbiZYLUFtei1BbGdvcml0aG09QVdTNC1ITUFDLVNIQTI1NiZYLUFtei1DcmVkZW50aWFsPUFTSUFFWEFNUExFJTJGMjAyNjExMDElMkZhcC1ub3J0aGVhc3QtMSUyRmJlZHJvY2slMkZhd3M0X3JlcXVlc3QmWC1BbXotRGF0ZT0yMDI2MTEwMVQwOTAwMDBaJlgtQW16LUV4cGlyZXM9MzYwMCZYLUFtei1TZWN1cml0eS1Ub2tlbj1Gd29HWlhJdllYZHpFWEFNUExFJTJGJTJGdG9rZW4lMkJ3aXRoJTJGc2lnbnMlM0QlM0QmWC1BbXotU2lnbmF0dXJlPTM4NjYyMGQ3MDc2NWM0YjNjNjYwZmI3ODUyM2Q0ZmFmZWNkYWFiZDQyNWE5ZWQwOTE5YTAwYjMxNzJiZDFlMGYmWC1BbXotU2lnbmVkSGVhZGVycz1ob3N0JlZlcnNpb249MQ==";

/// Signed by botocore as the generator does it, but for `Action=ListFoundationModels`.
const OTHER_ACTION: &str = "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb249TGlzdEZvdW5kYXRpb25Nb2RlbHMmWC1BbXotQWxnb3JpdGhtPUFXUzQtSE1BQy1TSEEyNTYmWC1BbXotQ3JlZGVudGlhbD10ZXN0JTJGMjAyNjExMDElMkZ1cy13ZXN0LTIlMkZiZWRyb2NrJTJGYXdzNF9yZXF1ZXN0JlgtQW16LURhdGU9MjAyNjExMDFUMDkwMDAwWiZYLUFtei1FeHBpcmVzPTQzMjAwJlgtQW16LVNpZ25lZEhlYWRlcnM9aG9zdCZYLUFtei1TaWduYXR1cmU9MDFkZDQwOWU5OTg2MGNiOGM3ZmU3Mjg3Nzc0YTM0MzUyNThiODI4MWI4YWE4ZWFkMmE2OGRkNjE2YWRhNjkwYyZWZXJzaW9uPTE=";

/// Signed by botocore as the generator does it, but for 43201 seconds.
const TOO_LONG: &str = "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb249Q2FsbFdpdGhCZWFyZXJUb2tlbiZYLUFtei1BbGdvcml0aG09QVdTNC1ITUFDLVNIQTI1NiZYLUFtei1DcmVkZW50aWFsPXRlc3QlMkYyMDI2MTEwMSUyRnVzLXdlc3QtMiUyRmJlZHJvY2slMkZhd3M0X3JlcXVlc3QmWC1BbXotRGF0ZT0yMDI2MTEwMVQwOTAwMDBaJlgtQW16LUV4cGlyZXM9NDMyMDEmWC1BbXotU2lnbmVkSGVhZGVycz1ob3N0JlgtQW16LVNpZ25hdHVyZT03MGY3ZDg1ZTQ4N2Y4ZDMxMjc2ZjJmMDM4NDVlMjU2NTEzNTU5ZjAxYzk0MjdhMzQyNTI4OTYwZjcyYTI1MjVkJlZlcnNpb249MQ==";
