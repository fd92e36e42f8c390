//! The prompt caches of all accounts, and the models' rules for them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde::Deserialize;

use crate::behaviour::{CachePoint, CacheRules, CacheUse, PromptCache};

/// Caches that are kept, one per account and model; the one that was used longest ago goes first.
const CACHES: usize = 500;

/// A row of `fixtures/catalogue/prompt-cache.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CachingModels {
    /// Ids it covers; `*` at the end matches any rest.
    #[serde(rename = "match")]
    pub patterns: Vec<String>,
    /// Fewest tokens of a prefix that is kept.
    pub minimum: u64,
    /// Most tokens of a prefix that is kept.
    #[serde(default)]
    pub maximum: Option<u64>,
    /// How many ends of blocks are looked at from a cache point back, its own included.
    pub lookback: usize,
    /// observed, documented or assumed.
    pub basis: String,
    /// Where the fact comes from.
    pub source: String,
}

impl CachingModels {
    /// What the models let the cache do.
    pub fn rules(&self) -> CacheRules {
        CacheRules {
            minimum: self.minimum,
            maximum: self.maximum,
            lookback: self.lookback,
        }
    }
}

/// The caches.
#[derive(Debug, Default)]
pub struct PromptCaches(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    by_account: HashMap<String, HashMap<String, Used>>,
    count: usize,
    uses: u64,
}

#[derive(Debug, Default)]
struct Used {
    cache: PromptCache,
    last: u64,
}

impl PromptCaches {
    /// Reads and writes what a request of an account to a base model does.
    pub fn visit(
        &self,
        account: &str,
        model: &str,
        points: &[CachePoint],
        rules: CacheRules,
        now: SystemTime,
    ) -> CacheUse {
        let mut kept = self.kept();
        kept.uses += 1;
        let last = kept.uses;
        let used = kept.of(account, model);
        used.last = last;
        used.cache.visit(points, rules, now)
    }

    /// Forgets what an account has cached.
    pub fn forget(&self, account: &str) {
        let mut kept = self.kept();
        let gone = kept.by_account.remove(account);
        kept.count -= gone.map_or(0, |models| models.len());
    }

    /// Forgets everything.
    pub fn forget_all(&self) {
        *self.kept() = Kept::default();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn of(&mut self, account: &str, model: &str) -> &mut Used {
        let models = self.by_account.get(account);
        if !models.is_some_and(|models| models.contains_key(model)) {
            if self.count >= CACHES {
                self.drop_oldest();
            }
            self.count += 1;
        }
        let models = self.by_account.entry(account.to_owned()).or_default();
        models.entry(model.to_owned()).or_default()
    }

    fn drop_oldest(&mut self) {
        let caches = self.by_account.iter().flat_map(|(account, models)| {
            let named =
                move |(model, used): (&String, &Used)| (used.last, account.clone(), model.clone());
            models.iter().map(named)
        });
        let Some((_, account, model)) = caches.min_by_key(|(last, _, _)| *last) else {
            return;
        };
        if let Some(models) = self.by_account.get_mut(&account) {
            models.remove(&model);
            self.count -= 1;
            if models.is_empty() {
                self.by_account.remove(&account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::{CacheCounts, Catalogue, ModelEntry};
    use super::*;
    use crate::behaviour::{CacheTtl, PromptPrefix};
    use crate::config::Config;

    const RULES: CacheRules = CacheRules {
        minimum: 10,
        maximum: None,
        lookback: 20,
    };

    /// A model that caches must be able to report it.
    #[test]
    fn models_that_cache_have_counts_for_it() {
        let catalogue = Catalogue::load(&Config::default()).unwrap();
        let caching = |model: &&ModelEntry| catalogue.prompt_cache(&model.id).is_some();
        let models: Vec<&ModelEntry> = catalogue.models().iter().filter(caching).collect();
        assert!(models.len() > 10);
        for model in models {
            let family = catalogue.family(&model.id).unwrap();
            assert_ne!(
                family.usage.cache_counts,
                CacheCounts::Never,
                "{}",
                model.id
            );
        }
    }

    #[test]
    fn accounts_and_models_are_apart_and_bounded() {
        let caches = PromptCaches::default();
        let mut prefix = PromptPrefix::default();
        prefix.block("user", "hello", 50);
        prefix.point(CacheTtl::FiveMinutes);
        let points = prefix.into_points();
        let now = SystemTime::UNIX_EPOCH;
        let read =
            |account: &str, model: &str| caches.visit(account, model, &points, RULES, now).read;
        assert_eq!(read("a", "m"), 0);
        assert_eq!(read("a", "n"), 0);
        assert_eq!(read("b", "m"), 0);
        assert_eq!(read("a", "m"), 50);
        caches.forget("a");
        assert_eq!(read("a", "m"), 0);
        assert_eq!(read("b", "m"), 50);
        for n in 0..CACHES {
            read(&format!("crowd-{n}"), "m");
        }
        assert_eq!(caches.kept().count, CACHES);
        assert_eq!(read("b", "m"), 0);
        caches.forget_all();
        assert_eq!(read(&format!("crowd-{}", CACHES - 1), "m"), 0);
    }
}
