//! `growth`: what a request costs as the mock fills. Flat is good.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::child::Server;
use crate::http1::{self, Connection};
use crate::loads::{self, Load, Request};
use crate::measure::{Spread, round};
use crate::options::Options;
use crate::report::Table;
use crate::{Failure, ratios, sign};

const BAR: f64 = 1.1;
/// Requests that fill the journal, and more than it keeps.
const JOURNAL: u64 = 20_000;

/// Application profiles that one account may have, as on the service.
const PROFILES: usize = 1_000;

/// One mock, filled to some degree, and the request that is counted.
struct Filled {
    count: usize,
    mock: Server,
    load: Load,
}

/// Prints the table.
pub async fn run(options: &Options) -> Result<(), Failure> {
    let mut table = Table::new(
        "Cost per request as the mock fills",
        &["what", "how many", "µs/req (spread)", "÷ fewest", "bar"],
    );
    let key = ratios::api_key(options)?;
    let mut filled = Vec::new();
    for count in [10, 1_000, 10_000] {
        filled.push(scenarios(options, &key, count, "no such question").await?);
    }
    compare(options, "scenarios, none matches", filled, &mut table).await?;
    let mut filled = Vec::new();
    for count in [10, 1_000, 10_000] {
        filled.push(scenarios(options, &key, count, &format!("question {}", count - 1)).await?);
    }
    compare(
        options,
        "scenarios, the last one matches",
        filled,
        &mut table,
    )
    .await?;
    journal(options, &key, &mut table).await?;
    for (what, counts, apart) in [
        ("profiles of one account", [10, PROFILES], false),
        ("accounts with a profile each", [10, 10_000], true),
    ] {
        let mut filled = Vec::new();
        for count in counts {
            match profiles(options, count, apart).await {
                Ok(one) => filled.push(one),
                Err(e) => table.note(format!("{what}, {count}: left out, {e}")),
            }
        }
        compare(options, what, filled, &mut table).await?;
    }
    table.finish(options)
}

/// Rounds in turn over all, so that the machine's moods meet all alike.
async fn compare(
    options: &Options,
    what: &str,
    filled: Vec<Filled>,
    table: &mut Table,
) -> Result<(), Failure> {
    let mut costs = vec![Vec::new(); filled.len()];
    for nth in 0..=options.rounds {
        for (one, costs) in filled.iter().zip(&mut costs) {
            let round = round(&one.mock, &one.load, options.connections, options.round / 2).await?;
            // The first one warms up.
            if nth > 0 {
                costs.push(round.cost());
            }
        }
    }
    let fewest = Spread::of(costs.first().cloned().unwrap_or_default()).median;
    for (one, costs) in filled.iter().zip(costs) {
        show(table, what, one.count, Spread::of(costs), fewest);
    }
    Ok(())
}

fn show(table: &mut Table, what: &str, count: usize, cost: Spread, fewest: f64) {
    let ratio = cost.median / fewest;
    table.row(
        vec![
            what.into(),
            count.to_string(),
            format!("{:.1} ({:.1}–{:.1})", cost.median, cost.min, cost.max),
            format!("{ratio:.2}"),
            format!("{BAR}"),
        ],
        json!({"what": what, "count": count, "microsPerRequest": cost.median, "min": cost.min,
            "max": cost.max, "ratio": ratio, "bar": BAR}),
    );
}

async fn scenarios(
    options: &Options,
    key: &str,
    count: usize,
    asked: &str,
) -> Result<Filled, Failure> {
    let mock = Server::mock(&options.mock, &[])?;
    let all: Vec<Value> = (0..count)
        .map(|n| {
            json!({"name": format!("n{n}"), "match": {"lastUser": {"equals": format!("question {n}")}},
                "reply": {"text": format!("answer {n}")}})
        })
        .collect();
    ratios::prepare(&mock, Some(&json!({ "scenarios": all }))).await?;
    Ok(Filled {
        count,
        mock,
        load: load("scenarios", vec![loads::converse(key, asked)]),
    })
}

/// The journal, and whatever else grows with the number of requests: a mock's first requests
/// against those after many. A new mock for each round, since one fills only once.
async fn journal(options: &Options, key: &str, table: &mut Table) -> Result<(), Failure> {
    let load = load("journal", vec![loads::converse(key, "Hello")]);
    let (mut empty, mut full) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        let mock = Server::mock(&options.mock, &[])?;
        let short = options.round / 8;
        round(&mock, &load, options.connections, short).await?;
        empty.push(
            round(&mock, &load, options.connections, short)
                .await?
                .cost(),
        );
        let mut asked = 0;
        while asked < JOURNAL {
            asked += round(&mock, &load, options.connections, short)
                .await?
                .requests;
        }
        full.push(
            round(&mock, &load, options.connections, short)
                .await?
                .cost(),
        );
    }
    let fewest = Spread::of(empty.clone()).median;
    show(
        table,
        "journal, first requests",
        0,
        Spread::of(empty),
        fewest,
    );
    show(
        table,
        "journal, after many requests",
        JOURNAL as usize,
        Spread::of(full),
        fewest,
    );
    Ok(())
}

/// Application profiles, all of one account or one of each of as many accounts; the request names
/// the one made last.
async fn profiles(options: &Options, count: usize, apart: bool) -> Result<Filled, Failure> {
    let mock = Server::mock(&options.mock, &[])?;
    let mut connection = Connection::new(mock.address);
    let mut last = (String::new(), String::new());
    for n in 0..count {
        let account = format!("{:012}", if apart { n + 1 } else { 1 });
        let body = json!({
            "inferenceProfileName": format!("profile-{n}"),
            "modelSource": {"copyFrom": SOURCE},
        });
        let request = Request {
            path: "/inference-profiles".into(),
            ..loads::post("", &body)
        };
        let request = http1::encode(&sign::sign(request, &account)?);
        let (head, body) = connection.ask_whole(&request).await?;
        let body = body.concat();
        if !(200..300).contains(&head.status) {
            return Err(format!("profile {n}: {}", String::from_utf8_lossy(&body)).into());
        }
        let made: Value = serde_json::from_slice(&body)?;
        last = (
            account,
            made["inferenceProfileArn"]
                .as_str()
                .unwrap_or_default()
                .into(),
        );
    }
    let (account, arn) = last;
    let request = Request {
        path: format!(
            "/model/{}/converse",
            arn.replace(':', "%3A").replace('/', "%2F")
        ),
        body: Bytes::from(loads::text("Hello").to_string()),
        ..loads::post("converse", &json!({}))
    };
    let load = load("profiles", vec![sign::sign(request, &account)?]);
    Ok(Filled { count, mock, load })
}

fn load(name: &'static str, requests: Vec<Request>) -> Load {
    Load {
        name,
        requests,
        status: 200,
        scenario: None,
        h2: false,
        connections: usize::MAX,
        bar: None,
    }
}

const SOURCE: &str =
    "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0";
