//! One round of a load on a server, and what rounds say together.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::LocalSet;

use crate::child::{Server, own_cpu};
use crate::loads::Load;
use crate::{Failure, http1, http2};

/// What a round showed.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// Requests that were answered.
    pub requests: u64,
    /// How long it took.
    pub wall: Duration,
    /// The server's time on the processor.
    pub server: Duration,
    /// Time on the processor of what asks.
    pub tool: Duration,
}

impl Round {
    /// Answers per second.
    pub fn rate(&self) -> f64 {
        self.requests as f64 / self.wall.as_secs_f64()
    }

    /// The server's time per request, microseconds.
    pub fn cost(&self) -> f64 {
        self.server.as_secs_f64() * 1e6 / self.requests.max(1) as f64
    }

    /// What asks had no time left while the server had: the figure is the tool's, not the server's.
    pub fn tool_was_limit(&self) -> bool {
        let share = |time: Duration| time.as_secs_f64() / self.wall.as_secs_f64();
        share(self.tool) > 0.93 && share(self.server) < 0.93
    }
}

/// Runs a load for a while. Fails at the first answer of another status than expected.
pub async fn round(
    server: &Server,
    load: &Load,
    connections: usize,
    length: Duration,
) -> Result<Round, Failure> {
    let count = Rc::new(Cell::new(0u64));
    let (server_before, tool_before) = (server.cpu(), own_cpu());
    let since = Instant::now();
    let until = since + length;
    let tasks = LocalSet::new();
    let running: Vec<_> = (0..connections.min(load.connections))
        .map(|nth| {
            let count = Rc::clone(&count);
            tasks.spawn_local(one(server.address, Asked::new(load), nth, until, count))
        })
        .collect();
    tasks.await;
    let round = Round {
        requests: count.get(),
        wall: since.elapsed(),
        server: server.cpu() - server_before,
        tool: own_cpu() - tool_before,
    };
    for task in running {
        task.await?.map_err(|e| format!("{}: {e}", load.name))?;
    }
    Ok(round)
}

struct Asked {
    h1: Vec<bytes::Bytes>,
    h2: Vec<http::Request<http_body_util::Full<bytes::Bytes>>>,
    status: u16,
}

impl Asked {
    fn new(load: &Load) -> Self {
        let h2 = load.requests.iter().filter(|_| load.h2);
        let h1 = load.requests.iter().filter(|_| !load.h2);
        Self {
            h1: h1.map(http1::encode).collect(),
            h2: h2.filter_map(|r| http2::encode(r).ok()).collect(),
            status: load.status,
        }
    }

    fn judge(&self, status: u16) -> Result<(), String> {
        match status == self.status {
            true => Ok(()),
            false => Err(format!("answered {status}, not {}", self.status)),
        }
    }
}

/// One connection's share of a round.
async fn one(
    address: SocketAddr,
    asked: Asked,
    mut nth: usize,
    until: Instant,
    count: Rc<Cell<u64>>,
) -> Result<(), String> {
    let text = |e: Failure| e.to_string();
    if asked.h2.is_empty() {
        let mut connection = http1::Connection::new(address);
        while Instant::now() < until {
            let request = &asked.h1[nth % asked.h1.len()];
            asked.judge(connection.ask(request).await.map_err(text)?)?;
            count.set(count.get() + 1);
            nth += 1;
        }
    } else {
        let mut connection = http2::Connection::open(address).await.map_err(text)?;
        while Instant::now() < until {
            let request = &asked.h2[nth % asked.h2.len()];
            asked.judge(connection.ask(request).await.map_err(text)?)?;
            count.set(count.get() + 1);
            nth += 1;
        }
    }
    Ok(())
}

/// Median, least and greatest.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    /// The middle one.
    pub median: f64,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
}

impl Spread {
    /// Of some figures; zeros if there are none.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut all: Vec<f64> = figures.into_iter().collect();
        all.sort_by(f64::total_cmp);
        let at = |n: usize| all.get(n).copied().unwrap_or_default();
        Self {
            median: at(all.len() / 2),
            min: at(0),
            max: at(all.len().saturating_sub(1)),
        }
    }
}
