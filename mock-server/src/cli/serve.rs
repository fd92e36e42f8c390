//! `bedrock-mock serve`.

use std::path::PathBuf;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::log::Log;
use super::{banner, fail};
use crate::MockServer;
use crate::config::{Config, ConfigError, Settings};
use crate::exit_codes;

#[derive(Debug, Default, clap::Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    pub(super) settings: Settings,
    /// TOML file whose keys are the names of these flags
    #[arg(long, env = "BEDROCK_MOCK_CONFIG", value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

pub(super) fn run(args: ServeArgs) -> u8 {
    let config = match resolve(args, Settings::default()) {
        Ok(config) => config,
        Err(e) => return fail(e, exit_codes::USAGE),
    };
    // Thousands of open streams need as many descriptors; failing to raise the limit is no reason
    // not to start.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    in_runtime(serve(config))
}

/// The settings of flags, environment and file, checked; `defaults` where none of them says.
pub(super) fn resolve(args: ServeArgs, defaults: Settings) -> Result<Config, ConfigError> {
    let from_file = match args.config {
        Some(path) => {
            let from_file = Settings::from_file(&path)?;
            // A wrong value is reported where it stands.
            from_file.clone().checked().map_err(|e| e.in_file(&path))?;
            from_file
        }
        None => Settings::default(),
    };
    args.settings.or(from_file).or(defaults).checked()
}

/// Runs what needs threads.
pub(super) fn in_runtime(task: impl Future<Output = u8>) -> u8 {
    match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime.block_on(task),
        Err(e) => fail(
            format_args!("cannot start its threads: {e}"),
            exit_codes::CANNOT_START,
        ),
    }
}

async fn serve(config: Config) -> u8 {
    let log = Log::install();
    let server = match MockServer::run(config).await {
        Ok(server) => server,
        Err(e) => return fail(e, exit_codes::CANNOT_START),
    };
    // Clients read the CA's file before they connect, so it must be there now.
    if let Err(e) = server.ca_file() {
        eprintln!("bedrock-mock: no TLS: {e}");
    }
    // Before the first line: who reads it may stop the program at once.
    let stop = StopSignals::listen();
    banner::print(&server);
    stop.wait().await;
    let findings = server.stop().await;
    log.flush();
    report(&findings)
}

/// Prints the findings of the self-check and returns the exit code.
pub(super) fn report(findings: &[String]) -> u8 {
    if findings.is_empty() {
        return exit_codes::OK;
    }
    let findings = findings.join("\n");
    fail(
        format_args!("answers that do not fit the service model:\n{findings}"),
        exit_codes::SELF_CHECK,
    )
}

/// SIGTERM and SIGINT.
struct StopSignals(Option<(Signal, Signal)>);

impl StopSignals {
    /// From here on they no longer end the program by themselves.
    fn listen() -> Self {
        let signals = (
            signal(SignalKind::terminate()),
            signal(SignalKind::interrupt()),
        );
        match signals {
            (Ok(term), Ok(int)) => Self(Some((term, int))),
            _ => Self(None),
        }
    }

    async fn wait(self) {
        let Some((mut term, mut int)) = self.0 else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
        // A second one ends at once what the first one waits for.
        tokio::spawn(async move {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
            std::process::exit(i32::from(exit_codes::OK));
        });
    }
}
