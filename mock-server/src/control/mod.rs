//! `/_mock/…`: what users of the mock itself ask and set. Needs none of AWS's credentials and
//! imitates nothing.
//!
//! One file for each resource; [`table`] lists them all. `openapi.json` describes every path, and a
//! test holds it against the running table.

mod account;
mod accounts;
mod catalogue;
mod clock;
pub(crate) mod console;
mod coverage;
mod extract;
mod faults;
mod health;
mod journal;
mod metrics;
mod openapi;
mod problem;
mod reset;
mod scenarios;
mod token;
mod verify;
mod wait;

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get};

use crate::app::App;
use crate::config::Switch;

pub use extract::{JsonBody, Params};
pub use problem::Problem;

/// Paths below this are the mock's own.
pub const PREFIX: &str = "/_mock/";

/// Whether a path is the mock's own: below [`PREFIX`], or that without its last slash, as people type
/// it.
pub fn takes(path: &str) -> bool {
    path.starts_with(PREFIX) || path == PREFIX.trim_end_matches('/')
}

/// Paths of a resource, and what they do by method.
pub(crate) type Routes = Vec<(&'static str, MethodRouter<Arc<App>>)>;

/// Every resource. A new one is a file and a line here.
fn table() -> Routes {
    [
        health::routes(),
        coverage::routes(),
        journal::routes(),
        wait::routes(),
        verify::routes(),
        accounts::routes(),
        account::routes(),
        clock::routes(),
        reset::routes(),
        catalogue::routes(),
        metrics::routes(),
        openapi::routes(),
        scenarios::routes(),
        faults::routes(),
        console::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// All paths, for messages and tests.
pub fn paths() -> Vec<&'static str> {
    table().into_iter().map(|(path, _)| path).collect()
}

/// The router: the whole table, or health alone where the control API is off.
pub fn router(app: Arc<App>) -> Router {
    let routes = match app.config.control {
        Switch::On => table(),
        Switch::Off => health::routes(),
    };
    let mut router = Router::new();
    for (path, methods) in routes {
        router = router.route(path, methods);
    }
    if app.config.control == Switch::On {
        router = router.route(console::TYPED, get(console::lead));
    }
    router
        .fallback(match app.config.control {
            Switch::On => unknown,
            Switch::Off => off,
        })
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(Arc::clone(&app), token::demand))
        .with_state(app)
}

fn unknown() -> std::future::Ready<Problem> {
    let there = paths().join(", ");
    let text =
        format!("no such control path; there are {there}; GET /_mock/openapi.json tells more");
    std::future::ready(Problem::new(StatusCode::NOT_FOUND, text))
}

fn off() -> std::future::Ready<Problem> {
    let text = "the control API is off; only GET /_mock/health answers; start with --control on";
    std::future::ready(Problem::new(StatusCode::NOT_FOUND, text))
}

async fn wrong_method(method: Method, uri: Uri) -> Problem {
    let text = format!(
        "{method} is not for {}; the header Allow lists what is",
        uri.path()
    );
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, text)
}
