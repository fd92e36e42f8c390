//! Commands, as people run them.

mod commands;
mod mistakes;
mod reproduce;
mod snapshots;
