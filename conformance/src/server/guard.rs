//! What a server that the suite started does not outlive.
//!
//! However the suite ends, by itself, by Ctrl-C, by `kill -9`, its servers end with it. So each gets a
//! process group of its own and a guard, a shell that waits at the end of a pipe which only the suite
//! holds open. When that closes, whoever closed it, the guard kills the group. A handler of signals
//! would not see the last of the three.

use std::process::{Child, Command};

/// Ctrl-C is for the suite; what it started ends after it.
#[cfg(unix)]
pub(super) fn own_group(program: &mut Command) {
    use std::os::unix::process::CommandExt as _;

    program.process_group(0);
}

#[cfg(not(unix))]
pub(super) fn own_group(_program: &mut Command) {}

/// The shell that kills the server's group when the suite is no more; where there is none, the suite
/// still kills the server itself when it ends by itself.
#[cfg(unix)]
pub(super) fn guard(child: &Child) -> Option<Child> {
    use std::process::Stdio;

    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", "read -r _; kill -KILL \"-$0\" 2>/dev/null"])
        .arg(child.id().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    own_group(&mut shell);
    shell.spawn().ok()
}

#[cfg(not(unix))]
pub(super) fn guard(_child: &Child) -> Option<Child> {
    None
}
