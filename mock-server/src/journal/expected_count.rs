//! How many requests somebody expects.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// How many. In JSON a number, which is exact, or an object with these members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Exactly as many.
    pub exact: Option<usize>,
    /// At least as many.
    pub at_least: Option<usize>,
    /// At most as many.
    pub at_most: Option<usize>,
}

impl Count {
    /// Whether no number of requests can meet it, or more is said than counts.
    pub fn is_contradictory(self) -> bool {
        let bounds = self.at_least.is_some() || self.at_most.is_some();
        (self.exact.is_some() && bounds) || self.least() > self.most()
    }

    /// No fewer than these.
    pub fn least(self) -> usize {
        match (self.exact, self.at_least, self.at_most) {
            (Some(exact), ..) => exact,
            (None, Some(least), _) => least,
            (None, None, Some(_)) => 0,
            (None, None, None) => 1,
        }
    }

    /// No more than these.
    pub fn most(self) -> usize {
        self.exact.or(self.at_most).unwrap_or(usize::MAX)
    }

    /// For messages.
    pub(super) fn words(self) -> String {
        match (self.exact, self.least(), self.most()) {
            (Some(exact), ..) => format!("exactly {exact}"),
            (None, least, usize::MAX) => format!("at least {least}"),
            (None, 0, most) => format!("at most {most}"),
            (None, least, most) => format!("{least} to {most}"),
        }
    }
}

/// The members of a count that is written as an object.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct Bounds {
    exact: Option<usize>,
    at_least: Option<usize>,
    at_most: Option<usize>,
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Count;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or an object with exact, or with atLeast and atMost")
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Count, E> {
        let exact = usize::try_from(number).unwrap_or(usize::MAX);
        Ok(Count {
            exact: Some(exact),
            ..Count::default()
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Count, A::Error> {
        let bounds = Bounds::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Count {
            exact: bounds.exact,
            at_least: bounds.at_least,
            at_most: bounds.at_most,
        })
    }
}
