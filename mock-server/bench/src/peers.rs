//! `peers`: what users would pick otherwise, under the same loads in the same run.
//!
//! The comparison is unfair to none: who does less work per request should be faster, so what each
//! one leaves out is said below the table.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::child::Server;
use crate::http1::{self, Connection};
use crate::loads::{self, Load};
use crate::measure::{Round, Spread, round};
use crate::options::Options;
use crate::report::Table;
use crate::{Failure, ratios};

/// The host by which peers that route by it know Bedrock Runtime.
const HOST: &str = "bedrock-runtime.us-east-1.amazonaws.com";
/// What aimock puts into one delta, by its flag.
const AIMOCK_CHUNK: usize = 20;

struct Peer {
    name: &'static str,
    server: Server,
    omits: &'static str,
}

/// Prints one line per load and server.
pub async fn run(options: &Options) -> Result<(), Failure> {
    let mut table = Table::new(
        "Other mocks, same loads, same core",
        &[
            "load",
            "server",
            "status",
            "bytes",
            "req/s (spread)",
            "µs/req",
            "mock is faster by",
        ],
    );
    let mut peers = Vec::new();
    match &options.aimock {
        Some(command) => peers.push(aimock(command)?),
        None => table.note("aimock: left out, no --aimock".into()),
    }
    match &options.ministack {
        Some(command) => peers.push(ministack(command)?),
        None => table.note("ministack: left out, no --ministack".into()),
    }
    for load in loads::all(&ratios::api_key(options)?)? {
        let too_much = load.h2 || load.connections < options.connections;
        if too_much
            || options
                .only
                .as_ref()
                .is_some_and(|o| !load.name.contains(o))
        {
            continue;
        }
        compare(options, load, &peers, &mut table).await?;
    }
    for peer in &peers {
        table.note(format!("{} {}", peer.name, peer.omits));
    }
    table.note("bedrock-mock checks key or signature, binds and validates the whole body by the service model, resolves the model by its catalogue, answers with the service's headers, and writes its access log".into());
    table.finish(options)
}

async fn compare(
    options: &Options,
    load: Load,
    peers: &[Peer],
    table: &mut Table,
) -> Result<(), Failure> {
    let mock = Server::mock(&options.mock, &[])?;
    ratios::prepare(&mock, load.scenario.as_ref()).await?;
    let mut there = Vec::new();
    for peer in peers {
        let requests = load.requests.iter().cloned();
        let requests: Vec<_> = requests
            .map(|r| loads::Request { host: HOST, ..r })
            .collect();
        let (status, bytes) = look(&peer.server, &requests[0]).await?;
        // Whatever a peer answers is measured; the status in the table says what it was.
        let load = Load {
            requests,
            status,
            scenario: None,
            ..load
        };
        there.push((peer.name, &peer.server, load, bytes));
    }
    let (_, bytes) = look(&mock, &load.requests[0]).await?;
    there.insert(0, ("bedrock-mock", &mock, load, bytes));

    let mut rounds: Vec<Vec<Round>> = vec![Vec::new(); there.len()];
    for nth in 0..=options.rounds {
        for ((_, server, load, _), rounds) in there.iter().zip(&mut rounds) {
            let round = round(server, load, options.connections, options.round).await?;
            // The first one warms up.
            if nth > 0 {
                rounds.push(round);
            }
        }
    }
    let rates: Vec<Vec<f64>> = rounds
        .iter()
        .map(|r| r.iter().map(Round::rate).collect())
        .collect();
    for (at, (name, _, load, bytes)) in there.iter().enumerate() {
        let rate = Spread::of(rates[at].iter().copied());
        let cost = Spread::of(rounds[at].iter().map(Round::cost)).median;
        let times = Spread::of(rates[0].iter().zip(&rates[at]).map(|(m, p)| m / p)).median;
        table.row(
            vec![
                load.name.into(),
                (*name).into(),
                load.status.to_string(),
                bytes.to_string(),
                format!("{:.0} ({:.0}–{:.0})", rate.median, rate.min, rate.max),
                format!("{cost:.1}"),
                if at == 0 {
                    "–".into()
                } else {
                    format!("{times:.1}×")
                },
            ],
            json!({"load": load.name, "server": name, "status": load.status, "bytes": bytes,
                "perSecond": rate.median, "microsPerRequest": cost, "mockIsFasterBy": times}),
        );
    }
    Ok(())
}

async fn look(server: &Server, request: &loads::Request) -> Result<(u16, usize), Failure> {
    let mut connection = Connection::new(server.address);
    let (head, chunks) = connection.ask_whole(&http1::encode(request)).await?;
    Ok((head.status, chunks.iter().map(Vec::len).sum()))
}

fn aimock(path: &Path) -> Result<Peer, Failure> {
    let fixtures = std::env::temp_dir().join("bedrock-mock-bench-aimock.json");
    let long = "a word of twenty or ".repeat(loads::DELTAS);
    debug_assert_eq!(long.len(), loads::DELTAS * AIMOCK_CHUNK);
    let all = json!({"fixtures": [
        {"match": {"userMessage": "fifty"}, "response": {"content": long}},
        {"match": {}, "response": {"content": "Hello there, I am a mock and this is what I say."}},
    ]});
    std::fs::write(&fixtures, all.to_string())?;
    let port = free_port()?;
    let mut command = Command::new(path);
    command.args([
        "--log-level",
        "warn",
        "--chunk-size",
        "20",
        "--port",
        &port.to_string(),
    ]);
    command.arg("--fixtures").arg(fixtures);
    Ok(Peer {
        name: "aimock",
        server: Server::on_port(command, port)?,
        omits: "checks no credentials and no constraint, knows no models and no control plane, counts no tokens, writes no access log here; it keeps a journal of 1,000",
    })
}

fn ministack(path: &Path) -> Result<Peer, Failure> {
    let port = free_port()?;
    let mut command = Command::new(path);
    command.envs([
        ("GATEWAY_PORT", port.to_string().as_str()),
        ("BIND_HOST", "127.0.0.1"),
        ("LOG_LEVEL", "WARNING"),
        ("SERVICES", "bedrock-runtime,bedrock"),
    ]);
    Ok(Peer {
        name: "ministack",
        server: Server::on_port(command, port)?,
        omits: "checks no credentials and few constraints, takes any model id, buffers a stream whole and has no scripting, so its stream has fewer deltas, keeps no journal",
    })
}

fn free_port() -> Result<u16, Failure> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port())
}
