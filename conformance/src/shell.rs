//! Words for a shell: what a report says to run can be pasted.

/// A word as POSIX shells read it; quoted only where it has to be.
pub fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Words that are secrets by their name become `…`: `--api-key=X`, and X behind `--api-key`.
pub fn without_secrets(words: &[String]) -> Vec<String> {
    let secret = |word: &str| {
        let word = word.to_ascii_lowercase();
        ["key", "secret", "token", "password", "credential"]
            .iter()
            .any(|name| word.contains(name))
    };
    let mut out = Vec::new();
    let mut hide = false;
    for word in words {
        let (name, value) = word
            .split_once('=')
            .map_or((word.as_str(), None), |(n, v)| (n, Some(v)));
        let named = name.starts_with('-') && secret(name);
        out.push(match value {
            _ if hide && !word.starts_with('-') => "…".to_owned(),
            Some(_) if named => format!("{name}=…"),
            _ => word.clone(),
        });
        hide = named && value.is_none();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_read_something_else() {
        for (word, expected) in [
            ("converse/text@row-1", "converse/text@row-1"),
            ("a b", "'a b'"),
            ("it's", "'it'\\''s'"),
            ("$HOME", "'$HOME'"),
            ("", "''"),
        ] {
            assert_eq!(shell(word), expected);
        }
    }

    #[test]
    fn secrets_are_no_part_of_a_command() {
        let words = ["--api-key=abc", "--token", "def", "--port", "1"].map(str::to_owned);
        assert_eq!(
            without_secrets(&words),
            ["--api-key=…", "--token", "…", "--port", "1"]
        );
    }
}
