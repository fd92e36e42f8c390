//! stub
#![allow(missing_docs)]
pub mod long_term;
use super::refusal::Refusal;
use super::sigv4::*;
pub use long_term::LongTermKey;
pub struct ShortTermKey;
impl ShortTermKey {
    pub fn access_key(&self) -> &str {
        "test"
    }
    pub fn verify(
        &self,
        _s: &dyn Secrets,
        _r: Option<&str>,
        _n: std::time::SystemTime,
        _k: &SigningKeys,
    ) -> Result<Verified, Refusal> {
        Err(Refusal::new("auth.api-key-invalid", ""))
    }
}
pub enum ApiKey {
    Long(LongTermKey),
    Short(ShortTermKey),
}
pub fn parse(k: &str) -> Result<ApiKey, Refusal> {
    if !k.starts_with("ABSK") {
        return Err(Refusal::new("auth.api-key-prefix", ""));
    }
    LongTermKey::parse(k)
        .map(ApiKey::Long)
        .ok_or(Refusal::new("auth.api-key-invalid", ""))
}
