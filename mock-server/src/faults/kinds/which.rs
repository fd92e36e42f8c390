//! Which events a fault means: by number, by name, or by number among those of a name.

/// Picks events while they pass.
#[derive(Debug)]
pub struct Which {
    index: Option<usize>,
    name: Option<String>,
    seen: usize,
}

impl Which {
    /// All events of a name, or the one with a number.
    pub fn new(index: Option<usize>, name: Option<String>) -> Self {
        Self {
            index,
            name,
            seen: 0,
        }
    }

    /// Whether the event that passes now is meant.
    pub fn is(&mut self, name: &str) -> bool {
        if self.name.as_deref().is_some_and(|wanted| wanted != name) {
            return false;
        }
        self.seen += 1;
        self.index.is_none_or(|index| index == self.seen - 1)
    }

    /// One of the two must be given.
    pub(super) fn check(index: Option<usize>, name: Option<&String>) -> Result<(), String> {
        match (index, name) {
            (None, None) => Err("index: give index, name or both, to say which event".into()),
            _ => check_name(name),
        }
    }
}

/// Names of events travel in a frame's headers, which take 255 bytes and more; names of members have
/// no limit, but nobody needs longer ones.
pub(super) fn check_name(name: Option<&String>) -> Result<(), String> {
    match name {
        Some(name) if name.is_empty() || name.len() > 255 => {
            Err("name: expected 1 to 255 bytes".into())
        }
        _ => Ok(()),
    }
}
