use std::fs;
use std::path::Path;

use super::super::{LazyTls, TlsOptions};
use super::server::Server;
use super::{BEDROCK, printed, run, text};

#[test]
fn openssl_verifies_strictly_and_negotiates() {
    let server = Server::start(|_| {});
    let (ca, to) = (server.ca(), server.address.to_string());
    let connect = |more: &[&str]| {
        let mut arguments = vec!["s_client", "-connect", &to, "-CAfile", text(&ca)];
        arguments.extend([
            "-x509_strict",
            "-purpose",
            "sslserver",
            "-verify_return_error",
        ]);
        arguments.extend(more);
        run("openssl", &arguments)
    };
    let Some(output) = connect(&["-servername", BEDROCK, "-verify_hostname", BEDROCK]) else {
        return;
    };
    let shown = printed(&output);
    assert!(shown.contains("Verify return code: 0 (ok)"), "{shown}");
    assert!(shown.contains("No ALPN negotiated"), "{shown}");

    let leaf = server.dir.path().join("leaf.pem");
    fs::write(&leaf, &shown).expect("written");
    let arguments = [
        "x509",
        "-in",
        text(&leaf),
        "-noout",
        "-text",
        "-certopt",
        "no_sigdump",
    ];
    let leaf_text = printed(&run("openssl", &arguments).expect("installed")).replace(" = ", "=");
    for expected in [
        "Subject: CN=bedrock-mock\n",
        "X509v3 Authority Key Identifier:",
        "TLS Web Server Authentication",
        "Digital Signature",
        "CA:FALSE",
        "NIST CURVE: P-256",
    ] {
        assert!(
            leaf_text.contains(expected),
            "no {expected:?} in\n{leaf_text}"
        );
    }
    let ends_within = |days: u64| {
        let seconds = (days * 86_400).to_string();
        let arguments = ["x509", "-in", text(&leaf), "-noout", "-checkend", &seconds];
        !run("openssl", &arguments)
            .expect("installed")
            .status
            .success()
    };
    assert!(!ends_within(396) && ends_within(397));

    // An address as server name is against the rules, and sent by some all the same.
    let address = ["-servername", "127.0.0.1", "-verify_ip", "127.0.0.1"];
    for (offer, agreed) in [
        ("h2,http/1.1", "h2"),
        ("http/1.1,h2", "h2"),
        ("http/1.1", "http/1.1"),
    ] {
        let mut arguments = address.to_vec();
        arguments.extend(["-alpn", offer]);
        let shown = printed(&connect(&arguments).expect("installed"));
        assert!(
            shown.contains(&format!("ALPN protocol: {agreed}\n")),
            "{shown}"
        );
    }
}

#[test]
fn serial_numbers_differ_and_certificates_are_kept() {
    let server = Server::start(|_| {});
    let shown = |name: &str| {
        let to = server.address.to_string();
        let output = run(
            "openssl",
            &["s_client", "-connect", &to, "-servername", name],
        )?;
        let file = server.dir.path().join("leaf.pem");
        fs::write(&file, output.stdout).expect("written");
        let output = run(
            "openssl",
            &["x509", "-in", text(&file), "-noout", "-serial"],
        )?;
        Some(printed(&output))
    };
    let (Some(first), Some(again), Some(other)) =
        (shown("a.test"), shown("A.test"), shown("b.test"))
    else {
        return;
    };
    assert_eq!(first, again);
    assert_ne!(first, other);
}

#[test]
fn own_files_are_served_instead_of_the_authority() {
    let own = tempfile::tempdir().expect("a directory");
    let (cert, key) = (own.path().join("own.pem"), own.path().join("own.key"));
    let make = |key_kind: &[&str]| {
        let mut arguments = vec!["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=own"];
        arguments.extend([
            "-addext",
            "subjectAltName=DNS:own.test",
            "-keyout",
            text(&key),
        ]);
        arguments.extend(["-out", text(&cert), "-newkey"]);
        arguments.extend(key_kind);
        run("openssl", &arguments).map(|output| printed(&output))
    };
    for kind in [
        &["rsa:2048"][..],
        &["ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
    ] {
        if make(kind).is_none() {
            return;
        }
        let server = Server::start(|options| {
            options.cert = Some(cert.clone());
            options.key = Some(key.clone());
        });
        assert!(!server.ca().exists(), "no authority is made");
        let resolve = format!("own.test:{}:127.0.0.1", server.port());
        let url = format!("https://own.test:{}/", server.port());
        let arguments = [
            "-sS",
            "--noproxy",
            "*",
            "--http1.1",
            "--cacert",
            text(&cert),
            "--resolve",
        ];
        let arguments = [&arguments[..], &[&resolve, &url]].concat();
        if let Some(output) = run("curl", &arguments) {
            assert_eq!(printed(&output), "http/1.1 own.test");
        }
    }

    // Files that do not belong together, or are something else, are refused at the start.
    let refused = |cert: &Path, key: &Path| {
        let options = TlsOptions {
            cert: Some(cert.to_owned()),
            key: Some(key.to_owned()),
            ..TlsOptions::default()
        };
        LazyTls::new(options).err().expect("refused").to_string()
    };
    let other_key = own.path().join("other.key");
    fs::copy(&key, &other_key).expect("copied");
    make(&["rsa:2048"]);
    let served = LazyTls::new(TlsOptions {
        cert: Some(cert.clone()),
        key: Some(key.clone()),
        ..TlsOptions::default()
    });
    let no_ca = served.expect("a pair").ca_file().expect_err("no authority");
    assert!(no_ca.to_string().starts_with("--tls-cert: "), "{no_ca}");
    assert!(refused(&cert, &other_key).contains("cannot be used with"));
    assert!(refused(&key, &key).contains("no certificate in it"));
    assert!(refused(&cert, &cert).starts_with(text(&cert)));
    assert!(refused(&own.path().join("none"), &key).contains("--tls-cert"));
}
