//! Dates of signed requests. Everything counts in whole Unix seconds, as the ISO basic form does.

use std::time::{SystemTime, UNIX_EPOCH};

use time::format_description::well_known::Rfc2822;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

use super::super::refusal::Refusal;
use super::refusals;

/// How far a request's date may lie from ours, in seconds (five minutes: the service's own message
/// names them, anthropics/anthropic-sdk-go#122).
pub(super) const SKEW: i64 = 300;

/// Longest life of a presigned URL, in seconds (seven days, the limit of SigV4 query signing).
const LONGEST_LIFE: i64 = 604_800;

/// Wall time as Unix seconds; times that no calendar holds are clamped.
pub(in crate::auth) fn unix_seconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX / 2),
        Err(before) => {
            i64::try_from(before.duration().as_secs()).map_or(i64::MIN / 2, |s| s.saturating_neg())
        }
    }
}

/// `YYYYMMDDTHHMMSSZ` of Unix seconds.
pub(in crate::auth) fn iso_basic(seconds: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// Unix seconds of `YYYYMMDDTHHMMSSZ`, `None` for every other form.
pub(in crate::auth) fn parse_iso_basic(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let digits_in_place = bytes.iter().enumerate().all(|(at, byte)| match at {
        8 => *byte == b'T',
        15 => *byte == b'Z',
        _ => byte.is_ascii_digit(),
    });
    if bytes.len() != 16 || !digits_in_place {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u8>().ok();
    let year = text.get(0..4)?.parse().ok()?;
    let month = Month::try_from(number(4, 6)?).ok()?;
    let date = Date::from_calendar_date(year, month, number(6, 8)?).ok()?;
    let time = Time::from_hms(number(9, 11)?, number(11, 13)?, number(13, 15)?).ok()?;
    Some(
        PrimitiveDateTime::new(date, time)
            .assume_utc()
            .unix_timestamp(),
    )
}

/// Unix seconds of a `Date` header: RFC 1123, or the ISO basic form.
pub(super) fn parse_date_header(text: &str) -> Option<i64> {
    let rfc = || OffsetDateTime::parse(text.trim(), &Rfc2822).ok();
    parse_iso_basic(text.trim()).or_else(|| Some(rfc()?.unix_timestamp()))
}

/// Checks that a request issued at `issued` may be used at `now`; `life` is what a presigned URL
/// grants itself. All in seconds.
pub(super) fn check_validity(issued: i64, now: i64, life: Option<&str>) -> Result<(), Refusal> {
    if issued > now.saturating_add(SKEW) {
        return Err(refusals::not_yet_current(issued, now));
    }
    let Some(life) = life else {
        return match issued < now.saturating_sub(SKEW) {
            true => Err(refusals::expired(issued, now)),
            false => Ok(()),
        };
    };
    let seconds = life.parse::<i64>();
    let Ok(seconds @ 0..=LONGEST_LIFE) = seconds else {
        return Err(refusals::bad_life(life));
    };
    // A life of nothing is over at once.
    match seconds == 0 || issued < now.saturating_sub(seconds) {
        true => Err(refusals::presigned_expired(issued, now, seconds)),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_every_form_that_clients_send() {
        // 1793523600 is 2026-11-01T09:00:00Z (date -u -d @1793523600).
        for text in [
            "20261101T090000Z",
            "Sun, 01 Nov 2026 09:00:00 GMT",
            "Sun, 01 Nov 2026 09:00:00 -0000",
            "Sun, 01 Nov 2026 10:00:00 +0100",
        ] {
            assert_eq!(parse_date_header(text), Some(1_793_523_600), "{text}");
        }
        assert_eq!(iso_basic(1_793_523_600), "20261101T090000Z");
    }

    #[test]
    fn dates_that_are_none() {
        for text in [
            "",
            "201",
            "20261301T090000Z",
            "20260230T090000Z",
            "20261101T240000Z",
            "20261101T090000z",
            "+0261101T090000Z",
            "2026-11-01T09:00:00Z",
            "2026110१T09000Z",
        ] {
            assert_eq!(parse_iso_basic(text), None, "{text}");
        }
    }

    #[test]
    fn extreme_clocks_do_not_panic() {
        for now in [i64::MIN, i64::MIN / 2, 0, i64::MAX / 2, i64::MAX] {
            let _ = check_validity(0, now, None);
            let _ = check_validity(0, now, Some("604800"));
            iso_basic(now);
        }
    }
}
