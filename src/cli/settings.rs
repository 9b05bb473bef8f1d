//! The arguments and the configuration file, made one: each value with where it
//! comes from, checked once. The command line counts more than the file.

use std::path::{Path, PathBuf};

use super::CliError;
use super::gate::Gate;
use super::scope::{Given, Scope};
use crate::config::{self, At, Config, FailOn, Judgement};
use crate::discover::{Discovery, Inputs, Selection, Values};
use crate::govern::Seen;
use crate::ruleset::{Persona, Ruleset, Severity};
use crate::source::{Base, Patterns};

/// Which configuration file counts.
#[derive(clap::Args)]
pub(super) struct ConfigArgs {
    /// Configuration file, rather than the ecs-lock-lint.toml of this folder or one
    /// above
    #[arg(long, value_name = "FILE", help_heading = "Configuration")]
    config: Option<PathBuf>,

    /// Read no configuration file
    #[arg(long, conflicts_with = "config", help_heading = "Configuration")]
    no_config: bool,
}

/// Where a value comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Origin {
    Default,
    /// The configuration, at a line.
    File(u32),
    CommandLine,
}

/// A value and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Setting<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
}

/// What a run is to do.
pub(super) struct Settings {
    pub(super) config: Option<Config>,
    pub(super) given: Given,
    pub(super) base: Base,
    pub(super) fail_on: Setting<FailOn>,
    pub(super) strict: Setting<bool>,
    pub(super) min_severity: Setting<Severity>,
    pub(super) persona: Setting<Persona>,
    pub(super) baseline: Setting<Option<PathBuf>>,
    pub(super) exclude: Vec<Setting<String>>,
    pub(super) rule_folders: Vec<Setting<PathBuf>>,
    pub(super) var_files: Vec<Setting<PathBuf>>,
    pub(super) states: Vec<Setting<PathBuf>>,
}

impl ConfigArgs {
    /// Reads the file that counts, if there is one.
    pub(super) fn read(&self, base: &Base) -> Result<Option<Config>, CliError> {
        let found = || {
            let working = std::env::current_dir().ok()?;
            config::find(&working, std::env::home_dir().as_deref())
        };
        let path = match &self.config {
            _ if self.no_config => None,
            Some(path) => Some(path.clone()),
            None => found(),
        };
        Ok(path.map(|path| Config::read(&path, base)).transpose()?)
    }

    /// The folders of rules that count, those of the configuration first.
    pub(super) fn rule_folders(&self, given: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
        let base = Scope::base(&Given::default());
        let config = self.read(&base)?;
        let stated = |config: &Config| config.document.rule_folders.clone();
        let folders = paths(config.as_ref(), config.as_ref().and_then(stated).as_ref(), given);
        Ok(folders.into_iter().map(|folder| folder.value).collect())
    }
}

impl Settings {
    /// Reads the configuration and lays the arguments over it.
    pub(super) fn new(scope: &Scope, gate: &Gate) -> Result<Self, CliError> {
        let given = scope.given()?;
        let base = Scope::base(&given);
        let config = scope.config.read(&base)?;
        let file = config.as_ref();
        let document = file.map(|config| &config.document);
        let terraform = document.map(|document| &document.terraform);
        let line = |place| file.map_or(0, |config| config.line(place));
        let baseline = match (&gate.baseline, document.and_then(|it| it.baseline.as_ref())) {
            (Some(path), _) => Setting { value: Some(path.clone()), origin: Origin::CommandLine },
            (None, Some(stated)) => Setting {
                value: file.map(|config| config.path(stated.value())),
                origin: Origin::File(line(&stated.place())),
            },
            (None, None) => Setting { value: None, origin: Origin::Default },
        };
        let stated =
            |stated: Option<&At<Vec<At<String>>>>, given: &[PathBuf]| paths(file, stated, given);
        Ok(Self {
            fail_on: pick(gate.fail_on, document.and_then(|it| it.fail_on.as_ref()), file)
                .or(FailOn::Warning),
            strict: pick(
                gate.strict.then_some(true),
                document.and_then(|it| it.strict.as_ref()),
                file,
            )
            .or(false),
            min_severity: pick(
                scope.min_severity,
                document.and_then(|it| it.min_severity.as_ref()),
                file,
            )
            .or(Severity::Note),
            persona: pick(scope.persona, document.and_then(|it| it.persona.as_ref()), file)
                .or(Persona::Regular),
            baseline,
            exclude: texts(file, document.and_then(|it| it.exclude.as_ref()), &scope.exclude),
            rule_folders: stated(document.and_then(|it| it.rule_folders.as_ref()), &scope.rules),
            var_files: stated(terraform.and_then(|it| it.var_files.as_ref()), &scope.var_file),
            states: stated(terraform.and_then(|it| it.states.as_ref()), &scope.state),
            config,
            given,
            base,
        })
    }

