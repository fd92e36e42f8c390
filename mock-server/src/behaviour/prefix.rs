//! Hashes a prompt block by block, with the points at which it may be cached.
//!
//! The order is the prompt's own: tools, system, messages. A prefix is identified by a hash of everything
//! before it, so the same words at the same places are the same prefix, wherever the cache points are.

use std::collections::VecDeque;

use sha2::{Digest as _, Sha256};

use super::turn::{CacheBoundary, CachePoint, CacheTtl};

/// Number of block ends that are kept with a cache point; the catalogue says how far back a model looks.
const REMEMBERED: usize = 20;

/// What has been read of a prompt so far.
#[derive(Default)]
pub struct PromptPrefix {
    hash: Sha256,
    tokens: u64,
    ends: VecDeque<CacheBoundary>,
    points: Vec<CachePoint>,
}

impl PromptPrefix {
    /// Adds a block at a place such as `tool`, `system` or a role; `text` is the part that counts.
    pub fn block(&mut self, place: &str, text: &str, tokens: u64) {
        self.tokens += tokens;
        self.hash.update(place.as_bytes());
        self.hash.update((text.len() as u64).to_be_bytes());
        self.hash.update(text.as_bytes());
        if self.ends.len() == REMEMBERED {
            self.ends.pop_back();
        }
        let end = self.end();
        self.ends.push_front(end);
    }

    /// Adds tokens that belong to no block.
    pub fn cost(&mut self, tokens: u64) {
        self.tokens += tokens;
    }

    /// Adds a cache point after everything read so far.
    pub fn point(&mut self, ttl: CacheTtl) {
        let CacheBoundary { prefix, tokens } = self.end();
        self.points.push(CachePoint {
            prefix,
            tokens,
            ttl,
            earlier: self.ends.iter().skip(1).copied().collect(),
        });
    }

    /// Returns all cache points, in the order of the prompt.
    pub fn into_points(self) -> Vec<CachePoint> {
        self.points
    }

    fn end(&self) -> CacheBoundary {
        let digest = self.hash.clone().finalize();
        let mut prefix = [0; 16];
        prefix.copy_from_slice(&digest[..16]);
        CacheBoundary {
            prefix: u128::from_be_bytes(prefix),
            tokens: self.tokens,
        }
    }
}
