//! The modules of a unit: which folders there are, which of them calls which, and
//! from which of them an apply may start.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use crate::problem::Problem;
use crate::source::{Source, folder_of, relative_path};

use super::link::{Installed, MANIFEST, is_local};
use super::module::{self, Module};
use super::native;
use super::terragrunt;
use super::tree::{Attribute, Block, Expression, Form, Kind, Part, Place, Sources, Template};

/// The modules of a unit.
pub(super) struct Project<'a> {
    /// The texts that they are written in.
    pub(super) sources: Sources<'a>,
    /// They, in the order of their folders.
    pub(super) modules: Vec<Module>,
    /// Values of variables that the user gave for what an apply starts from.
    pub(super) values: HashMap<Rc<str>, Attribute>,
    /// Folders of modules that `terraform init` has put aside, by the folder of
    /// the caller and the name of the call.
    installed: HashMap<(String, String), String>,
    /// Other files that configurations read, by their paths.
    files: HashMap<String, File>,
}

/// A file that a configuration reads.
pub(super) struct File {
    /// Its text as it stands.
    pub(super) text: Expression,
    /// The text as a template; none if it cannot be read as one.
    pub(super) template: Option<Expression>,
}

impl<'a> Project<'a> {
    /// Reads the files of a unit, and those with values that the user gave.
    pub(super) fn read(
        files: &[Source<'a>],
        values: &[Source<'a>],
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut folders: BTreeMap<&str, Vec<&Source<'a>>> = BTreeMap::new();
        let mut sources = Sources::default();
        let mut installed = HashMap::new();
        let mut others = HashMap::new();
        for file in files {
            if file.path.ends_with(MANIFEST) {
                let calls = Installed::read(&file.text).map(|it| it.calls(&file.path));
                let calls = calls.into_iter().flatten();
                installed.extend(calls.map(|(caller, name, called)| ((caller, name), called)));
            } else if terragrunt::is_unit(&file.path) {
                folders.entry(&file.path).or_default().push(file);
            } else if module::is_configuration(&file.path) {
                folders.entry(folder_of(&file.path)).or_default().push(file);
            } else {
                others.insert(file.path.to_string(), File::read(file, &mut sources));
            }
        }
        let read = |(folder, files): (&&str, &Vec<&Source<'a>>)| {
            Module::read(folder, files, &mut sources, problems)
        };
        let modules = folders.iter().map(read).collect();
        let values = module::read_values(values, &mut sources, problems);
        let mut project = Self { sources, modules, values, installed, files: others };
        let units = project.modules.iter().enumerate();
        let units = units.filter(|(_, module)| terragrunt::is_unit(&module.folder));
        let calls: Vec<(usize, usize)> = units
            .flat_map(|(number, unit)| {
                project.calls(unit).into_iter().map(move |called| (number, called))
            })
            .collect();
        terragrunt::leave_open(&mut project.modules, &calls);
        project
    }

    /// The module that a `module` block calls, if it is one of these.
    pub(super) fn called(&self, module: &Module, block: &Block) -> Option<usize> {
        let source = self.source_of(block)?;
        let folder = if is_local(&source) {
            relative_path(terragrunt::base(&module.folder), &source)
        } else {
            let name = block.labels.first()?.to_string();
            self.installed.get(&(module.folder.clone(), name))?.clone()
        };
        self.modules.binary_search_by(|other| other.folder.as_str().cmp(&folder)).ok()
    }

    /// A file that a module reads by a path.
    pub(super) fn file(&self, module: &Module, path: &str) -> Option<&File> {
        self.files.get(&relative_path(terragrunt::base(&module.folder), path))
    }

    /// Where a module comes from, as it is written.
    pub(super) fn source_of(&self, block: &Block) -> Option<String> {
        let Kind::Template(source) = &block.attribute("source")?.value.kind else { return None };
        let part = |part: &Part| match part {
            Part::Verbatim(place) => Some(self.sources.text(*place).to_owned()),
            Part::Escape(text, _) => Some(text.to_string()),
            Part::Interpolation(_) | Part::Directive(_) => None,
        };
        let (start, parts) = match source.parts.as_slice() {
            [Part::Interpolation(here), parts @ ..] if is_here(&here.inner) => (".", parts),
            parts => ("", parts),
        };
        let rest: String = parts.iter().map(part).collect::<Option<_>>()?;
        Some(format!("{start}{rest}"))
    }

    /// The modules that an apply may start from: those that nothing calls but
    /// what lies below them, as examples do, and one of each circle.
    pub(super) fn roots(&self) -> Vec<usize> {
        let calls: Vec<Vec<usize>> = self.modules.iter().map(|module| self.calls(module)).collect();
        let mut inner: BTreeSet<usize> = BTreeSet::new();
        for (caller, called) in self.modules.iter().zip(&calls) {
            let outside =
                |number: &&usize| !lies_below(&caller.folder, &self.modules[**number].folder);
            inner.extend(called.iter().filter(outside));
        }
        let mut roots: Vec<usize> =
            (0..self.modules.len()).filter(|it| !inner.contains(it)).collect();
        let mut reached = BTreeSet::new();
        reach(&roots, &calls, &mut reached);
        for number in 0..self.modules.len() {
            if !reached.contains(&number) {
                roots.push(number);
                reach(&[number], &calls, &mut reached);
            }
        }
        roots
    }

    fn calls(&self, module: &Module) -> Vec<usize> {
        let calls = module.blocks.iter().filter(|block| &*block.name == "module");
        calls.filter_map(|block| self.called(module, block)).collect()
    }
}

impl File {
    fn read<'a>(source: &Source<'a>, sources: &mut Sources<'a>) -> Self {
        let template = native::template(source, sources);
        let whole = 0..source.text.len();
        let place = Place::new(sources.add(source.clone()), whole);
        let kind =
            Kind::Template(Template { parts: vec![Part::Verbatim(place)], form: Form::Bare });
        Self { text: Expression { kind, place }, template }
    }
}

/// Whether an expression is the folder of the file that it stands in.
fn is_here(expression: &Expression) -> bool {
    matches!(&expression.kind, Kind::Call(call) if &*call.name == "get_terragrunt_dir")
}

fn reach(from: &[usize], calls: &[Vec<usize>], reached: &mut BTreeSet<usize>) {
    let mut pending = from.to_vec();
    while let Some(number) = pending.pop() {
        if reached.insert(number) {
            pending.extend(&calls[number]);
        }
    }
}

/// Whether a folder is inside another.
fn lies_below(folder: &str, other: &str) -> bool {
    match folder.strip_prefix(other) {
        Some(rest) => other.is_empty() && !rest.is_empty() || rest.starts_with('/'),
        None => false,
    }
}
