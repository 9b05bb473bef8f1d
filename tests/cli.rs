//! The whole binary: exit codes, standard input, broken input, determinism.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use assert_cmd::Command;
use serde_json::Value;

const START: &str = "aliyun ecs StartInstance --InstanceId i-1\n";

fn lint() -> Command {
    let mut command = Command::cargo_bin("ecs-lock-lint").unwrap();
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("NO_COLOR", "1");
    command
}

/// An empty folder of a test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    std::fs::write(folder.join(name), content).unwrap();
}

/// Runs with JSON output; gives the exit code and the report.
fn json(command: &mut Command) -> (i32, Value) {
    let output = command.arg("--output=json").output().unwrap();
    let report = serde_json::from_slice(&output.stdout);
    let report = report.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().unwrap(), report)
}

fn rules(report: &Value) -> Vec<(&str, &str)> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|one| (one["path"].as_str().unwrap(), one["rule"].as_str().unwrap())).collect()
}

fn problems(report: &Value) -> Vec<(String, &str)> {
    let problems = report["problems"].as_array().unwrap().iter();
    let name = |one: &Value| {
        let path = Path::new(one["path"].as_str().unwrap());
        path.file_name().unwrap().to_string_lossy().into_owned()
    };
    problems.map(|one| (name(one), one["kind"].as_str().unwrap())).collect()
}

#[test]
fn the_demo_has_findings() {
    let (code, report) = json(lint().args(["check", "fixtures/demo"]));
    assert_eq!(code, 1);
    let found = rules(&report);
    for expected in [
        ("fixtures/demo/oos/resize.yml", "stranded-instance"),
        ("fixtures/demo/ros/stack.yaml", "silent-no-op"),
        ("fixtures/demo/scripts/nightly.sh", "blocked-while-in-use"),
        ("fixtures/demo/scripts/rotate_password.py", "blocked-call"),
        ("fixtures/demo/terraform/main.tf", "latent-block"),
        ("fixtures/demo/terraform/main.tf", "silent-no-op"),
    ] {
        assert!(found.contains(&expected), "{expected:?} is missing in {found:#?}");
    }
    assert_eq!(problems(&report), []);
}

#[test]
fn an_empty_folder_is_clean() {
    lint().arg("check").arg(folder("empty")).assert().code(0);
}

#[test]
fn a_missing_path_is_an_error_and_the_rest_is_analysed() {
    let folder = folder("missing");
    write(&folder, "a.sh", "aliyun ecs StartInstance --InstanceId i-1\n");
    let (code, report) =
        json(lint().arg("check").arg(folder.join("a.sh")).arg(folder.join("nowhere")));
    assert_eq!(code, 2);
    assert_eq!(rules(&report).len(), 1);
    assert_eq!(problems(&report), [("nowhere".to_owned(), "unreadable")]);
    let message = lint().args(["check", "nowhere"]).assert().code(2);
    message.stderr(predicate("nowhere: not read: no such file or folder; check the path"));
}

/// A predicate that a text contains another.
fn predicate(part: &'static str) -> impl predicates::Predicate<str> {
    predicates::str::contains(part)
}

#[test]
fn a_mistake_in_the_arguments_is_an_error() {
    lint().args(["check", "--frontend", "cobol", "."]).assert().code(2).stderr(predicate("shell"));
    lint().args(["check", "--output", "pdf", "."]).assert().code(2).stderr(predicate("json"));
    lint().args(["check", "--exclude", "a[", "."]).assert().code(2).stderr(predicate("--exclude"));
    lint().args(["explain", "StartInstanc"]).assert().code(2).stderr(predicate("`StartInstance`"));
}

#[test]
fn thresholds_decide_the_exit_code_whatever_the_format() {
    let folder = folder("thresholds");
    write(&folder, "a.sh", "aliyun ecs DeleteDisk --DiskId $D\n");
    for format in ["terminal", "concise", "json"] {
        let check = |threshold: &str| {
            let mut command = lint();
            command.args(["check", "--output", format, "--fail-on", threshold]).arg(&folder);
            command.output().unwrap().status.code().unwrap()
        };
        assert_eq!([check("error"), check("warning"), check("note"), check("never")], [0, 1, 1, 0]);
    }
    lint().args(["check", "--min-severity=error"]).arg(&folder).assert().code(1);
}

