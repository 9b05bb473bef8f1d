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
    /// Names the finding across runs; it does not change when lines move.
    pub fingerprint: String,
    /// Why it may stay, if a comment says so.
    pub suppressed: Option<String>,
}

/// A place and what is to be said of it.
#[derive(Clone, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What.
    pub message: String,
}

/// Gives each finding its fingerprint. It covers the rule, the path, the action,
/// the target and the source text without white space and without comments to the
/// linter, and counts equal ones.
///
/// `path_and_text` gives the path of the file of a span, and that text in pieces.
pub(crate) fn fingerprint<'s>(
    findings: &mut [Finding<'_>],
    path_and_text: impl Fn(Span) -> (&'s str, Vec<&'s str>),
) {
    let mut seen = std::collections::HashMap::new();
    for finding in findings {
        let (path, text) = path_and_text(finding.label.span);
        let target = finding.target.as_deref().unwrap_or_default();
        let action = finding.action.as_deref().unwrap_or_default();
        let mut hash = Fnv::new();
        for part in [finding.rule.id.as_str(), path, action, target] {
            hash.write(part.bytes());
        }
        let bytes = text.iter().flat_map(|piece| piece.bytes());
        hash.write(bytes.filter(|byte| !byte.is_ascii_whitespace()));
        let ordinal: &mut u32 = seen.entry(hash.0).or_default();
        hash.write(ordinal.to_le_bytes());
        *ordinal += 1;
        finding.fingerprint = format!("{:016x}", hash.0);
    }
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
