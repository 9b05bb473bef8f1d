//! What a script defines, collected in one walk before anything is lowered:
//! variables, and functions with their parameters.

use std::collections::HashMap;
use std::ops::Range;

use tree_sitter::Node;

use super::{kind, started};
use crate::frontend::definition::{Block, Definition, Definitions};
use crate::frontend::syntax;

/// What gives a variable its value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meaning<'t> {
    /// The value of an expression.
    Value(Node<'t>),
    /// One of a loop's items after the other.
    Items(Node<'t>),
    /// What a script block is run with.
    Given(Node<'t>),
}

/// A script's definitions.
#[derive(Debug)]
pub(super) struct Script<'t> {
    /// Its text.
    pub(super) text: &'t str,
    /// Its variables, in lower case.
    pub(super) variables: Definitions<Meaning<'t>>,
    /// The top level, then each function.
    pub(super) scopes: Vec<Scope<'t>>,
    functions: HashMap<String, usize>,
    aliases: HashMap<String, Node<'t>>,
}

/// The top level or a function.
#[derive(Debug)]
pub(super) struct Scope<'t> {
    /// The whole of it.
    pub(super) node: Node<'t>,
    /// Its name; none for the top level.
    pub(super) name: Option<&'t str>,
    /// Its parameters.
    pub(super) parameters: Vec<Parameter<'t>>,
    /// The commands in it, wherever they are.
    pub(super) commands: Vec<Node<'t>>,
    /// Whether anything in the script calls it.
    pub(super) used: bool,
}

/// A parameter of a function or of the script.
#[derive(Debug)]
pub(super) struct Parameter<'t> {
    /// Its name in lower case.
    pub(super) name: String,
    /// Its name as it is written.
    pub(super) written: String,
    /// Its default.
    pub(super) default: Option<Node<'t>>,
    /// What it says of itself: types, and the values that it may have.
    pub(super) attributes: Option<Node<'t>>,
    /// Whether it is a switch, which takes no value.
    pub(super) switch: bool,
    /// Whether it takes all the words that are left.
    pub(super) remaining: bool,
}

/// A block of code and where the function around it ends.
struct Walk<'t> {
    script: Script<'t>,
    scopes: Vec<(usize, usize)>,
    blocks: Vec<Block>,
}

impl<'t> Script<'t> {
    /// Collects what a tree defines.
    pub(super) fn collect(root: Node<'t>, text: &'t str) -> Self {
        let script = Self {
            text,
            variables: Definitions::default(),
            scopes: vec![Scope::new(root, None)],
            functions: HashMap::new(),
            aliases: HashMap::new(),
        };
        let whole = Block { range: 0..usize::MAX, repeats: false };
        let mut walk = Walk { script, scopes: Vec::new(), blocks: vec![whole] };
        syntax::walk(root, |node| {
            walk.enter(node);
            true
        });
        let mut script = walk.script;
        script.scopes[0].parameters = script.parameters_of(root);
        script.note_uses();
        script
    }

    /// The text of a node.
    pub(super) fn slice(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The scope of a function by its name.
    pub(super) fn function(&self, name: &str) -> Option<usize> {
        self.functions.get(&name.to_ascii_lowercase()).copied()
    }

    /// What an alias stands for.
    pub(super) fn alias(&self, name: &str) -> Option<Node<'t>> {
        self.aliases.get(&name.to_ascii_lowercase()).copied()
    }

