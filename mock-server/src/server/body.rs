//! Bodies of answers: unary, or events made one by one while the client takes them.
//!
//! All work on a stream happens inside [`http_body::Body::poll_frame`], so a client that hangs up
//! stops it: hyper drops the body, and with it everything that was still to be made.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use fastrand::Rng;
use http::Version;
use http_body::{Body, Frame, SizeHint};
use serde_json::Value;

use super::connection::Connection;
use super::ending::{CutOff, Ending};
use super::frames::{Frames, Next, Timer};
use crate::app::{App, StreamGuard};
use crate::edge::log::Entry;
use crate::faults::{Cut, Delivery, End};
use crate::journal::{Ended, Recorder};
use crate::wire::answer::{Content, Framing};
use crate::wire::event::{Event, Events};
use crate::wire::{frame, json, padding, sse};

/// A body on its way out; writes the access-log line when it is dropped.
pub struct AnswerBody {
    kind: Kind,
    entry: Option<Entry>,
    transport: Transport,
    ending: Option<Ending>,
    /// How it ended; none while it goes on, and for good if the client hung up.
    ended: Option<Ended>,
    recorder: Recorder,
}

/// What a body leaves by.
pub struct Transport {
    /// The connection.
    pub connection: Arc<Connection>,
    /// The request's version of HTTP.
    pub version: Version,
}

enum Kind {
    Whole {
        bytes: Option<Bytes>,
        /// A fault ends it like this.
        end: Option<End>,
    },
    Events(Box<EventBody>),
}

impl AnswerBody {
    /// Makes the body for some content. The journal's entry is closed when the body is done or
    /// dropped.
    pub fn new(
        app: &Arc<App>,
        content: Content,
        delivery: &Delivery,
        transport: Transport,
        recorder: Recorder,
    ) -> Self {
        let kind = match content {
            Content::Bytes(bytes) => Kind::whole(bytes, delivery),
            Content::Events { events, framing } => {
                Kind::Events(Box::new(EventBody::new(app, events, framing, delivery)))
            }
        };
        Self {
            kind,
            entry: None,
            transport,
            ending: None,
            ended: None,
            recorder,
        }
    }

    /// Writes this line to the access log when the body is done or dropped.
    pub fn log(&mut self, entry: Option<Entry>) {
        self.entry = entry;
    }

    fn sent(&mut self, bytes: &Bytes) {
        self.recorder.sent(bytes);
        if let Some(entry) = &mut self.entry {
            entry.bytes += bytes.len() as u64;
        }
    }

    fn poll_end(&mut self, end: End, cx: &mut Context<'_>) -> Poll<Result<(), CutOff>> {
        if end == End::Clean {
            self.ended = Some(Ended::Complete);
            return Poll::Ready(Ok(()));
        }
        let declared = matches!(self.kind, Kind::Whole { .. });
        let (connection, version) = (&self.transport.connection, self.transport.version);
        let ending = self
            .ending
            .get_or_insert_with(|| Ending::new(end, connection, version, declared));
        let ended = ready!(ending.poll(cx));
        self.ended = Some(Ended::AbortedByFault);
        Poll::Ready(ended)
    }
}

impl Kind {
    fn whole(mut bytes: Bytes, delivery: &Delivery) -> Self {
        let end = match delivery.plan(Some(bytes.len())).cut {
            Some((Cut::Bytes(limit), end)) if limit < bytes.len() as u64 => {
                bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
                Some(end)
            }
            _ => None,
        };
        Self::Whole {
            bytes: Some(bytes).filter(|b| !b.is_empty()),
            end,
        }
    }

