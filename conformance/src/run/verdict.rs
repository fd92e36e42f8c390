//! Verdicts, how severe they are, and the numbers of rows that have them.

use serde::{Deserialize, Serialize};

/// How a part was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As expected.
    Pass,
    /// Not as expected.
    Fail,
    /// Not as expected, but nothing is required: the case has the level `info`, or a basis that does
    /// not count for this target. Files written before 0.2.0 have it as `told`, which is read until
    /// 0.3.0.
    #[serde(alias = "told")]
    Informational,
    /// Not as expected, as a declared deviation says.
    Deviates,
    /// As expected although a deviation is declared: the deviation is out of date.
    UnexpectedPass,
    /// Not as expected, and the case itself is disputed.
    Doubted,
    /// The target was too busy to answer.
    Inconclusive,
}

impl Verdict {
    /// All verdicts.
    pub const ALL: [Self; 7] = [
        Self::Pass,
        Self::Fail,
        Self::Informational,
        Self::Deviates,
        Self::UnexpectedPass,
        Self::Doubted,
        Self::Inconclusive,
    ];

    /// Returns the verdict as reports spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Informational => "informational",
            Self::Deviates => "deviates",
            Self::UnexpectedPass => "unexpected-pass",
            Self::Doubted => "doubted",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// Returns how severe the verdict is; a row has the most severe verdict of its parts.
    pub fn severity(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Informational => 1,
            Self::Deviates => 2,
            Self::Doubted => 3,
            Self::Inconclusive => 4,
            Self::UnexpectedPass => 5,
            Self::Fail => 6,
        }
    }

    /// Returns the more severe of two verdicts.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        match other.severity() > self.severity() {
            true => other,
            false => self,
        }
    }

    /// Reports whether it makes a run fail.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Fail | Self::UnexpectedPass)
    }
}

/// Numbers of rows by the most severe verdict of their parts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Every part passed.
    pub passed: usize,
    /// A part failed.
    pub failed: usize,
    /// A part differs where nothing is required.
    pub informational: usize,
    /// A part deviates as declared.
    pub deviating: usize,
    /// A deviation is out of date.
    pub unexpected_passes: usize,
    /// The case is disputed.
    pub doubted: usize,
    /// The target was too busy.
    pub inconclusive: usize,
    /// Not run.
    pub skipped: usize,
}

impl Counts {
    /// Adds a row with this verdict.
    pub(crate) fn add(&mut self, verdict: Verdict) {
        *match verdict {
            Verdict::Pass => &mut self.passed,
            Verdict::Fail => &mut self.failed,
            Verdict::Informational => &mut self.informational,
            Verdict::Deviates => &mut self.deviating,
            Verdict::UnexpectedPass => &mut self.unexpected_passes,
            Verdict::Doubted => &mut self.doubted,
            Verdict::Inconclusive => &mut self.inconclusive,
        } += 1;
    }

    /// Returns the numbers of two runs together.
    #[must_use]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            informational: self.informational + other.informational,
            deviating: self.deviating + other.deviating,
            unexpected_passes: self.unexpected_passes + other.unexpected_passes,
            doubted: self.doubted + other.doubted,
            inconclusive: self.inconclusive + other.inconclusive,
            skipped: self.skipped + other.skipped,
        }
    }
}
