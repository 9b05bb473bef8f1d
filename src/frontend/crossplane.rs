//! Crossplane manifests of the Alibaba Cloud provider: managed resources, and
//! those in compositions. Each kind is a type of the Terraform provider, whose
//! fields it takes over in camel case.

use crate::frontend::provider::{PROVIDER, in_snake_case, snake_case};
use crate::frontend::template::{Entry, Item};
use crate::frontend::{Context, Frontend, Grouping, Lowered, template};
use crate::procedure::{Declaration, Property, Value};
use crate::source::{Source, Span};

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "Crossplane manifests of the Alibaba Cloud provider",
    globs: &["*.yaml", "*.yml", "*.json"],
    interpreters: &[],
    recognises: Some(recognises),
    words: &[&GROUPS, &[PROVIDED]],
    grouping: Grouping::File,
    max_bytes: 8 << 20,
    lower,
};

const NAME: &str = "crossplane";

/// Groups of the provider's kinds, with the product before them: for the whole
/// cluster, and for one namespace.
const GROUPS: [&str; 2] = ["alibabacloud.crossplane.io", "alibabacloud.m.crossplane.io"];

// Keys of a managed resource.
const API_VERSION: &str = "apiVersion";
const KIND: &str = "kind";
const SPEC: &str = "spec";
const PROVIDED: &str = "forProvider";
/// Fields that count only when the resource is created.
const INITIAL: &str = "initProvider";
const DELETION_POLICY: &str = "deletionPolicy";
const MANAGEMENT_POLICIES: &str = "managementPolicies";

/// Kinds whose Terraform types do not have the product in their names.
const WITHOUT_PRODUCT: [(&str, &str); 10] = [
    ("ecs", "AutoProvisioningGroup"),
    ("ecs", "Image"),
    ("ecs", "ImageCopy"),
    ("ecs", "ImageExport"),
    ("ecs", "ImageImport"),
    ("ecs", "ImageSharePermission"),
    ("ecs", "Instance"),
    ("ecs", "ReservedInstance"),
    ("ecs", "SecurityGroup"),
    ("ecs", "SecurityGroupRule"),
];

/// Endings of fields that take their value from another resource; longer ones
/// first.
const REFERENCES: [&str; 4] = ["SecretRef", "Ref", "Refs", "Selector"];

/// What the Terraform bindings know as never destroyed, and never updated.
const NEVER_DESTROYED: &str = "lifecycle.prevent_destroy";
const NEVER_UPDATED: &str = "lifecycle.ignore_changes";

fn recognises(text: &str) -> bool {
    template::top_level_key(text, API_VERSION).is_some()
        && GROUPS.iter().any(|group| text.contains(group))
}

fn lower(sources: &[Source<'_>], _context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        let mut tree = template::parse(source);
        lowered.problems.append(&mut tree.problems);
        let mut found = Vec::new();
        for document in tree.documents() {
            collect(document, &mut found);
        }
        let names = found.iter().map(|resource| (resource.name, resource.address.clone()));
        let names: Vec<(&str, String)> = names.collect();
        let declarations = found.iter().filter_map(|resource| resource.declaration(&names));
        lowered.declarations.extend(declarations);
    }
    lowered
}

/// A managed resource.
struct Resource<'t> {
    item: Item<'t>,
    name: &'t str,
    address: String,
    kind: String,
}

/// Finds the managed resources in a document, in lists and compositions too.
/// Recursion goes no deeper than the tree is high.
fn collect<'t>(item: Item<'t>, found: &mut Vec<Resource<'t>>) {
    if let Some(resource) = Resource::of(item) {
        found.push(resource);
        return;
    }
    for entry in item.entries() {
        collect(entry.value, found);
    }
    for part in item.items() {
        collect(part, found);
    }
}

impl<'t> Resource<'t> {
    fn of(item: Item<'t>) -> Option<Self> {
        let kind = item.get_text(KIND)?;
        let kind_in_terraform = terraform_type(item.get_text(API_VERSION)?, kind)?;
        item.get(SPEC)?.get(PROVIDED)?;
        let name = item.get("metadata").and_then(|metadata| metadata.get_text("name"));
        let name = name.unwrap_or_default();
        let address = if name.is_empty() { kind.to_owned() } else { format!("{kind}/{name}") };
        Some(Self { item, name, address, kind: kind_in_terraform })
    }

