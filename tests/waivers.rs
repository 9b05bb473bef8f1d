//! Waivers of the configuration: in every host, above all those without comments, by
//! all that they may state, and what becomes of those that do not count.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A folder with files and a configuration.
fn project(name: &str, files: &[(&str, &str)], config: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("waivers").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    for (path, text) in files.iter().chain(&[("ecs-lock-lint.toml", config)]) {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// What a run with the configuration over some paths says, and its exit code.
fn output(folder: &Path, paths: &[&str], args: &[&str]) -> (String, u8) {
    let config = folder.join("ecs-lock-lint.toml");
    let fixed = ["ecs-lock-lint", "check", "--fail-on=note"].map(OsString::from);
    let config = [OsString::from("--config"), config.into_os_string()];
    let paths = paths.iter().map(|path| folder.join(path).into_os_string());
    let args = fixed.into_iter().chain(config).chain(args.iter().map(OsString::from)).chain(paths);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = ecs_lock_lint::run(args, &mut out, &mut err);
    assert!(err.is_empty(), "{}", String::from_utf8_lossy(&err));
    (String::from_utf8(out).unwrap(), code)
}

fn check(folder: &Path, paths: &[&str]) -> (Value, u8) {
    let (text, code) = output(folder, paths, &["--output=json"]);
    (serde_json::from_str(&text).unwrap(), code)
}

/// Rules of the findings, with `-` before those that are suppressed, sorted.
fn rules(report: &Value) -> Vec<String> {
    let rule = |one: &Value| {
        let sign = if one["suppressed"].is_null() { "" } else { "-" };
        format!("{sign}{}", one["rule"].as_str().unwrap())
    };
    let mut rules: Vec<String> = report["findings"].as_array().unwrap().iter().map(rule).collect();
    rules.sort();
    rules
}

/// A file with one finding.
struct Host {
    file: &'static str,
    rule: &'static str,
    action: &'static str,
    target: &'static str,
    text: &'static str,
}

const HOSTS: &[Host] = &[
    Host {
        file: "package.json",
        rule: "blocked-call",
        action: "StartInstance",
        target: "i-1",
        text: "{\"scripts\": {\n  \"start\": \"aliyun ecs StartInstance --InstanceId i-1\"\n}}\n",
    },
    Host {
        file: "sub/a.ipynb",
        rule: "blocked-call",
        action: "StartInstance",
        target: "i-1",
        text: "{\"nbformat\": 4, \"nbformat_minor\": 5, \"metadata\": {\"kernelspec\": {\"language\": \
               \"python\"}}, \"cells\": [{\"cell_type\": \"code\", \"metadata\": {}, \"outputs\": [], \
               \"source\": [\n\"!aliyun ecs StartInstance --InstanceId i-1\"]}]}\n",
    },
    Host {
        file: "plan.json",
        rule: "silent-no-op",
        action: "InvokeCommand",
        target: "alicloud_ecs_invocation.run",
        text: "{\"format_version\": \"1.2\", \"resource_changes\": [{\"address\": \
               \"alicloud_ecs_invocation.run\", \"mode\": \"managed\", \"type\": \
               \"alicloud_ecs_invocation\", \"name\": \"run\", \"change\": {\"actions\": \
               [\"create\"], \"before\": null, \"after\": {\"command_id\": \"c-1\", \
               \"instance_id\": [\"i-1\"]}}}]}\n",
    },
    Host {
        file: "oos.json",
        rule: "blocked-call",
        action: "StartInstance",
        target: "i-1",
        text: "{\"FormatVersion\": \"OOS-2019-06-01\", \"Tasks\": [{\"Name\": \"start\",\n\"Action\": \
               \"ACS::ExecuteAPI\", \"Properties\": {\"Service\": \"ECS\", \"API\": \
               \"StartInstance\", \"Parameters\": {\"InstanceId\": \"i-1\"}}}]}\n",
    },
    Host {
        file: "a.sh",
        rule: "blocked-call",
        action: "StartInstance",
        target: "i-1",
        text: "aliyun ecs StartInstance --InstanceId i-1\n",
    },
];

/// Waivers of a host, and whether they fit its finding.
fn waivers(host: &Host) -> Vec<(String, bool)> {
    let Host { file, rule, action, target, .. } = host;
    let (first, _) = target.split_at(1);
    let stated = [
        (format!("path = '{file}'"), true),
        (format!("path = ['nowhere', '{file}']"), true),
        (format!("rule = '{rule}'"), true),
        (format!("rule = ['latent-block', '{rule}']"), true),
        (format!("action = '{action}'"), true),
        (format!("target = '{target}'"), true),
        (format!("target = '{first}*'"), true),
        (
            format!("path = '/{file}'\nrule = '{rule}'\naction = '{action}'\ntarget = '{target}'"),
            true,
        ),
        (format!("path = '{file}'\nrule = 'latent-block'"), false),
        (format!("rule = '{rule}'\naction = 'RebootInstance'"), false),
        (format!("path = '{file}'\ntarget = 'other'"), false),
        ("path = 'elsewhere/'".to_owned(), false),
    ];
    stated.into_iter().collect()
}

#[test]
fn waivers_suppress_what_they_state_and_are_told_if_nothing_does() {
    for host in HOSTS {
        let files = [(host.file, host.text)];
        let bare = check(&project("fit", &files, ""), &["."]).0;
        assert_eq!(rules(&bare), [host.rule], "{}: {bare}", host.file);
        for (stated, fits) in waivers(host) {
            let config = format!("[[waivers]]\n{stated}\nreason = 'a drill'\nuntil = 9999-12-31\n");
            let (report, code) = check(&project("fit", &files, &config), &["."]);
            let place = format!("{} {stated}: {report}", host.file);
            if !fits {
                let mut expected = vec![host.rule.to_owned(), "unused-suppression".to_owned()];
                expected.sort();
                assert_eq!((rules(&report), code), (expected, 1), "{place}");
                continue;
            }
            assert_eq!((rules(&report), code), (vec![format!("-{}", host.rule)], 0), "{place}");
            let finding = &report["findings"][0];
            assert_eq!(finding["suppressed"], "a drill", "{place}");
            assert_eq!(finding["suppressed_by"], "waiver", "{place}");
            assert_eq!(finding["fingerprint"], bare["findings"][0]["fingerprint"], "{place}");
        }
    }
}

#[test]
fn waivers_that_do_not_count_are_told_at_their_line() {
    for host in HOSTS {
        let files = [(host.file, host.text)];
        let rule = host.rule;
        let path = host.file;
        let told = |config: String| {
            let (report, code) = check(&project("void", &files, &config), &["."]);
            assert_eq!(code, 1, "{config}");
            let findings = report["findings"].as_array().unwrap();
            let of_waiver = |one: &&Value| one["path"].as_str().unwrap().ends_with("lint.toml");
            let one =
                findings.iter().find(of_waiver).unwrap_or_else(|| panic!("{config}: {report}"));
            (rules(&report), one["start"]["line"].as_u64().unwrap(), one["message"].to_string())
        };
        let (found, line, message) = told(format!(
            "\n[[waivers]]\npath = '{path}'\nreason = 'x'\nuntil = 2020-01-31\nowner = 'sre'\n"
        ));
        assert_eq!(found, sorted([rule, "expired-suppression"]));
        assert_eq!(line, 2);
        assert!(message.contains("ended on 2020-01-31 (owner: sre)"), "{message}");
        let fixed = format!("[rules.{rule}]\nsuppressible = false\n");
        let (found, line, message) =
            told(format!("{fixed}[[waivers]]\nrule = '{rule}'\nreason = 'x'\n"));
        assert_eq!(found, sorted([rule, "invalid-suppression"]));
        assert_eq!(line, 3);
        assert!(message.contains("cannot be suppressed here"), "{message}");
        let (found, line, _) = told(format!("{fixed}[[waivers]]\npath = '{path}'\nreason = 'x'\n"));
        assert_eq!((found, line), (sorted([rule, "unused-suppression"]), 3));
        let (found, line, _) =
            told("waivers = [\n  {rule = 'latent-block', reason = 'x'}]\n".to_owned());
        assert_eq!((found, line), (sorted([rule, "unused-suppression"]), 2));
    }
}

fn sorted(rules: [&str; 2]) -> Vec<String> {
    let mut rules = rules.map(str::to_owned);
    rules.sort();
    rules.to_vec()
}

#[test]
fn comments_do_not_count_for_a_rule_that_nothing_suppresses() {
    let text = "# ecs-lock-lint: allow[blocked-call] reason=\"a drill\"\n\
                aliyun ecs StartInstance --InstanceId i-1\n";
    let config = "[rules.blocked-call]\nsuppressible = false\n";
    let (report, code) = check(&project("fixed", &[("a.sh", text)], config), &["."]);
    assert_eq!((rules(&report), code), (sorted(["blocked-call", "invalid-suppression"]), 1));
}

/// A run over a part does not know what the rest needs.
#[test]
fn a_run_over_a_part_tells_only_of_what_it_read() {
    let start = "aliyun ecs StartInstance --InstanceId i-1\n";
    let files = [("a.sh", start), ("sub/b.sh", start), ("sub/c.sh", "")];
    let config = "[[waivers]]\npath = 'sub/'\nreason = 'x'\n[[waivers]]\nrule = 'blocked-call'\n\
                  path = 'a.sh'\nreason = 'x'\n[[waivers]]\naction = 'RebootInstance'\nreason = 'x'\n\
                  [[waivers]]\npath = 'sub/c.sh'\nreason = 'x'\n";
    let folder = project("part", &files, config);
    let unused = |paths: &[&str]| {
        let (report, _) = check(&folder, paths);
        let findings = report["findings"].as_array().unwrap().iter();
        let unused = findings.filter(|one| one["rule"] == "unused-suppression");
        unused.map(|one| one["start"]["line"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(unused(&["."]), [8, 11]);
    assert_eq!(unused(&["a.sh"]), [0; 0]);
    assert_eq!(unused(&["sub"]), [11]);
    assert_eq!(unused(&["sub/b.sh"]), [0; 0]);
    assert_eq!(unused(&["sub/c.sh"]), [1, 11]);
}

#[test]
fn a_comment_goes_before_a_waiver() {
    let text = "# ecs-lock-lint: allow[blocked-call] reason=\"a drill\"\n\
                aliyun ecs StartInstance --InstanceId i-1\n";
    let config = "[[waivers]]\npath = 'a.sh'\nreason = 'x'\n";
    let folder = project("both", &[("a.sh", text)], config);
    let (report, _) = check(&folder, &["."]);
    assert_eq!(rules(&report), ["-blocked-call", "unused-suppression"]);
    assert_eq!(report["findings"][0]["suppressed_by"], "comment");
    let (text, code) = output(&folder, &["."], &["--output=json", "--no-suppressions"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((rules(&report), code), (vec!["blocked-call".to_owned()], 1));
}

#[test]
fn reports_say_who_accepts() {
    let files = [("a.sh", "aliyun ecs StartInstance --InstanceId i-1\n")];
    let config =
        "[[waivers]]\npath = 'a.sh'\nreason = 'a drill'\n[[waivers]]\npath = 'b'\nreason = 'x'\n";
    let folder = project("reports", &files, config);
    let (sarif, _) = output(&folder, &["."], &["--output=sarif"]);
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let expected = serde_json::json!([{"kind": "external", "justification": "a drill"}]);
    assert_eq!(results[0]["suppressions"], expected);
    assert_eq!(results[1]["ruleId"], "unused-suppression");
    let (terminal, _) = output(&folder, &["."], &["--color=never"]);
    assert!(terminal.contains("ecs-lock-lint.toml:4:1: this suppression suppresses nothing: no finding of any rule in `b` is left to it"), "{terminal}");
    assert!(terminal.contains("1 suppressed"), "{terminal}");
    for format in
        ["concise", "csv", "github", "gitlab", "junit", "checkstyle", "rdjson", "markdown"]
    {
        output(&folder, &["."], &["--output", format]);
    }
}

/// What a plan says of a resource is shown at its block, and waived by the plan's
/// path as well as by the block's.
#[test]
fn a_planned_change_is_waived_by_either_of_its_files() {
    let main = "resource \"alicloud_ecs_invocation\" \"run\" {\n  command_id = \"c-1\"\n  \
                instance_id = [\"i-1\"]\n}\n";
    let plan = HOSTS.iter().find(|host| host.file == "plan.json").unwrap().text;
    let files = [("main.tf", main), ("plan.json", plan)];
    let suppressed = |stated: &str| {
        let config = format!("[[waivers]]\n{stated}\nreason = 'x'\n");
        let (report, _) = check(&project("planned", &files, &config), &["."]);
        let findings = report["findings"].as_array().unwrap().iter();
        findings.filter(|one| !one["suppressed"].is_null()).count()
    };
    let all = suppressed("path = '*'");
    assert!(all > 0);
    assert_eq!(suppressed("path = 'main.tf'"), all);
    assert!(suppressed("path = 'plan.json'") > 0);
    assert_eq!(suppressed("target = 'alicloud_ecs_invocation.run'"), all);
}
