//! What serde says of a user's JSON, in words that need no Rust.

/// Types as serde names them, and as people do.
const WORDS: [(&str, &str); 12] = [
    ("usize", "a whole number, 0 or more"),
    ("u64", "a whole number, 0 or more"),
    ("u32", "a whole number, 0 or more"),
    ("u16", "a whole number from 0 to 65535"),
    ("i64", "a whole number"),
    ("f64", "a number"),
    ("a map", "an object"),
    ("a sequence", "a list"),
    ("a boolean", "true or false"),
    ("newtype struct", "an object"),
    ("unit", "null"),
    ("identifier", "a string"),
];

/// A message of serde without the names of Rust's types: "expected u64" and "expected struct Rule"
/// become "expected a whole number, 0 or more" and "expected an object".
pub(crate) fn plain(message: &str) -> String {
    let Some((before, expected)) = message.rsplit_once("expected ") else {
        return message.to_owned();
    };
    let (what, behind) = match expected.find(" at line ") {
        Some(at) => expected.split_at(at),
        None => (expected, ""),
    };
    let word = WORDS.iter().find(|(name, _)| *name == what);
    let said = match word {
        Some((_, said)) => said,
        None if what.starts_with("struct ") => "an object",
        None => return message.to_owned(),
    };
    format!("{before}expected {said}{behind}")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn types_of_rust_are_not_told() {
        for (message, said) in [
            (
                "invalid type: string \"x\", expected u64",
                "invalid type: string \"x\", expected a whole number, 0 or more",
            ),
            (
                "invalid type: integer `1`, expected struct Count at line 1 column 9",
                "invalid type: integer `1`, expected an object at line 1 column 9",
            ),
            (
                "unknown field `a`, expected `b`",
                "unknown field `a`, expected `b`",
            ),
            ("EOF while parsing a value", "EOF while parsing a value"),
        ] {
            assert_eq!(plain(message), said);
        }
    }
}
