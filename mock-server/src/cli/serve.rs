//! `bedrock-mock serve`.

use std::path::PathBuf;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::banner;
use crate::MockServer;
use crate::config::{Config, ConfigError, Settings};
use crate::exit_codes;

pub(super) fn run(settings: Settings, file: Option<PathBuf>) -> u8 {
    let config = match resolve(settings, file) {
        Ok(config) => config,
        Err(e) => {
            eprintln!("bedrock-mock: {e}");
            return exit_codes::USAGE;
        }
    };
    // Thousands of open streams need as many descriptors; failing to raise the limit is no reason
    // not to start.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(e) => {
            eprintln!("bedrock-mock: cannot start its threads: {e}");
            return exit_codes::CANNOT_START;
        }
    };
    runtime.block_on(serve(config))
}

fn resolve(settings: Settings, file: Option<PathBuf>) -> Result<Config, ConfigError> {
    let from_file = file
        .map(|path| Settings::from_file(&path))
        .transpose()?
        .unwrap_or_default();
    settings.or(from_file).checked()
}

async fn serve(config: Config) -> u8 {
    let server = match MockServer::run(config).await {
        Ok(server) => server,
        Err(e) => {
            eprintln!("bedrock-mock: {e}");
            return exit_codes::CANNOT_START;
        }
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
    if findings.is_empty() {
        return exit_codes::OK;
    }
    eprintln!(
        "bedrock-mock: answers that do not fit the service model:\n{}",
        findings.join("\n")
    );
    exit_codes::SELF_CHECK
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
