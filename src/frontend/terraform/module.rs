//! A module: the files of a folder as one set of blocks.
//!
//! A file in `OpenTofu`'s own extension hides the one of its name, overriding
//! files are merged over the others, and values of variables are kept apart.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::problem::Problem;
use crate::source::Source;

use super::datum::Type;
use super::json;
use super::native::{self, File};
use super::terragrunt;
use super::tree::{Attribute, Block, Item, Sources};

/// A module.
#[derive(Default)]
pub(super) struct Module {
    /// Its folder.
    pub(super) folder: String,
    /// Its top-level blocks, in source order.
    pub(super) blocks: Vec<Block>,
    /// Numbers of blocks by their first word and labels: `output id`.
    places: HashMap<String, usize>,
    /// Numbers of blocks and items of local values.
    locals: HashMap<Rc<str>, (usize, usize)>,
    /// Types of variables by the numbers of their blocks.
    types: HashMap<usize, Type>,
    /// Whether a file of Terragrunt writes all inputs out.
    pub(super) has_plain_inputs: bool,
    /// Values of variables that come with a root module.
    pub(super) values: HashMap<Rc<str>, Attribute>,
}

/// Whether a file is one of a module's own: configuration or values.
pub(super) fn is_configuration(path: &str) -> bool {
    let name = name_of(path);
    is_values(name) || EXTENSIONS.iter().any(|extension| name.ends_with(extension))
}

/// Reads files with values of variables; later ones count more.
pub(super) fn read_values<'a>(
    files: &[Source<'a>],
    sources: &mut Sources<'a>,
    problems: &mut Vec<Problem>,
) -> HashMap<Rc<str>, Attribute> {
    let mut values = HashMap::new();
    for file in files {
        let attributes = read_file(file, true, sources, problems).attributes.into_iter();
        values.extend(attributes.map(|value| (Rc::clone(&value.name), value)));
    }
    values
}

fn read_file<'a>(
    source: &Source<'a>,
    has_values: bool,
    sources: &mut Sources<'a>,
    problems: &mut Vec<Problem>,
) -> File {
    if is_json(source) {
        json::read(source, has_values, sources, problems)
    } else {
        native::read(source, sources, problems)
    }
}

/// What a file is to its module.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Role {
    Configuration,
    Override,
    /// Values of variables, in the order in which they count.
    Values(u8),
}

/// The endings of configurations, of which those of `OpenTofu` hide Terraform's.
const EXTENSIONS: [&str; 6] = [".tofu", ".tofu.json", ".tf", ".tf.json", ".pkr.hcl", ".pkr.json"];

/// What the files begin with whose values count first.
const FIRST_VALUES: &str = "terraform.";

