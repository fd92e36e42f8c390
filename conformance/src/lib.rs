//! Judges servers and clients of Amazon Bedrock.
//!
//! What is expected comes from the service models and from recorded answers of the real service,
//! which this crate reads from `bedrock-fixtures`. It shares no code with any server it judges.

pub mod cli;
pub mod exit_codes;
pub mod service_models;
