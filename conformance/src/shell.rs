//! Words for a shell, so that commands in reports can be pasted.

/// Quotes a word for POSIX shells, where it needs that.
pub fn shell(word: &str) -> String {
    // No argument can have a NUL in it.
    let word = word.replace('\0', "");
    shlex::try_quote(&word).map_or_else(|_| word.clone(), |quoted| quoted.into_owned())
}

/// Replaces values of options with secret names by `…`: of `--api-key=X` and of `--api-key X`.
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
            ("it's", "\"it's\""),
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
