//! From the parser's events to the arena. The only place that knows
//! `granit-parser`, so that another event parser can take its place.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput, Tag, options};

use super::{Kind, Node, Style, Tree};

use crate::frontend::syntax::MAX_DEPTH;
use crate::problem::{Problem, ProblemKind};
use crate::source::Source;

mod collection;

/// How many nodes aliases and merge keys may add.
const ALIAS_BUDGET: u32 = 200_000;

/// How deep the parser itself goes. What lies below [`MAX_DEPTH`] is passed
/// over; beyond this the rest of the document is lost.
const PARSER_DEPTH: usize = 10_000;

/// How many problems one text may give.
const MOST_PROBLEMS: usize = 20;

/// Reads all documents of a text, each as far as it can be read.
pub(super) fn build<'s>(source: &'s Source<'s>) -> Tree<'s> {
    let options = options! {
        emit_comments: false,
        emit_unresolved_aliases: true,
        flow_nesting_limit: PARSER_DEPTH,
        block_nesting_limit: PARSER_DEPTH,
    };
    let mut parser = Parser::new_from_str_with_options(&source.text, options);
    let mut builder = Builder::new(source);
    while let Some(next) = parser.next_event() {
        match next {
            Ok((event, span)) => builder.event(event, span.byte_range().unwrap_or(0..0)),
            Err(error) => {
                builder.broken(&error);
                if !goes_on(&mut parser, &mut builder) {
                    break;
                }
            }
        }
    }
    builder.close_all();
    builder.tree
}

/// Whether another document follows the broken one.
fn goes_on<'s>(parser: &mut Parser<'s, StrInput<'s>>, builder: &mut Builder<'s>) -> bool {
    match parser.proceed_next_document() {
        Ok(more) => more && builder.tree.problems.len() < MOST_PROBLEMS,
        Err(error) => {
            builder.broken(&error);
            false
        }
    }
}

struct Builder<'s> {
    tree: Tree<'s>,
    open: Vec<Open>,
    anchors: HashMap<usize, u32>,
    /// How many collections deep we are below what is too deep.
    passed_over: usize,
    budget: u32,
    /// End of the last key or value, which an empty value has no place but.
    last_end: usize,
}

/// A collection that has not ended.
struct Open {
    node: u32,
    key: Option<u32>,
    flow: bool,
}

impl<'s> Builder<'s> {
    fn new(source: &'s Source<'s>) -> Self {
        let tree = Tree { source, nodes: Vec::new(), roots: Vec::new(), problems: Vec::new() };
        let (open, anchors) = (Vec::new(), HashMap::new());
        Self { tree, open, anchors, passed_over: 0, budget: ALIAS_BUDGET, last_end: 0 }
    }