impl Module {
    /// Reads the files of a folder.
    pub(super) fn read<'a>(
        folder: &str,
        files: &[&Source<'a>],
        sources: &mut Sources<'a>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut module = Self { folder: folder.to_owned(), ..Self::default() };
        let mut files: Vec<(Role, &Source<'a>)> =
            visible(files).into_iter().map(|file| (role(name_of(&file.path)), file)).collect();
        files.sort_by_key(|(role, _)| *role);
        for (role, source) in files {
            let has_values = matches!(role, Role::Values(_));
            let mut file = read_file(source, has_values, sources, problems);
            if terragrunt::is_unit(&source.path) {
                module.has_plain_inputs = terragrunt::has_plain_inputs(&file);
                file = terragrunt::with_call(file);
            }
            let File { blocks, attributes } = file;
            match role {
                Role::Configuration => module.blocks.extend(blocks),
                Role::Override => module.override_with(blocks),
                Role::Values(_) => {
                    let values = attributes.into_iter();
                    module.values.extend(values.map(|value| (Rc::clone(&value.name), value)));
                }
            }
        }
        module.index();
        module
    }

    fn override_with(&mut self, blocks: Vec<Block>) {
        let mut places: HashMap<String, usize> = HashMap::new();
        for (place, block) in self.blocks.iter().enumerate() {
            places.entry(name(block)).or_insert(place);
        }
        for block in blocks {
            let base = places.get(&name(&block)).and_then(|place| self.blocks.get_mut(*place));
            match base.filter(|_| !matches!(&*block.name, "locals" | "terraform")) {
                Some(base) => merge(base, block),
                None => self.blocks.push(block),
            }
        }
    }

    /// Notes where everything is. Data sources that a check reads are the
    /// module's like any other.
    fn index(&mut self) {
        let checks = self.blocks.iter().filter(|block| &*block.name == "check");
        let checked: Vec<Block> = checks
            .flat_map(|check| check.blocks("data"))
            .filter(|it| it.is_top_level())
            .cloned()
            .collect();
        self.blocks.extend(checked);
        for (number, block) in self.blocks.iter().enumerate() {
            self.places.insert(name(block), number);
            if &*block.name == "locals" {
                for (place, item) in block.items.iter().enumerate() {
                    if let Item::Attribute(local) = item {
                        self.locals.insert(Rc::clone(&local.name), (number, place));
                    }
                }
            }
            if let ("variable", Some(constraint)) = (&*block.name, block.attribute("type")) {
                self.types.insert(number, Type::read(&constraint.value));
            }
        }
    }

    /// The number of a block by its first word and labels: `output id`.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// A block by its first word and labels.
    pub(super) fn block(&self, name: &str) -> Option<&Block> {
        self.blocks.get(self.place(name)?)
    }

    /// The definition of a local value.
    pub(super) fn local(&self, name: &str) -> Option<&Attribute> {
        let (block, item) = self.locals.get(name)?;
        match self.blocks.get(*block)?.items.get(*item)? {
            Item::Attribute(attribute) => Some(attribute),
            Item::Block(_) => None,
        }
    }

    /// The type of a variable.
    pub(super) fn kind_of(&self, variable: &str) -> Option<&Type> {
        self.types.get(&self.place(&format!("variable {variable}"))?)
    }
}

/// A block's first word and labels.
fn name(block: &Block) -> String {
    format!("{} {}", block.name, block.labels.join("."))
}

/// Lays a block over another: attributes one by one, nested blocks by their name.
fn merge(base: &mut Block, over: Block) {
    let replaced: HashSet<(bool, Rc<str>)> = over.items.iter().map(key).collect();
    base.items.retain(|item| !replaced.contains(&key(item)) || is_meta(item));
    base.items.extend(over.items);
}

fn key(item: &Item) -> (bool, Rc<str>) {
    match item {
        Item::Attribute(attribute) => (false, Rc::clone(&attribute.name)),
        // What a dynamic block makes is called after its label.
        Item::Block(block) if &*block.name == "dynamic" => {
            (true, block.labels.first().unwrap_or(&block.name).clone())
        }
        Item::Block(block) => (true, Rc::clone(&block.name)),
    }
}

/// Whether an item is merged attribute by attribute.
fn is_meta(item: &Item) -> bool {
    matches!(item, Item::Block(block) if &*block.name == "lifecycle")
}

/// The files that no other hides.
fn visible<'f, 'a>(files: &[&'f Source<'a>]) -> Vec<&'f Source<'a>> {
    let names: HashSet<&str> = files.iter().map(|file| name_of(&file.path)).collect();
    let is_hidden = |name: &str| {
        let hider = match name.strip_suffix(".tf") {
            Some(stem) => Some(format!("{stem}.tofu")),
            None => name.strip_suffix(".tf.json").map(|stem| format!("{stem}.tofu.json")),
        };
        hider.is_some_and(|hider| names.contains(hider.as_str()))
    };
    files.iter().copied().filter(|file| !is_hidden(name_of(&file.path))).collect()
}

/// The name of a file.
fn name_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

fn is_values(name: &str) -> bool {
    name.ends_with(".tfvars") || name.ends_with(".tfvars.json")
}

fn role(name: &str) -> Role {
    if is_values(name) {
        let is_first = name.starts_with(FIRST_VALUES);
        return Role::Values(if is_first { u8::from(name == "terraform.tfvars.json") } else { 2 });
    }
    let stem = EXTENSIONS.iter().find_map(|extension| name.strip_suffix(extension));
    match stem {
        Some(stem) if stem == "override" || stem.ends_with("_override") => Role::Override,
        _ => Role::Configuration,
    }
}

/// Whether a file is in JSON syntax. What is embedded in a JSON file is not.
fn is_json(source: &Source<'_>) -> bool {
    name_of(&source.path).rsplit_once('.').is_some_and(|(_, extension)| extension == "json")
        && source.text.trim_start().starts_with('{')
}
