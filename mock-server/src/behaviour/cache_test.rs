use super::super::prefix::PromptPrefix;
use super::*;

const CLAUDE: CacheRules = CacheRules {
    minimum: 1024,
    maximum: None,
    lookback: 20,
};
const NOVA: CacheRules = CacheRules {
    minimum: 1000,
    maximum: Some(20_000),
    lookback: 1,
};

fn at(minutes: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + minutes * 60)
}

/// Blocks of so many tokens, and a cache point behind each that is marked.
fn points(blocks: &[(&str, u64, Option<CacheTtl>)]) -> Vec<CachePoint> {
    let mut prefix = PromptPrefix::default();
    for (text, tokens, ttl) in blocks {
        prefix.block("user", text, *tokens);
        if let Some(ttl) = ttl {
            prefix.point(*ttl);
        }
    }
    prefix.into_points()
}

fn used(read: u64, write: u64, write_hour: u64) -> CacheUse {
    CacheUse {
        read,
        write,
        write_hour,
    }
}

const MINUTES: Option<CacheTtl> = Some(CacheTtl::FiveMinutes);
const HOUR: Option<CacheTtl> = Some(CacheTtl::Hour);

#[test]
fn what_is_written_is_read_until_five_minutes_after_its_last_use() {
    let mut cache = PromptCache::default();
    let ask = points(&[("long", 1500, MINUTES), ("short", 10, None)]);
    assert_eq!(cache.visit(&ask, CLAUDE, at(0)), used(0, 1500, 0));
    assert_eq!(cache.visit(&ask, CLAUDE, at(4)), used(1500, 0, 0));
    // Renewed at minute 4, so alive at 8 and gone at 13.
    assert_eq!(cache.visit(&ask, CLAUDE, at(8)), used(1500, 0, 0));
    assert_eq!(cache.visit(&ask, CLAUDE, at(13)), used(0, 1500, 0));
}

#[test]
fn an_hour_lasts_an_hour() {
    let mut cache = PromptCache::default();
    let ask = points(&[("long", 1500, HOUR)]);
    assert_eq!(cache.visit(&ask, CLAUDE, at(0)), used(0, 1500, 1500));
    assert_eq!(cache.visit(&ask, CLAUDE, at(59)), used(1500, 0, 0));
    assert_eq!(cache.visit(&ask, CLAUDE, at(59 + 60)), used(0, 1500, 1500));
}

#[test]
fn mixed_lives_are_told_apart() {
    let mut cache = PromptCache::default();
    let ask = points(&[
        ("tools", 2000, HOUR),
        ("system", 500, None),
        ("talk", 300, MINUTES),
    ]);
    assert_eq!(cache.visit(&ask, CLAUDE, at(0)), used(0, 2800, 2000));
    assert_eq!(cache.visit(&ask, CLAUDE, at(1)), used(2800, 0, 0));
    // The talk is forgotten, the tools are not.
    assert_eq!(cache.visit(&ask, CLAUDE, at(30)), used(2000, 800, 0));
}

#[test]
fn prefixes_below_the_minimum_are_not_kept() {
    let mut cache = PromptCache::default();
    let ask = points(&[("a", 1000, MINUTES), ("b", 23, MINUTES)]);
    for minute in 0..2 {
        assert_eq!(cache.visit(&ask, CLAUDE, at(minute)), used(0, 0, 0));
    }
    // Short points before a long one are no loss.
    let ask = points(&[("a", 1000, MINUTES), ("b", 24, MINUTES)]);
    assert_eq!(cache.visit(&ask, CLAUDE, at(0)), used(0, 1024, 0));
    let ask = points(&[("a", 30_000, MINUTES)]);
    assert_eq!(cache.visit(&ask, NOVA, at(0)), used(0, 0, 0));
}

#[test]
fn a_point_that_moves_on_finds_what_stood_before() {
    let first = points(&[("a", 1500, MINUTES)]);
    let second = points(&[("a", 1500, None), ("b", 20, None), ("c", 30, MINUTES)]);
    let mut claude = PromptCache::default();
    claude.visit(&first, CLAUDE, at(0));
    assert_eq!(claude.visit(&second, CLAUDE, at(1)), used(1500, 50, 0));
    let mut nova = PromptCache::default();
    nova.visit(&first, NOVA, at(0));
    assert_eq!(nova.visit(&second, NOVA, at(1)), used(0, 1550, 0));
    // More than twenty block ends back is out of sight.
    let mut far = vec![("a", 1500, None)];
    far.extend((0..21).map(|_| ("x", 1, None)));
    far.push(("end", 1, MINUTES));
    assert_eq!(claude.visit(&points(&far), CLAUDE, at(2)), used(0, 1522, 0));
}

#[test]
fn other_words_are_another_prefix() {
    let mut cache = PromptCache::default();
    cache.visit(&points(&[("a", 1500, MINUTES)]), CLAUDE, at(0));
    let other = points(&[("b", 1500, MINUTES)]);
    assert_eq!(cache.visit(&other, CLAUDE, at(1)), used(0, 1500, 0));
}

#[test]
fn the_oldest_prefix_makes_room() {
    let mut cache = PromptCache::default();
    let ask = |n: usize| points(&[(n.to_string().as_str(), 2000, MINUTES)]);
    for n in 0..PREFIXES {
        cache.visit(&ask(n), CLAUDE, at(0));
    }
    // The first is used again, so the second is the oldest.
    assert_eq!(cache.visit(&ask(0), CLAUDE, at(0)), used(2000, 0, 0));
    cache.visit(&ask(PREFIXES), CLAUDE, at(0));
    assert_eq!(cache.known.len(), PREFIXES);
    assert_eq!(cache.by_use.len(), PREFIXES);
    assert_eq!(cache.visit(&ask(0), CLAUDE, at(0)), used(2000, 0, 0));
    assert_eq!(cache.visit(&ask(1), CLAUDE, at(0)), used(0, 2000, 0));
}
