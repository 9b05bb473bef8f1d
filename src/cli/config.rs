//! `config`: what the configuration is, and what it may be.

use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use serde::Serialize;

use super::gate::Gate;
use super::scope::Scope;
use super::settings::{Origin, Setting, Settings};
use super::{Exit, to_stdout};
use crate::config::{self, At, Config, OneOrMany, WaiverTable};

/// Arguments of `config`.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Print the configuration that a run with these arguments would have, and where
    /// each value comes from
    Show {
        #[command(flatten)]
        scope: Box<Scope>,
        #[command(flatten)]
        gate: Gate,
    },
    /// Print the JSON Schema of ecs-lock-lint.toml
    Schema,
}

/// Runs the command.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> Exit {
    match &args.action {
        Action::Show { scope, gate } => {
            let settings = Settings::new(scope, gate)?;
            // What is wrong with the rest of the file is told here, too.
            settings.ruleset()?;
            settings.inputs(scope)?;
            let mut page = Page { out, config: settings.config.as_ref() };
            page.write(&settings).map_err(to_stdout)?;
        }
        Action::Schema => {
            let schema = serde_json::to_writer_pretty(&mut *out, &config::schema());
            schema.map_err(io::Error::from).and_then(|()| writeln!(out)).map_err(to_stdout)?;
        }
    }
    Ok(0)
}

/// The configuration as TOML, with what it comes from in comments.
struct Page<'a> {
    out: &'a mut dyn Write,
    config: Option<&'a Config>,
}

/// How wide the column before the comments is.
const COMMENTS: usize = 39;

