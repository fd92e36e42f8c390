//! Entries for programs: the JSON of the control API and of the export.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

use super::entry::{Ending, Entry};
use super::filter::EndedFilter;
use super::verify::{Failure, Verdict};

impl Entry {
    /// The entry as the control API shows it. Members that do not apply are absent.
    pub fn to_json(&self) -> Value {
        let mut out = Map::new();
        let mut put = |name: &str, value: Value| {
            if !value.is_null() {
                out.insert(name.to_owned(), value);
            }
        };
        put("number", self.number.into());
        put("id", self.id.as_str().into());
        put("time", timestamp(self.time).into());
        put("account", self.account.as_str().into());
        put("operation", self.operation.as_deref().into());
        put("request", self.request_json());
        put("principal", self.principal_json());
        put("model", self.model_json());
        put(
            "scenario",
            self.scenario
                .as_ref()
                .map(|s| json!({ "name": s.name, "step": s.step }))
                .into(),
        );
        put("faults", self.faults.as_slice().into());
        put("refusal", self.refusal_json());
        put("response", self.response_json());
        put("attempt", self.attempt.into());
        put(
            "retryOf",
            self.retry_of
                .as_ref()
                .map(|link| json!({ "id": link.id, "by": link.by }))
                .into(),
        );
        put("retriedBy", self.retried_by().into());
        let ending = self.ending();
        let ended = EndedFilter::from(ending.map(|e| e.how));
        put("ended", ended.to_string().into());
        if let Some(ending) = ending {
            put("bytesSent", ending.bytes_sent.into());
            put("durationMs", milliseconds(ending.duration));
            put("events", events(ending));
            if ending.events_untold > 0 {
                put("eventsUntold", ending.events_untold.into());
            }
        }
        Value::Object(out)
    }

    fn request_json(&self) -> Value {
        let request = &self.request;
        json!({
            "method": request.method,
            "target": request.target,
            "version": request.version,
            "headers": pairs(&request.headers),
            "body": request.body.to_json(),
        })
    }

    fn principal_json(&self) -> Value {
        let Some(principal) = &self.principal else {
            return Value::Null;
        };
        let mut out = json!({
            "kind": principal.kind,
            "account": principal.account,
            "arn": principal.arn,
            "user": principal.user,
        });
        if let Some(id) = &principal.access_key {
            out["accessKeyId"] = id.as_str().into();
        }
        out
    }

    fn model_json(&self) -> Value {
        let Some(model) = &self.model else {
            return Value::Null;
        };
        let mut out = json!({ "asked": model.asked });
        if let (Some(id), Some(family)) = (&model.id, &model.family) {
            out["id"] = id.as_str().into();
            out["family"] = family.as_str().into();
            out["applicationProfile"] = model.application_profile.into();
        }
        out
    }

    fn refusal_json(&self) -> Value {
        let Some(refusal) = &self.refusal else {
            return Value::Null;
        };
        let mut out = json!({
            "row": refusal.row,
            "type": refusal.kind,
            "message": refusal.message,
        });
        if !refusal.violations.is_empty() {
            out["violations"] = refusal.violations.as_slice().into();
        }
        if let Some(hint) = &refusal.hint {
            out["hint"] = hint.as_str().into();
        }
        out
    }

    fn response_json(&self) -> Value {
        let Some(response) = &self.response else {
            return Value::Null;
        };
        let mut out = json!({
            "status": response.status,
            "headers": pairs(&response.headers),
        });
        if let Some(ending) = self.ending() {
            out["body"] = ending.body.to_json();
        }
        out
    }
}

impl Verdict {
    /// The verdict as the control API shows it.
    pub fn to_json(&self) -> Value {
        let mut out =
            json!({ "ok": self.ok(), "lookedAt": self.looked_at, "dropped": self.dropped });
        if !self.ok() {
            out["message"] = self.text().into();
            out["failures"] = self.failures.iter().map(failure).collect();
        }
        out
    }
}

fn failure(failure: &Failure) -> Value {
    let nearest = failure.nearest.iter();
    let nearest = nearest.map(|near| {
        json!({
            "number": near.entry.number,
            "id": near.entry.id,
            "differences": near.differences,
        })
    });
    json!({
        "expectation": failure.expectation,
        "name": failure.name,
        "expected": failure.expected,
        "found": failure.matched.len(),
        "matched": failure.matched.iter().map(|e| e.id.as_str()).collect::<Vec<_>>(),
        "outOfOrder": failure.out_of_order,
        "dropped": failure.dropped,
        "nearest": nearest.collect::<Vec<_>>(),
    })
}

fn events(ending: &Ending) -> Value {
    let events = ending.events.iter();
    let events = events.map(|event| {
        json!({
            "name": event.name,
            "bytes": event.bytes,
            "offsetMs": milliseconds(event.at),
        })
    });
    events.collect()
}

fn pairs(headers: &[(String, String)]) -> Value {
    headers.iter().map(|(n, v)| json!([n, v])).collect()
}

/// Milliseconds with three decimals.
fn milliseconds(duration: Duration) -> Value {
    let microseconds = u32::try_from(duration.as_micros()).unwrap_or(u32::MAX);
    (f64::from(microseconds) / 1000.0).into()
}

/// `2026-11-24T16:12:00.123Z`
fn timestamp(time: SystemTime) -> String {
    let form =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    OffsetDateTime::from(time).format(form).unwrap_or_default()
}
