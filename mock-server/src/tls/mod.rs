//! TLS for the one port: a development certificate authority, leaves made on demand, or the
//! user's own certificate files.
//!
//! TLS is not optional: the newest boto3 and AWS CLI refuse a bearer key over `http://`. Clients
//! trust one file, `ca.pem`, made on first need and kept per user.
//!
//! | file | what |
//! |---|---|
//! | `directory` | where the authority lives |
//! | `ca` | the authority: made once, whoever comes first, and reused |
//! | `leaf` | a certificate for the name a client asks for |
//! | `bundle` | the system's roots and the authority in one file |
//! | `config` | options in, acceptor out, at once or on the first TLS connection |
//! | `error` | what is wrong with which file and how to fix it |

mod bundle;
mod ca;
mod config;
mod directory;
mod error;
mod leaf;
#[cfg(test)]
mod tests;

pub use bundle::{BUNDLE_FILE, Trust, ensure_trust};
pub use ca::{Authority, CERTIFICATE_FILE, KEY_FILE};
pub use config::{LazyTls, Tls, TlsOptions, acceptor, ca_path, ensure_ca};
pub use directory::HOME_VARIABLE;
pub use error::TlsError;
pub use leaf::{Leaves, leaf_for};
