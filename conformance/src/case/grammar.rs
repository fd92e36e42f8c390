//! Regular expressions over event names.
//!
//! `messageStart (contentBlockStart? contentBlockDelta+ contentBlockStop)+ messageStop metadata`:
//! names in a row, `|` for either, `( )`, and `? * +` behind a name or a group. `.` is any event.

use regex::Regex;

/// A grammar, ready to judge a list of names.
#[derive(Debug, Clone)]
pub struct Grammar {
    /// As the author wrote it.
    pub text: String,
    regex: Regex,
}

impl Grammar {
    /// Reads a grammar.
    ///
    /// # Errors
    /// Says what is no grammar in it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pattern = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '[' | ']');
            let length = match first {
                '(' => {
                    pattern.push_str("(?:");
                    1
                }
                ')' | '|' | '?' | '*' | '+' => {
                    pattern.push(first);
                    1
                }
                '.' => {
                    pattern.push_str("(?:[^ ]+ )");
                    1
                }
                c if c.is_whitespace() => c.len_utf8(),
                c if word(c) => {
                    let length = rest.find(|c| !word(c)).unwrap_or(rest.len());
                    pattern.push_str(&format!("(?:{} )", regex::escape(&rest[..length])));
                    length
                }
                other => {
                    return Err(format!(
                        "{other:?} is no part of a grammar: names, ( ) | ? * + and . are"
                    ));
                }
            };
            rest = &rest[length..];
        }
        if pattern.is_empty() {
            return Err("a grammar names at least one event".to_owned());
        }
        let regex = Regex::new(&format!("^(?:{pattern})$"))
            .map_err(|_| format!("{text:?} has brackets or ? * + that belong to nothing"))?;
        Ok(Self {
            text: text.to_owned(),
            regex,
        })
    }

    /// Whether the names, in this order, are a sentence of the grammar.
    pub fn accepts<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> bool {
        let mut sentence = String::new();
        for name in names {
            sentence.push_str(&name.replace(' ', "_"));
            sentence.push(' ');
        }
        self.regex.is_match(&sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(grammar: &str, names: &str) -> bool {
        Grammar::parse(grammar)
            .unwrap()
            .accepts(names.split_whitespace())
    }

    #[test]
    fn sentences_and_near_misses() {
        let grammar = "a (b? c+ d)+ e";
        for good in ["a c d e", "a b c c d c d e"] {
            assert!(accepts(grammar, good), "{good}");
        }
        for bad in [
            "",
            "a e",
            "a b d e",
            "a c d",
            "a c d e e",
            "a b b c d e",
            "aa c d e",
            "a c d ee",
        ] {
            assert!(!accepts(grammar, bad), "{bad}");
        }
        assert!(accepts("a .* e", "a x y e"));
        assert!(accepts("a | b c", "b c"));
        assert!(!accepts("a | b c", "a c"));
        assert!(accepts("x* [DONE]", "[DONE]"));
    }

    #[test]
    fn what_is_no_grammar_is_refused() {
        for text in ["", " ", "(a", "a)", "+", "a,b", "a{2}", "a**b("] {
            assert!(Grammar::parse(text).is_err(), "{text:?}");
        }
    }
}
