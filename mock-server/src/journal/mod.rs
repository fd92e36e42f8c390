//! What came in and what became of it: one entry for each request, refused ones too.
//!
//! | file | what |
//! |---|---|
//! | `entry` | what is kept of a request and its answer |
//! | `body` | a copied, bounded body |
//! | `redact` | what never gets into an entry: secrets |
//! | `notes` | what the pipeline learns while it answers |
//! | `draft` | a request that has no answer yet |
//! | `recorder` | follows an answer to its last byte, then closes the entry |
//! | `store`, `shelves` | the entries, bounded in number and bytes, fair between accounts |
//! | `retries` | which request is another attempt of which |
//! | `filter`, `difference` | which entries somebody asks for, and in what others differ |
//! | `verify` | expectations, and where they fail: what the nearest requests were |
//! | `wait`, `follow` | waits for entries, hands them out as they end |
//! | `json`, `print` | entries for programs and for people |
//! | `counters` | numbers for the metrics, kept also where the journal is off |
//!
//! An entry is there before the head of its answer leaves, so a client that has its answer finds it.
//! Until the last byte left or the client hung up it is `open`; then it says how it ended.

mod body;
mod counters;
mod diff;
mod entry;
mod expected_count;
mod filter;
mod follow;
mod json;
mod observations;
mod open_entry;
mod per_account;
mod recorder;
mod redact;
mod retries;
mod store;
mod text;
mod verify;
mod wait;

pub use body::Body;
pub use counters::{Counters, Tally};
pub use diff::Difference;
pub use entry::{
    Caller, Ended, Ending, Entry, EventSeen, Link, ModelSeen, Refusal, Request, Response,
    ScenarioSeen,
};
pub use expected_count::Count;
pub use filter::{EndedFilter, Filter};
pub use follow::Follower;
pub use observations::{Noted, Notes};
pub use open_entry::{Answered, Draft, Head};
pub use per_account::Limits;
pub use recorder::Recorder;
pub(crate) use redact::is_credential;
pub use store::{Journal, Standing};
pub use text::list;
pub use verify::{Expectation, Failure, Near, OFF, Verdict, Verification};
pub use wait::Waited;
