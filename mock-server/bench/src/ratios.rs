//! `run`: each load on the mock and on the bare server that answers the same bytes, round by round.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::child::Server;
use crate::loads::{self, Load, Request};
use crate::measure::{Round, Spread, round};
use crate::options::Options;
use crate::report::Table;
use crate::{Failure, http1};

/// Prints the table of ratios.
pub async fn run(options: &Options) -> Result<(), Failure> {
    let mut table = Table::new(
        "bedrock-mock ÷ bare axum, same answers",
        &[
            "load",
            "mock req/s",
            "bare req/s",
            "ratio (spread)",
            "ratio by time",
            "bar",
            "mock µs/req",
            "bare µs/req",
        ],
    );
    for load in loads::all(&api_key(options)?)? {
        if options
            .only
            .as_ref()
            .is_some_and(|o| !load.name.contains(o))
        {
            continue;
        }
        compare(options, &load, &mut table).await?;
    }
    table.note("µs/req is the server's time on the processor per request; ratio by time compares those, and is the one to go by while the machine has other work".into());
    table.finish(options)
}

async fn compare(options: &Options, load: &Load, table: &mut Table) -> Result<(), Failure> {
    let mock = Server::mock(&options.mock, &[])?;
    prepare(&mock, load.scenario.as_ref()).await?;
    let bare = Server::baseline(&answer_of(&mock, &load.requests[0], load.h2).await?)?;
    // Bare axum gives the same answer to everything, also with the status of a refusal.
    for server in [&mock, &bare] {
        round(server, load, options.connections, options.round / 4).await?;
    }
    let mut rounds: Vec<(Round, Round)> = Vec::new();
    for _ in 0..options.rounds {
        rounds.push((
            round(&mock, load, options.connections, options.round).await?,
            round(&bare, load, options.connections, options.round).await?,
        ));
    }
    let ratio = Spread::of(rounds.iter().map(|(m, b)| m.rate() / b.rate()));
    let rate = |of: fn(&(Round, Round)) -> &Round| Spread::of(rounds.iter().map(|r| of(r).rate()));
    let cost = |of: fn(&(Round, Round)) -> &Round| Spread::of(rounds.iter().map(|r| of(r).cost()));
    let (mock_rate, bare_rate) = (rate(|r| &r.0).median, rate(|r| &r.1).median);
    let (mock_cost, bare_cost) = (cost(|r| &r.0).median, cost(|r| &r.1).median);
    let bar = load.bar.map_or("–".into(), |bar| format!("{bar:.2}"));
    table.row(
        vec![
            load.name.into(),
            format!("{mock_rate:.0}"),
            format!("{bare_rate:.0}"),
            format!("{:.2} ({:.2}–{:.2})", ratio.median, ratio.min, ratio.max),
            format!("{:.2}", bare_cost / mock_cost),
            bar,
            format!("{mock_cost:.1}"),
            format!("{bare_cost:.1}"),
        ],
        json!({
            "load": load.name, "mockPerSecond": mock_rate, "barePerSecond": bare_rate,
            "ratio": ratio.median, "ratioMin": ratio.min, "ratioMax": ratio.max, "ratioByTime": bare_cost / mock_cost, "bar": load.bar,
            "mockMicrosPerRequest": mock_cost, "bareMicrosPerRequest": bare_cost,
        }),
    );
    let limited = |of: fn(&(Round, Round)) -> &Round| {
        rounds.iter().filter(|r| of(r).tool_was_limit()).count() * 2 > rounds.len()
    };
    for (name, tool_was_limit) in [
        ("mock", limited(|r| &r.0)),
        ("bare server", limited(|r| &r.1)),
    ] {
        if tool_was_limit {
            let text = format!(
                "{}: what asks was the limit, not the {name}; go by the time per request",
                load.name
            );
            table.note(text);
        }
    }
    Ok(())
}

/// A development key of an account that is not the default one, made by the mock's own command.
pub fn api_key(options: &Options) -> Result<String, Failure> {
    let mut command = std::process::Command::new(&options.mock);
    command.args([
        "key",
        "long",
        "--account",
        "000000000042",
        "--user",
        "bench",
    ]);
    let made = command
        .output()
        .map_err(|e| format!("{}: {e}; `make bench` builds it", options.mock.display()))?;
    Ok(String::from_utf8(made.stdout)?.trim().to_owned())
}

/// Tells the mock its scenarios.
pub async fn prepare(mock: &Server, scenarios: Option<&Value>) -> Result<(), Failure> {
    let Some(scenarios) = scenarios else {
        return Ok(());
    };
    let request = Request {
        method: "PUT",
        path: "/_mock/scenarios".into(),
        ..loads::post("", scenarios)
    };
    let mut connection = http1::Connection::new(mock.address);
    let (head, body) = connection.ask_whole(&http1::encode(&request)).await?;
    match head.status {
        200..300 => Ok(()),
        status => Err(format!(
            "PUT /_mock/scenarios: {status} {}",
            String::from_utf8_lossy(&body.concat())
        )
        .into()),
    }
}

/// The mock's answer as the bare server is to repeat it.
pub async fn answer_of(mock: &Server, request: &Request, h2: bool) -> Result<Value, Failure> {
    let mut connection = http1::Connection::new(mock.address);
    let (head, chunks) = connection.ask_whole(&http1::encode(request)).await?;
    // hyper makes these itself; on HTTP/2 there is no Connection.
    let made = |name: &str| {
        let name = name.to_ascii_lowercase();
        ["date", "content-length", "transfer-encoding"].contains(&&*name)
            || (h2 && name == "connection")
    };
    let headers: Vec<_> = head.headers.iter().filter(|(n, _)| !made(n)).collect();
    let chunks: Vec<_> = chunks.iter().map(|c| STANDARD.encode(c)).collect();
    Ok(json!({
        "status": head.status, "headers": headers, "chunks": chunks, "whole": head.has_length(),
    }))
}
