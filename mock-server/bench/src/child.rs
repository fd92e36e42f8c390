//! A server as a process of its own, on the serving core.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Failure, pin};

/// A running server, killed when dropped.
pub struct Server {
    process: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts a mock on a free port. Its access log goes to a file, as a log does.
    pub fn mock(binary: &Path, flags: &[&str]) -> Result<Self, Failure> {
        let mut command = Command::new(binary);
        command.args(["serve", "--port", "0"]).args(flags);
        Self::announced(command.stderr(log()?))
    }

    /// Starts a mock under another program, given with its flags.
    pub fn mock_under(runner: &[&str], binary: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(runner[0]);
        command.args(&runner[1..]).arg(binary);
        command.args(["serve", "--port", "0"]);
        Self::announced(command.stderr(log()?))
    }

    /// Lets it end by itself.
    pub fn stop(mut self) -> Result<(), Failure> {
        let id = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(id, rustix::process::Signal::TERM)?;
        self.process.wait()?;
        Ok(())
    }

    /// Starts the bare server with an answer.
    pub fn baseline(answer: &serde_json::Value) -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("baseline").arg(answer.to_string());
        Self::announced(&mut command)
    }

    /// Starts a server that prints its URL as the last word of its first line.
    fn announced(command: &mut Command) -> Result<Self, Failure> {
        let mut process = spawn(command.stdout(Stdio::piped()))?;
        let stdout = process.stdout.take().ok_or("no standard output")?;
        let mut lines = BufReader::new(stdout);
        let mut line = String::new();
        lines.read_line(&mut line)?;
        let url = line.split_whitespace().last().unwrap_or_default();
        let address = url.trim_start_matches("http://").trim_end_matches('/');
        let address = address
            .parse()
            .map_err(|_| format!("{command:?} printed no URL: {line:?}"))?;
        // Nobody reads on; a full pipe would stop the server.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Ok(Self { process, address })
    }

    /// Starts a server that is told its port, and waits until it takes connections.
    pub fn on_port(mut command: Command, port: u16) -> Result<Self, Failure> {
        let process = spawn(command.stdout(Stdio::null()).stderr(Stdio::null()))?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut server = Self { process, address };
        let since = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            if since.elapsed() > Duration::from_secs(30) || server.process.try_wait()?.is_some() {
                return Err(format!("{command:?} does not listen on {address}").into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    /// Time that its threads spent on the processor so far.
    pub fn cpu(&self) -> Duration {
        let stat = format!("/proc/{}/stat", self.process.id());
        let stat = std::fs::read_to_string(stat).unwrap_or_default();
        cpu_of(&stat)
    }

    /// Resident memory, bytes.
    pub fn memory(&self) -> u64 {
        let status = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(status).unwrap_or_default();
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
        let kib = line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok());
        kib.unwrap_or_default() * 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Time that this process spent on the processor so far.
pub fn own_cpu() -> Duration {
    cpu_of(&std::fs::read_to_string("/proc/self/stat").unwrap_or_default())
}

/// User and system time of a line of `/proc/PID/stat`; the kernel counts in hundredths.
fn cpu_of(stat: &str) -> Duration {
    let behind_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks = behind_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|t| t.parse::<u64>().ok())
        .sum::<u64>();
    Duration::from_millis(ticks * 10)
}

/// A real access log, though nobody reads it.
fn log() -> Result<File, Failure> {
    Ok(File::create(
        std::env::temp_dir().join("bedrock-mock-bench.log"),
    )?)
}

fn spawn(command: &mut Command) -> Result<Child, Failure> {
    pin::to(pin::SERVING);
    let child = command.stdin(Stdio::null()).spawn();
    pin::to(pin::ASKING);
    child.map_err(|e| format!("{command:?}: {e}").into())
}
