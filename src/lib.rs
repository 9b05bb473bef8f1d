//! ecs-lock-lint.

pub mod catalogue;
pub mod frontend;
pub mod problem;
pub mod procedure;
pub mod ruleset;
pub mod source;
