//! `bedrock-mock exec`: environment, exit codes, signals.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

fn exec(home: &TempDir, flags: &[&str], command: &[&str]) -> Command {
    let mut exec = Command::new(env!("CARGO_BIN_EXE_bedrock-mock"));
    exec.env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("BEDROCK_MOCK_CA_DIR", home.path())
        .arg("exec")
        .args(flags)
        .arg("--")
        .args(command);
    exec
}

fn output(flags: &[&str], command: &[&str]) -> Output {
    let home = TempDir::new().unwrap();
    exec(&home, flags, command).output().unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn variable(environment: &str, name: &str) -> Option<String> {
    let mut lines = environment.lines();
    lines.find_map(|line| Some(line.strip_prefix(name)?.strip_prefix('=')?.to_owned()))
}

#[test]
fn the_exit_code_is_the_commands_own() {
    for (command, code) in [
        (&["true"][..], 0),
        (&["sh", "-c", "exit 7"], 7),
        (&["sh", "-c", "exit 255"], 255),
        (&["sh", "-c", "kill -KILL $$"], 128 + 9),
        (&["sh", "-c", "kill -TERM $$"], 128 + 15),
        (&["no-such-command-anywhere"], 127),
        (&["/nonexistent/command"], 127),
        (&["/dev/null"], 126),
    ] {
        let output = output(&[], command);
        assert_eq!(output.status.code(), Some(code), "{command:?} {output:?}");
    }
}

#[test]
fn what_keeps_the_command_from_running_is_said() {
    let missing = output(&[], &["no-such-command-anywhere"]);
    let why = String::from_utf8(missing.stderr).unwrap();
    assert_eq!(
        why,
        "bedrock-mock: no-such-command-anywhere: no such command; expected one on the PATH, or a path\n"
    );
    for (flags, code) in [
        (&["--account", "12"][..], 2),
        (&["--region", "Oregon"], 2),
        (&["--scheme", "ftp"], 2),
        (&["--roots", "/nonexistent.pem"], 1),
        (&["--catalogue", "/nonexistent.json"], 1),
    ] {
        let output = output(flags, &["echo", "ran"]);
        assert_eq!(output.status.code(), Some(code), "{flags:?} {output:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
}

#[test]
fn the_command_finds_the_mock_and_nothing_that_contradicts_it() {
    let home = TempDir::new().unwrap();
    let mut command = exec(&home, &["--account", "000000000042"], &["env"]);
    let contradicting = ["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_USE_FIPS_ENDPOINT"];
    for name in contradicting {
        command.env(name, "x");
    }
    command
        .env("AWS_ENDPOINT_URL", "http://other")
        .env("KEPT", "y");
    let environment = stdout(&command.output().unwrap());

    let url = variable(&environment, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME").unwrap();
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    for name in contradicting {
        assert_eq!(variable(&environment, name), None, "{name}");
    }
    let value = |name| variable(&environment, name);
    assert_eq!(value("AWS_ENDPOINT_URL").as_deref(), Some("http://other"));
    assert_eq!(value("KEPT").as_deref(), Some("y"));
    assert_eq!(value("AWS_ACCESS_KEY_ID").as_deref(), Some("000000000042"));
    let ca = home.path().join("ca.pem");
    assert_eq!(value("NODE_EXTRA_CA_CERTS").as_deref(), ca.to_str());
}

#[test]
fn flags_of_serve_and_the_choice_of_credentials() {
    let flags = [
        "--scheme",
        "http",
        "--credentials",
        "bearer",
        "--host",
        "0.0.0.0",
    ];
    let environment = stdout(&output(&flags, &["env"]));
    let value = |name| variable(&environment, name);
    let url = value("AWS_ENDPOINT_URL_BEDROCK").unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    assert!(value("AWS_BEARER_TOKEN_BEDROCK").is_some());
    assert_eq!(value("AWS_ACCESS_KEY_ID"), None);
    assert_eq!(value("SSL_CERT_FILE"), None);
}

#[test]
fn the_mock_serves_while_the_command_runs_and_no_longer() {
    let script = format!(
        "echo $BEDROCK_MOCK_URL; {} health",
        env!("CARGO_BIN_EXE_bedrock-mock")
    );
    let url = stdout(&output(&[], &["sh", "-c", &script]));
    let after = Command::new(env!("CARGO_BIN_EXE_bedrock-mock"))
        .args(["health", "--url", url.trim()])
        .output()
        .unwrap();
    assert_eq!(after.status.code(), Some(1));
}

#[test]
fn signals_go_to_the_command() {
    for (name, said) in [
        ("TERM", "term"),
        ("INT", "int"),
        ("HUP", "hup"),
        ("USR1", "usr1"),
    ] {
        let script = "trap 'echo term; exit 3' TERM; trap 'echo int; exit 3' INT; \
             trap 'echo hup; exit 3' HUP; trap 'echo usr1; exit 3' USR1; \
             echo ready; while :; do sleep 0.02; done";
        let home = TempDir::new().unwrap();
        let mut child = exec(&home, &[], &["sh", "-c", script])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "ready");
        // A session of its own, as on a CI runner: with a terminal, INT would come from there.
        let sent = Command::new("kill")
            .args([format!("-{name}"), child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        if name == "INT" && std::fs::File::open("/dev/tty").is_ok() {
            // The terminal would have told the command; nobody did here.
            child.kill().unwrap();
            child.wait().unwrap();
            continue;
        }
        assert_eq!(lines.next().unwrap().unwrap(), said);
        assert_eq!(child.wait().unwrap().code(), Some(3), "{name}");
    }
}

#[test]
fn the_port_of_a_mock_that_serves_already_is_not_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let home = TempDir::new().unwrap();
    let output = exec(&home, &[], &["true"])
        .env("BEDROCK_MOCK_PORT", &port)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let output = exec(&home, &["--port", &port], &["true"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "a flag is meant: {output:?}");
}
