//! The GitHub action: its steps as a runner would run them.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_yaml::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn action() -> Value {
    serde_yaml::from_str(&std::fs::read_to_string(root().join("action.yml")).unwrap()).unwrap()
}

/// What a step prints and sets.
struct Run {
    code: i32,
    stdout: String,
    outputs: String,
    folder: PathBuf,
}

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("action").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What an expression `${{ inputs.NAME }}` stands for.
fn evaluate(expression: &str, inputs: &BTreeMap<&str, &str>, action: &Value) -> String {
    let name = expression.strip_prefix("${{ inputs.").unwrap().strip_suffix(" }}").unwrap();
    let default = || action["inputs"][name]["default"].as_str().unwrap();
    inputs.get(name).copied().unwrap_or_else(default).to_owned()
}

/// Runs the step that checks, in a folder with a file, as the runner does.
fn check(name: &str, script: &str, inputs: &[(&str, &str)]) -> Run {
    let (action, folder) = (action(), folder(name));
    std::fs::write(folder.join("run book.sh"), script).unwrap();
    let mut inputs: BTreeMap<&str, &str> = inputs.iter().copied().collect();
    inputs.insert("program", env!("CARGO_BIN_EXE_ecs-lock-lint"));
    let steps = action["runs"]["steps"].as_sequence().unwrap();
    let step = steps.iter().find(|step| step["id"] == "check").unwrap();
    let environment = step["env"].as_mapping().unwrap().iter().map(|(name, value)| {
        let value = evaluate(value.as_str().unwrap(), &inputs, &action);
        (name.as_str().unwrap().to_owned(), value)
    });
    let outputs = folder.join("outputs");
    let Output { status, stdout, .. } = Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"].as_str().unwrap()])
        .current_dir(&folder)
        .envs(environment)
        .env("GITHUB_OUTPUT", &outputs)
        .output()
        .unwrap();
    Run {
        code: status.code().unwrap(),
        stdout: String::from_utf8(stdout).unwrap(),
        outputs: std::fs::read_to_string(outputs).unwrap(),
        folder,
    }
}

fn results(run: &Run, file: &str) -> usize {
    let text = std::fs::read_to_string(run.folder.join(file)).unwrap();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    report["runs"][0]["results"].as_array().unwrap().len()
}

const FAILS: &str = "aliyun ecs StartInstance --InstanceId i-1\n";

#[test]
fn findings_are_annotated_reported_and_fail_the_step() {
    let run = check("findings", FAILS, &[]);
    assert_eq!((run.code, run.outputs.as_str()), (1, "exit-code=1\n"));
    assert!(run.stdout.contains("/run book.sh,line=1,"), "{}", run.stdout);
    assert_eq!(results(&run, "ecs-lock-lint.sarif"), 1);
}

#[test]
fn nothing_to_report_passes_with_an_empty_report() {
    let run = check("clean", "aliyun ecs DescribeInstances\n", &[]);
    assert_eq!((run.code, run.outputs.as_str()), (0, "exit-code=0\n"));
    assert_eq!(results(&run, "ecs-lock-lint.sarif"), 0);
}

#[test]
fn inputs_reach_the_program_as_they_are() {
    let inputs = [
        ("paths", "run book.sh\n$(touch evaluated)\n"),
        ("arguments", "--exclude\n*.py"),
        ("fail-on", "never"),
        ("sarif-file", "a b.sarif"),
    ];
    let run = check("inputs", FAILS, &inputs);
    assert_eq!(run.code, 2, "a path that does not exist");
    assert_eq!(results(&run, "a b.sarif"), 1);
    assert!(!run.folder.join("evaluated").exists());
}

/// No step has an input in its code, and what others wrote is named by its hash.
#[test]
fn nothing_foreign_is_run() {
    for step in action()["runs"]["steps"].as_sequence().unwrap() {
        assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{step:?}");
        if let Some(uses) = step["uses"].as_str() {
            let (_, hash) = uses.split_once('@').unwrap();
            assert!(hash.len() == 40 && hash.chars().all(|digit| digit.is_ascii_hexdigit()));
        }
    }
}
