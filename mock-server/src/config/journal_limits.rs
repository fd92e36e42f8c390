//! How much the journal keeps.

/// How much the journal keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalLimits {
    /// Most entries; 0 keeps none.
    pub entries: usize,
    /// Most bytes of all entries together; 0 keeps none. A quarter is for answers that are still
    /// leaving.
    pub bytes: u64,
}
