//! A scenario: which requests it is for, and what they get.

use std::sync::Arc;

use serde_json::Value;

use super::delivery::Delivery;
use super::matcher::Matcher;
use super::node::{Node, Problem, Problems, Read};
use super::raw::Raw;
use super::request_view::Subject;
use super::{reply, template};
use crate::behaviour::Reply;
use crate::model::Model;
/// The operations that a scenario is for which names none: those in which a model answers.
pub(crate) use crate::operations::INFERENCE;

/// Members of a scenario.
pub const MEMBERS: &[&str] = &[
    "name", "about", "match", "reply", "times", "fault", "pacing",
];

/// Most answers that `times` may ask for.
const TIMES: u64 = 1_000_000_000;
/// Most replies of one scenario.
const STEPS: usize = 10_000;

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
    /// It says what a model says, so it is for requests that hold a conversation.
    pub speaks: bool,
}

/// One answer of a scenario.
#[derive(Debug)]
pub struct Step {
    /// What is answered; nothing where only a fault or a pace is set, which then goes with the
    /// default answer.
    pub what: What,
    /// How many times in a row it is given before the next one follows.
    pub times: u64,
    /// How it is delivered: as the step says, else as the scenario says.
    pub delivery: Delivery,
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
    /// Reads a scenario, or finds everything that is wrong with it. `models` are the service models,
    /// the runtime's first.
    pub fn read(node: &Node<'_>, models: &[Model]) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        if problems.keep(node.any_object("a scenario")).is_none() {
            return Err(problems.0);
        }
        problems.0.extend(node.strange("a scenario", MEMBERS));
        let misspelt = !problems.0.is_empty();
        let name = problems.keep(read_name(node));
        if let Some(about) = node.at("about") {
            problems.keep(about.text("about"));
        }
        let matcher = node
            .at("match")
            .map(|inner| problems.keep_all(Matcher::read(&inner, models)));
        let delivery = problems.keep_all(Delivery::read(node)).unwrap_or_default();
        let written = node.at("reply");
        let listed = written.as_ref().is_some_and(|r| r.value.is_array());
        let replies = written.as_ref().map(Node::one_or_list).unwrap_or_default();
        let does = ["reply", "fault", "pacing"];
        if listed && replies.is_empty() {
            problems.add(node.wrong("reply is an empty list: a scenario answers something"));
        } else if !misspelt && does.iter().all(|name| node.at(name).is_none()) {
            problems.add(node.wrong("a scenario does something: give it reply, fault or pacing"));
        }
        if replies.len() > STEPS {
            problems.add(node.wrong(format!(
                "a scenario has at most {STEPS} replies, this has {}",
                replies.len()
            )));
        }
        let mut steps = Vec::new();
        for reply in replies.iter().take(STEPS) {
            steps.extend(problems.keep_all(Step::read(reply, models, &delivery)));
        }
        if written.is_none() {
            steps.push(Step {
                what: What::Default,
                times: 1,
                delivery,
            });
        }
        let all: u64 = steps.iter().map(|s| s.times).sum();
        // One reply that says how often it is given is a list of one.
        let counted = listed || written.is_some_and(|reply| reply.at("times").is_some());
        let times = match node.at("times") {
            Some(times) => problems.keep(times.number("times", 1, TIMES)),
            None => counted.then_some(all),
        };
        let speaks = steps.iter().any(|s| matches!(s.what, What::Reply { .. }));
        problems.or(name.map(|name| Self {
            name,
            matcher: matcher.flatten().unwrap_or_default(),
            steps,
            times,
            written: node.value.clone(),
            speaks,
        }))
    }

    /// Whether it is for a request.
    pub fn fits(&self, subject: &Subject<'_>) -> bool {
        self.reaches(subject) && self.matcher.fits(subject)
    }

    /// The first thing in which a request misses it, in words.
    pub fn misfit(&self, subject: &Subject<'_>) -> Option<String> {
        if self.reaches(subject) {
            return self.matcher.misfit(subject);
        }
        if self.speaks && subject.conversation.is_none() {
            return Some("reply: is what a model says, the request holds no conversation".into());
        }
        Some(format!(
            "operation: wanted a model's answer, was {:?}, which match must name",
            subject.operation
        ))
    }

    /// What no clause says: a scenario that names no operation is for a model's answers alone, and
    /// what a model says answers conversations alone. Otherwise `{"reply": {"text": …}}` would be
    /// used up by whatever a client asks the control plane for.
    fn reaches(&self, subject: &Subject<'_>) -> bool {
        let named = || self.matcher.operations().is_some();
        (!self.speaks || subject.conversation.is_some())
            && (INFERENCE.contains(&subject.operation) || named())
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

fn read_name(node: &Node<'_>) -> Read<String> {
    let Some(name) = node.at("name") else {
        return Err(node.wrong("a scenario needs a name, for counts and messages"));
    };
    let text = name.text("name")?;
    match text.chars().count() {
        1..=200 => Ok(text.into()),
        count => Err(name.wrong(format!("a name has 1 to 200 characters, this has {count}"))),
    }
}

impl Step {
    fn read(node: &Node<'_>, models: &[Model], outer: &Delivery) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        if problems.keep(node.any_object("a reply")).is_none() {
            return Err(problems.0);
        }
        let mut known = reply::MEMBERS.to_vec();
        known.extend(["raw", "times", "fault", "pacing"]);
        known.extend(reply::IGNORED);
        problems.0.extend(node.strange("a reply", &known));
        let misspelt = !problems.0.is_empty();
        let times = node.at("times").map(|n| n.number("times", 1, TIMES));
        let times = times.map_or(Some(1), |times| problems.keep(times));
        let delivery = problems.keep_all(Delivery::read(node));
        let what = problems.keep_all(What::read(node, models));
        let delivers = delivery.as_ref().is_none_or(|d| !d.is_empty());
        if !misspelt && !delivers && matches!(what, Some(What::Default)) {
            problems.add(node.wrong(
                "a reply has text, content or output (a Converse answer), raw, fault or pacing",
            ));
        }
        let read = what.zip(times).zip(delivery);
        problems.or(read.map(|((what, times), delivery)| Self {
            what,
            times,
            delivery: delivery.or(outer),
        }))
    }
}

impl What {
    fn read(node: &Node<'_>, models: &[Model]) -> Result<Self, Vec<Problem>> {
        let says = reply::MEMBERS.iter().any(|name| node.at(name).is_some());
        let one = |problem: Problem| vec![problem];
        match (node.at("raw"), says, models.first()) {
            (Some(raw), false, _) => Raw::read(&raw)
                .map(|raw| Self::Raw(Arc::new(raw)))
                .map_err(one),
            (Some(raw), true, _) => Err(one(
                raw.wrong("raw is the whole answer: nothing else is said beside it")
            )),
            (None, true, Some(runtime)) => {
                let written = ["text", "content", "output"];
                let written: Vec<Node<'_>> = written.iter().filter_map(|n| node.at(n)).collect();
                for text in &written {
                    template::check(text, text.value).map_err(one)?;
                }
                Ok(Self::Reply {
                    reply: Arc::new(reply::read(node, runtime)?),
                    templates: written.iter().any(|n| template::holds(n.value)),
                })
            }
            _ => Ok(Self::Default),
        }
    }
}
