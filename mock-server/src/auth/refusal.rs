//! stub
use crate::wire::ApiError;
/// stub
#[derive(Debug, Clone)]
pub struct Refusal {
    /// r
    pub row: &'static str,
    /// a
    pub args: Vec<(&'static str, String)>,
    /// h
    pub hint: String,
}
impl Refusal {
    /// n
    pub fn new(row: &'static str, hint: &str) -> Self {
        Self {
            row,
            args: vec![],
            hint: hint.into(),
        }
    }
}
impl From<Refusal> for ApiError {
    fn from(r: Refusal) -> Self {
        let mut e = Self::row(r.row);
        for (n, v) in &r.args {
            e = e.with(n, v);
        }
        e.hint(r.hint)
    }
}
