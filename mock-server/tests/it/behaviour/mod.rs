//! What the mock answers by itself.

mod schemas;
