//! How an answer is delivered: `fault` and `pacing`, kept as they were written.
//!
//! Only their outline is checked here; what delivers them reads them.

use serde_json::Value;

use super::node::{Node, Problem, Problems, Read};

/// Members of `pacing`.
pub const PACING: &[&str] = &[
    "firstEventMs",
    "eventsPerSecond",
    "jitter",
    "seed",
    "gapsMs",
];

/// Longest wait that a pace may ask for, ms.
const LONGEST_MS: f64 = 3_600_000.0;
/// Most faults of one answer.
const MOST_FAULTS: usize = 100;
/// Most gaps of one pace.
const MOST_GAPS: usize = 100_000;

/// How an answer is delivered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Delivery {
    /// What goes wrong with it.
    pub fault: Vec<Value>,
    /// How fast it comes.
    pub pacing: Option<Value>,
}

impl Delivery {
    /// Reads the members `fault` and `pacing` of a scenario or of a reply.
    pub fn read(node: &Node<'_>) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        let fault = node.at("fault").map(|n| problems.keep(read_faults(&n)));
        let pacing = node.at("pacing").map(|n| problems.keep(read_pacing(&n)));
        problems.or(Some(Self {
            fault: fault.flatten().unwrap_or_default(),
            pacing: pacing.flatten(),
        }))
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.fault.is_empty() && self.pacing.is_none()
    }

    /// This, and `other`'s where this says nothing.
    pub fn or(self, other: &Self) -> Self {
        Self {
            fault: match self.fault.is_empty() {
                true => other.fault.clone(),
                false => self.fault,
            },
            pacing: self.pacing.or_else(|| other.pacing.clone()),
        }
    }
}

fn read_faults(node: &Node<'_>) -> Read<Vec<Value>> {
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
    for fault in &all {
        fault.any_object("a fault")?;
        let Some(kind) = fault.at("kind") else {
            return Err(fault.wrong("a fault is {\"kind\": …} and what that kind asks for"));
        };
        kind.text("kind")?;
    }
    Ok(all.into_iter().map(|fault| fault.value.clone()).collect())
}

fn read_pacing(node: &Node<'_>) -> Read<Value> {
    node.object("pacing", PACING)?;
    if let Some(first) = node.at("firstEventMs") {
        first.decimal("firstEventMs", 0.0, LONGEST_MS)?;
    }
    if let Some(rate) = node.at("eventsPerSecond") {
        rate.decimal("eventsPerSecond", 0.001, 1_000_000.0)?;
    }
    if let Some(jitter) = node.at("jitter") {
        jitter.decimal("jitter", 0.0, 1.0)?;
    }
    if let Some(seed) = node.at("seed") {
        seed.number("seed", 0, u64::MAX)?;
    }
    if let Some(gaps) = node.at("gapsMs") {
        let all = gaps.list("gapsMs")?;
        if all.len() > MOST_GAPS {
            return Err(gaps.wrong(format!("at most {MOST_GAPS} gaps, these are {}", all.len())));
        }
        for gap in &all {
            gap.decimal("a gap", 0.0, LONGEST_MS)?;
        }
    }
    Ok(node.value.clone())
}