#[test]
fn strict_fails_on_what_could_not_be_resolved() {
    let folder = folder("strict");
    write(&folder, "a.sh", "aliyun ecs \"$1\" --InstanceId i-1\n");
    lint().arg("check").arg(&folder).assert().code(0);
    lint().args(["check", "--strict"]).arg(&folder).assert().code(3);
}

#[test]
fn several_outputs_come_out_of_one_run() {
    let folder = folder("outputs");
    write(&folder, "a.sh", "aliyun ecs StartInstance --InstanceId i-1\n");
    let file = folder.join("report.json");
    let to_file = format!("json={}", file.display());
    let run = lint()
        .args(["check", "--output", "concise", "--output", &to_file])
        .arg(folder.join("a.sh"))
        .assert()
        .code(1);
    run.stdout(predicate("a.sh:1:1: error[blocked-call]"));
    let report: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
}

#[test]
fn a_terminal_shows_ten_notes_and_a_count() {
    let folder = folder("notes");
    let lines = (0..12).map(|number| format!("aliyun ecs \"$action{number}\"\n"));
    write(&folder, "a.sh", lines.collect::<String>());
    let shown = |flags: &[&str]| {
        let output = lint().arg("check").args(flags).arg(&folder).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (
            text.lines().filter(|line| line.starts_with("note[")).count(),
            text.contains("2 more notes"),
        )
    };
    assert_eq!(shown(&[]), (10, true));
    assert_eq!(shown(&["--verbose"]), (12, false));
    assert_eq!(shown(&["--no-progress"]), (10, true));
}

#[test]
fn the_standard_input_is_read_by_name_or_front_end_or_content() {
    let shell = "aliyun ecs StartInstance --InstanceId i-1\n";
    let named = ["check", "-", "--stdin-filename", "deploy/run.sh", "--output=concise"];
    lint().args(named).write_stdin(shell).assert().code(1).stdout(predicate("deploy/run.sh:1:1"));
    let forced = ["check", "-", "--frontend=shell", "--output=concise"];
    lint().args(forced).write_stdin(shell).assert().code(1).stdout(predicate("-:1:1"));
    let sniffed = format!("#!/usr/bin/env bash\n{shell}");
    lint().args(["check", "-"]).write_stdin(sniffed).assert().code(1);
    let unknown = lint().args(["check", "-"]).write_stdin("hello").assert().code(2);
    unknown.stderr(predicate("--frontend"));
}

#[test]
fn a_document_is_read_from_the_standard_input() {
    let document = format!("# Start\n\n```yaml\nscript: a\n```\n\n```bash\n{START}```\n");
    let named = ["check", "-", "--stdin-filename", "start.md", "--output=concise"];
    let found = lint().args(named).write_stdin(document.as_str()).assert().code(1);
    found.stdout(predicate("start.md:8:1"));
    let nameless = ["check", "-", "--output=concise"];
    lint().args(nameless).write_stdin(document).assert().code(1).stdout(predicate("-:8:1"));
}

#[test]
fn front_ends_are_listed_with_their_patterns() {
    let listed = lint().arg("list-frontends").assert().code(0);
    let listed = listed.stdout(predicate("markdown ")).stdout(predicate("*.mdx"));
    listed.stdout(predicate("code cells of Jupyter notebooks"));
    let output = lint().args(["list-frontends", "--format=json"]).output().unwrap();
    let entries: Value = serde_json::from_slice(&output.stdout).unwrap();
    let entries = entries.as_array().unwrap();
    let names: Vec<&str> = entries.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(["markdown", "notebook", "shell"].iter().all(|name| names.contains(name)));
    let is_full = |one: &Value| !one["reads"].as_str().unwrap().is_empty();
    assert!(entries.iter().all(is_full));
}

#[test]
fn a_script_without_extension_is_known_by_its_first_line() {
    let folder = folder("shebang");
    write(&folder, "restart", "#!/bin/sh -e\naliyun ecs RebootInstance --InstanceId i-1\n");
    write(&folder, "notes", "aliyun ecs RebootInstance --InstanceId i-1\n");
    let (code, report) = json(lint().arg("check").arg(&folder));
    assert_eq!((code, rules(&report).len()), (1, 1));
}

