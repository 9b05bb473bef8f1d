//! Every output format over the demo project, byte for byte.
//! `UPDATE_SNAPSHOTS=1 cargo test` writes the expected texts anew.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::ffi::OsString;
use std::path::Path;

use ecs_lock_lint::report::REPORTERS;

/// The report of a command over the demo project, without the tool's version.
fn report(command: &str, format: &str) -> String {
    let args = ["ecs-lock-lint", command, "--output", format, "--color=never", "fixtures/demo"];
    let mut out = Vec::new();
    let args = args.map(OsString::from);
    ecs_lock_lint::run(args, &mut out, &mut Vec::new());
    String::from_utf8(out).unwrap().replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn reports_are_as_expected() {
    std::env::set_current_dir(env!("CARGO_MANIFEST_DIR")).unwrap();
    for reporter in REPORTERS {
        for command in ["check", "audit"] {
            let path = format!("fixtures/reports/{command}.{}.txt", reporter.name);
            let text = report(command, reporter.name);
            if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
                std::fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
                std::fs::write(&path, &text).unwrap();
            }
            let expected = std::fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(text, expected, "{path}");
        }
    }
}
