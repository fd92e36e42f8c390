//! AWS Signature Version 4, the receiving side.
//!
//! ```text
//! verify        the steps in the service's order, from a request to Verified or a Refusal
//! claims        what the client says: Authorization header or X-Amz-… query parameters
//! scope         key id / date / region / service / terminator
//! clock         ISO basic and RFC 1123 dates, validity in time
//! canonical     canonical request and string to sign
//! percent       percent encoding as SigV4 wants it
//! sign          presigning, for the short-term keys that the mock mints
//! signing_key   key derivation, and a bounded cache of derived keys
//! refusals      one constructor per refusal
//! ```
//!
//! Pure: no I/O, no clock of its own. The oracle of its tests is AWS's published signing suite and
//! signatures made by botocore and the AWS SDK for JavaScript.

mod canonical;
mod claims;
mod clock;
mod percent;
mod refusals;
mod scope;
mod sign;
mod signing_key;
mod verify;

pub use signing_key::SigningKeys;
pub use verify::{
    Expectation, Secret, Secrets, SignedRequest, Verified, claimed_access_key, is_signed, verify,
};

pub(in crate::auth) use claims::repeated_part;
pub(super) use clock::{iso_basic, parse_iso_basic, unix_seconds};
pub(super) use percent::{decode, encode};
pub(super) use sign::sign_query;

#[cfg(test)]
mod refusals_test;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod vectors_test;
#[cfg(test)]
mod verify_test;
