//! The configuration file: where it is found, what it does, what is refused in it,
//! and what the command line does to it.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use ecs_lock_lint::config;
use serde_json::Value;

const START: &str = "aliyun ecs StartInstance --InstanceId i-1\n";
const INSTANCE: &str = "resource \"alicloud_instance\" \"web\" {\n  image_id = \"img\"\n}\n";

/// A folder with files, one of them with the text of a configuration.
struct Project(PathBuf);

impl Project {
    fn new(name: &str, config: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("config").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let project = Self(folder);
        // The top of a repository, above which nothing counts.
        std::fs::create_dir(project.0.join(".git")).unwrap();
        project.write("ecs-lock-lint.toml", config);
        project
    }

    fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn command(&self, folder: &str, args: &[&str]) -> Command {
        let mut command = Command::cargo_bin("ecs-lock-lint").unwrap();
        command.current_dir(self.0.join(folder)).env("NO_COLOR", "1").args(args);
        command
    }

    fn json(&self, folder: &str, args: &[&str]) -> (i32, Value) {
        let output = self.command(folder, &["check", "--output=json"]).args(args).output().unwrap();
        let report = serde_json::from_slice(&output.stdout);
        let report =
            report.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        (output.status.code().unwrap(), report)
    }

    /// The findings as `path:line severity[rule]`, with `-` before suppressed ones.
    fn findings(&self, folder: &str, args: &[&str]) -> Vec<String> {
        let (_, report) = self.json(folder, args);
        let shown = |one: &Value| {
            let text = |key: &str| one[key].as_str().unwrap().to_owned();
            let sign = if one["suppressed"].is_null() { "" } else { "-" };
            let line = &one["start"]["line"];
            format!("{sign}{}:{line} {}[{}]", text("path"), text("severity"), text("rule"))
        };
        report["findings"].as_array().unwrap().iter().map(shown).collect()
    }

