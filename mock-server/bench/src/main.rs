//! Benchmarks of bedrock-mock against a bare server, which is the limit, and against other mocks.
//!
//! Times on one machine say nothing about another, so every figure is a ratio to a server that does
//! nothing but read the body and answer the same bytes, measured in the same run, round by round.
//!
//! | file | what |
//! |---|---|
//! | `options` | flags |
//! | `pin` | which core works for whom |
//! | `child` | a server as a process: its address, memory, time on the processor |
//! | `baseline` | the bare server |
//! | `loads` | the table of requests |
//! | `sign` | requests signed ahead |
//! | `http1`, `http2` | what asks |
//! | `measure` | one round, and rounds in turn |
//! | `ratios` | `run`: throughput against the bare server |
//! | `streams` | `streams`: thousands of paced streams |
//! | `start` | `start`: exec to first answer, memory, size |
//! | `growth` | `growth`: cost per request as the mock fills |
//! | `peers` | `peers`: other mocks under the same loads |
//! | `instructions` | `instructions`: instructions per request, by callgrind |
//! | `report` | tables and JSON |

mod baseline;
mod child;
mod growth;
mod http1;
mod http2;
mod instructions;
mod loads;
mod measure;
mod options;
mod peers;
mod pin;
mod ratios;
mod report;
mod sign;
mod start;
mod streams;

use std::process::ExitCode;

use options::Options;

const USAGE: &str = "usage: bedrock-mock-bench run|streams|start|growth|peers|instructions [flags]

  --mock FILE        the release binary (default target/release/bedrock-mock)
  --rounds N         rounds per load and server, interleaved (default 5)
  --seconds S        length of a round (default 2)
  --connections N    connections that ask at once (default 16)
  --only TEXT        only the loads whose name holds TEXT
  --streams N,N      numbers of open streams (default 1000,2000,10000)
  --aimock FILE      aimock's command, for peers
  --ministack FILE   ministack's command, for peers
  --json FILE        also write every figure there";

/// What can go wrong in a benchmark: told and the end of it.
type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let Some(verb) = args.next() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    // A server needs a runtime like the mock's, what asks needs one thread on one core.
    if verb == "baseline" {
        return finish(baseline::run(args));
    }
    let options = match Options::read(args) {
        Ok(options) => options,
        Err(e) => {
            eprintln!("bedrock-mock-bench: {e}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(e) => return finish(Err(e.into())),
    };
    pin::to(pin::ASKING);
    finish(runtime.block_on(async {
        match verb.as_str() {
            "run" => ratios::run(&options).await,
            "streams" => streams::run(&options).await,
            "instructions" => instructions::run(&options).await,
            "start" => start::run(&options).await,
            "growth" => growth::run(&options).await,
            "peers" => peers::run(&options).await,
            _ => Err(format!("no verb {verb}\n\n{USAGE}").into()),
        }
    }))
}

fn finish(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("bedrock-mock-bench: {e}");
            ExitCode::FAILURE
        }
    }
}
