//! Did you mean …: the known name that a mistyped one is most like.

/// Names are compared up to this many characters.
const LONGEST: usize = 64;

/// Returns ` (did you mean "x"?)` with the nearest known name, or nothing if none is near.
pub(crate) fn did_you_mean<'k>(wrong: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(wrong, known).map_or_else(String::new, |name| format!(" (did you mean {name:?}?)"))
}

/// Returns the known name with the fewest edits to the wrong one: at most two, or a third of it.
fn nearest<'k>(wrong: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    known
        .into_iter()
        .map(|name| (distance(wrong, name), name))
        .filter(|(edits, name)| *edits <= 2.max(name.len() / 3) && *edits < name.len())
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

fn distance(a: &str, b: &str) -> usize {
    let folded = |name: &str| -> String {
        let characters = name.chars().take(LONGEST);
        characters.flat_map(char::to_lowercase).collect()
    };
    strsim::levenshtein(&folded(a), &folded(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_are_near_and_other_words_are_not() {
        for (wrong, expected) in [
            ("titel", Some("title")),
            ("Basis", Some("basis")),
            ("params", None),
            ("", None),
        ] {
            assert_eq!(
                nearest(wrong, ["title", "basis", "why"]),
                expected,
                "{wrong}"
            );
        }
        assert_eq!(
            did_you_mean("titel", ["title"]),
            " (did you mean \"title\"?)"
        );
        assert_eq!(did_you_mean("x-amzn", ["title"]), "");
    }
}