    fn text(&self, args: &[&str]) -> String {
        let output = self.command("", args).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

#[test]
fn it_is_found_from_below_and_not_from_above_a_repository() {
    let project = Project::new("found", "exclude = [\"left/\"]\n");
    project.write("a/b/x.sh", START).write("left/x.sh", START);
    assert_eq!(project.findings("", &[]), ["a/b/x.sh:1 error[blocked-call]"]);
    assert_eq!(project.findings("left", &[]), [""; 0]);
    assert_eq!(project.findings("left", &["x.sh"]), [""; 0]);
    assert_eq!(project.findings("a/b", &["../../left/x.sh"]), [""; 0]);
    assert_eq!(project.findings("left", &["--no-config"]), ["x.sh:1 error[blocked-call]"]);
    project.write("a/other.toml", "exclude = [\"b/\"]\n");
    assert_eq!(project.findings("a", &["--config=other.toml"]), [""; 0]);
    assert_eq!(
        project.findings("", &["--config=a/other.toml"]),
        ["left/x.sh:1 error[blocked-call]"]
    );
    // A repository of its own below does not see it.
    std::fs::create_dir(project.0.join("left/.git")).unwrap();
    assert_eq!(project.findings("left", &[]), ["x.sh:1 error[blocked-call]"]);
}

#[test]
fn front_ends_are_turned_off_and_get_more_files() {
    let project = Project::new(
        "frontends",
        "[frontends.python]\nenabled = false\n[frontends.shell]\nglobs = [\"bin/*.tool\"]\n\
         [frontends.terraform]\nglobs = [\"*.tf.tmpl\"]\n",
    );
    project.write("a.py", "import os\nos.system('aliyun ecs StartInstance --InstanceId i-1')\n");
    project.write("book.md", "```python\nimport os\nos.system('aliyun ecs StartInstance')\n```\n");
    project.write("bin/run.tool", START).write("run.tool", START);
    project.write("web.tf.tmpl", INSTANCE);
    let expected = [
        "bin/run.tool:1 error[blocked-call]",
        "book.md:3 error[blocked-call]",
        "web.tf.tmpl:1 note[latent-block]",
    ];
    assert_eq!(project.findings("", &[]), expected);
}

#[test]
fn severities_are_given_by_rule_and_by_path() {
    let project = Project::new(
        "severities",
        "[rules.blocked-call]\nseverity = \"warning\"\n[rules.latent-block]\nseverity = \"error\"\n\
         [[overrides]]\npaths = \"legacy/\"\nrules = [\"blocked-call\"]\nseverity = \"off\"\n\
         [[overrides]]\npaths = [\"legacy/now.sh\"]\nseverity = \"note\"\n",
    );
    project.write("a.sh", START).write("legacy/a.sh", START).write("legacy/now.sh", START);
    project.write("a.tf", INSTANCE);
    let expected = [
        "a.sh:1 warning[blocked-call]",
        "a.tf:1 error[latent-block]",
        "legacy/now.sh:1 note[blocked-call]",
    ];
    assert_eq!(project.findings("", &[]), expected);
    // A call that is taken care of gets no worse.
    project.write("a.tf", "");
    let guarded = "locks=$(aliyun ecs DescribeInstances --InstanceIds '[\"i-1\"]' | jq -r \
                   '.Instances.Instance[0].OperationLocks.LockReason[0].LockReason')\n\
                   if [ \"$locks\" != security ]; then\n  aliyun ecs StartInstance --InstanceId i-1\nfi\n";
    project.write("a.sh", guarded);
    assert_eq!(project.findings("", &["a.sh"]), ["a.sh:3 note[blocked-call]"]);
}

/// The findings that a rule takes with it are there again when it is off.
#[test]
fn a_rule_that_is_off_leaves_the_findings_that_it_would_take() {
    let text = "aliyun ecs StopInstance --InstanceId i-1\naliyun ecs ModifyInstanceSpec \
                --InstanceId i-1 --InstanceType x\naliyun ecs StartInstance --InstanceId i-1\n";
    let project = Project::new("off", "");
    project.write("a.sh", text);
    assert_eq!(project.findings("", &[])[0], "a.sh:1 error[stranded-instance]");
    project.write("ecs-lock-lint.toml", "[rules.stranded-instance]\nseverity = \"off\"\n");
    let found = project.findings("", &[]);
    assert_eq!(found, ["a.sh:2 error[half-applied-change]", "a.sh:3 error[blocked-call]"]);
}

#[test]
fn the_command_line_counts_more() {
    let project = Project::new("gate", "fail-on = \"never\"\nmin-severity = \"warning\"\n");
    project.write("a.sh", START).write("a.tf", INSTANCE);
    assert_eq!(project.json("", &[]).0, 0);
    assert_eq!(project.json("", &["--fail-on=error"]).0, 1);
    assert_eq!(project.findings("", &[]).len(), 1);
    assert_eq!(project.findings("", &["--min-severity=note"]).len(), 2);
    project.write("ecs-lock-lint.toml", "persona = \"pedantic\"\nstrict = true\n");
    project.write("a.sh", "aliyun ecs StopInstance --InstanceId i-1\naliyun ecs \"$what\"\n");
    assert_eq!(project.json("", &["--fail-on=never"]).0, 3);
    assert!(project.findings("", &[]).iter().any(|one| one.contains("[contradicted-verdict]")));
    let found = project.findings("", &["--persona=regular"]);
    assert!(!found.iter().any(|one| one.contains("[contradicted-verdict]")));
}

#[test]
fn paths_are_seen_from_the_file() {
    let project = Project::new(
        "paths",
        "rule-folders = [\"ci/rules\"]\n[terraform]\nvar-files = [\"ci/prod.tfvars\"]\n",
    );
    project.write("ci/rules/findings/blocked-call.yaml", &{
        let rule = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/findings/blocked-call.yaml");
        std::fs::read_to_string(rule).unwrap().replace("severity: error", "severity: warning")
    });
    project.write("ci/prod.tfvars", "on = false\n").write("infra/a.sh", START);
    project
        .write("infra/a.tf", &INSTANCE.replace("image_id", "count = var.on ? 1 : 0\n  image_id"));
    assert_eq!(project.findings("infra", &[]), ["a.sh:1 warning[blocked-call]"]);
    assert_eq!(project.findings("infra", &["--no-config"]).len(), 2);
}

#[test]
fn the_baseline_of_the_file_is_used() {
    let project = Project::new("baseline", "baseline = \"ci/known.json\"\n");
    project.write("infra/a.sh", START);
    std::fs::create_dir(project.0.join("ci")).unwrap();
    let missing = project.command("infra", &["check"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8(missing.stderr).unwrap().contains("../ci/known.json"));
    let written = project.text(&["baseline", "write"]);
    assert_eq!(
        written,
        "ci/known.json: 1 finding accepted; `ecs-lock-lint check` fails on new ones only\n"
    );
    assert_eq!(project.json("infra", &[]).0, 0);
    assert_eq!(project.json("", &[]).1["summary"]["baselined"], 1);
    assert_eq!(
        project.text(&["baseline", "check"]),
        "ci/known.json: 1 finding accepted; 0 gone, 0 new\n"
    );
}

#[test]
fn variables_of_terraform_are_known() {
    let count = "variable \"on\" {}\nresource \"alicloud_instance\" \"web\" {\n  count = var.on ? 1 : 0\n}\n";
    let operations = |config: &str, args: &[&str]| {
        let project = Project::new("variables", config);
        project.write("infra/main.tf", count);
        project.write("on.tfvars", "on = true\n").write("off.tfvars", "on = false\n");
        project.json("infra", args).1["summary"]["operations"].as_u64().unwrap()
    };
    let (on, off) = ("[terraform.variables]\non = true\n", "[terraform.variables]\non = false\n");
    let all = operations(on, &[]);
    assert!(all > 0);
    assert_eq!(operations(off, &[]), 0);
    assert_eq!(operations(off, &["--var-file=../on.tfvars"]), all);
    assert_eq!(operations("[terraform]\nvar-files = [\"off.tfvars\"]\n", &[]), 0);
    assert_eq!(
        operations("[terraform]\nvar-files = [\"on.tfvars\"]\nvariables = { on = false }\n", &[]),
        0
    );
}

#[test]
fn house_rules_are_known_to_every_command() {
    let project = Project::new("house", "rule-folders = [\"lint\"]\n");
    let rules =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects/house-rules/findings");
    let text = std::fs::read_to_string(rules.join("release-without-snapshot.yaml")).unwrap();
    project.write("lint/findings/release-without-snapshot.yaml", &text);
    assert!(project.text(&["rules"]).contains("release-without-snapshot"));
    assert!(project.text(&["explain", "release-without-snapshot"]).contains("release-without"));
    project.write("sub/x.sh", "");
    project.command("sub", &["explain", "release-without-snapshot"]).assert().code(0);
    project.command("", &["explain", "release-without-snapshot", "--no-config"]).assert().code(2);
}

/// Texts, and what is said of them after the file's name.
const MISTAKES: &[(&str, &str)] = &[
    ("\nfail_on = \"error\"\n", ":2: unknown key `fail_on`; did you mean `fail-on`?"),
    ("fail-on = \"eror\"\n", ":1: unknown value `eror`; did you mean `error`?"),
    (
        "\n[rules.blocked-cal]\nseverity = \"off\"\n",
        ":2: `blocked-cal` is no rule; did you mean `blocked-call`?",
    ),
    (
        "[rules.blocked-call]\n\nseverty = \"off\"\n",
        ":3: unknown key `severty`; did you mean `severity`?",
    ),
    ("[frontends]\nshel.enabled = true\n", ":2: `shel` is no front end; did you mean `shell`?"),
    ("exclude = [\n  \"a\",\n  \"b[\",\n]\n", ":3: the pattern `b[` does not parse"),
    ("[frontends.shell]\nglobs = [\"a{\"]\n", ":2: the pattern `a{` does not parse"),
    ("exclude = \"a\"\n", ":1: invalid type: string \"a\", expected a sequence"),
    ("exclude = [\n", ":1: "),
    ("required-version = \">=99\"\nnew-key = 1\n", ":1: this is ecs-lock-lint "),
    ("required-version = \"newest\"\n", ":1: `newest` is no requirement"),
    ("[[waivers]]\npath = \"a\"\n", ":1: `reason` is missing; add `reason = …`"),
    ("\n[[waivers]]\npath = \"a\"\nreason = \" \"\n", ":4: the waiver gives no reason"),
    ("\n[[waivers]]\nreason = \"x\"\n", ":2: the waiver does not say what it is for"),
    (
        "\n[[waivers]]\nrule = \"blocked\"\nreason = \"x\"\n",
        ":3: `blocked` is no rule; `ecs-lock-lint rules` lists",
    ),
    (
        "[[waivers]]\nrule = [\"blocked-call\",\n\"latent-blok\"]\nreason = \"x\"\n",
        ":3: `latent-blok` is no rule",
    ),
    (
        "[[waivers]]\naction = \"StartInstnce\"\nreason = \"x\"\n",
        ":2: `StartInstnce` is no action of the API; did you mean `StartInstance`?",
    ),
    ("[[waivers]]\npath = \"a\"\nreason = \"x\"\nuntil = 2027-02-30\n", ":4: "),
    (
        "[[waivers]]\npath = \"a\"\nreason = \"x\"\nuntil = \"soon\"\n",
        ":4: `until` is no day: `soon`",
    ),
    ("[[waivers]]\npath = \"a[\"\nreason = \"x\"\n", ":2: the pattern `a[` does not parse"),
    (
        "[[waivers]]\npath = 1\nreason = \"x\"\n",
        ":2: invalid type: integer `1`, expected a text or a list of texts",
    ),
    (
        "[[overrides]]\npaths = \"a\"\nrules = \"blocked-cal\"\nseverity = \"off\"\n",
        ":3: `blocked-cal` is no rule",
    ),
    ("[[overrides]]\npaths = \"a\"\nseverity = \"none\"\n", ":3: unknown value `none`; "),
];

#[test]
fn mistakes_are_refused_with_their_line() {
    for (number, (text, says)) in MISTAKES.iter().enumerate() {
        let project = Project::new("mistakes", text);
        let commands = [&["check"][..], &["audit"], &["baseline", "write"], &["config", "show"]];
        // The commands have one way to read it.
        for command in &commands[..if number < 2 { 4 } else { 1 }] {
            let output = project.command("", command).output().unwrap();
            let err = String::from_utf8(output.stderr).unwrap();
            let expected = format!("ecs-lock-lint: error: ecs-lock-lint.toml{says}");
            assert!(err.starts_with(&expected), "{text}: {err}");
            assert_eq!(output.status.code(), Some(2), "{text}");
        }
        project.command("", &["check", "--no-config"]).assert().code(0);
    }
    let project = Project::new("missing", "");
    let missing = project.command("", &["check", "--config=none.toml"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8(missing.stderr).unwrap().contains("none.toml:1: cannot be read"));
}

const WHOLE: &str = r#"required-version = ">=0.1"
exclude = ["vendor/"]
fail-on = "error"
baseline = "known.json"

[frontends.markdown]
enabled = false

[frontends.shell]
globs = ["*.tool"]

[rules.silent-no-op]
suppressible = false

[[overrides]]
paths = ["legacy/"]
severity = "note"

[[waivers]]
path = "plan.json"
rule = ["blocked-call", "latent-block"]
reason = "rebuilt \"soon\""
until = 2099-01-31
owner = "sre"

[terraform]
variables = { region = "cn-hangzhou", sizes = [1, 2] }
"#;

/// What `config show` prints is a configuration that says the same.
#[test]
fn what_is_shown_can_be_read() {
    let project = Project::new("show", WHOLE);
    let args = ["config", "show", "--exclude=tmp/", "--min-severity=warning"];
    let shown = project.text(&args);
    for (line, origin) in [
        ("fail-on = \"error\"", "ecs-lock-lint.toml:3"),
        ("min-severity = \"warning\"", "command line"),
        ("persona = \"regular\"", "default"),
        ("    \"vendor/\",", "ecs-lock-lint.toml:2"),
        ("    \"tmp/\",", "command line"),
        ("enabled = false", "ecs-lock-lint.toml:7"),
        ("[[waivers]]", "ecs-lock-lint.toml:19"),
        ("reason = \"rebuilt \\\"soon\\\"\"", "ecs-lock-lint.toml:22"),
        ("variables.\"region\" = \"cn-hangzhou\"", "ecs-lock-lint.toml:27"),
    ] {
        let is_it =
            |shown: &&str| shown.starts_with(line) && shown.ends_with(&format!("# {origin}"));
        assert!(shown.lines().any(|shown| is_it(&shown)), "{line} # {origin}\n{shown}");
    }
    let again = Project::new("again", &shown);
    let values = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| line.split(" #").next().unwrap().trim_end().to_owned()).collect()
    };
    assert_eq!(values(&again.text(&["config", "show"])), values(&shown));
    let none = Project::new("none", "").text(&["config", "show", "--no-config"]);
    assert!(none.starts_with("# no configuration file\nfail-on = \"warning\""), "{none}");
}

#[test]
fn the_schema_is_in_step() {
    let schema = serde_json::to_value(config::schema()).unwrap();
    let printed = Project::new("schema", "").text(&["config", "schema"]);
    assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), schema);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/config/schema.json");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &printed).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), printed);
}

/// What the parser takes, the schema takes, and what it refuses by its form the
/// schema refuses.
#[test]
fn the_schema_says_what_the_parser_does() {
    let schema = serde_json::to_value(config::schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let is_valid = |text: &str| {
        let text = text.replace("2099-01-31", "\"2099-01-31\"");
        let value: toml::Table = toml::from_str(&text).unwrap();
        validator.is_valid(&serde_json::to_value(value).unwrap())
    };
    assert!(is_valid(WHOLE));
    assert!(is_valid(""));
    for text in [
        "fail_on = \"error\"",
        "fail-on = \"eror\"",
        "exclude = \"a\"",
        "[frontends.shel]",
        "[frontends.shell]\nglob = []",
        "[[waivers]]\npath = \"a\"",
        "[[waivers]]\npath = 1\nreason = \"x\"",
        "[[overrides]]\npaths = \"a\"\nseverity = \"none\"",
    ] {
        assert!(!is_valid(text), "{text}");
    }
}
