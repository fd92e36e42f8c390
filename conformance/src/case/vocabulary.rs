//! The words that cases and targets share: capabilities, roles, operations and mutants, as
//! `data/vocabulary.json` lists them. What is not listed is an error.

use crate::suggest::did_you_mean;

include!(concat!(env!("OUT_DIR"), "/vocabulary.rs"));

/// Returns the capability that an operation belongs to.
pub fn capability_of(operation: &str) -> Option<&'static str> {
    let row = OPERATIONS.iter().find(|(name, _)| *name == operation);
    row.map(|(_, capability)| *capability)
}

/// A word that the vocabulary does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no {kind} {word:?}{hint}; `bedrock-conformance vocabulary` lists them")]
pub struct UnknownWord {
    /// `capability`, `role` or `mutant`.
    pub kind: &'static str,
    /// The word.
    pub word: String,
    /// The nearest known word, in a sentence; empty if none is near.
    pub hint: String,
}

/// Returns the capability of that name.
///
/// # Errors
/// When there is none.
pub fn capability(word: &str) -> Result<&'static str, UnknownWord> {
    known(
        "capability",
        word,
        CAPABILITIES.iter().map(|(name, _)| *name),
    )
}

/// Returns the role of that name.
///
/// # Errors
/// When there is none.
pub fn role(word: &str) -> Result<&'static str, UnknownWord> {
    known("role", word, ROLES.iter().map(|(name, _)| *name))
}

/// Returns the mutant of that name: a fault of the mock.
///
/// # Errors
/// When there is none.
pub fn mutant(word: &str) -> Result<&'static str, UnknownWord> {
    known("mutant", word, MUTANTS.iter().copied())
}

fn known(
    kind: &'static str,
    word: &str,
    mut names: impl Iterator<Item = &'static str> + Clone,
) -> Result<&'static str, UnknownWord> {
    let all = names.clone();
    names.find(|name| *name == word).ok_or_else(|| UnknownWord {
        kind,
        word: word.to_owned(),
        hint: did_you_mean(word, all),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Models;

    #[test]
    fn an_unknown_word_is_named_with_the_nearest_known_one() {
        let wrong = mutant("empty-start").unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "there is no mutant \"empty-start\" (did you mean \"empty-text-start\"?); \
             `bedrock-conformance vocabulary` lists them"
        );
        assert_eq!(role("text-cheap"), Ok("text-cheap"));
        assert!(capability("xyz").unwrap_err().hint.is_empty());
    }

    #[test]
    fn every_operation_of_the_models_and_no_other_has_a_capability() {
        let models = Models::embedded().unwrap();
        let services = models.services().iter();
        let mut modelled: Vec<&str> = services
            .flat_map(|service| &service.operations)
            .map(|operation| operation.name.as_str())
            .collect();
        let mut listed: Vec<&str> = OPERATIONS.iter().map(|(name, _)| *name).collect();
        modelled.sort_unstable();
        listed.sort_unstable();
        assert_eq!(listed, modelled);
        for name in BILLED {
            assert!(listed.contains(name), "{name} is not an operation");
        }
    }
}
