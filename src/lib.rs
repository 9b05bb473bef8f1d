//! Finds the ECS API calls in infrastructure code, and says which of them fail
//! or silently do nothing on an instance that is under a security lock.
//!
//! # The way of the data
//! ```text
//!  argv ─ cli, config ─► what to do
//!                  │
//!  discover ───────┼─► Unit            only this stage reads inputs
//!                  │     │  in parallel, unit by unit (analyse)
//!  frontend ───────┼─► Lowered         procedures of direct calls, declared resources
//!                  │     │
//!  compare ────────┼─► Lowered         with `--since`: what differs from before
//!                  │     │
//!  bind ───────────┼─► Procedure       rules/bindings: resource + attribute → calls
//!                  │     │
//!  judge ──────────┼─► Step            rules/locks × rules/apis: a verdict a call
//!                  │     │
//!  flow ───────────┼─► Finding         rules/findings, along the ways of a locked run
//!                  │     │  merged and sorted
//!  govern ─────────┼─► Outcome         fingerprints, baseline, thresholds, exit code
//!                  │     │
//!  report ─────────┴─► bytes           only here: lines, columns, colours, formats
//! ```
//! # Invariants
//! - A later stage never calls an earlier one; each is a function of its input.
//! - A front end never fails, knows no rule and no verdict, and keeps its
//!   grammar's tree to itself.
//! - Spans are bytes of the outer file from the front end to the report.
//! - What cannot be told is reported as such; it is never dropped.
//! - The output is the same from run to run and for any number of threads.

pub mod source;
pub mod problem;
pub mod directive;
pub mod catalogue;
pub mod procedure;
pub mod graph;
pub mod verdict;
pub mod ruleset;
pub mod frontend;
pub mod discover;
pub(crate) mod compare;
pub mod bind;
pub mod judge;
pub mod finding;
pub mod flow;
pub mod analyse;
pub mod govern;
pub mod report;
pub mod config;

mod cli;

pub use cli::run;
