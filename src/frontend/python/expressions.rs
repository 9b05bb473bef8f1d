//! Expressions: what they come to, and the calls in them in the order in which
//! they are evaluated.

use std::rc::Rc;

use tree_sitter::Node as Syntax;

use super::machine::Machine;
use super::statements::Flow;
use super::thing::{Method, Name, Rest, Text, Thing, Unknown, join};
use crate::frontend::syntax::MAX_DEPTH;
use crate::procedure::{Arm, Node, Repetition};

impl<'t> Machine<'t, '_> {
    /// Reads an expression.
    pub(super) fn eval(&mut self, node: Syntax<'t>) -> Thing {
        if self.depth >= MAX_DEPTH {
            self.too_deep(node);
            return Thing::unknown(self.shown(node));
        }
        self.inlined_steps += usize::from(!self.inlining.is_empty());
        self.depth += 1;
        let thing = self.expression(node);
        self.depth -= 1;
        thing
    }

    /// Reads the parts of a node that stands for no value of its own.
    pub(super) fn children(&mut self, node: Syntax<'t>) {
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            self.eval(child);
        }
    }

    fn expression(&mut self, node: Syntax<'t>) -> Thing {
        match node.kind() {
            "identifier" => self.lookup(self.text(node)),
            "attribute" => self.attribute(node),
            "call" => self.call(node),
            "string" => self.string(node),
            "concatenated_string" => self.concatenated(node),
            "integer" | "float" => Thing::known(self.text(node), node.byte_range()),
            "true" => Thing::known("true", node.byte_range()),
            "false" => Thing::known("false", node.byte_range()),
            "none" => Thing::Absent,
            "list" | "tuple" | "set" | "expression_list" => self.list(node),
            "dictionary" => self.dictionary(node),
            "subscript" => self.subscript(node),
            "parenthesized_expression" | "await" | "type" => {
                let mut cursor = node.walk();
                let inner = node.named_children(&mut cursor).find(|it| it.kind() != "comment");
                match inner {
                    Some(inner) => self.eval(inner),
                    None => Thing::unknown(self.shown(node)),
                }
            }
            "assignment" => self.assignment(node),
            "augmented_assignment" => self.augmented(node),
            "named_expression" => {
                let value =
                    node.child_by_field_name("value").map(|value| (value, self.eval(value)));
                let name = node.child_by_field_name("name");
                let (Some((value, thing)), Some(name)) = (value, name) else {
                    return Thing::unknown(self.shown(node));
                };
                self.assign(name, thing.clone(), Some(value));
                thing
            }
            "conditional_expression" => self.conditional(node),
            "boolean_operator" => self.boolean(node),
            "binary_operator" => self.binary(node),
            "lambda" => {
                let body = node.child_by_field_name("body");
                body.map(|body| self.eval(body));
                Thing::unknown(self.shown(node))
            }
            "list_comprehension"
            | "set_comprehension"
            | "dictionary_comprehension"
            | "generator_expression" => self.comprehension(node),
            "keyword_argument" => {
                let value = node.child_by_field_name("value");
                value.map_or(Thing::Absent, |value| self.eval(value))
            }
            "comment" | "line_continuation" => Thing::Absent,
            _ => self.composed(node),
        }
    }

    /// A value made from the values of its parts in a way that is not followed.
    fn composed(&mut self, node: Syntax<'t>) -> Thing {
        let mut cursor = node.walk();
        let mut tainted = false;
        for child in node.named_children(&mut cursor) {
            tainted |= self.eval(child).is_tainted();
        }
        Thing::Unknown(Unknown { text: self.shown(node), tainted })
    }

    fn attribute(&mut self, node: Syntax<'t>) -> Thing {
        if let Some(path) = self.dotted(node)
            && let Some(thing) = self.local(&path)
        {
            return thing;
        }
        let Some(object) = node.child_by_field_name("object") else {
            return Thing::unknown(self.shown(node));
        };
        let object = self.eval(object);
        self.member(&object, node)
    }

    /// An attribute of a value that was read.
    pub(super) fn member(&mut self, object: &Thing, node: Syntax<'t>) -> Thing {
        let name = super::outline::field_text(node, "attribute", self.source).to_owned();
        let unknown = |machine: &Self| Thing::derived(machine.shown(node), [object]);
        match object {
            Thing::Imported(path) => Thing::Imported(format!("{path}.{name}").into()),
            Thing::Class(class) | Thing::Instance(class) => {
                self.class_member(*class, object, &name, node).unwrap_or_else(|| unknown(self))
            }
            Thing::Client(product) => match self.client_action(*product, &name) {
                Some(action) => {
                    let action = Thing::known(action, node.byte_range());
                    Thing::Method(Rc::new(Method { action, request: None }))
                }
                None => unknown(self),
            },
            Thing::OneOf(choice) => {
                let things = choice.things.clone();
                let members: Vec<Thing> =
                    things.iter().map(|thing| self.member(thing, node)).collect();
                members.into_iter().reduce(join).unwrap_or_else(|| unknown(self))
            }
            _ => unknown(self),
        }
    }

    fn list(&mut self, node: Syntax<'t>) -> Thing {
        let mut items = Vec::new();
        let mut rest = Rest::Closed;
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            match child.kind() {
                "comment" => {}
                "list_splat" => {
                    let inner = child.named_child(0).map(|inner| self.eval(inner));
                    rest = rest.max(spread(inner.as_ref(), &mut items));
                }
                _ => {
                    items.push(self.eval(child));
                }
            }
        }
        Thing::list(items, rest)
    }

    fn dictionary(&mut self, node: Syntax<'t>) -> Thing {
        let mut entries = Vec::new();
        let mut rest = Rest::Closed;
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            if child.kind() == "pair" {
                let key = child.child_by_field_name("key").map(|key| self.eval(key));
                let value = child.child_by_field_name("value").map(|value| self.eval(value));
                match (key.as_ref().and_then(Thing::as_text), value) {
                    (Some(key), Some(value)) => entries.push((Name::from(key), value)),
                    (None, Some(_)) => {
                        let tainted = key.is_some_and(|key| key.is_tainted());
                        rest = rest.max(if tainted { Rest::Tainted } else { Rest::Open });
                    }
                    _ => {}
                }
            } else if child.kind() == "dictionary_splat" {
                match child.named_child(0).map(|inner| self.eval(inner)) {
                    Some(Thing::Map(map)) => {
                        entries.extend(map.entries.iter().cloned());
                        rest = rest.max(map.rest);
                    }
                    other => rest = rest.max(openness(other.as_ref())),
                }
            }
        }
        Thing::map(entries, rest)
    }

    fn subscript(&mut self, node: Syntax<'t>) -> Thing {
        if let Some(path) = self.dotted(node)
            && let Some(thing) = self.local(&path)
        {
            return thing;
        }
        let value = node.child_by_field_name("value").map(|value| self.eval(value));
        let key = node.child_by_field_name("subscript").map(|key| self.eval(key));
        let (Some(value), Some(key)) = (value, key) else {
            return Thing::unknown(self.shown(node));
        };
        let text = self.shown(node);
        element(&value, &key).unwrap_or_else(|| Thing::derived(text, [&value, &key]))
    }

    fn assignment(&mut self, node: Syntax<'t>) -> Thing {
        let right = node.child_by_field_name("right");
        let mut thing = match right {
            Some(right) => self.eval(right),
            None => Thing::unknown(self.shown(node)),
        };
        let annotation = node.child_by_field_name("type");
        if let Some(typed) = annotation.and_then(|annotation| self.annotated(annotation)) {
            thing = join(thing, typed);
        } else if right.is_none() {
            return thing;
        }
        if let Some(left) = node.child_by_field_name("left") {
            self.assign(left, thing.clone(), right);
        }
        thing
    }

    fn augmented(&mut self, node: Syntax<'t>) -> Thing {
        let (Some(left), Some(right)) =
            (node.child_by_field_name("left"), node.child_by_field_name("right"))
        else {
            return Thing::unknown(self.shown(node));
        };
        let before = self.eval(left);
        let added = self.eval(right);
        let is_sum = super::outline::field_text(node, "operator", self.source) == "+=";
        let text = self.shown(left);
        let thing = if is_sum { sum(&before, &added, text.clone()) } else { None };
        let thing = thing.unwrap_or_else(|| Thing::derived(text, [&before, &added]));
        self.assign(left, thing.clone(), Some(right));
        thing
    }

    fn conditional(&mut self, node: Syntax<'t>) -> Thing {
        let mut cursor = node.walk();
        let parts: Vec<Syntax<'t>> =
            node.named_children(&mut cursor).filter(|it| it.kind() != "comment").collect();
        let [then, condition, otherwise] = parts.as_slice() else { return self.composed(node) };
        self.eval(*condition);
        let (left, then) = self.apart(|machine| machine.eval(*then));
        let (right, otherwise) = self.apart(|machine| machine.eval(*otherwise));
        if !then.is_empty() || !otherwise.is_empty() {
            let condition = Some(self.shown(*condition).to_string());
            let arms =
                vec![Arm { condition, body: then }, Arm { condition: None, body: otherwise }];
            self.out.push(Node::Branch(arms));
        }
        let text = self.shown(node);
        join(left, right).named(&text)
    }

    /// `a or b or c`, from the left, whatever their number.
    fn boolean(&mut self, node: Syntax<'t>) -> Thing {
        let operands = operands(node, "boolean_operator");
        let mut result: Option<Thing> = None;
        for (operand, _) in operands {
            let (thing, nodes) = self.apart(|machine| machine.eval(operand));
            if result.is_none() {
                self.out.extend(nodes);
            } else if !nodes.is_empty() {
                let before = self.source.text[node.start_byte()..operand.start_byte()].to_owned();
                let condition = Some(super::machine::shown(&before));
                self.out.push(Node::Branch(vec![Arm { condition, body: nodes }]));
            }
            result = Some(result.map_or(thing.clone(), |known| join(known, thing)));
        }
        let text = self.shown(node);
        result.unwrap_or(Thing::Absent).named(&text)
    }

    /// `a + b + c`, from the left, whatever their number.
    fn binary(&mut self, node: Syntax<'t>) -> Thing {
        let mut result: Option<Thing> = None;
        for (operand, operator) in operands(node, "binary_operator") {
            let thing = self.eval(operand);
            result = Some(match result {
                None => thing,
                Some(before) => {
                    let shown = self.shown(node);
                    let operator = operator.map_or("", |operator| self.text(operator));
                    let both = match operator {
                        "+" => sum(&before, &thing, shown.clone()),
                        "%" => self.percent(&before, &thing, node),
                        _ => None,
                    };
                    both.unwrap_or_else(|| Thing::derived(shown, [&before, &thing]))
                }
            });
        }
        result.unwrap_or(Thing::Absent)
    }

    fn comprehension(&mut self, node: Syntax<'t>) -> Thing {
        let mut cursor = node.walk();
        let clauses: Vec<Syntax<'t>> = node.named_children(&mut cursor).collect();
        let Some((body, clauses)) = clauses.split_first() else { return Thing::Absent };
        let mark = self.state.mark();
        let mut condition = String::new();
        let mut inside = Vec::new();
        let mut item_tainted = false;
        for clause in clauses {
            let (left, right) =
                (clause.child_by_field_name("left"), clause.child_by_field_name("right"));
            let ((), nodes) = self.apart(|machine| match (left, right) {
                (Some(left), Some(right)) => {
                    let over = machine.eval(right);
                    item_tainted |= over.is_tainted();
                    let item = machine.item_of(&over, left);
                    machine.assign(left, item, None);
                }
                _ => machine.children(*clause),
            });
            if condition.is_empty() {
                condition = self.shown(*clause).to_string();
                self.out.extend(nodes);
            } else {
                inside.extend(nodes);
            }
        }
        let (item, nodes) = self.apart(|machine| machine.eval(*body));
        inside.extend(nodes);
        if !inside.is_empty() {
            let repetition = Repetition { condition, conditional: false, body: inside };
            self.out.push(Node::Loop(repetition));
        }
        let _ = self.state.take_back(mark);
        let rest = if item_tainted { Rest::Tainted } else { Rest::Open };
        match item {
            Thing::Request(_) | Thing::Client(_) if node.kind() != "dictionary_comprehension" => {
                Thing::list(vec![item], rest)
            }
            _ if item_tainted => Thing::tainted(self.shown(node)),
            _ => Thing::unknown(self.shown(node)),
        }
    }

    /// What a loop's variable stands for.
    pub(super) fn item_of(&mut self, over: &Thing, variable: Syntax<'t>) -> Thing {
        let text = self.shown(variable);
        match over {
            Thing::List(list) if list.rest == Rest::Closed && !list.items.is_empty() => {
                Thing::one_of(list.items.clone(), true, text)
            }
            Thing::List(list) if !list.items.is_empty() => {
                let items = list.items.iter().cloned().reduce(join).unwrap_or(Thing::Absent);
                items.named(&text)
            }
            _ => Thing::derived(text, [over]),
        }
    }

    /// Reads a function's body for one of its calls.
    pub(super) fn read_body(&mut self, body: Syntax<'t>) -> Flow {
        self.block(body)
    }
}

