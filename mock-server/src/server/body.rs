//! Bodies of answers: whole, or events made one by one while the client takes them.
//!
//! All work on a stream happens inside [`http_body::Body::poll_frame`], so a client that hangs up
//! stops it: hyper drops the body, and with it everything that was still to be made.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use fastrand::Rng;
use http_body::{Body, Frame, SizeHint};
use serde_json::Value;
use tokio::time::Sleep;

use crate::edge::log::Entry;
use crate::journal::{Ended, Recorder};
use crate::state::{App, StreamGuard};
use crate::wire::answer::{Content, Framing};
use crate::wire::event::{Event, Events};
use crate::wire::{frame, json, padding, sse};

/// A body on its way out; writes the access-log line when it is dropped.
pub struct AnswerBody {
    kind: Kind,
    entry: Option<Entry>,
    recorder: Recorder,
}

enum Kind {
    Whole(Option<Bytes>),
    Events(Box<EventBody>),
}

impl AnswerBody {
    /// The body for some content; `entry` is written to the log, and the journal's entry is closed,
    /// when the body is done or dropped.
    pub fn new(app: &Arc<App>, content: Content, entry: Option<Entry>, recorder: Recorder) -> Self {
        let kind = match content {
            Content::Bytes(bytes) => Kind::Whole(Some(bytes).filter(|b| !b.is_empty())),
            Content::Events { events, framing } => {
                Kind::Events(Box::new(EventBody::new(app, events, framing)))
            }
        };
        Self {
            kind,
            entry,
            recorder,
        }
    }

    fn sent(&mut self, bytes: &Bytes) {
        self.recorder.sent(bytes);
        if let Some(entry) = &mut self.entry {
            entry.bytes += bytes.len() as u64;
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = &mut *self;
        let next = match &mut this.kind {
            Kind::Whole(bytes) => bytes.take(),
            Kind::Events(events) => ready!(events.poll_next(cx, &mut this.recorder)),
        };
        Poll::Ready(match next {
            Some(bytes) => {
                self.sent(&bytes);
                Some(Ok(Frame::data(bytes)))
            }
            None => {
                self.recorder.ended(Ended::Complete);
                if let Some(entry) = &mut self.entry {
                    entry.complete = true;
                }
                None
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.kind, Kind::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |b| b.len() as u64))
            }
            Kind::Events(_) => SizeHint::default(),
        }
    }
}

impl Drop for AnswerBody {
    fn drop(&mut self) {
        let complete = matches!(self.kind, Kind::Whole(None))
            || matches!(&self.kind, Kind::Events(e) if e.done);
        if complete {
            self.recorder.ended(Ended::Complete);
        }
        if let Some(mut entry) = self.entry.take() {
            entry.complete |= complete;
            entry.write();
        }
    }
}

struct EventBody {
    app: Arc<App>,
    events: Events,
    framing: Framing,
    rng: Rng,
    /// An event that waits for its time.
    waiting: Option<(Event, Pin<Box<Sleep>>)>,
    ended: bool,
    done: bool,
    _guard: StreamGuard,
}

impl EventBody {
    fn new(app: &Arc<App>, events: Events, framing: Framing) -> Self {
        let rng = Rng::with_seed(events.seed);
        Self {
            app: Arc::clone(app),
            events,
            framing,
            rng,
            waiting: None,
            ended: false,
            done: false,
            _guard: app.stream_opened(),
        }
    }

    fn poll_next(&mut self, cx: &mut Context<'_>, recorder: &mut Recorder) -> Poll<Option<Bytes>> {
        loop {
            if let Some((_, sleep)) = &mut self.waiting {
                ready!(sleep.as_mut().poll(cx));
                if let Some((event, _)) = self.waiting.take() {
                    return Poll::Ready(Some(self.encode(event, recorder)));
                }
            }
            if self.ended {
                return Poll::Ready(self.last_words());
            }
            match self.events.source.next() {
                Some(event) if event.after.is_zero() => {
                    return Poll::Ready(Some(self.encode(event, recorder)));
                }
                Some(event) => {
                    let sleep = Box::pin(tokio::time::sleep(event.after));
                    self.waiting = Some((event, sleep));
                }
                None => self.ended = true,
            }
        }
    }

    fn last_words(&mut self) -> Option<Bytes> {
        let first = !std::mem::replace(&mut self.done, true);
        (first && self.framing == Framing::Sse).then(|| Bytes::from_static(sse::DONE))
    }

    fn encode(&mut self, event: Event, recorder: &mut Recorder) -> Bytes {
        self.ended |= event.exception;
        let mut payload = event.payload;
        if !event.exception
            && let Value::Object(members) = &mut payload
        {
            members.insert("p".into(), padding::next(&mut self.rng).into());
        }
        let model = &self.app.models[self.events.model];
        let bytes = json::write(model, (self.events.shape)(event.name), &payload);
        let framed = match (self.framing, event.exception) {
            (Framing::Sse, _) => sse::event(event.name, &bytes),
            (Framing::EventStream, false) => frame::event(event.name, &bytes),
            (Framing::EventStream, true) => frame::exception(event.name, &bytes),
        };
        recorder.event(event.name, framed.len());
        Bytes::from(framed)
    }
}
