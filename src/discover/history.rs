//! What changed in a folder since a revision, by asking git. Nothing is checked
//! out or written.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// A revision that git could not compare with.
#[derive(Debug, thiserror::Error)]
#[error("--since {revision}: {reason}")]
pub struct BadRevision {
    revision: String,
    reason: String,
}

/// Paths, relative to a folder, that differ from a revision, with the content
/// that they had then; none for those that are new.
pub(super) type Changed = BTreeMap<String, Option<Vec<u8>>>;

/// Lists what differs between a revision and the working tree below a folder.
///
/// # Errors
/// What git says if the folder is in no repository or the revision is unknown.
pub(super) fn changed_since(folder: &Path, revision: &str) -> Result<Changed, BadRevision> {
    let bad = |reason: String| BadRevision { revision: revision.to_owned(), reason };
    if revision.starts_with('-') {
        return Err(bad("not a revision".to_owned()));
    }
    let diff = ["diff", "--name-status", "-z", "--no-renames", "--relative", revision, "--", "."];
    let diff = run(folder, &diff).map_err(bad)?;
    let others = ["ls-files", "-z", "--others", "--exclude-standard"];
    let others = run(folder, &others).map_err(bad)?;
    let mut changed = Changed::new();
    let mut fields = diff.split('\0');
    while let (Some(status), Some(path)) = (fields.next(), fields.next()) {
        changed.insert(path.to_owned(), (status != "A").then(Vec::new));
    }
    changed.extend(
        others.split('\0').filter(|path| !path.is_empty()).map(|path| (path.to_owned(), None)),
    );
    read_contents(folder, revision, &mut changed).map_err(|error| bad(error.to_string()))?;
    Ok(changed)
}

fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    // A repository's own configuration could name programs to run.
    git.args(["-c", "core.fsmonitor=false", "-c", "diff.external=", "-C"]).arg(folder);
    git.stdin(Stdio::null());
    git
}

fn run(folder: &Path, args: &[&str]) -> Result<String, String> {
    let output = git(folder).args(args).output().map_err(|error| format!("git: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let message = String::from_utf8_lossy(&output.stderr);
    Err(message.lines().next().unwrap_or("git failed").to_owned())
}

/// Fills in the earlier contents, one question to one process at a time.
fn read_contents(folder: &Path, revision: &str, changed: &mut Changed) -> std::io::Result<()> {
    let wanted = changed.iter_mut().filter_map(|(path, content)| Some((path, content.as_mut()?)));
    let wanted: Vec<_> = wanted.filter(|(path, _)| !path.contains('\n')).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let mut git = git(folder)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let (Some(mut questions), Some(answers)) = (git.stdin.take(), git.stdout.take()) else {
        return Err(std::io::Error::other("git gave no pipes"));
    };
    let mut answers = BufReader::new(answers);
    for (path, content) in wanted {
        writeln!(questions, "{revision}:./{path}")?;
        questions.flush()?;
        let mut header = String::new();
        answers.read_line(&mut header)?;
        // `<object> <type> <size>`, or `… missing`.
        let size = header.trim_end().rsplit(' ').next().and_then(|size| size.parse().ok());
        if let Some(size) = size {
            (&mut answers).take(size).read_to_end(content)?;
            answers.read_exact(&mut [0])?;
        }
    }
    drop(questions);
    git.wait()?;
    Ok(())
}
