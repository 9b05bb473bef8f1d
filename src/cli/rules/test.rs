//! `rules test`: the examples of rules as their tests.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use crate::analyse;
use crate::cli::{CliError, Exit, to_stdout};
use crate::discover;
use crate::govern::{self, Suppressing, Waivers};
use crate::ruleset::{Example, Rule, Ruleset};

/// Lines of an example, from 1.
type Lines = BTreeSet<u32>;

/// Runs the examples of the rules that folders hold, or of all if there are no
/// folders.
pub(in crate::cli) fn run(folders: &[PathBuf], out: &mut dyn Write) -> Exit {
    let ruleset = Ruleset::load(folders)?;
    let tested = Ruleset::rules_in(folders)?;
    let is_tested = |rule: &&Rule| folders.is_empty() || tested.contains(&rule.id);
    let rules: Vec<&Rule> = ruleset.rules.iter().filter(is_tested).collect();
    let mut tally = Tally::default();
    for rule in rules {
        tally.add(rule, (&ruleset, folders), out)?;
    }
    let Tally { passed, failed } = tally;
    writeln!(out, "{passed} passed, {failed} failed").map_err(to_stdout)?;
    Ok(u8::from(failed > 0))
}

/// The rules, and the folders that they are from.
type Rules<'r> = (&'r Ruleset, &'r [PathBuf]);

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    fn add(&mut self, rule: &Rule, rules: Rules<'_>, out: &mut dyn Write) -> Result<(), CliError> {
        let examples = &rule.examples;
        for (kind, examples) in [("bad", &examples.bad), ("good", &examples.good)] {
            if examples.is_empty() {
                self.failed += 1;
                writeln!(out, "{}: has no {kind} example; write one", rule.id)
                    .map_err(to_stdout)?;
            }
            for example in examples {
                let wrong = if example.rules.is_empty() {
                    mistakes(rule, example, rules.0)
                } else {
                    mistakes(rule, example, &Ruleset::load_with(rules.1, &example.rules)?)
                };
                if wrong.is_empty() {
                    self.passed += 1;
                    continue;
                }
                self.failed += 1;
                for what in wrong {
                    let Example { file, .. } = example;
                    writeln!(out, "{}: {kind} example {file}{what}", rule.id).map_err(to_stdout)?;
                }
            }
        }
        Ok(())
    }
}

/// What of an example is not as its marks say.
fn mistakes(rule: &Rule, example: &Example, ruleset: &Ruleset) -> Vec<String> {
    let discovery = discover::given(&example.file, &example.text);
    let mut analysis = analyse::analyse(&discovery, ruleset, 1);
    let waivers = Waivers::default();
    let how = Suppressing { today: crate::cli::today(), complete: true, waivers: &waivers };
    govern::suppress(&mut analysis, ruleset, how);
    let unread = analysis.problems.iter().map(|(_, problem)| format!(": {}", problem.message));
    let mut wrong: Vec<String> = unread.collect();
    if analysis.file_count == 0 && wrong.is_empty() {
        wrong.push(": no front end reads a file of this name and content".to_owned());
    }
    let own = analysis.findings.iter().filter(|finding| finding.rule.id == rule.id);
    let line = |span: crate::source::Span| analysis.files[&span.file].position(span.start).line;
    let found: Lines = own.map(|finding| line(finding.label.span)).collect();
    let mark = rule.mark();
    let lines = (1..).zip(example.text.lines());
    let marked: Lines =
        lines.filter(|(_, line)| line.contains(&mark)).map(|(number, _)| number).collect();
    wrong.extend(marked.difference(&found).map(|line| format!(":{line}: is not reported")));
    wrong.extend(found.difference(&marked).map(|line| format!(":{line}: is reported")));
    wrong
}
