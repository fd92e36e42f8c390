//! Reads a service model (botocore's `service-2.json` structure) into dense tables.

use std::collections::HashMap;
use std::fmt;

use serde_json::{Map, Value};

use super::overlay::Overlay;
use super::shape::{Bounds, Kind, Location, Member, Operation, Pattern, Shape, ShapeId};
use crate::json::Json as _;
use crate::operations;

/// One service: its shapes, operations and exceptions.
#[derive(Debug)]
pub struct Model {
    /// Name of the endpoint prefix, for example `bedrock-runtime`.
    pub service: Box<str>,
    /// How requests are read and answers written.
    pub protocol: Protocol,
    /// Name of the service in signatures and in IAM actions, for example `bedrock`.
    pub signing_name: Box<str>,
    /// API version, a date.
    pub api_version: Box<str>,
    /// Namespace of the service's XML answers, absent where answers are JSON.
    pub xml_namespace: Option<Box<str>>,
    /// Operations in the model's order.
    pub operations: Vec<Operation>,
    shapes: Vec<Shape>,
    by_name: HashMap<Box<str>, ShapeId>,
    exceptions: HashMap<Box<str>, u16>,
    /// Where the service departs from the model.
    pub overlay: Overlay,
}

/// How a service reads requests and writes answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Paths, headers and JSON bodies.
    RestJson,
    /// Forms in, XML out: IAM and STS.
    Query,
}

impl Protocol {
    fn read(name: &str) -> Result<Self, LoadError> {
        match name {
            "rest-json" => Ok(Self::RestJson),
            "query" => Ok(Self::Query),
            other => Err(LoadError(format!("unknown protocol {other:?}"))),
        }
    }
}

/// The model's data are not what this reader expects. Only a damaged build can show one.
#[derive(Debug)]
pub struct LoadError(String);

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "service model: {}", self.0)
    }
}

impl std::error::Error for LoadError {}

impl Model {
    /// Reads one model and the overlay that applies to it.
    pub fn load(text: &str, overlay: Overlay) -> Result<Self, LoadError> {
        let root: Value = serde_json::from_str(text).map_err(|e| LoadError(e.to_string()))?;
        let raw_shapes = object(&root, "shapes")?;
        let by_name: HashMap<Box<str>, ShapeId> = raw_shapes
            .keys()
            .enumerate()
            .map(|(i, name)| (name.as_str().into(), ShapeId(i as u32)))
            .collect();
        let names = Names { by_name: &by_name };

        let mut shapes = Vec::with_capacity(raw_shapes.len());
        let mut exceptions = HashMap::new();
        for (name, raw) in raw_shapes {
            if raw.member("exception").and_then(Value::as_bool) == Some(true)
                || raw.member("error").is_some()
            {
                let status = raw
                    .pointer("/error/httpStatusCode")
                    .and_then(Value::as_u64)
                    .unwrap_or(400);
                exceptions.insert(name.as_str().into(), status as u16);
            }
            let sensitive = raw.member("sensitive").and_then(Value::as_bool) == Some(true)
                || overlay.is_sensitive(name);
            let mut kind = names.kind(name, raw)?;
            if let Kind::Structure { members, .. } = &mut kind {
                overlay.reorder(name, members);
            }
            if let Kind::String { pattern, .. } = &mut kind
                && overlay.ignores_pattern(name)
            {
                *pattern = None;
            }
            shapes.push(Shape {
                name: name.as_str().into(),
                kind,
                sensitive,
            });
        }

        let metadata = object(&root, "metadata")?;
        let service = text_of(metadata, "endpointPrefix")?;
        let mut operations = Vec::new();
        for (name, raw) in object(&root, "operations")? {
            let mut operation = names.operation(name, raw, raw_shapes)?;
            let output = operation.output.map(|id| &shapes[id.0 as usize].kind);
            operation.streams = output.is_some_and(|kind| has_event_stream(kind, &shapes));
            operation.known = operations::find(service, name);
            operations.push(operation);
        }
        Ok(Self {
            service: service.into(),
            protocol: Protocol::read(text_of(metadata, "protocol")?)?,
            signing_name: text_of(metadata, "signingName").unwrap_or(service).into(),
            api_version: text_of(metadata, "apiVersion")?.into(),
            xml_namespace: metadata
                .member("xmlNamespace")
                .and_then(Value::as_str)
                .map(Into::into),
            operations,
            shapes,
            by_name,
            exceptions,
            overlay,
        })
    }