    fn event(&mut self, event: Event<'s>, range: Range<usize>) {
        match event {
            Event::Scalar(..) | Event::Alias(_) | Event::UnresolvedAlias(_)
                if self.passed_over > 0 => {}
            Event::DocumentStart(..) => self.anchors.clear(),
            Event::MappingStart(style, anchor, tag) => {
                let kind = Kind::Mapping(Vec::new(), HashMap::new());
                self.start(kind, style, anchor, tag.as_deref(), range);
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.start(Kind::Sequence(Vec::new()), style, anchor, tag.as_deref(), range);
            }
            Event::MappingEnd | Event::SequenceEnd => self.end(range.end),
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(text, style, anchor, tag.as_deref(), range);
            }
            Event::Alias(anchor) => self.alias(anchor, range),
            Event::UnresolvedAlias(name) => {
                self.problem(
                    ProblemKind::Syntax,
                    &range,
                    format!("no anchor `&{name}` comes before"),
                );
                self.null(range);
            }
            _ => {}
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'s, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        mut range: Range<usize>,
    ) {
        let mut style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            _ => Style::Block,
        };
        if style == Style::Plain && range.is_empty() {
            return self.null(range);
        }
        if style == Style::Block {
            let written = self.tree.source.text.get(range.clone()).unwrap_or_default();
            range.end = range.start + written.trim_end().len();
        }
        if style == Style::Plain && is_text(tag) {
            style = Style::Single;
        }
        let node = self.add(Kind::Scalar(text, style), range, tag);
        self.anchor(anchor, node);
        self.attach(node);
    }

    /// An empty value; it stands right after what comes before it.
    fn null(&mut self, range: Range<usize>) {
        let end = if range.is_empty() { self.last_end } else { range.end };
        let start = range.start.min(end);
        let node = self.add(Kind::Scalar(Cow::Borrowed(""), Style::Plain), start..end, None);
        self.attach(node);
    }

    fn start(
        &mut self,
        kind: Kind<'s>,
        style: granit_parser::StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        range: Range<usize>,
    ) {
        if self.passed_over > 0 || self.open.len() >= usize::from(MAX_DEPTH) {
            self.pass_over(range);
            return;
        }
        let node = self.add(kind, range, tag);
        self.anchor(anchor, node);
        let flow = style == granit_parser::StructureStyle::Flow;
        self.open.push(Open { node, key: None, flow });
    }

    fn pass_over(&mut self, range: Range<usize>) {
        if self.passed_over == 0 {
            let message = format!("not read: nested more than {MAX_DEPTH} deep");
            self.problem(ProblemKind::TooDeep, &range, message);
        }
        self.passed_over += 1;
    }

    fn end(&mut self, at: usize) {
        if self.passed_over > 0 {
            self.passed_over -= 1;
            if self.passed_over == 0 {
                self.null(at..at);
            }
            return;
        }
        let Some(open) = self.open.pop() else { return };
        if let Some(key) = open.key {
            // Only a broken document ends between a key and its value.
            let end = self.node(key).range.end;
            let null = self.add(Kind::Scalar(Cow::Borrowed(""), Style::Plain), end..end, None);
            self.entry(open.node, key, null);
        }
        self.finish(open.node, open.flow.then_some(at));
        self.attach(open.node);
    }

    fn close_all(&mut self) {
        self.passed_over = 0;
        while !self.open.is_empty() {
            self.end(self.last_end);
        }
    }

    fn add(&mut self, kind: Kind<'s>, range: Range<usize>, tag: Option<&Tag>) -> u32 {
        let index = u32::try_from(self.tree.nodes.len()).expect("a node takes a byte at least");
        let size = match &kind {
            Kind::Scalar(text, _) => u32::try_from(1 + text.len() / 64).unwrap_or(u32::MAX),
            _ => 0,
        };
        let tag = tag.and_then(local_name);
        self.tree.nodes.push(Node { kind, range, tag, size, height: 0 });
        index
    }

    fn node(&self, index: u32) -> &Node<'s> {
        &self.tree.nodes[index as usize]
    }

    fn anchor(&mut self, anchor: usize, node: u32) {
        if anchor != 0 {
            self.anchors.insert(anchor, node);
        }
    }

    /// Puts a finished node where it belongs.
    fn attach(&mut self, node: u32) {
        if self.passed_over > 0 {
            return;
        }
        self.last_end = self.node(node).range.end;
        let Some(parent) = self.open.last_mut() else {
            self.tree.roots.push(node);
            return;
        };
        let collection = parent.node;
        if let Kind::Sequence(items) = &mut self.tree.nodes[collection as usize].kind {
            items.push(node);
        } else if let Some(key) = parent.key.take() {
            self.entry(collection, key, node);
        } else {
            parent.key = Some(node);
        }
    }

    fn entry(&mut self, mapping: u32, key: u32, value: u32) {
        if let Kind::Mapping(entries, _) = &mut self.tree.nodes[mapping as usize].kind {
            entries.push((key, value));
        }
    }

    fn alias(&mut self, anchor: usize, range: Range<usize>) {
        let target = self.anchors.get(&anchor).copied().map(|target| self.behind(target));
        let Some(target) = target.filter(|target| self.node(*target).size > 0) else {
            self.problem(ProblemKind::Syntax, &range, "an alias inside what it stands for".into());
            return self.null(range);
        };
        let Node { size, height, .. } = *self.node(target);
        if !self.may_add(size, height, &range) {
            return self.null(range);
        }
        let node = self.add(Kind::Alias(target), range, None);
        let alias = &mut self.tree.nodes[node as usize];
        (alias.size, alias.height) = (size, height);
        self.attach(node);
    }

    /// Whether what an alias stands for may occur here once more.
    fn may_add(&mut self, size: u32, height: u16, range: &Range<usize>) -> bool {
        if self.open.len() + usize::from(height) > usize::from(MAX_DEPTH) {
            let message = format!("alias not followed: nested more than {MAX_DEPTH} deep");
            self.problem(ProblemKind::TooDeep, range, message);
            return false;
        }
        if size > self.budget {
            if self.budget > 0 {
                let message = "aliases not followed: they multiply the text too often";
                self.problem(ProblemKind::TooLarge, range, message.into());
            }
            self.budget = 0;
            return false;
        }
        self.budget -= size;
        true
    }

    /// The node behind an alias of an alias.
    fn behind(&self, node: u32) -> u32 {
        if let Kind::Alias(target) = self.node(node).kind { target } else { node }
    }

    fn problem(&mut self, kind: ProblemKind, range: &Range<usize>, message: String) {
        if self.tree.problems.len() < MOST_PROBLEMS {
            let span = self.tree.source.span(range.clone());
            self.tree.problems.push(Problem::at(kind, span, message));
        }
    }

    /// Keeps what was read of a document before the parser gave up on it.
    fn broken(&mut self, error: &ScanError) {
        self.close_all();
        let at = error.marker().byte_offset().unwrap_or(self.last_end);
        let at = self.tree.source.text.floor_char_boundary(at);
        let (kind, message) = match error.kind() {
            ErrorKind::RecursionLimitExceeded => {
                (ProblemKind::TooDeep, "not read from here on: nested too deep".to_owned())
            }
            _ => (ProblemKind::Syntax, format!("{}; what follows is not read", error.info())),
        };
        self.problem(kind, &(at..at), message);
    }
}

/// Whether a tag says that a plain scalar is text whatever it looks like.
fn is_text(tag: Option<&Tag>) -> bool {
    tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str") || tag.parts() == ("", "!"))
}

/// The name in a tag that is no part of YAML itself: `Ref` for `!Ref`.
fn local_name(tag: &Tag) -> Option<Box<str>> {
    let (handle, name) = tag.parts();
    (handle == "!" && !name.is_empty()).then(|| name.into())
}
