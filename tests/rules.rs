//! Every finding rule has fixtures in which it fires where a comment says so,
//! and nowhere else. The marks are `expect: <rule-id>` on the line of the
//! finding, with commas between several; what a comment suppresses is not marked. A folder `rules` beside the fixtures is
//! laid over the built-in rules.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use ecs_lock_lint::ruleset::Ruleset;
use serde_json::Value;

type Marks = BTreeSet<(u64, String)>;

fn fixtures(rule: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules").join(rule);
    let listing = std::fs::read_dir(&folder).unwrap_or_else(|_| panic!("{rule} has no fixtures"));
    let paths = listing.map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.is_file()).collect();
    paths.sort();
    paths
}

fn named<'p>(paths: &'p [PathBuf], prefix: &str) -> Vec<&'p PathBuf> {
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    paths.iter().filter(|path| name(path).starts_with(prefix)).collect()
}

fn marked(path: &Path) -> Marks {
    let text = std::fs::read_to_string(path).unwrap();
    let mut marks = Marks::new();
    for (line, number) in text.lines().zip(1..) {
        if let Some((_, rules)) = line.split_once("expect: ") {
            marks.extend(rules.split(',').map(|rule| (number, rule.trim().to_owned())));
        }
    }
    marks
}

fn found(path: &Path) -> Marks {
    let args = ["ecs-lock-lint", "check", "--output=json", "--persona=auditor"].map(OsString::from);
    let mut out = Vec::new();
    let rules = path.with_file_name("rules");
    let overlay = ["--rules".into(), rules.clone().into_os_string()];
    let overlay = overlay.into_iter().filter(|_| rules.is_dir());
    let args = args.into_iter().chain(overlay).chain([path.as_os_str().to_owned()]);
    ecs_lock_lint::run(args, &mut out, &mut Vec::new());
    let report: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(report["problems"], serde_json::json!([]), "{}", path.display());
    let finding = |one: &Value| {
        (one["start"]["line"].as_u64().unwrap(), one["rule"].as_str().unwrap().to_owned())
    };
    let findings = report["findings"].as_array().unwrap().iter();
    findings.filter(|one| one["suppressed"].is_null()).map(finding).collect()
}

#[test]
fn rules_fire_where_marked_and_nowhere_else() {
    let ruleset = Ruleset::load::<&str>(&[]).unwrap();
    assert!(!ruleset.rules.is_empty());
    for rule in &ruleset.rules {
        for path in fixtures(&rule.id) {
            assert_eq!(found(&path), marked(&path), "{}: found and marked", path.display());
        }
    }
}

/// In how many inputs a rule has fixtures at least.
const INPUTS: usize = 4;

/// Rules that can occur in fewer inputs, in how many, and why.
const FEWER: &[(&str, usize, &str)] =
    &[("hanging-apply", 2, "only what carries out declared resources repeats calls by itself")];

/// Files that several formats share, told apart by a word at the start of a line.
const FORMATS: &[(&str, &str)] = &[
    ("FormatVersion: OOS", "oos"),
    ("ROSTemplateFormatVersion", "ros"),
    ("- hosts:", "ansible"),
    ("runtime: yaml", "pulumi"),
    ("jobs:", "github-actions"),
    ("kind:", "kubernetes"),
    ("  script:", "gitlab-ci"),
];

/// The input that a fixture is of.
fn input(path: &Path) -> String {
    let extension = path.extension().map(|extension| extension.to_string_lossy().into_owned());
    let extension = extension.unwrap_or_default();
    if !["yml", "yaml"].contains(&extension.as_str()) {
        return extension;
    }
    let text = std::fs::read_to_string(path).unwrap();
    let format = FORMATS.iter().find(|(start, _)| text.lines().any(|line| line.starts_with(start)));
    format.unwrap_or_else(|| panic!("{}: which format is it?", path.display())).1.to_owned()
}

#[test]
fn every_rule_has_bad_and_good_fixtures_in_four_inputs() {
    let ruleset = Ruleset::load::<&str>(&[]).unwrap();
    for rule in &ruleset.rules {
        let paths = fixtures(&rule.id);
        let (bad, good) = (named(&paths, "bad"), named(&paths, "good"));
        assert_eq!(bad.len() + good.len(), paths.len(), "{}: an odd name", rule.id);
        let fewer = FEWER.iter().find(|(id, ..)| *id == rule.id);
        let wanted = fewer.map_or(INPUTS, |(_, wanted, _)| *wanted);
        for kind in [&bad, &good] {
            let inputs: BTreeSet<_> = kind.iter().map(|path| input(path)).collect();
            assert!(inputs.len() >= wanted, "{} has fixtures in {inputs:?} only", rule.id);
        }
        let fires = |path: &&PathBuf| marked(path).iter().any(|(_, id)| *id == rule.id);
        assert!(bad.iter().all(fires), "{}: a bad fixture without a mark", rule.id);
        assert!(!good.iter().any(fires), "{}: a good fixture with a mark", rule.id);
    }
}

#[test]
fn the_examples_of_every_rule_hold() {
    let mut out = Vec::new();
    let args = ["ecs-lock-lint", "rules", "test"].map(OsString::from);
    let code = ecs_lock_lint::run(args, &mut out, &mut Vec::new());
    let said = String::from_utf8(out).unwrap();
    assert_eq!(code, 0, "{said}");
    let rules = Ruleset::load::<&str>(&[]).unwrap().rules.len();
    let passed: usize = said.split_whitespace().next().unwrap().parse().unwrap();
    assert!(passed >= 2 * rules, "{said}");
}

#[test]
fn an_example_that_does_not_hold_fails() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples");
    let path = "findings/blocked-call.yaml";
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let text = std::fs::read_to_string(rules.join(path)).unwrap();
    std::fs::create_dir_all(folder.join("findings")).unwrap();
    std::fs::write(folder.join(path), text.replace("ecs StopInstance", "ecs StartInstance"))
        .unwrap();
    let mut out = Vec::new();
    let args = ["ecs-lock-lint", "rules", "test"].map(OsString::from);
    let args = args.into_iter().chain([folder.into_os_string()]);
    assert_eq!(ecs_lock_lint::run(args, &mut out, &mut Vec::new()), 1);
    let said = String::from_utf8(out).unwrap();
    assert!(said.contains("blocked-call: good example stop.sh:1: is reported"), "{said}");
    assert!(said.contains("1 passed, 1 failed"), "{said}");
}
