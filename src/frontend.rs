//! The table of inputs, and what a front end gets and gives.
//!
//! A front end turns text into [`Lowered`]: procedures of direct calls, and
//! declarations that bindings turn into calls. It never fails: a broken text
//! gives what could be read and a [`Problem`]. It knows no rule and no verdict,
//! and its grammar's tree never leaves it.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::catalogue::Catalogue;
use crate::directive;
use crate::problem::Problem;
use crate::procedure::{Change, Declaration, Dependency, Part, Procedure};
use crate::source::{Source, folder_of, relative_path};

/// One input format, as data. Adding one is a file with such a record in it and
/// a line in [`FRONTENDS`].
#[derive(Debug)]
pub struct Frontend {
    /// Its name on the command line and in output.
    pub name: &'static str,
    /// What it reads, in a few words.
    pub reads: &'static str,
    /// Name patterns: `*.tf`, `Dockerfile.*`, matched against the file's name; with
    /// a `/`, `cron.d/*`, against the names of its folders too.
    pub globs: &'static [&'static str],
    /// Interpreters that a `#!` line may name.
    pub interpreters: &'static [&'static str],
    /// Whether a text is of this format. None where the name decides; required
    /// where several front ends share a name pattern.
    pub recognises: Option<fn(&str) -> bool>,
    /// Groups of words; a text that can matter holds at least one of each.
    pub words: &'static [&'static [&'static str]],
    /// What is read as one unit.
    pub grouping: Grouping,
    /// The largest file that is read, in bytes.
    pub max_bytes: u64,
    /// Turns the texts of a unit into procedures and declarations.
    pub lower: fn(&[Source<'_>], Context<'_>) -> Lowered,
}

/// What makes up a unit: the files that are lowered together.
#[derive(Clone, Copy, Debug)]
pub enum Grouping {
    /// Each file is one.
    File,
    /// The files of a folder are one, with the files and those of the folders
    /// that they refer to: the function gives what a text refers to.
    Folders(fn(&str) -> Vec<Link>),
    /// Each file is one, with the files that it refers to: the function gives what
    /// a text may refer to.
    Linked(fn(&str) -> Vec<Link>),
}

/// What a text refers to, by a path relative to the folder that it is in.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Link {
    /// The files of a folder.
    Folder(String),
    /// One file, whatever its name.
    File(String),
}

impl Link {
    /// The link as a path like that of the folder that it starts from.
    #[must_use]
    pub fn seen_from(&self, folder: &str) -> Self {
        match self {
            Self::Folder(path) => Self::Folder(relative_path(folder, path)),
            Self::File(path) => Self::File(relative_path(folder, path)),
        }
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &str {
        let (Self::Folder(path) | Self::File(path)) = self;
        path
    }

    /// The folder that the link leads to.
    #[must_use]
    pub fn folder(&self) -> &str {
        match self {
            Self::Folder(path) => path,
            Self::File(path) => folder_of(path),
        }
    }
}

/// What a front end may ask while it lowers.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The actions of the ECS API, to turn a language's spelling of a name into
    /// the API's.
    pub catalogue: &'a Catalogue,
    /// Files with values of variables that the user gave, later ones counting
    /// more.
    pub values: &'a [Source<'a>],
}

