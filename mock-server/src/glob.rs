//! Patterns in which `*` stands for any characters: of scenarios, fault rules and journal filters.

/// Whether a pattern covers a whole text.
pub(crate) fn covers(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Whether each text that the narrow pattern covers is covered by the wide one. No literal part of a
/// pattern holds a star, so a star of the narrow one is met only by a star of the wide one that
/// reaches over it.
pub(crate) fn covers_pattern(wide: &str, narrow: &str) -> bool {
    covers(wide, narrow)
}

#[cfg(test)]
mod tests {
    use super::{covers, covers_pattern};

    #[test]
    fn patterns() {
        for (pattern, text, fits) in [
            ("anthropic.*", "anthropic.claude", true),
            ("*claude*", "us.anthropic.claude-3", true),
            ("*.claude*3", "us.anthropic.claude-3", true),
            ("*.claude-*-5", "anthropic.claude-sonnet-5", true),
            ("amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", true),
            ("anthropic", "anthropic.claude", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("a*a", "a", false),
            ("a*", "a", true),
            ("*", "", true),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(covers(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn wide_patterns_cover_narrow_ones() {
        for (wide, narrow, fits) in [
            ("*", "amazon.*", true),
            ("amazon.nova*", "amazon.nova-lite*", true),
            ("amazon.nova*", "amazon.nova-lite-v1:0", true),
            ("amazon.nova-lite*", "amazon.nova*", false),
            ("a*b", "*", false),
        ] {
            assert_eq!(covers_pattern(wide, narrow), fits, "{wide} {narrow}");
        }
    }
}
