//! The JSON syntax: blocks are objects under their first word and labels, and
//! every string is a template.

use std::rc::Rc;

use crate::frontend::template::{self, Entry, Item as Json};
use crate::problem::Problem;
use crate::source::Source;

use super::datum::Number;
use super::native::{self, File};
use super::tree::{
    Attribute, Block, Expression, Form, Item, Key, Kind, Part, Place, Sources, Template,
};

/// Blocks at the top level and how many labels they have.
const BLOCKS: &[(&str, usize)] = &[
    ("check", 1),
    ("data", 2),
    ("ephemeral", 2),
    ("import", 0),
    ("locals", 0),
    ("module", 1),
    ("moved", 0),
    ("output", 1),
    ("provider", 1),
    ("removed", 0),
    ("resource", 2),
    ("terraform", 0),
    ("variable", 1),
];

/// Blocks inside resources that are no attributes whatever the resource is, and
/// how many labels they have.
const NESTED: &[(&str, usize)] =
    &[("connection", 0), ("content", 0), ("dynamic", 1), ("lifecycle", 0), ("provisioner", 1)];

/// How deep blocks may be nested.
const MAX_BLOCKS: usize = 32;

/// Reads a file; one of values of variables holds no blocks and no templates.
pub(super) fn read<'a>(
    source: &Source<'a>,
    is_values: bool,
    sources: &mut Sources<'a>,
    problems: &mut Vec<Problem>,
) -> File {
    let tree = template::parse(source);
    let number = sources.add(source.clone());
    let mut reader = Reader { source: number, text: source, is_values, sources };
    let mut file = File::default();
    for entry in tree.documents().take(1).flat_map(Json::entries) {
        let Some(name) = entry.key.text() else { continue };
        match BLOCKS.iter().find(|(block, _)| *block == name) {
            _ if is_values => file.attributes.push(reader.attribute(name, entry)),
            Some((_, labels)) => {
                reader.labelled(name, *labels, Vec::new(), entry, &mut file.blocks);
            }
            None => {}
        }
    }
    problems.extend(tree.problems);
    file
}

struct Reader<'r, 'a> {
    source: u32,
    text: &'r Source<'a>,
    /// Whether strings are just text.
    is_values: bool,
    sources: &'r mut Sources<'a>,
}

impl Reader<'_, '_> {
    fn place(&self, item: Json<'_>) -> Place {
        Place::new(self.source, item.range())
    }

    fn whole(&self, entry: Entry<'_>) -> Place {
        self.place(entry.key).to(self.place(entry.value))
    }

    /// The blocks under a first word and labels; arrays may stand for several at
    /// every level.
    fn labelled(
        &mut self,
        name: &str,
        missing: usize,
        labels: Vec<Rc<str>>,
        entry: Entry<'_>,
        blocks: &mut Vec<Block>,
    ) {
        if entry.value.is_sequence() {
            for value in entry.value.items() {
                // One of several stands where it is, rather than where its name is.
                let key = if missing == 0 { value } else { entry.key };
                self.labelled(name, missing, labels.clone(), Entry { key, value }, blocks);
            }
            return;
        }
        if missing == 0 {
            let items = self.items(name, entry.value, 0);
            let place = self.whole(entry);
            blocks.push(Block { name: name.into(), labels, items, place, is_mapping: false });
            return;
        }
        for inner in entry.value.entries() {
            let Some(label) = inner.key.text() else { continue };
            let mut labels = labels.clone();
            labels.push(label.into());
            self.labelled(name, missing - 1, labels, inner, blocks);
        }
    }

