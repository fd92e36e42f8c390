//! A regular expression → a short text that it matches, and whether a text matches it.
//!
//! A text is made from the expression's parse tree, so nothing is searched: repetitions are told their
//! least number or a few more, choices one branch, classes a plain character. Anchors and word boundaries
//! are taken to hold where they stand. Look-around is taken out first; what it asks for ahead is put in
//! front, and an engine says whether the result is right.

use std::fmt;

use regex_syntax::hir::{Class, Hir, HirKind};

/// Longest text, bytes.
const LONGEST: usize = 100_000;
/// Bytes that a compiled expression may take.
const COMPILED: usize = 1 << 20;
/// Steps back that an expression with look-around may take on one text.
const BACKTRACKED: usize = 10_000;

/// Which of the texts of a pattern is meant.
#[derive(Debug, Clone, Copy, Default)]
pub struct Variant {
    /// Which character of a class, and which branch of a choice; taken round where there are fewer.
    pub letter: usize,
    /// How many repetitions beyond the least number, where so many are allowed.
    pub growth: usize,
}

/// A text for a pattern, if it can be read and asks for no more than can be told.
pub fn example(pattern: &str, variant: Variant) -> Option<String> {
    let (plain, ahead) = without_look_around(pattern);
    let body = told(&plain, variant)?;
    if plain == pattern {
        return Some(body);
    }
    let matcher = Matcher::new(pattern)?;
    let wanted: Option<String> = ahead.iter().map(|part| told(part, variant)).collect();
    let wanted = wanted.unwrap_or_default();
    let missing: String = wanted.chars().filter(|c| !body.contains(*c)).collect();
    let long = body.chars().count().saturating_sub(wanted.chars().count());
    let replaced: String = wanted.chars().chain(body.chars().take(long)).collect();
    let candidates = [
        body.clone(),
        format!("{missing}{body}"),
        replaced,
        format!("{wanted}{body}"),
        format!("{body}{wanted}"),
        wanted,
    ];
    let mut candidates = candidates.into_iter();
    candidates.find(|text| matcher.is_match(text) == Some(true))
}

/// A compiled expression.
pub enum Matcher {
    /// Matched in time that is linear in the text.
    Plain(regex::Regex),
    /// With look-around or back references: matched by trying, up to a limit.
    Trying(Box<fancy_regex::Regex>),
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(regex) => f.debug_tuple("Plain").field(&regex.as_str()).finish(),
            Self::Trying(regex) => f.debug_tuple("Trying").field(&regex.as_str()).finish(),
        }
    }
}

impl Matcher {
    /// Compiles; nothing for what is no expression, or takes more than a megabyte.
    pub fn new(pattern: &str) -> Option<Self> {
        let plain = regex::RegexBuilder::new(pattern)
            .size_limit(COMPILED)
            .build();
        if let Ok(regex) = plain {
            return Some(Self::Plain(regex));
        }
        let trying = fancy_regex::RegexBuilder::new(pattern)
            .backtrack_limit(BACKTRACKED)
            .delegate_size_limit(COMPILED)
            .build();
        trying.ok().map(|regex| Self::Trying(Box::new(regex)))
    }

    /// What a match costs beside the length of the text, in steps of some tens of nanoseconds.
    pub fn cost(&self) -> u32 {
        match self {
            Self::Plain(_) => 1,
            Self::Trying(_) => 500,
        }
    }

    /// Whether the text has a match in it; nothing where that takes too long to say.
    pub fn is_match(&self, text: &str) -> Option<bool> {
        match self {
            Self::Plain(regex) => Some(regex.is_match(text)),
            Self::Trying(regex) => regex.is_match(text).ok(),
        }
    }
}

/// The pattern without its look-around groups, and what those that look ahead want to see.
fn without_look_around(pattern: &str) -> (String, Vec<String>) {
    let (mut plain, mut ahead) = (String::new(), Vec::new());
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        let kind = ["(?=", "(?!", "(?<=", "(?<!"]
            .into_iter()
            .find(|open| rest.starts_with(open));
        let length = match kind {
            Some(open) => {
                let end = group_end(rest);
                if open == "(?=" {
                    ahead.push(rest[open.len()..end].to_owned());
                }
                (end + 1).min(rest.len())
            }
            None => {
                let length = atom(rest).max(c.len_utf8());
                plain.push_str(&rest[..length]);
                length
            }
        };
        rest = &rest[length..];
    }
    (plain, ahead)
}

/// Length of what stands at the start and must not be taken apart: an escape or a class.
fn atom(text: &str) -> usize {
    let mut chars = text.char_indices();
    match chars.next() {
        Some((_, '\\')) => chars.next().map_or(1, |(at, c)| at + c.len_utf8()),
        Some((_, '[')) => {
            // A bracket that comes first stands for itself.
            let mut at = 1 + usize::from(text[1..].starts_with('^'));
            at += usize::from(text[at..].starts_with(']'));
            while let Some(c) = text[at..].chars().next() {
                match c {
                    ']' => return at + 1,
                    '\\' => at += atom(&text[at..]),
                    c => at += c.len_utf8(),
                }
            }
            text.len()
        }
        Some((_, c)) => c.len_utf8(),
        None => 0,
    }
}

