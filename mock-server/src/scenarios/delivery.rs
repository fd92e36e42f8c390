//! How an answer is delivered: `fault` and `pacing` of a scenario or of one reply.

use serde_json::{Map, Value};

use super::node::{Node, Problem, Problems, Read};
use crate::faults::{Fault, Pacing};

/// Members of `pacing`.
const PACING: &[&str] = &[
    "firstEventMs",
    "eventsPerSecond",
    "jitter",
    "seed",
    "gapsMs",
];

/// Most faults of one answer.
const MOST_FAULTS: usize = 100;

/// How an answer is delivered.
#[derive(Debug, Clone, Default)]
pub struct Delivery {
    /// What goes wrong with it.
    pub faults: Vec<Fault>,
    /// How fast it comes.
    pub pacing: Option<Pacing>,
}

impl Delivery {
    /// Reads the members `fault` and `pacing` of a scenario or of a reply.
    pub fn read(node: &Node<'_>) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        let faults = node.at("fault").map(|n| problems.keep(read_faults(&n)));
        let pacing = node.at("pacing").map(|n| problems.keep(read_pacing(&n)));
        problems.or(Some(Self {
            faults: faults.flatten().unwrap_or_default(),
            pacing: pacing.flatten(),
        }))
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty() && self.pacing.is_none()
    }

    /// This, and `other`'s where this says nothing.
    pub fn or(self, other: &Self) -> Self {
        Self {
            faults: match self.faults.is_empty() {
                true => other.faults.clone(),
                false => self.faults,
            },
            pacing: self.pacing.or_else(|| other.pacing.clone()),
        }
    }
}

fn read_faults(node: &Node<'_>) -> Read<Vec<Fault>> {
    let all = match node.value.is_array() {
        true => node.filled_list("fault")?,
        false => vec![node.clone()],
    };
    if all.len() > MOST_FAULTS {
        return Err(node.wrong(format!(
            "an answer has at most {MOST_FAULTS} faults, these are {}",
            all.len()
        )));
    }
    all.iter().map(read_fault).collect()
}

fn read_fault(node: &Node<'_>) -> Read<Fault> {
    let members = node.any_object("a fault")?;
    Fault::read(members.clone()).map_err(|e| {
        let place = e.member.as_deref().and_then(|name| node.at(name));
        place.unwrap_or_else(|| node.clone()).wrong(e.message)
    })
}

fn read_pacing(node: &Node<'_>) -> Read<Pacing> {
    // One member at a time, so that what is wrong is told where it stands.
    for (name, value) in node.object("pacing", PACING)? {
        let one = Value::Object(Map::from_iter([(name.clone(), value.clone())]));
        if let Err(why) = pacing_of(one) {
            let place = node.at(name).unwrap_or_else(|| node.clone());
            return Err(place.wrong(format!("pacing: {why}")));
        }
    }
    pacing_of(node.value.clone()).map_err(|why| node.wrong(format!("pacing: {why}")))
}

fn pacing_of(value: Value) -> Result<Pacing, String> {
    let pacing: Pacing = serde_json::from_value(value).map_err(|e| e.to_string())?;
    pacing.check().map(|()| pacing)
}
