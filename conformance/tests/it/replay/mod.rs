//! Recordings, sent again.

mod cassettes;
mod recordings;
