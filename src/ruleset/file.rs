//! Rule files: where their text comes from, and errors that point into them.

use std::collections::BTreeMap;
use std::path::Path;

use serde::de::DeserializeOwned;

/// The text of one file of a rule folder.
#[derive(Clone, Debug)]
pub struct RuleFile {
    /// Path below the rule folder: `findings/blocked-call.yaml`.
    pub path: String,
    /// How the path is shown in errors.
    pub shown: String,
    /// Its content.
    pub text: RuleText,
}

/// The content of a rule file.
#[derive(Clone, Debug)]
pub enum RuleText {
    /// YAML, as it was read.
    Yaml(String),
    /// JSON, as a built-in file was turned into when the program was built.
    Json(&'static str),
}

/// A mistake in a rule file.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{path}:{line}: {message}; {hint}")]
pub struct RulesetError {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

static BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The largest rule file that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// The files that are built in, in the order of their paths.
pub(super) fn built_in() -> Vec<RuleFile> {
    let file = |(path, text): &(&str, &'static str)| RuleFile {
        path: (*path).to_owned(),
        shown: format!("rules/{path}"),
        text: RuleText::Json(text),
    };
    BUILT_IN.iter().map(file).collect()
}

/// Adds the files of a folder: one with the path of another replaces it.
///
/// # Errors
/// A file that cannot be read, is too large, or a folder that is not there.
pub(super) fn overlay(files: &mut Vec<RuleFile>, folder: &Path) -> Result<(), RulesetError> {
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        if entry.file_type().is_file() && is_yaml(entry.path()) {
            lay(files, read(folder, entry.path())?);
        }
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(())
}

/// Adds files that are given by their paths and texts.
pub(super) fn overlay_texts(files: &mut Vec<RuleFile>, texts: &BTreeMap<String, String>) {
    for (path, text) in texts {
        let (path, text) = (path.clone(), RuleText::Yaml(text.clone()));
        lay(files, RuleFile { shown: path.clone(), path, text });
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
}

fn lay(files: &mut Vec<RuleFile>, file: RuleFile) {
    files.retain(|other| other.path != file.path);
    files.push(file);
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

#[expect(clippy::disallowed_methods, reason = "rule folders are an input")]
fn read(folder: &Path, path: &Path) -> Result<RuleFile, RulesetError> {
    let length = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?.len();
    if length > MAX_BYTES {
        return Err(unreadable(path, &"it is larger than 1 MiB"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    let relative = path.strip_prefix(folder).unwrap_or(path);
    Ok(RuleFile {
        path: relative.to_string_lossy().replace('\\', "/"),
        shown: path.to_string_lossy().into_owned(),
        text: RuleText::Yaml(text.trim_start_matches('\u{feff}').to_owned()),
    })
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> RulesetError {
    RulesetError {
        path: path.to_string_lossy().into_owned(),
        line: 1,
        message: format!("cannot be read: {error}"),
        hint: "check the path given to --rules".to_owned(),
    }
}

impl RuleFile {
    /// Whether it is in a folder of the rule folder.
    pub(super) fn is_in(&self, folder: &str) -> bool {
        self.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Whether it is built in, and so known to have no mistakes.
    pub(super) fn is_built_in(&self) -> bool {
        matches!(self.text, RuleText::Json(_))
    }

    /// Reads the file as a value of a schema.
    ///
    /// # Errors
    /// Bad YAML, unknown or missing keys.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, RulesetError> {
        let (line, message) = match &self.text {
            RuleText::Yaml(text) => match serde_yaml::from_str(text) {
                Ok(value) => return Ok(value),
                Err(error) => (error.location().map_or(1, |place| place.line()), error.to_string()),
            },
            RuleText::Json(text) => match serde_json::from_str(text) {
                Ok(value) => return Ok(value),
                Err(error) => (1, error.to_string()),
            },
        };
        Err(RulesetError {
            path: self.shown.clone(),
            line,
            message,
            hint: match self.path.split_once('/') {
                Some((kind, _)) => {
                    format!("`ecs-lock-lint rules schema {kind}` says which keys there are")
                }
                None => "put it into the folder of its kind".to_owned(),
            },
        })
    }

    /// An error at the `nth` line, from 0, that gives a key this value, or else the
    /// first that holds it.
    pub(super) fn error_at(
        &self,
        (key, value): (&str, &str),
        nth: usize,
        message: String,
        hint: impl Into<String>,
    ) -> RulesetError {
        let states = |line: &str| {
            let line = line.trim_start_matches([' ', '-']);
            line.strip_prefix(key)
                .and_then(|rest| rest.strip_prefix(':'))
                .is_some_and(|rest| rest.trim().trim_matches(['"', '\'']) == value)
        };
        let text = match &self.text {
            RuleText::Yaml(text) => text,
            RuleText::Json(text) => *text,
        };
        let lines = || (1..).zip(text.lines());
        let mut stating = lines().filter(|(_, line)| states(line));
        let holding = || lines().find(|(_, line)| !value.is_empty() && line.contains(value));
        let line = stating.nth(nth).or_else(holding).map_or(1, |(number, _)| number);
        RulesetError { path: self.shown.clone(), line, message, hint: hint.into() }
    }
}