#[test]
fn ignore_rules_hold_and_hidden_folders_are_read() {
    let folder = folder("ignore");
    let shell = "aliyun ecs StartInstance --InstanceId i-1\n";
    for sub in ["node_modules", ".github", "vendored", ".git"] {
        std::fs::create_dir(folder.join(sub)).unwrap();
        write(&folder.join(sub), "a.sh", shell);
    }
    write(&folder, ".gitignore", "node_modules/\n");
    let (_, report) = json(lint().args(["check", "--exclude", "vendored/"]).arg(&folder));
    let found = rules(&report);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0.ends_with(".github/a.sh"));
}

#[test]
fn a_tracked_file_is_read_although_it_is_ignored() {
    let folder = folder("tracked");
    let git = |args: &[&str]| {
        let run = std::process::Command::new("git").arg("-C").arg(&folder).args(args).output();
        assert!(run.unwrap().status.success());
    };
    git(&["init", "-q"]);
    write(&folder, "tracked.sh", "aliyun ecs StartInstance --InstanceId i-1\n");
    write(&folder, "other.sh", "aliyun ecs StartInstance --InstanceId i-1\n");
    git(&["add", "tracked.sh"]);
    write(&folder, ".gitignore", "*.sh\n");
    let (_, report) = json(lint().arg("check").arg(&folder));
    let found = rules(&report);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0.ends_with("/tracked.sh"));
    lint().args(["check", "--exclude=tracked.sh"]).arg(&folder).assert().code(0);
}

#[test]
fn broken_input_is_listed_and_the_rest_is_analysed() {
    let folder = folder("broken");
    write(&folder, "good.sh", "aliyun ecs StartInstance --InstanceId i-1\n");
    write(&folder, "syntax.sh", "aliyun ecs StartInstance --InstanceId i-1\nif then ((\n");
    write(&folder, "latin1.sh", b"# caf\xe9\naliyun ecs StartInstance --InstanceId i-1\n");
    write(&folder, "bom.sh", "\u{feff}aliyun ecs StartInstance --InstanceId i-1\n");
    write(&folder, "crlf.sh", "echo\r\naliyun ecs StartInstance --InstanceId i-1\r\n");
    write(&folder, "garbage.sh", vec![b'{'; 10 << 20]);
    write(&folder, "nul.py", b"\0\0\xff\xfe aliyun");
    #[cfg(unix)]
    std::os::unix::fs::symlink("loop.sh", folder.join("loop.sh")).unwrap();
    let (code, report) = json(lint().arg("check").arg(&folder));
    assert_eq!(code, 1);
    let found = rules(&report);
    assert_eq!(found.len(), 5, "{found:?}");
    let kinds = problems(&report);
    for expected in
        [("garbage.sh", "too-large"), ("latin1.sh", "encoding"), ("syntax.sh", "syntax")]
    {
        assert!(kinds.contains(&(expected.0.to_owned(), expected.1)), "{expected:?} in {kinds:?}");
    }
    #[cfg(unix)]
    assert!(kinds.contains(&("loop.sh".to_owned(), "unreadable")), "{kinds:?}");
    let crlf = report["findings"].as_array().unwrap().iter();
    let crlf: Vec<_> =
        crlf.filter(|one| one["path"].as_str().unwrap().ends_with("crlf.sh")).collect();
    assert_eq!(crlf[0]["start"], serde_json::json!({"line": 2, "column": 1}));
    assert_eq!(crlf[0]["end"], serde_json::json!({"line": 2, "column": 42}));
}

