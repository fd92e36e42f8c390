use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::super::{Authority, CERTIFICATE_FILE, KEY_FILE, ca_path, ensure_ca};
use super::{options, printed, run, text};

const CHILD_DIRECTORY: &str = "BEDROCK_MOCK_TEST_CA_DIRECTORY";

/// Not a test of its own: the processes that race each other are this test binary, told to run
/// only this.
#[test]
#[ignore = "run by the tests below as a process of its own"]
fn child() {
    if let Some(dir) = std::env::var_os(CHILD_DIRECTORY) {
        Authority::open(Path::new(&dir)).expect("the child opens the authority");
    }
}

fn spawn_child(dir: &Path) -> Child {
    let module = module_path!();
    let name = module.split_once("::").map_or(module, |(_, path)| path);
    Command::new(std::env::current_exe().expect("the test binary has a path"))
        .args(["--exact", &format!("{name}::child"), "--ignored"])
        .env(CHILD_DIRECTORY, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the test binary can be run")
}

fn key_and_certificate(dir: &Path) -> (String, String) {
    let read = |file: &str| fs::read_to_string(dir.join(file)).expect(file);
    (read(KEY_FILE), read(CERTIFICATE_FILE))
}

/// OpenSSL derives the public key from either file; they have to be the same.
fn assert_openssl_finds_one_pair(dir: &Path) {
    let (key, certificate) = (dir.join(KEY_FILE), dir.join(CERTIFICATE_FILE));
    let Some(of_key) = run("openssl", &["pkey", "-in", text(&key), "-pubout"]) else {
        return;
    };
    let of_certificate = run(
        "openssl",
        &["x509", "-in", text(&certificate), "-noout", "-pubkey"],
    )
    .expect("found a moment ago");
    assert_eq!(printed(&of_key), printed(&of_certificate));
}

fn files_in(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir)
        .expect("the directory is there")
        .map(|entry| entry.expect("readable").file_name().display().to_string())
        .collect();
    names.sort();
    names
}

#[test]
fn the_authority_is_made_once_and_reused() {
    let dir = tempfile::tempdir().expect("a directory");
    let home = dir.path().join("not/there/yet");
    assert_eq!(ca_path(&options(&home)), home.join("ca.pem"));
    assert!(!home.exists(), "naming the path makes nothing");

    assert_eq!(
        ensure_ca(&options(&home)).expect("made"),
        home.join("ca.pem")
    );
    let first = key_and_certificate(&home);
    ensure_ca(&options(&home)).expect("reused");
    assert_eq!(first, key_and_certificate(&home));
    assert_eq!(files_in(&home), ["ca.key", "ca.lock", "ca.pem"]);
}

#[test]
fn openssl_reads_the_authority_as_designed() {
    let dir = tempfile::tempdir().expect("a directory");
    ensure_ca(&options(dir.path())).expect("made");
    let ca = dir.path().join(CERTIFICATE_FILE);
    let Some(output) = run("openssl", &["x509", "-in", text(&ca), "-noout", "-text"]) else {
        return;
    };
    // Releases of OpenSSL differ in the blanks around it.
    let shown = printed(&output).replace(" = ", "=");
    for expected in [
        "Subject: CN=bedrock-mock development CA",
        "Issuer: CN=bedrock-mock development CA",
        "NIST CURVE: P-256",
        "X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0",
        "X509v3 Key Usage: critical\n                Certificate Sign",
        "X509v3 Subject Key Identifier:",
    ] {
        assert!(shown.contains(expected), "no {expected:?} in\n{shown}");
    }
    let nine_years = (9 * 365 * 86_400).to_string();
    let eleven_years = (11 * 365 * 86_400).to_string();
    let ends_within = |seconds: &str| {
        let arguments = ["x509", "-in", text(&ca), "-noout", "-checkend", seconds];
        !run("openssl", &arguments).expect("found").status.success()
    };
    assert!(!ends_within(&nine_years) && ends_within(&eleven_years));
}

