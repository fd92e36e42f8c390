//! Numbers of rows as expected by level and basis. They are never added up.

use super::parse::Report;
use crate::case::{BasisKind, Level};

/// Rows of one level and basis.
pub(super) struct Line {
    pub(super) level: Level,
    pub(super) basis: BasisKind,
    pub(super) passed: usize,
    pub(super) of: usize,
}

impl Line {
    /// Returns `LEVEL / BASIS`.
    pub(super) fn name(&self) -> String {
        format!("{} / {}", self.level.word(), self.basis.word())
    }
}

/// Returns one line for each level and basis that a judged row has; skipped rows are in none.
pub(super) fn headline(report: &Report) -> Vec<Line> {
    let mut out = Vec::new();
    for basis in BasisKind::ALL {
        for level in Level::ALL {
            let of = report.rows.iter().filter(|row| {
                row.about()
                    .is_some_and(|part| (part.level, part.basis) == (level, basis))
            });
            let passed = of.clone().filter(|row| row.passed()).count();
            let of = of.count();
            if of > 0 {
                out.push(Line {
                    level,
                    basis,
                    passed,
                    of,
                });
            }
        }
    }
    out
}
