//! Text to [`Node`]: JSON as RFC 8259 has it, and no name twice in one object.

use serde_json::Number;

use super::{Diagnostic, Kind, Node, Place};

/// Values may be nested this deep.
const DEPTH: usize = 100;

/// Reads one JSON value that fills the whole text.
///
/// # Errors
/// Says where the text is no JSON, or where a name comes twice.
pub fn parse(file: &str, text: &str) -> Result<Node, Diagnostic> {
    let mut parser = Parser {
        file,
        rest: text,
        place: Place { line: 1, column: 1 },
    };
    parser.space();
    let node = parser.value(0)?;
    parser.space();
    match parser.rest.chars().next() {
        None => Ok(node),
        Some(found) => Err(parser.fault(format!("expected the end of the file, found {found:?}"))),
    }
}

struct Parser<'a> {
    file: &'a str,
    rest: &'a str,
    place: Place,
}

impl<'a> Parser<'a> {
    fn fault(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(self.file, self.place, message)
    }

    fn expected(&self, what: &str) -> Diagnostic {
        match self.rest.chars().next() {
            Some(found) => self.fault(format!("expected {what}, found {found:?}")),
            None => self.fault(format!("expected {what}, found the end of the file")),
        }
    }

    fn advance(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        for character in taken.chars() {
            if character == '\n' {
                self.place.line += 1;
                self.place.column = 1;
            } else {
                self.place.column += 1;
            }
        }
        self.rest = rest;
        taken
    }

    fn space(&mut self) {
        let space = self.rest.len() - self.rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        self.advance(space);
    }

    fn take(&mut self, token: &str) -> bool {
        let there = self.rest.starts_with(token);
        if there {
            self.advance(token.len());
        }
        there
    }

    fn value(&mut self, depth: usize) -> Result<Node, Diagnostic> {
        if depth > DEPTH {
            return Err(self.fault(format!("nested more than {DEPTH} deep")));
        }
        let place = self.place;
        let kind = match self.rest.as_bytes().first() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Kind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Kind::Number(self.number()?),
            _ if self.take("true") => Kind::Bool(true),
            _ if self.take("false") => Kind::Bool(false),
            _ if self.take("null") => Kind::Null,
            _ => return Err(self.expected("a JSON value")),
        };
        Ok(Node { place, kind })
    }

    fn object(&mut self, depth: usize) -> Result<Kind, Diagnostic> {
        self.advance(1);
        let mut members: Vec<(String, Place, Node)> = Vec::new();
        self.space();
        if self.take("}") {
            return Ok(Kind::Object(members));
        }
        loop {
            self.space();
            let place = self.place;
            if !self.rest.starts_with('"') {
                return Err(self.expected("a name in quotes"));
            }
            let name = self.string()?;
            if members.iter().any(|(earlier, ..)| *earlier == name) {
                return Err(Diagnostic::at(
                    self.file,
                    place,
                    format!("{name:?} is here twice; keep one"),
                ));
            }
            self.space();
            if !self.take(":") {
                return Err(self.expected("a colon after the name"));
            }
            self.space();
            let node = self.value(depth + 1)?;
            members.push((name, place, node));
            self.space();
            if self.take("}") {
                return Ok(Kind::Object(members));
            }
            if !self.take(",") {
                return Err(self.expected("a comma or the object's end"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Kind, Diagnostic> {
        self.advance(1);
        let mut items = Vec::new();
        self.space();
        if self.take("]") {
            return Ok(Kind::Array(items));
        }
        loop {
            self.space();
            items.push(self.value(depth + 1)?);
            self.space();
            if self.take("]") {
                return Ok(Kind::Array(items));
            }
            if !self.take(",") {
                return Err(self.expected("a comma or the list's end"));
            }
        }
    }

    /// The text from quote to quote; serde_json reads what is in it.
    fn string(&mut self) -> Result<String, Diagnostic> {
        let bytes = self.rest.as_bytes();
        let mut end = 1;
        loop {
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => end += 2,
                Some(b'\n') | None => return Err(self.fault("this string has no end")),
                Some(_) => end += 1,
            }
        }
        match serde_json::from_str(&self.rest[..=end]) {
            Ok(text) => {
                self.advance(end + 1);
                Ok(text)
            }
            Err(error) => Err(self.fault(format!("no JSON string: {error}"))),
        }
    }

    fn number(&mut self) -> Result<Number, Diagnostic> {
        let length = self
            .rest
            .find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'))
            .unwrap_or(self.rest.len());
        match serde_json::from_str(&self.rest[..length]) {
            Ok(number) => {
                self.advance(length);
                Ok(number)
            }
            Err(_) => Err(self.fault(format!("{:?} is no JSON number", &self.rest[..length]))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_reads_as_serde_json_reads_it() {
        for text in [
            r#"{"a": [1, -2.5e3, "x\n\u00e9\"", true, false, null], "b": {}, "c": []}"#,
            " [ ] ",
            "\"\\\\\"",
            "0",
        ] {
            let expected: serde_json::Value = serde_json::from_str(text).unwrap();
            assert_eq!(parse("f", text).unwrap().value(), expected);
        }
    }

    #[test]
    fn faults_name_line_and_column() {
        for (text, expected) in [
            (
                "",
                "f:1:1: expected a JSON value, found the end of the file",
            ),
            (
                "{\n  \"é\": 1,\n  \"é\": 2}",
                "f:3:3: \"é\" is here twice; keep one",
            ),
            (
                "{\"é\" 1}",
                "f:1:6: expected a colon after the name, found '1'",
            ),
            ("[1,\n\n ?]", "f:3:2: expected a JSON value, found '?'"),
            (
                "[1 2]",
                "f:1:4: expected a comma or the list's end, found '2'",
            ),
            ("[\"a\n\"]", "f:1:2: this string has no end"),
            ("\"a\\", "f:1:1: this string has no end"),
            ("{} x", "f:1:4: expected the end of the file, found 'x'"),
            ("01", "f:1:1: \"01\" is no JSON number"),
            ("{a: 1}", "f:1:2: expected a name in quotes, found 'a'"),
        ] {
            assert_eq!(
                parse("f", text).unwrap_err().to_string(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let text = "[".repeat(100_000);
        let fault = parse("f", &text).unwrap_err();
        assert_eq!(fault.to_string(), "f:1:102: nested more than 100 deep");
    }
}