    /// The shape behind an id of this model.
    pub fn shape(&self, id: ShapeId) -> &Shape {
        &self.shapes[id.0 as usize]
    }

    /// All shapes with their ids.
    pub fn shapes(&self) -> impl Iterator<Item = (ShapeId, &Shape)> {
        self.shapes
            .iter()
            .enumerate()
            .map(|(i, s)| (ShapeId(i as u32), s))
    }

    /// The id of a shape by name.
    pub fn shape_id(&self, name: &str) -> Option<ShapeId> {
        self.by_name.get(name).copied()
    }

    /// An operation by name.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.iter().find(|o| &*o.name == name)
    }

    /// The members of a structure or event stream, none for any other shape.
    pub fn members(&self, id: ShapeId) -> &[Member] {
        match &self.shape(id).kind {
            Kind::Structure { members, .. } | Kind::EventStream { members } => members,
            _ => &[],
        }
    }

    /// The member of an operation's output that is an event stream.
    pub fn event_stream(&self, operation: &Operation) -> Option<&Member> {
        self.members(operation.output?)
            .iter()
            .find(|m| matches!(self.shape(m.shape).kind, Kind::EventStream { .. }))
    }

    /// HTTP status of a modelled exception.
    pub fn exception_status(&self, name: &str) -> Option<u16> {
        self.exceptions.get(name).copied()
    }
}

struct Names<'a> {
    by_name: &'a HashMap<Box<str>, ShapeId>,
}

