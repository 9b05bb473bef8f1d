//! What the provider registers, and the schema of each type.

use std::collections::{BTreeMap, BTreeSet};

use crate::go::{Code, Index};

/// The node kinds of the grammar that are looked at here.
mod kind {
    pub(super) const KEYED: &str = "keyed_element";
    pub(super) const LITERAL: &str = "composite_literal";
    pub(super) const BODY: &str = "literal_value";
    pub(super) const ELEMENT: &str = "literal_element";
    pub(super) const UNARY: &str = "unary_expression";
    pub(super) const CALL: &str = "call_expression";
    pub(super) const RETURN: &str = "return_statement";
}

/// Nesting of blocks that is followed.
const MAX_DEPTH: usize = 6;

/// A resource or data source that the provider offers.
pub(crate) struct Registration<'p> {
    /// As a configuration names it, with `data.` before data sources.
    pub(crate) name: String,
    pub(crate) is_data: bool,
    /// The functions of its lifecycle: `Create`, `Read`, `Update`, `Delete`.
    pub(crate) functions: BTreeMap<String, Code<'p>>,
    /// Its attributes; nested ones by their path with dots.
    pub(crate) attributes: Vec<(String, Attribute)>,
}

/// What the schema says of an attribute.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the schema's own flags")]
pub(crate) struct Attribute {
    /// `Bool`, `String`, `Int`, `Set` …
    pub(crate) kind: String,
    pub(crate) required: bool,
    pub(crate) optional: bool,
    pub(crate) computed: bool,
    pub(crate) force_new: bool,
    pub(crate) removed: bool,
    pub(crate) default: Option<String>,
    /// All values that it can have, if the schema lists them.
    pub(crate) values: Vec<String>,
}

impl Registration<'_> {
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, attribute)| attribute)
    }

    /// Attributes whose change replaces the resource, in the order of the schema.
    /// Of a block that is replaced as a whole the inner ones are not told.
    pub(crate) fn replaced(&self) -> Vec<String> {
        let forces = |name: &str| {
            let known = self.attribute(name).filter(|attribute| attribute.force_new);
            known.is_some_and(|attribute| !attribute.removed && attribute.is_settable())
        };
        let outer = |name: &str| {
            let dots = name.match_indices('.').map(|(dot, _)| &name[..dot]);
            dots.into_iter().any(forces)
        };
        let names = self.attributes.iter().map(|(name, _)| name);
        names.filter(|name| forces(name) && !outer(name)).cloned().collect()
    }

    /// Attributes whose change is applied in place, blocks as a whole.
    pub(crate) fn updated(&self) -> Vec<String> {
        let outer = self.attributes.iter().filter(|(name, _)| !name.contains('.'));
        outer.filter(|(_, known)| known.can_change()).map(|(name, _)| name.clone()).collect()
    }

    /// A block all of whose attributes force a replacement is replaced itself.
    fn close_blocks(&mut self) {
        for place in 0..self.attributes.len() {
            let prefix = format!("{}.", self.attributes[place].0);
            let mut inner = self.attributes.iter().filter(|(name, attribute)| {
                name.starts_with(&prefix) && attribute.is_settable() && !attribute.removed
            });
            let has_inner = inner.clone().next().is_some();
            if has_inner && inner.all(|(_, attribute)| attribute.force_new) {
                self.attributes[place].1.force_new = true;
            }
        }
    }
}

impl Attribute {
    pub(crate) fn is_settable(&self) -> bool {
        self.required || self.optional
    }

    /// Whether a change is applied in place.
    pub(crate) fn can_change(&self) -> bool {
        self.is_settable() && !self.force_new && !self.removed
    }

    /// Whether it has a value that counts as one even if nobody sets it.
    pub(crate) fn has_default(&self) -> bool {
        self.default.as_deref().is_some_and(|value| !matches!(value, "" | "0" | "false"))
    }
}

