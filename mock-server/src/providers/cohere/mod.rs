//! Cohere: Command, Command R and Embed.

pub(in crate::providers) mod command;
pub(in crate::providers) mod command_r;
pub(in crate::providers) mod embed;
