//! Every row of the vendor's table, read from its own words, holds for source
//! text in shell and in both Python SDKs.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::ffi::OsString;
use std::fmt::Write as _;

use serde_json::Value;

const TABLE: &str = include_str!("../fixtures/lock-table/security.txt");

struct Row {
    action: &'static str,
    impact: &'static str,
}

/// What the words of a row say: verdict and error code where the disk's state is
/// not known, and where the disk is known to be attached.
struct Expected {
    unknown: &'static str,
    attached: &'static str,
    code: Option<&'static str>,
}

fn rows() -> Vec<Row> {
    let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines: Vec<&str> = lines.collect();
    lines.chunks(2).map(|pair| Row { action: pair[0], impact: pair[1] }).collect()
}

fn expected(row: &Row) -> Expected {
    let codes = ["InstanceLockedForSecurity", "IncorrectInstanceStatus"];
    let code = codes.into_iter().find(|code| row.impact.contains(code));
    // These three only ever work on an attached disk.
    let attached_by_nature = ["DetachDisk", "ReInitDisk", "ReplaceSystemDisk"];
    let (unknown, attached) = match row.impact {
        "Unaffected." => ("unaffected", "unaffected"),
        text if text.contains("accepted but") => ("silent-no-op", "silent-no-op"),
        text if text.contains("In_use") && !attached_by_nature.contains(&row.action) => {
            ("may-fail", "fails")
        }
        _ => ("fails", "fails"),
    };
    Expected { unknown, attached, code }
}

fn snake(action: &str) -> String {
    let mut name = String::new();
    for letter in action.chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// The steps of a source text: line, action, verdict, error code.
fn steps(name: &str, text: &str) -> Vec<(u64, String, String, Option<String>)> {
    let folder = tempfile(name, text);
    let path = folder.join(name);
    let args = ["ecs-lock-lint", "audit", "--output", "json"].map(OsString::from);
    let mut out = Vec::new();
    let mut err = Vec::new();
    let args = args.into_iter().chain([path.into_os_string()]);
    let exit = ecs_lock_lint::run(args, &mut out, &mut err);
    assert!(exit < 2, "{}", String::from_utf8_lossy(&err));
    let report: Value = serde_json::from_slice(&out).unwrap();
    let procedures = report["procedures"].as_array().unwrap();
    let steps = procedures.iter().flat_map(|procedure| procedure["steps"].as_array().unwrap());
    let text = |value: &Value| value.as_str().map(str::to_owned);
    steps
        .map(|step| {
            let line = step["start"]["line"].as_u64().unwrap();
            let (action, verdict) = (text(&step["action"]), text(&step["verdict"]));
            (line, action.unwrap(), verdict.unwrap(), text(&step["error_code"]))
        })
        .collect()
}

fn tempfile(name: &str, text: &str) -> std::path::PathBuf {
    let folder =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("lock-table-{name}"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), text).unwrap();
    folder
}

/// Checks a source text that calls every row's action once, in the table's order,
/// after `skip` other steps.
fn check(name: &str, text: &str, skip: usize, verdict: fn(&Expected) -> &'static str) {
    let rows = rows();
    let steps = steps(name, text);
    assert_eq!(steps.len(), rows.len() + skip, "{name}");
    for (row, step) in rows.iter().zip(&steps[skip..]) {
        let expected = expected(row);
        let code = expected.code.map(str::to_owned);
        assert_eq!(step.1, row.action, "{name}");
        assert_eq!(
            (step.2.as_str(), &step.3),
            (verdict(&expected), &code),
            "{name}: {}",
            row.action
        );
        assert!(text.lines().nth(usize::try_from(step.0).unwrap() - 1).unwrap().contains("CALL"));
    }
}

#[test]
fn the_table_has_the_counts_of_its_document() {
    let rows = rows();
    let count = |verdict: &str, code: Option<&str>| {
        let matches =
            rows.iter().map(expected).filter(|one| one.attached == verdict && one.code == code);
        matches.count()
    };
    assert_eq!(rows.len(), 76);
    assert_eq!(count("unaffected", None), 47);
    assert_eq!(count("silent-no-op", None), 2);
    assert_eq!(count("fails", Some("InstanceLockedForSecurity")), 12 + 7);
    assert_eq!(count("fails", Some("IncorrectInstanceStatus")), 4 + 2);
    assert_eq!(count("fails", None), 2);
}

/// The table's calls as commands, one a line, on disks by the number of the row.
fn commands(disk: fn(usize) -> String) -> String {
    let mut text = String::new();
    for (row, number) in rows().iter().zip(0..) {
        let (action, disk) = (row.action, disk(number));
        let _ = writeln!(text, "aliyun ecs {action} --InstanceId i-1 --DiskId {disk} # CALL");
    }
    text
}

#[test]
fn shell_commands_get_the_verdicts_of_the_table() {
    check("table.sh", &commands(|row| format!("d-{row}")), 0, |e| e.unknown);
    let attach = "aliyun ecs AttachDisk --DiskId d-1 --InstanceId i-1";
    let text = format!("{attach}\n{}", commands(|_| "d-1".to_owned()));
    check("attached.sh", &text, 1, |e| e.attached);
}

#[test]
fn kebab_case_commands_get_the_verdicts_of_the_table() {
    let mut text = String::new();
    for row in rows() {
        let action = snake(row.action).replace('_', "-");
        let _ = writeln!(text, "aliyun ecs {action} --instance-id i-1 # CALL");
    }
    check("kebab.sh", &text, 0, |e| e.unknown);
}

#[test]
fn calls_of_the_new_python_sdk_get_the_verdicts_of_the_table() {
    let mut text = String::from(
        "from alibabacloud_ecs20140526.client import Client\n\
         from alibabacloud_ecs20140526 import models\n\
         client = Client(config)\n",
    );
    for row in rows() {
        let (method, action) = (snake(row.action), row.action);
        let _ =
            writeln!(text, "client.{method}(models.{action}Request(instance_id='i-1'))  # CALL");
    }
    check("new_sdk.py", &text, 0, |e| e.unknown);
}

#[test]
fn calls_of_the_old_python_sdk_get_the_verdicts_of_the_table() {
    let mut text = String::from("from aliyunsdkcore.client import AcsClient\n");
    for row in rows() {
        let action = row.action;
        let _ = writeln!(
            text,
            "from aliyunsdkecs.request.v20140526.{action}Request import {action}Request"
        );
    }
    text.push_str("client = AcsClient('id', 'secret', 'cn-hangzhou')\n");
    for row in rows() {
        let action = row.action;
        let _ = write!(
            text,
            "request = {action}Request()\n\
             request.set_InstanceId('i-1')\n\
             client.do_action_with_exception(request)  # CALL\n"
        );
    }
    check("old_sdk.py", &text, 0, |e| e.unknown);
}
