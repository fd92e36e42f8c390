//! `start`: from exec to the first 200, idle memory, size of the binary.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::child::Server;
use crate::http1::{self, Connection};
use crate::measure::Spread;
use crate::options::Options;
use crate::report::Table;
use crate::{Failure, loads, ratios};

/// Starts that are looked at.
const STARTS: usize = 20;

/// Prints the table.
pub async fn run(options: &Options) -> Result<(), Failure> {
    let mut table = Table::new("Start", &["what", "median (spread)", "bar"]);
    let request = http1::encode(&loads::converse(&ratios::api_key(options)?, "Hello"));
    let (mut ready, mut idle, mut after, mut cpu) = (vec![], vec![], vec![], vec![]);
    for _ in 0..STARTS {
        let since = Instant::now();
        let mock = Server::mock(&options.mock, &[])?;
        let status = Connection::new(mock.address).ask(&request).await?;
        ready.push(since.elapsed().as_secs_f64() * 1e3);
        if status != 200 {
            return Err(format!("the first answer is {status}").into());
        }
        cpu.push(mock.cpu().as_secs_f64() * 1e3);
        after.push(mock.memory() as f64 / 1e6);
        drop(mock);
        let mock = Server::mock(&options.mock, &[])?;
        tokio::time::sleep(Duration::from_millis(100)).await;
        idle.push(mock.memory() as f64 / 1e6);
    }
    let size = std::fs::metadata(&options.mock)?.len() as f64 / 1e6;
    let mut row = |what: &str, figures: Vec<f64>, unit: &str, bar: Option<f64>| {
        let all = Spread::of(figures);
        table.row(
            vec![
                what.into(),
                format!("{:.1} {unit} ({:.1}–{:.1})", all.median, all.min, all.max),
                bar.map_or("–".into(), |bar| format!("{bar} {unit}")),
            ],
            json!({"what": what, "unit": unit, "median": all.median, "min": all.min, "max": all.max, "bar": bar}),
        );
    };
    row("exec to first 200", ready, "ms", Some(20.0));
    row("of that, on the processor", cpu, "ms", None);
    row("resident, idle", idle, "MB", Some(15.0));
    row("resident, after one Converse", after, "MB", None);
    row("binary", vec![size], "MB", Some(15.0));
    table.finish(options)
}
