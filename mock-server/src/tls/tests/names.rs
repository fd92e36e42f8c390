use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::super::directory::{default_directory, is_private};
use super::super::{LazyTls, TlsOptions};
use super::options;

#[test]
fn the_directory_comes_from_the_first_variable_that_is_set() {
    let with = |variables: &[(&str, &str)]| {
        default_directory(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| OsString::from(value))
        })
    };
    let all = [
        ("BEDROCK_MOCK_HOME", "/own"),
        ("XDG_DATA_HOME", "/data"),
        ("HOME", "/home/me"),
    ];
    assert_eq!(with(&all), Path::new("/own"));
    assert_eq!(with(&all[1..]), Path::new("/data/bedrock-mock"));
    assert_eq!(
        with(&all[2..]),
        Path::new("/home/me/.local/share/bedrock-mock")
    );
    let temporary = std::env::temp_dir().join("bedrock-mock");
    assert_eq!(with(&[]), temporary);
    assert_eq!(
        with(&[
            ("BEDROCK_MOCK_HOME", ""),
            ("XDG_DATA_HOME", "a"),
            ("HOME", "")
        ]),
        temporary
    );
}

#[test]
fn names_that_no_certificate_can_hold_are_refused_at_the_start() {
    let dir = tempfile::tempdir().expect("a directory");
    let with = |name: &str| TlsOptions {
        names: vec![name.to_owned()],
        ..options(dir.path())
    };
    for good in ["mock", "bedrock_mock", "*.mock.test", "10.1.2.3", "fd00::1"] {
        assert!(LazyTls::new(with(good)).is_ok(), "{good}");
    }
    for bad in ["", "https://mock", "mock:8080", "a b", "*", "ü", "[::1]"] {
        let error = LazyTls::new(with(bad)).err().expect(bad).to_string();
        assert!(error.starts_with("--tls-name: "), "{error}");
    }
    assert!(
        dir.path().read_dir().expect("readable").next().is_none(),
        "nothing is made before a client comes"
    );
    let ca = LazyTls::new(with("mock")).expect("good").ca_file();
    assert_eq!(ca.expect("made"), dir.path().join("ca.pem"));
    assert!(dir.path().join("ca.pem").is_file());
}

#[test]
fn half_a_pair_of_own_files_is_refused_at_the_start() {
    let file = Some(PathBuf::from("server.pem"));
    let only_cert = TlsOptions {
        cert: file.clone(),
        ..TlsOptions::default()
    };
    let only_key = TlsOptions {
        key: file,
        ..TlsOptions::default()
    };
    let refused = |options| LazyTls::new(options).err().expect("refused").to_string();
    assert!(refused(only_cert).starts_with("--tls-cert: given without --tls-key;"));
    assert!(refused(only_key).starts_with("--tls-key: given without --tls-cert;"));
}

#[cfg(unix)]
#[test]
fn a_shared_place_counts_as_private_only_if_nobody_else_can_enter() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    let dir = tempfile::tempdir().expect("a directory");
    let (home, link) = (dir.path().join("home"), dir.path().join("link"));
    std::fs::create_dir(&home).expect("made");
    symlink(&home, &link).expect("linked");
    for (mode, private) in [(0o700, true), (0o755, false), (0o777, false)] {
        set_permissions(&home, Permissions::from_mode(mode)).expect("set");
        assert_eq!(is_private(&home), private, "{mode:o}");
        assert!(!is_private(&link));
    }
    assert!(!is_private(&dir.path().join("none")));
    assert!(home.read_dir().expect("readable").next().is_none());
}
