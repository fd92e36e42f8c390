//! The program: its commands, flags and exit codes.

mod access_log;
mod env;
mod exec;
mod serve;
