//! How fast the events of a stream leave.

use std::time::Duration;

use fastrand::Rng;
use serde::{Deserialize, Serialize};

/// Longest allowed pause, ms: an hour.
const LONGEST: u64 = 3_600_000;

/// Speed of a stream. Without a member events leave as fast as the client takes them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Pacing {
    /// Time to the first event, ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_event_ms: Option<u64>,
    /// Events per second after the first one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events_per_second: Option<f64>,
    /// Each pause is longer or shorter by at most this part of itself, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jitter: Option<f64>,
    /// Seed of the jitter; the same seed gives the same pauses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Pauses before the first, second, third … event, ms. They come before the rate, which goes on
    /// behind the last of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps_ms: Vec<u64>,
}

impl Pacing {
    /// Says what is wrong with it, if anything is.
    pub fn check(&self) -> Result<(), String> {
        let rate = self.events_per_second.unwrap_or(1.0);
        if !(0.001..=1_000_000.0).contains(&rate) {
            return Err("eventsPerSecond: expected a number from 0.001 to 1000000".into());
        }
        if !(0.0..=1.0).contains(&self.jitter.unwrap_or(0.0)) {
            return Err("jitter: expected a number from 0 to 1".into());
        }
        let longest = self.gaps_ms.iter().chain(&self.first_event_ms).max();
        if longest.is_some_and(|ms| *ms > LONGEST) {
            return Err(format!(
                "gapsMs and firstEventMs: expected at most {LONGEST}, an hour"
            ));
        }
        if self.gaps_ms.len() > 100_000 {
            return Err("gapsMs: expected at most 100000 gaps".into());
        }
        Ok(())
    }

    /// Starts a stream.
    pub fn start(&self) -> Pace {
        Pace {
            pacing: self.clone(),
            rng: Rng::with_seed(self.seed.unwrap_or(0)),
            next: 0,
        }
    }
}

/// The pauses of one stream.
#[derive(Debug)]
pub struct Pace {
    pacing: Pacing,
    rng: Rng,
    next: usize,
}

impl Pace {
    /// The pause before the next event.
    pub fn gap(&mut self) -> Duration {
        let (pacing, index) = (&self.pacing, self.next);
        self.next += 1;
        let given = pacing.gaps_ms.get(index).map(|ms| *ms as f64 / 1000.0);
        let first = pacing.first_event_ms.map(|ms| ms as f64 / 1000.0);
        let seconds = match (given, index) {
            (Some(given), _) => given,
            (None, 0) => first.unwrap_or(0.0),
            (None, _) => pacing.events_per_second.map_or(0.0, f64::recip),
        };
        let by = match pacing.jitter {
            Some(jitter) if seconds > 0.0 => 1.0 + jitter * (2.0 * self.rng.f64() - 1.0),
            _ => 1.0,
        };
        // What nobody checked may be no duration at all.
        let longest = Duration::from_millis(LONGEST);
        Duration::try_from_secs_f64(seconds * by).unwrap_or(longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(pacing: &Pacing, n: usize) -> Vec<u64> {
        let mut pace = pacing.start();
        (0..n).map(|_| pace.gap().as_millis() as u64).collect()
    }

    #[test]
    fn first_event_then_rate() {
        let pacing = Pacing {
            first_event_ms: Some(300),
            events_per_second: Some(20.0),
            ..Pacing::default()
        };
        assert_eq!(gaps(&pacing, 4), [300, 50, 50, 50]);
    }

    #[test]
    fn declared_gaps_come_before_the_rate() {
        let pacing = Pacing {
            gaps_ms: vec![5, 0, 7],
            events_per_second: Some(10.0),
            ..Pacing::default()
        };
        assert_eq!(gaps(&pacing, 5), [5, 0, 7, 100, 100]);
    }

    #[test]
    fn jitter_is_seeded_and_bounded() {
        let pacing = Pacing {
            events_per_second: Some(10.0),
            jitter: Some(0.5),
            seed: Some(7),
            ..Pacing::default()
        };
        let first = gaps(&pacing, 200);
        assert_eq!(first, gaps(&pacing, 200));
        assert!(first[1..].iter().all(|ms| (50..=150).contains(ms)));
        assert!(first[1..].iter().any(|ms| *ms < 80) && first[1..].iter().any(|ms| *ms > 120));
        let other = Pacing {
            seed: Some(8),
            ..pacing
        };
        assert_ne!(first, gaps(&other, 200));
    }

    #[test]
    fn wrong_values_are_told() {
        for text in [
            r#"{"eventsPerSecond": 0}"#,
            r#"{"jitter": 1.5}"#,
            r#"{"firstEventMs": 9999999}"#,
        ] {
            let pacing: Pacing = serde_json::from_str(text).unwrap();
            assert!(pacing.check().is_err(), "{text}");
        }
        assert!(serde_json::from_str::<Pacing>(r#"{"rate": 1}"#).is_err());
    }
}