impl Page<'_> {
    fn write(&mut self, settings: &Settings) -> io::Result<()> {
        match self.config {
            Some(config) => writeln!(self.out, "# {}", config.file.path)?,
            None => writeln!(self.out, "# no configuration file")?,
        }
        self.value("fail-on", settings.fail_on.value.name(), &settings.fail_on.origin)?;
        self.value(
            "min-severity",
            settings.min_severity.value.name(),
            &settings.min_severity.origin,
        )?;
        self.value("persona", settings.persona.value.name(), &settings.persona.origin)?;
        self.value("strict", settings.strict.value, &settings.strict.origin)?;
        if let Some(baseline) = &settings.baseline.value {
            self.value("baseline", shown(baseline), &settings.baseline.origin)?;
        }
        self.list("exclude", &settings.exclude, String::clone)?;
        self.list("rule-folders", &settings.rule_folders, |path| shown(path))?;
        if let Some(config) = self.config {
            self.tables(config)?;
        }
        self.terraform(settings)
    }

    /// The tables, which only the file has.
    fn tables(&mut self, config: &Config) -> io::Result<()> {
        let document = &config.document;
        if let Some(version) = &document.required_version {
            self.stated("required-version", version)?;
        }
        for (name, table) in &document.frontends {
            self.header(&format!("[frontends.{}]", name.value()), &name.place())?;
            self.stated_if("enabled", table.enabled.as_ref())?;
            if let Some(globs) = &table.globs {
                let globs_of: Vec<&str> =
                    globs.value().iter().map(|it| it.value().as_str()).collect();
                self.at("globs", &globs_of, &globs.place())?;
            }
        }
        for (id, table) in &document.rules {
            self.header(&format!("[rules.{}]", id.value()), &id.place())?;
            if let Some(severity) = &table.severity {
                self.at("severity", severity.value().name(), &severity.place())?;
            }
            self.stated_if("suppressible", table.suppressible.as_ref())?;
        }
        for table in &document.overrides {
            writeln!(self.out, "\n[[overrides]]")?;
            self.many("paths", Some(&table.paths))?;
            self.many("rules", table.rules.as_ref())?;
            self.at("severity", table.severity.value().name(), &table.severity.place())?;
        }
        for waiver in &document.waivers {
            self.header("[[waivers]]", &config.waiver_place(waiver))?;
            self.waiver(waiver.value())?;
        }
        Ok(())
    }

    fn waiver(&mut self, waiver: &WaiverTable) -> io::Result<()> {
        let WaiverTable { path, rule, action, target, reason, until, owner } = waiver;
        for (key, stated) in
            [("path", path), ("rule", rule), ("action", action), ("target", target)]
        {
            self.many(key, stated.as_ref())?;
        }
        self.stated("reason", reason)?;
        if let Some(until) = until {
            let text = until.value().as_str().map(str::to_owned);
            let text = text.or_else(|| until.value().as_datetime().map(ToString::to_string));
            self.at("until", text.unwrap_or_default(), &until.place())?;
        }
        self.stated_if("owner", owner.as_ref())
    }

    fn terraform(&mut self, settings: &Settings) -> io::Result<()> {
        let variables = self.config.and_then(|config| config.document.terraform.variables.as_ref());
        if settings.var_files.is_empty() && settings.states.is_empty() && variables.is_none() {
            return Ok(());
        }
        writeln!(self.out, "\n[terraform]")?;
        self.list("var-files", &settings.var_files, |path| shown(path))?;
        self.list("states", &settings.states, |path| shown(path))?;
        let Some(variables) = variables else { return Ok(()) };
        for (name, value) in variables.value() {
            let key = format!("variables.{}", quoted(name)?);
            self.at_text(&key, &value.to_string(), &variables.place())?;
        }
        Ok(())
    }

    fn value(&mut self, key: &str, value: impl Serialize, origin: &Origin) -> io::Result<()> {
        let line = format!("{key} = {}", quoted(value)?);
        let origin = self.origin(origin);
        writeln!(self.out, "{line:COMMENTS$} # {origin}")
    }

    fn list<T>(
        &mut self,
        key: &str,
        items: &[Setting<T>],
        text: impl Fn(&T) -> String,
    ) -> io::Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "{key} = [")?;
        for item in items {
            let line = format!("    {},", quoted(text(&item.value))?);
            let origin = self.origin(&item.origin);
            writeln!(self.out, "{line:COMMENTS$} # {origin}")?;
        }
        writeln!(self.out, "]")
    }

    fn header(&mut self, header: &str, place: &Range<usize>) -> io::Result<()> {
        let origin = self.place(place);
        writeln!(self.out, "\n{header:COMMENTS$} # {origin}")
    }

    fn stated(&mut self, key: &str, stated: &At<impl Serialize>) -> io::Result<()> {
        self.at(key, stated.value(), &stated.place())
    }

    fn stated_if(&mut self, key: &str, stated: Option<&At<impl Serialize>>) -> io::Result<()> {
        stated.map_or(Ok(()), |stated| self.stated(key, stated))
    }

    fn many(&mut self, key: &str, stated: Option<&At<OneOrMany>>) -> io::Result<()> {
        let Some(stated) = stated else { return Ok(()) };
        let items: Vec<&str> = stated.items().map(|(text, _)| text).collect();
        self.at(key, &items, &stated.place())
    }

    fn at(&mut self, key: &str, value: impl Serialize, place: &Range<usize>) -> io::Result<()> {
        self.at_text(key, &quoted(value)?, place)
    }

    fn at_text(&mut self, key: &str, text: &str, place: &Range<usize>) -> io::Result<()> {
        let line = format!("{key} = {text}");
        let origin = self.place(place);
        writeln!(self.out, "{line:COMMENTS$} # {origin}")
    }

    fn origin(&self, origin: &Origin) -> String {
        match (origin, self.config) {
            (Origin::File(line), Some(config)) => format!("{}:{line}", config.file.path),
            (Origin::CommandLine, _) => "command line".to_owned(),
            _ => "default".to_owned(),
        }
    }

    fn place(&self, place: &Range<usize>) -> String {
        self.origin(&Origin::File(self.config.map_or(0, |config| config.line(place))))
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// A value as TOML has it, which is as JSON has it for texts, truths and lists of
/// them.
fn quoted(value: impl Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(&value)?)
}
