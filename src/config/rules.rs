//! What the file says of rules and of findings, held against the rules that there
//! are.

use std::ops::Range;

use super::names::pattern_list;
use super::{At, Config, ConfigError, OneOrMany, WaiverTable, did_you_mean};
use crate::govern::{Day, Level, Waiver};
use crate::ruleset::Ruleset;
use crate::source::Patterns;

/// Marks the rules that are off, and those that cannot be suppressed.
pub(super) fn mark(config: &Config, ruleset: &mut Ruleset) -> Result<(), ConfigError> {
    for (id, table) in &config.document.rules {
        check_rule(config, ruleset, id.value(), &id.place())?;
        let Some(rule) = ruleset.rules.iter_mut().find(|rule| rule.id == *id.value()) else {
            continue;
        };
        rule.off = table.severity.as_ref().is_some_and(|it| it.value().severity().is_none());
        rule.unsuppressible = table.suppressible.as_ref().is_some_and(|it| !it.value());
    }
    Ok(())
}

/// The severities, those of rules everywhere before those of some files.
pub(super) fn levels(config: &Config, ruleset: &Ruleset) -> Result<Vec<Level>, ConfigError> {
    let mut levels = Vec::new();
    for (id, table) in &config.document.rules {
        if let Some(severity) = &table.severity {
            let rules = vec![id.value().clone()];
            levels.push(Level { paths: None, rules, severity: severity.value().severity() });
        }
    }
    for table in &config.document.overrides {
        let rules = rules(config, ruleset, table.rules.as_ref())?;
        let paths = Some(pattern_list(config, &table.paths.items().collect::<Vec<_>>())?);
        levels.push(Level { paths, rules, severity: table.severity.value().severity() });
    }
    Ok(levels)
}

/// The waivers.
pub(super) fn waivers(config: &Config, ruleset: &Ruleset) -> Result<Vec<Waiver>, ConfigError> {
    let waivers = config.document.waivers.iter();
    waivers.map(|stated| waiver(config, ruleset, stated)).collect()
}

fn waiver(
    config: &Config,
    ruleset: &Ruleset,
    stated: &At<WaiverTable>,
) -> Result<Waiver, ConfigError> {
    let WaiverTable { path, rule, action, target, reason, until, owner } = stated.value();
    if reason.value().trim().is_empty() {
        let message = "the waiver gives no reason".to_owned();
        return Err(config.error(&reason.place(), message, "say why the findings may stay"));
    }
    let says = [path, rule, action, target];
    if says.into_iter().flatten().all(|stated| stated.items().next().is_none()) {
        let message = "the waiver does not say what it is for".to_owned();
        let hint = "add `path`, `rule`, `action` or `target`";
        return Err(config.error(&place(config, stated), message, hint));
    }
    let texts = |stated: &Option<At<OneOrMany>>| -> Vec<String> {
        stated.iter().flat_map(At::items).map(|(text, _)| text.to_owned()).collect()
    };
    Ok(Waiver {
        place: place(config, stated),
        shown: texts(path),
        paths: paths(config, path.as_ref())?,
        rules: rules(config, ruleset, rule.as_ref())?,
        actions: actions(config, ruleset, action.as_ref())?,
        targets: texts(target),
        reason: reason.value().trim().to_owned(),
        until: until.as_ref().map(|until| day(config, until)).transpose()?,
        owner: owner.as_ref().map(|owner| owner.value().clone()),
    })
}

/// Where a waiver stands: its first line, from the header on if there is one.
pub(super) fn place(config: &Config, stated: &At<WaiverTable>) -> Range<usize> {
    let text = &config.file.text;
    let place = stated.place();
    let table = text.get(place.clone()).unwrap_or_default();
    if table.starts_with('{') {
        return place;
    }
    let before = text.get(..place.start).unwrap_or_default();
    let is_header = |line: &str| line.trim_start().starts_with("[[");
    let start = match table.lines().next() {
        Some(line) if is_header(line) => place.start,
        _ => before.rfind("[[").unwrap_or(place.start),
    };
    let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    start..start + line.trim_end().len()
}

fn paths(config: &Config, stated: Option<&At<OneOrMany>>) -> Result<Option<Patterns>, ConfigError> {
    let list = |stated: &At<OneOrMany>| pattern_list(config, &stated.items().collect::<Vec<_>>());
    stated.map(list).transpose()
}

fn rules(
    config: &Config,
    ruleset: &Ruleset,
    stated: Option<&At<OneOrMany>>,
) -> Result<Vec<String>, ConfigError> {
    let mut rules = Vec::new();
    for (id, place) in stated.iter().flat_map(|stated| stated.items()) {
        check_rule(config, ruleset, id, &place)?;
        rules.push(id.to_owned());
    }
    Ok(rules)
}

fn check_rule(
    config: &Config,
    ruleset: &Ruleset,
    id: &str,
    place: &Range<usize>,
) -> Result<(), ConfigError> {
    if ruleset.rule(id).is_some() {
        return Ok(());
    }
    let known = ruleset.rules.iter().map(|rule| rule.id.as_str());
    let hint = did_you_mean(id, known, "`ecs-lock-lint rules` lists the rules");
    Err(config.error(place, format!("`{id}` is no rule"), hint))
}

fn actions(
    config: &Config,
    ruleset: &Ruleset,
    stated: Option<&At<OneOrMany>>,
) -> Result<Vec<String>, ConfigError> {
    let catalogue = &ruleset.catalogue;
    let mut actions = Vec::new();
    for (name, place) in stated.iter().flat_map(|stated| stated.items()) {
        // An action that the API does not have may be found, too.
        let is_misspelt = catalogue.get(name).is_none();
        if let Some(nearest) = catalogue.nearest(name).filter(|_| is_misspelt) {
            let message = format!("`{name}` is no action of the API");
            return Err(config.error(&place, message, format!("did you mean `{nearest}`?")));
        }
        actions.push(name.to_owned());
    }
    Ok(actions)
}

fn day(config: &Config, stated: &At<toml::Value>) -> Result<Day, ConfigError> {
    let text = match stated.value() {
        toml::Value::String(text) => text.clone(),
        other => other.as_datetime().map(ToString::to_string).unwrap_or_default(),
    };
    Day::parse(&text).ok_or_else(|| {
        let message = format!("`until` is no day: `{text}`");
        config.error(&stated.place(), message, "write it as `until = 2027-01-31`")
    })
}
