//! `instructions`: how many instructions a request takes, by callgrind. Unlike times they are the
//! same on a busy machine.
//!
//! Two mocks run each load, one with many requests more; the difference leaves out the start and
//! what is made on first use. Kernel work is not counted.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::child::Server;
use crate::http1::{self, Connection};
use crate::loads::{self, Load};
use crate::options::Options;
use crate::report::Table;
use crate::{Failure, ratios};

const WARM: usize = 50;
const COUNTED: usize = 500;

/// Prints the table; profiles stay in `target/bench/callgrind.*` for `callgrind_annotate`.
pub async fn run(options: &Options) -> Result<(), Failure> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Err("valgrind is not installed (Debian: apt-get install valgrind)".into());
    }
    let mut table = Table::new("Instructions per request", &["load", "instructions"]);
    for load in loads::all(&ratios::api_key(options)?)? {
        let large = load.h2 || load.connections < options.connections;
        if large
            || options
                .only
                .as_ref()
                .is_some_and(|o| !load.name.contains(o))
        {
            continue;
        }
        let few = count(options, &load, WARM).await?;
        let many = count(options, &load, WARM + COUNTED).await?;
        let each = many.saturating_sub(few) / COUNTED as u64;
        table.row(
            vec![load.name.into(), each.to_string()],
            json!({"load": load.name, "instructions": each}),
        );
    }
    table.finish(options)
}

async fn count(options: &Options, load: &Load, requests: usize) -> Result<u64, Failure> {
    let name: String = load
        .name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let file = PathBuf::from(format!("target/bench/callgrind.{name}.{requests}"));
    let flag = format!("--callgrind-out-file={}", file.display());
    let runner = ["valgrind", "-q", "--tool=callgrind", flag.as_str()];
    let mock = Server::mock_under(&runner, &options.mock)?;
    ratios::prepare(&mock, load.scenario.as_ref()).await?;
    let mut connection = Connection::new(mock.address);
    for nth in 0..requests {
        let request = http1::encode(&load.requests[nth % load.requests.len()]);
        let status = connection.ask(&request).await?;
        if status != load.status {
            return Err(format!("{}: answered {status}", load.name).into());
        }
    }
    drop(connection);
    mock.stop()?;
    total(&file)
}

fn total(file: &Path) -> Result<u64, Failure> {
    let text = std::fs::read_to_string(file)?;
    let line = text.lines().rev().find_map(|l| l.strip_prefix("totals: "));
    Ok(line.ok_or("callgrind wrote no totals")?.trim().parse()?)
}
