//! Mistakes in the file that show before it is understood.

use std::ops::Range;

use semver::{Version, VersionReq};
use serde::Deserialize;

use super::{At, ConfigError, did_you_mean};
use crate::source::SourceFile;

const HELP: &str = "`ecs-lock-lint config schema` says what there is";

/// The line of a place.
pub(super) fn line(file: &SourceFile, place: &Range<usize>) -> u32 {
    file.position(u32::try_from(place.start).unwrap_or(u32::MAX)).line
}

/// The part of a file that every version has to understand.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Required {
    required_version: Option<At<String>>,
}

/// Refuses a file that is for other versions, before it is refused for what they
/// understand.
pub(super) fn check_version(file: &SourceFile) -> Result<(), ConfigError> {
    let required = toml::from_str(&file.text).map(|file: Required| file.required_version);
    // What is wrong with the file as a whole is told later.
    let Ok(Some(required)) = required else { return Ok(()) };
    let own = env!("CARGO_PKG_VERSION");
    let error = |message: String, hint: String| ConfigError {
        path: file.path.clone(),
        line: line(file, &required.place()),
        message,
        hint,
    };
    let stated = required.value();
    let wanted = VersionReq::parse(stated).map_err(|reason| {
        error(
            format!("`{stated}` is no requirement: {reason}"),
            "write it as `>=0.1, <0.3`".to_owned(),
        )
    })?;
    let fits = Version::parse(own).is_ok_and(|own| wanted.matches(&own));
    if fits {
        return Ok(());
    }
    let message = format!("this is ecs-lock-lint {own}, and the file is for {stated}");
    Err(error(message, "install a version that fits, or change `required-version`".to_owned()))
}

/// A mistake that reading the text gave, with its line.
pub(super) fn of_toml(error: &toml::de::Error, file: &SourceFile) -> ConfigError {
    let (message, hint) = explain(error.message());
    let line = error.span().map_or(1, |place| line(file, &place));
    ConfigError { path: file.path.clone(), line, message, hint }
}

/// What a message of serde or of the parser means here.
fn explain(message: &str) -> (String, String) {
    let message = message.lines().next().unwrap_or(message);
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let what = [("unknown field ", "key"), ("unknown variant ", "value")];
    let unknown = what.iter().find(|(start, _)| message.starts_with(start));
    if let (Some((_, what)), Some((name, known))) = (unknown, quoted.split_first()) {
        let all = format!("known ones: {}", known.join(", "));
        return (
            format!("unknown {what} `{name}`"),
            did_you_mean(name, known.iter().copied(), all),
        );
    }
    if let (true, [key]) = (message.starts_with("missing field "), quoted.as_slice()) {
        return (format!("`{key}` is missing"), format!("add `{key} = …`"));
    }
    (message.to_owned(), HELP.to_owned())
}
