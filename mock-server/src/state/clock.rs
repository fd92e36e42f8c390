//! The mock's clock: the wall clock until somebody sets, freezes or advances it.
//!
//! Keys, sessions, cached prefixes and creation dates follow it. Two things never do: the `Date` of
//! answers and the check of how old a signature is. A clock that is set would lock every client out
//! otherwise, because clients sign by the wall clock.

use std::sync::{PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The last moment that the clock can show, seconds since 1970: the end of the year 9898. What is made
/// then expires at most 36,600 days later (the longest age of an API key), in the year 9999, behind
/// which there is no date in RFC 3339.
const LAST: u64 = 250_215_004_799;

/// A clock that can be set.
#[derive(Debug, Default)]
pub struct Clock(RwLock<Mode>);

#[derive(Debug, Default, Clone, Copy)]
enum Mode {
    #[default]
    Wall,
    /// Runs, but shows `shown` at the wall time `at`.
    Shifted {
        shown: SystemTime,
        at: SystemTime,
    },
    Frozen(SystemTime),
}

/// What the clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The mock's time.
    pub now: SystemTime,
    /// The wall clock's.
    pub wall: SystemTime,
    /// Whether it is frozen.
    pub frozen: bool,
}

/// A moment that the clock cannot show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange;

impl std::fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the clock shows 1970-01-01T00:00:00Z to 9898-12-31T23:59:59Z")
    }
}

impl std::error::Error for OutOfRange {}

impl Clock {
    /// Returns the mock's time.
    pub fn now(&self) -> SystemTime {
        self.mode().at(SystemTime::now())
    }

    /// Returns the mock's time in seconds since 1970.
    pub fn now_seconds(&self) -> i64 {
        let since = self.now().duration_since(UNIX_EPOCH);
        since.map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        })
    }

    /// Returns the mock's time and the wall clock's.
    pub fn read(&self) -> Reading {
        let mode = self.mode();
        let wall = SystemTime::now();
        Reading {
            now: mode.at(wall),
            wall,
            frozen: matches!(mode, Mode::Frozen(_)),
        }
    }

    /// Stops or goes on, and shows another moment, as far as either is said: both or, where the moment
    /// cannot be shown, neither.
    pub fn put(&self, now: Option<SystemTime>, frozen: Option<bool>) -> Result<(), OutOfRange> {
        let now = now.map(within).transpose()?;
        self.change(|shown, mode| {
            let shown = now.unwrap_or(shown);
            let frozen = frozen.unwrap_or(matches!(mode, Mode::Frozen(_)));
            Ok(match (frozen, mode) {
                (true, _) => Mode::Frozen(shown),
                (false, running @ (Mode::Wall | Mode::Shifted { .. })) if now.is_none() => running,
                (false, _) => Mode::running(shown),
            })
        });
        Ok(())
    }

    /// Advances the clock, also while it is frozen. Fails beyond the year 9898.
    pub fn advance(&self, by: Duration) -> Result<(), OutOfRange> {
        let mut result = Ok(());
        self.change(|now, mode| {
            let later = now.checked_add(by).ok_or(OutOfRange).and_then(within);
            result = later.map(|_| ());
            later.map(|later| mode.showing(later))
        });
        result
    }

    /// Shows the wall clock's time again.
    pub fn reset(&self) {
        self.change(|_, _| Ok(Mode::Wall));
    }

    fn mode(&self) -> Mode {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(SystemTime, Mode) -> Result<Mode, OutOfRange>) {
        let mut mode = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Ok(changed) = change(mode.at(SystemTime::now()), *mode) {
            *mode = changed;
        }
    }
}

impl Mode {
    fn running(shown: SystemTime) -> Self {
        let at = SystemTime::now();
        Self::Shifted { shown, at }
    }

    fn showing(self, now: SystemTime) -> Self {
        match self {
            Self::Frozen(_) => Self::Frozen(now),
            _ => Self::running(now),
        }
    }

    fn at(self, wall: SystemTime) -> SystemTime {
        match self {
            Self::Wall => wall,
            Self::Frozen(now) => now,
            // The wall clock may be set back; then this one stands until it catches up.
            Self::Shifted { shown, at } => {
                let since = wall.duration_since(at).unwrap_or_default();
                shown.checked_add(since).unwrap_or(shown)
            }
        }
    }
}

fn within(time: SystemTime) -> Result<SystemTime, OutOfRange> {
    let since = time.duration_since(UNIX_EPOCH).map_err(|_| OutOfRange)?;
    (since.as_secs() <= LAST).then_some(time).ok_or(OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn it_freezes_is_set_advances_and_goes_on() {
        let clock = Clock::default();
        let noon = UNIX_EPOCH + DAY / 2;
        clock.put(Some(noon), None).unwrap();
        assert!(!clock.read().frozen && clock.now() >= noon && clock.now() < noon + DAY);
        clock.put(None, Some(true)).unwrap();
        clock.put(Some(noon), None).unwrap();
        assert_eq!((clock.now(), clock.read().frozen), (noon, true));
        clock.advance(DAY).unwrap();
        assert_eq!(clock.now(), noon + DAY);
        clock.put(None, Some(false)).unwrap();
        assert!(!clock.read().frozen && clock.now() >= noon + DAY);
        clock.reset();
        let shown = clock.now();
        assert!(SystemTime::now().duration_since(shown).is_ok());
    }

    #[test]
    fn what_no_calendar_holds_is_refused() {
        let clock = Clock::default();
        assert_eq!(
            clock.put(Some(UNIX_EPOCH - DAY), Some(true)),
            Err(OutOfRange)
        );
        assert!(!clock.read().frozen);
        assert_eq!(clock.advance(Duration::MAX), Err(OutOfRange));
        assert_eq!(
            clock.advance(Duration::from_secs(300_000_000_000)),
            Err(OutOfRange)
        );
        assert_eq!(
            clock.put(Some(UNIX_EPOCH + Duration::from_secs(LAST + 1)), None),
            Err(OutOfRange)
        );
        let now = clock.now();
        assert!(SystemTime::now().duration_since(now).is_ok());
    }
}
