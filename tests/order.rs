//! Resources that depend on each other: in which order their procedures come,
//! and what each waits for.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::ffi::OsString;
use std::path::Path;

use serde_json::Value;

/// `name: after, after` of each procedure in the report on a fixture.
fn procedures(fixture: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/frontends").join(fixture);
    let args = ["ecs-lock-lint", "audit", "--output=json"].map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    ecs_lock_lint::run(args.into_iter().chain([path.into()]), &mut out, &mut err);
    assert!(err.is_empty(), "{}", String::from_utf8_lossy(&err));
    let report: Value = serde_json::from_slice(&out).unwrap();
    let line = |procedure: &Value| {
        let names = procedure["after"].as_array().unwrap().iter();
        let names: Vec<&str> = names.map(|name| name.as_str().unwrap()).collect();
        let line = format!("{}: {}", procedure["name"].as_str().unwrap(), names.join(", "));
        line.trim_end().to_owned()
    };
    report["procedures"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn a_template_comes_in_the_order_of_its_dependencies() {
    assert_eq!(
        procedures("ros/order.yml"),
        [
            "Image (read):",
            "Server (create): Image (read)",
            "Server (update):",
            "Server (delete): Data.Disk (delete)",
            "Data.Disk (create): Server (create)",
            "Data.Disk (update): Server (update)",
            "Data.Disk (delete): Nested.Command (delete), Nested.Server (delete), After (delete)",
            "Backup (create): Data.Disk (create)",
            "Check (create): Image (read), Backup (create), Server (create)",
            "Check (update): Data.Disk (update), Server (update)",
            "Nested.Server (create): Backup (create)",
            "Nested.Server (update): Data.Disk (update)",
            "Nested.Server (delete): Nested.Command (delete), After (delete)",
            "Nested.Command (create): Backup (create), Nested.Server (create)",
            "Nested.Command (update): Nested.Server (update), Data.Disk (update)",
            "Nested.Command (delete): After (delete)",
            "After (create): Backup (create), Nested.Command (create), Nested.Server (create)",
            "After (update): Nested.Command (update), Nested.Server (update), Data.Disk (update)",
            "After (delete):",
            "Right (create):",
            "Right (update):",
            "Right (delete): Left (delete)",
            "Left (create): Right (create)",
            "Left (update): Right (update)",
            "Left (delete):",
        ]
    );
}
