//! Meta: Llama.

pub(in crate::providers) mod llama;
