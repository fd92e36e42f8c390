//! Flags.

use std::path::PathBuf;
use std::time::Duration;

/// What the flags say.
pub struct Options {
    /// The mock's binary.
    pub mock: PathBuf,
    /// Rounds per load and server.
    pub rounds: usize,
    /// Length of a round.
    pub round: Duration,
    /// Connections that ask at once.
    pub connections: usize,
    /// Part of a load's name.
    pub only: Option<String>,
    /// Numbers of open streams.
    pub streams: Vec<usize>,
    /// The command of `@copilotkit/aimock`.
    pub aimock: Option<PathBuf>,
    /// The command of `ministack`.
    pub ministack: Option<PathBuf>,
    /// Where the figures go as JSON.
    pub json: Option<PathBuf>,
}

impl Options {
    /// Reads `--flag value` pairs. Fails with a text that names the flag.
    pub fn read(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            mock: "target/release/bedrock-mock".into(),
            rounds: 5,
            round: Duration::from_secs(2),
            connections: 16,
            only: None,
            streams: vec![1_000, 2_000, 10_000],
            aimock: None,
            ministack: None,
            json: None,
        };
        while let Some(flag) = args.next() {
            let value = args.next().ok_or(format!("{flag} needs a value"))?;
            let wrong = |e: &dyn std::fmt::Display| format!("{flag} {value}: {e}");
            match flag.as_str() {
                "--mock" => options.mock = value.into(),
                "--rounds" => {
                    options.rounds = value.parse::<usize>().map_err(|e| wrong(&e))?.max(1);
                }
                "--seconds" => {
                    let seconds: f64 = value.parse().map_err(|e| wrong(&e))?;
                    options.round = Duration::try_from_secs_f64(seconds).map_err(|e| wrong(&e))?;
                }
                "--connections" => {
                    options.connections = value.parse::<usize>().map_err(|e| wrong(&e))?.max(1);
                }
                "--only" => options.only = Some(value),
                "--streams" => {
                    options.streams = value
                        .split(',')
                        .map(str::parse)
                        .collect::<Result<_, _>>()
                        .map_err(|e| wrong(&e))?;
                }
                "--aimock" => options.aimock = Some(value.into()),
                "--ministack" => options.ministack = Some(value.into()),
                "--json" => options.json = Some(value.into()),
                _ => return Err(format!("no flag {flag}")),
            }
        }
        Ok(options)
    }
}
