//! Credentials.

mod key_expiry;
