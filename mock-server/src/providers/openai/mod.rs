//! OpenAI's chat form, which several providers share, and gpt-oss.

pub(in crate::providers) mod chat;
pub(in crate::providers) mod gpt_oss;
pub(in crate::providers) mod messages;