    /// Loads the rules, and what the configuration says of them.
    pub(super) fn ruleset(&self) -> Result<(Ruleset, Judgement), CliError> {
        let folders: Vec<&Path> =
            self.rule_folders.iter().map(|folder| folder.value.as_path()).collect();
        let mut ruleset = Ruleset::load(&folders)?;
        let judgement = match &self.config {
            Some(config) => config.judgement(&mut ruleset)?,
            None => Judgement::default(),
        };
        Ok((ruleset, judgement))
    }

    /// What is to be read.
    pub(super) fn inputs(&self, scope: &Scope) -> Result<Inputs, CliError> {
        let given = Patterns::given(scope.exclude.iter().map(String::as_str), &self.base);
        let given = given.map_err(|bad| CliError::Unknown(format!("--exclude {bad}")))?;
        let stated = self.config.as_ref().map(|config| config.selection.clone());
        let mut selection: Selection = stated.unwrap_or_default();
        selection.exclude.push(given);
        Ok(Inputs {
            paths: self.given.paths.clone(),
            listed: self.given.listed.clone(),
            selection,
            frontend: scope.frontend,
            stdin_name: scope.stdin_filename.clone(),
            states: self.states.iter().map(|state| state.value.clone()).collect(),
            values: self.values(),
            since: None,
        })
    }

    /// The values of Terraform variables, in the order in which they count.
    fn values(&self) -> Vec<Values> {
        let (given, stated): (Vec<_>, Vec<_>) =
            self.var_files.iter().partition(|file| file.origin == Origin::CommandLine);
        let file = |file: &Setting<PathBuf>| Values::File(file.value.clone());
        let variables = self.config.as_ref().and_then(Config::variables);
        let stated = stated.into_iter().map(file).chain(variables.map(Values::Given));
        stated.chain(given.into_iter().map(file)).collect()
    }

    /// What a run looks at, as far as the configuration may be for it.
    pub(super) fn seen(&self, scope: &Scope, discovery: &Discovery) -> Seen {
        let paths = discovery.files.iter().map(|file| file.shown.clone()).collect();
        let folder = self.config.as_ref().map(Config::whole_folder).unwrap_or_default();
        let holds = |path: &PathBuf| {
            let whole = self.base.whole(&path.to_string_lossy());
            let rest = folder.strip_prefix(whole.trim_end_matches('/'));
            path.is_dir() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let all = scope.exclude.is_empty() && self.given.paths.iter().any(holds);
        Seen { paths, all }
    }
}

/// A value of the command line or else of the file.
fn pick<T: Copy>(given: Option<T>, stated: Option<&At<T>>, file: Option<&Config>) -> Picked<T> {
    let given = given.map(|value| Setting { value, origin: Origin::CommandLine });
    let stated = stated.zip(file).map(|(stated, config)| Setting {
        value: *stated.value(),
        origin: Origin::File(config.line(&stated.place())),
    });
    Picked(given.or(stated))
}

/// A value, if it is stated anywhere.
struct Picked<T>(Option<Setting<T>>);

impl<T> Picked<T> {
    fn or(self, value: T) -> Setting<T> {
        self.0.unwrap_or(Setting { value, origin: Origin::Default })
    }
}

/// The texts of a list in the file, and those of the command line after them.
fn texts(
    file: Option<&Config>,
    stated: Option<&At<Vec<At<String>>>>,
    given: &[String],
) -> Vec<Setting<String>> {
    let line = |item: &At<String>| file.map_or(0, |config| config.line(&item.place()));
    let stated = stated.iter().flat_map(|list| list.value());
    let stated = stated
        .map(|item| Setting { value: item.value().clone(), origin: Origin::File(line(item)) });
    let given = given.iter();
    let given = given.map(|text| Setting { value: text.clone(), origin: Origin::CommandLine });
    stated.chain(given).collect()
}

/// The same of paths, seen from the working directory.
fn paths(
    file: Option<&Config>,
    stated: Option<&At<Vec<At<String>>>>,
    given: &[PathBuf],
) -> Vec<Setting<PathBuf>> {
    let seen = |text: &str| file.map_or_else(|| PathBuf::from(text), |config| config.path(text));
    let stated = texts(file, stated, &[]).into_iter();
    let stated = stated.map(|text| Setting { value: seen(&text.value), origin: text.origin });
    let given = given.iter();
    let given = given.map(|path| Setting { value: path.clone(), origin: Origin::CommandLine });
    stated.chain(given).collect()
}
