//! What a text must be like.

use regex::Regex;

use super::node::{Node, Read};

/// A demand on a text.
#[derive(Debug, Clone)]
pub enum TextMatch {
    /// It is this text.
    Equals(String),
    /// It holds this text.
    Contains(String),
    /// This pattern fits somewhere in it.
    Regex(Box<Regex>),
}

impl TextMatch {
    /// Reads `{"equals": …}`, `{"contains": …}` or `{"regex": …}`; a plain text means contains.
    pub fn read(node: &Node<'_>, what: &str) -> Read<Self> {
        if let Some(text) = node.value.as_str() {
            return Ok(Self::Contains(text.into()));
        }
        let object = node.object(what, &["equals", "contains", "regex"])?;
        let mut members = object
            .keys()
            .filter_map(|name| Some((name, node.at(name)?)));
        let (Some((name, inner)), None) = (members.next(), members.next()) else {
            return Err(node.wrong(format!(
                "{what} must be a text, or an object with one of equals, contains, regex"
            )));
        };
        let text = inner.text(name)?;
        Ok(match name.as_str() {
            "equals" => Self::Equals(text.into()),
            "contains" => Self::Contains(text.into()),
            _ => {
                let regex = regex::RegexBuilder::new(text).size_limit(1 << 20).build();
                let regex = regex.map_err(|e| {
                    let why = e.to_string();
                    let why = why.lines().last().unwrap_or_default().trim();
                    inner.wrong(format!("{text:?} is no regular expression: {why}"))
                })?;
                Self::Regex(Box::new(regex))
            }
        })
    }

    /// Whether a text fits.
    pub fn fits(&self, text: &str) -> bool {
        match self {
            Self::Equals(wanted) => wanted == text,
            Self::Contains(wanted) => text.contains(wanted.as_str()),
            Self::Regex(regex) => regex.is_match(text),
        }
    }

    /// Whether each text that fits `other` fits this too, as far as they tell by themselves.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Equals(a), Self::Equals(b)) => a == b,
            (Self::Regex(a), Self::Regex(b)) => a.as_str() == b.as_str(),
            (Self::Contains(part), Self::Contains(text)) => text.contains(part.as_str()),
            (_, Self::Equals(text)) => self.fits(text),
            (Self::Contains(part), Self::Regex(_)) => part.is_empty(),
            _ => false,
        }
    }

    /// How much it narrows down: an equal text more than a part of one.
    pub fn weight(&self) -> u32 {
        match self {
            Self::Equals(_) => 3,
            Self::Contains(_) | Self::Regex(_) => 2,
        }
    }
}

impl std::fmt::Display for TextMatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Equals(text) => write!(f, "{text:?}"),
            Self::Contains(text) => write!(f, "a text with {text:?}"),
            Self::Regex(regex) => write!(f, "a text like /{}/", regex.as_str()),
        }
    }
}
