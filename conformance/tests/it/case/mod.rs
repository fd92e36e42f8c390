//! The cases that the program has, and their files.

mod files;
