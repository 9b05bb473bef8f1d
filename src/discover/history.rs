//! What changed in a folder since a revision, or what is staged, by asking git.
//! Nothing is checked out or written.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// What is compared.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Since {
    /// A revision and the working tree.
    Revision(String),
    /// The last commit and the index.
    Staged,
}

/// A revision that git could not compare with.
#[derive(Debug, thiserror::Error)]
#[error("{since}: {reason}")]
pub struct BadRevision {
    since: Since,
    reason: String,
}

impl std::fmt::Display for Since {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Revision(revision) => write!(formatter, "--since {revision}"),
            Self::Staged => formatter.write_str("--staged"),
        }
    }
}

/// Paths, relative to a folder, that differ from a revision, with the content
/// that they had then; none for those that are new.
pub(super) type Changed = BTreeMap<String, Option<Vec<u8>>>;

/// The arguments that list differences below a folder.
const DIFF: [&str; 5] = ["diff", "--name-status", "-z", "--no-renames", "--relative"];

/// The arguments that list what git does not know.
const OTHERS: [&str; 4] = ["ls-files", "-z", "--others", "--exclude-standard"];

/// Lists what differs below a folder.
///
/// # Errors
/// What git says if the folder is in no repository or the revision is unknown.
pub(super) fn changed_since(folder: &Path, since: &Since) -> Result<Changed, BadRevision> {
    let bad = |reason: String| BadRevision { since: since.clone(), reason };
    let (revision, only) = match since {
        Since::Revision(revision) if revision.starts_with('-') => {
            return Err(bad("not a revision".to_owned()));
        }
        Since::Revision(revision) => (revision.as_str(), revision.as_str()),
        // Before the first commit all that is staged is new.
        Since::Staged => ("HEAD", "--cached"),
    };
    let mut changed = differences(folder, &[only]).map_err(bad)?;
    if *since != Since::Staged {
        let others = run(folder, &OTHERS).map_err(bad)?;
        changed.extend(names(&others).map(|path| (path, None)));
    }
    read_contents(folder, revision, &mut changed).map_err(|error| bad(error.to_string()))?;
    Ok(changed)
}

/// Paths below a folder whose files differ from the index, with what the index has
/// of them; none for those that it does not have. Nothing if no index is looked at.
pub(super) fn unstaged(folder: &Path, since: &Since) -> Result<Changed, BadRevision> {
    if *since != Since::Staged {
        return Ok(Changed::new());
    }
    let bad = |reason: String| BadRevision { since: since.clone(), reason };
    let mut changed = differences(folder, &[]).map_err(bad)?;
    read_contents(folder, "", &mut changed).map_err(|error| bad(error.to_string()))?;
    let others = run(folder, &OTHERS).map_err(bad)?;
    changed.extend(names(&others).map(|path| (path, None)));
    Ok(changed)
}

fn differences(folder: &Path, what: &[&str]) -> Result<Changed, String> {
    let diff = run(folder, &[&DIFF, what, &["--", "."]].concat())?;
    let mut changed = Changed::new();
    let mut fields = diff.split('\0');
    while let (Some(status), Some(path)) = (fields.next(), fields.next()) {
        changed.insert(path.to_owned(), (status != "A").then(Vec::new));
    }
    Ok(changed)
}

fn names(list: &str) -> impl Iterator<Item = String> {
    list.split('\0').filter(|path| !path.is_empty()).map(str::to_owned)
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
