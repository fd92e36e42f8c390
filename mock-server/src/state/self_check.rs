//! Answers of ours that do not fit the service model (⊕ overlay), collected for tests.

use std::sync::Mutex;

/// How many findings are kept; the first ones say enough.
const KEPT: usize = 100;

/// Collects findings; off in production, where checking each answer would cost more than making it.
#[derive(Debug)]
pub struct SelfCheck {
    enabled: bool,
    findings: Mutex<Vec<String>>,
}

impl SelfCheck {
    /// A collector that is on or off for good.
    pub fn new(enabled: bool) -> Self {
        Self {
            enabled,
            findings: Mutex::new(Vec::new()),
        }
    }

    /// Whether answers are to be checked.
    pub fn enabled(&self) -> bool {
        self.enabled
    }

    /// Notes what was found about one answer of an operation.
    pub fn note(&self, operation: &str, found: Vec<String>) {
        let mut findings = self
            .findings
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for line in found {
            if findings.len() < KEPT {
                findings.push(format!("{operation}: {line}"));
            }
        }
    }

    /// All findings so far.
    pub fn findings(&self) -> Vec<String> {
        self.findings
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }
}
