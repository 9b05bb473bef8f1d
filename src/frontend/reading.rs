//! What documents for people have in common: their code is one procedure, in the
//! order in which it is read.
//!
//! `code` keeps pieces of code with their places, `assemble` puts them together,
//! `failures` says how far a reader goes. It knows no kind of document.

pub(super) mod assemble;
pub(super) mod code;
mod failures;
