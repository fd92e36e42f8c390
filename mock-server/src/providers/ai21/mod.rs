//! AI21 Labs: Jamba and Jurassic-2.

pub(in crate::providers) mod jamba;
pub(in crate::providers) mod jurassic;
