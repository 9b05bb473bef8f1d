//! Findings: what is reported, where, and under which fingerprint.

use crate::procedure::{Binding, Evidence};
use crate::ruleset::{Rule, Severity};
use crate::source::Span;
use crate::verdict::Verdict;

/// A fault at a place.
#[derive(Clone, Debug)]
pub struct Finding<'r> {
    /// The rule that it breaks.
    pub rule: &'r Rule,
    /// Its severity, lowered by its evidence.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Where.
    pub label: Label,
    /// Other places that belong to it.
    pub related: Vec<Label>,
    /// The action; none where several are concerned or it could not be told.
    pub action: Option<String>,
    /// The worst verdict that it rests on.
    pub verdict: Verdict,
    /// The error code that the call answers with.
    pub error_code: Option<String>,
    /// How sure it is that the call is made.
    pub evidence: Evidence,
    /// What the call acts on.
    pub target: Option<String>,
    /// The binding through which the call follows.
    pub binding: Option<Binding>,
    /// How the procedure takes care of the lock.
    pub handled: Option<&'static str>,
    /// What mends it, where that can be told.
    pub fix: Option<Fix>,
    /// Names the finding across runs; it does not change when lines move.
    pub fingerprint: String,
    /// Why it may stay, if a comment or the configuration says so.
    pub suppressed: Option<Acceptance>,
    /// How it stands to the baseline; none without one.
    pub baseline: Option<BaselineState>,
}

impl Finding<'_> {
    /// Whether the baseline accepts it.
    #[must_use]
    pub fn is_baselined(&self) -> bool {
        self.baseline == Some(BaselineState::Unchanged)
    }
}

/// A change of a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fix {
    /// What goes away.
    pub span: Span,
    /// What comes in its place.
    pub text: String,
}

/// Why a finding may stay.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Acceptance {
    /// The reason that is given.
    pub reason: String,
    /// Whether a waiver of the configuration gives it, rather than a comment.
    pub by_waiver: bool,
}

impl Acceptance {
    /// What a comment says.
    #[must_use]
    pub fn comment(reason: &str) -> Self {
        Self { reason: reason.to_owned(), by_waiver: false }
    }

    /// What a waiver says.
    #[must_use]
    pub fn waiver(reason: &str) -> Self {
        Self { reason: reason.to_owned(), by_waiver: true }
    }
}

/// How a finding stands to a baseline.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BaselineState {
    /// The baseline does not have it.
    New,
    /// The baseline has it.
    Unchanged,
}

impl BaselineState {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Unchanged => "unchanged",
        }
    }
}

/// A place and what is to be said of it.
#[derive(Clone, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What.
    pub message: String,
}

/// Gives each finding its fingerprint, as docs/baseline.md specifies it. It covers
/// the rule, the path, the action, the target and the resource or else the source text
/// without its format and without comments to the linter, and counts equal ones.
///
/// `path_and_text` gives the path of the file of a span, from the top of the
/// repository, and that text in pieces.
pub(crate) fn fingerprint<'s>(
    findings: Vec<&mut Finding<'_>>,
    path_and_text: impl Fn(Span) -> (String, Vec<&'s str>),
) {
    let mut seen = std::collections::HashMap::new();
    for finding in findings {
        let (path, text) = path_and_text(finding.label.span);
        let target = finding.target.as_deref().unwrap_or_default();
        let action = finding.action.as_deref().unwrap_or_default();
        let mut hash = Fnv::new();
        for part in [&finding.rule.id, &path, action] {
            hash.write(part.bytes());
        }
        hash.write(unformatted(target));
        match &finding.binding {
            // The block of a resource is long, and what else changes in it is another
            // matter.
            Some(Binding { resource, lifecycle, .. }) => {
                hash.write(resource.bytes());
                hash.write(lifecycle.name().bytes());
            }
            None => hash.write(unformatted(&text.concat())),
        }
        let ordinal: &mut u32 = seen.entry(hash.0).or_default();
        hash.write(ordinal.to_le_bytes());
        *ordinal += 1;
        finding.fingerprint = format!("{:016x}", hash.0);
    }
}

/// A text without white space, lines of comment, and what continues a line: a
/// backslash or a backtick at its end.
fn unformatted(text: &str) -> impl Iterator<Item = u8> {
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.starts_with('#') && !line.starts_with("//"));
    let continued = |line| str::strip_suffix(line, ['\\', '`']).unwrap_or(line);
    lines.flat_map(move |line| continued(line).bytes()).filter(|byte| !byte.is_ascii_whitespace())
}

/// The 64-bit FNV-1a hash, which is the same on every machine and in every
/// version, as the standard library's is not.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Takes in a part and its end.
    fn write(&mut self, part: impl IntoIterator<Item = u8>) {
        for byte in part.into_iter().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
