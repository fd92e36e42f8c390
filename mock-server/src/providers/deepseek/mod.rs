//! DeepSeek: R1 as a text completion.

pub(in crate::providers) mod r1;
