//! The suite's integration tests: one program, whose modules mirror `src/`.

mod case;
mod cases_on_mock;
mod cli;
mod derive;
mod docs;
mod independence;
mod mock_coverage;
mod pattern;
mod published_vectors;
mod replay;
mod report;
mod run;
mod suite;
