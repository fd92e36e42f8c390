//! One request and its answer, as they went over the wire.

use std::time::Duration;

use serde_json::Value;

use super::event::{Framed, View};
use super::event_stream::{from_chunks, from_frames};
use super::sse;
use crate::model::read_xml;

/// A request and its answer.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Method, target and headers as they were sent; credentials are in it.
    pub request_head: String,
    /// The body as it was sent.
    pub request_body: Vec<u8>,
    /// Status.
    pub status: u16,
    /// Headers in the order and case in which they came.
    pub headers: Vec<(String, String)>,
    /// The body without its transfer coding.
    pub body: Vec<u8>,
    /// Sizes of the chunks that carried it; empty if it was not chunked.
    pub chunks: Vec<usize>,
    /// How many bytes of the body had come when.
    pub arrivals: Vec<(usize, Duration)>,
    /// When the answer's first byte came, from the request's last byte.
    pub first_byte: Duration,
    /// When its last byte came.
    pub total: Duration,
    /// Why the answer ended before its end, if it did.
    pub cut: Option<String>,
    /// Whether that is because the target was waited for too long.
    pub too_late: bool,
    /// Whether the connection was still open behind it.
    pub open: bool,
    pub(super) parsed: Option<Value>,
}

impl Exchange {
    /// An answer that somebody recorded.
    pub fn recorded(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        let mut exchange = Self {
            request_head: String::new(),
            request_body: Vec::new(),
            status,
            headers,
            body,
            chunks: Vec::new(),
            arrivals: Vec::new(),
            first_byte: Duration::ZERO,
            total: Duration::ZERO,
            cut: None,
            too_late: false,
            open: false,
            parsed: None,
        };
        exchange.parse();
        exchange
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(there, _)| there.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// All values of a header.
    pub fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(there, _)| there.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON; XML is read as JSON.
    pub fn json(&self) -> Option<&Value> {
        self.parsed.as_ref()
    }

    /// The beginning of the body, for a message.
    pub fn text_brief(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        match text.char_indices().nth(300) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.into_owned(),
        }
    }

    /// The events of the body.
    pub fn events(&self, view: View) -> Framed {
        let at = |offset: usize| {
            // Arrivals are in order, and a long stream has many.
            let index = self.arrivals.partition_point(|(come, _)| *come < offset);
            self.arrivals.get(index).map_or(self.total, |(_, at)| *at)
        };
        match view {
            View::Events => from_frames(&self.body, at),
            View::Chunks => from_chunks(from_frames(&self.body, at)),
            View::Sse => sse::events(&self.body, at),
        }
    }

    /// Whether the head says that the body is an event stream.
    pub fn is_event_stream(&self) -> bool {
        self.header("content-type") == Some("application/vnd.amazon.eventstream")
    }

    pub(super) fn parse(&mut self) {
        let text = std::str::from_utf8(&self.body).unwrap_or_default();
        self.parsed = if text.trim_start().starts_with('<') {
            read_xml(text).ok()
        } else {
            serde_json::from_str(text).ok()
        };
    }
}
