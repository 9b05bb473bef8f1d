//! Which revision of a source is read.

use std::path::Path;
use std::process::Command;

/// The commit and date of a checkout, if it is one of git.
pub(crate) fn commit(checkout: &Path) -> Option<String> {
    if !checkout.join(".git").exists() {
        return None;
    }
    let arguments = ["log", "-1", "--format=%H (%cs)"];
    let output = Command::new("git").arg("-C").arg(checkout).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success()).then(|| text.trim().to_owned())
}
