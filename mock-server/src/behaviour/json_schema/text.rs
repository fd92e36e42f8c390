//! Texts by format, pattern and length.

use serde_json::{Map, Value};

use super::flatten::list;
use super::{Context, PATTERN_COST};
use crate::behaviour::pattern::{self, Variant};

/// A `minLength` is met up to this length; longer texts would not fit any model's answer.
const LONGEST: u64 = 2_000_000;
/// Repetitions beyond the least number of a pattern that are tried.
const TRIED: usize = 12;
/// What makes short texts differ.
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// A text; every variant another one, where there is room.
pub(super) fn build(context: &Context<'_>, plain: &Map<String, Value>) -> Value {
    let variant = context.variant.get();
    let length = |key: &str| {
        let length = plain.get(key).and_then(Value::as_u64);
        length.map(|n| n.min(LONGEST) as usize)
    };
    let (least, most) = (length("minLength").unwrap_or(0), length("maxLength"));
    let patterns = plain.get("pattern").map(list).unwrap_or_default();
    let patterns: Vec<&str> = patterns.iter().filter_map(Value::as_str).collect();
    let fits = |text: &str| {
        let mut all = patterns.iter();
        all.all(|pattern| context.fits(pattern, text) != Some(false))
    };
    // Each of them in turn, where several hold.
    for pattern in &patterns {
        // Repetitions grow too, until the text is long enough and none that came before.
        for growth in [variant].into_iter().chain(0..TRIED) {
            if !context.burn(PATTERN_COST) {
                break;
            }
            let form = Variant {
                letter: variant,
                growth,
            };
            let Some(text) = pattern::example(pattern, form) else {
                continue;
            };
            let text = longer(context, pattern, text, least);
            let count = text.chars().count();
            if fits(&text) && count >= least && most.is_none_or(|most| count <= most) {
                return Value::String(text);
            }
        }
    }
    let format = plain.get("format").and_then(Value::as_str);
    let mut text = match format.unwrap_or_default() {
        "date" => format!("2026-01-{:02}", 1 + variant % 28),
        "date-time" => format!("2026-01-{:02}T00:00:00Z", 1 + variant % 28),
        "time" => format!("00:00:{:02}Z", variant % 60),
        "duration" => format!("P{}D", 1 + variant),
        "email" | "idn-email" => format!("user{}@example.com", numbered(variant)),
        "uri" | "url" | "iri" => format!("https://example.com/{}", numbered(variant)),
        "uuid" => format!("00000000-0000-4000-8000-{variant:012}"),
        "ipv4" => format!("192.0.2.{}", 1 + variant % 254),
        "ipv6" => format!("2001:db8::{:x}", 1 + variant % 0xffff),
        "hostname" | "idn-hostname" => format!("example{}.com", numbered(variant)),
        "json-pointer" => format!("/value{}", numbered(variant)),
        "regex" => format!("value{}", numbered(variant)),
        _ => free(variant),
    };
    if let Some(most) = most
        && text.chars().count() > most
    {
        let letter = LETTERS[variant % LETTERS.len()];
        text = match variant {
            0 => text.chars().take(most).collect(),
            _ => char::from(letter).to_string().repeat(most),
        };
    }
    let missing = least.saturating_sub(text.chars().count());
    let missing = missing.min(context.bytes.get());
    context.spend(1, missing);
    text.extend(std::iter::repeat_n('x', missing));
    Value::String(text)
}

/// A text without any form: some that differ in kind first, as `not` may refuse one of them.
fn free(variant: usize) -> String {
    match variant {
        0 => "value".into(),
        1 => "other".into(),
        2 => "0".into(),
        3 => String::new(),
        more => format!("x{more}"),
    }
}

fn numbered(variant: usize) -> String {
    match variant {
        0 => String::new(),
        more => more.to_string(),
    }
}

/// A pattern's text with as many characters as are wanted, if the pattern lets it grow at an end.
fn longer(context: &Context<'_>, pattern: &str, text: String, least: usize) -> String {
    let missing = least.saturating_sub(text.chars().count());
    if missing == 0 || !context.spend(1, missing) {
        return text;
    }
    let last = text.chars().last().unwrap_or('x');
    let ends = [last, 'x', '0'].map(|c| format!("{text}{}", c.to_string().repeat(missing)));
    let fits = |grown: &String| context.fits(pattern, grown) == Some(true);
    ends.into_iter().find(fits).unwrap_or(text)
}