    /// A parameter of a scope.
    pub(super) fn parameter(&self, scope: usize, name: &str) -> Option<&Parameter<'t>> {
        self.scopes.get(scope)?.parameters.iter().find(|parameter| parameter.name == name)
    }

    fn note_uses(&mut self) {
        let mut used = Vec::new();
        for scope in &self.scopes {
            for command in &scope.commands {
                let name = command.child_by_field_name("command_name");
                used.extend(name.and_then(|name| self.function(self.slice(name))));
            }
        }
        for scope in used {
            self.scopes[scope].used = true;
        }
    }

    /// The parameters that the block of a node or its own list declares.
    fn parameters_of(&self, node: Node<'t>) -> Vec<Parameter<'t>> {
        let mut parameters = Vec::new();
        let end = self.scopes[0].node.end_byte();
        syntax::walk(node, |inner| {
            if inner.kind() == kind::PARAMETER && inner.end_byte() <= end {
                parameters.push(self.parameter_of(inner));
            }
            let nested = matches!(
                inner.kind(),
                kind::STATEMENTS | kind::FUNCTION | kind::SCRIPT_BLOCK | kind::PARAMETER
            );
            inner == node || !nested
        });
        parameters
    }

    fn parameter_of(&self, node: Node<'t>) -> Parameter<'t> {
        let mut cursor = node.walk();
        let parts: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        let part = |kind: &str| parts.iter().find(|part| part.kind() == kind).copied();
        let attributes = part(kind::ATTRIBUTES);
        let written = attributes.map_or("", |node| self.slice(node)).to_ascii_lowercase();
        let variable = part(kind::VARIABLE).map_or("", |node| self.slice(node));
        Parameter {
            name: variable_name(variable),
            written: variable.to_owned(),
            default: part(kind::PARAMETER_DEFAULT).and_then(|node| node.named_child(0)),
            attributes,
            switch: written.contains("[switch]"),
            remaining: written.contains("valuefromremainingarguments"),
        }
    }
}

impl<'t> Scope<'t> {
    fn new(node: Node<'t>, name: Option<&'t str>) -> Self {
        Self { node, name, parameters: Vec::new(), commands: Vec::new(), used: false }
    }
}

impl<'t> Walk<'t> {
    fn scope(&self) -> usize {
        self.scopes.last().map_or(0, |(_, scope)| *scope)
    }

    fn enter(&mut self, node: Node<'t>) {
        let start = node.start_byte();
        self.scopes.retain(|(end, _)| *end > start);
        while self.blocks.len() > 1 && self.blocks.last().is_some_and(|b| b.range.end <= start) {
            self.blocks.pop();
        }
        match node.kind() {
            kind::FUNCTION | kind::CLASS_METHOD => self.function(node),
            kind::STATEMENT_BLOCK => {
                let around = node.parent().map_or("", |parent| parent.kind());
                let repeats = matches!(around, kind::WHILE | kind::DO | kind::FOR | kind::FOREACH);
                // What a `try` begins with runs in any case.
                if around != kind::TRY && around != kind::FINALLY {
                    self.push_block(node.byte_range(), repeats);
                }
            }
            kind::ASSIGNMENT => self.assignment(node),
            kind::FOREACH => self.loop_variable(node),
            kind::SCRIPT_BLOCK => self.block(node),
            kind::COMMAND => self.command(node),
            kind::INVOCATION => self.invocation(node),
            _ => {}
        }
    }

    /// A script block, whose parameters hide variables around it.
    fn block(&mut self, node: Node<'t>) {
        self.push_block(node.byte_range(), false);
        syntax::walk(node, |inner| {
            if inner.kind() == kind::PARAMETER {
                let mut cursor = inner.walk();
                let variable =
                    inner.named_children(&mut cursor).find(|it| it.kind() == kind::VARIABLE);
                if let Some(variable) = variable {
                    let name = self.script.slice(variable);
                    self.define(name, inner.end_byte(), false, Meaning::Given(variable));
                }
            }
            inner == node || !matches!(inner.kind(), kind::STATEMENTS | kind::PARAMETER)
        });
    }

    fn push_block(&mut self, range: Range<usize>, repeats: bool) {
        self.blocks.push(Block { range, repeats });
    }

    fn function(&mut self, node: Node<'t>) {
        let index = self.script.scopes.len();
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        let name = children
            .iter()
            .find(|child| matches!(child.kind(), kind::FUNCTION_NAME | "simple_name"))
            .map(|name| self.script.slice(*name).trim());
        let name = name.map(|name| name.rsplit(':').next().unwrap_or(name));
        let mut scope = Scope::new(node, name);
        scope.parameters = self.script.parameters_of(node);
        self.script.scopes.push(scope);
        if let Some(name) = name.filter(|_| node.kind() == kind::FUNCTION) {
            self.script.functions.insert(name.to_ascii_lowercase(), index);
        }
        self.scopes.push((node.end_byte(), index));
        self.push_block(node.byte_range(), false);
    }

    fn assignment(&mut self, node: Node<'t>) {
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        let part = |kind: &str| children.iter().find(|child| child.kind() == kind).copied();
        let (Some(left), Some(sign)) = (part(kind::LEFT), part(kind::ASSIGNMENT_OPERATOR)) else {
            return;
        };
        let value = children.last().copied().filter(|last| last.kind() != sign.kind());
        let written = self.script.slice(left);
        // `[string]$name = …`
        let written = written.rsplit(']').next().unwrap_or(written).trim();
        let is_name = written.starts_with('$') && !written.contains(['[', '(', ',']);
        let Some(value) = value.filter(|_| is_name) else { return };
        let append = self.script.slice(sign) == "+=";
        self.define(written, node.end_byte(), append, Meaning::Value(value));
    }

    fn loop_variable(&mut self, node: Node<'t>) {
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        let [variable, items, body] = children.as_slice() else { return };
        self.push_block(body.byte_range(), false);
        let name = self.script.slice(*variable);
        self.define(name, body.start_byte(), false, Meaning::Items(*items));
        self.blocks.pop();
    }

    fn define(&mut self, written: &str, at: usize, append: bool, meaning: Meaning<'t>) {
        let scope = self.scope();
        let lower = written.to_ascii_lowercase();
        let shared = ["$script:", "$global:", "$env:"];
        let local = scope > 0 && !shared.iter().any(|prefix| lower.starts_with(prefix));
        let block = self.blocks.last().cloned().expect("the whole text is never left");
        let definition = Definition { at, scope, local, append, block, meaning };
        self.script.variables.add(&variable_name(written), definition);
    }

    fn command(&mut self, node: Node<'t>) {
        let scope = self.scope();
        self.script.scopes[scope].commands.push(node);
        let name = node.child_by_field_name("command_name");
        let name = name.map_or("", |name| self.script.slice(name)).to_ascii_lowercase();
        if matches!(name.as_str(), "set-alias" | "new-alias") {
            self.alias(node);
        }
    }

    /// A call of a method that starts a program or gives one its words.
    fn invocation(&mut self, node: Node<'t>) {
        let scope = self.scope();
        if started::may_start(node, &self.script) {
            self.script.scopes[scope].commands.push(node);
        } else if let Some((list, word)) = started::added(node, &self.script) {
            self.define(list, node.end_byte(), true, Meaning::Value(word));
        }
    }

    /// `Set-Alias name value`, `Set-Alias -Name name -Value value`.
    fn alias(&mut self, node: Node<'t>) {
        let Some(elements) = node.child_by_field_name("command_elements") else { return };
        let mut cursor = elements.walk();
        let words: Vec<Node<'t>> = elements
            .named_children(&mut cursor)
            .filter(|word| word.kind() != kind::COMMAND_SEPARATOR)
            .filter(|word| word.kind() != "command_parameter")
            .collect();
        if let [name, value, ..] = words.as_slice() {
            let name = self.script.slice(*name).trim_matches(['"', '\'']);
            self.script.aliases.insert(name.to_ascii_lowercase(), *value);
        }
    }
}

/// A variable's name as it is looked up: without `$`, braces and scope.
pub(super) fn variable_name(written: &str) -> String {
    let bare = written.trim().trim_start_matches(['$', '@']).trim_matches(['{', '}']);
    let lower = bare.to_ascii_lowercase();
    match lower.split_once(':') {
        Some(("env", _)) | None => lower,
        Some((_, name)) => name.to_owned(),
    }
}
