//! Which files are read, and by which front ends.

use super::{At, Config, ConfigError, did_you_mean};
use crate::discover::Selection;
use crate::frontend::{self, FRONTENDS, Frontend};
use crate::source::Patterns;

/// What a configuration says of the choice of files.
pub(super) fn selection(config: &Config) -> Result<Selection, ConfigError> {
    let mut selection = Selection::default();
    if let Some(exclude) = &config.document.exclude {
        selection.exclude.push(patterns(config, exclude.value())?);
    }
    for (name, table) in &config.document.frontends {
        let frontend = frontend(config, name)?;
        if table.enabled.as_ref().is_some_and(|enabled| !enabled.value()) {
            selection.off.push(frontend);
        } else if let Some(globs) = &table.globs {
            selection.names.push((patterns(config, globs.value())?, frontend));
        }
    }
    Ok(selection)
}

fn frontend(config: &Config, name: &At<String>) -> Result<&'static Frontend, ConfigError> {
    frontend::named(name.value()).ok_or_else(|| {
        let known = FRONTENDS.iter().map(|frontend| frontend.name);
        let hint = did_you_mean(name.value(), known, "`ecs-lock-lint list-frontends` lists them");
        config.error(&name.place(), format!("`{}` is no front end", name.value()), hint)
    })
}

/// Patterns in the order in which they stand, with the line of one that does not
/// parse.
fn patterns(config: &Config, stated: &[At<String>]) -> Result<Patterns, ConfigError> {
    let items = stated.iter().map(|item| (item.value().as_str(), item.place()));
    pattern_list(config, &items.collect::<Vec<_>>())
}

/// The same of a text or a list.
pub(super) fn pattern_list(
    config: &Config,
    stated: &[(&str, std::ops::Range<usize>)],
) -> Result<Patterns, ConfigError> {
    let texts = stated.iter().map(|(text, _)| *text);
    Patterns::stated(texts, &config.folder, &config.base).map_err(|bad| {
        let place = stated.iter().find(|(text, _)| *text == bad.pattern);
        let place = place.map_or(0..0, |(_, place)| place.clone());
        let message = format!("the pattern `{}` does not parse: {}", bad.pattern, bad.reason);
        config.error(&place, message, "patterns are those of .gitignore")
    })
}