/// What came out of a unit.
#[derive(Debug, Default)]
pub struct Lowered {
    /// Procedures with direct calls.
    pub procedures: Vec<Procedure>,
    /// Resources whose lifecycle bindings know.
    pub declarations: Vec<Declaration>,
    /// Which of the resources depend on which.
    pub dependencies: Vec<Dependency>,
    /// What a plan says will happen to resources, in its order.
    pub changes: Vec<Change>,
    /// Resources that are known to exist, from a state.
    pub existing: Vec<Declaration>,
    /// Where code stands in documents.
    pub parts: Vec<Part>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Lowered {
    /// Takes in what another text gave.
    pub fn extend(&mut self, other: Self) {
        self.procedures.extend(other.procedures);
        self.declarations.extend(other.declarations);
        self.dependencies.extend(other.dependencies);
        self.changes.extend(other.changes);
        self.existing.extend(other.existing);
        self.parts.extend(other.parts);
        self.problems.extend(other.problems);
    }
}

mod aliyun_cli;
mod ansible;
mod argo;
mod azure;
mod batch;
mod circleci;
mod cloud_init;
mod compose;
mod crontab;
mod crossplane;
mod csharp;
mod definition;
mod dockerfile;
mod drone;
mod encoding;
mod error_code;
mod github;
mod gitlab;
mod go;
mod host;
mod invoked;
mod java;
mod javascript;
mod jenkinsfile;
mod justfile;
mod kubernetes;
mod lock_state;
mod makefile;
mod markdown;
mod notebook;
mod oos;
mod package_scripts;
mod packer_json;
mod php;
mod pipeline;
mod plan;
mod powershell;
mod procfile;
mod program;
mod provider;
mod pulumi;
mod python;
mod reading;
mod ros;
mod ros_changes;
mod rpc;
mod ruby;
mod scripts;
mod shell;
mod syntax;
mod systemd;
mod taskfile;
mod tekton;
mod template;
mod terraform;
mod waiting;

/// Every front end.
pub static FRONTENDS: &[&Frontend] = &[
    &terraform::FRONTEND,
    &plan::FRONTEND,
    &ros::FRONTEND,
    &ros_changes::FRONTEND,
    &oos::FRONTEND,
    &crossplane::FRONTEND,
    &pulumi::FRONTEND,
    &ansible::FRONTEND,
    &github::FRONTEND,
    &gitlab::FRONTEND,
    &azure::FRONTEND,
    &circleci::FRONTEND,
    &drone::FRONTEND,
    &tekton::FRONTEND,
    &argo::FRONTEND,
    &kubernetes::FRONTEND,
    &compose::FRONTEND,
    &shell::FRONTEND,
    &powershell::FRONTEND,
    &batch::FRONTEND,
    &scripts::FRONTEND,
    &python::FRONTEND,
    &go::FRONTEND,
    &csharp::FRONTEND,
    &java::FRONTEND,
    &ruby::FRONTEND,
    &javascript::FRONTEND,
    &php::FRONTEND,
    &terraform::packer::FRONTEND,
    &packer_json::FRONTEND,
    &jenkinsfile::FRONTEND,
    &dockerfile::FRONTEND,
    &makefile::FRONTEND,
    &justfile::FRONTEND,
    &taskfile::FRONTEND,
    &package_scripts::FRONTEND,
    &crontab::FRONTEND,
    &systemd::FRONTEND,
    &procfile::FRONTEND,
    &cloud_init::FRONTEND,
    &markdown::FRONTEND,
    &notebook::FRONTEND,
];

/// The front end of a name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Frontend> {
    FRONTENDS.iter().copied().find(|frontend| frontend.name == name)
}

/// The front end of documents, if a text looks like one and nothing else says
/// what it is.
#[must_use]
pub fn of_document(text: &str) -> Option<&'static Frontend> {
    markdown::has_fences(text).then_some(&markdown::FRONTEND)
}

/// The front ends whose name patterns a path fits best. The longer pattern says more:
/// `main.tf.json` is Terraform rather than JSON.
#[must_use]
pub fn named_for(path: &str) -> Vec<&'static Frontend> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let patterns = PATTERNS.of_ending(name).iter().chain(&PATTERNS.others);
    let fitting: Vec<&Pattern> = patterns.filter(|(_, glob)| matches_path(glob, path)).collect();
    let Some(best) = fitting.iter().map(|(_, glob)| glob.len()).max() else { return Vec::new() };
    let is_best = |frontend: &Frontend| {
        let own = |(other, glob): &&Pattern| std::ptr::eq(*other, frontend) && glob.len() == best;
        fitting.iter().copied().any(|pattern| own(&pattern))
    };
    FRONTENDS.iter().copied().filter(|frontend| is_best(frontend)).collect()
}

type Pattern = (&'static Frontend, &'static str);

/// The name patterns of all front ends, so that a name is held against few.
struct Patterns {
    /// Those that begin with `*`, by what follows the last dot, in lower case.
    by_ending: HashMap<String, Vec<Pattern>>,
    others: Vec<Pattern>,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let mut patterns = Patterns { by_ending: HashMap::new(), others: Vec::new() };
    for frontend in FRONTENDS {
        for glob in frontend.globs {
            let ending = glob.strip_prefix('*').filter(|rest| !rest.contains('/'));
            match ending.and_then(|rest| Some(rest.rsplit_once('.')?.1)) {
                Some(ending) => {
                    let same = patterns.by_ending.entry(ending.to_lowercase()).or_default();
                    same.push((frontend, glob));
                }
                None => patterns.others.push((frontend, glob)),
            }
        }
    }
    patterns
});

impl Patterns {
    fn of_ending(&self, name: &str) -> &[Pattern] {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
        ending.and_then(|ending| self.by_ending.get(&ending)).map_or(&[], Vec::as_slice)
    }
}

