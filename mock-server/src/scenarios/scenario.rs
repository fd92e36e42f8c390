//! A scenario: which requests it is for, and what they get.

use std::sync::Arc;

use serde_json::Value;

use super::matcher::Matcher;
use super::node::{Node, Read};
use super::raw::Raw;
use super::{reply, template};
use crate::behaviour::Reply;
use crate::model::Model;

/// Members of a scenario.
const MEMBERS: &[&str] = &[
    "name", "about", "match", "reply", "times", "fault", "pacing",
];

/// A scenario.
#[derive(Debug)]
pub struct Scenario {
    /// Its name, for counts, the journal and messages.
    pub name: String,
    /// Which requests it is for.
    pub matcher: Matcher,
    /// What they get, in order.
    pub steps: Vec<Step>,
    /// How many answers it gives to an account in all; no limit if absent.
    pub times: Option<u64>,
    /// The scenario as it was written.
    pub written: Value,
}

/// One answer of a scenario.
#[derive(Debug)]
pub struct Step {
    /// What is answered; nothing where only a fault or a pace is set, which then goes with the
    /// default answer.
    pub what: What,
    /// How many times in a row it is given before the next one follows.
    pub times: u64,
}

/// What is answered.
#[derive(Debug)]
pub enum What {
    /// What the mock answers by itself.
    Default,
    /// A reply of the model.
    Reply {
        /// The reply.
        reply: Arc<Reply>,
        /// Its texts hold templates.
        templates: bool,
    },
    /// Bytes or events as they are.
    Raw(Arc<Raw>),
}

impl Scenario {
    /// Reads a scenario. `models` are the service models, the runtime's first.
    pub fn read(node: &Node<'_>, models: &[Model]) -> Read<Self> {
        node.object("a scenario", MEMBERS)?;
        let Some(name) = node.at("name") else {
            return Err(node.wrong("a scenario needs a name, for counts and messages"));
        };
        let name_text = name.text("name")?;
        if name_text.is_empty() || name_text.len() > 200 {
            return Err(name.wrong("a name has 1 to 200 bytes"));
        }
        let operations = |name: &str| models.iter().any(|m| m.operation(name).is_some());
        let matcher = match node.at("match") {
            Some(inner) => Matcher::read(&inner, &operations)?,
            None => Matcher::default(),
        };
        let listed = node.at("reply").is_some_and(|r| r.value.is_array());
        let replies = node
            .at("reply")
            .map(|r| r.one_or_list())
            .unwrap_or_default();
        if replies.is_empty() && node.at("fault").is_none() && node.at("pacing").is_none() {
            return Err(node.wrong("a scenario does something: give it reply, fault or pacing"));
        }
        let mut steps = replies
            .iter()
            .map(|r| Step::read(r, models))
            .collect::<Read<Vec<_>>>()?;
        if steps.is_empty() {
            steps.push(Step {
                what: What::Default,
                times: 1,
            });
        }
        let all: u64 = steps.iter().map(|s| s.times).sum();
        let times = match node.at("times") {
            Some(times) => Some(times.number("times", 1)?),
            None => listed.then_some(all),
        };
        Ok(Self {
            name: name_text.into(),
            matcher,
            steps,
            times,
            written: node.value.clone(),
        })
    }

    /// The step that the answer with this number, from 0, takes. The steps start over where `times`
    /// asks for more than there are.
    pub fn step(&self, number: u64) -> Option<(usize, &Step)> {
        if self.times.is_some_and(|times| number >= times) {
            return None;
        }
        let all: u64 = self.steps.iter().map(|s| s.times).sum();
        let mut left = number % all.max(1);
        for (at, step) in self.steps.iter().enumerate() {
            if left < step.times {
                return Some((at, step));
            }
            left -= step.times;
        }
        None
    }
}

impl Step {
    fn read(node: &Node<'_>, models: &[Model]) -> Read<Self> {
        let mut known = reply::MEMBERS.to_vec();
        known.extend(["raw", "times", "fault", "pacing"]);
        let members = node.object("a reply", &known)?;
        let times = node.at("times").map(|n| n.number("times", 1)).transpose()?;
        let says = reply::MEMBERS
            .iter()
            .any(|name| members.contains_key(*name));
        let what = match (node.at("raw"), says, models.first()) {
            (Some(raw), false, _) => What::Raw(Arc::new(Raw::read(&raw)?)),
            (Some(raw), true, _) => {
                return Err(raw.wrong("raw is the whole answer: nothing else is said beside it"));
            }
            (None, true, Some(runtime)) => {
                template::check(node, node.value)?;
                What::Reply {
                    reply: Arc::new(reply::read(node, runtime)?),
                    templates: template::holds(node.value),
                }
            }
            _ if node.at("fault").is_none() && node.at("pacing").is_none() => {
                return Err(node.wrong(
                    "a reply has text, content or output (a Converse answer), raw, fault or pacing",
                ));
            }
            _ => What::Default,
        };
        Ok(Self {
            what,
            times: times.unwrap_or(1),
        })
    }
}
