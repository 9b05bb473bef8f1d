//! `--since`: what the change from a git revision to the working tree implies.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::Value;

const INSTANCE: &str = r#"
resource "alicloud_instance" "web" {
  availability_zone = "cn-hangzhou-b"
  instance_type     = "ecs.g7.large"
  tags              = { env = "dev" }
}
"#;

/// A repository with one commit, in which `main.tf` declares an instance.
struct Repository(PathBuf);

impl Repository {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("since").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let repository = Self(folder);
        repository.write("main.tf", INSTANCE);
        repository.git(&["init", "-q"]);
        repository.commit();
        repository
    }

    fn git(&self, args: &[&str]) {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
        let mut git = std::process::Command::new("git");
        let run = git.arg("-C").arg(&self.0).args(identity).args(args).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    }

    fn commit(&self) {
        self.git(&["add", "."]);
        self.git(&["commit", "-q", "-m", "state"]);
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Steps as `file:line action verdict evidence`.
    fn steps(&self) -> Vec<String> {
        self.steps_of("--since=HEAD", "")
    }

    fn steps_of(&self, since: &str, path: &str) -> Vec<String> {
        let args = ["ecs-lock-lint", "audit", "--output=json", since].map(OsString::from);
        let args = args.into_iter().chain([self.0.join(path).into_os_string()]);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        ecs_lock_lint::run(args, &mut out, &mut err);
        assert!(err.is_empty(), "{}", String::from_utf8_lossy(&err));
        let report: Value = serde_json::from_slice(&out).unwrap();
        let procedures = report["procedures"].as_array().unwrap().iter();
        let steps = procedures.flat_map(|procedure| procedure["steps"].as_array().unwrap());
        steps
            .map(|step| {
                let text = |key: &str| step[key].as_str().unwrap().to_owned();
                let path = text("path");
                let file = path.rsplit('/').next().unwrap();
                let line = &step["start"]["line"];
                format!("{file}:{line} {} {} {}", text("action"), text("verdict"), text("evidence"))
            })
            .collect()
    }
}

#[test]
fn an_unchanged_tree_says_nothing() {
    assert_eq!(Repository::new("unchanged").steps(), [""; 0]);
}

#[test]
fn a_change_of_tags_calls_only_what_sets_tags() {
    let repository = Repository::new("tags");
    repository.write("main.tf", &INSTANCE.replace("dev", "prod"));
    // Whether a tag goes is not looked into.
    let expected = [
        "main.tf:5 UntagResources unaffected possible",
        "main.tf:5 TagResources unaffected planned",
    ];
    assert_eq!(repository.steps(), expected);
}

#[test]
fn a_change_of_type_stops_changes_and_starts() {
    let repository = Repository::new("type");
    repository.write("main.tf", &INSTANCE.replace("large", "xlarge"));
    let expected = [
        "main.tf:4 StopInstance unaffected planned",
        "main.tf:4 ModifyInstanceSpec fails planned",
        "main.tf:4 StartInstance fails planned",
    ];
    assert_eq!(repository.steps(), expected);
}

#[test]
fn a_change_that_cannot_be_made_in_place_replaces() {
    let repository = Repository::new("replace");
    repository.write("main.tf", &INSTANCE.replace("hangzhou-b", "hangzhou-g"));
    let expected = ["DeleteInstance", "RunInstances"];
    assert_eq!(
        repository.steps(),
        expected.map(|step| format!("main.tf:2 {step} unaffected planned"))
    );
}

#[test]
fn what_is_no_longer_declared_is_destroyed() {
    let repository = Repository::new("gone");
    repository.write("disk.tf", "resource \"alicloud_ecs_disk\" \"a\" {\n  size = 20\n}\n");
    repository.commit();
    repository.write("main.tf", "# nothing\n");
    std::fs::remove_file(repository.0.join("disk.tf")).unwrap();
    let expected =
        ["disk.tf:1 DeleteDisk may-fail possible", "main.tf:1 DeleteInstance unaffected planned"];
    assert_eq!(repository.steps(), expected);
}

#[test]
fn a_new_resource_meets_what_exists_and_not_what_is_new_as_well() {
    let command = "resource \"alicloud_ecs_invocation\" \"run\" {\n  command_id = \"c-1\"\n  \
                   instance_id = [alicloud_instance.web.id]\n}\n";
    let existing = Repository::new("existing");
    existing.write("run.tf", command);
    assert_eq!(existing.steps(), ["run.tf:1 InvokeCommand silent-no-op planned"]);
    let new = Repository::new("new");
    let run = command.replace(".web.", ".other.");
    new.write("main.tf", &format!("{INSTANCE}{}{run}", INSTANCE.replace("web", "other")));
    let expected = [
        "main.tf:8 RunInstances unaffected planned",
        "main.tf:13 InvokeCommand unaffected planned",
    ];
    assert_eq!(new.steps(), expected);
}

