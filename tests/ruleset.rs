//! The rule files are sound, and mistakes in them are refused with file, line
//! and remedy.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::path::{Path, PathBuf};

use clap::ValueEnum as _;
use ecs_lock_lint::ruleset::{self, Impact, Kind, Ruleset, RulesetError};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")
}

/// Loads the built-in rules with one of their files changed.
fn load_with(name: &str, path: &str, change: (&str, &str)) -> Result<Ruleset, RulesetError> {
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    assert!(text.contains(change.0), "{path} has no {:?}", change.0);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ruleset").join(name);
    let file = folder.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, text.replacen(change.0, change.1, 1)).unwrap();
    Ruleset::load(&[folder])
}

fn refusal(name: &str, path: &str, change: (&str, &str)) -> RulesetError {
    let error = load_with(name, path, change).expect_err(name);
    assert!(error.path.ends_with(path), "{error}");
    error
}

#[test]
fn the_files_and_what_is_built_in_are_the_same() {
    let built_in = Ruleset::load::<&str>(&[]).unwrap();
    let from_files = Ruleset::load(&[root()]).unwrap();
    assert_eq!(format!("{:?}", built_in.lock.actions), format!("{:?}", from_files.lock.actions));
    assert_eq!(format!("{:?}", built_in.rules), format!("{:?}", from_files.rules));
    assert_eq!(built_in.catalogue.actions.len(), from_files.catalogue.actions.len());
}

#[test]
fn every_row_has_its_own_words_and_every_file_its_date() {
    let ruleset = Ruleset::load::<&str>(&[]).unwrap();
    let mut summaries: Vec<&str> =
        ruleset.lock.actions.iter().map(|row| row.summary.as_str()).collect();
    summaries.sort_unstable();
    summaries.dedup();
    assert_eq!(summaries.len(), 76);
    assert_eq!(ruleset.lock.default, Impact::Unaffected);
    assert_eq!(ruleset.lock.as_of, "2026-06-20");
    assert!(ruleset.lock.row("ResetDisks").is_some_and(|row| row.impact == Impact::Unaffected));
    assert!(ruleset.lock.conflict("StopInstance").is_some());
    assert!(ruleset.lock.conflict("StartInstances").is_some());
    assert!(ruleset.lock.conflict("StartInstance").is_none());
}

#[test]
fn unknown_keys_are_refused_with_their_line() {
    let error = refusal("key", "findings/blocked-call.yaml", ("severity:", "sevrity:"));
    assert_eq!(error.line, 2);
    assert!(error.message.contains("sevrity"), "{error}");
    let error = refusal("nested", "findings/silent-no-op.yaml", ("  verdict:", "  verdit:"));
    assert!(error.message.contains("verdit"), "{error}");
}

#[test]
fn unknown_actions_are_refused_with_a_suggestion() {
    let change = ("action: RebootInstances", "action: RebotInstances");
    let error = refusal("action", "locks/security.yaml", change);
    assert!(error.line > 20, "{error}");
    assert!(error.hint.contains("RebootInstances"), "{error}");
    let change = ("action: RunInstances", "action: RunInstancs");
    let error = refusal("bound", "bindings/ros.yaml", change);
    assert!(error.line > 1 && error.hint.contains("RunInstances"), "{error}");
}

#[test]
fn unknown_names_in_finding_rules_are_refused_with_a_suggestion() {
    let change = ("CreateSnapshotGroup, CreateImage]", "CreateSnapshotGroup, CreateImagf]");
    let error = refusal("condition", "findings/backup-bypassed.yaml", change);
    assert!(error.line > 10 && error.hint.contains("CreateImage"), "{error}");
    let change = ("takes: [blocked-call,", "takes: [blocked-cal,");
    let error = refusal("taken", "findings/backup-bypassed.yaml", change);
    assert!(
        error.message.contains("blocked-cal") && error.hint.contains("blocked-call"),
        "{error}"
    );
}

#[test]
fn examples_say_what_is_reported() {
    let change = ("# expect: silent-no-op", "");
    let error = refusal("unmarked", "findings/silent-no-op.yaml", change);
    assert!(error.message.contains("has no mark"), "{error}");
    let change = ("aliyun ecs DescribeInvocations", "# expect: silent-no-op");
    let error = refusal("marked", "findings/silent-no-op.yaml", change);
    assert!(error.message.contains("has a mark"), "{error}");
}

#[test]
fn a_file_outside_of_the_known_folders_is_refused() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ruleset/stray");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("mine.yaml"), "id: mine").unwrap();
    let error = Ruleset::load(&[folder]).unwrap_err();
    assert!(error.path.ends_with("mine.yaml") && error.hint.contains("findings"), "{error}");
}

#[test]
fn every_mistake_is_told_at_once() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ruleset/several");
    std::fs::create_dir_all(folder.join("findings")).unwrap();
    for id in ["one", "two"] {
        std::fs::write(folder.join(format!("findings/{id}.yaml")), format!("id: {id}\n")).unwrap();
    }
    assert_eq!(Ruleset::mistakes(&[folder]).unwrap().len(), 2);
    assert!(Ruleset::mistakes(&[root()]).unwrap().is_empty());
}

#[test]
fn the_files_keep_to_their_schemas() {
    for kind in Kind::value_variants() {
        let name = kind.to_possible_value().unwrap();
        let schema = serde_json::to_value(ruleset::schema(*kind)).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(!validator.is_valid(&serde_json::json!({"id": "incomplete"})), "{schema}");
        let mut count = 0;
        for entry in std::fs::read_dir(root().join(name.get_name())).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let value: serde_json::Value = serde_yaml::from_str(&text).unwrap();
            let errors: Vec<String> =
                validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", path.display());
            count += 1;
        }
        assert!(count > 0, "rules/{} is empty", name.get_name());
    }
}

#[test]
fn duplicates_are_refused() {
    let change = ("action: RebootInstances", "action: RebootInstance");
    let error = refusal("row", "locks/security.yaml", change);
    assert!(error.message.contains("two rows") && error.line > 30, "{error}");
    let change = ("name: AddTags", "name: ActivateRouterInterface");
    let error = refusal("api", "apis/ecs-2014-05-26.yaml", change);
    assert!(error.message.contains("twice") && error.line > 10, "{error}");
    let change = ("type: ALIYUN::ECS::Snapshot\n", "type: ALIYUN::ECS::Disk\n");
    let error = refusal("type", "bindings/ros.yaml", change);
    assert!(error.message.contains("twice"), "{error}");
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let change = ("{action}", "{acton}");
    let error = refusal("placeholder", "findings/blocked-call.yaml", change);
    assert!(error.message.contains("{acton}"), "{error}");
    let error = refusal("id", "findings/blocked-call.yaml", ("id: blocked-call", "id: other"));
    assert!(error.message.contains("other"), "{error}");
    let change = ("impact: fails-if-disk-in-use", "impact: fails");
    let error = refusal("impact", "locks/security.yaml", change);
    assert!(error.message.contains("DetachDisk"), "{error}");
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let error = Ruleset::load(&["nowhere"]).unwrap_err();
    assert!(error.message.contains("cannot be read"), "{error}");
}
