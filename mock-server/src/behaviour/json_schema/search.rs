//! Other choices, until an instance is valid.

use std::collections::VecDeque;

use serde_json::Value;

use super::{Context, validate};

/// Attempts on one part of a schema.
const ATTEMPTS: usize = 400;
/// Sequences of choices that wait for their turn.
const WAITING: usize = 4_000;

/// The choices of one attempt, in the order in which building comes to them.
#[derive(Debug, Default)]
pub(super) struct Choices {
    /// What was said beforehand; everything after it is 0.
    said: Vec<usize>,
    /// How many options each choice had.
    options: Vec<usize>,
}

impl Choices {
    fn of(said: Vec<usize>) -> Self {
        Self {
            said,
            options: Vec::new(),
        }
    }

    /// The next choice, among so many.
    pub(super) fn next(&mut self, options: usize) -> usize {
        let said = self.said.get(self.options.len()).copied().unwrap_or(0);
        self.options.push(options);
        said.min(options - 1)
    }
}

/// Builds with one sequence of choices after the other, those with the fewest departures from the
/// first options first. Returns the first instance that is valid, else the very first.
pub(super) fn search(context: &Context<'_>, schema: &Value, build: impl Fn() -> Value) -> Value {
    let outer = context.choices.take();
    let mut waiting = VecDeque::from([Vec::new()]);
    let mut first = None;
    let mut found = None;
    for _ in 0..ATTEMPTS {
        let Some(said) = waiting.pop_front() else {
            break;
        };
        context.choices.replace(Choices::of(said));
        let (nodes, bytes) = (context.nodes.get(), context.bytes.get());
        let built = build();
        let Choices { said, options } = context.choices.take();
        if validate::is_valid(context, schema, &built) {
            found = Some(built);
            break;
        }
        // What is thrown away is paid for in fuel.
        let used = nodes - context.nodes.get();
        let kept = first.is_none();
        first.get_or_insert(built);
        if !kept {
            context.nodes.set(nodes);
            context.bytes.set(bytes);
        }
        if !context.burn(50 + used) {
            break;
        }
        // Every later choice may turn out otherwise; earlier ones were turned already.
        for (at, options) in options.iter().enumerate().skip(said.len()) {
            for other in 1..*options {
                if waiting.len() < WAITING {
                    let mut next = said.clone();
                    next.resize(at, 0);
                    next.push(other);
                    waiting.push_back(next);
                }
            }
        }
    }
    context.choices.replace(outer);
    found.or(first).unwrap_or_default()
}
