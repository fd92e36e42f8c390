//! The rows of `fixtures/errors/` as the suite expects them on the wire.

use bedrock_fixtures::errors;
use serde_json::Value;

/// How an error is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `{"message": …}` and `x-amzn-ErrorType`.
    Json,
    /// `<ErrorResponse>`, as the query services write it.
    Xml,
    /// The row's own bytes.
    Literal,
}

/// One error of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorRow {
    /// As in `runtime.blank-text`.
    pub id: String,
    /// HTTP status.
    pub status: u16,
    /// The type; none where the form has none.
    pub kind: Option<String>,
    /// What follows the type in `x-amzn-ErrorType`, with its colon; empty for none.
    pub suffix: String,
    /// `message` or `Message`.
    pub member: String,
    /// The text with its `{placeholders}`, or the literal body.
    pub text: String,
    /// Its form.
    pub form: Form,
    /// What the row rests on: observed, documented, modelled or assumed.
    pub basis: String,
}

impl ErrorRow {
    /// The names in the text's braces, in order.
    pub fn placeholders(&self) -> Vec<&str> {
        if self.form == Form::Literal {
            return Vec::new();
        }
        let mut names = Vec::new();
        let mut rest = self.text.as_str();
        while let Some((_, tail)) = rest.split_once('{') {
            match tail.split_once('}') {
                Some((name, tail)) => {
                    names.push(name);
                    rest = tail;
                }
                None => break,
            }
        }
        names
    }
}

/// All of them.
#[derive(Debug)]
pub struct ErrorRows {
    rows: Vec<ErrorRow>,
}

impl ErrorRows {
    /// Reads the tables that come with the suite.
    ///
    /// # Errors
    /// Says which table is not built as they are.
    pub fn embedded() -> Result<Self, String> {
        let mut rows = Vec::new();
        for (file, text) in errors::TABLES {
            let table: Value =
                serde_json::from_str(text).map_err(|error| format!("{file}: {error}"))?;
            let listed = table["rows"]
                .as_array()
                .ok_or_else(|| format!("{file}: it has no rows"))?;
            for row in listed {
                rows.push(read(row).ok_or_else(|| format!("{file}: not a row: {row}"))?);
            }
        }
        Ok(Self { rows })
    }

    /// The row of that id.
    pub fn get(&self, id: &str) -> Option<&ErrorRow> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// Returns the ids of all rows.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|row| row.id.as_str())
    }

    /// All rows.
    pub fn all(&self) -> &[ErrorRow] {
        &self.rows
    }

    /// Whether any operation may answer with this type although its model does not list it: the
    /// front door's refusals do.
    pub fn is_front_door(&self, kind: &str) -> bool {
        self.rows.iter().any(|row| {
            row.kind.as_deref() == Some(kind)
                && ["auth.", "front-door.", "query."]
                    .iter()
                    .any(|door| row.id.starts_with(door))
        })
    }
}

fn read(row: &Value) -> Option<ErrorRow> {
    let id = row["id"].as_str()?.to_owned();
    let form = if row["body"].is_string() {
        Form::Literal
    } else if ["query.", "iam.", "sts."]
        .iter()
        .any(|table| id.starts_with(table))
    {
        Form::Xml
    } else {
        Form::Json
    };
    let suffix = match row["suffix"].as_str() {
        None | Some("none") => String::new(),
        Some(name) => format!(":http://internal.amazon.com/coral/com.amazon.{name}/"),
    };
    Some(ErrorRow {
        status: u16::try_from(row["status"].as_u64()?).ok()?,
        kind: row["type"].as_str().map(str::to_owned),
        suffix,
        member: row["member"].as_str().unwrap_or("message").to_owned(),
        text: row["text"].as_str().or(row["body"].as_str())?.to_owned(),
        basis: row["basis"].as_str()?.to_owned(),
        form,
        id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_read() {
        let rows = ErrorRows::embedded().unwrap();
        let row = rows.get("auth.authorization-missing").unwrap();
        assert_eq!(row.member, "Message");
        assert_eq!(
            row.suffix,
            ":http://internal.amazon.com/coral/com.amazon.coral.service/"
        );
        let row = rows.get("runtime.blank-text").unwrap();
        assert_eq!(row.placeholders(), ["message", "block"]);
        assert_eq!(rows.get("iam.user-not-found").unwrap().form, Form::Xml);
        assert_eq!(
            rows.get("front-door.unknown-operation").unwrap().form,
            Form::Literal
        );
        assert!(rows.is_front_door("SerializationException"));
        assert!(!rows.is_front_door("ModelErrorException"));
    }
}
