//! Every member below an operation's input, with the way to it.

use serde_json::Value;

use crate::model::{Overlay, Service};

/// Members are followed this deep; deeper ones are of shapes that were met before.
const DEPTH: usize = 12;

/// One step on the way to a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Into a structure's member.
    Member(String),
    /// Into a list's first entry.
    Entry,
}

/// One member of a request.
#[derive(Debug, Clone)]
pub struct Member {
    /// The way to it from the input.
    pub way: Vec<Step>,
    /// Its shape.
    pub shape: String,
    /// Where it is sent: none for the body, else `uri`, `querystring` or `header`.
    pub location: Option<String>,
    /// Whether the structure that holds it requires it.
    pub required: bool,
    /// Whether texts leave its value out: something in it or around it is sensitive.
    pub hidden: bool,
}

impl Member {
    /// As the service's texts have it: `messages.1.member.content`.
    pub fn path(&self) -> String {
        let mut out = String::new();
        for step in &self.way {
            match step {
                Step::Member(name) => {
                    if !out.is_empty() {
                        out.push('.');
                    }
                    out.push_str(name);
                }
                Step::Entry => out.push_str(".1.member"),
            }
        }
        out
    }
}

/// All members below a shape; each shape is entered once on a way.
pub fn members(service: &Service, overlay: &Overlay, input: &str) -> Vec<Member> {
    let mut walk = Walk {
        service,
        overlay,
        out: Vec::new(),
    };
    walk.structure(input, &mut Vec::new(), &mut vec![input.to_owned()], false);
    walk.out
}

struct Walk<'a> {
    service: &'a Service,
    overlay: &'a Overlay,
    out: Vec<Member>,
}

impl Walk<'_> {
    fn structure(
        &mut self,
        shape: &str,
        way: &mut Vec<Step>,
        around: &mut Vec<String>,
        hidden: bool,
    ) {
        let members: Vec<(String, Value, String)> = self
            .service
            .members(shape)
            .into_iter()
            .map(|(name, member, of)| (name.to_owned(), member.clone(), of.to_owned()))
            .collect();
        for (name, member, of) in members {
            way.push(Step::Member(name.clone()));
            let required = self.service.is_required(shape, &name);
            let location = member["location"].as_str().map(str::to_owned);
            self.visit(&of, way, around, hidden, required, location);
            way.pop();
        }
    }

    fn visit(
        &mut self,
        shape: &str,
        way: &mut Vec<Step>,
        around: &mut Vec<String>,
        hidden: bool,
        required: bool,
        location: Option<String>,
    ) {
        let hidden = hidden || self.is_sensitive(shape);
        self.out.push(Member {
            way: way.clone(),
            shape: shape.to_owned(),
            location,
            required,
            hidden: hidden || self.holds_sensitive(shape, &mut Vec::new()),
        });
        if around.iter().any(|met| met == shape) || around.len() >= DEPTH {
            return;
        }
        around.push(shape.to_owned());
        let stated = self.service.shape(shape).clone();
        match stated["type"].as_str() {
            Some("structure") if stated["document"] != true => {
                self.structure(shape, way, around, hidden);
            }
            Some("list") => {
                way.push(Step::Entry);
                let of = stated["member"]["shape"].as_str().unwrap_or_default();
                self.visit(of, way, around, hidden, false, None);
                way.pop();
            }
            _ => {}
        }
        around.pop();
    }

    fn is_sensitive(&self, shape: &str) -> bool {
        self.service.shape(shape)["sensitive"] == true
            || self.overlay.hides(&self.service.name, shape)
    }

    fn holds_sensitive(&self, shape: &str, met: &mut Vec<String>) -> bool {
        if self.is_sensitive(shape) {
            return true;
        }
        if met.iter().any(|earlier| earlier == shape) {
            return false;
        }
        met.push(shape.to_owned());
        let stated = self.service.shape(shape);
        let below = [&stated["member"], &stated["key"], &stated["value"]];
        below
            .into_iter()
            .filter_map(|of| of["shape"].as_str())
            .chain(
                self.service
                    .members(shape)
                    .into_iter()
                    .map(|(.., of)| of)
                    .collect::<Vec<_>>(),
            )
            .any(|of| self.holds_sensitive(of, met))
    }
}
