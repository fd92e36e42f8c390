//! Operations: input in, behaviour out.
//!
//! To add an operation, add its row to `operations.rs` (service, name, IAM action, what else is known
//! of it), a file here, and a line in `table.rs`. Path, binding, validation and error list come from
//! the service model.
//!
//! | file | what |
//! |---|---|
//! | `table` | which handler an operation has |
//! | `call` | what a handler gets |
//! | `output` | what a handler returns |
//! | `rules` | what providers refuse |
//! | `inference` | the steps that operations which infer share |
//! | `scripted` | answers of scenarios |

mod call;
mod context_window;
mod converse;
mod count_tokens;
mod foundation_models;
mod iam;
mod inference;
mod inference_profiles;
mod invoke;
mod invoke_model;
mod invoke_model_stream;
mod invoke_rules;
mod output;
mod prompt_cache;
mod rules;
mod scripted;
mod stream;
mod sts;
mod table;
mod tags;
mod timestamp;

pub(crate) use call::{Call, Staged};
pub(crate) use output::{Members, Output};
pub(crate) use table::{dispatch, is_imitated};
