//! The program: its commands, flags and exit codes.

mod env;
mod exec;
mod serve;
