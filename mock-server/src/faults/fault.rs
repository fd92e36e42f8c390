//! One way to break an answer, in JSON an object tagged by `kind`.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::kinds::FaultEffect;
use super::{Descriptor, EncodedFrame, FaultContext, KINDS, RuleError, error_rows};
use crate::diagnostics::suggest::nearest;

pub use super::kinds::Fault;

impl Fault {
    /// Returns its name, the value of `kind`.
    pub fn kind(&self) -> &'static str {
        self.descriptor().name
    }

    /// Returns the description of this kind.
    pub fn descriptor(&self) -> &'static Descriptor {
        self.effect().descriptor()
    }

    /// Whether it can break answers of an operation.
    pub fn reaches(&self, context: &FaultContext<'_>) -> bool {
        context.within(self.descriptor()) && self.effect().reaches(context)
    }

    /// Reads a fault, all of whose members are its own.
    pub fn read(mut members: Map<String, Value>) -> Result<Self, RuleError> {
        let kind = match members.remove("kind") {
            Some(Value::String(kind)) => kind,
            Some(_) => return Err(RuleError::of("kind", "kind: expected a string")),
            None => {
                let text = format!("a fault needs \"kind\": one of {}", names());
                return Err(RuleError::new(text));
            }
        };
        let Some(read) = Self::read_kind(&kind, Value::Object(members.clone())) else {
            let text = format!(
                "kind {kind:?} is unknown{}; expected one of {}",
                hint(&kind),
                names()
            );
            return Err(RuleError::of("kind", text));
        };
        let fault = read.map_err(|e| {
            let mut error = RuleError::serde(&e);
            if error.member.is_none() {
                error.member = culprit(&kind, &members, &e.to_string());
                if let Some(member) = &error.member {
                    error.message = format!("{member}: {}", error.message);
                }
            }
            error.message = format!("{kind}: {}", error.message);
            error
        })?;
        match fault.effect().check() {
            Ok(()) => Ok(fault),
            Err(why) => {
                let member = why.split(':').next().unwrap_or_default().to_owned();
                Err(RuleError::of(&member, format!("{kind}: {why}")))
            }
        }
    }

    /// Changes a frame that was just encoded.
    pub fn frame(&self, made: &mut EncodedFrame<'_>) {
        self.effect().frame(made);
    }

    pub(super) fn effect(&self) -> &dyn FaultEffect {
        self.inner()
    }
}

/// What somebody who wrote an unknown kind may have meant.
fn hint(kind: &str) -> String {
    let exceptions = error_rows::kinds();
    let kinds = KINDS.iter().map(|about| about.name);
    let known: Vec<&str> = kinds.chain(exceptions.iter().copied()).collect();
    match nearest(kind, &known) {
        Some(near) if near != kind && exceptions.contains(&near) => format!(
            "; did you mean {{\"kind\": \"exception\", \"error\": {near:?}}}, which is {near} in --fault?"
        ),
        Some(near) if near != kind => format!("; did you mean {near:?}?"),
        _ if kind.ends_with("Exception") => {
            format!("; an error of the service is {{\"kind\": \"exception\", \"error\": {kind:?}}}")
        }
        _ => String::new(),
    }
}

/// The member without which this mistake is gone: serde does not name the one whose value is wrong.
fn culprit(kind: &str, members: &Map<String, Value>, mistake: &str) -> Option<String> {
    let without = |name: &String| {
        let mut rest = members.clone();
        rest.shift_remove(name);
        let read = Fault::read_kind(kind, Value::Object(rest));
        read.is_some_and(|read| read.err().is_none_or(|e| e.to_string() != mistake))
    };
    members.keys().find(|name| without(name)).cloned()
}

fn names() -> String {
    let names: Vec<&str> = KINDS.iter().map(|about| about.name).collect();
    names.join(", ")
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Map::deserialize(deserializer)?;
        Self::read(members).map_err(|e| D::Error::custom(e.message))
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = Map::new();
        members.insert("kind".into(), self.kind().into());
        if let Value::Object(own) = self.parameters() {
            members.extend(own);
        }
        members.serialize(serializer)
    }
}
