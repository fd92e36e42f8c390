//! Embeddings: texts and media → vectors, near for near inputs, the same for the same input.
//!
//! Words, pairs of words and the letters inside words are counted into buckets by their hash; every
//! bucket has a direction of random signs in as many dimensions as asked for, and the vector is the
//! sum of the directions, scaled to length 1. Texts that share words are near, words that share
//! letters are a little near, all else is nearly at a right angle. Two stages, so that the cost of a
//! subject is bounded whatever its size. Pictures and sounds are near only to themselves: their
//! content is not looked at.

use std::collections::HashMap;

use super::answer::LATENCY_MS;
use super::tokens;

/// Buckets that features are counted into.
const BUCKETS: u64 = 4096;
/// Weight of a pair of neighbouring words, beside 1 for a word.
const PAIR: f64 = 0.4;
/// Weight of three neighbouring letters.
const LETTERS: f64 = 0.4;
/// Weight of words of up to three letters, most of which say little.
const SHORT: f64 = 0.4;

/// One thing to embed: texts, media, or both together.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// Texts, in order.
    pub texts: Vec<String>,
    /// Media.
    pub media: Vec<Media>,
}

/// A picture, a sound or a film.
#[derive(Debug, Clone)]
pub struct Media {
    /// What tells it from others: its bytes, or where they are.
    pub content: Vec<u8>,
    /// Tokens that it costs.
    pub tokens: u64,
}

impl Subject {
    /// One text.
    pub fn of_text(text: &str) -> Self {
        Self {
            texts: vec![text.to_owned()],
            media: Vec::new(),
        }
    }

    /// Tokens that it costs.
    pub fn tokens(&self) -> u64 {
        let texts: u64 = self.texts.iter().map(|t| tokens::count(t)).sum();
        texts + self.media.iter().map(|m| m.tokens).sum::<u64>()
    }
}

/// Vectors, and what they cost.
#[derive(Debug, Clone)]
pub struct Vectors {
    /// One of length 1 for each subject, in their order.
    pub vectors: Vec<Vec<f32>>,
    /// Tokens of all subjects.
    pub input_tokens: u64,
    /// How long the model claims to have taken, ms.
    pub latency_ms: u64,
}

/// Embeds subjects.
pub fn embed(subjects: &[Subject], dimension: usize) -> Vectors {
    Vectors {
        vectors: subjects.iter().map(|s| vector(s, dimension)).collect(),
        input_tokens: subjects.iter().map(Subject::tokens).sum(),
        latency_ms: LATENCY_MS,
    }
}

/// −127…127, the largest component at an end.
pub fn int8(vector: &[f32]) -> Vec<i64> {
    let most = vector.iter().fold(0f32, |m, v| m.max(v.abs()));
    let scale = if most > 0.0 { 127.0 / most } else { 0.0 };
    vector.iter().map(|v| (v * scale).round() as i64).collect()
}

/// The same, moved to 1…255.
pub fn uint8(vector: &[f32]) -> Vec<i64> {
    int8(vector).iter().map(|v| v + 128).collect()
}

/// One bit for each component: whether it is positive.
pub fn bits(vector: &[f32]) -> Vec<i64> {
    vector.iter().map(|v| i64::from(*v > 0.0)).collect()
}

/// The bits, eight in a byte, the first one highest.
pub fn ubinary(vector: &[f32]) -> Vec<i64> {
    let byte = |b: &[i64]| b.iter().fold(0, |all, bit| all << 1 | bit) << (8 - b.len());
    bits(vector).chunks(8).map(byte).collect()
}

/// The same bytes, moved to −128…127.
pub fn binary(vector: &[f32]) -> Vec<i64> {
    ubinary(vector).iter().map(|v| v - 128).collect()
}

/// The components as little-endian floats of four bytes.
pub fn bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn vector(subject: &Subject, dimension: usize) -> Vec<f32> {
    let mut buckets: HashMap<u64, f64> = HashMap::new();
    for text in &subject.texts {
        count(text, &mut buckets);
    }
    for media in &subject.media {
        // Several features, so that media beside a text weigh as much as a few of its words.
        for part in 0..4u64 {
            let feature = hash(&media.content) ^ (part << 60);
            *buckets.entry(feature % BUCKETS).or_default() += 1.0;
        }
    }
    if buckets.is_empty() {
        buckets.insert(0, 1.0);
    }
    // Sums of floats depend on their order, which a map does not keep.
    let mut counted: Vec<(u64, f64)> = buckets.into_iter().collect();
    counted.sort_by_key(|(bucket, _)| *bucket);

    let mut sum = vec![0f64; dimension];
    for (bucket, weight) in counted {
        let mut signs = fastrand::Rng::with_seed(bucket);
        for part in sum.chunks_mut(64) {
            let word = signs.u64(..);
            for (i, component) in part.iter_mut().enumerate() {
                *component += if word >> i & 1 == 1 { weight } else { -weight };
            }
        }
    }
    // Directions of signs alone would leave few distinct values; a little of a dense direction
    // makes them as varied as a model's, and keeps every length above zero.
    let mut rng = fastrand::Rng::with_seed(dimension as u64);
    let length = |v: &[f64]| v.iter().map(|c| c * c).sum::<f64>().sqrt();
    let share = 0.05 * (length(&sum) + 1.0) / (dimension.max(1) as f64).sqrt();
    for component in &mut sum {
        *component += share * (rng.f64() * 2.0 - 1.0);
    }
    let length = length(&sum);
    sum.iter().map(|c| (c / length) as f32).collect()
}

