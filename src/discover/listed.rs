//! Lists of files and folders to read.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::DiscoverError;
use super::input::describe;

/// Reads a list, a line each, or with a zero byte after each; `-` is the standard
/// input.
///
/// # Errors
/// A list that cannot be read.
pub fn read_list(path: &Path) -> Result<Vec<PathBuf>, DiscoverError> {
    let bytes = read(path).map_err(|error| DiscoverError::List {
        path: path.display().to_string(),
        reason: describe(&error),
    })?;
    let end = if bytes.contains(&0) { 0 } else { b'\n' };
    let names = bytes.split(|byte| *byte == end);
    let names = names.map(|name| if end == 0 { name } else { name.trim_ascii_end() });
    Ok(names.filter(|name| !name.is_empty()).map(to_path).collect())
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    #[expect(clippy::disallowed_methods, reason = "inputs are read here")]
    std::fs::File::open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(unix)]
fn to_path(name: &[u8]) -> PathBuf {
    <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(name).into()
}

#[cfg(not(unix))]
fn to_path(name: &[u8]) -> PathBuf {
    String::from_utf8_lossy(name).into_owned().into()
}
