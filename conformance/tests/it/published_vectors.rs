//! The suite's own signer and frame decoder against vectors that others published.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use bedrock_conformance::sign::{self, Credentials, Scope, Signable};
use bedrock_conformance::wire::{FrameError, HeaderValue, decode};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

fn vectors(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fixtures/vectors")
        .join(name)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .replace("\r\n", "\n")
}

struct Request {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// The vectors' requests: a line, headers (some go on in an indented line), a blank line, a body.
fn request(text: &str) -> Request {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let first = lines.next().expect("a request line");
    let (method, rest) = first.split_once(' ').expect("a method");
    let target = rest.rsplit_once(' ').map_or(rest, |(target, _)| target);
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in lines.filter(|line| !line.is_empty()) {
        match line.split_once(':') {
            Some((name, value)) if !line.starts_with(' ') => {
                headers.push((name.to_owned(), value.to_owned()));
            }
            _ => {
                let last = headers.last_mut().expect("a header goes on");
                last.1.push('\n');
                last.1.push_str(line);
            }
        }
    }
    Request {
        method: method.to_owned(),
        target: target.to_owned(),
        headers,
        body: body.to_owned(),
    }
}

#[test]
fn the_signer_gives_the_published_signatures() {
    let mut without_context: BTreeSet<OsString> = BTreeSet::new();
    for entry in fs::read_dir(vectors("sigv4")).expect("the vectors are there") {
        let entry = entry.expect("an entry");
        let folder = entry.path();
        if !folder.is_dir() {
            continue;
        }
        if !folder.join("context.json").is_file() {
            without_context.insert(entry.file_name());
            continue;
        }
        let name = folder.display();
        let context: Value =
            serde_json::from_str(&read(&folder.join("context.json"))).expect("JSON");
        let text = |pointer: &str| {
            context
                .pointer(pointer)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let late_token = context["omit_session_token"] == true;
        let token = text("/credentials/token");
        let credentials = Credentials {
            access_key: text("/credentials/access_key_id").expect("a key"),
            secret: text("/credentials/secret_access_key").expect("a secret"),
            token: token.filter(|_| !late_token),
        };
        let at = text("/timestamp").expect("a time");
        let (region, service) = (
            text("/region").expect("a region"),
            text("/service").expect("a service"),
        );
        let scope = Scope {
            region: &region,
            service: &service,
            at: OffsetDateTime::parse(&at, &Rfc3339).expect("a time"),
        };
        let request = request(&read(&folder.join("request.txt")));
        // These vectors sign the path encoded once; the suite signs it once more than it is sent.
        let (path, query) = request
            .target
            .split_once('?')
            .map_or((request.target.as_str(), None), |(path, query)| {
                (path, Some(query))
            });
        let path = String::from_utf8(bedrock_conformance::percent::decode(path)).expect("UTF-8");
        let target = query.map_or(path.clone(), |query| format!("{path}?{query}"));
        let mut headers = request.headers.clone();
        // The suite's own requests never sign their body's hash as a header.
        if context["sign_body"] == true {
            let hash = read(&folder.join("header-canonical-request.txt"));
            let hash = hash.lines().last().expect("a hash").to_owned();
            headers.push(("x-amz-content-sha256".to_owned(), hash));
        }
        let signable = Signable {
            method: &request.method,
            target: &target,
            headers: &headers,
            body: request.body.as_bytes(),
            normalize: context["normalize"] == true,
        };
        let added = sign::header(&credentials, &scope, &signable);
        let mut signed = headers.clone();
        signed.extend(
            added
                .iter()
                .filter(|(name, _)| name != "Authorization")
                .cloned(),
        );
        let canonical = sign::canonical_request(&Signable {
            headers: &signed,
            ..signable
        });
        assert_eq!(
            canonical,
            read(&folder.join("header-canonical-request.txt")),
            "{name}"
        );
        assert_eq!(
            sign::string_to_sign(&scope, &canonical),
            read(&folder.join("header-string-to-sign.txt")),
            "{name}"
        );
        let authorization = &added.last().expect("an Authorization header").1;
        let signature = read(&folder.join("header-signature.txt"));
        assert!(
            authorization.ends_with(&format!("Signature={signature}")),
            "{name}: {authorization}"
        );

        // The headers of a presigned request: those that were there.
        if context["sign_body"] != true {
            let expires = context["expiration_in_seconds"].as_i64().expect("seconds");
            let target = sign::presigned(&credentials, &scope, &signable, expires);
            let signature = read(&folder.join("query-signature.txt"));
            assert!(
                target.ends_with(&format!("X-Amz-Signature={signature}")),
                "{name}: {target}"
            );
        }
    }
    // These two have a test of their own.
    let expected = ["double-encode-path", "double-url-encode"].map(Into::into);
    assert_eq!(without_context, BTreeSet::from(expected));
}

#[test]
fn an_encoded_path_is_encoded_once_more() {
    for name in ["double-encode-path", "double-url-encode"] {
        let folder = vectors("sigv4").join(name);
        let request = request(&read(&folder.join("request.txt")));
        let canonical = sign::canonical_request(&Signable {
            method: &request.method,
            target: &request.target,
            headers: &request.headers,
            body: request.body.as_bytes(),
            normalize: true,
        });
        let published = read(&folder.join("header-canonical-request.txt"));
        assert_eq!(canonical.lines().nth(1), published.lines().nth(1), "{name}");
    }
}

#[test]
fn the_decoder_reads_good_frames_and_names_the_flaw_of_bad_ones() {
    let frame = |name: &str| fs::read(vectors("event-stream").join(name)).expect("a vector");

    let (empty, length) = decode(&frame("valid_empty_payload")).expect("a good frame");
    assert_eq!(length, frame("valid_empty_payload").len());
    assert!(empty.payload.is_empty() && !empty.headers.is_empty());
    let (bare, _) = decode(&frame("valid_no_headers")).expect("a good frame");
    assert!(bare.headers.is_empty());
    let (whole, _) = decode(&frame("valid_with_all_headers_and_payload")).expect("a good frame");
    assert_eq!(whole.payload, b"some payload");
    let kinds: Vec<u8> = whole
        .headers
        .iter()
        .map(|(_, value)| match value {
            HeaderValue::Bool(true) => 0,
            HeaderValue::Bool(false) => 1,
            HeaderValue::Byte(_) => 2,
            HeaderValue::Short(_) => 3,
            HeaderValue::Integer(_) => 4,
            HeaderValue::Long(_) => 5,
            HeaderValue::Bytes(_) => 6,
            HeaderValue::String(_) => 7,
            HeaderValue::Timestamp(_) => 8,
            HeaderValue::Uuid(_) => 9,
        })
        .collect();
    let mut sorted = kinds.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..=9).collect::<Vec<u8>>());

    assert_eq!(
        decode(&frame("invalid_prelude_checksum")),
        Err(FrameError::PreludeChecksum)
    );
    assert_eq!(
        decode(&frame("invalid_message_checksum")),
        Err(FrameError::MessageChecksum)
    );
    for name in [
        "invalid_header_name_length",
        "invalid_header_name_length_too_long",
        "invalid_header_string_length_cut_off",
        "invalid_header_string_value_length",
        "invalid_header_value_type",
        "invalid_headers_length",
    ] {
        assert!(decode(&frame(name)).is_err(), "{name} was read");
    }
    // Every cut of a good frame is incomplete, every flipped bit is found.
    let good = frame("valid_with_all_headers_and_payload");
    for end in 0..good.len() {
        assert_eq!(decode(&good[..end]), Err(FrameError::Incomplete), "{end}");
    }
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        assert!(decode(&bad).is_err(), "byte {at}");
    }
}
