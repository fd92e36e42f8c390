//! The access log: one event per request, emitted when its last byte left.
//!
//! Events go through `tracing` under the target [`TARGET`]. The program installs the subscriber that
//! prints them (`cli/log.rs`); in a library it is the user's own.

use std::time::Instant;

/// The target of access-log events.
pub const TARGET: &str = "bedrock_mock::access";

/// Characters of a hint that are logged.
const HINT: usize = 1_000;

/// The line of a request that is not yet answered completely.
#[derive(Debug)]
pub struct Entry {
    /// When the request arrived.
    pub since: Instant,
    /// Method and path.
    pub what: String,
    /// Operation, if the path named one.
    pub operation: Option<String>,
    /// Account of the caller, if known.
    pub account: Option<String>,
    /// Status of the answer.
    pub status: u16,
    /// Why it was refused.
    pub hint: Option<String>,
    /// Bytes of the body that left.
    pub bytes: u64,
    /// The complete answer left.
    pub complete: bool,
    /// A fault rule cut it off.
    pub cut_off: bool,
}

impl Entry {
    /// Emits the line.
    pub fn write(self) {
        let seconds = std::time::SystemTime::now();
        let time = httpdate::fmt_http_date(seconds);
        let time = time.get(17..25).unwrap_or(&time);
        let mut line = format!(
            "{time} {} {} {} {} {}B {:.1}ms",
            self.status,
            readable(&self.what),
            self.operation.as_deref().unwrap_or("-"),
            self.account.as_deref().unwrap_or("-"),
            self.bytes,
            self.since.elapsed().as_secs_f64() * 1000.0,
        );
        if self.cut_off {
            line.push_str(" (cut off by a fault)");
        } else if !self.complete {
            line.push_str(" (client hung up)");
        }
        if let Some(hint) = &self.hint {
            line.push_str(" | ");
            line.extend(hint.chars().take(HINT));
        }
        // One line per request, whatever a client put into its path.
        if line.contains(char::is_control) {
            line = line.replace(char::is_control, "?");
        }
        tracing::info!(target: TARGET, "{line}");
    }
}

/// Decodes `%3A` and `%2F`, which every model id and ARN in a path has. Other escapes stay.
fn readable(what: &str) -> String {
    what.replace("%3A", ":")
        .replace("%3a", ":")
        .replace("%2F", "/")
        .replace("%2f", "/")
}
