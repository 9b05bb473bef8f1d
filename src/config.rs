//! The configuration file, `ecs-lock-lint.toml`: where it is found, what it says,
//! and that it makes sense. What the command line says besides is not known here.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::catalogue::nearest;
use crate::discover::Selection;
use crate::govern::{Level, Waivers};
use crate::ruleset::Ruleset;
use crate::source::{Base, SourceFile};

mod document;
mod mistake;
mod names;
mod place;
mod rules;
mod variables;

pub use document::{
    Document, FailOn, FrontendTable, OverrideTable, RuleTable, WaiverTable, Weight,
};
pub use place::{At, OneOrMany};

/// The name of the file.
pub const FILE_NAME: &str = "ecs-lock-lint.toml";

/// A configuration file that was read.
#[derive(Debug)]
pub struct Config {
    /// The file, under the path that it is shown by.
    pub file: SourceFile,
    /// What it says.
    pub document: Document,
    /// Which files it has read, and by which front ends.
    pub selection: Selection,
    /// Its folder, as it is shown.
    folder: String,
    base: Base,
}

/// A mistake in the file, or one that keeps it from being read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{path}:{line}: {message}; {hint}")]
pub struct ConfigError {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// What the file says of findings.
#[derive(Debug, Default)]
pub struct Judgement {
    /// Severities, of which the last that fits a finding counts.
    pub levels: Vec<Level>,
    /// Findings that may stay.
    pub waivers: Waivers,
}

/// The file that counts for a working directory, seen from there: the nearest in it
/// or above. What is above the top of a repository, or in the home folder, does not
/// count for what is below.
#[must_use]
pub fn find(working: &Path, home: Option<&Path>) -> Option<PathBuf> {
    let mut shown = PathBuf::new();
    for folder in working.ancestors() {
        let is_own = folder == working;
        if !is_own && home == Some(folder) {
            return None;
        }
        if folder.join(FILE_NAME).is_file() {
            return Some(shown.join(FILE_NAME));
        }
        if folder.join(".git").exists() {
            return None;
        }
        shown.push("..");
    }
    None
}

/// The largest file that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

impl Config {
    /// Reads and checks a file, as far as that goes without the rules.
    ///
    /// # Errors
    /// The first mistake in it.
    pub fn read(path: &Path, base: &Base) -> Result<Self, ConfigError> {
        let shown = path.to_string_lossy().replace('\\', "/");
        let unreadable = |reason: String| ConfigError {
            path: shown.clone(),
            line: 1,
            message: format!("cannot be read: {reason}"),
            hint: "check the path and its permissions".to_owned(),
        };
        let length = path.metadata().map_err(|error| unreadable(error.to_string()))?.len();
        if length > MAX_BYTES {
            return Err(unreadable("it is larger than 1 MiB".to_owned()));
        }
        #[expect(clippy::disallowed_methods, reason = "the configuration is no input")]
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        Self::parse(&shown, &text, base)
    }

    /// Reads and checks the text of a file.
    ///
    /// # Errors
    /// The first mistake in it.
    pub fn parse(path: &str, text: &str, base: &Base) -> Result<Self, ConfigError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let file = SourceFile::new(path.to_owned(), text.to_owned());
        mistake::check_version(&file)?;
        let document: Document =
            toml::from_str(text).map_err(|error| mistake::of_toml(&error, &file))?;
        let folder = crate::source::folder_of(path).to_owned();
        let folder =
            if folder.is_empty() && path.starts_with('/') { "/".to_owned() } else { folder };
        let mut config =
            Self { file, document, selection: Selection::default(), folder, base: base.clone() };
        config.selection = names::selection(&config)?;
        Ok(config)
    }

    /// What it says of findings, with the ids of rules checked. Rules that are off or
    /// that cannot be suppressed are marked so.
    ///
    /// # Errors
    /// The first mistake in it: an unknown rule or action, a day that there is not.
    pub fn judgement(&self, ruleset: &mut Ruleset) -> Result<Judgement, ConfigError> {
        rules::mark(self, ruleset)?;
        let waivers = Waivers::new(self.file.clone(), rules::waivers(self, ruleset)?);
        Ok(Judgement { levels: rules::levels(self, ruleset)?, waivers })
    }

    /// The text of a file with the values of Terraform variables, if there are any.
    #[must_use]
    pub fn variables(&self) -> Option<SourceFile> {
        variables::text(self)
    }

    /// A path that it names, seen from the working directory.
    #[must_use]
    pub fn path(&self, named: &str) -> PathBuf {
        Path::new(&self.folder).join(named)
    }

    /// The folder that its paths and patterns are seen from, from the root of the
    /// file system.
    #[must_use]
    pub fn whole_folder(&self) -> String {
        self.base.whole(&self.folder)
    }

    /// Where a waiver stands: its first line, from the header on if there is one.
    #[must_use]
    pub fn waiver_place(&self, waiver: &At<WaiverTable>) -> Range<usize> {
        rules::place(self, waiver)
    }

    /// The line of a place in it.
    #[must_use]
    pub fn line(&self, place: &Range<usize>) -> u32 {
        mistake::line(&self.file, place)
    }

    fn error(&self, place: &Range<usize>, message: String, hint: impl Into<String>) -> ConfigError {
        let line = self.line(place);
        ConfigError { path: self.file.path.clone(), line, message, hint: hint.into() }
    }
}

/// A hint for a name that is not known.
fn did_you_mean<'a>(
    name: &str,
    known: impl Iterator<Item = &'a str>,
    otherwise: impl Into<String>,
) -> String {
    nearest(name, known)
        .map_or_else(|| otherwise.into(), |nearest| format!("did you mean `{nearest}`?"))
}

/// The JSON Schema of the file.
#[must_use]
pub fn schema() -> schemars::Schema {
    schemars::SchemaGenerator::default().into_root_schema_for::<Document>()
}
