//! Fingerprints, as docs/baseline.md specifies them: what changes one, and what
//! does not.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

/// Files of several languages: their name, their text and what starts a comment.
fn samples() -> Vec<(&'static str, String, &'static str)> {
    let demo = |path: &str| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
        std::fs::read_to_string(root.join(path)).unwrap()
    };
    vec![
        ("nightly.sh", demo("scripts/nightly.sh"), "#"),
        ("main.tf", demo("terraform/main.tf"), "#"),
        ("resize.yml", demo("oos/resize.yml"), "#"),
        ("twice.sh", TWICE.to_owned(), "#"),
        ("several.py", PYTHON.to_owned(), "#"),
    ]
}

const TWICE: &str = "\
aliyun ecs StartInstance --InstanceId i-a
aliyun ecs RebootInstance --InstanceId i-a
aliyun ecs StartInstance --InstanceId i-a
aliyun ecs StartInstance --InstanceId i-b
";

const PYTHON: &str = "\
from aliyunsdkcore.client import AcsClient
from aliyunsdkecs.request.v20140526.StartInstanceRequest import StartInstanceRequest


def start(client, name):
    request = StartInstanceRequest()
    request.set_InstanceId(name)
    client.do_action_with_exception(request)
";

/// A folder that is the top of a repository.
fn repository(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fingerprints").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join(".git")).unwrap();
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The fingerprints of a run, with rule and line, in the order of the report.
fn findings(working: &Path, path: &str) -> Vec<(String, String, u64)> {
    let mut command = Command::cargo_bin("ecs-lock-lint").unwrap();
    let run = command.current_dir(working).args(["check", "--output=json", path]).output().unwrap();
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let one = |finding: &Value| {
        let line = finding["start"]["line"].as_u64().unwrap();
        (text(&finding["fingerprint"]), text(&finding["rule"]), line)
    };
    report["findings"].as_array().unwrap().iter().map(one).collect()
}

fn fingerprints(working: &Path, path: &str) -> Vec<String> {
    findings(working, path).into_iter().map(|(fingerprint, ..)| fingerprint).collect()
}

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// The text with comments and empty lines above it and where it has empty lines, so
/// that no statement is cut.
fn with_lines(text: &str, comment: &str, numbers: &mut Numbers) -> String {
    let remark = format!("{comment} a remark");
    let mut lines = Vec::new();
    if !text.starts_with("#!") {
        lines.resize(numbers.below(4), remark.as_str());
    }
    for line in text.lines() {
        lines.push(line);
        if line.is_empty() {
            let more = std::iter::repeat_n((), numbers.below(3))
                .map(|()| ["", remark.as_str()][numbers.below(2)]);
            lines.extend(more.collect::<Vec<_>>());
        }
    }
    lines.join("\n") + ["", "\n", "\n\n"][numbers.below(3)]
}

#[test]
fn moved_lines_and_comments_keep_all() {
    let folder = repository("moved");
    let mut numbers = Numbers(7);
    for (name, text, comment) in samples() {
        write(&folder, name, &text);
        let before = fingerprints(&folder, name);
        assert!(!before.is_empty(), "{name}");
        for _ in 0..6 {
            let changed = with_lines(&text, comment, &mut numbers);
            write(&folder, name, &changed);
            assert_eq!(fingerprints(&folder, name), before, "{name}:\n{changed}");
        }
    }
}

#[test]
fn reformatting_keeps_all() {
    let folder = repository("reformatted");
    let pairs = [
        (
            "a.sh",
            TWICE.to_owned(),
            TWICE.replace("aliyun", "  aliyun").replace(" --", "  \\\n  --"),
        ),
        ("a.py", PYTHON.to_owned(), PYTHON.replace("    ", "\t\t")),
        ("a.py", PYTHON.to_owned(), PYTHON.replace("(request)", "(\n        request\n    )")),
        ("b.sh", TWICE.to_owned(), TWICE.replace('\n', "\r\n")),
        ("c.sh", TWICE.to_owned(), format!("if true; then\n{TWICE}fi\n")),
    ];
    for (name, before, after) in pairs {
        write(&folder, name, &before);
        let kept = fingerprints(&folder, name);
        write(&folder, name, &after);
        assert_eq!(fingerprints(&folder, name), kept, "{name}:\n{after}");
    }
}

#[test]
fn all_differ_within_a_file_and_between_files() {
    let folder = repository("different");
    for (name, text, _) in samples() {
        write(&folder, name, &text);
        write(&folder, &format!("copy/{name}"), &text);
    }
    let all = fingerprints(&folder, ".");
    let distinct: BTreeSet<&String> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
    assert!(all.len() > 20);
}

/// Of two equal findings the first keeps its fingerprint when the second goes, and
/// others between them make no difference.
#[test]
fn equal_ones_are_told_apart_by_their_order() {
    let folder = repository("order");
    write(&folder, "a.sh", TWICE);
    let starts = |rows: Vec<(String, String, u64)>| -> Vec<String> {
        rows.into_iter().filter(|row| row.1 == "blocked-call").map(|row| row.0).collect()
    };
    let before = starts(findings(&folder, "a.sh"));
    assert_eq!(before.len(), 4);
    let lines: Vec<&str> = TWICE.lines().collect();
    write(&folder, "a.sh", &[lines[0], lines[3], lines[2]].join("\n"));
    let after = starts(findings(&folder, "a.sh"));
    assert_eq!(after, [&before[0], &before[3], &before[2]].map(String::clone));
    write(&folder, "a.sh", lines[2]);
    assert_eq!(starts(findings(&folder, "a.sh")), [before[0].clone()]);
}

#[test]
fn neither_the_working_directory_nor_the_form_of_the_path_matters() {
    let folder = repository("places");
    let elsewhere = repository("elsewhere");
    write(&folder, "ops/a.sh", TWICE);
    let expected = fingerprints(&folder, "ops/a.sh");
    let whole = folder.join("ops/a.sh").to_string_lossy().into_owned();
    let ops = folder.join("ops");
    let places: [(&Path, &str); 9] = [
        (&folder, "."),
        (&folder, "./ops/a.sh"),
        (&folder, "ops/../ops/a.sh"),
        (&folder, &whole),
        (&ops, "a.sh"),
        (&ops, ".."),
        (&ops, "../ops/a.sh"),
        (&elsewhere, &whole),
        (&elsewhere, "../places/ops/a.sh"),
    ];
    for (working, path) in places {
        assert_eq!(fingerprints(working, path), expected, "{path} from {}", working.display());
    }
}
