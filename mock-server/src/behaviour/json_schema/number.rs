//! Numbers within bounds, in steps.

use serde_json::{Map, Value};

/// Decimal places that are counted exactly; what has more is taken as it is.
const PLACES: u32 = 15;
/// The variant of a number that has a fraction, where it may.
const FRACTION: usize = 7;
/// Units beyond which a bound is taken for none: sums of a few of these still fit.
const FARTHEST: i128 = 10_i128.pow(37);

/// A number by its bounds and `multipleOf`; every variant another one, where there is room.
pub(super) fn build(plain: &Map<String, Value>, whole: bool, variant: usize) -> Value {
    let places = [
        "multipleOf",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
    ];
    let places = places
        .iter()
        .filter_map(|name| places_of(plain.get(*name)?));
    let places = places.max().unwrap_or(0);
    let scaled = |name: &str| scale(plain.get(name)?, places);
    let one = 10_i128.pow(places);
    let given = scaled("multipleOf").filter(|step| *step > 0);
    let step = match (given, whole) {
        (Some(step), true) => (step / gcd(step, one)).saturating_mul(one),
        (Some(step), false) => step,
        (None, _) => one,
    };
    // Where exclusive bounds are near, half a step lies between them.
    let finer = if given.is_none() && !whole { one } else { 1 };
    let unit = |value: i128| value.saturating_mul(finer * 2).clamp(-FARTHEST, FARTHEST);
    let (one, step) = (unit(one), unit(step));
    let low = [
        scaled("minimum").map(unit),
        scaled("exclusiveMinimum").map(|m| unit(m).saturating_add(1)),
    ];
    let high = [
        scaled("maximum").map(unit),
        scaled("exclusiveMaximum").map(|m| unit(m).saturating_sub(1)),
    ];
    let (low, high) = (
        low.into_iter().flatten().max(),
        high.into_iter().flatten().min(),
    );
    let up = |value: i128| value.saturating_add((-value).rem_euclid(step));
    let down = |value: i128| value.saturating_sub(value.rem_euclid(step));
    let inside = |value: &i128| low.is_none_or(|l| *value >= l) && high.is_none_or(|h| *value <= h);
    let first = match (low, high) {
        (Some(low), _) => up(low),
        (None, Some(high)) => down(high.min(one)),
        (None, None) => up(one),
    };
    let free = given.is_none() && !whole;
    let middle = low.zip(high).map(|(low, high)| low + (high - low) / 2);
    let first = match middle {
        Some(middle) if free && !inside(&first) => middle,
        _ => first,
    };
    // One of the variants is no integer, for those who may not give one.
    let half = if free && variant == FRACTION {
        step / 2
    } else {
        0
    };
    let moved = (variant as i128).saturating_mul(step).saturating_add(half);
    let other = [first.saturating_add(moved), first.saturating_sub(moved)];
    let value = other.into_iter().find(inside).unwrap_or(first);
    written(value, one)
}

/// A whole value where there is one; else the fraction.
fn written(value: i128, one: i128) -> Value {
    if value % one == 0 {
        let whole = value / one;
        let exact = i64::try_from(whole).map(Value::from);
        let exact = exact.or_else(|_| u64::try_from(whole).map(Value::from));
        return exact.unwrap_or_else(|_| Value::from(whole as f64));
    }
    // Written out as decimals, so that no step is rounded: 0.3, not 0.30000000000000004.
    let sign = if value < 0 { "-" } else { "" };
    let (value, one) = (value.unsigned_abs(), one.unsigned_abs());
    let (whole, mut rest) = (value / one, value % one);
    let mut digits = String::new();
    while rest != 0 && digits.len() < 30 {
        let Some(ten) = rest.checked_mul(10) else {
            break;
        };
        digits.push(char::from(b'0' + (ten / one) as u8));
        rest = ten % one;
    }
    let text = format!("{sign}{whole}.{digits}");
    text.parse::<f64>().map_or(Value::Null, Value::from)
}

/// Decimal places of a number as it is written; none for those that are counted exactly no more.
fn places_of(value: &Value) -> Option<u32> {
    let text = value.as_number()?.to_string();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text.as_str(), 0),
    };
    let fraction = mantissa
        .split_once('.')
        .map_or("", |(_, fraction)| fraction);
    let places = fraction.trim_end_matches('0').len() as i32 - exponent;
    Some(u32::try_from(places).unwrap_or(0).min(PLACES))
}

/// A number times a power of ten.
fn scale(value: &Value, places: u32) -> Option<i128> {
    let number = value.as_number()?;
    let power = 10_i128.pow(places);
    if let Some(whole) = number
        .as_i64()
        .map(i128::from)
        .or(number.as_u64().map(i128::from))
    {
        return Some(whole * power);
    }
    let scaled = number.as_f64()? * power as f64;
    Some(scaled.round().clamp(-1e34, 1e34) as i128)
}

fn gcd(a: i128, b: i128) -> i128 {
    match b {
        0 => a.max(1),
        b => gcd(b, a % b),
    }
}

/// Whether a number is a multiple of a step, decimals counted exactly.
pub(super) fn is_multiple(value: &Value, step: &Value) -> bool {
    let places = places_of(value).max(places_of(step)).unwrap_or(0);
    match (scale(value, places), scale(step, places)) {
        (Some(value), Some(step)) if step != 0 => value % step == 0,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Bounds and steps of every size beside each other: an overflow is how this test fails.
    #[test]
    fn no_bounds_are_too_far() {
        let numbers = json!([
            -1e300,
            -1e30,
            i64::MIN,
            -1,
            -1e-15,
            0,
            1e-300,
            1e-15,
            0.123_456_789_012_345,
            1,
            3.5,
            i64::MAX,
            u64::MAX,
            1e30,
            1e300
        ]);
        let numbers = numbers.as_array().unwrap();
        let names = [
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
        ];
        let mut random = fastrand::Rng::with_seed(5);
        for _ in 0..20_000 {
            let mut plain = Map::new();
            for name in names {
                if random.bool() {
                    plain.insert(name.into(), numbers[random.usize(0..numbers.len())].clone());
                }
            }
            let variant = [0, 1, 7, 40, 20_000][random.usize(0..5)];
            for whole in [true, false] {
                assert!(build(&plain, whole, variant).is_number(), "{plain:?}");
            }
            for one in numbers {
                is_multiple(one, &numbers[random.usize(0..numbers.len())]);
            }
        }
    }
}
