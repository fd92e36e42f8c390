//! Reranking: a query and documents → scores between 0 and 1, best first.
//!
//! A document scores by how much of the query its words cover, rare words counting more, and a
//! little by how near the two are as vectors. Plausible, not clever: synonyms are not known.

use std::collections::HashSet;

use super::answer::LATENCY_MS;
use super::vectors::{Subject, embed, words};

/// Weight of the words that both have; the rest is the vectors'.
const WORDS: f64 = 0.8;
/// Dimensions in which vectors are compared.
const DIMENSION: usize = 256;

/// A document's place.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Which document, counted from 0 in the order of the request.
    pub index: usize,
    /// How relevant it is, 0 to 1.
    pub score: f32,
}

/// Documents by relevance.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// Best first; equal ones in the order of the request.
    pub places: Vec<Ranked>,
    /// How long the model claims to have taken, ms.
    pub latency_ms: u64,
}

/// Ranks documents and keeps the best `top`.
pub fn rank(query: &str, documents: &[String], top: usize) -> Ranking {
    let asked: HashSet<String> = words(query).into_iter().collect();
    let held: Vec<HashSet<String>> = documents
        .iter()
        .map(|d| words(d).into_iter().collect())
        .collect();
    let mut asked: Vec<(&String, f64)> = asked.iter().map(|w| (w, weight(w, &held))).collect();
    // Sums of floats depend on their order, which a set does not keep.
    asked.sort_by(|a, b| a.0.cmp(b.0));
    let whole: f64 = asked.iter().map(|(_, weight)| weight).sum();

    let near = nearness(query, documents);
    let score = |(i, words): (usize, &HashSet<String>)| {
        let shared: f64 = asked
            .iter()
            .filter(|(word, _)| words.contains(*word))
            .map(|(_, weight)| weight)
            .sum();
        let covered = if whole > 0.0 { shared / whole } else { 0.0 };
        let mixed = WORDS * covered.powi(2) + (1.0 - WORDS) * near[i];
        Ranked {
            index: i,
            score: (0.001 + 0.998 * mixed.clamp(0.0, 1.0)) as f32,
        }
    };
    let mut places: Vec<Ranked> = held.iter().enumerate().map(score).collect();
    places.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| a.index.cmp(&b.index))
    });
    places.truncate(top);
    Ranking {
        places,
        latency_ms: LATENCY_MS,
    }
}

/// How much a word of the query says: less if many documents have it, less if it is short.
fn weight(word: &str, documents: &[HashSet<String>]) -> f64 {
    let with = documents.iter().filter(|d| d.contains(word)).count() as f64;
    let rare = (1.0 + (documents.len() as f64 + 1.0) / (with + 1.0)).ln();
    if word.chars().count() <= 3 {
        rare * 0.3
    } else {
        rare
    }
}

fn nearness(query: &str, documents: &[String]) -> Vec<f64> {
    let subjects: Vec<Subject> = std::iter::once(query)
        .chain(documents.iter().map(String::as_str))
        .map(Subject::of_text)
        .collect();
    let vectors = embed(&subjects, DIMENSION).vectors;
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    let [query, documents @ ..] = vectors.as_slice() else {
        return Vec::new();
    };
    documents.iter().map(|d| dot(query, d).max(0.0)).collect()
}
