use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::server::Server;
use super::{BEDROCK, printed, run, text};

/// Strict as Python is by default since 3.13; prints protocol, version and the names it saw.
const PYTHON: &str = "
import socket, ssl, sys
ca, host, port, name = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.verify_flags |= ssl.VERIFY_X509_STRICT
context.set_alpn_protocols(['http/1.1', 'h2'])
with socket.create_connection((host, int(port)), timeout=10) as plain:
    with context.wrap_socket(plain, server_hostname=name) as tls:
        names = ','.join(value for _, value in tls.getpeercert()['subjectAltName'])
        print(tls.selected_alpn_protocol(), tls.version(), names)
";

#[test]
fn python_accepts_names_and_addresses_in_strict_mode() {
    let server = Server::start(|options| {
        options.names = vec!["mock".into(), "10.1.2.3".into(), "localhost".into()];
    });
    let (ca, port) = (server.ca(), server.port());
    let connect = |name: &str| {
        let arguments = ["-c", PYTHON, text(&ca), "127.0.0.1", &port, name];
        run("python3", &arguments).map(|output| printed(&output))
    };
    let Some(by_name) = connect("localhost") else {
        return;
    };
    assert_eq!(by_name, "h2 TLSv1.3 localhost");
    let expected = format!("h2 TLSv1.3 {BEDROCK}");
    assert_eq!(connect(BEDROCK), Some(expected));
    let by_address = "h2 TLSv1.3 localhost,127.0.0.1,0:0:0:0:0:0:0:1,mock,10.1.2.3";
    assert_eq!(connect("127.0.0.1").as_deref(), Some(by_address));
    assert_eq!(connect("::1").as_deref(), Some(by_address));
    assert_eq!(connect("10.1.2.3").as_deref(), Some(by_address));
}

#[test]
fn curl_accepts_names_and_addresses() {
    let server = Server::start(|_| {});
    let (ca, port) = (server.ca(), server.port());
    let get = |host: &str, more: &[&str]| {
        let resolve = format!("{host}:{port}:127.0.0.1");
        let url = format!("https://{host}:{port}/");
        let mut arguments = vec!["-sS", "--noproxy", "*", "--http1.1", "--cacert", text(&ca)];
        arguments.extend(["--resolve", &resolve, &url]);
        arguments.extend(more);
        run("curl", &arguments)
    };
    let Some(by_address) = get("127.0.0.1", &[]) else {
        return;
    };
    assert_eq!(printed(&by_address), "http/1.1 none");
    for name in ["localhost", BEDROCK, "bedrock_mock", "any.name.test"] {
        let answer = get(name, &[]).expect("installed");
        assert_eq!(printed(&answer), format!("http/1.1 {name}"));
    }
    let old = get("localhost", &["--tls-max", "1.2"]).expect("installed");
    assert_eq!(printed(&old), "http/1.1 localhost");
    let no_alpn = get("localhost", &["--no-alpn"]).expect("installed");
    assert_eq!(printed(&no_alpn), "none localhost");
    let untrusted = get("localhost", &["--cacert", "/dev/null"]).expect("installed");
    assert!(!untrusted.status.success());
}

#[test]
fn curl_accepts_the_ipv6_loopback() {
    let Some(server) = Server::start_on("[::1]:0", |_| {}) else {
        eprintln!("skipped: no IPv6 here");
        return;
    };
    let (ca, url) = (server.ca(), format!("https://[::1]:{}/", server.port()));
    let arguments = [
        "-sS",
        "--noproxy",
        "*",
        "--http1.1",
        "--cacert",
        text(&ca),
        &url,
    ];
    if let Some(output) = run("curl", &arguments) {
        assert_eq!(printed(&output), "http/1.1 none");
    }
}

#[test]
fn node_accepts_names_and_addresses() {
    const SCRIPT: &str = "
        const [ca, port, ...names] = process.argv.slice(1);
        const root = require('fs').readFileSync(ca);
        for (const servername of names) {
            const tls = require('tls').connect({
                host: '127.0.0.1', port, ca: root, ALPNProtocols: ['h2', 'http/1.1'],
                ...(servername === '127.0.0.1' ? {} : { servername }),
            }, () => { console.log(tls.authorized, tls.alpnProtocol); tls.destroy(); });
        }";
    let server = Server::start(|_| {});
    let (ca, port) = (server.ca(), server.port());
    let arguments = [
        "-e",
        SCRIPT,
        text(&ca),
        &port,
        "127.0.0.1",
        "localhost",
        BEDROCK,
    ];
    if let Some(output) = run("node", &arguments) {
        assert_eq!(printed(&output), "true h2\ntrue h2\ntrue h2");
    }
}

/// webpki judges for the Rust SDK. More names than are kept: the first is made anew.
#[test]
fn webpki_accepts_more_names_than_are_kept() {
    let server = Server::start(|_| {});
    let mut roots = RootCertStore::empty();
    let ca = CertificateDer::from_pem_file(server.ca()).expect("PEM");
    roots.add(ca).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    let names = (0..300).map(|number| format!("n{number}.test"));
    let others = ["n0.test", "127.0.0.1", "::1", "localhost", BEDROCK].map(str::to_owned);
    server.runtime.block_on(async {
        for name in names.chain(others) {
            let plain = TcpStream::connect(server.address).await.expect("connected");
            let server_name = ServerName::try_from(name.clone()).expect("a name");
            connector.connect(server_name, plain).await.expect(&name);
        }
    });
}