#[test]
fn moving_and_formatting_change_nothing() {
    let repository = Repository::new("moved");
    repository.write("main.tf", "# moved\n");
    repository.write("web.tf", &INSTANCE.replace("  ", "    "));
    assert_eq!(repository.steps(), [""; 0]);
}

#[test]
fn scripts_count_by_the_procedures_that_differ() {
    let repository = Repository::new("script");
    let script = "stop() {\n  aliyun ecs StopInstance --InstanceId i-1\n}\nstart() {\n  \
                  aliyun ecs StartInstance --InstanceId i-1\n}\n";
    repository.write("run.sh", script);
    repository.commit();
    repository.write("run.sh", &script.replace("StopInstance", "RebootInstance"));
    assert_eq!(repository.steps(), ["run.sh:2 RebootInstance fails certain"]);
}

#[test]
fn what_is_used_from_another_file_counts() {
    let repository = Repository::new("used");
    let tasks =
        "- name: start\n  ansible.builtin.command: aliyun ecs StopInstance --InstanceId i-1\n";
    repository.write("play.yml", "- hosts: all\n  roles:\n    - x\n");
    repository.write("roles/x/tasks/main.yml", tasks);
    repository.commit();
    assert_eq!(repository.steps(), [""; 0]);
    repository.write("roles/x/tasks/main.yml", &tasks.replace("Stop", "Start"));
    assert_eq!(repository.steps(), ["main.yml:2 StartInstance fails certain"]);
}

/// What is staged counts, not what lies in the working tree.
#[test]
fn the_index_is_compared_with_the_last_commit() {
    let repository = Repository::new("staged");
    let staged = |path: &str| repository.steps_of("--staged", path);
    let stop = "aliyun ecs StopInstance --InstanceId i-1\n";
    repository.write("run.sh", stop);
    repository.write("gone.sh", "aliyun ecs StopInstance --InstanceId i-2\n");
    repository.write("kept.sh", stop);
    repository.commit();
    repository.write("run.sh", &stop.replace("Stop", "Reboot"));
    repository.write("new.sh", &stop.replace("Stop", "Start"));
    assert_eq!(staged(""), [""; 0]);
    repository.git(&["add", "run.sh"]);
    repository.write("run.sh", &stop.replace("Stop", "Delete"));
    std::fs::remove_file(repository.0.join("kept.sh")).unwrap();
    assert_eq!(staged(""), ["run.sh:1 RebootInstance fails certain"]);
    assert_eq!(staged("run.sh"), ["run.sh:1 RebootInstance fails certain"]);
    repository.git(&["add", "new.sh"]);
    std::fs::remove_file(repository.0.join("new.sh")).unwrap();
    repository.git(&["rm", "-q", "--cached", "gone.sh"]);
    assert_eq!(
        staged(""),
        ["new.sh:1 StartInstance fails certain", "run.sh:1 RebootInstance fails certain"]
    );
}

/// A named file is compared with its module, as the index has it.
#[test]
fn a_staged_value_changes_what_its_module_declares() {
    let repository = Repository::new("module");
    let main = INSTANCE.replace("\"ecs.g7.large\"", "local.kind");
    let locals = "locals {\n  kind = \"ecs.g7.large\"\n}\n";
    repository.write("main.tf", &main);
    repository.write("locals.tf", locals);
    repository.commit();
    repository.write("locals.tf", &locals.replace("large", "xlarge"));
    repository.git(&["add", "."]);
    repository.write("main.tf", "");
    let expected = [
        "main.tf:4 StopInstance unaffected planned",
        "main.tf:4 ModifyInstanceSpec fails planned",
        "main.tf:4 StartInstance fails planned",
    ];
    assert_eq!(repository.steps_of("--staged", "locals.tf"), expected);
    assert_eq!(repository.steps_of("--staged", ""), expected);
}

#[test]
fn before_the_first_commit_all_that_is_staged_is_new() {
    let repository = Repository::new("unborn");
    std::fs::remove_dir_all(repository.0.join(".git")).unwrap();
    repository.git(&["init", "-q"]);
    repository.write("run.sh", "aliyun ecs StartInstance --InstanceId i-1\n");
    assert_eq!(repository.steps_of("--staged", ""), [""; 0]);
    repository.git(&["add", "run.sh"]);
    assert_eq!(repository.steps_of("--staged", ""), ["run.sh:1 StartInstance fails certain"]);
}

#[test]
fn a_revision_that_is_not_there_is_an_error() {
    let repository = Repository::new("revision");
    for revision in ["--since=nowhere", "--since=--output=x"] {
        let args = ["ecs-lock-lint", "check", revision].map(OsString::from);
        let args = args.into_iter().chain([repository.0.clone().into_os_string()]);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        assert_eq!(ecs_lock_lint::run(args, &mut out, &mut err), 2);
        assert!(String::from_utf8(err).unwrap().contains("--since"));
    }
}
