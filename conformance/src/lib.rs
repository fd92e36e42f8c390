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
//! | read cases, with line and column in every complaint | [`spanned`], [`case`] |
//! | start or find the target, check its claims | [`server`], [`run`] |
//! | `${…}` → values; operation → request; credentials | [`template`], [`model`], [`sign`] |
//! | send, and see heads, chunks and frames as they come | [`wire`] |
//! | six parts of the answer → findings | [`judge`], [`pattern`] |
//! | events, deviations, exit code | [`run`], [`exit_codes`] |
//! | what differs by chance → tokens, so that runs and targets can be compared | [`normalize`] |
//! | everything people read | [`report`] |
//!
//! The handbook is in `conformance/docs/`: how to run the suite, write a case, describe a target, and
//! declare deviations.
//!
//! # Rooms
//!
//! Imports run down this list and never up; `layers.rs` tests it.
//!
//! 1. [`cli`] — the command line
//! 2. [`replay`] — recorded exchanges, sent again
//! 3. [`report`] — what people read, made of a run's events
//! 4. [`audit`] — what of the service models no case names
//! 5. [`run`] — plans rows, sends them and turns findings into verdicts
//! 6. [`judge`] — compares one answer with what its step expects
//! 7. [`derive`] — makes cases from the service models
//! 8. [`server`] — target files; starts or finds the target
//! 9. [`case`] — the case format
//! 10. [`pattern`] — patterns of JSON values
//! 11. [`normalize`] — replaces by tokens what differs by chance
//! 12. [`wire`] — sends bytes and reads answers as they come
//! 13. [`template`] — `${…}` in strings
//! 14. [`reference_data`] — models, overlay and error texts together
//! 15. [`sign`] — request signatures
//! 16. [`model`] — the service models
//! 17. [`spanned`] — JSON values with their places in a file
//! 18. [`shell`] — words quoted for a shell
//! 19. `suggest` — did you mean …
//! 20. [`percent`] — percent-encoding
//! 21. `digest` — SHA-256 and hexadecimal
//! 22. [`exit_codes`] — how the program exits
//! 23. `embedded` — files inside the program

pub mod audit;
pub mod case;
pub mod cli;
pub mod derive;
mod digest;
pub mod embedded;
pub mod exit_codes;
pub mod judge;
#[cfg(test)]
mod layers;
pub mod model;
pub mod normalize;
pub mod pattern;
pub mod percent;
pub mod reference_data;
pub mod replay;
pub mod report;
pub mod run;
pub mod server;
pub mod shell;
pub mod sign;
pub mod spanned;
mod suggest;
pub mod template;
pub mod wire;
