//! Texts that fit a pattern and a length.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::constraint::whole;

/// Longer texts are not made.
pub(super) const LONGEST: usize = 100_000;

/// A text of exactly `length` characters that matches the pattern, if one is found.
pub(super) fn of_length(pattern: Option<&str>, length: usize) -> Option<String> {
    if length > LONGEST {
        return None;
    }
    let Some(pattern) = pattern else {
        return Some("a".repeat(length));
    };
    let regex = whole(pattern)?;
    let fits = |text: &String| text.chars().count() == length && regex.is_match(text);
    let plain = ["a", "1", "A", "x-"]
        .iter()
        .map(|word| word.chars().cycle().take(length).collect());
    if let Some(text) = plain.into_iter().find(fits) {
        return Some(text);
    }
    candidates(pattern, length)?.into_iter().find(fits)
}

/// A text of any length between the bounds that matches the pattern.
pub(super) fn any(pattern: Option<&str>, least: usize, most: usize) -> Option<String> {
    let Some(pattern) = pattern else {
        return Some("a".repeat(least.max(1).min(most)));
    };
    let regex = whole(pattern)?;
    let fits = |text: &String| {
        let length = text.chars().count();
        (least..=most).contains(&length) && regex.is_match(text)
    };
    let plain = ["a", "aa", "1", "a1", "123456789012"]
        .iter()
        .map(|word| (*word).to_owned());
    plain.chain(candidates(pattern, least.max(1))?).find(fits)
}

/// Texts made by taking each alternative and repeating as often as it takes.
fn candidates(pattern: &str, length: usize) -> Option<Vec<String>> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut out = Vec::new();
    for branch in 0..10 {
        for times in [0, 1, 2, 3, 12]
            .into_iter()
            .chain(length.saturating_sub(80)..=length)
        {
            let mut text = String::new();
            write(&hir, branch, times, &mut text);
            if text.len() <= LONGEST {
                out.push(text);
            }
        }
    }
    Some(out)
}

fn write(hir: &Hir, branch: usize, times: usize, out: &mut String) {
    if out.len() > LONGEST {
        return;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => out.extend(character(class)),
        HirKind::Repetition(repetition) => {
            let least = usize::try_from(repetition.min).unwrap_or_default();
            let most = repetition
                .max
                .map_or(usize::MAX, |max| usize::try_from(max).unwrap_or(usize::MAX));
            for _ in 0..times.clamp(least, most) {
                write(&repetition.sub, branch, times, out);
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, branch, times, out),
        HirKind::Concat(parts) => {
            for part in parts {
                write(part, branch, times, out);
            }
        }
        HirKind::Alternation(branches) => {
            write(&branches[branch % branches.len()], branch, times, out);
        }
    }
}

/// The plainest character of a class.
fn character(class: &Class) -> Option<char> {
    let has = |wanted: char| match class {
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .any(|range| range.start() <= wanted && wanted <= range.end()),
        Class::Bytes(class) => class
            .ranges()
            .iter()
            .any(|range| char::from(range.start()) <= wanted && wanted <= char::from(range.end())),
    };
    ['a', '1', 'A', '-', '.', ' ']
        .into_iter()
        .find(|wanted| has(*wanted))
        .or_else(|| match class {
            Class::Unicode(class) => class.ranges().first().map(|range| range.start()),
            Class::Bytes(class) => class
                .ranges()
                .first()
                .map(|range| char::from(range.start())),
        })
}
