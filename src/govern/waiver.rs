//! Waivers: findings that may stay because the configuration says so. They do for
//! files without comments what suppression comments do for others.

use std::collections::HashMap;
use std::ops::Range;

use super::suppression::{EXPIRED, INVALID, Mistake, UNUSED, about, expired, fixed};
use super::{Day, Suppressing};
use crate::analyse::Analysis;
use crate::finding::{Acceptance, Finding};
use crate::procedure::Evidence;
use crate::ruleset::{Ruleset, Scope};
use crate::source::{FileId, Patterns, SourceFile, Span};

/// The waivers of a configuration.
#[derive(Debug, Default)]
pub struct Waivers {
    /// The file that states them.
    file: Option<SourceFile>,
    list: Vec<Waiver>,
    /// What the run has looked at.
    seen: Seen,
}

/// What a run has looked at, so that it can tell a waiver that nothing needs.
#[derive(Debug, Default)]
pub struct Seen {
    /// The paths of the files.
    pub paths: Vec<String>,
    /// Whether they are all that the configuration is for.
    pub all: bool,
}

/// Findings that may stay: those that fit all that is stated.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// Where it stands in its file, in bytes.
    pub place: Range<usize>,
    /// The patterns of its paths, as they are written.
    pub shown: Vec<String>,
    /// The paths; none for all.
    pub paths: Option<Patterns>,
    /// The ids of the rules; empty for all.
    pub rules: Vec<String>,
    /// The actions; empty for all.
    pub actions: Vec<String>,
    /// What the calls act on, `*` standing for anything; empty for all.
    pub targets: Vec<String>,
    /// Why.
    pub reason: String,
    /// The last day on which it counts.
    pub until: Option<Day>,
    /// Who looks after it.
    pub owner: Option<String>,
}

/// The number of the configuration among the files.
const FILE: FileId = FileId(u32::MAX);

impl Waivers {
    /// The waivers that a file states.
    #[must_use]
    pub fn new(file: SourceFile, list: Vec<Waiver>) -> Self {
        Self { file: Some(file), list, seen: Seen::default() }
    }

    /// The same in a run that has looked at something.
    #[must_use]
    pub fn with(self, seen: Seen) -> Self {
        Self { seen, ..self }
    }
}

/// Marks the findings that are waived, and gives the findings about waivers.
pub(super) fn waive<'r>(
    analysis: &mut Analysis<'r>,
    ruleset: &'r Ruleset,
    how: Suppressing<'_>,
) -> Vec<Finding<'r>> {
    let waivers = how.waivers;
    let mut told = Vec::new();
    for waiver in &waivers.list {
        let span = waiver.span();
        if waiver.until.is_some_and(|until| until < how.today) {
            let mistake = expired(waiver.until, waiver.owner.as_deref());
            told.extend(about(EXPIRED, span, &mistake, ruleset));
            continue;
        }
        let unsuppressible = waiver.rules.iter().filter(|id| is_fixed(id, ruleset));
        let mistakes: Vec<Mistake> = unsuppressible.map(|id| fixed(id)).collect();
        told.extend(mistakes.iter().filter_map(|one| about(INVALID, span, one, ruleset)));
        let is_void = !mistakes.is_empty() && mistakes.len() == waiver.rules.len();
        let used = mark(analysis, waiver);
        if !used && !is_void && how.complete && waivers.seen.has(waiver) {
            told.extend(about(UNUSED, span, &waiver.not_used(), ruleset));
        }
    }
    if !told.is_empty() {
        analysis.files.extend(waivers.file.clone().map(|file| (FILE, file)));
    }
    told
}

fn is_fixed(id: &str, ruleset: &Ruleset) -> bool {
    ruleset.rule(id).is_some_and(|rule| rule.unsuppressible || rule.scope == Scope::Suppression)
}

/// Marks the findings that a waiver fits, and says whether there are any.
fn mark(analysis: &mut Analysis<'_>, waiver: &Waiver) -> bool {
    let Analysis { files, findings, .. } = analysis;
    let mut known: HashMap<FileId, bool> = HashMap::new();
    let mut is_at = |span: Span| match &waiver.paths {
        None => true,
        Some(paths) => *known
            .entry(span.file)
            .or_insert_with(|| files.get(&span.file).is_some_and(|file| paths.cover(&file.path))),
    };
    let mut used = false;
    for finding in findings.iter_mut().filter(|finding| finding.suppressed.is_none()) {
        if waiver.fits(finding) && places(finding).any(&mut is_at) {
            finding.suppressed = Some(Acceptance::waiver(&waiver.reason));
            used = true;
        }
    }
    used
}

/// Where a finding is: one of a plan is in the plan as well as where its resource is
/// declared.
fn places(finding: &Finding<'_>) -> impl Iterator<Item = Span> {
    let planned = finding.evidence == Evidence::Planned;
    let others = finding.related.iter().filter(move |_| planned).map(|label| label.span);
    std::iter::once(finding.label.span).chain(others)
}

impl Waiver {
    fn fits(&self, finding: &Finding<'_>) -> bool {
        let rule = finding.rule;
        let is_open = !rule.unsuppressible && rule.scope != Scope::Suppression;
        let is_among = |list: &[String], own: Option<&String>| {
            list.is_empty() || own.is_some_and(|own| list.contains(own))
        };
        let resource = finding.binding.as_ref().map(|binding| binding.resource.as_str());
        let targets = || finding.target.as_deref().into_iter().chain(resource);
        let acts_on = |wanted: &String| targets().any(|target| is_like(wanted, target));
        is_open
            && is_among(&self.rules, Some(&rule.id))
            && is_among(&self.actions, finding.action.as_ref())
            && (self.targets.is_empty() || self.targets.iter().any(acts_on))
    }

    fn span(&self) -> Span {
        let offset = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        Span { file: FILE, start: offset(self.place.start), end: offset(self.place.end) }
    }

    /// What to say of one that no finding needs.
    fn not_used(&self) -> Mistake {
        let quoted = |list: &[String]| {
            let quoted: Vec<String> = list.iter().map(|one| format!("`{one}`")).collect();
            quoted.join(", ")
        };
        let rules = if self.rules.is_empty() { "any rule".to_owned() } else { quoted(&self.rules) };
        let parts = [(" on ", &self.actions), (" of ", &self.targets), (" in ", &self.shown)];
        let parts = parts.iter().filter(|(_, list)| !list.is_empty());
        let parts: Vec<String> =
            parts.map(|(word, list)| format!("{word}{}", quoted(list))).collect();
        let suggestion = "Delete the waiver".to_owned();
        Mistake { text: format!("{rules}{}", parts.concat()), suggestion }
    }
}

impl Seen {
    /// Whether what a waiver may be for was looked at.
    fn has(&self, waiver: &Waiver) -> bool {
        let is_there = |paths: &Patterns| self.paths.iter().any(|path| paths.cover(path));
        self.all || waiver.paths.as_ref().is_some_and(is_there)
    }
}

/// Whether a text is like a pattern, in which `*` stands for anything.
fn is_like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text) in [
            ("i-1", "i-1"),
            ("i-*", "i-1"),
            ("*", ""),
            ("alicloud_instance.web[*]", "alicloud_instance.web[\"a\"]"),
            ("*.web*x", "a.web.b.x"),
        ] {
            assert!(is_like(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("i-1", "i-12"), ("i-*", "d-1"), ("a*a", "a"), ("*b*", "aca")] {
            assert!(!is_like(pattern, text), "{pattern} {text}");
        }
    }
}
