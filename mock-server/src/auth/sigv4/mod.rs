//! stub
#![allow(missing_docs)]
use super::refusal::Refusal;
pub struct SignedRequest<'a> {
    pub method: &'a str,
    pub raw_path: &'a str,
    pub raw_query: &'a str,
    pub headers: &'a http::HeaderMap,
    pub authority: Option<&'a str>,
    pub body: &'a [u8],
    pub now: std::time::SystemTime,
}
pub struct Expectation<'a> {
    pub services: &'a [&'a str],
    pub region: Option<&'a str>,
}
pub enum Secret {
    Unknown,
    Expired,
    Known(String),
    WrongToken,
}
pub trait Secrets {
    fn find(&self, access_key: &str, session_token: Option<&str>) -> Secret;
}
pub struct Verified {
    pub access_key: String,
    pub region: String,
    pub service: String,
    pub session_token: Option<String>,
    pub presigned: bool,
}
#[derive(Default)]
pub struct SigningKeys;
pub fn is_signed(headers: &http::HeaderMap, q: &str) -> bool {
    let _ = q;
    headers
        .get("authorization")
        .is_some_and(|v| v.as_bytes().starts_with(b"AWS4"))
}
pub fn claimed_access_key(_h: &http::HeaderMap, _q: &str) -> Option<String> {
    None
}
pub fn verify(
    _req: &SignedRequest<'_>,
    _expect: &Expectation<'_>,
    _secrets: &dyn Secrets,
    _keys: &SigningKeys,
) -> Result<Verified, Refusal> {
    Ok(Verified {
        access_key: "test".into(),
        region: "us-west-2".into(),
        service: "bedrock".into(),
        session_token: None,
        presigned: false,
    })
}