/// Texts that are made to exhaust a stack, a parser or a scanner.
fn hostile() -> Vec<(&'static str, String)> {
    let lines = |count: usize, line: fn(usize) -> String| {
        (0..count).map(line).collect::<Vec<_>>().join("\n")
    };
    let indents = lines(600, |depth| format!("{}if x:", " ".repeat(depth)));
    let flow = format!("ROSTemplateFormatVersion: x\na: {}", "[".repeat(100_000));
    let dashes = format!("FormatVersion: OOS-2019-06-01\na:\n{}", "- ".repeat(300));
    let aliases = lines(12, |level| {
        let previous = format!("*k{level},");
        format!("k{0}: &k{0} [{1}]", level + 1, previous.repeat(9))
    });
    vec![
        ("indents.py", format!("import aliyunsdkecs\n{indents}\n{}'''", " ".repeat(600))),
        ("parens.py", format!("import aliyunsdkecs\nx = {}", "(".repeat(100_000))),
        ("parens.go", format!("package aliyun // \"ecs\"\nvar x = {}", "(".repeat(100_000))),
        ("calls.go", format!("package aliyun // \"ecs\"\nvar x = {}", "f(".repeat(50_000))),
        (
            "adapted.go",
            format!(
                "package aliyun // \"ecs\"\nfunc f() {{ f{}() }}",
                "(c.StartInstance)".repeat(20_000)
            ),
        ),
        (
            "blocks.go",
            format!("package aliyun // \"ecs\"\nfunc f() {{ {}", "if x { ".repeat(50_000)),
        ),
        (
            "lambdas.go",
            format!(
                "package aliyun // \"ecs\"\nfunc f() {{ {}",
                "x := func() { aliyun(\"ecs\", x); ".repeat(50_000)
            ),
        ),
        ("sum.go", format!("package aliyun // \"ecs\"\nvar x = a{}", " + \"ecs\"".repeat(100_000))),
        (
            "mutual.go",
            lines(300, |number| {
                let calls: Vec<_> =
                    (0..20).map(|it| format!("f{}(a)", (number + it) % 300)).collect();
                format!("func f{number}(a string) {{ aliyun(\"ecs\", a); {} }}", calls.join("; "))
            }),
        ),
        ("subst.sh", format!("aliyun {}", "$(".repeat(50_000))),
        ("pipes.sh", format!("aliyun {}", "| a ".repeat(50_000))),
        ("quote.sh", format!("aliyun ecs \"{}", "x ".repeat(500_000))),
        ("nested.tf", format!("# alicloud\nlocals {{ a = {} }}", "[".repeat(100_000))),
        ("blocks.tf", format!("# alicloud\n{}", "a {\n".repeat(20_000))),
        ("flow.yaml", flow),
        (
            "flow.json",
            format!("{{\"ROSTemplateFormatVersion\": \"x\", \"a\": {}", "[".repeat(100_000)),
        ),
        ("dashes.yaml", dashes),
        ("templates.json", templates(40)),
        ("bomb.yaml", format!("FormatVersion: OOS-2019-06-01\nk0: &k0 x\n{aliases}")),
        (
            "column.sh",
            format!("{} aliyun ecs StartInstance --InstanceId i-1", "true;".repeat(20_000)),
        ),
    ]
}

/// Templates inside of one another, of which each is given twice what the one
/// around it is.
fn templates(depth: usize) -> String {
    let nested = (0..depth).fold("[]".to_owned(), |tasks, level| {
        format!(
            "[{{\"Name\": \"t{level}\", \"Action\": \"ACS::Template\", \"Properties\": \
             {{\"Parameters\": {{\"p\": [\"{{{{ p }}}}\", \"{{{{ p }}}}\"]}}, \"TemplateContent\": \
             {{\"FormatVersion\": \"OOS-2019-06-01\", \"Tasks\": {tasks}}}}}}}]"
        )
    });
    format!("{{\"FormatVersion\": \"OOS-2019-06-01\", \"Tasks\": {nested}}}")
}

/// Texts in Python that double with every line.
fn hostile_python() -> Vec<(&'static str, String)> {
    vec![
        ("sums.py", format!("# aliyun\na = 'ecs ' if p else 'x'\n{}", "a = a + a\n".repeat(500))),
        ("holes.py", format!("# aliyun\na = 'ecs '\n{}", "a = f'{a}{a}{p}'\n".repeat(500))),
        (
            "pairs.py",
            format!(
                "# aliyun\na = {{'ecs': p, 'b': p}}\n{}",
                "a = {k: a for k in a}\na = {'ecs': '&'.join(f'{k}={v}{v}' for k, v in a.items()), \
                 'b': a}\n"
                    .repeat(500)
            ),
        ),
    ]
}

/// The same in Java.
fn hostile_java() -> Vec<(&'static str, String)> {
    vec![
        (
            "parens.java",
            format!("// aliyun \"ecs\"\nclass A {{ Object x = {}", "(".repeat(100_000)),
        ),
        ("calls.java", format!("// aliyun \"ecs\"\nclass A {{ Object x = {}", "f(".repeat(50_000))),
        (
            "chain.java",
            format!(
                "// aliyun \"ecs\"\nclass A {{ Object x = a{}; }}",
                ".b(\"ecs\")".repeat(50_000)
            ),
        ),
        (
            "blocks.java",
            format!("// aliyun \"ecs\"\nclass A {{ void f() {{ {}", "if (x) { ".repeat(50_000)),
        ),
        (
            "else.java",
            format!(
                "// aliyun \"ecs\"\nclass A {{ void f() {{ {} {{}} }} }}",
                "if (x) g(); else ".repeat(20_000)
            ),
        ),
        (
            "classes.java",
            format!("// aliyun \"ecs\"\n{}", "class A { Object x = new B() { ".repeat(20_000)),
        ),
        (
            "sum.java",
            format!("// aliyun\nclass A {{ String x = a{}; }}", " + \"ecs\"".repeat(100_000)),
        ),
    ]
}

