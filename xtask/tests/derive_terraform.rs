//! The generator of the Terraform bindings, on a small provider of our own, and
//! what it made of the real one.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ecs_lock_lint::ruleset::Ruleset;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn derive(overlay: &Path, out: &Path, check: bool) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("derive-terraform").arg("--provider").arg(root().join("fixtures/provider"));
    command.arg("--overlay").arg(overlay).arg("--out").arg(out);
    command.args(check.then_some("--check")).output().unwrap()
}

/// A file below the folder for what tests write.
fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Rewrites the expected text when told to.
#[test]
fn the_sample_provider_has_the_expected_bindings() {
    let (overlay, expected) =
        (root().join("fixtures/overlay.yaml"), root().join("fixtures/provider.yaml"));
    let out = match std::env::var_os("UPDATE_SNAPSHOTS") {
        Some(_) => expected.clone(),
        None => scratch("provider.yaml"),
    };
    let output = derive(&overlay, &out, false);
    assert!(output.status.success(), "{output:?}");
    let [derived, expected] = [&out, &expected].map(|path| std::fs::read_to_string(path).unwrap());
    assert_eq!(derived, expected);
    assert!(expected.lines().all(|line| line.chars().count() <= 110));
}

#[test]
fn a_stale_file_fails_the_check() {
    let (overlay, expected) =
        (root().join("fixtures/overlay.yaml"), root().join("fixtures/provider.yaml"));
    assert!(derive(&overlay, &expected, true).status.success());
    let stale = scratch("stale.yaml");
    std::fs::write(&stale, "types: []").unwrap();
    assert!(!derive(&overlay, &stale, true).status.success());
}

#[test]
fn an_overlay_entry_that_fits_nothing_is_an_error() {
    let text = std::fs::read_to_string(root().join("fixtures/overlay.yaml")).unwrap();
    let changes = [
        ("volume[\"Size\"] != size", "volume[\"Color\"] != size", "Color"),
        ("actions: [ReplaceSystemDisk]", "actions: [ResetDisk]", "ResetDisk"),
        ("types: [sample_server, sample_machine]", "types: [sample_tower]", "sample_tower"),
    ];
    for (place, (old, new, told)) in changes.into_iter().enumerate() {
        assert!(text.contains(old), "the overlay has no {old:?}");
        let overlay = scratch(&format!("overlay-{place}.yaml"));
        std::fs::write(&overlay, text.replacen(old, new, 1)).unwrap();
        let output = derive(&overlay, &scratch("unfit.yaml"), false);
        assert!(!output.status.success(), "{new}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(told), "{output:?}");
    }
}

/// The committed bindings load, and each call tells where it is written.
#[test]
fn every_call_of_the_real_provider_has_its_place() {
    let path = root().join("../rules/bindings/terraform-alicloud.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let bindings: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
    let ruleset = Ruleset::load::<&str>(&[]).unwrap();
    let types = bindings["types"].as_sequence().unwrap();
    assert!(types.len() > 80, "{} types", types.len());
    for kind in types {
        let name = kind["type"].as_str().unwrap();
        let bound = ruleset.bindings().get(name).expect(name);
        for call in bound.calls() {
            let source = call.source.as_deref().unwrap_or_default();
            assert!(source.contains(".go:"), "{name}: {} has no source", call.action);
        }
    }
}