    fn poll_next(&mut self, cx: &mut Context<'_>, recorder: &mut Recorder) -> Poll<Next> {
        match self {
            Self::Whole { bytes, end } => Poll::Ready(match bytes.take() {
                Some(bytes) => Next::Piece(bytes),
                None => Next::End(end.unwrap_or(End::Clean)),
            }),
            Self::Events(events) => events.poll_next(cx, recorder),
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = CutOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CutOff>>> {
        let this = &mut *self;
        loop {
            match ready!(this.kind.poll_next(cx, &mut this.recorder)) {
                Next::More => {}
                Next::Piece(bytes) => {
                    this.sent(&bytes);
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                Next::End(end) => {
                    let ended = ready!(this.poll_end(end, cx));
                    return Poll::Ready(ended.err().map(Err));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(
            self.kind,
            Kind::Whole {
                bytes: None,
                end: None
            }
        )
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            // What the head announces, which is all that hyper may know of a body that a fault cuts.
            Kind::Whole { bytes, end: None } => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |b| b.len() as u64))
            }
            _ => SizeHint::default(),
        }
    }
}

impl Drop for AnswerBody {
    fn drop(&mut self) {
        let ended = self
            .ended
            .or(self.is_end_stream().then_some(Ended::Complete));
        if let Some(ended) = ended {
            self.recorder.ended(ended);
        }
        if let Some(mut entry) = self.entry.take() {
            entry.complete = ended == Some(Ended::Complete);
            entry.cut_off = ended == Some(Ended::AbortedByFault);
            entry.write();
        }
    }
}

struct EventBody {
    app: Arc<App>,
    events: Events,
    framing: Framing,
    rng: Rng,
    frames: Frames,
    timer: Timer,
    /// An event that waits for its time.
    waiting: Option<Event>,
    /// The last piece must leave before the next one comes.
    resting: bool,
    /// Nothing comes any more, and no end either.
    stuck: bool,
    _guard: StreamGuard,
}

impl EventBody {
    fn new(app: &Arc<App>, events: Events, framing: Framing, delivery: &Delivery) -> Self {
        let rng = Rng::with_seed(events.seed);
        Self {
            app: Arc::clone(app),
            events,
            framing,
            rng,
            frames: Frames::new(delivery),
            timer: Timer::default(),
            waiting: None,
            resting: false,
            stuck: false,
            _guard: app.stream_opened(),
        }
    }

    fn poll_next(&mut self, cx: &mut Context<'_>, recorder: &mut Recorder) -> Poll<Next> {
        if std::mem::take(&mut self.resting) {
            // hyper writes out what it has whenever there is nothing for it.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        loop {
            let next = self.frames.hand_over();
            if matches!(next, Next::Piece(_)) {
                self.resting = self.frames.one_by_one();
                return Poll::Ready(next);
            }
            if self.stuck {
                return Poll::Pending;
            }
            ready!(self.timer.poll(cx));
            if self.waiting.is_none()
                && let Some(pause) = self.frames.pause()
            {
                match pause {
                    Some(pause) => self.timer.set(pause),
                    None => self.stuck = true,
                }
            } else if matches!(next, Next::End(_)) {
                return Poll::Ready(next);
            } else {
                self.make(recorder);
            }
        }
    }

    /// Makes the frame of the event that waited, or lets the next one wait for its time.
    fn make(&mut self, recorder: &mut Recorder) {
        if let Some(event) = self.waiting.take() {
            return self.encode(event, recorder);
        }
        match self.events.source.next() {
            Some(event) => {
                self.timer.set(event.after + self.frames.gap());
                self.waiting = Some(event);
            }
            None => self.finish(),
        }
    }

    fn finish(&mut self) {
        if self.framing == Framing::Sse {
            self.frames.last_words(sse::DONE);
        }
        self.frames.finish();
    }

    fn encode(&mut self, event: Event, recorder: &mut Recorder) {
        let mut payload = event.payload;
        if !event.exception
            && !event.bare
            && let Value::Object(members) = &mut payload
        {
            members.insert("p".into(), padding::next(&mut self.rng).into());
        }
        let model = &self.app.models[self.events.model];
        let payload = match event.exact {
            Some(bytes) => bytes,
            None => json::write(model, (self.events.shape)(&event.name), &payload).into(),
        };
        let bytes = match (self.framing, event.exception) {
            (Framing::Sse, _) => sse::event(&event.name, &payload),
            (Framing::EventStream, false) => frame::event(&event.name, &payload),
            (Framing::EventStream, true) => frame::exception(&event.name, &payload),
        };
        recorder.event(event.name.clone(), bytes.len());
        let sse = self.framing == Framing::Sse;
        self.frames.take(&event.name, &payload, bytes, sse);
        // Nothing follows an exception.
        if event.exception {
            self.finish();
        }
    }
}
