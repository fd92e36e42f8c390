//! Checks that every exchange gets for free, from the service model and its overlay.

use serde_json::Value;

use super::{Finding, Part, events};
use crate::model::{Operation, Protocol, Service, check_shape};
use crate::pattern;
use crate::reference_data::ReferenceData;
use crate::wire::Exchange;

/// An automatic check, by the name with which a step can leave it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Automatic {
    /// The status of success or of the error's shape.
    Status,
    /// `x-amzn-RequestId` is a UUID; in XML, `RequestId` is the same.
    RequestId,
    /// `Content-Type` is what the protocol says.
    ContentType,
    /// The error's type is one of the operation's or the front door's.
    ErrorType,
    /// The body, or each event, is of the modelled shape.
    Shape,
    /// Frames: checksums, header types, event names that the model has.
    Frames,
    /// The answer ends as its head promised.
    Whole,
}

impl Automatic {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Status,
        Self::RequestId,
        Self::ContentType,
        Self::ErrorType,
        Self::Shape,
        Self::Frames,
        Self::Whole,
    ];

    /// As files spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::RequestId => "request-id",
            Self::ContentType => "content-type",
            Self::ErrorType => "error-type",
            Self::Shape => "shape",
            Self::Frames => "frames",
            Self::Whole => "whole",
        }
    }

    /// From its spelling.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|check| check.word() == word)
    }
}

/// What is found, each with the check that found it.
pub(super) fn findings(
    reference: &ReferenceData,
    operation: Option<(&Service, &Operation)>,
    exchange: &Exchange,
) -> Vec<(Automatic, Finding)> {
    let mut found = Vec::new();
    whole(exchange, &mut found);
    request_id(exchange, &mut found);
    let Some((service, operation)) = operation else {
        return found;
    };
    if exchange.status < 300 {
        success(reference, service, operation, exchange, &mut found);
    } else {
        failure(reference, service, operation, exchange, &mut found);
    }
    found
}

pub(super) type Found = Vec<(Automatic, Finding)>;

pub(super) fn push(
    found: &mut Found,
    check: Automatic,
    part: Part,
    path: &str,
    expected: &str,
    seen: &str,
) {
    found.push((check, Finding::new(part, path, expected, seen)));
}

fn whole(exchange: &Exchange, found: &mut Found) {
    if let Some(cut) = &exchange.cut {
        push(
            found,
            Automatic::Whole,
            Part::End,
            "",
            "the whole answer",
            cut,
        );
    }
    for (name, twice) in [
        ("content-length", true),
        ("content-type", true),
        ("transfer-encoding", true),
    ] {
        if twice && exchange.header_values(name).count() > 1 {
            push(
                found,
                Automatic::Whole,
                Part::Headers,
                name,
                "the header once",
                "more than once",
            );
        }
    }
}

fn request_id(exchange: &Exchange, found: &mut Found) {
    let id = exchange.header("x-amzn-requestid");
    if !id.is_some_and(pattern::is_uuid) {
        push(
            found,
            Automatic::RequestId,
            Part::Headers,
            "x-amzn-RequestId",
            "a lower-case UUID",
            id.unwrap_or("no such header"),
        );
    }
}

fn content_type(exchange: &Exchange, expected: &str, found: &mut Found) {
    let seen = exchange.header("content-type");
    if seen != Some(expected) {
        push(
            found,
            Automatic::ContentType,
            Part::Headers,
            "Content-Type",
            expected,
            seen.unwrap_or("no such header"),
        );
    }
}

fn success(
    reference: &ReferenceData,
    service: &Service,
    operation: &Operation,
    exchange: &Exchange,
    found: &mut Found,
) {
    if exchange.status != operation.status {
        push(
            found,
            Automatic::Status,
            Part::Status,
            "",
            &format!("{}, the status of {}", operation.status, operation.name),
            &exchange.status.to_string(),
        );
    }
    let Some(output) = operation.output.as_deref() else {
        return;
    };
    if service.protocol == Protocol::Query {
        content_type(exchange, "text/xml", found);
        return query_output(reference, service, operation, output, exchange, found);
    }
    if let Some((_, stream)) = service.event_stream(output) {
        content_type(exchange, "application/vnd.amazon.eventstream", found);
        return events::findings(reference, service, stream, exchange, found);
    }
    if let Some(payload) = service.shape(output)["payload"].as_str() {
        // A blob of the provider's own form.
        let of = &service.shape(output)["members"][payload]["shape"];
        if service.shape(of.as_str().unwrap_or_default())["type"] == "blob" {
            return;
        }
    }
    content_type(exchange, "application/json", found);
    match exchange.json() {
        Some(body) => shape(reference, service, output, body, "", Part::Body, found),
        None => push(
            found,
            Automatic::Shape,
            Part::Body,
            "",
            "JSON",
            &exchange.text_brief(),
        ),
    }
}