/// Everything registered, sorted by name.
pub(crate) fn registrations<'p>(index: &Index<'p>) -> Vec<Registration<'p>> {
    let Some(provider) = index.functions.get("Provider") else { return Vec::new() };
    let reader = Reader { index };
    let mut found = Vec::new();
    for (key, value) in entries(provider.code.below(kind::KEYED)) {
        let is_data = match key.as_str() {
            "DataSourcesMap" => true,
            "ResourcesMap" => false,
            _ => continue,
        };
        for (name, value) in reader.members(value) {
            found.extend(reader.registration(&name, is_data, value));
        }
    }
    found.sort_by(|left, right| left.name.cmp(&right.name));
    found
}

struct Reader<'i, 'p> {
    index: &'i Index<'p>,
}

impl<'p> Reader<'_, 'p> {
    fn registration(&self, name: &str, is_data: bool, code: Code<'p>) -> Option<Registration<'p>> {
        let literal = self.literal(code, "schema.Resource", 0)?;
        let mut functions = BTreeMap::new();
        let mut attributes = Vec::new();
        for (key, value) in self.members(literal) {
            match key.as_str() {
                "Schema" => self.attributes("", value, &mut attributes, 0),
                "Create" | "Read" | "Update" | "Delete" => drop(functions.insert(key, value)),
                "CreateContext" | "ReadContext" | "UpdateContext" | "DeleteContext" => {
                    functions.insert(key.trim_end_matches("Context").to_owned(), value);
                }
                _ => {}
            }
        }
        let name = if is_data { format!("data.{name}") } else { name.to_owned() };
        let mut registration = Registration { name, is_data, functions, attributes };
        registration.close_blocks();
        Some(registration)
    }

    fn attributes(
        &self,
        prefix: &str,
        code: Code<'p>,
        found: &mut Vec<(String, Attribute)>,
        depth: usize,
    ) {
        if depth > MAX_DEPTH {
            return;
        }
        for (name, value) in self.members(code) {
            let Some(literal) = self.literal(value, "schema.Schema", 0) else { continue };
            let name = format!("{prefix}{name}");
            let members = self.members(literal);
            found.push((name.clone(), self.attribute(&members)));
            let element = members.iter().find(|(key, _)| key == "Elem").map(|(_, value)| *value);
            let Some(element) = element.and_then(|code| self.literal(code, "schema.Resource", 0))
            else {
                continue;
            };
            for (key, value) in self.members(element) {
                if key == "Schema" {
                    self.attributes(&format!("{name}."), value, found, depth + 1);
                }
            }
        }
    }

    fn attribute(&self, members: &[(String, Code<'p>)]) -> Attribute {
        let mut attribute = Attribute::default();
        for (key, value) in members {
            let is_true = value.text() == "true";
            match key.as_str() {
                "Type" => {
                    let kind = value.text().trim_start_matches("schema.Type");
                    kind.clone_into(&mut attribute.kind);
                }
                "Required" => attribute.required = is_true,
                "Optional" => attribute.optional = is_true,
                "Computed" => attribute.computed = is_true,
                "ForceNew" => attribute.force_new = is_true,
                "Removed" => attribute.removed = true,
                "Default" => attribute.default = self.constant(*value),
                "ValidateFunc" => attribute.values = self.listed(*value).unwrap_or_default(),
                _ => {}
            }
        }
        attribute
    }

    /// The values that `StringInSlice` allows.
    fn listed(&self, code: Code<'p>) -> Option<Vec<String>> {
        let function = code.field("function")?.text();
        let list = code.field("arguments")?.children().first()?.field("body")?;
        let values = list.children().into_iter().map(|value| {
            let value = value.children().first().copied().unwrap_or(value);
            self.constant(value)
        });
        function.ends_with("StringInSlice").then(|| values.collect()).flatten()
    }

    fn constant(&self, code: Code<'p>) -> Option<String> {
        match code.kind() {
            "true" | "false" | "int_literal" => Some(code.text().to_owned()),
            "identifier" => self.constant(self.index.value(code.text())?),
            // A constant of another package has the value of its namesake here.
            "selector_expression" => self.constant(self.index.value(code.field("field")?.text())?),
            kind::CALL | "type_conversion_expression" => {
                let inner = code.field("arguments").or(code.field("operand"))?;
                let inner = inner.children().into_iter().next().unwrap_or(inner);
                self.constant(inner)
            }
            _ => code.string(),
        }
    }

    /// The body of the literal of a type that an expression comes to: the
    /// literal, its address, or a call of a function that returns it.
    fn literal(&self, code: Code<'p>, of: &str, depth: usize) -> Option<Code<'p>> {
        match code.kind() {
            kind::BODY => Some(code),
            kind::ELEMENT | "parenthesized_expression" => {
                self.literal(code.children().into_iter().next()?, of, depth)
            }
            kind::UNARY => self.literal(code.field("operand")?, of, depth),
            kind::LITERAL => (code.field("type")?.text() == of).then(|| code.field("body"))?,
            kind::CALL if depth < MAX_DEPTH => {
                let function = code.field("function")?;
                let body = match function.kind() {
                    "func_literal" => function,
                    _ => self.index.functions.get(function.text())?.code,
                };
                let returns = body.below(kind::RETURN).into_iter().rev();
                let values = returns.filter_map(|code| code.children().into_iter().next());
                let values = values.filter_map(|list| list.children().into_iter().next());
                values.into_iter().find_map(|value| self.returned(body, value, of, depth + 1))
            }
            _ => None,
        }
    }

    /// A returned expression, or what the returned variable was set to.
    fn returned(&self, body: Code<'p>, code: Code<'p>, of: &str, depth: usize) -> Option<Code<'p>> {
        if code.kind() != "identifier" {
            return self.literal(code, of, depth);
        }
        let sets = body.below("short_var_declaration").into_iter().find(|declaration| {
            declaration.field("left").is_some_and(|left| left.text() == code.text())
        });
        self.literal(sets?.field("right")?.children().into_iter().next()?, of, depth)
    }

    /// The entries of a map or struct literal.
    fn members(&self, code: Code<'p>) -> Vec<(String, Code<'p>)> {
        let body = match code.kind() {
            kind::BODY => Some(code),
            kind::LITERAL => code.field("body"),
            kind::ELEMENT => {
                return code.children().first().map_or(Vec::new(), |c| self.members(*c));
            }
            kind::CALL => {
                let function = code.field("function").map(Code::text);
                let function = function.and_then(|name| self.index.functions.get(name));
                let literals = function.map(|f| f.code.below(kind::LITERAL)).unwrap_or_default();
                literals.first().and_then(|literal| literal.field("body"))
            }
            _ => None,
        };
        entries(body.map(Code::children).unwrap_or_default())
    }
}

/// The keys and values of a literal.
fn entries<'p>(elements: Vec<Code<'p>>) -> Vec<(String, Code<'p>)> {
    let inner = |code: Code<'p>| match code.kind() {
        kind::ELEMENT => code.children().into_iter().next(),
        _ => Some(code),
    };
    let entry = |element: Code<'p>| {
        let key = inner(element.field("key")?)?;
        let key = key.string().unwrap_or_else(|| key.text().to_owned());
        Some((key, inner(element.field("value")?)?))
    };
    elements.into_iter().filter(|code| code.kind() == kind::KEYED).filter_map(entry).collect()
}

/// Names of the functions and methods from which the API is reached, by name
/// alone: more than there are, never less.
pub(crate) fn reaching<'p>(index: &Index<'p>) -> BTreeSet<&'p str> {
    let functions = index.all_functions();
    let calls = |code: Code<'p>| {
        let called = code.below(kind::CALL).into_iter().filter_map(|call| call.field("function"));
        let last = |code: Code<'p>| code.field("field").unwrap_or(code).text();
        called.map(last).collect::<BTreeSet<_>>()
    };
    let with_calls: Vec<_> =
        functions.into_iter().map(|function| (function, calls(function.code))).collect();
    let mut reached: BTreeSet<&'p str> = BTreeSet::new();
    for (function, _) in &with_calls {
        let text = function.code.text();
        if text.contains("\"Ecs\"") || text.contains("WithEcsClient") {
            reached.insert(function.name);
        }
    }
    loop {
        let before = reached.len();
        for (function, called) in &with_calls {
            if called.iter().any(|name| reached.contains(name)) {
                reached.insert(function.name);
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}
