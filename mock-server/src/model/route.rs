//! Method and raw path → operation.
//!
//! Works on the bytes of the path as they came: one segment per label, so an encoded slash stays
//! inside its label and a raw one changes the number of segments, as on the real service.

use super::load::{Model, Protocol};
use super::shape::Operation;

/// Finds operations by method and raw path.
#[derive(Debug)]
pub struct Router {
    /// Routes by number of segments.
    by_length: Vec<Vec<Route>>,
}

#[derive(Debug)]
struct Route {
    method: Box<str>,
    segments: Vec<Segment>,
    model: usize,
    operation: usize,
}

#[derive(Debug)]
enum Segment {
    Literal(Box<str>),
    Label(Box<str>),
}

/// A route that matched.
#[derive(Debug)]
pub struct Routed<'m, 'p> {
    /// Index of the model in the list that the router was built from.
    pub model: usize,
    /// The operation.
    pub operation: &'m Operation,
    /// Raw label values, still encoded, by wire name.
    pub labels: Vec<(&'m str, &'p str)>,
}

impl Router {
    /// Builds the table over all models; models that do not route by path (query protocol) add
    /// nothing.
    pub fn new(models: &[Model]) -> Self {
        let mut by_length: Vec<Vec<Route>> = Vec::new();
        for (model, m) in models
            .iter()
            .enumerate()
            .filter(|(_, m)| m.protocol == Protocol::RestJson)
        {
            for (operation, o) in m.operations.iter().enumerate() {
                let segments: Vec<Segment> = split(&o.uri).map(Segment::parse).collect();
                if by_length.len() <= segments.len() {
                    by_length.resize_with(segments.len() + 1, Vec::new);
                }
                by_length[segments.len()].push(Route {
                    method: o.method.clone(),
                    segments,
                    model,
                    operation,
                });
            }
        }
        // A literal beats a label: `/guardrails/x` must not hide a sibling that is spelled out.
        for routes in &mut by_length {
            routes.sort_by_key(|r| {
                r.segments
                    .iter()
                    .filter(|s| matches!(s, Segment::Label(_)))
                    .count()
            });
        }
        Self { by_length }
    }

    /// The operation that method and raw path name, among the models that `visible` admits.
    pub fn find<'m, 'p>(
        &'m self,
        models: &'m [Model],
        method: &str,
        raw_path: &'p str,
        visible: impl Fn(usize) -> bool,
    ) -> Option<Routed<'m, 'p>> {
        let count = split(raw_path).count();
        let route = self
            .by_length
            .get(count)?
            .iter()
            .find(|r| &*r.method == method && visible(r.model) && r.matches(raw_path))?;
        let labels = route
            .segments
            .iter()
            .zip(split(raw_path))
            .filter_map(|(segment, raw)| match segment {
                Segment::Label(name) => Some((&**name, raw)),
                Segment::Literal(_) => None,
            })
            .collect();
        Some(Routed {
            model: route.model,
            operation: &models[route.model].operations[route.operation],
            labels,
        })
    }
}

impl Route {
    fn matches(&self, raw_path: &str) -> bool {
        self.segments
            .iter()
            .zip(split(raw_path))
            .all(|(segment, raw)| match segment {
                Segment::Literal(text) => &**text == raw,
                Segment::Label(_) => true,
            })
    }
}

impl Segment {
    fn parse(text: &str) -> Self {
        match text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
            Some(label) => Self::Label(label.trim_end_matches('+').into()),
            None => Self::Literal(text.into()),
        }
    }
}

/// Segments after the leading slash. Empty ones count: `/model//converse` has an empty label, and
/// a trailing slash is one segment more.
fn split(path: &str) -> std::str::Split<'_, char> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}