impl Names<'_> {
    fn kind(&self, name: &str, raw: &Value) -> Result<Kind, LoadError> {
        let length = || Bounds {
            min: raw.member("min").and_then(Value::as_u64),
            max: raw.member("max").and_then(Value::as_u64),
        };
        let range = || Bounds {
            min: raw.member("min").and_then(Value::as_f64),
            max: raw.member("max").and_then(Value::as_f64),
        };
        let flag = |key: &str| raw.member(key).and_then(Value::as_bool) == Some(true);
        Ok(match raw.member("type").and_then(Value::as_str) {
            Some("structure") if flag("document") => Kind::Document,
            Some("structure") => {
                let members = self.members(name, raw)?;
                if flag("eventstream") {
                    Kind::EventStream { members }
                } else {
                    Kind::Structure {
                        members,
                        union: flag("union"),
                    }
                }
            }
            Some("list") => Kind::List {
                member: self.reference(name, raw, "member")?,
                length: length(),
            },
            Some("map") => Kind::Map {
                key: self.reference(name, raw, "key")?,
                value: self.reference(name, raw, "value")?,
                length: length(),
            },
            Some("string") => Kind::String {
                values: raw
                    .member("enum")
                    .and_then(Value::as_array)
                    .map(|all| {
                        all.iter()
                            .filter_map(Value::as_str)
                            .map(Into::into)
                            .collect()
                    })
                    .unwrap_or_default(),
                pattern: raw
                    .member("pattern")
                    .and_then(Value::as_str)
                    .map(Pattern::new),
                length: length(),
            },
            Some("blob") => Kind::Blob { length: length() },
            Some("integer") => Kind::Integer { range: range() },
            Some("long") => Kind::Long { range: range() },
            Some("float") => Kind::Float { range: range() },
            Some("double") => Kind::Double { range: range() },
            Some("boolean") => Kind::Boolean,
            Some("timestamp") => Kind::Timestamp,
            other => {
                return Err(LoadError(format!(
                    "shape {name} has unknown type {other:?}"
                )));
            }
        })
    }

    fn members(&self, name: &str, raw: &Value) -> Result<Vec<Member>, LoadError> {
        let required: Vec<&str> = raw.texts("required").collect();
        let mut members = Vec::new();
        for (member, raw) in raw
            .member("members")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let location = match raw.member("location").and_then(Value::as_str) {
                None | Some("statusCode") => Location::Body,
                Some("uri") => Location::Uri,
                Some("querystring") => Location::Query,
                Some("header") => Location::Header,
                Some("headers") => Location::HeaderMap,
                Some(other) => {
                    return Err(LoadError(format!(
                        "{name}.{member} has unknown location {other}"
                    )));
                }
            };
            members.push(Member {
                name: member.as_str().into(),
                wire_name: raw
                    .member("locationName")
                    .and_then(Value::as_str)
                    .unwrap_or(member)
                    .into(),
                location,
                shape: self.reference(name, raw, "shape")?,
                required: required.contains(&member.as_str()),
            });
        }
        Ok(members)
    }

    fn operation(
        &self,
        name: &str,
        raw: &Value,
        shapes: &Map<String, Value>,
    ) -> Result<Operation, LoadError> {
        let named = |key: &str| {
            raw.pointer(&format!("/{key}/shape"))
                .and_then(Value::as_str)
        };
        let id = |shape: Option<&str>| shape.and_then(|s| self.by_name.get(s).copied());
        let http = |key: &str| raw.pointer(&format!("/http/{key}"));
        Ok(Operation {
            name: name.into(),
            method: http("method")
                .and_then(Value::as_str)
                .ok_or_else(|| LoadError(format!("{name} has no method")))?
                .into(),
            uri: http("requestUri")
                .and_then(Value::as_str)
                .ok_or_else(|| LoadError(format!("{name} has no uri")))?
                .into(),
            status: http("responseCode").and_then(Value::as_u64).unwrap_or(200) as u16,
            input: id(named("input")),
            output: id(named("output")),
            payload: named("input")
                .and_then(|s| shapes.get(s)?.get("payload")?.as_str())
                .map(Into::into),
            errors: raw
                .member("errors")
                .and_then(Value::as_array)
                .map(|all| {
                    all.iter()
                        .filter_map(|e| e.get("shape")?.as_str())
                        .map(Into::into)
                        .collect()
                })
                .unwrap_or_default(),
            streams: false,
            known: None,
        })
    }

    fn reference(&self, owner: &str, raw: &Value, key: &str) -> Result<ShapeId, LoadError> {
        let target = raw
            .get(key)
            .and_then(|v| v.as_str().or_else(|| v.get("shape")?.as_str()));
        target
            .and_then(|t| self.by_name.get(t).copied())
            .ok_or_else(|| {
                LoadError(format!(
                    "{owner} refers to a shape that does not exist ({target:?})"
                ))
            })
    }
}

fn has_event_stream(output: &Kind, shapes: &[Shape]) -> bool {
    let Kind::Structure { members, .. } = output else {
        return false;
    };
    let mut kinds = members.iter().map(|m| &shapes[m.shape.0 as usize].kind);
    kinds.any(|kind| matches!(kind, Kind::EventStream { .. }))
}

fn object<'a>(root: &'a Value, key: &str) -> Result<&'a Map<String, Value>, LoadError> {
    root.get(key)
        .and_then(Value::as_object)
        .ok_or_else(|| LoadError(format!("no object `{key}`")))
}

fn text_of<'a>(map: &'a Map<String, Value>, key: &str) -> Result<&'a str, LoadError> {
    map.get(key)
        .and_then(Value::as_str)
        .ok_or_else(|| LoadError(format!("metadata has no `{key}`")))
}
