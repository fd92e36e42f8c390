//! The command line of this run, rebuilt, so that a report can print the command that repeats it.

use std::path::Path;

use serde_json::{Value, json};

use super::select::{CaseArgs, TargetArgs};
use crate::shell::{shell, without_secrets};

/// A command under construction.
pub(super) struct CommandLine(Vec<String>);

impl CommandLine {
    pub(super) fn of(command: &str) -> Self {
        Self(vec!["bedrock-conformance".to_owned(), command.to_owned()])
    }

    pub(super) fn word(&mut self, word: &str) {
        self.0.push(word.to_owned());
    }

    /// Adds an option, if it has a value.
    pub(super) fn option(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.0.extend([name.to_owned(), value.to_string()]);
        }
    }

    pub(super) fn path(&mut self, name: &str, path: Option<&Path>) {
        self.option(name, path.map(Path::display));
    }

    pub(super) fn flag(&mut self, name: &str, set: bool) {
        if set {
            self.word(name);
        }
    }

    /// Returns the command, quoted for a shell.
    pub(super) fn line(&self) -> String {
        let words: Vec<String> = self.0.iter().map(|word| shell(word)).collect();
        words.join(" ")
    }
}

impl TargetArgs {
    /// Adds the options as they were given.
    pub(super) fn words(&self, words: &mut CommandLine) {
        words.option("--target", Some(&self.target));
        words.option("--url", self.url.as_ref());
        words.option("--region", self.region.as_ref());
        for (role, id) in &self.role {
            words.option("--role", Some(format!("{role}={id}")));
        }
        let environment = std::env::var_os("BEDROCK_MOCK_BIN");
        let stated = self.binary.as_deref();
        words.path(
            "--binary",
            stated.filter(|path| environment.is_none_or(|there| there != path.as_os_str())),
        );
        for argument in without_secrets(&self.target_arg) {
            words.word(&format!("--target-arg={argument}"));
        }
        words.path("--ca-file", self.ca_file.as_deref());
        for capability in &self.without {
            words.option("--without", Some(capability));
        }
        words.flag("--no-credentials", self.no_credentials);
    }

    /// Returns the options that all shards of one run share, in addition to the target itself.
    pub(super) fn config(&self) -> Value {
        json!({
            "arguments": without_secrets(&self.target_arg),
            "without": self.without,
            "no_credentials": self.no_credentials,
        })
    }
}

impl CaseArgs {
    /// Adds where the cases come from; ids are appended later.
    pub(super) fn words(&self, words: &mut CommandLine) {
        words.path("--cases", self.cases.as_deref());
        words.flag("--derived", self.derived);
    }
}
