//! The walk over a tree that collects what a script defines.

use std::ops::Range;

use tree_sitter::{Node, TreeCursor};

use super::definition::{Definition, Meaning};
use super::kind;
use super::script::{Scope, Script, Shift, words_of};
use crate::frontend::definition::Block;

/// Builtins that put outside text into the variables they name.
const READERS: &[&str] = &["read", "mapfile", "readarray", "getopts"];

/// A walk under way.
pub(super) struct Collector<'t> {
    script: Script<'t>,
    parents: Vec<Node<'t>>,
    scopes: Vec<(usize, usize)>,
    blocks: Vec<Block>,
    /// Where the conditions and the like end that it is in.
    conditions: Vec<usize>,
    /// Where the subshells end that it is in.
    subshells: Vec<usize>,
}

impl<'t> Collector<'t> {
    /// Adds to a script what a tree defines.
    pub(super) fn run(script: Script<'t>, root: Node<'t>) -> Script<'t> {
        let whole = Block { range: 0..usize::MAX, repeats: false };
        let mut collector = Self {
            script,
            parents: Vec::new(),
            scopes: Vec::new(),
            blocks: vec![whole],
            conditions: Vec::new(),
            subshells: Vec::new(),
        };
        collector.walk(root);
        collector.script
    }

    fn walk(&mut self, root: Node<'t>) {
        let mut cursor = root.walk();
        loop {
            self.enter(cursor.node());
            let node = cursor.node();
            if cursor.goto_first_child() {
                self.parents.push(node);
            } else if !self.next(&mut cursor) {
                return;
            }
        }
    }

    fn next(&mut self, cursor: &mut TreeCursor<'t>) -> bool {
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return false;
            }
            self.parents.pop();
        }
        true
    }

    fn scope(&self) -> usize {
        self.scopes.last().map_or(0, |(_, scope)| *scope)
    }

    fn block(&self) -> Block {
        self.blocks.last().cloned().expect("the whole text is never left")
    }

    fn push_block(&mut self, range: Range<usize>, repeats: bool) {
        self.blocks.push(Block { range, repeats });
    }

    fn enter(&mut self, node: Node<'t>) {
        let start = node.start_byte();
        while self.scopes.last().is_some_and(|(end, _)| *end <= start) {
            self.scopes.pop();
        }
        while self.blocks.len() > 1 && self.blocks.last().is_some_and(|b| b.range.end <= start) {
            self.blocks.pop();
        }
        // What begins in one of these ends in it, so the last one ends first.
        for ends in [&mut self.conditions, &mut self.subshells] {
            while ends.last().is_some_and(|end| *end <= start) {
                ends.pop();
            }
        }
        self.conditions.extend(self.condition_end(node));
        if matches!(node.kind(), kind::SUBSHELL | kind::COMMAND_SUBSTITUTION) {
            self.subshells.push(node.end_byte());
        }
        let parent = self.parents.last().copied();
        match node.kind() {
            kind::FUNCTION => self.function(node),
            kind::SUBSHELL
            | kind::COMMAND_SUBSTITUTION
            | kind::PROCESS_SUBSTITUTION
            | kind::ELIF
            | kind::ELSE
            | kind::CASE_ITEM => self.push_block(node.byte_range(), false),
            kind::DO_GROUP => self.push_block(node.byte_range(), true),
            "then" => self.then_part(node, parent),
            "&&" | "||" => {
                if let Some(list) = parent.filter(|parent| parent.kind() == kind::LIST) {
                    self.push_block(node.end_byte()..list.end_byte(), false);
                }
            }
            kind::ASSIGNMENT => self.assignment(node, parent),
            kind::FOR => self.loop_variable(node),
            kind::EXPANSION => self.default(node),
            kind::COMMAND => self.command(node),
            _ => {}
        }
    }

    /// Where the part of a statement ends at whose status the rest of it looks; the
    /// statement begins with it.
    fn condition_end(&self, node: Node<'t>) -> Option<usize> {
        let before = |kinds: &[&str]| {
            let mut cursor = node.walk();
            let mut children = node.children(&mut cursor);
            children.find(|child| kinds.contains(&child.kind())).map(|child| child.start_byte())
        };
        match node.kind() {
            kind::IF | kind::ELIF => before(&["then"]),
            kind::WHILE => before(&[kind::DO_GROUP]),
            kind::LIST => before(&["&&", "||"]),
            kind::NEGATED => Some(node.end_byte()),
            kind::COMMAND_SUBSTITUTION if !self.script.inherits_errexit => Some(node.end_byte()),
            _ => None,
        }
    }

    fn function(&mut self, node: Node<'t>) {
        let index = self.script.scopes.len();
        self.script.scopes.push(Scope::new(node));
        if let Some(name) = node.child_by_field_name("name") {
            self.script.functions.insert(self.script.slice(name), index);
        }
        self.scopes.push((node.end_byte(), index));
        self.push_block(node.byte_range(), false);
    }

    fn then_part(&mut self, then: Node<'t>, parent: Option<Node<'t>>) {
        let Some(parent) = parent.filter(|parent| parent.kind() == kind::IF) else { return };
        let mut cursor = parent.walk();
        let end = parent
            .children(&mut cursor)
            .find(|child| matches!(child.kind(), kind::ELIF | kind::ELSE | "fi"))
            .map_or(parent.end_byte(), |next| next.start_byte());
        self.push_block(then.end_byte()..end, false);
    }

    fn assignment(&mut self, node: Node<'t>, parent: Option<Node<'t>>) {
        let around = parent.map_or("", |parent| parent.kind());
        let Some(name) = node.child_by_field_name("name") else { return };
        if around == kind::COMMAND {
            return;
        }
        if name.kind() != kind::VARIABLE_NAME {
            if let Some(array) = name.child_by_field_name("name") {
                let array = self.script.slice(array);
                self.define(array, node.end_byte(), (false, true), Meaning::Element(node));
            }
            return;
        }
        let meaning = match node.child_by_field_name("value") {
            _ if around == kind::C_STYLE_FOR => Meaning::Input,
            Some(value) if value.kind() == kind::ARRAY => Meaning::Array(value),
            Some(value) => Meaning::Word(value),
            None => Meaning::Empty,
        };
        let keyword = parent.map_or("", |parent| self.script.slice(parent));
        let local = around == kind::DECLARATION && !keyword.starts_with("export");
        let append = self.script.text[name.end_byte()..node.end_byte()].starts_with("+=");
        let name = self.script.slice(name);
        self.define(name, node.end_byte(), (local, append), meaning);
    }

    fn define(
        &mut self,
        name: &'t str,
        at: usize,
        (local, append): (bool, bool),
        meaning: Meaning<'t>,
    ) {
        let scope = self.scope();
        let local = local && scope > 0;
        let block = self.block();
        self.script.variables.add(name, Definition { at, scope, local, append, block, meaning });
    }

    fn loop_variable(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("variable") else { return };
        let Some(body) = node.child_by_field_name("body") else { return };
        let definition = Definition {
            at: body.start_byte(),
            scope: self.scope(),
            local: false,
            append: false,
            block: Block { range: body.byte_range(), repeats: false },
            meaning: Meaning::Items(node),
        };
        self.script.variables.add(self.script.slice(name), definition);
    }

    /// `${name:=value}` gives the variable a value, too.
    fn default(&mut self, node: Node<'t>) {
        let mut cursor = node.walk();
        let assigns = node
            .children_by_field_name("operator", &mut cursor)
            .any(|operator| matches!(operator.kind(), ":=" | "="));
        let (Some(name), Some(value)) = (node.named_child(0), node.named_child(1)) else { return };
        if assigns && name.kind() == kind::VARIABLE_NAME {
            let name = self.script.slice(name);
            self.define(name, node.end_byte(), (false, false), Meaning::Default(value));
        }
    }

    fn command(&mut self, node: Node<'t>) {
        let scope = self.scope();
        self.script.scopes[scope].commands.push(node);
        if !self.conditions.is_empty() {
            self.script.looked_at.insert(node.start_byte());
        }
        let words = words_of(node);
        let texts: Vec<&'t str> = words.iter().map(|word| self.script.slice(*word)).collect();
        match texts.as_slice() {
            ["shift", rest @ ..] => self.shift(node, rest.first().copied()),
            ["set", rest @ ..] => self.set(node, rest),
            ["alias", rest @ ..] => self.alias(rest),
            [name, rest @ ..] if READERS.contains(name) => {
                for variable in rest.iter().filter(|word| !word.starts_with('-')) {
                    self.define(variable, node.end_byte(), (false, false), Meaning::Input);
                }
            }
            ["printf", "-v", variable, ..] => {
                self.define(variable, node.end_byte(), (false, false), Meaning::Input);
            }
            _ => {}
        }
    }

    fn shift(&mut self, node: Node<'t>, by: Option<&str>) {
        let by = by.map_or(Some(1), |by| by.parse().ok());
        let shift = Shift { at: node.start_byte(), by, block: self.block() };
        let scope = self.scope();
        self.script.scopes[scope].shifts.push(shift);
    }

    fn set(&mut self, node: Node<'t>, words: &[&'t str]) {
        let at = node.start_byte();
        let mut options = Vec::new();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let on = word.starts_with('-');
            if matches!(*word, "--" | "-") {
                let shift = Shift { at, by: None, block: self.block() };
                let scope = self.scope();
                self.script.scopes[scope].shifts.push(shift);
                break;
            }
            if !on && !word.starts_with('+') {
                break;
            }
            if sets_errexit(word) || word.starts_with('+') && word.contains('e') {
                options.push((at, "errexit", on));
            }
            if word.ends_with('o')
                && let Some(name) = words.next()
            {
                options.push((at, *name, on));
            }
        }
        for option in options {
            self.option(option);
        }
    }

    /// Notes an option that is put on or off; a subshell leaves it what it was.
    fn option(&mut self, (at, name, on): (usize, &'t str, bool)) {
        let scope = self.scope();
        let options = &mut self.script.scopes[scope].options;
        let place = options.partition_point(|(before, ..)| *before <= at);
        let known = options[..place].iter().rev().find(|(_, option, _)| *option == name);
        let known = known.is_some_and(|(.., on)| *on);
        options.insert(place, (at, name, on));
        let is_kept = |end: usize| {
            options[place + 1..].iter().any(|(at, option, _)| *at == end && *option == name)
        };
        if let Some(end) = self.subshells.last().copied()
            && !is_kept(end)
        {
            options.insert(place + 1, (end, name, known));
        }
    }

    fn alias(&mut self, words: &[&'t str]) {
        for word in words {
            if let Some((name, value)) = word.split_once('=') {
                let value = value.trim_matches(['"', '\'']);
                self.script.aliases.insert(name, value);
            }
        }
    }
}

/// Whether a word of options has the letter that makes the shell stop at the
/// first failure.
pub(super) fn sets_errexit(word: &str) -> bool {
    word.starts_with('-') && !word.starts_with("--") && word.contains('e')
}