/// Where the group that opens at the start is closed.
fn group_end(text: &str) -> usize {
    let (mut at, mut open) = (0, 0_usize);
    while at < text.len() {
        match text.as_bytes()[at] {
            b'(' => open += 1,
            b')' if open == 1 => return at,
            b')' => open -= 1,
            _ => {}
        }
        at += atom(&text[at..]).max(1);
    }
    text.len()
}

fn told(pattern: &str, variant: Variant) -> Option<String> {
    let tree = regex_syntax::ParserBuilder::new()
        .nest_limit(50)
        .build()
        .parse(pattern)
        .ok()?;
    let mut out = String::new();
    tell(&tree, variant, &mut out)?;
    Some(out)
}

fn tell(tree: &Hir, variant: Variant, out: &mut String) -> Option<()> {
    match tree.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => out.push(character(class, variant.letter)?),
        HirKind::Capture(capture) => tell(&capture.sub, variant, out)?,
        HirKind::Concat(parts) => {
            parts.iter().try_for_each(|part| tell(part, variant, out))?;
        }
        HirKind::Alternation(choices) => {
            tell(choices.get(variant.letter % choices.len())?, variant, out)?;
        }
        HirKind::Repetition(repeated) => {
            let start = out.len();
            let growth = u32::try_from(variant.growth).unwrap_or(u32::MAX);
            let grown = repeated.min.saturating_add(growth);
            for _ in 0..repeated.max.map_or(grown, |max| grown.min(max)) {
                tell(&repeated.sub, variant, out)?;
                // What says nothing once says nothing however often.
                if out.len() == start {
                    break;
                }
            }
        }
    }
    (out.len() <= LONGEST).then_some(())
}

/// A character of the class: plain letters and digits first, then the others that can be seen.
fn character(class: &Class, letter: usize) -> Option<char> {
    let Class::Unicode(class) = class else {
        return None;
    };
    let all = || {
        class
            .ranges()
            .iter()
            .flat_map(|range| range.start()..=range.end())
    };
    let has = |c: &char| {
        let mut ranges = class.ranges().iter();
        ranges.any(|range| (range.start()..=range.end()).contains(c))
    };
    const PLAIN: [char; 7] = ['a', 'A', '0', '1', '-', '_', ' '];
    let plain: Vec<char> = PLAIN.into_iter().filter(has).collect();
    if let Some(c) = plain.get(letter) {
        return Some(*c);
    }
    let seen = all()
        .filter(|c| !c.is_control() && !PLAIN.contains(c))
        .take(100);
    let known: Vec<char> = plain.into_iter().chain(seen).collect();
    match known.len() {
        0 => all().next(),
        count => known.get(letter % count).copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_match() {
        for pattern in [
            r"^\d{4}-\d{2}-\d{2}$",
            "^[A-Z]{3}-[0-9]{4}$",
            r"^(\p{L}{1,50}|\w{5,60}|\d{9})*bN$",
            "^((a{1,100}){1,100}){1,5}bN$",
            r"^\+?[1-9]\d{1,14}$",
            "^(red|green)$",
            "[^a-z0-9]",
            "^.{12}$",
            "(?=a)a",
            r"^(?!foo)\w+$",
            r"^(?!0+$)\d{3}$",
            r"^(?=.*[A-Z])(?=.*\d)[A-Za-z\d]{8,}$",
            r"^(?=.{3,5}$)[a-z]+(-[a-z]+)*$",
            r"[(?=\]]\((?:x)\)(?<!y)$",
        ] {
            let regex = fancy_regex::RegexBuilder::new(pattern)
                .delegate_size_limit(1 << 26)
                .build()
                .unwrap();
            let matching = |growth: usize| {
                let text = (0..12).find_map(|letter| example(pattern, Variant { letter, growth }));
                text.is_some_and(|text| regex.is_match(&text).unwrap())
            };
            assert!((0..3).any(matching), "{pattern}");
        }
        assert_eq!(example("^(a{1000}){1000}$", Variant::default()), None);
        assert_eq!(example("(", Variant::default()), None);
        assert_eq!(example("(?=", Variant::default()), None);
        assert_eq!(example("[", Variant::default()), None);
    }

    #[test]
    fn variants_differ() {
        let told = |pattern: &str, letter: usize, growth: usize| {
            example(pattern, Variant { letter, growth }).unwrap()
        };
        assert_eq!(told("^[a-z]{2}$", 0, 0), "aa");
        assert_eq!(told("^[a-z]{2}$", 1, 5), "bb");
        assert_eq!(told("^(red|green)$", 1, 0), "green");
        assert_eq!(told("^x{1,3}y*$", 0, 1), "xxy");
        assert_eq!(told("^x{1,3}$", 0, 9), "xxx");
    }

    #[test]
    fn what_cannot_be_said_in_time_is_not_said() {
        let slow = Matcher::new(r"^((a+)\2*)+c$").unwrap();
        assert_eq!(slow.is_match(&format!("{}b", "a".repeat(40))), None);
        assert!(Matcher::new(r"\p{L}{1000}{1000}").is_none());
    }
}
