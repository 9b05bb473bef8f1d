//! JSON Schemas of the rule files, made from the types that read them.

use schemars::{Schema, SchemaGenerator};

use super::ApiFile;
use super::binding::BindingFile;
use super::lock::LockTable;
use super::rule::Rule;

/// A kind of rule file.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub enum Kind {
    /// The actions of an API.
    Apis,
    /// What declared resources call.
    Bindings,
    /// What is reported.
    Findings,
    /// What a lock does to the actions.
    Locks,
}

/// The schema of a kind of file.
#[must_use]
pub fn schema(kind: Kind) -> Schema {
    let generator = SchemaGenerator::default();
    match kind {
        Kind::Apis => generator.into_root_schema_for::<ApiFile>(),
        Kind::Bindings => generator.into_root_schema_for::<BindingFile>(),
        Kind::Findings => generator.into_root_schema_for::<Rule>(),
        Kind::Locks => generator.into_root_schema_for::<LockTable>(),
    }
}
