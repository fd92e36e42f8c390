//! The program: flags, environment, configuration file, exit codes, a clean stop.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

fn program(home: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bedrock-mock"));
    command.env_clear().env("BEDROCK_MOCK_CA_DIR", home.path());
    command
}

fn output(arguments: &[&str]) -> Output {
    let home = TempDir::new().unwrap();
    program(&home).args(arguments).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Starts it, reads the first line, stops it, and returns line, rest and exit code.
fn run(command: &mut Command) -> (String, String, i32) {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    if line.is_empty() {
        let mut why = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut why)
            .unwrap();
        panic!("it did not start: {why}");
    }
    let stopped = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(stopped.success());
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    (
        line.trim_end().to_owned(),
        rest,
        child.wait().unwrap().code().unwrap(),
    )
}

#[test]
fn serves_without_arguments_and_stops_cleanly() {
    let home = TempDir::new().unwrap();
    for arguments in [&["--port", "0"][..], &["serve", "--port", "0"]] {
        let (line, rest, code) = run(program(&home).args(arguments));
        let port: u16 = line
            .strip_prefix("bedrock-mock listening on http://127.0.0.1:")
            .unwrap()
            .parse()
            .unwrap();
        assert!(port > 0);
        assert!(
            rest.contains("export AWS_BEARER_TOKEN_BEDROCK=ABSK"),
            "{rest}"
        );
        assert!(
            rest.contains(&format!(
                "AWS_ENDPOINT_URL_BEDROCK_RUNTIME=http://127.0.0.1:{port}"
            )),
            "{rest}"
        );
        assert_eq!(code, 0);
    }
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("mock.toml");
    std::fs::write(
        &file,
        "port = 0\nregion = \"eu-west-1\"\nhost = \"127.0.0.1\"\n",
    )
    .unwrap();
    let region = |rest: &str| {
        rest.split("AWS_REGION=")
            .nth(1)
            .unwrap()
            .split_whitespace()
            .next()
            .unwrap()
            .to_owned()
    };
    let (_, rest, _) = run(program(&home).arg("--config").arg(&file));
    assert_eq!(region(&rest), "eu-west-1");
    let (_, rest, _) = run(program(&home)
        .arg("--config")
        .arg(&file)
        .env("BEDROCK_MOCK_REGION", "us-east-1"));
    assert_eq!(region(&rest), "us-east-1");
    let (_, rest, _) = run(program(&home)
        .env("BEDROCK_MOCK_CONFIG", &file)
        .env("BEDROCK_MOCK_REGION", "us-east-1")
        .args(["--region", "ap-south-1"]));
    assert_eq!(region(&rest), "ap-south-1");
}

#[test]
fn an_unknown_key_is_refused_where_it_stands() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("mock.toml");
    std::fs::write(&file, "port = 0\n\nreigon = \"eu-west-1\"\n").unwrap();
    let output = program(&home).arg("--config").arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let why = stderr(&output);
    assert!(
        why.contains("mock.toml:3:1: unknown field `reigon`"),
        "{why}"
    );
    assert!(why.contains("`region`"), "{why}");

    std::fs::write(&file, "port = 0\nfidelity = \"exact\"\n").unwrap();
    let output = program(&home).arg("--config").arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("mock.toml:2:12: "),
        "{}",
        stderr(&output)
    );
}

#[test]
fn every_flag_has_an_environment_variable_and_a_key() {
    let help = String::from_utf8(output(&["serve", "--help"]).stdout).unwrap();
    let flags: Vec<&str> = help
        .split_whitespace()
        .filter_map(|w| w.strip_prefix("--"))
        .filter(|f| f.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
        .collect();
    let mut seen = 0;
    for flag in flags {
        if ["help", "version", "config", "host", "port"].contains(&flag) || flag.is_empty() {
            continue;
        }
        let variable = format!("BEDROCK_MOCK_{}", flag.replace('-', "_").to_uppercase());
        assert!(help.contains(&variable), "--{flag} has no {variable}");
        // The message for an unknown key lists all known ones.
        let home = TempDir::new().unwrap();
        let file = home.path().join("f.toml");
        std::fs::write(&file, "x = 1\n").unwrap();
        let why = stderr(&program(&home).arg("--config").arg(&file).output().unwrap());
        assert!(why.contains(&format!("`{flag}`")), "--{flag}: {why}");
        seen += 1;
    }
    assert!(seen >= 15, "{seen}");
}

#[test]
fn wrong_values_say_what_was_expected() {
    for (arguments, expected) in [
        (&["--port", "many"][..], "invalid value 'many' for '--port"),
        (
            &["--region", "Oregon"],
            "--region Oregon: expected a region such as us-west-2",
        ),
        (
            &["--access-key", "onlyid"],
            "--access-key: expected ID:SECRET or ID:SECRET:TOKEN",
        ),
        (
            &["--api-key", "ABSKx=123"],
            "--api-key: expected VALUE or VALUE=ACCOUNT",
        ),
        (
            &["--deny", "everything"],
            "--deny everything: expected PRINCIPAL=ACTION",
        ),
        (
            &["--tls-cert", "x.pem"],
            "--tls-cert and --tls-key belong together",
        ),
        (&["--config", "/nonexistent.toml"], "/nonexistent.toml: "),
        (&["--nonsense"], "unexpected argument '--nonsense'"),
    ] {
        let output = output(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            stderr(&output).contains(expected),
            "{arguments:?}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn what_keeps_it_from_starting_exits_with_1() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let in_use = output(&["--port", &port]);
    assert_eq!(in_use.status.code(), Some(1));
    assert!(
        stderr(&in_use).contains("--port 0 picks a free port"),
        "{}",
        stderr(&in_use)
    );

    let home = TempDir::new().unwrap();
    let file = home.path().join("more.json");
    std::fs::write(
        &file,
        "{\"models\": [\n  {\"id\": \"a.b\", \"regions\": []}\n]}",
    )
    .unwrap();
    let bad = output(&["--port", "0", "--catalogue", file.to_str().unwrap()]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(stderr(&bad).contains("more.json:2:"), "{}", stderr(&bad));
}

#[test]
fn help_and_version_exit_with_0() {
    assert_eq!(output(&["--help"]).status.code(), Some(0));
    assert_eq!(output(&["--version"]).status.code(), Some(0));
}

#[test]
fn a_wrong_value_in_the_file_is_told_where_it_stands() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("mock.toml");
    std::fs::write(&file, "port = 0\n\nregion = \"Oregon\"\n").unwrap();
    let output = program(&home).arg("--config").arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let why = stderr(&output);
    assert!(
        why.contains("mock.toml:3:1: region Oregon: expected a region such as us-west-2"),
        "{why}"
    );
}
