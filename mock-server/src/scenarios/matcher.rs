//! `match`: which requests a scenario is for.

use super::clause::{Clause, ToolResult};
use super::node::{Node, Problem, Problems, Read};
use super::request_view::Subject;
use super::text_match::TextMatch;
use crate::diagnostics::suggest::nearest;
use crate::model::Model;

/// Members of `match`.
pub const CLAUSES: &[&str] = &[
    "operation",
    "model",
    "family",
    "account",
    "lastUser",
    "system",
    "turn",
    "toolResult",
    "tools",
    "body",
    "header",
    "stream",
];

/// Most turns that a conversation may be expected to have.
const TURNS: u64 = 1_000_000;

/// All clauses must fit; one that is absent fits everything.
#[derive(Debug, Clone, Default)]
pub struct Matcher {
    /// The clauses, in the order in which they are held against a request.
    pub clauses: Vec<Clause>,
}

impl Matcher {
    /// Reads a `match` object. `models` are the service models.
    pub fn read(node: &Node<'_>, models: &[Model]) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        problems.keep(node.any_object("match"));
        problems.0.extend(node.strange("match", CLAUSES));
        let mut clauses = Vec::new();
        for name in CLAUSES {
            if let Some(inner) = node.at(name) {
                let read = read_clause(name, &inner, models);
                clauses.extend(problems.keep(read).into_iter().flatten());
            }
        }
        // What is told quickly is asked first: most requests miss most scenarios.
        clauses.sort_by_key(Clause::cost);
        problems.or(Some(Self { clauses }))
    }

    /// Whether a request fits all clauses.
    pub fn fits(&self, subject: &Subject<'_>) -> bool {
        self.clauses.iter().all(|clause| clause.fits(subject))
    }

    /// The first clause that a request does not fit, in words.
    pub fn misfit(&self, subject: &Subject<'_>) -> Option<String> {
        let missed = self.clauses.iter().find(|clause| !clause.fits(subject))?;
        Some(missed.describe(subject))
    }

    /// How many clauses a request fits.
    pub fn fitting(&self, subject: &Subject<'_>) -> usize {
        let fits = |clause: &&Clause| clause.fits(subject);
        self.clauses.iter().filter(fits).count()
    }

    /// More clauses are more specific, then more exact ones.
    pub fn specificity(&self) -> (usize, u32) {
        let weight = self.clauses.iter().map(Clause::weight).sum();
        (self.clauses.len(), weight)
    }

    /// The operations that it names, if it names any.
    pub fn operations(&self) -> Option<&[String]> {
        self.clauses.iter().find_map(|c| match c {
            Clause::Operation(all) => Some(all.as_slice()),
            _ => None,
        })
    }

    /// Whether each request that fits `other` fits this too, as far as the clauses tell.
    pub fn covers(&self, other: &Self) -> bool {
        let covered = |wide: &Clause| other.clauses.iter().any(|narrow| wide.covers(narrow));
        self.clauses.iter().all(covered)
    }
}

fn read_clause(name: &str, node: &Node<'_>, models: &[Model]) -> Read<Vec<Clause>> {
    Ok(match name {
        "operation" => {
            let named = node.texts("operation")?;
            for entry in node.one_or_list() {
                let operation = entry.text("operation")?;
                if !models.iter().any(|m| m.operation(operation).is_some()) {
                    let all = models.iter().flat_map(|m| &m.operations);
                    let all: Vec<&str> = all.map(|o| &*o.name).collect();
                    let near = nearest(operation, &all);
                    let near = near.map_or_else(
                        || "names are like Converse or ConverseStream".into(),
                        |near| format!("did you mean {near:?}?"),
                    );
                    return Err(entry.wrong(format!(
                        "no service model has an operation {operation:?}; {near}"
                    )));
                }
            }
            vec![Clause::Operation(named)]
        }
        "model" => vec![Clause::Model(node.texts("model")?)],
        "family" => vec![Clause::Family(node.text("family")?.into())],
        "account" => {
            let account = node.text("account")?;
            if !crate::account::is_account(account) {
                return Err(node.wrong(format!("an account has 12 digits, this is {account:?}")));
            }
            vec![Clause::Account(account.into())]
        }
        "lastUser" => vec![Clause::LastUser(TextMatch::read(node, "lastUser")?)],
        "system" => vec![Clause::System(TextMatch::read(node, "system")?)],
        "turn" => vec![Clause::Turn(node.number("turn", 1, TURNS)?)],
        "toolResult" => vec![Clause::ToolResult(read_tool_result(node)?)],
        "tools" => vec![Clause::Tools(node.texts("tools")?)],
        "stream" => vec![Clause::Stream(node.boolean("stream")?)],
        "body" => read_body(node)?,
        _ => read_headers(node)?,
    })
}

fn read_body(node: &Node<'_>) -> Read<Vec<Clause>> {
    let mut clauses = Vec::new();
    for (pointer, wanted) in node.any_object("body")? {
        if !pointer.is_empty() && !pointer.starts_with('/') {
            let inner = node.at(pointer).unwrap_or_else(|| node.clone());
            return Err(inner.wrong(format!(
                "{pointer:?} is no JSON pointer: those begin with /, for example /inferenceConfig/maxTokens"
            )));
        }
        clauses.push(Clause::Body(pointer.clone(), wanted.clone()));
    }
    Ok(clauses)
}

fn read_headers(node: &Node<'_>) -> Read<Vec<Clause>> {
    let mut clauses = Vec::new();
    for name in node.any_object("header")?.keys() {
        let Some(inner) = node.at(name) else {
            return Err(node.wrong(format!("{name} is null: leave it out instead")));
        };
        if http::HeaderName::try_from(name.as_str()).is_err() {
            return Err(inner.wrong(format!("{name:?} is no name of an HTTP header")));
        }
        let wanted = TextMatch::read(&inner, "a header")?;
        clauses.push(Clause::Header(name.to_ascii_lowercase(), wanted));
    }
    Ok(clauses)
}

fn read_tool_result(node: &Node<'_>) -> Read<Option<ToolResult>> {
    if let Some(wanted) = node.value.as_bool() {
        return Ok(wanted.then(ToolResult::default));
    }
    node.object("toolResult", &["tool", "content", "json"])?;
    let tool = node.at("tool").map(|n| n.text("tool").map(Into::into));
    let content = node.at("content").map(|n| TextMatch::read(&n, "content"));
    Ok(Some(ToolResult {
        tool: tool.transpose()?,
        content: content.transpose()?,
        json: node.at("json").map(|n| n.value.clone()),
    }))
}
