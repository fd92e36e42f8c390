//! Names that are nearly known: what somebody who mistyped one may have meant.

/// Characters of a name that are looked at.
const LOOKED_AT: usize = 64;

/// The known name that a wrong one is most like, if it is like one at all.
pub(crate) fn nearest<'k>(wrong: &str, known: &[&'k str]) -> Option<&'k str> {
    known
        .iter()
        .map(|k| (distance(wrong, k), *k))
        .filter(|(d, k)| *d <= 2.max(k.len() / 3))
        .min_by_key(|(d, _)| *d)
        .map(|(_, k)| k)
}

/// Whether a name is a known one or a typo of it. Of a short name most others are two letters away,
/// so only one may differ there.
pub(crate) fn is_near(name: &str, known: &str) -> bool {
    distance(name, known) <= known.len().div_ceil(4).min(2)
}

/// Edits between two names in whatever case.
fn distance(a: &str, b: &str) -> usize {
    let short = |name: &str| {
        name.chars()
            .take(LOOKED_AT)
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    strsim::levenshtein(&short(a), &short(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_are_near_and_other_words_are_not() {
        let table = [
            ("lastUser", "lastUser", true),
            ("lastuser", "lastUser", true),
            ("lastUsr", "lastUser", true),
            ("latsUser", "lastUser", true),
            ("turns", "turn", true),
            ("term", "turn", false),
            ("today", "body", false),
            ("modal", "model", true),
            ("total", "model", false),
            ("user", "lastUser", false),
        ];
        for (name, known, expected) in table {
            assert_eq!(is_near(name, known), expected, "{name}, {known}");
        }
        assert_eq!(nearest("conerse", &["Converse", "Tag"]), Some("Converse"));
        assert_eq!(nearest("xyz", &["Converse", "Tag"]), None);
    }
}
