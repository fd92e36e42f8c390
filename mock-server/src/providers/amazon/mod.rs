//! Amazon: Nova, Titan, and their embeddings and images.

pub(in crate::providers) mod image;
pub(in crate::providers) mod nova;
pub(in crate::providers) mod nova_cache;
pub(in crate::providers) mod nova_embed;
pub(in crate::providers) mod titan_embed;
pub(in crate::providers) mod titan_embed_image;
pub(in crate::providers) mod titan_text;