/// The same in C#.
fn hostile_csharp() -> Vec<(&'static str, String)> {
    vec![
        ("parens.cs", format!("// aliyun \"ecs\"\nclass A {{ object x = {}", "(".repeat(100_000))),
        ("calls.cs", format!("// aliyun \"ecs\"\nclass A {{ object x = {}", "f(".repeat(50_000))),
        (
            "chain.cs",
            format!("// aliyun \"ecs\"\nclass A {{ object x = a{}; }}", ".b()".repeat(50_000)),
        ),
        (
            "sum.cs",
            format!(
                "// aliyun \"ecs\"\nclass A {{ string x = \"a\"{}; }}",
                " + \"ecs\"".repeat(50_000)
            ),
        ),
        (
            "format.cs",
            format!(
                "// aliyun \"ecs\"\nclass A {{ string x = string.Format(\"{}\", a); }}",
                "{".repeat(500_000)
            ),
        ),
        (
            "blocks.cs",
            format!("// aliyun \"ecs\"\nclass A {{ void F() {{ {}", "if (x) { ".repeat(50_000)),
        ),
        ("classes.cs", format!("// aliyun \"ecs\"\n{}", "class A { ".repeat(50_000))),
        (
            "lambdas.cs",
            format!("// aliyun \"ecs\"\nclass A {{ object x = {}", "() => f(".repeat(30_000)),
        ),
    ]
}

#[test]
fn hostile_input_neither_crashes_nor_hangs() {
    let folder = folder("hostile");
    let all =
        hostile().into_iter().chain(hostile_python()).chain(hostile_java()).chain(hostile_csharp());
    for (name, text) in all {
        write(&folder, name, text);
    }
    let started = Instant::now();
    let (code, report) = json(lint().arg("check").arg(&folder));
    assert_eq!(code, 1, "{report}");
    assert_eq!(rules(&report).len(), 1, "{report}");
    let internal = problems(&report).iter().filter(|(_, kind)| *kind == "internal").count();
    assert_eq!(internal, 0, "{report}");
    // Not a measurement: each parse has a deadline of its own, and this is far above them all.
    assert!(started.elapsed() < Duration::from_mins(4));
    lint().args(["check"]).arg(&folder).assert().code(1);
}

#[test]
fn the_output_does_not_depend_on_the_number_of_threads() {
    let output = |jobs: &str| {
        let args = ["audit", "fixtures", "--output=json", "--jobs", jobs];
        lint().args(args).output().unwrap().stdout
    };
    let one = output("1");
    assert!(one.len() > 1000);
    assert_eq!(one, output("4"));
    assert_eq!(one, output("0"));
}

#[test]
fn a_file_cannot_drive_the_terminal() {
    let folder = folder("terminal");
    write(
        &folder,
        "a.sh",
        "aliyun ecs StartInstance --InstanceId $'\x1b[31m' # \u{202e}\x1b]0;x\x07\n",
    );
    for format in ["terminal", "concise"] {
        let mut command = lint();
        let output = command.args(["audit", "--output", format]).arg(&folder).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains(['\x1b', '\u{202e}', '\x07']), "{text:?}");
    }
}

#[test]
fn rule_folders_add_and_replace() {
    let folder = folder("overlay");
    std::fs::create_dir(folder.join("findings")).unwrap();
    write(&folder, "a.sh", "aliyun ecs StartInstance --InstanceId i-1\n");
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/findings/blocked-call.yaml");
    let softer =
        std::fs::read_to_string(built_in).unwrap().replace("severity: error", "severity: note");
    write(&folder.join("findings"), "blocked-call.yaml", &softer);
    let mut command = lint();
    command.args(["check", "--rules"]).arg(&folder).arg(folder.join("a.sh"));
    command.assert().code(0);

    write(&folder.join("findings"), "blocked-call.yaml", softer.replace("label:", "lable:"));
    let failed = command.assert().code(2);
    let failed = failed.stderr(predicate("blocked-call.yaml:"));
    failed.stderr(predicate("lable"));
}

