//! Suppression comments: takes the findings that they speak of out of the others,
//! and reports the comments that do not count or are not needed.

use std::collections::{BTreeMap, HashMap};

use super::{Day, Waivers, waiver};
use crate::analyse::Analysis;
use crate::directive::Directive;
use crate::finding::{Acceptance, Finding, Fix, Label};
use crate::procedure::Evidence;
use crate::ruleset::Ruleset;
use crate::source::{FileId, SourceFile, Span};
use crate::verdict::Verdict;

mod allow;
mod mend;
mod reach;

use allow::Allow;
pub(super) use allow::{Mistake, fixed};
use reach::Reach;

/// How suppression comments and waivers are honoured.
#[derive(Clone, Copy, Debug)]
pub struct Suppressing<'p> {
    /// The day of the run, on which those count that have not ended before.
    pub today: Day,
    /// Whether the findings are all that there are, so that a suppression without
    /// any is one too many.
    pub complete: bool,
    /// What the configuration says besides the comments.
    pub waivers: &'p Waivers,
}

/// The rules about the comments and waivers themselves.
pub(super) const INVALID: &str = "invalid-suppression";
pub(super) const EXPIRED: &str = "expired-suppression";
pub(super) const UNUSED: &str = "unused-suppression";

/// How many findings before a comment are asked whether they reach to it.
const MOST_LOOKED_AT: usize = 256;

/// A suppression in its place.
struct Placed<'d> {
    directive: &'d Directive,
    allow: Allow,
}

/// Takes the suppressed findings out of the others.
pub fn suppress<'r>(analysis: &mut Analysis<'r>, ruleset: &'r Ruleset, how: Suppressing<'_>) {
    let directives = std::mem::take(&mut analysis.directives);
    let mut told = Vec::new();
    let mut placed = Vec::new();
    for directive in &directives {
        let mut mistakes = Vec::new();
        match allow::read(&directive.words, ruleset, &mut mistakes) {
            Err(mistake) => mistakes.push(mistake),
            Ok(allow) if allow.whole_file && !directive.alone => mistakes.push(not_alone()),
            Ok(allow) if allow.until.is_some_and(|until| until < how.today) => {
                told.extend(about(EXPIRED, directive.span, &ended(&allow), ruleset));
            }
            Ok(allow) => placed.push(Placed { directive, allow }),
        }
        let invalid =
            mistakes.iter().filter_map(|one| about(INVALID, directive.span, one, ruleset));
        told.extend(invalid);
    }
    // What speaks of a place goes before what speaks of the file.
    placed.sort_by_key(|one| one.allow.whole_file);
    let unused = mark(analysis, &placed);
    if how.complete {
        let tell = |(one, mistake, fix): (&Directive, Mistake, Option<Fix>)| {
            let finding = about(UNUSED, one.span, &mistake, ruleset)?;
            Some(Finding { fix, ..finding })
        };
        told.extend(unused.into_iter().filter_map(tell));
    }
    told.extend(waiver::waive(analysis, ruleset, how));
    let findings = std::mem::take(&mut analysis.findings).into_iter();
    let (suppressed, others) = findings.partition(|finding| finding.suppressed.is_some());
    analysis.suppressed = suppressed;
    analysis.findings = others;
    analysis.add(told);
}

/// Marks the findings that are suppressed, and gives the comments with rules of
/// which there was no finding.
fn mark<'d>(
    analysis: &mut Analysis<'_>,
    placed: &[Placed<'d>],
) -> Vec<(&'d Directive, Mistake, Option<Fix>)> {
    let reaches = reaches(analysis, placed);
    let by_rule = by_rule(&analysis.findings);
    let mut unused = Vec::new();
    for (one, reach) in placed.iter().zip(&reaches) {
        let mut idle = Vec::new();
        for rule in &one.allow.rules {
            let own = by_rule.get(&(one.directive.span.file, rule.clone()));
            let own = own.map_or(&[][..], Vec::as_slice);
            let span = |number: usize| analysis.findings[number].label.span;
            let meant = if one.allow.whole_file { own } else { meant(own, reach, span) };
            if !suppress_some(&mut analysis.findings, meant, &one.allow.reason) {
                idle.push(rule.as_str());
            }
        }
        if let Some(mistake) = not_used(one, &idle) {
            let fix = mended(one, &idle, &analysis.files[&one.directive.span.file]);
            unused.push((one.directive, mistake, fix));
        }
    }
    unused
}

