//! stub
#![allow(missing_docs)]
use base64::Engine as _;
use hmac::Mac as _;
pub struct LongTermKey {
    alias: String,
    secret: String,
}
impl LongTermKey {
    pub fn alias(&self) -> &str {
        &self.alias
    }
    pub fn parse(k: &str) -> Option<Self> {
        let t = String::from_utf8(
            base64::engine::general_purpose::STANDARD
                .decode(k.strip_prefix("ABSK")?)
                .ok()?,
        )
        .ok()?;
        let (a, s) = t.split_once(':')?;
        Some(Self {
            alias: a.into(),
            secret: s.into(),
        })
    }
}
pub fn account_of(alias: &str) -> Option<String> {
    alias.rsplit_once("-at-").map(|(_, a)| a.to_owned())
}
pub fn user_of(alias: &str) -> String {
    alias.into()
}
pub fn mac(alias: &str) -> String {
    let mut m = hmac::Hmac::<sha2::Sha256>::new_from_slice(b"bedrock-mock development key v1")
        .expect("any length");
    m.update(alias.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(m.finalize().into_bytes())
}
pub fn mint_development(alias: &str) -> String {
    format!(
        "ABSK{}",
        base64::engine::general_purpose::STANDARD.encode(format!("{alias}:{}", mac(alias)))
    )
}
pub fn is_development(k: &LongTermKey) -> bool {
    mac(&k.alias) == k.secret
}