#[test]
fn eight_processes_that_come_first_agree() {
    for _ in 0..5 {
        let dir = tempfile::tempdir().expect("a directory");
        let home = dir.path().join("home");
        let children: Vec<_> = (0..8).map(|_| spawn_child(&home)).collect();
        // Threads of this process take part as well.
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| Authority::open(&home).expect("opened by a thread"));
            }
        });
        let seen = key_and_certificate(&home);
        for child in children {
            let output = child.wait_with_output().expect("the child ends");
            assert!(printed(&output).contains("1 passed"), "the child ran");
        }
        assert_eq!(seen, key_and_certificate(&home), "made once");
        assert_openssl_finds_one_pair(&home);
    }
}

#[test]
fn killed_processes_leave_nothing_that_cannot_be_completed() {
    let dir = tempfile::tempdir().expect("a directory");
    for milliseconds in 0..24 {
        let home = dir.path().join(milliseconds.to_string());
        let mut child = spawn_child(&home);
        std::thread::sleep(Duration::from_millis(milliseconds / 2));
        let _ = child.kill();
        child.wait().expect("the child ends");
        Authority::open(&home).expect("completed by the next");
        assert_openssl_finds_one_pair(&home);
        assert_eq!(files_in(&home), ["ca.key", "ca.lock", "ca.pem"]);
    }
}

#[test]
fn a_key_alone_gets_its_certificate() {
    let dir = tempfile::tempdir().expect("a directory");
    Authority::open(dir.path()).expect("made");
    let (key, certificate) = key_and_certificate(dir.path());

    fs::remove_file(dir.path().join(CERTIFICATE_FILE)).expect("removed");
    fs::write(dir.path().join("ca.pem.new"), "half a certif").expect("written");
    Authority::open(dir.path()).expect("repaired");
    let repaired = key_and_certificate(dir.path());
    assert_eq!(repaired.0, key);
    assert_ne!(repaired.1, certificate);
    assert_openssl_finds_one_pair(dir.path());
    assert_eq!(files_in(dir.path()), ["ca.key", "ca.lock", "ca.pem"]);
}

#[test]
fn errors_name_the_file_and_the_fix_and_change_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let other = tempfile::tempdir().expect("a directory");
    Authority::open(dir.path()).expect("made");
    Authority::open(other.path()).expect("made");
    let (key, certificate) = (dir.path().join(KEY_FILE), dir.path().join(CERTIFICATE_FILE));
    let (good_key, good_certificate) = key_and_certificate(dir.path());

    let refused = |at: &Path, found: &str| {
        let before: Vec<_> = [&key, &certificate].map(|file| fs::read(file).ok()).into();
        let error = Authority::open(dir.path()).expect_err(found);
        let message = error.to_string();
        assert_eq!(error.path(), Some(at), "{message}");
        assert!(message.contains(found), "{message}");
        assert!(message.contains("expected") && message.contains("To fix: "));
        let after: Vec<_> = [&key, &certificate].map(|file| fs::read(file).ok()).into();
        assert_eq!(before, after);
    };

    fs::copy(other.path().join(CERTIFICATE_FILE), &certificate).expect("copied");
    refused(&certificate, "does not belong to the key");
    fs::write(&certificate, "").expect("written");
    refused(&certificate, "not PEM");
    let text = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    fs::write(&certificate, text).expect("written");
    refused(&certificate, "not usable");
    fs::write(&certificate, &good_certificate).expect("written");
    fs::write(&key, "-----BEGIN PRIVATE KEY-----\n").expect("written");
    refused(&key, "no usable key");
    fs::remove_file(&key).expect("removed");
    refused(&key, "missing beside");
    fs::create_dir(&key).expect("made");
    refused(&key, "cannot be read");
    fs::remove_dir(&key).expect("removed");
    fs::write(&key, &good_key).expect("written");
    Authority::open(dir.path()).expect("good again");
}

#[test]
fn a_file_in_place_of_the_directory_is_named() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("file");
    fs::write(&file, "").expect("written");
    let error = Authority::open(&file.join("home")).expect_err("no directory");
    assert!(error.to_string().contains("BEDROCK_MOCK_HOME"), "{error}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_the_key_and_the_directory() {
    use std::os::unix::fs::PermissionsExt;

    let dir = tempfile::tempdir().expect("a directory");
    let home = dir.path().join("home");
    Authority::open(&home).expect("made");
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&home), 0o700);
    assert_eq!(mode(&home.join(KEY_FILE)), 0o600);
    assert_eq!(mode(&home.join(CERTIFICATE_FILE)) & 0o133, 0);
}
