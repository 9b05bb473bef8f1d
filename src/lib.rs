//! ecs-lock-lint.

pub mod bind;
pub mod catalogue;
pub mod finding;
pub mod flow;
pub mod frontend;
pub mod judge;
pub mod problem;
pub mod procedure;
pub mod ruleset;
pub mod source;
pub mod verdict;
