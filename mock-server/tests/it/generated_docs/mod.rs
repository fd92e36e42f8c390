//! Tables of README and handbook that are generated from the running program.
//!
//! A table is between `<!-- generated: NAME -->` and `<!-- end -->`. The test fails where a page
//! differs from the program; with `BLESS=1` in its environment (`make bless`) it rewrites the pages
//! instead. To add a table, add a line to `handbook::tables` and the two markers to a page.

mod control_api;
mod families;
mod faults;
mod handbook;
mod markdown;
mod operations;
mod pages;
mod program;
