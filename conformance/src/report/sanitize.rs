//! What a target sent never steers a terminal: control characters, and those that turn the direction
//! of text around, are written as `\uXXXX`.
//!
//! That is also how JSON writes them, so the events of a run mean the same after it as before.

use std::io::{self, Write};

/// Text that shows everything that is in it.
pub fn sanitize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            out.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            out.push(character);
        }
    }
    out
}

fn is_hidden(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        // Marks, embeddings, overrides and isolates of direction; separators of lines.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            true
        }
        // C0, DEL, C1.
        other => other.is_control(),
    }
}

/// A writer that makes all text visible on its way.
#[derive(Debug)]
pub struct Sanitized<W> {
    out: W,
    /// Bytes of a character whose others have not come.
    rest: Vec<u8>,
}

impl<W: Write> Sanitized<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            rest: Vec::new(),
        }
    }
}

impl<W: Write> Write for Sanitized<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.rest) {
            Ok(_) => self.rest.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            // All that is written here is text; what is not would pass as nothing else.
            Err(_) => self.rest.len(),
        };
        let text: Vec<u8> = self.rest.drain(..whole).collect();
        self.out
            .write_all(sanitize(&String::from_utf8_lossy(&text)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_and_nothing_is_lost() {
        assert_eq!(sanitize("a\x1b[2J\r\n\tö"), "a\\u001b[2J\\u000d\n\tö");
        assert_eq!(
            sanitize("\u{9b}1m\u{202e}x\u{7f}"),
            "\\u009b1m\\u202ex\\u007f"
        );
        let mut out = Vec::new();
        let mut writer = Sanitized::new(&mut out);
        for byte in "ö\u{9b}€".bytes() {
            writer.write_all(&[byte]).unwrap();
        }
        assert_eq!(String::from_utf8(out).unwrap(), "ö\\u009b€");
    }
}