#[test]
fn named_files_honour_excludes() {
    let folder = folder("named");
    std::fs::create_dir_all(folder.join("vendored/a")).unwrap();
    write(&folder.join("vendored/a"), "a.sh", "aliyun ecs StartInstance --InstanceId i-1\n");
    let check = |args: &[&str]| {
        let mut command = lint();
        let path = folder.join("vendored/a/a.sh");
        rules(&json(command.arg("check").args(args).arg(path)).1).len()
    };
    assert_eq!(check(&[]), 1);
    for exclude in ["vendored", "vendored/", "a.sh", "**/vendored/**", "*.sh"] {
        assert_eq!(check(&["--exclude", exclude]), 0, "{exclude}");
    }
    assert_eq!(check(&["--exclude", "b.sh"]), 1);
}

#[test]
fn lists_name_files() {
    let folder = folder("lists");
    let shell = "aliyun ecs StartInstance --InstanceId i-1\n";
    for name in ["a.sh", "b b.sh", "c.png"] {
        write(&folder, name, shell);
    }
    let run = |list: &str, args: &[&str]| {
        let mut command = lint();
        command.current_dir(&folder).args(["check", "--files-from=-"]).args(args);
        let (code, report) = json(command.write_stdin(list));
        (code, rules(&report).iter().map(|(path, _)| (*path).to_owned()).collect::<Vec<_>>())
    };
    // A list may hold what no front end reads.
    assert_eq!(run("a.sh\r\nc.png\n", &[]), (1, vec!["a.sh".to_owned()]));
    assert_eq!(run("a.sh\0b b.sh\0", &[]), (1, vec!["a.sh".to_owned(), "b b.sh".to_owned()]));
    assert_eq!(run("", &[]), (0, vec![]));
    assert_eq!(run("\n", &["b b.sh"]), (1, vec!["b b.sh".to_owned()]));
    assert_eq!(run(".\n", &["--exclude=a.sh"]), (1, vec!["b b.sh".to_owned()]));
    assert_eq!(run("a.sh\nnowhere.sh\n", &[]).0, 2);
    write(&folder, "list", "./a.sh\n");
    let mut command = lint();
    command.current_dir(&folder).args(["check", "--files-from=list"]);
    assert_eq!(json(&mut command).0, 1);
    for (args, says) in [
        (["--files-from=missing", "."], "--files-from missing: no such file"),
        (["--files-from=-", "-"], "both an input and the list"),
    ] {
        let run = lint().current_dir(&folder).arg("check").args(args).assert();
        run.code(2).stderr(predicate(says));
    }
}

#[test]
fn a_named_file_is_read_with_its_module() {
    let folder = folder("module");
    write(
        &folder,
        "main.tf",
        "resource \"alicloud_ecs_command\" \"a\" {\n  count = var.on ? 1 : 0\n}\n",
    );
    write(&folder, "variables.tf", "variable \"on\" {\n  default = true\n}\n");
    write(&folder, "a.auto.tfvars", "on = false\n");
    let operations = |args: &[&str]| {
        let mut command = lint();
        let (_, report) = json(command.current_dir(&folder).arg("check").args(args));
        report["summary"]["operations"].as_u64().unwrap()
    };
    assert_eq!(operations(&["."]), 0);
    assert_eq!(operations(&["main.tf"]), 0);
    assert!(operations(&["main.tf", "--exclude=*.tfvars"]) > 0);
    // The rest of the module is not what was asked for.
    write(&folder, "other.tf", "resource \"alicloud_instance\" \"b\" {\n  image_id = \"i\"\n}\n");
    assert!(operations(&["."]) > 0);
    assert_eq!(operations(&["main.tf"]), 0);
    // What comes in by itself has no module, whatever lies about.
    let text = std::fs::read_to_string(folder.join("main.tf")).unwrap();
    for name in ["main.tf.tmpl", "other"] {
        write(&folder, name, &text);
        assert!(operations(&["--frontend=terraform", name]) > 0, "{name}");
    }
    let mut command = lint();
    command.current_dir(&folder).args(["check", "-", "--frontend=terraform"]).write_stdin(text);
    let (_, report) = json(&mut command);
    assert!(report["summary"]["operations"].as_u64().unwrap() > 0);
    assert_eq!(report["problems"].as_array().unwrap().len(), 0);
}
