//! The modules of a unit: which folders there are, which of them calls which, and
//! from which of them an apply may start.

use std::collections::{BTreeMap, BTreeSet};

use crate::problem::Problem;
use crate::source::{Source, relative_path};

use super::module::Module;
use super::tree::{Block, Kind, Part, Sources};

/// The modules of a unit.
pub(super) struct Project<'a> {
    /// The texts that they are written in.
    pub(super) sources: Sources<'a>,
    /// They, in the order of their folders.
    pub(super) modules: Vec<Module>,
}

impl<'a> Project<'a> {
    /// Reads the files of a unit.
    pub(super) fn read(files: &[Source<'a>], problems: &mut Vec<Problem>) -> Self {
        let mut folders: BTreeMap<&str, Vec<&Source<'a>>> = BTreeMap::new();
        for file in files {
            folders.entry(folder_of(&file.path)).or_default().push(file);
        }
        let mut sources = Sources::default();
        let read = |(folder, files): (&&str, &Vec<&Source<'a>>)| {
            Module::read(folder, files, &mut sources, problems)
        };
        let modules = folders.iter().map(read).collect();
        Self { sources, modules }
    }

    /// The module that a `module` block calls, if it is one of these.
    pub(super) fn called(&self, module: &Module, block: &Block) -> Option<usize> {
        let source = self.source_of(block)?;
        let is_local = [".", ".."].contains(&&*source)
            || ["./", "../"].iter().any(|start| source.starts_with(start));
        let folder = is_local.then(|| relative_path(&module.folder, &source))?;
        self.modules.binary_search_by(|other| other.folder.as_str().cmp(&folder)).ok()
    }

    /// Where a module comes from, as it is written.
    fn source_of(&self, block: &Block) -> Option<String> {
        let Kind::Template(source) = &block.attribute("source")?.value.kind else { return None };
        let part = |part: &Part| match part {
            Part::Verbatim(place) => Some(self.sources.text(*place).to_owned()),
            Part::Escape(text, _) => Some(text.to_string()),
            Part::Interpolation(_) | Part::Directive(_) => None,
        };
        source.parts.iter().map(part).collect()
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

fn reach(from: &[usize], calls: &[Vec<usize>], reached: &mut BTreeSet<usize>) {
    let mut pending = from.to_vec();
    while let Some(number) = pending.pop() {
        if reached.insert(number) {
            pending.extend(&calls[number]);
        }
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a folder is inside another.
fn lies_below(folder: &str, other: &str) -> bool {
    match folder.strip_prefix(other) {
        Some(rest) => other.is_empty() && !rest.is_empty() || rest.starts_with('/'),
        None => false,
    }
}
