//! A monorepo to measure on, and the run that measures.
//!
//! The monorepo is the same for everybody: what is in it follows from the fixtures
//! and a fixed sequence of pseudo-random numbers. Nine files of ten hold no word of
//! ECS, as in real ones.

mod corpus;
mod noise;
mod numbers;
mod run;

pub(crate) use corpus::write_corpus;
pub(crate) use run::{Options, run};
