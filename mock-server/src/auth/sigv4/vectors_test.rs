//! AWS's published signing suite, every folder, header and query form.
//!
//! Each signed request goes through the same code as a live one; canonical request, string to sign
//! and signature are compared with the published files, and the signed request must verify.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::canonical::string_to_sign;
use super::claims::Claims;
use super::clock::{iso_basic, parse_iso_basic};
use super::scope::Scope;
use super::signing_key::{derive, signature};
use super::verify::{Rules, canonical, payload_hash, verify_by};
use super::{Expectation, Secret, Secrets, SignedRequest, SigningKeys};

#[test]
fn every_vector_in_both_forms() {
    let mut walked = 0;
    for folder in folders() {
        match folder.join("context.json").exists() {
            true => {
                walk(&folder, "header");
                walk(&folder, "query");
            }
            false => walk_canonical_only(&folder),
        }
        walked += 1;
    }
    let root = fs::read_dir(root()).unwrap();
    let there = root.filter(|e| e.as_ref().unwrap().path().is_dir()).count();
    assert_eq!(walked, there);
    assert_eq!(there, 40, "folders of the suite");
}

fn walk(folder: &Path, form: &str) {
    let case = format!("{} ({form})", folder.display());
    let context: Value = serde_json::from_str(&read(folder, "context.json")).unwrap();
    let vector = Request::parse(&read(folder, &format!("{form}-signed-request.txt")));
    let rules = Rules {
        normalize: context["normalize"].as_bool().unwrap(),
        token_signed: !context["omit_session_token"].as_bool().unwrap_or(false),
    };
    let secret = context["credentials"]["secret_access_key"]
        .as_str()
        .unwrap();
    let service = context["service"].as_str().unwrap();
    let region = context["region"].as_str().unwrap();

    let request = vector.signed();
    let claims = Claims::read(&vector.headers, &vector.query).unwrap();
    let has_hash = context["sign_body"].as_bool().unwrap() && form == "header";
    assert_eq!(claims.payload_hash.is_some(), has_hash, "{case}");
    assert_eq!(claims.presigned, form == "query", "{case}");
    assert_eq!(
        claims.session_token.as_deref(),
        context["credentials"]["token"].as_str(),
        "{case}"
    );
    let life = context["expiration_in_seconds"].to_string();
    assert_eq!(claims.life, (form == "query").then_some(life), "{case}");

    let (hash, body_agrees) = payload_hash(request.body, claims.payload_hash.as_deref());
    assert!(body_agrees, "{case}");
    let canonical = canonical(&request, &claims, &hash, &rules).request();
    let published = read(folder, &format!("{form}-canonical-request.txt"));
    assert_eq!(String::from_utf8_lossy(&canonical), published, "{case}");

    let scope = Scope::read(&claims.credential).unwrap();
    let date = iso_basic(claims.issued);
    let to_sign = string_to_sign(&date, scope.of_string_to_sign(), &canonical);
    let published = read(folder, &format!("{form}-string-to-sign.txt"));
    assert_eq!(to_sign, published, "{case}");

    let ours = signature(&derive(scope.of_key(), secret), &to_sign);
    assert_eq!(
        ours,
        read(folder, &format!("{form}-signature.txt")),
        "{case}"
    );

    let expect = Expectation {
        services: &[service],
        region: Some(region),
    };
    let keys = SigningKeys::new();
    let verified = verify_by(&request, &expect, &One(secret), &keys, &rules);
    assert_eq!(verified.expect(&case).access_key, "AKIDEXAMPLE");

    let mut tampered = vector.signed();
    tampered.body = b"another body";
    let refusal = verify_by(&tampered, &expect, &One(secret), &keys, &rules).unwrap_err();
    assert!(
        refusal.row.id.starts_with("auth.signature-mismatch"),
        "{case}"
    );
    let refusal = verify_by(&request, &expect, &One("another"), &keys, &rules).unwrap_err();
    assert!(
        refusal.row.id.starts_with("auth.signature-mismatch"),
        "{case}"
    );
}

/// Two folders publish a canonical request without the context that signed it. The date of their
/// canonical request is not that of `request.txt`, so it is taken from the former.
fn walk_canonical_only(folder: &Path) {
    let published = read(folder, "header-canonical-request.txt");
    let mut vector = Request::parse(&read(folder, "request.txt"));
    let date = published
        .lines()
        .find_map(|l| l.strip_prefix("x-amz-date:"));
    let date = date.unwrap();
    vector.headers.insert("x-amz-date", date.parse().unwrap());
    let scope = "20210511/us-east-2/lambda/aws4_request";
    let header = format!(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{scope}, SignedHeaders=host;x-amz-date, Signature=0"
    );
    vector
        .headers
        .insert("authorization", header.parse().unwrap());

    let request = vector.signed();
    let claims = Claims::read(&vector.headers, &vector.query).unwrap();
    let (hash, _) = payload_hash(request.body, claims.payload_hash.as_deref());
    let rules = Rules {
        normalize: true,
        token_signed: true,
    };
    let canonical = canonical(&request, &claims, &hash, &rules).request();
    assert_eq!(String::from_utf8_lossy(&canonical), published, "{folder:?}");
    if folder.join("header-string-to-sign.txt").exists() {
        let published = read(folder, "header-string-to-sign.txt");
        assert_eq!(
            string_to_sign(date, scope, &canonical),
            published.trim_end()
        );
    }
}

struct One<'a>(&'a str);

impl Secrets for One<'_> {
    fn find(&self, _: &str, _: Option<&str>) -> Secret {
        Secret::Known(self.0.to_owned())
    }
}

struct Request {
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Vec<u8>,
    now: SystemTime,
}

impl Request {
    /// The suite's request files: LF line ends, continued header lines, blanks in the target.
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end(), ""));
        let (line, fields) = head.split_once('\n').unwrap();
        let line = line.trim_end_matches(" HTTP/1.1");
        let (method, target) = line.split_once(' ').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = HeaderMap::new();
        for field in fields.replace("\n ", " ").lines() {
            let (name, value) = field.split_once(':').unwrap();
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        let date = headers.get("x-amz-date").map(|v| v.to_str().unwrap());
        let date = date.or_else(|| query.split('&').find_map(|p| p.strip_prefix("X-Amz-Date=")));
        let seconds = date.map_or(0, |date| parse_iso_basic(date).unwrap());
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            now: UNIX_EPOCH + Duration::from_secs(seconds.cast_unsigned()),
            headers,
            body: body.trim_end_matches('\n').into(),
        }
    }

    fn signed(&self) -> SignedRequest<'_> {
        SignedRequest {
            method: &self.method,
            raw_path: &self.path,
            raw_query: &self.query,
            headers: &self.headers,
            authority: None,
            body: &self.body,
            now: self.now,
        }
    }
}

fn folders() -> Vec<PathBuf> {
    let entries = fs::read_dir(root()).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.join("request.txt").exists())
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/vectors/sigv4")
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_else(|e| panic!("{folder:?}/{name}: {e}"))
}
