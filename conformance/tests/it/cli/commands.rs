//! The real binary: what it prints and the exit codes it promises.

use std::process::{Command, Output};

use bedrock_conformance::exit_codes;

fn suite(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bedrock-conformance"))
        .args(arguments)
        .output()
        .expect("the binary runs")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("output is UTF-8")
}

fn assert_code(output: &Output, expected: exit_codes::ExitCode) {
    assert_eq!(
        output.status.code(),
        Some(i32::from(expected.number)),
        "{output:?}"
    );
}

#[test]
fn the_numbers_are_the_documented_ones() {
    assert_eq!(
        exit_codes::ALL.map(|code| code.number),
        [0, 1, 2, 3, 4, 5, 6, 7, 89]
    );
    for code in exit_codes::ALL {
        assert!(code.meaning.ends_with('.'), "{code:?} is no sentence");
    }
}

#[test]
fn a_wrong_command_line_exits_2_and_says_why() {
    for arguments in [
        &["no-such-command"][..],
        &["models", "--no-such-option"],
        &["models", "--service", "s3"],
        &["exit-codes", "surplus"],
        &[],
    ] {
        let output = suite(arguments);
        assert_code(&output, exit_codes::BAD_USAGE);
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn help_and_version_exit_0() {
    let help = suite(&["--help"]);
    assert_code(&help, exit_codes::AS_EXPECTED);
    assert!(stdout(&help).contains("exit-codes"));

    let version = suite(&["--version"]);
    assert_code(&version, exit_codes::AS_EXPECTED);
    assert_eq!(
        stdout(&version),
        format!("bedrock-conformance {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn exit_codes_prints_each_with_its_meaning() {
    let output = suite(&["exit-codes"]);
    assert_code(&output, exit_codes::AS_EXPECTED);
    let lines: Vec<&str> = stdout(&output).lines().collect();
    assert_eq!(lines.len(), exit_codes::ALL.len());
    for (line, code) in lines.iter().zip(exit_codes::ALL) {
        let mut words = line.split_whitespace();
        assert_eq!(words.next(), Some(code.number.to_string().as_str()));
        assert_eq!(words.next(), Some(code.name));
        assert!(line.ends_with(code.meaning));
    }
}

#[test]
fn models_names_version_and_number_of_operations() {
    let output = suite(&["models"]);
    assert_code(&output, exit_codes::AS_EXPECTED);
    let lines: Vec<&str> = stdout(&output).lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(lines[0].starts_with("bedrock-runtime "), "{}", lines[0]);
    assert!(
        lines
            .iter()
            .all(|line| line.contains(" operations  botocore 1."))
    );
}

#[test]
fn models_lists_the_operations_of_one_service() {
    let output = suite(&["models", "--operations", "--service", "bedrock-runtime"]);
    assert_code(&output, exit_codes::AS_EXPECTED);
    let text = stdout(&output);
    assert_eq!(
        text.lines().filter(|line| !line.starts_with(' ')).count(),
        1
    );
    let converse = text
        .split("\n  Converse\n")
        .nth(1)
        .expect("Converse is listed");
    let mut lines = converse.lines();
    assert_eq!(lines.next(), Some("    POST /model/{modelId}/converse"));
    let errors = lines.next().expect("its errors follow");
    assert!(errors.contains("ValidationException 400"), "{errors}");
    assert!(errors.contains("ModelErrorException 424"), "{errors}");
}

#[cfg(unix)]
#[test]
fn a_reader_that_stops_reading_is_no_failure() {
    use std::process::Stdio;

    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = Command::new(env!("CARGO_BIN_EXE_bedrock-conformance"))
        .args(["models", "--operations"])
        .stdout(Stdio::from(writer))
        .stderr(Stdio::piped())
        .output()
        .expect("the binary runs");
    assert_code(&output, exit_codes::AS_EXPECTED);
    assert!(output.stderr.is_empty(), "{output:?}");
}
