//! What an answer is compared with: JSON in which an object with one `$…` name is a matcher.
//!
//! A plain object matches an object that has at least its members; a plain list matches a list of
//! the same length; anything else must be equal (numbers by value, so `1` is `1.0`).
//!
//! | matcher | matches |
//! |---|---|
//! | `{"$type": T}` | `string`, `number`, `integer`, `boolean`, `object`, `array`, `null`, `timestamp`, `uuid`, `base64` |
//! | `{"$regex": R}` | a string that R matches whole |
//! | `{"$len": N}`, `{"$len": {"min": N, "max": N}}` | a string, list or object of that length |
//! | `{"$range": {"min": N, "max": N}}` | a number in it, ends included |
//! | `{"$oneof": [P, …]}`, `{"$all": [P, …]}`, `{"$not": P}` | any, all, not |
//! | `{"$contains": P}` | a list with such an entry; a string with that text in it |
//! | `{"$each": P}` | a list with at least one entry, all such |
//! | `{"$exact": V}` | exactly V: no further members, no matchers inside |
//! | `{"$keys": [K, …]}` | an object with these names in this order, and no others; the order binds where the target's `form` is `exact` |
//! | `{"$json": P}`, `{"$base64": P}` | a string that holds JSON (in base64) such as P |
//! | `{"$ref": S}` | a value of the service model's shape S |
//! | `{"$same-as": "/pointer"}` | what stands there in the same body |
//! | `{"$sum": ["/pointer", …]}` | the sum of the numbers there in the same body; absent ones count 0 |
//! | `{"$absent": true}` | as a member: that there is none of that name |

mod check;
mod matching;

pub use check::check;
pub use matching::{Context, Difference, matches};
pub(crate) use matching::{brief, is_uuid};
