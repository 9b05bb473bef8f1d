//! The table of inputs, and what a front end gets and gives.
//!
//! A front end turns text into [`Lowered`]: procedures of direct calls, and
//! declarations that bindings turn into calls. It never fails: a broken text
//! gives what could be read and a [`Problem`]. It knows no rule and no verdict,
//! and its grammar's tree never leaves it.

use crate::catalogue::Catalogue;
use crate::problem::Problem;
use crate::procedure::{Change, Declaration, Procedure};
use crate::source::Source;

/// One input format, as data. Adding one is a file with such a record in it and
/// a line in [`FRONTENDS`].
#[derive(Debug)]
pub struct Frontend {
    /// Its name on the command line and in output.
    pub name: &'static str,
    /// What it reads, in a few words.
    pub reads: &'static str,
    /// Name patterns: `*.tf`, matched against the file's name.
    pub globs: &'static [&'static str],
    /// Interpreters that a `#!` line may name.
    pub interpreters: &'static [&'static str],
    /// Whether a text is of this format. None where the name decides; required
    /// where several front ends share a name pattern.
    pub recognises: Option<fn(&str) -> bool>,
    /// Groups of words; a text that can matter holds at least one of each.
    pub words: &'static [&'static [&'static str]],
    /// What is read as one unit.
    pub grouping: Grouping,
    /// The largest file that is read, in bytes.
    pub max_bytes: u64,
    /// Turns the texts of a unit into procedures and declarations.
    pub lower: fn(&[Source<'_>], Context<'_>) -> Lowered,
}

/// What makes up a unit: the files that are lowered together.
#[derive(Clone, Copy, Debug)]
pub enum Grouping {
    /// Each file is one.
    File,
    /// The files of a folder are one, with those of the folders that they refer
    /// to: the function gives the relative paths that a text refers to.
    Folders(fn(&str) -> Vec<String>),
    /// Each file is one, with the files that it refers to: the function gives the
    /// relative paths that a text may refer to.
    Linked(fn(&str) -> Vec<String>),
}

/// What a front end may ask while it lowers.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The actions of the ECS API, to turn a language's spelling of a name into
    /// the API's.
    pub catalogue: &'a Catalogue,
}

/// What came out of a unit.
#[derive(Debug, Default)]
pub struct Lowered {
    /// Procedures with direct calls.
    pub procedures: Vec<Procedure>,
    /// Resources whose lifecycle bindings know.
    pub declarations: Vec<Declaration>,
    /// What a plan says will happen to resources, in its order.
    pub changes: Vec<Change>,
    /// Resources that are known to exist, from a state.
    pub existing: Vec<Declaration>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Lowered {
    /// Takes in what another text gave.
    pub fn extend(&mut self, other: Self) {
        self.procedures.extend(other.procedures);
        self.declarations.extend(other.declarations);
        self.changes.extend(other.changes);
        self.existing.extend(other.existing);
        self.problems.extend(other.problems);
    }
}

mod aliyun_cli;
mod definition;
mod lock_words;
mod oos;
mod plan;
mod powershell;
mod python;
mod ros;
mod rpc;
mod shell;
mod syntax;
mod template;
mod terraform;

/// Every front end.
pub static FRONTENDS: &[&Frontend] = &[
    &terraform::FRONTEND,
    &plan::FRONTEND,
    &ros::FRONTEND,
    &oos::FRONTEND,
    &shell::FRONTEND,
    &powershell::FRONTEND,
    &python::FRONTEND,
];

/// The front end of a name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Frontend> {
    FRONTENDS.iter().copied().find(|frontend| frontend.name == name)
}

/// The resources that a Terraform state says exist: the text of
/// `terraform.tfstate`, or of `terraform show -json`.
///
/// # Errors
/// What is wrong with the text.
pub fn existing_resources(state: &str) -> Result<Vec<Declaration>, String> {
    plan::existing_resources(state)
}

/// Lowers code embedded in another format with the front end of its language.
/// Code that is nested too deep, or that names nothing of interest, gives
/// nothing.
#[must_use]
pub fn lower_embedded(language: &str, source: &Source<'_>, context: Context<'_>) -> Lowered {
    match named(language) {
        Some(frontend) if source.may_embed() && frontend.matters(source.text.as_bytes()) => {
            (frontend.lower)(std::slice::from_ref(source), context)
        }
        _ => Lowered::default(),
    }
}

impl Frontend {
    /// Whether a text holds the words without which it cannot matter.
    #[must_use]
    pub fn matters(&self, text: &[u8]) -> bool {
        let holds = |word: &&str| memchr::memmem::find(text, word.as_bytes()).is_some();
        self.words.iter().all(|group| group.iter().any(holds))
    }
}