/// The operands of a chain of left-associative operators, from the left, each
/// with the operator before it.
fn operands<'t>(node: Syntax<'t>, kind: &str) -> Vec<(Syntax<'t>, Option<Syntax<'t>>)> {
    let mut found = Vec::new();
    let mut current = node;
    while current.kind() == kind {
        let Some(left) = current.child_by_field_name("left") else { break };
        if let Some(right) = current.child_by_field_name("right") {
            found.push((right, current.child_by_field_name("operator")));
        }
        current = left;
    }
    found.push((current, None));
    found.reverse();
    found
}

/// What a value adds to a list that it is spread into.
pub(super) fn spread(thing: Option<&Thing>, items: &mut Vec<Thing>) -> Rest {
    match thing {
        Some(Thing::List(list)) => {
            items.extend(list.items.iter().cloned());
            list.rest
        }
        other => openness(other),
    }
}

/// How open a list or map is that takes in something unknown.
pub(super) fn openness(thing: Option<&Thing>) -> Rest {
    if thing.is_some_and(Thing::is_tainted) { Rest::Tainted } else { Rest::Open }
}

/// The sum of two texts or two lists.
pub(super) fn sum(left: &Thing, right: &Thing, shown: Name) -> Option<Thing> {
    match (left, right) {
        (Thing::Text(left), Thing::Text(right)) => {
            let pieces = left.pieces.iter().chain(&right.pieces).cloned().collect();
            Some(Thing::text(pieces, shown))
        }
        (Thing::Text(left), Thing::Unknown(right)) => Some(with_hole(left, right, true, shown)),
        (Thing::Unknown(left), Thing::Text(right)) => Some(with_hole(right, left, false, shown)),
        (Thing::List(left), right) => {
            let mut items = left.items.clone();
            let rest = left.rest.max(spread(Some(right), &mut items));
            Some(Thing::list(items, rest))
        }
        _ => None,
    }
}