/// Words of which a text holds at least one if any front end can make something of
/// it, or if it speaks to the linter.
static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let words = FRONTENDS.iter().filter_map(|frontend| frontend.words.first());
    let words = words.flat_map(|group| group.iter().copied()).chain([directive::MARKER]);
    let words = words.collect::<std::collections::BTreeSet<_>>();
    // Where only the leftmost word counts, the search compares many bytes at once.
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(words).ok()
});

/// Whether a text holds any word without which it matters to no front end: one pass
/// over the bytes, which spares most files all else.
#[must_use]
pub fn may_matter(text: &[u8]) -> bool {
    WORDS.as_ref().is_none_or(|words| words.is_match(text))
}

/// The front end for what a command runs: `/usr/bin/env python3.11` is python's.
/// If there is none, the name of the program.
fn interpreted_by<'w>(
    words: impl Iterator<Item = &'w str>,
) -> Result<&'static str, Option<&'w str>> {
    let programs = words.filter(|word| !word.starts_with('-'));
    let mut names = programs.map(|word| word.rsplit(['/', '\\']).next().unwrap_or(word));
    let name = names.find(|name| *name != "env").ok_or(None)?;
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let frontend = FRONTENDS.iter().find(|frontend| {
        frontend.interpreters.contains(&name) || frontend.interpreters.contains(&stem)
    });
    frontend.map(|frontend| frontend.name).ok_or(Some(name))
}

/// The resources that a Terraform state says exist: the text of
/// `terraform.tfstate`, or of `terraform show -json`.
///
/// # Errors
/// What is wrong with the text.
pub fn existing_resources(state: &str) -> Result<Vec<Declaration>, String> {
    plan::existing_resources(state)
}

/// Lowers code embedded in another format with the front end of its language.
/// Code that is nested too deep, or that names nothing of interest, gives
/// nothing.
#[must_use]
pub fn lower_embedded(language: &str, source: &Source<'_>, context: Context<'_>) -> Lowered {
    match named(language) {
        Some(frontend) if source.may_embed() && frontend.matters(source.text.as_bytes()) => {
            match frontend.named_like_its_own(source) {
                Some(source) => (frontend.lower)(std::slice::from_ref(&source), context),
                None => (frontend.lower)(std::slice::from_ref(source), context),
            }
        }
        _ => Lowered::default(),
    }
}

impl Frontend {
    /// What a text refers to that is to be read with it.
    #[must_use]
    pub fn links(&self, text: &str) -> Vec<Link> {
        match self.grouping {
            Grouping::File => Vec::new(),
            Grouping::Folders(links) | Grouping::Linked(links) => links(text),
        }
    }

    /// How well a file's path fits its patterns, in any case: the length of the
    /// longest one that it fits.
    #[must_use]
    pub fn fit(&self, path: &str) -> Option<usize> {
        let fitting = self.globs.iter().filter(|glob| matches_path(glob, path));
        fitting.map(|glob| glob.len()).max()
    }

    /// A text under a name of this front end, where it reads folders, in which
    /// names say what a file is; none if it has one.
    pub(crate) fn named_like_its_own<'a>(&self, source: &Source<'a>) -> Option<Source<'a>> {
        let by_name = matches!(self.grouping, Grouping::Folders(_));
        let name = source.path.rsplit('/').next().unwrap_or_default();
        if !by_name || self.fit(name).is_some() {
            return None;
        }
        let ending = self.globs.first()?.strip_prefix('*')?;
        let mut source = source.clone();
        source.path.to_mut().push_str(ending);
        Some(source)
    }

    /// Whether a text holds the words without which it cannot matter.
    #[must_use]
    pub fn matters(&self, text: &[u8]) -> bool {
        let holds = |word: &&str| memchr::memmem::find(text, word.as_bytes()).is_some();
        self.words.iter().all(|group| group.iter().any(holds))
    }
}

/// Whether the last names of a path match those of a pattern.
fn matches_path(glob: &str, path: &str) -> bool {
    let mut names = path.rsplit('/');
    glob.rsplit('/').all(|glob| names.next().is_some_and(|name| matches_glob(glob, name)))
}

/// Whether a name matches `*suffix` or `prefix*`, or is the pattern, in any case.
/// A lone `*` stands for names without an extension: in folders like `cron.d`
/// others are not run.
fn matches_glob(glob: &str, name: &str) -> bool {
    if glob == "*" {
        return !name.contains('.');
    }
    if let Some(prefix) = glob.strip_suffix('*') {
        let start = name.get(..prefix.len());
        return start.is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    }
    match glob.strip_prefix('*') {
        Some(suffix) => {
            let at = name.len().checked_sub(suffix.len());
            at.and_then(|at| name.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
        }
        None => name.eq_ignore_ascii_case(glob),
    }
}
