//! Requests for the tests of this module: signed by botocore 1.44.5 and by the AWS SDK for JavaScript
//! (`@smithy/signature-v4`) at 2026-11-01T09:00:00Z with the example credentials of AWS's
//! documentation, and a builder to change them afterwards.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName};

use super::clock::parse_iso_basic;
use super::{Expectation, Secret, Secrets, SignedRequest, SigningKeys, Verified, verify};
use crate::auth::refusal::Refusal;

pub(super) const HOST: &str = "bedrock-runtime.us-west-2.amazonaws.com";

pub(super) fn converse() -> Case {
    Case::new(
        "POST",
        "/model/us.anthropic.claude-3-5-sonnet-20241022-v2%3A0/converse",
    )
    .header("host", HOST)
    .header("content-type", "application/json")
    .header("x-amz-date", "20261101T090000Z")
    .authorization(
        "content-type;host;x-amz-date",
        "1f099d79da270bca86c3c7b51b53c86b9684042c86c99fd251252fec32202edb",
    )
    .body(r#"{"messages":[]}"#)
}

pub(super) fn short() -> Case {
    converse()
        .path("/model/x%3A0/converse")
        .without("content-type")
}

pub(super) fn session(key: &str, token: &str) -> Case {
    let signature = "a4d94c125013182b087c4f402fae9d62864c49c80d5cd715a67b04d6dc4ea18b";
    let case = short().header("x-amz-security-token", token);
    let case = case.authorization("host;x-amz-date;x-amz-security-token", signature);
    let header = case.get("authorization").replace("AKIDEXAMPLE", key);
    case.header("authorization", &header)
}

pub(super) fn presigned() -> Case {
    Case::new("GET", "/inference-profiles")
        .query("typeEquals=APPLICATION&maxResults=10&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20261101%2Fus-west-2%2Fbedrock%2Faws4_request&X-Amz-Date=20261101T090000Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host&X-Amz-Signature=1112dd57b4556f50017858b4d7e46cc00485d72fdb339eba40db9f8527898249")
        .header("host", "bedrock.us-west-2.amazonaws.com")
}

pub(super) fn javascript() -> Case {
    Case::new("POST", "/model/x%3A0/converse")
        .authority(Some("127.0.0.1:8080"))
        .header("content-type", "application/json")
        .header("x-amz-date", "20261101T090000Z")
        .header(
            "x-amz-content-sha256",
            "5e4ce7b36ba37b78a5d5f9fd08e6b7b54ba6879d651aa46ec9e1d6fa24ebe30a",
        )
        .authorization(
            ":authority;content-type;x-amz-content-sha256;x-amz-date",
            "d158f341659d80532a21b480e5d3f273193651aea4b169fbcf80efee9a32ea30",
        )
        .body(r#"{"messages":[]}"#)
}

#[derive(Clone)]
pub(super) struct Case {
    method: String,
    path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    authority: Option<String>,
    body: String,
    now: SystemTime,
}

impl Case {
    pub(super) fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: String::new(),
            headers: HeaderMap::new(),
            authority: None,
            body: String::new(),
            now: UNIX_EPOCH,
        }
        .at("20261101T090000Z")
    }

    pub(super) fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    pub(super) fn path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    pub(super) fn query(mut self, query: &str) -> Self {
        query.clone_into(&mut self.query);
        self
    }

    pub(super) fn authority(mut self, authority: Option<&str>) -> Self {
        self.authority = authority.map(Into::into);
        self
    }

    pub(super) fn body(mut self, body: &str) -> Self {
        body.clone_into(&mut self.body);
        self
    }

    pub(super) fn at(mut self, now: &str) -> Self {
        let seconds = parse_iso_basic(now).unwrap().cast_unsigned();
        self.now = UNIX_EPOCH + Duration::from_secs(seconds);
        self
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    pub(super) fn authorization(self, signed_headers: &str, signature: &str) -> Self {
        let scope = "AKIDEXAMPLE/20261101/us-west-2/bedrock/aws4_request";
        let header = format!(
            "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={signed_headers}, Signature={signature}"
        );
        self.header("authorization", &header)
    }

    pub(super) fn get(&self, name: &str) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }

    pub(super) fn verify(&self) -> Result<Verified, Refusal> {
        self.verify_for(&Expectation {
            services: &["bedrock"],
            region: Some("us-west-2"),
        })
    }

    pub(super) fn verify_for(&self, expect: &Expectation<'_>) -> Result<Verified, Refusal> {
        let request = SignedRequest {
            method: &self.method,
            raw_path: &self.path,
            raw_query: &self.query,
            headers: &self.headers,
            authority: self.authority.as_deref(),
            body: self.body.as_bytes(),
            now: self.now,
        };
        verify(&request, expect, &Known, &SigningKeys::new())
    }

    pub(super) fn refused(&self) -> Refusal {
        self.verify().unwrap_err()
    }
}

pub(super) struct Known;

impl Secrets for Known {
    fn find(&self, access_key: &str, session_token: Option<&str>) -> Secret {
        match (access_key, session_token) {
            ("AKIDEXAMPLE", None) => {
                Secret::Known("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned())
            }
            ("ASIAEXAMPLE", Some("tok/en==")) => Secret::Known("secret".to_owned()),
            ("ASIAEXAMPLE", _) => Secret::WrongToken,
            ("ASIAEXPIRED", _) => Secret::Expired,
            _ => Secret::Unknown,
        }
    }
}