    /// What it declares; nothing for one that is only looked at.
    fn declaration(&self, names: &[(&str, String)]) -> Option<Declaration> {
        let spec = self.item.get(SPEC)?;
        let managed = |policy: &str| is_managed(spec, policy);
        if !["Create", "Update", "Delete"].into_iter().any(managed) {
            return None;
        }
        let mut fields = Fields { names, properties: Vec::new() };
        for given in [PROVIDED, INITIAL].iter().filter_map(|key| spec.get(key)) {
            fields.read(given, "");
        }
        let mut rule = |name: &str, value: &str, key: &str| {
            let span = spec.get(key).map_or(self.item.span(), Item::span);
            fields.push(name.to_owned(), Value::Text(value.to_owned()), span);
        };
        if spec.get_text(DELETION_POLICY) == Some("Orphan") {
            rule(NEVER_DESTROYED, "true", DELETION_POLICY);
        } else if !managed("Delete") {
            rule(NEVER_DESTROYED, "true", MANAGEMENT_POLICIES);
        }
        if !managed("Update") {
            rule(NEVER_UPDATED, "all", MANAGEMENT_POLICIES);
        }
        Some(Declaration {
            address: self.address.clone(),
            kind: self.kind.clone(),
            span: self.item.span(),
            frontend: NAME,
            properties: fields.properties,
        })
    }
}

/// Whether a policy of management is in force: all are where none is named.
fn is_managed(spec: Item<'_>, policy: &str) -> bool {
    let Some(policies) = spec.get(MANAGEMENT_POLICIES) else { return true };
    policies.items().filter_map(Item::text).any(|named| named == policy || named == "*")
}

/// Collects the fields of a resource under the names of the Terraform provider.
struct Fields<'n> {
    /// Names and addresses of the resources of the same file.
    names: &'n [(&'n str, String)],
    properties: Vec<Property>,
}

impl Fields<'_> {
    /// Recursion goes no deeper than the tree is high.
    fn read(&mut self, given: Item<'_>, within: &str) {
        for entry in given.entries() {
            let Some(key) = entry.key.text() else { continue };
            let span = entry.key.span_to(entry.value);
            if let Some(stem) = REFERENCES.iter().find_map(|ending| key.strip_suffix(ending)) {
                let value = self.referred(entry, stem);
                let name = format!("{within}{}", snake_case(stem));
                // Of a list `ids` it is `idRefs`, and `idSelector` as of one `id`.
                let may_be_list = !name.ends_with('s') && !key.ends_with("Ref");
                let list = may_be_list.then(|| (format!("{name}s"), value.clone()));
                self.push(name, value, span);
                if let Some((name, value)) = list {
                    self.push(name, value, span);
                }
                continue;
            }
            let name = format!("{within}{}", snake_case(key));
            self.push(name.clone(), renamed(entry.value), span);
            let nested: Vec<Item<'_>> = entry.value.items().chain([entry.value]).collect();
            for block in nested.into_iter().filter(|block| block.is_mapping()) {
                self.read(block, &format!("{name}."));
            }
        }
    }

    /// What is given first counts.
    fn push(&mut self, name: String, value: Value, span: Span) {
        let is_new = !self.properties.iter().any(|known| known.name == name);
        if is_new && value != Value::Absent {
            self.properties.push(Property { name, value, span });
        }
    }

    /// The value of another resource that a reference names.
    fn referred(&self, entry: Entry<'_>, stem: &str) -> Value {
        let one = |reference: Item<'_>| {
            let text = format!("{} {}", entry.key.render(), reference.render());
            let name = reference.get_text("name").unwrap_or_default();
            let fits = |address: &str| {
                let kind = address.split('/').next().unwrap_or(address);
                stem.to_ascii_lowercase().contains(&kind.to_ascii_lowercase())
            };
            let named =
                || self.names.iter().filter(|(known, _)| !name.is_empty() && *known == name);
            let found = named().find(|(_, address)| fits(address)).or_else(|| named().next());
            match found {
                Some((_, address)) => Value::declared(text, address.clone()),
                None => Value::unknown(text),
            }
        };
        if entry.value.is_sequence() {
            return Value::List(entry.value.items().map(one).collect());
        }
        one(entry.value)
    }
}

/// A value with the keys of its mappings in snake case.
fn renamed(item: Item<'_>) -> Value {
    in_snake_case(item.plain_value())
}

/// The Terraform type of a kind of the provider.
fn terraform_type(version: &str, kind: &str) -> Option<String> {
    let group = version.split('/').next().unwrap_or(version);
    let product = GROUPS.iter().find_map(|root| group.strip_suffix(root))?.strip_suffix('.')?;
    let name = snake_case(kind);
    Some(if WITHOUT_PRODUCT.contains(&(product, kind)) {
        format!("{PROVIDER}{name}")
    } else {
        format!("{PROVIDER}{product}_{name}")
    })
}
