//! Which request is another attempt of which.
//!
//! AWS's SDKs send `amz-sdk-invocation-id`, the same for all attempts of one call. Other clients say
//! nothing; for them the same request again, soon after one that failed in a way that is worth a
//! retry, counts as its next attempt.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use super::entry::{Ended, Entry, Link};

/// How soon after its failure the same request counts as a retry. SDKs wait 20 seconds at most
/// between attempts in their defaults.
const SOON: Duration = Duration::from_secs(60);

/// Statuses that clients retry.
const RETRIED: &[u16] = &[408, 424, 429, 500, 502, 503, 504];

/// What all attempts of one call have in common.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CallKey {
    hash: u64,
    by_invocation: bool,
}

/// The newest attempt of each call of one account. Holds entries that are on the shelf and no others.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    newest: HashMap<u64, Arc<Entry>>,
}

impl CallKey {
    /// The key of a request.
    pub(super) fn of(entry: &Entry, state: &RandomState) -> Self {
        let request = &entry.request;
        let mut headers = request.headers.iter();
        let invocation = headers.find(|(name, _)| name == "amz-sdk-invocation-id");
        let hash = match invocation {
            Some((_, id)) => state.hash_one((1, id)),
            None => state.hash_one((
                2,
                &request.method,
                &request.target,
                request.body.size(),
                crc32fast::hash(request.body.kept()),
            )),
        };
        Self {
            hash,
            by_invocation: invocation.is_some(),
        }
    }
}

impl Attempts {
    /// Links an entry with the attempt before and remembers it as the newest.
    pub(super) fn link(&mut self, mut entry: Entry) -> Arc<Entry> {
        let CallKey {
            hash,
            by_invocation,
        } = entry.call;
        let before = self.newest.get(&hash);
        let before = before.filter(|before| by_invocation || is_worth_a_retry(before, &entry));
        if let Some(before) = before {
            entry.attempt = before.attempt.saturating_add(1);
            entry.retry_of = Some(Link {
                id: before.id.clone(),
                by: match by_invocation {
                    true => "invocation-id",
                    false => "same-body",
                },
            });
            let _ = before.retried_by.set(entry.id.clone());
        }
        let entry = Arc::new(entry);
        self.newest.insert(hash, Arc::clone(&entry));
        entry
    }

    /// An entry leaves the shelf.
    pub(super) fn forget(&mut self, entry: &Arc<Entry>) {
        let hash = entry.call.hash;
        if self
            .newest
            .get(&hash)
            .is_some_and(|e| Arc::ptr_eq(e, entry))
        {
            self.newest.remove(&hash);
        }
    }
}

fn is_worth_a_retry(before: &Entry, again: &Entry) -> bool {
    let since = again.time.duration_since(before.time);
    let broken = before.ending().is_some_and(|e| e.how != Ended::Complete);
    let failed = before.status().is_none_or(|s| RETRIED.contains(&s));
    since.is_ok_and(|since| since < SOON) && (failed || broken)
}
