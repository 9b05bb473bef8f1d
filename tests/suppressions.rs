//! Suppression comments: every host's syntax, at every position, and what becomes
//! of those that do not count. `@` in an input stands for the comment's words.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::ffi::OsString;
use std::path::Path;

use serde_json::Value;

/// What a run over files says, and its exit code.
fn check(name: &str, files: &[(&str, String)], args: &[&str]) -> (Value, u8) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("suppressions").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let fixed = ["ecs-lock-lint", "check", "--output=json"].map(OsString::from);
    let args = args.iter().map(OsString::from).chain([folder.into_os_string()]);
    let mut out = Vec::new();
    let code = ecs_lock_lint::run(fixed.into_iter().chain(args), &mut out, &mut Vec::new());
    (serde_json::from_slice(&out).unwrap(), code)
}

/// Rules of the findings, with `-` before those that are suppressed.
fn rules(report: &Value) -> Vec<String> {
    let rule = |one: &Value| {
        let sign = if one["suppressed"].is_null() { "" } else { "-" };
        format!("{sign}{}", one["rule"].as_str().unwrap())
    };
    report["findings"].as_array().unwrap().iter().map(rule).collect()
}

fn fingerprints(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let own = findings.filter(|one| !one["rule"].as_str().unwrap().ends_with("-suppression"));
    own.map(|one| one["fingerprint"].as_str().unwrap().to_owned()).collect()
}

/// A file with one finding, and where the comment may stand in it.
struct Host {
    file: &'static str,
    rule: &'static str,
    /// What opens the comment, and what closes it.
    comment: (&'static str, &'static str),
    /// The text, with `@1`, `@2`, … where a comment may stand.
    text: &'static str,
}

const HOSTS: &[Host] = &[
    Host {
        file: "a.sh",
        rule: "blocked-call",
        comment: ("#", ""),
        text: "@1\naliyun ecs StartInstance --InstanceId i-1 @2\n",
    },
    Host {
        file: "lines.sh",
        rule: "blocked-call",
        comment: ("#", ""),
        text: "@1\n\n# why it starts\naliyun ecs StartInstance \\\n  --InstanceId i-1 @2\n",
    },
    Host {
        file: "block.sh",
        rule: "blocked-call",
        comment: ("#", ""),
        text: "@1\nif true; then\n  @2\n  aliyun ecs StartInstance --InstanceId i-1 @3\nfi\n",
    },
    Host {
        file: "a.py",
        rule: "blocked-call",
        comment: ("#", ""),
        text: "import os\n@1\nos.system(  @2\n    @3\n    'aliyun ecs StartInstance --InstanceId i-1'\n)  @4\n",
    },
    Host {
        file: "a.js",
        rule: "blocked-call",
        comment: ("//", ""),
        text: "const { execSync } = require('child_process');\n@1\nexecSync('aliyun ecs StartInstance --InstanceId i-1'); @2\n",
    },
    Host {
        file: "block.js",
        rule: "blocked-call",
        comment: ("/*", "*/"),
        text: "const { execSync } = require('child_process');\n@1\n@2 execSync('aliyun ecs StartInstance --InstanceId i-1'); @3\n",
    },
    Host {
        file: "a.tf",
        rule: "latent-block",
        comment: ("#", ""),
        text: "@1\nresource \"alicloud_instance\" \"web\" { @2\n  @3\n  image_id = \"img\" @4\n} @5\n",
    },
    Host {
        file: "slashes.tf",
        rule: "latent-block",
        comment: ("//", ""),
        text: "@1\nresource \"alicloud_instance\" \"web\" {\n  count = 3 @2\n  image_id = \"img\"\n}\n",
    },
    Host {
        file: "data.tf",
        rule: "blocked-call",
        comment: ("#", ""),
        text: "resource \"alicloud_vpc\" \"a\" {\n  provisioner \"local-exec\" {\n    command = <<EOF\n@1\naliyun ecs StartInstance --InstanceId i-1 @2\nEOF\n  }\n}\n",
    },
    Host {
        file: "book.md",
        rule: "blocked-call",
        comment: ("<!--", "-->"),
        text: "# Start\n\n@1\n\n```sh\naliyun ecs DescribeInstances\naliyun ecs StartInstance --InstanceId i-1\n```\n",
    },
    Host {
        file: "fence.md",
        rule: "blocked-call",
        comment: ("#", ""),
        text: "# Start\n\n```sh\n@1\naliyun ecs StartInstance --InstanceId i-1 @2\n```\n",
    },
    Host {
        file: ".github/workflows/a.yml",
        rule: "blocked-call",
        comment: ("#", ""),
        text: "on: push\njobs:\n  @1\n  a:\n    runs-on: x\n    steps:\n      @2\n      - name: Start @3\n        run: |\n          @4\n          aliyun ecs StartInstance --InstanceId i-1 @5\n",
    },
    Host {
        file: "a.ps1",
        rule: "blocked-call",
        comment: ("<#", "#>"),
        text: "@1\naliyun ecs StartInstance --InstanceId i-1 @2\n",
    },
    Host {
        file: "a.php",
        rule: "blocked-call",
        comment: ("/**", "*/"),
        text: "<?php\n@1\nexec('aliyun ecs StartInstance --InstanceId i-1'); @2\n",
    },
    Host {
        file: "a.service",
        rule: "blocked-call",
        comment: (";", ""),
        text: "[Service]\n@1\nExecStart=/usr/bin/aliyun ecs StartInstance --InstanceId i-1\n",
    },
    Host {
        file: "Makefile",
        rule: "blocked-call",
        comment: ("#", ""),
        text: "@1\nstart:\n\taliyun ecs StartInstance --InstanceId i-1 @2\n",
    },
    Host {
        file: "play.yml",
        rule: "blocked-call",
        comment: ("#", ""),
        text: "- hosts: all\n  tasks:\n    @1\n    - name: Start @2\n      ansible.builtin.command: aliyun ecs StartInstance --InstanceId i-1 @3\n",
    },
];