pub(super) fn shape(
    reference: &ReferenceData,
    service: &Service,
    shape: &str,
    body: &Value,
    prefix: &str,
    part: Part,
    found: &mut Found,
) {
    for mismatch in check_shape(service, &reference.overlay, shape, body) {
        push(
            found,
            Automatic::Shape,
            part,
            &format!("{prefix}{}", mismatch.path),
            &format!("the form of {shape}"),
            &format!("it {}", mismatch.what),
        );
    }
}

fn query_output(
    reference: &ReferenceData,
    service: &Service,
    operation: &Operation,
    output: &str,
    exchange: &Exchange,
    found: &mut Found,
) {
    let Some(body) = exchange.json() else {
        return push(
            found,
            Automatic::Shape,
            Part::Body,
            "",
            "XML",
            &exchange.text_brief(),
        );
    };
    let root = format!("{}Response", operation.name);
    let answer = &body[&root];
    if let Some(wrapper) = &operation.wrapper {
        let empty = Value::String(String::new());
        let result = answer.get(wrapper).unwrap_or(&empty);
        let prefix = format!("/{root}/{wrapper}");
        shape(
            reference,
            service,
            output,
            result,
            &prefix,
            Part::Body,
            found,
        );
    }
    let id = answer["ResponseMetadata"]["RequestId"].as_str();
    if id != exchange.header("x-amzn-requestid") {
        push(
            found,
            Automatic::RequestId,
            Part::Body,
            &format!("/{root}/ResponseMetadata/RequestId"),
            "the id of the header",
            id.unwrap_or("no such element"),
        );
    }
}

fn failure(
    reference: &ReferenceData,
    service: &Service,
    operation: &Operation,
    exchange: &Exchange,
    found: &mut Found,
) {
    if service.protocol == Protocol::Query {
        content_type(exchange, "text/xml", found);
        let error = exchange.json().map(|body| &body["ErrorResponse"]["Error"]);
        let whole = error.is_some_and(|error| {
            ["Type", "Code", "Message"]
                .iter()
                .all(|name| error[name].is_string())
        });
        if !whole {
            push(
                found,
                Automatic::Shape,
                Part::Body,
                "/ErrorResponse/Error",
                "Type, Code and Message",
                &exchange.text_brief(),
            );
        }
        return;
    }
    content_type(exchange, "application/json", found);
    let stated = exchange.header("x-amzn-errortype");
    let kind = stated.and_then(|stated| stated.split(':').next());
    match kind {
        None => push(
            found,
            Automatic::ErrorType,
            Part::Headers,
            "x-amzn-ErrorType",
            "the error's type",
            "no such header",
        ),
        Some(kind) => {
            let listed = operation.errors.iter().find(|(name, _)| name == kind);
            match listed {
                Some((_, Some(status))) if *status != exchange.status => push(
                    found,
                    Automatic::Status,
                    Part::Status,
                    "",
                    &format!("{status}, the status of {kind}"),
                    &exchange.status.to_string(),
                ),
                None if !reference.errors.is_front_door(kind) => push(
                    found,
                    Automatic::ErrorType,
                    Part::Headers,
                    "x-amzn-ErrorType",
                    &format!("a type that {} lists", operation.name),
                    kind,
                ),
                _ => {}
            }
        }
    }
    let message = exchange.json().and_then(|body| {
        body.get("message")
            .or_else(|| body.get("Message"))
            .filter(|message| message.is_string())
    });
    if message.is_none() {
        push(
            found,
            Automatic::Shape,
            Part::Body,
            "/message",
            "the error's text",
            &exchange.text_brief(),
        );
    }
}
