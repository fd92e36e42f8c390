//! Frames on their way out: pacing, pauses, pieces and cuts.
//!
//! Everything that can go wrong with the bytes of a stream goes wrong here; without faults a frame
//! passes through untouched.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::{Instant, Sleep};

use crate::faults::{Cut, Delivery, EncodedFrame, End, Fault, Pace, Plan};

/// How late a paced stream may run before it stops catching up: a client that pauses for a minute
/// does not get a minute's events at once.
const LAG: Duration = Duration::from_millis(200);
/// Frames are joined up to this number of bytes, so that a coalesced stream stays bounded.
const JOINED: usize = 16 * 1024 * 1024;

/// The one timer of a stream, which both pacing and pauses use.
#[derive(Default)]
pub struct Timer {
    sleep: Option<Pin<Box<Sleep>>>,
    due: Option<Instant>,
    waiting: bool,
}

impl Timer {
    /// Sets it to a time after the last one, or after now if that is long past.
    pub fn set(&mut self, after: Duration) {
        if after.is_zero() {
            return;
        }
        let now = Instant::now();
        let last = self.due.filter(|due| now < *due + LAG).unwrap_or(now);
        let due = last + after;
        self.due = Some(due);
        self.waiting = true;
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().reset(due),
            None => self.sleep = Some(Box::pin(tokio::time::sleep_until(due))),
        }
    }

    /// Waits until the time that was set last.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let (true, Some(sleep)) = (self.waiting, &mut self.sleep) {
            ready!(sleep.as_mut().poll(cx));
            self.waiting = false;
        }
        Poll::Ready(())
    }
}

/// What happens to the frames of one stream.
pub struct Frames {
    plan: Plan,
    faults: Vec<Fault>,
    pace: Option<Pace>,
    /// Frames made, and bytes of them, before any cut.
    made: u64,
    taken: u64,
    /// Frames in `pending`.
    joined: usize,
    pending: BytesMut,
    /// Nothing more is taken; how the stream ends when `pending` is empty.
    end: Option<End>,
    stall: usize,
}

/// What a stream hands over next.
#[derive(Debug)]
pub enum Next {
    /// A piece of the body.
    Piece(Bytes),
    /// More frames are wanted.
    More,
    /// The end.
    End(End),
}

impl Frames {
    /// For the stream of an answer.
    pub fn new(delivery: &Delivery) -> Self {
        let mut plan = delivery.plan(None);
        plan.stalls.sort_by_key(|(frame, _)| *frame);
        let mut frames = Self {
            plan,
            faults: delivery.faults.clone(),
            pace: delivery.pacing.as_ref().map(|pacing| pacing.start()),
            made: 0,
            taken: 0,
            joined: 0,
            pending: BytesMut::new(),
            end: None,
            stall: 0,
        };
        frames.cut_at_frame();
        frames
    }

    /// The pause before the next event, beside its own.
    pub fn gap(&mut self) -> Duration {
        self.pace.as_mut().map_or(Duration::ZERO, Pace::gap)
    }

    /// The pause before the next frame, `None` being for ever, if there is one.
    pub fn pause(&mut self) -> Option<Option<Duration>> {
        let (frame, pause) = *self.plan.stalls.get(self.stall)?;
        if frame > self.made {
            return None;
        }
        self.stall += 1;
        Some(pause)
    }

    /// Takes a frame, or a line of an SSE stream.
    pub fn take(&mut self, name: &str, payload: &[u8], bytes: Vec<u8>, sse: bool) {
        let mut frame = EncodedFrame {
            index: self.made,
            name,
            payload,
            bytes,
            sse,
        };
        for fault in &self.faults {
            fault.frame(&mut frame);
        }
        self.made += 1;
        self.joined += 1;
        self.keep(frame.bytes);
        self.cut_at_frame();
    }

    /// Takes bytes that are no frame: the last words of an SSE stream.
    pub fn last_words(&mut self, bytes: &'static [u8]) {
        self.joined += 1;
        self.keep(bytes.to_vec());
    }

    /// The source of events has no more.
    pub fn finish(&mut self) {
        let end = match self.plan.cut {
            Some((Cut::Last, end)) => end,
            // The cut lies behind the end, so it is the end that is seen.
            _ => End::Clean,
        };
        self.end.get_or_insert(end);
    }

    /// What leaves next.
    pub fn hand_over(&mut self) -> Next {
        let ready = match (self.plan.rechunk, self.plan.coalesce) {
            (Some(piece), _) => (self.pending.len() >= piece).then_some(piece),
            (None, Some(wanted)) => {
                let enough = wanted > 0 && self.joined >= wanted;
                (enough || self.pending.len() > JOINED).then_some(self.pending.len())
            }
            (None, None) => Some(self.pending.len()).filter(|n| *n > 0),
        };
        let left = self.pending.len();
        let piece = ready.or_else(|| (self.end.is_some() && left > 0).then_some(left));
        match (piece, self.end) {
            (Some(piece), _) => {
                self.joined = 0;
                Next::Piece(self.pending.split_to(piece.min(left)).freeze())
            }
            (None, Some(end)) => Next::End(end),
            (None, None) => Next::More,
        }
    }

    /// Whether each piece must leave by itself: hyper joins pieces that it gets at once.
    pub fn one_by_one(&self) -> bool {
        self.plan.rechunk.is_some() || self.plan.coalesce.is_some()
    }

    fn keep(&mut self, bytes: Vec<u8>) {
        if self.end.is_some() {
            return;
        }
        let mut bytes = Bytes::from(bytes);
        if let Some((Cut::Bytes(limit), end)) = self.plan.cut {
            let room = usize::try_from(limit - self.taken).unwrap_or(usize::MAX);
            if bytes.len() >= room {
                bytes.truncate(room);
                self.end = Some(end);
            }
        }
        self.taken += bytes.len() as u64;
        // Without faults a frame is the only thing there, and is not copied.
        match self.pending.is_empty() {
            true => self.pending = BytesMut::from(bytes),
            false => self.pending.extend_from_slice(&bytes),
        }
    }

    fn cut_at_frame(&mut self) {
        let end = match self.plan.cut {
            Some((Cut::Frames(n), end)) if self.made >= n => end,
            Some((Cut::Bytes(0), end)) => end,
            _ => return,
        };
        self.end.get_or_insert(end);
    }
}
