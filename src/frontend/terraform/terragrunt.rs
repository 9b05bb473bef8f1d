//! Terragrunt: a file that says which module to apply, with which inputs, and what
//! to run before and after.
//!
//! Such a file is read as a module of its own that calls the one that it names.
//! What other files add to its inputs (`include`, `merge`) is unknown.

use std::rc::Rc;

use crate::source::folder_of;

use super::module::Module;
use super::native::File;
use super::tree::{Attribute, Block, Expression, Item, Key, Kind};

/// The name of such files.
pub(super) const FILE: &str = "terragrunt.hcl";

/// The block that stands for the module that is applied.
pub(super) const CALL: &str = "terragrunt";

/// The function that runs a command, whose output stands in its place.
pub(super) const RUN: &str = "run_cmd";

/// The blocks of commands that run around an apply.
pub(super) const HOOKS: [&str; 3] = ["before_hook", "after_hook", "error_hook"];

/// What a path may begin with that means the folder of the file.
pub(super) const HERE: &str = "${get_terragrunt_dir()}/";

/// Whether a file is one of these.
pub(super) fn is_unit(path: &str) -> bool {
    path.rsplit('/').next() == Some(FILE)
}

/// The folder from which a module's paths start.
pub(super) fn base(folder: &str) -> &str {
    if is_unit(folder) { folder_of(folder) } else { folder }
}

/// Adds to the blocks of a file the call of the module that it names.
pub(super) fn with_call(mut file: File) -> File {
    // What stands at the top may run commands, too.
    let items = file.attributes.iter().cloned().map(Item::Attribute).collect();
    file.blocks.push(Block { name: "".into(), items, ..Block::default() });
    let source = file.blocks.iter().filter(|block| &*block.name == "terraform");
    let source = source.filter_map(|block| block.attribute("source")).next_back().cloned();
    let Some(source) = source else { return file };
    let mut call = Block {
        name: "module".into(),
        labels: vec![CALL.into()],
        place: source.place,
        ..Block::default()
    };
    let inputs = file.attributes.iter().find(|attribute| &*attribute.name == "inputs");
    if let Some(inputs) = inputs {
        add_inputs(&inputs.value, &mut call);
    }
    call.items.push(Item::Attribute(source));
    file.blocks.push(call);
    file
}

fn add_inputs(value: &Expression, call: &mut Block) {
    match &value.kind {
        Kind::Object(entries) => {
            for (key, value) in entries {
                let Some(name) = word(key) else { continue };
                call.items.retain(|item| !matches!(item, Item::Attribute(it) if it.name == name));
                let place = value.place;
                call.items.push(Item::Attribute(Attribute { name, value: value.clone(), place }));
            }
        }
        Kind::Call(merged) if &*merged.name == "merge" => {
            for argument in &merged.arguments {
                add_inputs(argument, call);
            }
        }
        _ => {}
    }
}

fn word(key: &Key) -> Option<Rc<str>> {
    match key {
        Key::Word(word) => Some(Rc::clone(word)),
        Key::Computed(_) => None,
    }
}

/// Whether a file may have inputs that it does not write out.
fn is_open(file: &Module) -> bool {
    file.blocks.iter().any(|block| &*block.name == "include") || !file.has_plain_inputs
}

/// Makes unknown which values the variables of a module have that a file gives no
/// value, if other files may.
pub(super) fn leave_open(modules: &mut [Module], called: &[(usize, usize)]) {
    for (caller, called) in called {
        if !is_open(&modules[*caller]) {
            continue;
        }
        let variables = modules[*called].blocks.iter();
        let variables = variables.filter(|block| &*block.name == "variable");
        let names: Vec<Rc<str>> =
            variables.filter_map(|block| block.labels.first().map(Rc::clone)).collect();
        let blocks = modules[*caller].blocks.iter_mut();
        for call in blocks.filter(|block| is_call(block)) {
            for name in &names {
                if call.attribute(name).is_none() {
                    let value = Expression { kind: Kind::Broken, place: call.place };
                    let (name, place) = (Rc::clone(name), call.place);
                    call.items.push(Item::Attribute(Attribute { name, value, place }));
                }
            }
        }
    }
}

/// Whether a block stands for the module that is applied.
pub(super) fn is_call(block: &Block) -> bool {
    &*block.name == "module" && block.labels.first().is_some_and(|label| &**label == CALL)
}

/// Whether all inputs of a file are written out.
pub(super) fn has_plain_inputs(file: &File) -> bool {
    let inputs = file.attributes.iter().find(|attribute| &*attribute.name == "inputs");
    inputs.is_none_or(|inputs| match &inputs.value.kind {
        Kind::Object(entries) => entries.iter().all(|(key, _)| word(key).is_some()),
        _ => false,
    })
}
