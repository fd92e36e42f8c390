//! `streams`: thousands of paced streams, open at once, on the bare server and on the mock.
//!
//! Lateness of an event is counted from its stream's own schedule: the n-th event is due n gaps
//! after the moment that makes the earliest event punctual.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep};

use crate::child::Server;
use crate::http1::{Chunks, Connection};
use crate::measure::Spread;
use crate::options::Options;
use crate::report::Table;
use crate::{Failure, http1, loads, ratios};

/// How long a stream lasts once it is open.
const SECONDS: f64 = 8.0;
/// Events per second and stream; with very many streams fewer, or what asks would be the limit.
const RATE: f64 = 20.0;
const RATE_OF_MANY: f64 = 2.0;
const MANY: usize = 2_000;
/// Before the first event, so that all streams are open before any is busy.
const FIRST_MS: f64 = 2_000.0;

struct Seen {
    per_stream: f64,
    late: Vec<f64>,
    cpu: f64,
    broken: usize,
}

struct Plan {
    streams: usize,
    every: Duration,
    /// Every tenth client hangs up half-way.
    hang_up: bool,
}

/// Prints memory, lateness and time on the processor.
pub async fn run(options: &Options) -> Result<(), Failure> {
    let mut table = Table::new(
        "Open paced streams",
        &[
            "streams",
            "events/s each",
            "hang up",
            "server",
            "kB per stream",
            "late p50 ms",
            "late p99 ms",
            "CPU s",
            "broken",
        ],
    );
    let key = ratios::api_key(options)?;
    for streams in &options.streams {
        for hang_up in [false, true] {
            compare(options, &key, *streams, hang_up, &mut table).await?;
        }
    }
    table.note("late: behind the stream's own schedule, of all events; broken: ended before their last event without being asked to".into());
    table.finish(options)
}

async fn compare(
    options: &Options,
    key: &str,
    streams: usize,
    hang_up: bool,
    table: &mut Table,
) -> Result<(), Failure> {
    let rate = if streams > MANY { RATE_OF_MANY } else { RATE };
    let plan = Plan {
        streams,
        every: Duration::from_secs_f64(1.0 / rate),
        hang_up,
    };
    let deltas = (SECONDS * rate) as usize;
    let request = loads::stream(key);

    let mock = Server::mock(&options.mock, &[])?;
    ratios::prepare(&mock, Some(&loads::deltas(deltas, None))).await?;
    let mut answer = ratios::answer_of(&mock, &request, false).await?;
    answer["firstMs"] = json!(FIRST_MS);
    answer["everyMs"] = json!(1000.0 / rate);
    drop(mock);

    let bare = watch(&Server::baseline(&answer)?, &request, &plan).await?;
    show(table, &plan, rate, "bare axum", &bare, None);

    let mock = Server::mock(&options.mock, &[])?;
    let pacing = json!({"firstEventMs": FIRST_MS as u64, "eventsPerSecond": rate});
    if let Err(e) = ratios::prepare(&mock, Some(&loads::deltas(deltas, Some(pacing)))).await {
        table.note(format!(
            "{streams} streams: the mock is left out, it takes no `pacing`: {e}"
        ));
        return Ok(());
    }
    let mock = watch(&mock, &request, &plan).await?;
    show(table, &plan, rate, "bedrock-mock", &mock, Some(&bare));
    Ok(())
}