/// The numbers of the findings of each rule in each file, in their order.
fn by_rule(findings: &[Finding<'_>]) -> BTreeMap<(FileId, String), Vec<usize>> {
    let mut by_rule: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (number, finding) in findings.iter().enumerate() {
        let key = (finding.label.span.file, finding.rule.id.clone());
        by_rule.entry(key).or_default().push(number);
    }
    by_rule
}

/// Suppresses those of some findings that are not yet, and says whether there are
/// any.
fn suppress_some(findings: &mut [Finding<'_>], numbers: &[usize], reason: &str) -> bool {
    let mut any = false;
    for number in numbers {
        let finding = &mut findings[*number];
        if finding.suppressed.is_none() {
            finding.suppressed = Some(Acceptance::comment(reason));
            any = true;
        }
    }
    any
}

/// The reach of each suppression, in their order.
fn reaches(analysis: &Analysis<'_>, placed: &[Placed<'_>]) -> Vec<Reach> {
    let mut by_file: BTreeMap<FileId, Vec<&Directive>> = BTreeMap::new();
    for one in placed {
        by_file.entry(one.directive.span.file).or_default().push(one.directive);
    }
    let mut reaches = HashMap::new();
    for (file, mut directives) in by_file {
        directives.sort_by_key(|directive| directive.span);
        let own = reach::reaches(&analysis.files[&file], &directives);
        reaches.extend(directives.iter().map(|directive| directive.span).zip(own));
    }
    placed.iter().map(|one| reaches[&one.directive.span].clone()).collect()
}

/// Which of the findings of one rule in a file, in their order, a comment means:
/// those that start on its line, or else in its block, or else the innermost that
/// it stands within. One behind code means what it stands within before the block,
/// and at last the statement that its line closes.
fn meant<'n>(own: &'n [usize], reach: &Reach, span: impl Fn(usize) -> Span) -> &'n [usize] {
    let starting = |range: &std::ops::Range<u32>| {
        let first = own.partition_point(|number| span(*number).start < range.start);
        let end = own.partition_point(|number| span(*number).start < range.end);
        &own[first..end.max(first)]
    };
    let around = || {
        let before = own.partition_point(|number| span(*number).start < reach.at);
        let looked_at = &own[before.saturating_sub(MOST_LOOKED_AT)..before];
        let place = looked_at.iter().rposition(|number| span(*number).end > reach.at);
        place.map_or(&own[..0], |place| &looked_at[place..=place])
    };
    let block = || starting(&reach.block);
    let first = |one: &'n [usize], other: &dyn Fn() -> &'n [usize]| {
        if one.is_empty() { other() } else { one }
    };
    let nearest = starting(&reach.line);
    if reach.trails {
        first(first(first(nearest, &around), &block), &|| starting(&reach.closed))
    } else {
        first(first(nearest, &block), &around)
    }
}

/// A finding about a comment or a waiver.
pub(super) fn about<'r>(
    rule: &str,
    span: Span,
    mistake: &Mistake,
    ruleset: &'r Ruleset,
) -> Option<Finding<'r>> {
    let rule = ruleset.rule(rule)?;
    let fill = |text: &str| {
        // What the texts of the comment hold is not filled in again.
        let parts: Vec<&str> = text.split("{suggestion}").collect();
        let parts = parts.iter().map(|part| part.replace("{text}", &mistake.text));
        parts.collect::<Vec<_>>().join(&mistake.suggestion)
    };
    Some(Finding {
        rule,
        severity: rule.severity,
        message: fill(&rule.message),
        help: fill(&rule.help),
        label: Label { span, message: fill(&rule.label) },
        related: Vec::new(),
        action: None,
        verdict: Verdict::Unaffected,
        error_code: None,
        evidence: Evidence::Certain,
        target: None,
        binding: None,
        handled: None,
        fingerprint: String::new(),
        fix: None,
        suppressed: None,
        baseline: None,
    })
}

fn not_alone() -> Mistake {
    Mistake {
        text: "`allow-file` stands beside code".to_owned(),
        suggestion: "Put it on a line of its own".to_owned(),
    }
}

fn ended(allow: &Allow) -> Mistake {
    expired(allow.until, allow.owner.as_deref())
}

/// What to say of what counts no more.
pub(super) fn expired(until: Option<Day>, owner: Option<&str>) -> Mistake {
    let day = until.map_or_else(String::new, |day| day.to_string());
    let owner = owner.map_or_else(String::new, |owner| format!(" (owner: {owner})"));
    let suggestion = "Repair what it suppresses and delete it, or state a later day".to_owned();
    Mistake { text: format!("{day}{owner}"), suggestion }
}

/// What mends a comment that lists rules of which there is no finding.
fn mended(one: &Placed<'_>, idle: &[&str], file: &SourceFile) -> Option<Fix> {
    if idle.len() == one.allow.rules.len() {
        return Some(mend::delete(file, one.directive));
    }
    mend::shorten(file, one.directive, idle)
}

/// What to say of a comment that lists rules of which there is no finding.
fn not_used(one: &Placed<'_>, idle: &[&str]) -> Option<Mistake> {
    if idle.is_empty() {
        return None;
    }
    let listed: Vec<String> = idle.iter().map(|rule| format!("`{rule}`")).collect();
    let text = listed.join(", ");
    let suggestion = if idle.len() == one.allow.rules.len() {
        "Delete the comment".to_owned()
    } else {
        format!("Delete {text} from its list")
    };
    Some(Mistake { text, suggestion })
}