    fn items(&mut self, block: &str, body: Json<'_>, depth: usize) -> Vec<Item> {
        let mut items = Vec::new();
        for entry in body.entries() {
            let Some(name) = entry.key.text().filter(|name| *name != "//") else { continue };
            let nested = NESTED.iter().find(|(nested, _)| *nested == name);
            if let Some((_, labels)) = nested.filter(|_| depth < MAX_BLOCKS) {
                let mut blocks = Vec::new();
                self.labelled(name, *labels, Vec::new(), entry, &mut blocks);
                items.extend(blocks.into_iter().map(Item::Block));
            } else if is_checked_data(block, name) {
                let mut blocks = Vec::new();
                self.labelled(name, 2, Vec::new(), entry, &mut blocks);
                items.extend(blocks.into_iter().map(Item::Block));
            } else if depth < MAX_BLOCKS && may_nest(block, name, entry.value) {
                items.extend(self.mappings(name, entry, depth));
            } else {
                items.push(Item::Attribute(self.attribute(name, entry)));
            }
        }
        items
    }

    /// Objects inside a resource, which may be nested blocks or maps.
    fn mappings(&mut self, name: &str, entry: Entry<'_>, depth: usize) -> Vec<Item> {
        if entry.value.is_mapping() {
            let items = self.items("", entry.value, depth + 1);
            let (name, labels, place) = (name.into(), Vec::new(), self.whole(entry));
            return vec![Item::Block(Block { name, labels, items, place, is_mapping: true })];
        }
        let mut blocks = Vec::new();
        for value in entry.value.items() {
            let items = self.items("", value, depth + 1);
            let (name, labels, place) = (name.into(), Vec::new(), self.place(value));
            blocks.push(Item::Block(Block { name, labels, items, place, is_mapping: false }));
        }
        blocks
    }

    fn attribute(&mut self, name: &str, entry: Entry<'_>) -> Attribute {
        let value = self.expression(entry.value);
        Attribute { name: name.into(), value, place: self.whole(entry) }
    }

    /// A value; the tree's depth is bounded.
    fn expression(&mut self, item: Json<'_>) -> Expression {
        let place = self.place(item);
        let kind = if item.is_mapping() {
            let entry = |entry: Entry<'_>| {
                let key = Key::Computed(self.expression(entry.key));
                (key, self.expression(entry.value))
            };
            Kind::Object(item.entries().map(entry).collect())
        } else if item.is_sequence() {
            Kind::Tuple(item.items().map(|item| self.expression(item)).collect())
        } else if item.is_null() {
            Kind::Null
        } else if let Some(flag) = item.as_bool() {
            Kind::Bool(flag)
        } else {
            let text = item.text().unwrap_or_default();
            match Number::parse(text).filter(|_| item.is_plain()) {
                Some(number) => Kind::Number(number),
                None => return self.string(item, place),
            }
        };
        Expression { kind, place }
    }

    fn string(&mut self, item: Json<'_>, place: Place) -> Expression {
        let broken = Expression { kind: Kind::Broken, place };
        let Some(aligned) = item.aligned() else { return broken };
        let is_plain = self.is_values || !aligned.text.contains(['$', '%']);
        if is_plain {
            let part = Part::Escape(aligned.text.into(), place);
            let template = Template { parts: vec![part], form: Form::Bare };
            if aligned.text.len() < SHORT || self.is_values || !self.text.may_embed() {
                return Expression { kind: Kind::Template(template), place };
            }
        }
        let mut embedding = self.text.embed();
        aligned.append(0..aligned.text.len(), &mut embedding);
        native::template(&embedding.finish(), self.sources).unwrap_or(broken)
    }
}

/// Text that is shorter is no code whose positions matter.
const SHORT: usize = 8;

/// Whether an object may be a nested block: inside resources, but not where the
/// language itself has a map.
fn may_nest(block: &str, name: &str, value: Json<'_>) -> bool {
    let is_resource = matches!(block, "resource" | "data" | "content" | "");
    let is_meta = matches!(name, "for_each" | "depends_on" | "triggers_replace");
    let mut items = value.items().peekable();
    let holds_objects = items.peek().is_some() && items.all(Json::is_mapping);
    is_resource && !is_meta && (value.is_mapping() || holds_objects)
}

fn is_checked_data(block: &str, name: &str) -> bool {
    block == "check" && name == "data"
}
