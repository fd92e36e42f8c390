//! Numbers for the metrics. They only grow, also over resets, as Prometheus expects of counters.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Most different labels of a number; operations, statuses and events are modelled and fewer than
/// that, but faults may send events of any name.
const MOST_LABELS: usize = 500;

/// Counts requests and events.
#[derive(Debug, Default)]
pub struct Counters {
    requests: Mutex<BTreeMap<(String, u16), u64>>,
    events: Mutex<BTreeMap<String, u64>>,
}

/// Numbers as they stand.
#[derive(Debug, Default)]
pub struct Tally {
    /// By operation (`-` where the path named none) and status (0 where the client left first).
    pub requests: BTreeMap<(String, u16), u64>,
    /// By event name.
    pub events: BTreeMap<String, u64>,
}

impl Counters {
    /// Counts an answered request.
    pub(super) fn request(&self, operation: Option<&str>, status: u16) {
        let mut all = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (operation.unwrap_or("-").to_owned(), status);
        let room = all.len() < MOST_LABELS || all.contains_key(&key);
        *all.entry(if room { key } else { ("other".into(), status) })
            .or_default() += 1;
    }

    /// Counts the events of a stream that ended.
    pub(super) fn events(&self, seen: &[(Cow<'static, str>, u64)]) {
        if seen.is_empty() {
            return;
        }
        let mut all = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, count) in seen {
            let room = all.len() < MOST_LABELS || all.contains_key(&**name);
            let label = if room { &**name } else { "other" };
            *all.entry(label.to_owned()).or_default() += count;
        }
    }

    /// All numbers.
    pub fn tally(&self) -> Tally {
        Tally {
            requests: self
                .requests
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
            events: self
                .events
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        }
    }
}