fn show(table: &mut Table, plan: &Plan, rate: f64, name: &str, seen: &Seen, bare: Option<&Seen>) {
    let at = |share: f64| {
        let nth = (seen.late.len() as f64 * share) as usize;
        seen.late
            .get(nth)
            .or(seen.late.last())
            .copied()
            .unwrap_or(f64::NAN)
    };
    let ratio = bare.map(|b| seen.per_stream / b.per_stream);
    let memory = format!("{:.1}", seen.per_stream / 1e3);
    table.row(
        vec![
            plan.streams.to_string(),
            format!("{rate}"),
            if plan.hang_up { "10 %" } else { "–" }.into(),
            name.into(),
            ratio.map_or_else(|| memory.clone(), |r| format!("{memory} ({r:.2}×)")),
            format!("{:.2}", at(0.50)),
            format!("{:.2}", at(0.99)),
            format!("{:.2}", seen.cpu),
            seen.broken.to_string(),
        ],
        json!({
            "streams": plan.streams, "eventsPerSecond": rate, "hangUp": plan.hang_up,
            "server": name, "bytesPerStream": seen.per_stream, "ratioOfMemory": ratio,
            "lateMsP50": at(0.50), "lateMsP99": at(0.99), "cpuSeconds": seen.cpu,
            "broken": seen.broken,
        }),
    );
}

/// Opens all streams, reads them to their ends and looks at the server meanwhile.
async fn watch(server: &Server, request: &loads::Request, plan: &Plan) -> Result<Seen, Failure> {
    // One stream warms up what is made once; its own memory stays small.
    Connection::new(server.address)
        .ask(&http1::encode(request))
        .await?;
    let (idle, cpu) = (server.memory(), server.cpu());
    let request = Rc::new(http1::encode(request));
    let events = (SECONDS / plan.every.as_secs_f64()) as usize;

    let tasks = LocalSet::new();
    let opened = tasks.run_until(async {
        let mut running = Vec::with_capacity(plan.streams);
        for nth in 0..plan.streams {
            let leave_after = (plan.hang_up && nth % 10 == 0).then_some(events / 2);
            let one = one(server.address, Rc::clone(&request), leave_after);
            running.push(tokio::task::spawn_local(one));
            // A burst of connections above the listener's backlog would wait a second each.
            if nth % 100 == 99 {
                sleep(Duration::from_millis(10)).await;
            }
        }
        sleep(Duration::from_secs_f64(FIRST_MS / 1e3 + SECONDS / 4.0)).await;
        (running, server.memory())
    });
    let (running, full) = opened.await;
    tasks.await;

    let (mut late, mut broken) = (Vec::new(), 0);
    for task in running {
        match task.await? {
            Ok(times) => late.extend(lateness(&times, plan.every)),
            Err(_) => broken += 1,
        }
    }
    late.sort_by(f64::total_cmp);
    Ok(Seen {
        per_stream: full.saturating_sub(idle) as f64 / plan.streams as f64,
        late,
        cpu: (server.cpu() - cpu).as_secs_f64(),
        broken,
    })
}

/// Reads one stream; the times at which its events came.
async fn one(
    address: SocketAddr,
    request: Rc<Bytes>,
    leave_after: Option<usize>,
) -> Result<Vec<Instant>, String> {
    let text = |e: Failure| e.to_string();
    let mut connection = Connection::new(address);
    let head = connection.send(&request).await.map_err(text)?;
    if head.status != 200 {
        return Err(format!("answered {}", head.status));
    }
    let (mut chunks, mut times) = (Chunks::default(), Vec::new());
    while !chunks.done && leave_after.is_none_or(|n| times.len() < n) {
        let came = connection.more(&mut chunks).await.map_err(text)?;
        times.extend(std::iter::repeat_n(
            Instant::now(),
            came.unwrap_or_default(),
        ));
    }
    Ok(times)
}

fn lateness(times: &[Instant], every: Duration) -> impl Iterator<Item = f64> {
    let first = times.first().copied();
    let behind = move |(n, at): (u32, &Instant)| {
        let since = first.map_or(Duration::ZERO, |first| *at - first);
        (since.as_secs_f64() - (every * n).as_secs_f64()) * 1e3
    };
    let behind: Vec<f64> = (0u32..).zip(times).map(behind).collect();
    let punctual = Spread::of(behind.iter().copied()).min;
    behind.into_iter().map(move |b| b - punctual)
}
