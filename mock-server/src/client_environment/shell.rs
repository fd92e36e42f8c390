//! Changes as text for one kind of reader.
//!
//! Every value is quoted so that the reader takes it literally, whatever is in it: the text goes
//! through `eval`. A dotenv file has no quoting that all its readers share, so there a value that
//! they would read differently is an error.

use clap::ValueEnum;

use super::Change;

/// The format of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Shell {
    /// Any POSIX shell: sh, bash, dash, zsh, ksh.
    #[default]
    Sh,
    /// fish.
    Fish,
    /// PowerShell.
    #[value(name = "powershell")]
    PowerShell,
    /// `NAME=VALUE` lines for dotenv readers; cannot unset variables.
    Dotenv,
    /// One JSON object, for programs; cannot unset variables.
    Json,
}

/// One line per change; for JSON, one object.
///
/// # Errors
///
/// If a value has no form that the reader would take literally.
pub fn render(shell: Shell, changes: &[Change]) -> Result<String, String> {
    if shell == Shell::Json {
        return Ok(json(changes));
    }
    let mut text = String::new();
    for change in changes {
        let line = match (shell, change) {
            (Shell::Sh, Change::Set(name, value)) => format!("export {name}={}", sh(value)),
            (Shell::Sh, Change::Unset(name)) => format!("unset {name}"),
            (Shell::Fish, Change::Set(name, value)) => format!("set -gx {name} {}", fish(value)),
            // Removing what is not set fails there, and nothing after it would take that back.
            (Shell::Fish, Change::Unset(name)) => format!("set -e {name}; or true"),
            (Shell::PowerShell, Change::Set(name, value)) => {
                format!("$Env:{name} = {}", powershell(value))
            }
            // Assigning nothing removes it, and is no error where it is not set.
            (Shell::PowerShell, Change::Unset(name)) => format!("$Env:{name} = $null"),
            (Shell::Dotenv, Change::Set(name, value)) => format!("{name}={}", dotenv(value)?),
            (Shell::Dotenv, Change::Unset(_)) | (Shell::Json, _) => continue,
        };
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}

fn json(changes: &[Change]) -> String {
    let mut object = serde_json::Map::new();
    for change in changes {
        if let Change::Set(name, value) = change {
            object.insert((*name).to_owned(), value.as_str().into());
        }
    }
    format!("{:#}\n", serde_json::Value::Object(object))
}

/// Quotes a value for a POSIX shell: inside single quotes nothing is special but the quote itself.
pub(crate) fn sh(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// As in sh, and a backslash before either of the two.
fn fish(value: &str) -> String {
    let value = value.replace('\\', r"\\").replace('\'', r"\'");
    format!("'{value}'")
}

/// Doubled quotes; PowerShell takes the typographic ones for quotes as well.
fn powershell(value: &str) -> String {
    let mut quoted = String::from("'");
    for c in value.chars() {
        quoted.push(c);
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            quoted.push(c);
        }
    }
    quoted.push('\'');
    quoted
}

/// Plain where that is safe, which `docker --env-file` needs because it knows no quotes; else the
/// kind of quotes inside which no reader sees anything special in this value.
fn dotenv(value: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:@+=,%*[]-".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return Ok(value.to_owned());
    }
    let has = |special: &[char]| value.contains(special);
    if !has(&['\'', '\\', '\n', '\r']) {
        return Ok(format!("'{value}'"));
    }
    if !has(&['"', '\\', '$', '`', '\n', '\r']) {
        return Ok(format!("\"{value}\""));
    }
    Err(format!(
        "{value:?} cannot be written so that every dotenv reader reads the same; use another \
         --shell, or a --ca-dir without backslashes and quotes"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(shell: Shell, value: &str) -> String {
        let change = Change::Set("A", value.to_owned());
        render(shell, &[change]).unwrap()
    }

    #[test]
    fn quotes_of_each_reader() {
        assert_eq!(line(Shell::Sh, "a'b $c"), "export A='a'\\''b $c'\n");
        assert_eq!(line(Shell::Fish, r"a'b\c"), "set -gx A 'a\\'b\\\\c'\n");
        assert_eq!(line(Shell::PowerShell, "a'b’c"), "$Env:A = 'a''b’’c'\n");
        assert_eq!(line(Shell::Dotenv, "/a/b.pem"), "A=/a/b.pem\n");
        assert_eq!(line(Shell::Dotenv, "a b#$c"), "A='a b#$c'\n");
        assert_eq!(line(Shell::Dotenv, "a'b c"), "A=\"a'b c\"\n");
    }

    #[test]
    fn what_dotenv_readers_would_read_differently() {
        for value in ["a'b$c", r"a\b", "a\nb"] {
            let change = Change::Set("A", value.to_owned());
            assert!(render(Shell::Dotenv, &[change]).is_err(), "{value:?}");
        }
    }

    #[test]
    fn taking_away() {
        let change = [Change::Unset("A")];
        for (shell, expected) in [
            (Shell::Sh, "unset A\n"),
            (Shell::Fish, "set -e A; or true\n"),
            (Shell::PowerShell, "$Env:A = $null\n"),
            (Shell::Dotenv, ""),
        ] {
            assert_eq!(render(shell, &change).unwrap(), expected);
        }
    }
}
