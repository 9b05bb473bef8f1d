//! What kept an input from being read in full. A problem is data: the rest is
//! analysed, and the report lists it.

use crate::source::Span;

/// Something that could not be read.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What sort of thing.
    pub kind: ProblemKind,
    /// What is wrong and what to do, without a full stop at the end.
    pub message: String,
    /// Where, if it has a place in a file that was read.
    pub span: Option<Span>,
}

/// The sorts of problems.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum ProblemKind {
    /// The text does not follow the format's grammar.
    Syntax,
    /// Some bytes are not UTF-8.
    Encoding,
    /// The operating system would not give the file.
    Unreadable,
    /// Neither name nor content says which format it is.
    Unrecognised,
    /// The file is larger than the front end reads.
    TooLarge,
    /// The text is nested deeper than the front end reads.
    TooDeep,
    /// Parsing took longer than it may.
    Timeout,
    /// The linter failed on this input; a bug.
    Internal,
}

impl ProblemKind {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Encoding => "encoding",
            Self::Unreadable => "unreadable",
            Self::Unrecognised => "unrecognised",
            Self::TooLarge => "too-large",
            Self::TooDeep => "too-deep",
            Self::Timeout => "timeout",
            Self::Internal => "internal",
        }
    }
}

impl Problem {
    /// A problem with a place.
    #[must_use]
    pub fn at(kind: ProblemKind, span: Span, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), span: Some(span) }
    }
}
