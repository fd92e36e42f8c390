//! Checks that every exchange gets for free, from the service model and its overlay.

use serde_json::Value;

use super::automatic_findings::{Found, push, shape};
use super::{Finding, Part, events};
use crate::case::Automatic;
use crate::model::{Operation, Protocol, Service};
use crate::pattern;
use crate::reference_data::ReferenceData;
use crate::wire::Exchange;

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