/// The places of a host's text where a comment may stand.
fn places(host: &Host) -> Vec<String> {
    (1..=9).map(|place| format!("@{place}")).filter(|mark| host.text.contains(mark)).collect()
}

/// The text with a comment at one place, and none at the others.
fn text(host: &Host, at: &str, words: &str) -> String {
    let (open, close) = host.comment;
    let comment = format!("{open} ecs-lock-lint: {words} {close}");
    let filled = places(host).iter().fold(host.text.to_owned(), |text, place| {
        text.replace(place.as_str(), if place == at { comment.trim_end() } else { "" })
    });
    assert!(at.is_empty() || filled.contains("ecs-lock-lint:"));
    filled
}

fn check_host(host: &Host, (at, words): (&str, &str), args: &[&str]) -> (Value, u8) {
    let words = words.replace("RULE", host.rule);
    let test = std::thread::current().name().unwrap().to_owned();
    check(&test, &[(host.file, text(host, at, &words))], args)
}

#[test]
fn comments_suppress_in_every_host_at_every_place() {
    for host in HOSTS {
        let (bare, _) = check_host(host, ("", ""), &["--fail-on=note"]);
        assert_eq!(rules(&bare), [host.rule], "{}: {}", host.file, host.text);
        for at in places(host) {
            let words = "allow[RULE] reason=\"a drill\" until=9999-12-31 owner=sre";
            let (report, code) = check_host(host, (&at, words), &["--fail-on=note"]);
            let place = format!("{} {at}: {report}", host.file);
            assert_eq!(rules(&report), [format!("-{}", host.rule)], "{place}");
            assert_eq!(report["findings"][0]["suppressed"], "a drill", "{place}");
            assert_eq!(report["summary"]["suppressed"], 1, "{place}");
            assert_eq!(code, 0, "{place}");
            assert_eq!(fingerprints(&report), fingerprints(&bare), "{place}");
        }
    }
}

#[test]
fn comments_that_do_not_count_are_reported_in_every_host() {
    let cases = [
        ("allow[RULE]", "invalid-suppression", false),
        ("allow[RULE] reason=\"\"", "invalid-suppression", false),
        ("allow RULE reason=\"a drill\"", "invalid-suppression", false),
        ("allow[nonsense] reason=\"a drill\"", "invalid-suppression", false),
        ("allow[RULE] reason=\"a drill\" until=2020-01-31", "expired-suppression", false),
        ("allow[unresolved-operation] reason=\"a drill\"", "unused-suppression", false),
        ("allow[RULE, unresolved-operation] reason=\"x\"", "unused-suppression", true),
        ("allow[RULE, nonsense] reason=\"a drill\"", "invalid-suppression", true),
    ];
    for host in HOSTS {
        for (words, told, suppresses) in cases {
            let (report, code) = check_host(host, ("@1", words), &["--fail-on=note"]);
            let sign = if suppresses { "-" } else { "" };
            let mut found = rules(&report);
            found.sort();
            let mut expected = vec![format!("{sign}{}", host.rule), told.to_owned()];
            expected.sort();
            assert_eq!(found, expected, "{} {words}: {report}", host.file);
            assert_eq!(code, 1, "{} {words}", host.file);
        }
    }
}

#[test]
fn without_suppressions_all_is_reported() {
    for host in HOSTS {
        let args = ["--fail-on=note", "--no-suppressions"];
        let (report, code) = check_host(host, ("@1", "allow[RULE] reason=\"a drill\""), &args);
        assert_eq!((rules(&report), code), (vec![host.rule.to_owned()], 1), "{}", host.file);
    }
}

