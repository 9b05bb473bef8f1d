//! What a file declares: its functions and classes, which SDKs it imports, and
//! whether it is an SDK itself.

use std::collections::HashMap;

use tree_sitter::{Node, Tree};

use super::grammar::{field, kind};
use super::modules;
use crate::catalogue::Catalogue;
use crate::frontend::program::thing::Name;
use crate::frontend::syntax;
use crate::source::Source;

/// What a file declares.
#[derive(Debug, Default)]
pub(super) struct Outline<'t> {
    /// Its functions and methods, in source order.
    pub(super) functions: Vec<Function<'t>>,
    /// Its classes, in source order.
    pub(super) classes: Vec<Class<'t>>,
    /// Functions and classes by their nodes.
    pub(super) function_of: HashMap<usize, usize>,
    pub(super) class_of: HashMap<usize, usize>,
    /// Whether it imports the current ECS SDK, the old one, another cloud SDK.
    pub(super) imports_ecs: bool,
    pub(super) imports_old_ecs: bool,
    pub(super) imports_foreign: bool,
    /// Modules of which it imports every name.
    pub(super) wildcards: Vec<String>,
}

/// A function or a method.
#[derive(Debug)]
pub(super) struct Function<'t> {
    pub(super) node: Node<'t>,
    /// `name` or `Class.method`.
    pub(super) name: String,
    /// The class it is a method of.
    pub(super) class: Option<usize>,
    /// The function it stands in.
    pub(super) parent: Option<usize>,
    pub(super) parameters: Vec<Parameter<'t>>,
    pub(super) decorators: Vec<Name>,
}

/// A parameter of a function.
#[derive(Clone, Debug)]
pub(super) struct Parameter<'t> {
    pub(super) name: Name,
    pub(super) annotation: Option<Node<'t>>,
    pub(super) default: Option<Node<'t>>,
    pub(super) kind: ParameterKind,
}

/// How a parameter takes its arguments.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ParameterKind {
    Plain,
    KeywordOnly,
    Rest,
    Keywords,
}

/// A class.
#[derive(Debug)]
pub(super) struct Class<'t> {
    pub(super) name: String,
    pub(super) bases: Vec<Node<'t>>,
    pub(super) methods: HashMap<Name, usize>,
}

impl Function<'_> {
    /// Whether it has a decorator of this name.
    pub(super) fn is(&self, decorator: &str) -> bool {
        self.decorators.iter().any(|name| **name == *decorator)
    }
}

/// What encloses a node.
#[derive(Clone, Copy)]
enum Enclosing {
    Function(usize),
    Class(usize),
}

/// Reads what a file declares.
pub(super) fn outline<'t>(tree: &'t Tree, source: &Source<'_>) -> Outline<'t> {
    let mut outline = Outline::default();
    let mut enclosing: Vec<(usize, Enclosing)> = Vec::new();
    syntax::walk(tree.root_node(), |node| {
        while enclosing.last().is_some_and(|(end, _)| *end <= node.start_byte()) {
            enclosing.pop();
        }
        match node.kind() {
            kind::FUNCTION_DEFINITION => {
                let number = outline.add_function(node, &enclosing, source);
                enclosing.push((node.end_byte(), Enclosing::Function(number)));
            }
            kind::CLASS_DEFINITION => {
                let number = outline.add_class(node, &enclosing, source);
                enclosing.push((node.end_byte(), Enclosing::Class(number)));
            }
            kind::IMPORT_STATEMENT | kind::IMPORT_FROM_STATEMENT => {
                outline.add_import(node, source);
            }
            _ => {}
        }
        true
    });
    outline
}

impl<'t> Outline<'t> {
    /// Whether the file is the ECS SDK itself: a client class whose methods are
    /// the API's actions.
    pub(super) fn is_sdk(&self, catalogue: &Catalogue, source: &Source<'_>) -> bool {
        const ENOUGH: usize = 5;
        self.classes.iter().any(|class| {
            let methods = class.methods.keys();
            let sends = |name: &&Name| {
                name.strip_suffix("_with_options")
                    .is_some_and(|stem| catalogue.folded(stem).is_some())
            };
            let is_client =
                class.bases.iter().any(|base| source.text[base.byte_range()].ends_with("Client"));
            is_client && methods.filter(sends).take(ENOUGH).count() == ENOUGH
        })
    }

    fn add_function(
        &mut self,
        node: Node<'t>,
        enclosing: &[(usize, Enclosing)],
        source: &Source<'_>,
    ) -> usize {
        let own = field_text(node, field::NAME, source);
        let number = self.functions.len();
        let class = match enclosing.last() {
            Some((_, Enclosing::Class(class))) => Some(*class),
            _ => None,
        };
        let parent = enclosing.iter().rev().find_map(|(_, scope)| match scope {
            Enclosing::Function(function) => Some(*function),
            Enclosing::Class(_) => None,
        });
        let mut name = own.to_owned();
        if let Some(class) = class {
            self.classes[class].methods.insert(own.into(), number);
            name = format!("{}.{own}", self.classes[class].name);
        }
        let decorators = decorators(node, source);
        let parameters = parameters(node, source);
        self.functions.push(Function { node, name, class, parent, parameters, decorators });
        self.function_of.insert(node.id(), number);
        number
    }

