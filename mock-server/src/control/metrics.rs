//! `/_mock/metrics`: numbers as Prometheus reads them (text format 0.0.4).

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

use super::Routes;
use crate::app::App;

pub(super) fn routes() -> Routes {
    vec![("/_mock/metrics", get(metrics))]
}

async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    let tally = app.journal.counters().tally();
    let standing = app.journal.standing();
    let mut out = String::new();
    metric(
        &mut out,
        "bedrock_mock_requests_total",
        "counter",
        "Requests by operation and status; 0 where the client left first",
        tally.requests.iter().map(|((operation, status), n)| {
            (
                format!(
                    "{{operation=\"{}\",status=\"{status}\"}}",
                    escape(operation)
                ),
                *n,
            )
        }),
    );
    metric(
        &mut out,
        "bedrock_mock_events_total",
        "counter",
        "Events of streams by name",
        tally
            .events
            .iter()
            .map(|(name, n)| (format!("{{event=\"{}\"}}", escape(name)), *n)),
    );
    for (name, kind, help, value) in [
        (
            "open_streams",
            "gauge",
            "Streams that are open now",
            app.open_streams.load(Ordering::Relaxed),
        ),
        (
            "journal_entries",
            "gauge",
            "Requests that the journal keeps",
            standing.entries as u64,
        ),
        (
            "journal_bytes",
            "gauge",
            "Bytes that the journal keeps",
            standing.bytes + standing.open_bytes,
        ),
        (
            "journal_dropped_total",
            "counter",
            "Requests that the journal let go for newer ones",
            standing.dropped,
        ),
    ] {
        let one = std::iter::once((String::new(), value));
        metric(&mut out, &format!("bedrock_mock_{name}"), kind, help, one);
    }
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        out,
    )
}

fn metric(
    out: &mut String,
    name: &str,
    kind: &str,
    help: &str,
    values: impl Iterator<Item = (String, u64)>,
) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
    for (labels, value) in values {
        let _ = writeln!(out, "{name}{labels} {value}");
    }
}

/// A label's value.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out
}
