//! The generator of the OOS bindings, on a few templates of our own, and what it
//! made of the published ones.

// Not every file system takes the names that the published templates have.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ecs_lock_lint::ruleset::Ruleset;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The sample templates under the names that they would be published with, in
/// which `::` stands for `__`.
fn templates() -> PathBuf {
    let folders = ["CloudProductActions/ECS/YAML", "PublicTemplates/YAML"];
    let copy = scratch(&format!("templates-{:?}", std::thread::current().id()));
    for folder in folders {
        std::fs::create_dir_all(copy.join(folder)).unwrap();
        for entry in std::fs::read_dir(root().join("fixtures/templates").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().replace("__", "::");
            std::fs::copy(&path, copy.join(folder).join(name)).unwrap();
        }
    }
    copy
}

fn derive(overlay: &Path, out: &Path, check: bool) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("derive-oos").arg("--templates").arg(templates());
    command.arg("--overlay").arg(overlay).arg("--out").arg(out);
    command.args(check.then_some("--check")).output().unwrap()
}

/// A file below the folder for what tests write.
fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Rewrites the expected text when told to.
#[test]
fn the_sample_templates_have_the_expected_bindings() {
    let overlay = root().join("fixtures/templates-overlay.yaml");
    let expected = root().join("fixtures/templates.yaml");
    let out = match std::env::var_os("UPDATE_SNAPSHOTS") {
        Some(_) => expected.clone(),
        None => scratch("templates.yaml"),
    };
    let output = derive(&overlay, &out, false);
    assert!(output.status.success(), "{output:?}");
    let [derived, expected_text] =
        [&out, &expected].map(|path| std::fs::read_to_string(path).unwrap());
    assert_eq!(derived, expected_text);
    assert!(derive(&overlay, &expected, true).status.success());
    let stale = scratch("stale-templates.yaml");
    std::fs::write(&stale, "types: []").unwrap();
    assert!(!derive(&overlay, &stale, true).status.success());
}

#[test]
fn an_overlay_entry_that_fits_nothing_is_an_error() {
    let text = std::fs::read_to_string(root().join("fixtures/templates-overlay.yaml")).unwrap();
    let changes = [("[ReplaceSystemDisk]", "[ResetDisk]"), ("RenewServer", "BuildServer")];
    for (old, new) in changes {
        assert!(text.contains(old), "the overlay has no {old:?}");
        let overlay = scratch(&format!("{new}.yaml"));
        std::fs::write(&overlay, text.replacen(old, new, 1)).unwrap();
        let output = derive(&overlay, &scratch("unfit-templates.yaml"), false);
        assert!(!output.status.success(), "{new}");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("fits nothing"), "{told}");
    }
}

/// The committed bindings load, and hold what the published templates are known
/// to do.
#[test]
fn the_published_templates_are_bound() {
    let ruleset = Ruleset::load::<&str>(&[]).unwrap();
    let actions = |name: &str| -> Vec<String> {
        let bound = ruleset.bindings().get(name).expect(name);
        bound.runs.iter().map(|call| call.action.clone()).collect()
    };
    assert_eq!(actions("ACS::ECS::RebootInstance"), ["RebootInstance", "DescribeInstances"]);
    assert!(actions("ACS-ECS-BulkyRebootInstances").contains(&"RebootInstance".to_owned()));
}
