//! The prompt cache of one account and model: prefixes that are remembered for five minutes or an
//! hour.
//!
//! The longest prefix of a request that is remembered is read, and reading renews its life. What
//! stands between it and the last cache point is written, once the whole prefix is as long as the
//! model asks for. Claude also finds prefixes that end a few blocks before a cache point, so that a
//! conversation whose only cache point moves on from turn to turn reads what its last turn wrote
//! (recorded).

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use super::turn::{CachePoint, CacheTtl};

/// Prefixes that one account keeps per model; the one that was used longest ago goes first.
const PREFIXES: usize = 500;

/// What a model lets the cache do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheRules {
    /// Fewest tokens of a prefix that is kept.
    pub minimum: u64,
    /// Most tokens of a prefix that is kept, if there is a limit.
    pub maximum: Option<u64>,
    /// How many ends of blocks are looked at from a cache point back, its own included.
    pub lookback: usize,
}

/// What a request took from the cache and gave to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CacheUse {
    /// Tokens read.
    pub read: u64,
    /// Tokens written.
    pub write: u64,
    /// Those of them that were written for an hour.
    pub write_hour: u64,
}

/// The prefixes of one account and model.
#[derive(Debug, Default)]
pub struct PromptCache {
    known: HashMap<u128, Entry>,
    /// Prefixes by their last use.
    by_use: BTreeMap<u64, u128>,
    uses: u64,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    ttl: CacheTtl,
    expires: SystemTime,
    used: u64,
}

impl CacheTtl {
    /// How long an entry lives after its last use.
    pub fn duration(self) -> Duration {
        match self {
            Self::FiveMinutes => Duration::from_secs(5 * 60),
            Self::Hour => Duration::from_secs(60 * 60),
        }
    }
}

impl PromptCache {
    /// Reads and writes what a request with these cache points does at this time.
    pub fn visit(&mut self, points: &[CachePoint], rules: CacheRules, now: SystemTime) -> CacheUse {
        let fits = |tokens: u64| {
            tokens >= rules.minimum && rules.maximum.is_none_or(|maximum| tokens <= maximum)
        };
        let mut read = 0;
        for point in points {
            let here = std::iter::once((point.prefix, point.tokens));
            let before = point.earlier.iter();
            let before = before.take(rules.lookback.saturating_sub(1));
            for (prefix, tokens) in here.chain(before.map(|end| (end.prefix, end.tokens))) {
                // Shorter prefixes are part of what is read, so their lives are renewed too.
                if self.renew(prefix, now) {
                    read = read.max(tokens);
                }
            }
        }
        let written = |ttl: Option<CacheTtl>| {
            let kept = points.iter().filter(|p| fits(p.tokens));
            let of_ttl = kept.filter(|p| ttl.is_none_or(|ttl| p.ttl == ttl));
            let end = of_ttl.map(|p| p.tokens).max().unwrap_or(0);
            end.saturating_sub(read)
        };
        let used = CacheUse {
            read,
            write: written(None),
            write_hour: written(Some(CacheTtl::Hour)),
        };
        for point in points.iter().filter(|p| fits(p.tokens)) {
            self.remember(point, now);
        }
        used
    }

    /// Whether a prefix is remembered; if so, it lives on from now.
    fn renew(&mut self, prefix: u128, now: SystemTime) -> bool {
        let Some(entry) = self.known.get_mut(&prefix) else {
            return false;
        };
        self.by_use.remove(&entry.used);
        if entry.expires <= now {
            self.known.remove(&prefix);
            return false;
        }
        self.uses += 1;
        entry.used = self.uses;
        entry.expires = now + entry.ttl.duration();
        self.by_use.insert(self.uses, prefix);
        true
    }

    /// Remembers a prefix unless it is remembered already.
    fn remember(&mut self, point: &CachePoint, now: SystemTime) {
        if self.known.contains_key(&point.prefix) {
            return;
        }
        if self.known.len() >= PREFIXES
            && let Some((_, oldest)) = self.by_use.pop_first()
        {
            self.known.remove(&oldest);
        }
        self.uses += 1;
        self.by_use.insert(self.uses, point.prefix);
        let entry = Entry {
            ttl: point.ttl,
            expires: now + point.ttl.duration(),
            used: self.uses,
        };
        self.known.insert(point.prefix, entry);
    }
}

#[cfg(test)]
#[path = "cache_test.rs"]
mod tests;
