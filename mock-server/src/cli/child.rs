//! The command of `bedrock-mock exec`: started, sent the signals that we get, waited for.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use rustix::process::{Pid, Signal as Name, getpgrp, kill_process};
use tokio::process::{Child, Command};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::fail;
use crate::client_environment::Change;
use crate::exit_codes;

/// The signals that are passed on.
pub(super) struct Signals {
    hangup: Signal,
    interrupt: Signal,
    quit: Signal,
    terminate: Signal,
    user1: Signal,
    user2: Signal,
}

impl Signals {
    /// From now on these signals do not end this process.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
            user1: signal(SignalKind::user_defined1())?,
            user2: signal(SignalKind::user_defined2())?,
        })
    }

    async fn next(&mut self) -> Name {
        tokio::select! {
            _ = self.hangup.recv() => Name::HUP,
            _ = self.interrupt.recv() => Name::INT,
            _ = self.quit.recv() => Name::QUIT,
            _ = self.terminate.recv() => Name::TERM,
            _ = self.user1.recv() => Name::USR1,
            _ = self.user2.recv() => Name::USR2,
        }
    }
}

/// Runs the command and returns the exit code that stands for its end.
pub(super) async fn run(command: &[OsString], changes: &[Change], mut signals: Signals) -> u8 {
    let [program, arguments @ ..] = command else {
        return fail("no command after --", exit_codes::USAGE);
    };
    let mut command = Command::new(program);
    command.args(arguments);
    for change in changes {
        match change {
            Change::Set(name, value) => command.env(name, value),
            Change::Unset(name) => command.env_remove(name),
        };
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(e) => return not_started(&program.to_string_lossy(), &e),
    };
    loop {
        tokio::select! {
            // First, so that a signal that came with the end is not sent to a stranger.
            biased;
            ended = child.wait() => return match ended {
                Ok(status) => code_of(status),
                Err(e) => fail(format_args!("lost track of the command: {e}"), exit_codes::CANNOT_START),
            },
            name = signals.next() => pass_on(&child, name),
        }
    }
}

fn not_started(program: &str, error: &io::Error) -> u8 {
    if error.kind() == io::ErrorKind::NotFound {
        let why = format_args!("{program}: no such command; expected one on the PATH, or a path");
        return fail(why, exit_codes::NOT_FOUND);
    }
    let why = format_args!("{program}: cannot be run ({error}); expected an executable file");
    fail(why, exit_codes::NOT_EXECUTABLE)
}

fn pass_on(child: &Child, name: Name) {
    // Ctrl-C and Ctrl-\ go from the terminal to the whole foreground group: the command has it
    // already, and a second one would break into its clean-up.
    if (name == Name::INT || name == Name::QUIT) && terminal_is_ours() {
        return;
    }
    let pid = child.id().and_then(|id| i32::try_from(id).ok());
    if let Some(pid) = pid.and_then(Pid::from_raw) {
        // It may have ended in between, and that is what the signal was for.
        let _ = kill_process(pid, name);
    }
}

/// Whether this process and its command are what the terminal's keys talk to.
fn terminal_is_ours() -> bool {
    std::fs::File::open("/dev/tty")
        .ok()
        .and_then(|terminal| rustix::termios::tcgetpgrp(terminal).ok())
        .is_some_and(|foreground| foreground == getpgrp())
}

fn code_of(status: ExitStatus) -> u8 {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    let signal = status.signal().and_then(|signal| u8::try_from(signal).ok());
    match (code, signal) {
        (Some(code), _) => code,
        (None, Some(signal)) => exit_codes::SIGNALLED.saturating_add(signal),
        (None, None) => exit_codes::CANNOT_START,
    }
}
