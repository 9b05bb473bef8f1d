//! What the readers of reports take: GitHub of code scanning, of annotations, and
//! of the summary of a job.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::io::Write;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

/// An empty folder of a test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("limits").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn lint(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("ecs-lock-lint").unwrap();
    command.current_dir(folder).env("NO_COLOR", "1").env_remove("GITHUB_STEP_SUMMARY");
    command
}

/// Scripts with 100 errors and 900 warnings each.
fn write_scripts(folder: &Path, count: usize) {
    for number in 0..count {
        let line = |line: usize| match line % 10 {
            0 => format!("aliyun ecs StartInstance --InstanceId i-{number}-{line}\n"),
            _ => format!("aliyun ecs CreateSnapshot --DiskId d-{number}-{line}\n"),
        };
        let text: String = (0..1000).map(line).collect();
        std::fs::write(folder.join(format!("{number:02}.sh")), text).unwrap();
    }
}

fn zipped(bytes: &[u8]) -> usize {
    let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    zip.write_all(bytes).unwrap();
    zip.finish().unwrap().len()
}

#[test]
fn sarif_of_30000_findings_keeps_the_5000_gravest() {
    let folder = folder("sarif");
    write_scripts(&folder, 30);
    let output = lint(&folder).args(["check", "--output=sarif", "--output=csv=all.csv"]).output();
    let sarif = output.unwrap().stdout;
    let all = std::fs::read_to_string(folder.join("all.csv")).unwrap();
    assert_eq!(all.lines().count(), 30_001);
    let log: Value = serde_json::from_slice(&sarif).unwrap();
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    let of = |level: &str| results.iter().filter(|one| one["level"] == level).count();
    assert_eq!((results.len(), of("error"), of("warning")), (5_000, 3_000, 2_000));
    let notice = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert!(notice.as_str().unwrap().starts_with("25000 findings are left out"), "{notice}");
    assert!(zipped(&sarif) < 10_000_000, "{} bytes", zipped(&sarif));
}

#[test]
fn a_noisy_run_says_what_to_do() {
    let folder = folder("noisy");
    write_scripts(&folder, 1);
    let last_line = |args: &[&str]| {
        let output = lint(&folder).args(args).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().last().unwrap().to_owned()
    };
    let next = "To see to these later and fail on new ones only: `ecs-lock-lint baseline write`";
    assert_eq!(last_line(&["check"]), next);
    assert!(!last_line(&["check", "--quiet"]).contains("baseline"));
    last_line(&["baseline", "write"]);
    let baseline = "--baseline=ecs-lock-lint-baseline.json";
    let known = last_line(&["check", baseline]);
    assert!(known.contains("1000 baselined"), "{known}");
    std::fs::write(folder.join("more.sh"), "aliyun ecs StartInstance --InstanceId i-1\n").unwrap();
    assert!(last_line(&["check", baseline]).starts_with("1 error, "));
}

#[test]
fn github_gets_ten_annotations_of_a_kind_and_the_whole_as_a_summary() {
    let folder = folder("github");
    write_scripts(&folder, 2);
    let summary = folder.join("summary.md");
    std::fs::write(&summary, "# Before\n").unwrap();
    let run = |format: &str| {
        let mut command = lint(&folder);
        command.env("GITHUB_STEP_SUMMARY", &summary).args(["check", "--output", format]);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    run("concise");
    assert_eq!(std::fs::read_to_string(&summary).unwrap(), "# Before\n");
    let annotations = run("github");
    let of = |kind: &str| annotations.lines().filter(|line| line.starts_with(kind)).count();
    assert_eq!((of("::error "), of("::warning ")), (10, 10));
    assert!(annotations.contains("and 191 errors more"), "{annotations}");
    let text = std::fs::read_to_string(&summary).unwrap();
    assert!(text.starts_with("# Before\n"));
    assert_eq!(text.matches("| `blocked-call` |").count(), 200);
}

#[test]
fn a_summary_stays_within_what_github_takes() {
    let folder = folder("summary");
    write_scripts(&folder, 1);
    let summary = folder.join("summary.md");
    let run = |before: usize| {
        std::fs::write(&summary, "before\n".repeat(before / 7)).unwrap();
        let mut command = lint(&folder);
        command.env("GITHUB_STEP_SUMMARY", &summary).args(["check", "--output=github"]);
        assert_eq!(command.output().unwrap().status.code(), Some(1));
        std::fs::read_to_string(&summary).unwrap()
    };
    let cut = run(1_000_000);
    assert!(cut.len() <= 1 << 20 && cut.len() > (1 << 20) - 300, "{}", cut.len());
    assert!(cut.ends_with("|\n\n(The rest is left out for want of room.)\n"));
    assert!(run((1 << 20) - 20).ends_with("before\n"));
    assert!(run((1 << 20) + 20).ends_with("before\n"));
}

#[test]
fn files_are_written_whole() {
    let folder = folder("whole");
    std::fs::write(folder.join("a.sh"), "aliyun ecs StartInstance --InstanceId i-1\n").unwrap();
    let check = |output: &str| {
        let output = lint(&folder).args(["check", "--output", output]).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(check("json=report.json").0, 1);
    serde_json::from_slice::<Value>(&std::fs::read(folder.join("report.json")).unwrap()).unwrap();
    let (code, err) = check("json=missing/report.json");
    assert_eq!(code, 2);
    assert!(err.contains("missing/report.json: "), "{err}");
    assert_eq!(check("json=").0, 2);
    let left = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut left: Vec<String> = left.map(|name| name.into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left, ["a.sh", "report.json"]);
}

/// A link stays one, a pipe or device is not replaced, and permissions stay.
#[cfg(unix)]
#[test]
fn what_a_file_is_stays() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder("kinds");
    std::fs::write(folder.join("a.sh"), "aliyun ecs StartInstance --InstanceId i-1\n").unwrap();
    std::fs::write(folder.join("real.json"), "").unwrap();
    let mode = PermissionsExt::from_mode(0o640);
    std::fs::set_permissions(folder.join("real.json"), mode).unwrap();
    std::os::unix::fs::symlink("real.json", folder.join("link.json")).unwrap();
    let args =
        ["check", "--output=json=link.json", "--output=csv=/dev/stdout", "--output=csv=/dev/null"];
    let output = lint(&folder).args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stdout).unwrap().contains("StartInstance"));
    assert!(folder.join("link.json").is_symlink());
    let real = folder.join("real.json").metadata().unwrap();
    assert!(real.len() > 0);
    assert_eq!(real.permissions().mode() & 0o777, 0o640);
    assert!(!Path::new("/dev/null").is_file());
}
