//! The rows of `fixtures/errors/`, one constant each, made by the build script.

use std::ops::Deref;

/// One row of the error table.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// Stable name of the row: its area, a dot, and its name in the area.
    pub id: &'static str,
    /// Which part of the service answers so.
    pub area: Area,
    /// HTTP status.
    pub status: u16,
    /// Exception type, empty for answers of another form.
    pub kind: &'static str,
    /// What follows the type in `x-amzn-ErrorType`: a word, `none`, or nothing.
    pub suffix: &'static str,
    /// The member that holds the message: `message` or `Message`.
    pub member: &'static str,
    /// The message, with placeholders in braces.
    pub text: &'static str,
    /// The body of an answer that is no exception.
    pub body: Option<&'static str>,
    /// Whether such a body is JSON.
    pub json: bool,
    /// How sure the project is of the row: observed, documented, modelled or assumed.
    pub basis: &'static str,
    /// Types and rows of the REST services, and shapes, that it replaces at the query services.
    pub replaces: &'static [&'static str],
}

/// Which part of the service answers with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Routing and reading of requests, before credentials are checked.
    FrontDoor,
    /// Authentication and authorisation.
    Auth,
    /// Operations of `bedrock-runtime`.
    Runtime,
    /// Operations of `bedrock`.
    Control,
    /// Operations of IAM.
    Iam,
    /// Operations of STS.
    Sts,
    /// All operations of IAM and STS.
    Query,
    /// Faults that a user configures.
    Fault,
}

/// A row's place in the table. Only the constants of this module exist, so each names a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowId(usize);

impl Deref for RowId {
    type Target = Row;

    fn deref(&self) -> &Self::Target {
        &ROWS[self.0]
    }
}

/// Returns all rows with their ids, in the order of the files.
pub fn all() -> impl Iterator<Item = RowId> {
    (0..ROWS.len()).map(RowId)
}

include!(concat!(env!("OUT_DIR"), "/error_rows.rs"));
