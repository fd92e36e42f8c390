//! Judges servers of Amazon Bedrock.
//!
//! What is expected comes from the service models and from recorded answers of the real service,
//! which this crate reads from `bedrock-fixtures`. It shares no code with any server it judges.
//!
//! ```sh
//! bedrock-conformance run                                  # bedrock-mock, all cases
//! bedrock-conformance run converse errors/blank-text       # case ids, or prefixes of ids
//! bedrock-conformance run --target url --url http://localhost:8080 --role text-cheap=my-model
//! bedrock-conformance plan --target aws                    # what it would cost; runs nothing
//! bedrock-conformance run --target aws --max-usd 0.10
//! ```
//!
//! | step | module |
//! |---|---|
//! | read cases, with line and column in every complaint | [`located`], [`case`] |
//! | start or find the target, check its claims | [`target`], [`run`] |
//! | `${…}` → values; operation → request; credentials | [`template`], [`model`], [`sign`] |
//! | send, and see heads, chunks and frames as they come | [`wire`] |
//! | six parts of the answer → findings | [`judge`], [`pattern`] |
//! | events, deviations, exit code | [`run`], [`exit_codes`] |
//! | what differs by chance → tokens, so that runs and targets can be compared | [`normal`] |
//! | everything people read | [`report`] |
//!
//! The handbook is in `conformance/docs/`: how to run the suite, write a case, describe a target, and
//! declare deviations.

pub mod audit;
pub mod case;
pub mod cli;
pub mod derive;
pub mod embedded;
pub mod exit_codes;
pub mod judge;
pub mod knowledge;
pub mod located;
pub mod model;
pub mod normal;
pub mod pattern;
pub mod replay;
pub mod report;
pub mod run;
pub mod service_models;
pub mod sign;
pub mod target;
pub mod template;
pub mod wire;
