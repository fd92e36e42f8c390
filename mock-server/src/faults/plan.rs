//! What happens to the frames and bytes of a body.

use std::time::Duration;

/// How a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As the protocol says.
    Clean,
    /// HTTP/1.1: the connection closes where more was promised. HTTP/2: the stream is reset.
    Broken,
    /// HTTP/1.1: the connection is reset. HTTP/2: the stream is reset.
    Reset,
}

/// Where a body is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// After this many bytes.
    Bytes(u64),
    /// After this many frames, 0 being right behind the head.
    Frames(u64),
    /// After everything.
    Last,
}

/// What is to happen to a body's frames and bytes.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Where it is cut off, and how.
    pub cut: Option<(Cut, End)>,
    /// Each piece that is passed to HTTP has this many bytes.
    pub rechunk: Option<usize>,
    /// This many frames leave in one piece; 0 means all of them.
    pub coalesce: Option<usize>,
    /// Pauses: before which frame, and for how long; `None` is for ever.
    pub stalls: Vec<(u64, Option<Duration>)>,
    /// The head has no `x-amzn-RequestId`.
    pub no_request_id: bool,
}

/// A frame that was just encoded.
#[derive(Debug)]
pub struct EncodedFrame<'a> {
    /// Its number in the stream, from 0.
    pub index: u64,
    /// Name of its event.
    pub name: &'a str,
    /// The payload in it.
    pub payload: &'a [u8],
    /// The frame.
    pub bytes: Vec<u8>,
    /// It is an SSE line, which has no prelude and no checksums.
    pub sse: bool,
}