fn with_hole(text: &Text, hole: &Unknown, after: bool, shown: Name) -> Thing {
    use super::thing::Piece;
    let edge = if after { text.pieces.last() } else { text.pieces.first() };
    let at = edge.map_or(0, |piece| match piece {
        Piece::Known { range, .. } | Piece::Hole { range, .. } if after => range.end,
        Piece::Known { range, .. } | Piece::Hole { range, .. } => range.start,
    });
    let hole = Piece::Hole { text: hole.text.clone(), range: at..at, tainted: hole.tainted };
    let mut pieces = text.pieces.clone();
    pieces.insert(if after { pieces.len() } else { 0 }, hole);
    Thing::text(pieces, shown)
}

/// An element of a list or a map; of one whose key is not known, any.
pub(super) fn element(value: &Thing, key: &Thing) -> Option<Thing> {
    match value {
        Thing::Map(map) => match key.as_text() {
            Some(key) => map.entries.iter().find(|(name, _)| **name == *key).map(|it| it.1.clone()),
            None => {
                let things: Vec<Thing> = map.entries.iter().map(|it| it.1.clone()).collect();
                let callable = things.iter().any(|thing| {
                    matches!(thing, Thing::Method(_) | Thing::Function(..) | Thing::Client(_))
                });
                let tainted = key.is_tainted();
                (callable || !tainted).then(|| things.into_iter().reduce(join)).flatten()
            }
        },
        Thing::List(list) => {
            let index = key.as_text()?.parse::<usize>().ok()?;
            list.items.get(index).cloned()
        }
        _ => None,
    }
}
