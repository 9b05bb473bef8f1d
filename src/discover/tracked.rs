//! Files that git tracks although `.gitignore` would leave them out. They are
//! part of the project, so they are read like the others.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The tracked files below a folder that ignore rules would hide. None outside of
/// a repository, or where git is not at hand.
pub(super) fn although_ignored(folder: &Path) -> Vec<PathBuf> {
    if !is_in_repository(folder) {
        return Vec::new();
    }
    let list = ["ls-files", "-z", "--cached", "--ignored", "--exclude-standard"];
    // A repository's own configuration could name a program as its file watcher.
    let git = Command::new("git")
        .args(["-c", "core.fsmonitor=false", "-C"])
        .arg(folder)
        .args(list)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let Ok(output) = git else { return Vec::new() };
    let names = output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names.filter_map(|name| Some(folder.join(std::str::from_utf8(name).ok()?))).collect()
}

fn is_in_repository(folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    folder.ancestors().any(|ancestor| ancestor.join(".git").exists())
}