    fn add_class(
        &mut self,
        node: Node<'t>,
        enclosing: &[(usize, Enclosing)],
        source: &Source<'_>,
    ) -> usize {
        let own = field_text(node, field::NAME, source);
        let name = match enclosing.last() {
            Some((_, Enclosing::Class(outer))) => format!("{}.{own}", self.classes[*outer].name),
            _ => own.to_owned(),
        };
        let mut cursor = node.walk();
        let bases = node.child_by_field_name(field::SUPERCLASSES).map_or_else(Vec::new, |bases| {
            bases.named_children(&mut cursor).filter(|base| base.kind() != kind::COMMENT).collect()
        });
        self.classes.push(Class { name, bases, methods: HashMap::new() });
        self.class_of.insert(node.id(), self.classes.len() - 1);
        self.classes.len() - 1
    }

    fn add_import(&mut self, node: Node<'t>, source: &Source<'_>) {
        for (_, path) in imported_names(node, source) {
            self.imports_ecs |= modules::is_ecs_sdk(&path);
            self.imports_old_ecs |= modules::is_old_ecs_sdk(&path);
            self.imports_foreign |= modules::is_foreign(&path);
            if let Some(module) = path.strip_suffix(".*") {
                self.wildcards.push(module.to_owned());
            }
        }
    }
}

/// The names that an import binds and the paths that they stand for.
/// A wildcard binds `*`.
pub(super) fn imported_names(node: Node<'_>, source: &Source<'_>) -> Vec<(Name, String)> {
    let text = |node: Node<'_>| without_spaces(&source.text[node.byte_range()]);
    let module = node.child_by_field_name(field::MODULE_NAME).map(text);
    let within = |name: String| match &module {
        Some(module) => format!("{module}.{name}"),
        None => name,
    };
    let mut names = Vec::new();
    let mut cursor = node.walk();
    for child in node.named_children(&mut cursor) {
        match child.kind() {
            kind::WILDCARD_IMPORT => names.push(("*".into(), within("*".into()))),
            kind::ALIASED_IMPORT => {
                let alias = field_text(child, field::ALIAS, source);
                let name = child.child_by_field_name(field::NAME).map(text).unwrap_or_default();
                names.push((alias.into(), within(name)));
            }
            kind::DOTTED_NAME if Some(child) != node.child_by_field_name(field::MODULE_NAME) => {
                let name = text(child);
                let bound = match &module {
                    Some(_) => name.clone(),
                    None => name.split('.').next().unwrap_or_default().to_owned(),
                };
                // `import a.b` binds `a`; what follows it in the text names the rest.
                let path = if module.is_some() { within(name) } else { name };
                names.push((bound.into(), path));
            }
            _ => {}
        }
    }
    names
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && *letter != '\\').collect()
}

/// The text of a field of a node, or nothing.
pub(super) fn field_text<'s>(node: Node<'_>, field: &str, source: &'s Source<'_>) -> &'s str {
    node.child_by_field_name(field).map_or("", |child| &source.text[child.byte_range()])
}

fn decorators(node: Node<'_>, source: &Source<'_>) -> Vec<Name> {
    let Some(parent) = node.parent().filter(|parent| parent.kind() == kind::DECORATED_DEFINITION)
    else {
        return Vec::new();
    };
    let mut cursor = parent.walk();
    parent
        .children(&mut cursor)
        .filter(|child| child.kind() == kind::DECORATOR)
        .filter_map(|child| child.named_child(0))
        .map(|name| source.text[name.byte_range()].into())
        .collect()
}

fn parameters<'t>(function: Node<'t>, source: &Source<'_>) -> Vec<Parameter<'t>> {
    let Some(list) = function.child_by_field_name(field::PARAMETERS) else { return Vec::new() };
    let mut cursor = list.walk();
    let mut plain = ParameterKind::Plain;
    let mut parameters = Vec::new();
    for child in list.named_children(&mut cursor) {
        if child.kind() == kind::KEYWORD_SEPARATOR {
            plain = ParameterKind::KeywordOnly;
            continue;
        }
        let annotation = child.child_by_field_name(field::TYPE);
        let default = child.child_by_field_name(field::VALUE);
        let name = match child.kind() {
            kind::DEFAULT_PARAMETER | kind::TYPED_DEFAULT_PARAMETER => {
                child.child_by_field_name(field::NAME)
            }
            kind::TYPED_PARAMETER => child.named_child(0),
            kind::IDENTIFIER | kind::LIST_SPLAT_PATTERN | kind::DICTIONARY_SPLAT_PATTERN => {
                Some(child)
            }
            _ => None,
        };
        let Some(name) = name else { continue };
        let kind = match name.kind() {
            kind::LIST_SPLAT_PATTERN => ParameterKind::Rest,
            kind::DICTIONARY_SPLAT_PATTERN => ParameterKind::Keywords,
            _ => plain,
        };
        if kind == ParameterKind::Rest {
            plain = ParameterKind::KeywordOnly;
        }
        let name = source.text[name.byte_range()].trim_start_matches('*').trim().into();
        parameters.push(Parameter { name, annotation, default, kind });
    }
    parameters
}
