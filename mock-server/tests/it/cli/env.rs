//! `bedrock-mock env` and `bedrock-mock key`: what they print and where they refuse. Real shells and
//! real clients are asked in `tests/clients`.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

fn mock(home: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bedrock-mock"))
        .env_clear()
        .env("BEDROCK_MOCK_CA_DIR", home)
        .args(arguments)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn roots(home: &TempDir, text: &str) -> String {
    let path = home.path().join("roots.pem");
    let text = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_same_flags_print_the_same() {
    let home = TempDir::new().unwrap();
    let first = said(&mock(home.path(), &["env"]));
    assert_eq!(said(&mock(home.path(), &["env"])), first);
    let key = fs::metadata(home.path().join("ca.key")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_bundle_is_written_when_a_part_of_it_has_changed_and_only_then() {
    let home = TempDir::new().unwrap();
    let dir = home.path().join("ca");
    let env = |text: &str| {
        said(&mock(&dir, &["env", "--roots", &roots(&home, text)]));
        let bundle = dir.join("ca-bundle.pem");
        (
            fs::read_to_string(&bundle).unwrap(),
            fs::metadata(&bundle).unwrap().ino(),
        )
    };
    let ca = |dir: &Path| fs::read_to_string(dir.join("ca.pem")).unwrap();

    let (text, file) = env("first");
    assert!(
        text.starts_with("-----BEGIN CERTIFICATE-----\nfirst\n"),
        "{text}"
    );
    assert!(
        text.ends_with(&format!("CERTIFICATE-----\n{}", ca(&dir))),
        "{text}"
    );
    assert_eq!(env("first"), (text, file), "written again without need");

    let (text, _) = env("second");
    assert!(
        text.contains("\nsecond\n") && !text.contains("\nfirst\n"),
        "{text}"
    );

    let old = ca(&dir);
    fs::remove_file(dir.join("ca.pem")).unwrap();
    fs::remove_file(dir.join("ca.key")).unwrap();
    let (text, _) = env("second");
    assert!(text.ends_with(&ca(&dir)) && !text.contains(&old), "{text}");
}

#[test]
fn what_cannot_be_printed_prints_nothing() {
    let home = TempDir::new().unwrap();
    let secret = home.path().join("secret.pem");
    fs::write(
        &secret,
        "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n",
    )
    .unwrap();
    let secret = secret.to_str().unwrap().to_owned();
    for (arguments, code, why) in [
        (
            &["env", "--url", "127.0.0.1:4580"][..],
            2,
            "expected http:// or https://",
        ),
        (&["env", "--account", "1"], 2, "expected twelve digits"),
        (
            &["env", "--region", "Oregon"],
            2,
            "expected a region such as us-west-2",
        ),
        (
            &["env", "--shell", "csh"],
            2,
            "possible values: sh, fish, powershell, dotenv",
        ),
        (
            &["env", "--roots", "/dev/null"],
            1,
            "/dev/null: no certificate in it",
        ),
        (&["env", "--roots", &secret], 1, "a private key in it"),
        (
            &["key", "long", "--user", "a:b"],
            2,
            "expected 1 to 64 letters",
        ),
        (
            &["key", "short", "--expires-in", "43201"],
            2,
            "43201 is not in 1..=43200",
        ),
        (
            &["key", "short", "--access-key", "secret"],
            2,
            "expected ID:SECRET",
        ),
    ] {
        let output = mock(home.path(), arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?} {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(stderr.contains(why), "{arguments:?}: {stderr}");
    }
}

#[test]
fn plain_urls_leave_the_trust_store_alone() {
    let home = TempDir::new().unwrap();
    let text = said(&mock(home.path(), &["env", "--url", "http://localhost:1/"]));
    assert!(text.contains("export AWS_ENDPOINT_URL_IAM='http://localhost:1'\n"));
    assert!(!text.contains("SSL_CERT_FILE"), "{text}");
    assert_eq!(
        fs::read_dir(home.path()).unwrap().count(),
        0,
        "no CA was needed"
    );
}

#[test]
fn keys_are_minted_and_explained() {
    let home = TempDir::new().unwrap();
    let minted = |arguments: &[&str]| said(&mock(home.path(), arguments)).trim().to_owned();

    let key = minted(&["key", "long", "--account", "000000000042", "--user", "ci"]);
    let explained = said(&mock(home.path(), &["key", "decode", &key]));
    assert_eq!(
        explained,
        "kind      long-term, a development key of bedrock-mock\n\
         account   000000000042\n\
         user      ci\n\
         region    any\n\
         expires   not said in the key; IAM keeps it\n\
         accepted  as arn:aws:iam::000000000042:user/ci\n"
    );

    let key = minted(&[
        "key",
        "short",
        "--account",
        "000000000042",
        "--region",
        "eu-west-1",
    ]);
    let explained = said(&mock(home.path(), &["key", "decode", &key]));
    for line in [
        "account   000000000042\n",
        "region    eu-west-1\n",
        "\naccepted ",
    ] {
        assert!(explained.contains(line), "{explained}");
    }

    let key = minted(&[
        "key",
        "short",
        "--access-key",
        "AKIDX:wJalrX:tok3n",
        "--expires-in",
        "60",
    ]);
    let known = ["key", "decode", &key, "--access-key", "AKIDX:wJalrX:tok3n"];
    let explained = said(&mock(home.path(), &known));
    assert!(
        explained.contains("access key AKIDX with a session token\n"),
        "{explained}"
    );
    for secret in ["wJalrX", "tok3n", "Signature"] {
        assert!(!explained.contains(secret), "{explained}");
    }
}

#[test]
fn a_key_that_would_be_refused_says_why() {
    let home = TempDir::new().unwrap();
    let wrong = "ABSKQmVkcm9ja0FQSUtleS1hYjEyKzEtYXQtMTIzNDU2Nzg5MDEyOnMzY3I6ZXQ/Pg==";
    let elsewhere = said(&mock(
        home.path(),
        &["key", "short", "--region", "eu-west-1"],
    ));
    let unknown = said(&mock(
        home.path(),
        &["key", "short", "--access-key", "AKIDX:x"],
    ));
    for (key, flags, why) in [
        (wrong, &[][..], "user      BedrockAPIKey-ab12\n"),
        (
            elsewhere.trim(),
            &["--region", "us-west-2"],
            "made for eu-west-1",
        ),
        (unknown.trim(), &[], "answer    403 AccessDeniedException"),
        ("sk-ant-1", &[], "this is an Anthropic key"),
        ("", &[], "it is empty"),
    ] {
        let output = mock(home.path(), &[&["key", "decode", key], flags].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(4), "{key}: {text}");
        assert!(text.contains(why), "{key}: {text}");
        assert!(text.contains("\nrefused   "), "{key}: {text}");
        assert!(!text.contains("s3cr:et"), "{text}");
    }
}

#[test]
fn a_flag_beats_the_environment_whichever_it_is() {
    let home = TempDir::new().unwrap();
    let url = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_bedrock-mock"))
            .env_clear()
            .env("BEDROCK_MOCK_CA_DIR", home.path())
            .env("BEDROCK_MOCK_URL", "https://127.0.0.1:1111")
            .arg("env")
            .args(arguments)
            .output()
            .unwrap();
        let text = said(&output);
        let line = text
            .lines()
            .find(|line| line.contains("BEDROCK_MOCK_URL="))
            .unwrap();
        line.split('\'')
            .nth(1)
            .unwrap_or_else(|| line.split('=').nth(1).unwrap())
            .to_owned()
    };
    assert_eq!(url(&[]), "https://127.0.0.1:1111");
    assert_eq!(url(&["--port", "5000"]), "https://127.0.0.1:5000");
    assert_eq!(url(&["--url", "https://mock:1"]), "https://mock:1");
    let both = mock(home.path(), &["env", "--port", "1", "--url", "https://a"]);
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn a_full_medium_is_no_success() {
    let home = TempDir::new().unwrap();
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_bedrock-mock"))
        .env_clear()
        .env("BEDROCK_MOCK_CA_DIR", home.path())
        .arg("env")
        .stdout(full)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(1));
}
