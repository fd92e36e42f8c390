//! What is wrong with a setting.

use std::fmt;
use std::path::Path;

/// A setting that cannot be used: where it stands, what was expected, how to fix it.
#[derive(Debug)]
pub struct ConfigError(pub String);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

impl ConfigError {
    /// The same mistake as one of a configuration file, at the line of the key that it names.
    pub fn in_file(self, path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let told = self.0.strip_prefix("--").unwrap_or(&self.0);
        let key: String = told
            .chars()
            .take_while(|c| c.is_ascii_lowercase() || *c == '-')
            .collect();
        let line = text
            .lines()
            .position(|line| line.trim_start().starts_with(&key));
        let line = line.map_or(1, |line| line + 1);
        Self(format!("{}:{line}:1: {told}", path.display()))
    }
}
