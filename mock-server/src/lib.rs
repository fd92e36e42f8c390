//! A local Amazon Bedrock that official SDKs cannot tell from the real one.
//!
//! What happens to a request, and which module does it:
//!
//! | step | module |
//! |---|---|
//! | accept: TLS or plain by the first byte, HTTP/1.1 or HTTP/2 | [`server`], [`tls`] |
//! | read to its end, within limits; request id; access log | [`server`], [`request`], [`edge`] |
//! | method and raw path → operation, or the service's "unknown operation" | [`edge`], [`model`] |
//! | credentials → principal, or the refusal in the service's words | [`auth`] |
//! | bind and validate the input by the service model | [`model`] |
//! | the operation | [`ops`] |
//! | the request as a typed view, which rules and Converse read | `conversation` |
//! | what a user says that the "model" says | [`scenarios`] |
//! | what the "model" says by itself | [`behaviour`] |
//! | InvokeModel only: a family's body ⇄ neutral forms | [`providers`] |
//! | JSON, event-stream frames, SSE, errors | [`wire`] |
//! | what is remembered | [`state`] |
//! | what goes wrong on purpose, and how fast streams go | [`faults`] |
//! | what came in and what became of it | [`journal`] |
//! | `/_mock/…` | [`control`] |
//!
//! Around it: [`cli`] is the program, [`client_environment`] the variables in which unmodified clients
//! find a mock, [`app`] everything that requests share.
//!
//! Imports run down only, in this order, which a test reads here:
//!
//! ```text
//! cli
//! mock_server
//! server
//! control
//! edge
//! ops
//! app
//! scenarios
//! providers
//! client_environment
//! journal
//! auth
//! state
//! config
//! faults
//! wire
//! model
//! operations
//! conversation
//! behaviour
//! tls
//! diagnostics
//! request
//! account
//! json
//! glob
//! exit_codes
//! ```
//!
//! In a Rust test:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let bedrock = bedrock_mock::MockServer::start().await?;
//! let answer: serde_json::Value = reqwest::Client::new()
//!     .post(format!("{}/model/anthropic.claude-3-haiku-20240307-v1:0/converse", bedrock.url()))
//!     .bearer_auth(bedrock.api_key())
//!     .json(&serde_json::json!({"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}))
//!     .send()
//!     .await?
//!     .json()
//!     .await?;
//! assert_eq!(answer["stopReason"], "end_turn");
//! assert_eq!(answer["usage"]["inputTokens"], 8);
//! # Ok(())
//! # }
//! ```

mod account;
pub mod app;
pub mod auth;
pub mod behaviour;
pub mod cli;
pub mod client_environment;
pub mod config;
pub mod control;
mod conversation;
mod diagnostics;
pub mod edge;
pub mod exit_codes;
pub mod faults;
mod glob;
pub mod journal;
mod json;
#[cfg(test)]
mod layers_test;
mod mock_server;
pub mod model;
mod operations;
pub mod ops;
pub mod providers;
pub mod request;
pub mod scenarios;
pub mod server;
pub mod state;
pub mod tls;
pub mod wire;

pub use config::Config;
pub use diagnostics::StartError;
pub use mock_server::{Builder, MockServer};
pub use scenarios::Scenario;
