//! Development keys that proved themselves lately.
//!
//! Proving one takes base64 and an HMAC, and a client shows the same key with every request. What is
//! kept is no secret: anybody can make any development key. Bounded by number, because the alias is
//! the client's choice.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use super::long_term::{LongTermKey, is_development};

/// How many keys are kept.
const CAPACITY: usize = 4096;

/// The keys, by what clients send.
#[derive(Default)]
pub struct DevelopmentKeys {
    proved: RwLock<HashMap<String, Arc<LongTermKey>>>,
}

impl DevelopmentKeys {
    /// A key that proved itself before.
    pub fn get(&self, sent: &str) -> Option<Arc<LongTermKey>> {
        let proved = self.proved.read().unwrap_or_else(PoisonError::into_inner);
        proved.get(sent).cloned()
    }

    /// Whether a key is the development key of its alias; if so, it is kept.
    pub fn prove(&self, sent: &str, key: &LongTermKey) -> bool {
        let proved = is_development(key);
        if proved {
            let mut kept = self.proved.write().unwrap_or_else(PoisonError::into_inner);
            if kept.len() >= CAPACITY {
                kept.clear();
            }
            kept.insert(sent.to_owned(), Arc::new(key.clone()));
        }
        proved
    }
}

impl fmt::Debug for DevelopmentKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevelopmentKeys").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::long_term::mint_development;
    use super::super::{ApiKey, parse};
    use super::*;

    fn long(sent: &str) -> LongTermKey {
        match parse(sent) {
            Ok(ApiKey::Long(key)) => key,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn keeps_what_is_proved_and_nothing_else() {
        let keys = DevelopmentKeys::default();
        let sent = mint_development("a-at-123456789012");
        assert!(keys.get(&sent).is_none());
        assert!(keys.prove(&sent, &long(&sent)));
        assert_eq!(keys.get(&sent).as_deref(), Some(&long(&sent)));
        let forged = "ABSKYS1hdC0xMjM0NTY3ODkwMTI6c2VjcmV0";
        assert!(!keys.prove(forged, &long(forged)));
        assert!(keys.get(forged).is_none());
    }

    #[test]
    fn stays_bounded() {
        let keys = DevelopmentKeys::default();
        for n in 0..=CAPACITY {
            let sent = mint_development(&format!("u{n}-at-123456789012"));
            keys.prove(&sent, &long(&sent));
        }
        assert!(keys.proved.read().unwrap().len() <= CAPACITY);
    }
}