#[test]
fn a_comment_suppresses_no_more_than_it_means() {
    let start = "aliyun ecs StartInstance --InstanceId";
    let allow = "# ecs-lock-lint: allow[blocked-call] reason=\"a drill\"";
    let cases = [
        (format!("{allow}\n{start} i-1\n{start} i-2\n"), vec!["-blocked-call", "blocked-call"]),
        (format!("{start} i-1\n{start} i-2 {allow}\n"), vec!["blocked-call", "-blocked-call"]),
        (
            format!("{allow}\nif true; then\n  {start} i-1\nfi\n{start} i-2\n"),
            vec!["-blocked-call", "blocked-call"],
        ),
        (format!("echo \"{}\"\n{start} i-1\n", allow.replace('"', "'")), vec!["blocked-call"]),
        (
            format!("{start} i-1\n{}\n{start} i-2\n", allow.replace("allow", "allow-file")),
            vec!["-blocked-call", "-blocked-call"],
        ),
    ];
    for (text, expected) in cases {
        let (report, _) = check("extent", &[("a.sh", text.clone())], &[]);
        assert_eq!(rules(&report), expected, "{text}");
    }
}

#[test]
fn comments_in_modules_count() {
    let allow = "# ecs-lock-lint: allow[latent-block] reason=\"rebuilt, never changed\"";
    let files = [
        (
            "main.tf",
            "module \"web\" {\n  source = \"./web\"\n  for_each = toset([\"a\", \"b\"])\n}\n"
                .to_owned(),
        ),
        (
            "web/main.tf",
            format!(
                "{allow}\nresource \"alicloud_instance\" \"web\" {{\n  image_id = \"img\"\n}}\n"
            ),
        ),
    ];
    let (report, _) = check("modules", &files, &[]);
    assert_eq!(rules(&report), ["-latent-block"], "{report}");
}

#[test]
fn sarif_keeps_what_is_suppressed_and_others_do_not_show_it() {
    let text = "# ecs-lock-lint: allow[blocked-call] reason=\"a drill\"\n\
                aliyun ecs StartInstance --InstanceId i-1\n";
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("suppressed.sh");
    std::fs::write(&path, text).unwrap();
    let output = |format: &str| {
        let args = ["ecs-lock-lint", "check", "--output", format, "--color=never"];
        let args = args.map(OsString::from).into_iter().chain([path.clone().into_os_string()]);
        let mut out = Vec::new();
        assert_eq!(ecs_lock_lint::run(args, &mut out, &mut Vec::new()), 0);
        String::from_utf8(out).unwrap()
    };
    let sarif: Value = serde_json::from_str(&output("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    let expected = serde_json::json!([{"kind": "inSource", "justification": "a drill"}]);
    assert_eq!(results[0]["suppressions"], expected);
    for format in ["concise", "csv", "github", "gitlab", "junit", "checkstyle", "rdjson"] {
        assert!(!output(format).contains("blocked-call"), "{format}");
    }
    assert!(
        output("terminal").starts_with("No findings in 1 file with 1 ECS operation; 1 suppressed")
    );
}

/// What is hostile costs no more than what it is long.
#[test]
fn many_comments_are_read_in_time() {
    let allow = "# ecs-lock-lint: allow[blocked-call] reason=\"x\"\n";
    let text = format!("{}aliyun ecs StartInstance --InstanceId i-1\n", allow.repeat(20_000));
    let (report, _) = check("many", &[("a.sh", text)], &[]);
    assert_eq!(report["summary"]["suppressed"], 1);
}

/// A text after the fixes that a run proposes.
fn mended(name: &str, text: &str) -> String {
    let (report, _) = check(name, &[("run.sh", text.to_owned())], &[]);
    let file = ecs_lock_lint::source::SourceFile::new("run.sh".to_owned(), text.to_owned());
    let byte = |place: &Value| {
        let number = |key: &str| usize::try_from(place[key].as_u64().unwrap()).unwrap();
        let start = file.line(u32::try_from(number("line")).unwrap()).start;
        let before: String = text[start..].chars().take(number("column") - 1).collect();
        start + before.len()
    };
    let fixes = report["findings"].as_array().unwrap().iter().filter_map(|one| one.get("fix"));
    let mut changes: Vec<_> = fixes
        .map(|fix| (byte(&fix["start"]), byte(&fix["end"]), fix["text"].as_str().unwrap()))
        .collect();
    changes.sort_unstable();
    let mut text = text.to_owned();
    for (start, end, new) in changes.into_iter().rev() {
        text.replace_range(start..end, new);
    }
    text
}

#[test]
fn an_unused_comment_comes_with_what_mends_it() {
    let stop = "aliyun ecs StopInstance --InstanceId i-1";
    let start = "aliyun ecs StartInstance --InstanceId i-1";
    let allow = |rules: &str| format!("# ecs-lock-lint: allow[{rules}] reason=\"ü\"");
    let unused = allow("blocked-call");
    let cases = [
        (format!("ls\n  {unused}\n{stop}\n"), format!("ls\n{stop}\n")),
        (format!("{stop} {unused}\nls\n"), format!("{stop}\nls\n")),
        (format!("{stop}\n{unused}"), format!("{stop}\n")),
        (
            format!("{}\n{start}\n", allow("silent-no-op, blocked-call")),
            format!("{unused}\n{start}\n"),
        ),
        (format!("{unused}\n{start}\n"), format!("{unused}\n{start}\n")),
    ];
    for (number, (before, after)) in cases.into_iter().enumerate() {
        assert_eq!(mended(&format!("mended-{number}"), &before), after);
    }
}
