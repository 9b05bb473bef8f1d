//! Pulumi programs in YAML: resources of the Alibaba Cloud provider, each of
//! which is a type of the Terraform provider.

use crate::frontend::provider::{in_snake_case, pulumi_type, snake_case};
use crate::frontend::template::Item;
use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::procedure::{Declaration, Property, Value};
use crate::source::{Source, Span};

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "Pulumi programs in YAML",
    globs: &["*.yaml", "*.yml"],
    interpreters: &[],
    recognises: Some(recognises),
    words: &[&["alicloud:"], &["resources"]],
    grouping: Grouping::File,
    max_bytes: 8 << 20,
    lower,
};

const NAME: &str = "pulumi";

// Keys of a program and of a resource.
const RESOURCES: &str = "resources";
const TYPE: &str = "type";
const PROPERTIES: &str = "properties";
const OPTIONS: &str = "options";

/// What the provider's types start with.
const PACKAGE: &str = "alicloud:";

/// Options, and what the Terraform bindings call the same.
const OPTION_NAMES: [(&str, &str); 3] = [
    ("protect", "lifecycle.prevent_destroy"),
    ("retainOnDelete", "lifecycle.prevent_destroy"),
    ("ignoreChanges", "lifecycle.ignore_changes"),
];

fn recognises(text: &str) -> bool {
    template::top_level_key(text, RESOURCES).is_some() && text.contains(PACKAGE)
}

fn lower(sources: &[Source<'_>], _context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        let mut tree = template::parse(source);
        lowered.problems.append(&mut tree.problems);
        let resources = tree.documents().filter_map(|document| document.get(RESOURCES));
        for resources in resources.collect::<Vec<_>>() {
            let known = resources.entries().filter_map(|entry| {
                let name = entry.key.text()?;
                Some((name, address(name, entry.value.get_text(TYPE)?)))
            });
            let names: Vec<(&str, String)> = known.collect();
            for entry in resources.entries() {
                let name = entry.key.text().unwrap_or_default();
                let span = entry.key.span_to(entry.value);
                lowered.declarations.extend(declaration(name, span, entry.value, &names));
            }
        }
    }
    lowered
}

/// How a resource is called in output: its type without modules, and its name.
fn address(name: &str, kind: &str) -> String {
    format!("{}.{name}", kind.rsplit(':').next().unwrap_or(kind))
}

/// What a resource declares; nothing for one of another provider.
fn declaration(
    name: &str,
    span: Span,
    resource: Item<'_>,
    names: &[(&str, String)],
) -> Option<Declaration> {
    let kind = resource.get_text(TYPE)?.strip_prefix(PACKAGE)?;
    let (module, kind) = kind.rsplit_once(':').unwrap_or(("", kind));
    let module = module.split('/').next().unwrap_or(module);
    let mut fields = Fields { names, found: Vec::new() };
    if let Some(properties) = resource.get(PROPERTIES) {
        fields.read(properties, "");
    }
    let options = resource.get(OPTIONS);
    for entry in options.into_iter().flat_map(Item::entries) {
        let option = entry.key.text();
        let known = OPTION_NAMES.iter().find(|(own, _)| Some(*own) == option);
        if let Some((_, name)) = known {
            let value = entry.value.plain_value();
            let span = entry.key.span_to(entry.value);
            fields.found.push(Property { name: (*name).to_owned(), value, span });
        }
    }
    Some(Declaration {
        address: address(name, kind),
        kind: pulumi_type(module, kind),
        span,
        frontend: NAME,
        properties: fields.found,
    })
}

/// Collects the properties of a resource under the names of the Terraform
/// provider.
struct Fields<'n> {
    /// Names and addresses of the resources of the same program.
    names: &'n [(&'n str, String)],
    found: Vec<Property>,
}

impl Fields<'_> {
    /// Recursion goes no deeper than the tree is high.
    fn read(&mut self, given: Item<'_>, within: &str) {
        for entry in given.entries() {
            let Some(key) = entry.key.text() else { continue };
            let name = format!("{within}{}", snake_case(key));
            let span = entry.key.span_to(entry.value);
            let value = self.resolved(in_snake_case(entry.value.plain_value()));
            self.found.push(Property { name: name.clone(), value, span });
            let nested: Vec<Item<'_>> = entry.value.items().chain([entry.value]).collect();
            for block in nested.into_iter().filter(|block| block.is_mapping()) {
                self.read(block, &format!("{name}."));
            }
        }
    }

    /// A value with `${web.id}` as what comes from another resource.
    fn resolved(&self, value: Value) -> Value {
        match value {
            Value::Text(text) => self.referred(&text).unwrap_or(Value::Text(text)),
            Value::List(items) => {
                Value::List(items.into_iter().map(|item| self.resolved(item)).collect())
            }
            other => other,
        }
    }

    fn referred(&self, text: &str) -> Option<Value> {
        let inner = text.split_once("${")?.1;
        let name = inner.split(['.', '}', '[']).next().unwrap_or(inner);
        Some(match self.names.iter().find(|(known, _)| *known == name) {
            Some((_, address)) => Value::declared(text, address.clone()),
            None => Value::unknown(text),
        })
    }
}
