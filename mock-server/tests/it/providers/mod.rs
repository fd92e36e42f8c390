//! Bodies of InvokeModel, family by family.

mod anthropic_blocks;
mod embeddings;
mod families;
mod images;
mod invoke_pieces;
mod invoke_refusals;
mod malformed;
mod rerank;