/// Counts a text's features; a feature that comes again adds less each time.
fn count(text: &str, buckets: &mut HashMap<u64, f64>) {
    let mut features: HashMap<u64, (f64, u32)> = HashMap::new();
    let mut add = |feature: u64, weight: f64| {
        let entry = features.entry(feature).or_insert((weight, 0));
        entry.1 += 1;
    };
    let words = words(text);
    for (i, word) in words.iter().enumerate() {
        let letters: Vec<u32> = std::iter::once('^')
            .chain(word.chars())
            .chain(['$'])
            .map(u32::from)
            .collect();
        let weight = if letters.len() <= 5 { SHORT } else { 1.0 };
        add(hash(word.as_bytes()), weight);
        for three in letters.windows(3) {
            let packed = u64::from(three[0]) << 42 | u64::from(three[1]) << 21;
            let packed = packed | u64::from(three[2]);
            add(hash(&packed.to_be_bytes()), LETTERS * weight);
        }
        if let Some(next) = words.get(i + 1) {
            let pair = hash(word.as_bytes()).rotate_left(1) ^ hash(next.as_bytes());
            add(hash(&pair.to_be_bytes()), PAIR * weight);
        }
    }
    for (feature, (weight, times)) in features {
        *buckets.entry(feature % BUCKETS).or_default() += weight * (1.0 + f64::from(times).ln());
    }
}

/// Runs of letters and digits in lower case; any other visible character is a word of its own.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() && !('\u{2E80}'..='\u{9FFF}').contains(&c) {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() || (!c.is_ascii() && !c.is_whitespace()) {
            words.push(c.to_string());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// FNV-1a with its bits mixed once more, the same on every machine.
fn hash(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for byte in bytes {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    //! Expected values are computed by hand from the definitions of the encodings.
    use super::*;

    fn cosine(a: &str, b: &str) -> f32 {
        let both = embed(&[Subject::of_text(a), Subject::of_text(b)], 1024).vectors;
        both[0].iter().zip(&both[1]).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn encodings_follow_from_the_floats() {
        let vector = [0.5, -0.25, 0.0, 1.0, -1.0, 0.1, -0.1, 0.2, 0.3];
        assert_eq!(int8(&vector), [64, -32, 0, 127, -127, 13, -13, 25, 38]);
        assert_eq!(uint8(&vector)[..5], [192, 96, 128, 255, 1]);
        assert_eq!(bits(&vector), [1, 0, 0, 1, 0, 1, 0, 1, 1]);
        assert_eq!(ubinary(&vector), [0b1001_0101, 0b1000_0000]);
        assert_eq!(binary(&vector), [0b1001_0101 - 128, 0]);
        assert_eq!(bytes(&[1.0, -2.0]), [0, 0, 128, 63, 0, 0, 0, 192]);
    }

    #[test]
    fn near_texts_are_near_and_others_at_a_right_angle() {
        let same_words = cosine("The cat sat on the mat", "the mat: a cat sat on it");
        let same_letters = cosine("kitten", "kittens");
        let nothing = cosine("quarterly revenue", "purple zebra");
        assert!(same_words > 0.4, "{same_words}");
        assert!(same_letters > 0.3, "{same_letters}");
        assert!(nothing.abs() < 0.15, "{nothing}");
    }

    #[test]
    fn any_text_has_a_vector_of_length_one() {
        let long = "word ".repeat(10_000);
        for text in ["", " ", "日本語", "🎉", "\u{0}", "a", long.as_str()] {
            let vector = &embed(&[Subject::of_text(text)], 256).vectors[0];
            let length: f32 = vector.iter().map(|v| v * v).sum::<f32>().sqrt();
            assert!((length - 1.0).abs() < 1e-5, "{text:?}: {length}");
        }
    }
}
