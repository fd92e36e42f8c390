//! A regular expression → a short text that it matches.
//!
//! Made from the expression's parse tree, so nothing is searched: repetitions are told their least
//! number, choices their first branch, classes a plain character. Anchors and word boundaries are
//! taken to hold where they stand. Look-ahead and back references are no regular expressions here;
//! a pattern with one gets no text.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Longest text, bytes.
const LONGEST: usize = 100_000;

/// A text for a pattern, if it can be read and asks for no more than can be told.
pub fn example(pattern: &str) -> Option<String> {
    let tree = regex_syntax::ParserBuilder::new()
        .nest_limit(50)
        .build()
        .parse(pattern)
        .ok()?;
    let mut out = String::new();
    tell(&tree, &mut out)?;
    Some(out)
}

fn tell(tree: &Hir, out: &mut String) -> Option<()> {
    match tree.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => out.push(character(class)?),
        HirKind::Capture(capture) => tell(&capture.sub, out)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| tell(part, out))?,
        HirKind::Alternation(choices) => tell(choices.first()?, out)?,
        HirKind::Repetition(repeated) => {
            let start = out.len();
            for _ in 0..repeated.min {
                tell(&repeated.sub, out)?;
                // What says nothing once says nothing however often.
                if out.len() == start {
                    break;
                }
            }
        }
    }
    (out.len() <= LONGEST).then_some(())
}

/// A letter or digit where the class has one, else its first character that can be seen.
fn character(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else {
        return None;
    };
    let has = |c: &char| {
        class
            .ranges()
            .iter()
            .any(|r| (r.start()..=r.end()).contains(c))
    };
    ['a', 'A', '0', '1', '-', '_', ' ']
        .into_iter()
        .find(has)
        .or_else(|| {
            class
                .ranges()
                .iter()
                .map(|r| r.start())
                .find(|c| !c.is_control())
        })
        .or_else(|| class.ranges().first().map(|r| r.start()))
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
        ] {
            let text = example(pattern).unwrap();
            let regex = regex::RegexBuilder::new(pattern)
                .size_limit(1 << 26)
                .build();
            assert!(regex.unwrap().is_match(&text), "{pattern} {text}");
        }
        assert_eq!(example("(?=a)b"), None);
        assert_eq!(example("^(a{1000}){1000}$"), None);
    }
}
