//! Files that the program writes: whole, or not at all.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::CliError;

/// Writes a file: under another name in its folder first, which then takes its
/// place, so that nobody ever sees a part of it. A device or a pipe is written to as
/// it is, and a link stays one.
pub(super) fn whole_file(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    replace(path, bytes).map_err(|error| failed(path, error))
}

/// Adds to the end of a file, or to a new one.
pub(super) fn append(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let file = OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(bytes)).map_err(|error| failed(path, error))
}

/// What a new file may be used for, as far as the user's mask allows it.
#[cfg(unix)]
const NEW_FILE: u32 = 0o666;

fn failed(path: &Path, error: io::Error) -> CliError {
    CliError::Output { target: path.display().to_string(), error }
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let existing = target.metadata().ok();
    if existing.as_ref().is_some_and(|existing| !existing.is_file()) {
        return File::options().write(true).open(&target)?.write_all(bytes);
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut beside = tempfile::Builder::new();
    beside.prefix(".ecs-lock-lint-").suffix(".tmp");
    #[cfg(unix)]
    beside.permissions(std::os::unix::fs::PermissionsExt::from_mode(NEW_FILE));
    let mut file = beside.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    if let Some(existing) = existing {
        file.as_file().set_permissions(existing.permissions())?;
    }
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
}
