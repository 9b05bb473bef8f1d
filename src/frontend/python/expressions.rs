//! Expressions: what they come to, and the calls in them in the order in which
//! they are evaluated.

use std::rc::Rc;

use tree_sitter::Node as Syntax;

use super::grammar::{field, kind};
use super::machine::Machine;
use super::statements::Flow;
use crate::frontend::program::joining::join;
use crate::frontend::program::nodes::filtered;
use crate::frontend::program::sequences::{element, openness, spread, sum};
use crate::frontend::program::thing::{Method, Name, Product, Rest, Thing, Unknown};
use crate::frontend::syntax::MAX_DEPTH;
use crate::procedure::Action;

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
            kind::IDENTIFIER => self.lookup(self.text(node)),
            kind::ATTRIBUTE => self.attribute(node),
            kind::CALL => self.call(node),
            kind::STRING => self.string(node),
            kind::CONCATENATED_STRING => self.concatenated(node),
            kind::INTEGER | kind::FLOAT => Thing::known(self.text(node), node.byte_range()),
            kind::TRUE => Thing::known("true", node.byte_range()),
            kind::FALSE => Thing::known("false", node.byte_range()),
            kind::NONE | kind::COMMENT | kind::LINE_CONTINUATION => Thing::Absent,
            kind::LIST | kind::TUPLE | kind::SET | kind::EXPRESSION_LIST => self.list(node),
            kind::DICTIONARY => self.dictionary(node),
            kind::SUBSCRIPT => self.subscript(node),
            kind::PARENTHESIZED_EXPRESSION | kind::AWAIT | kind::TYPE => {
                let mut cursor = node.walk();
                let inner = node.named_children(&mut cursor).find(|it| it.kind() != kind::COMMENT);
                match inner {
                    Some(inner) => self.eval(inner),
                    None => Thing::unknown(self.shown(node)),
                }
            }
            kind::ASSIGNMENT => self.assignment(node),
            kind::AUGMENTED_ASSIGNMENT => self.augmented(node),
            kind::NAMED_EXPRESSION => {
                let value =
                    node.child_by_field_name(field::VALUE).map(|value| (value, self.eval(value)));
                let name = node.child_by_field_name(field::NAME);
                let (Some((value, thing)), Some(name)) = (value, name) else {
                    return Thing::unknown(self.shown(node));
                };
                self.assign(name, thing.clone(), Some(value));
                thing
            }
            kind::CONDITIONAL_EXPRESSION => self.conditional(node),
            kind::BOOLEAN_OPERATOR => self.boolean(node),
            kind::BINARY_OPERATOR => self.binary(node),
            kind::LAMBDA => {
                self.lambda(node);
                Thing::unknown(self.shown(node))
            }
            kind::LIST_COMPREHENSION
            | kind::SET_COMPREHENSION
            | kind::DICTIONARY_COMPREHENSION
            | kind::GENERATOR_EXPRESSION => self.comprehension(node),
            kind::KEYWORD_ARGUMENT => {
                let value = node.child_by_field_name(field::VALUE);
                value.map_or(Thing::Absent, |value| self.eval(value))
            }
            _ => self.composed(node),
        }
    }

    /// The body of a lambda, without what only its callers make known.
    fn lambda(&mut self, node: Syntax<'t>) {
        let Some(body) = node.child_by_field_name(field::BODY) else { return };
        let parameters = node.child_by_field_name(field::PARAMETERS);
        let parameters = parameters.map_or("", |parameters| self.text(parameters)).to_owned();
        let names: Vec<&str> = parameters
            .split(',')
            .map(|it| it.split(['=', ':']).next().unwrap_or(it).trim())
            .collect();
        let (_, nodes) = self.apart(|machine| machine.eval(body));
        self.out.extend(filtered(nodes, &|operation| match &operation.action {
            Action::Unresolved(text) => !names.contains(&text.as_str()),
            Action::Named(_) => true,
        }));
    }

    /// A value made from the values of its parts in a way that is not followed.
    pub(super) fn composed(&mut self, node: Syntax<'t>) -> Thing {
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
        let Some(object) = node.child_by_field_name(field::OBJECT) else {
            return Thing::unknown(self.shown(node));
        };
        let object = self.eval(object);
        self.member(&object, node)
    }

    /// An attribute of a value that was read.
    pub(super) fn member(&mut self, object: &Thing, node: Syntax<'t>) -> Thing {
        let name = super::outline::field_text(node, field::ATTRIBUTE, self.source).to_owned();
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
                // Beside another product's client each method is only possible.
                if members.iter().any(|it| matches!(it, Thing::Method(_)))
                    && things.contains(&Thing::Client(Product::Foreign))
                {
                    return Thing::one_of(members, false, self.shown(node));
                }
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
                kind::COMMENT => {}
                kind::LIST_SPLAT => {
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
            if child.kind() == kind::PAIR {
                let key = child.child_by_field_name(field::KEY).map(|key| self.eval(key));
                let value = child.child_by_field_name(field::VALUE).map(|value| self.eval(value));
                match (key.as_ref().and_then(Thing::as_text), value) {
                    (Some(key), Some(value)) => entries.push((Name::from(key), value)),
                    (None, Some(_)) => {
                        let tainted = key.is_some_and(|key| key.is_tainted());
                        rest = rest.max(if tainted { Rest::Tainted } else { Rest::Open });
                    }
                    _ => {}
                }
            } else if child.kind() == kind::DICTIONARY_SPLAT {
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
        let value = node.child_by_field_name(field::VALUE).map(|value| self.eval(value));
        let key = node.child_by_field_name(field::SUBSCRIPT).map(|key| self.eval(key));
        let (Some(value), Some(key)) = (value, key) else {
            return Thing::unknown(self.shown(node));
        };
        let text = self.shown(node);
        element(&value, &key).unwrap_or_else(|| Thing::derived(text, [&value, &key]))
    }

    fn assignment(&mut self, node: Syntax<'t>) -> Thing {
        let right = node.child_by_field_name(field::RIGHT);
        let handed =
            node.child_by_field_name(field::LEFT).and_then(|left| self.handed(left, right));
        let (mut thing, nodes) = self.apart(|machine| match right {
            Some(right) => machine.eval(right),
            None => Thing::unknown(machine.shown(node)),
        });
        let handed = handed.filter(|_| matches!(thing, Thing::Unknown(_)));
        // A command line that is only made into another is not run there.
        if !matches!(handed, Some(Thing::List(_))) {
            self.out.extend(nodes);
        }
        thing = handed.unwrap_or(thing);
        let annotation = node.child_by_field_name(field::TYPE);
        if let Some(typed) = annotation.and_then(|annotation| self.annotated(annotation)) {
            thing = join(thing, typed);
        } else if right.is_none() {
            return thing;
        }
        if let Some(left) = node.child_by_field_name(field::LEFT) {
            self.assign(left, thing.clone(), right);
        }
        thing
    }

    /// The request in `request = prepared(request)`, or a command line in its
    /// place: a function that is not known is taken to hand it on.
    fn handed(&self, left: Syntax<'t>, right: Option<Syntax<'t>>) -> Option<Thing> {
        let call = right.filter(|_| left.kind() == kind::IDENTIFIER)?;
        let name = self.text(left);
        let known =
            self.local(name).filter(|thing| matches!(thing, Thing::Request(_) | Thing::List(_)))?;
        let arguments = call.child_by_field_name(field::ARGUMENTS)?;
        let mut cursor = arguments.walk();
        let given = arguments.named_children(&mut cursor).any(|it| self.text(it) == name);
        given.then_some(known)
    }

    fn augmented(&mut self, node: Syntax<'t>) -> Thing {
        let (Some(left), Some(right)) =
            (node.child_by_field_name(field::LEFT), node.child_by_field_name(field::RIGHT))
        else {
            return Thing::unknown(self.shown(node));
        };
        let before = self.eval(left);
        let added = self.eval(right);
        let is_sum = super::outline::field_text(node, field::OPERATOR, self.source) == "+=";
        let text = self.shown(left);
        let thing = if is_sum { sum(&before, &added, text.clone()) } else { None };
        let thing = thing.unwrap_or_else(|| Thing::derived(text, [&before, &added]));
        self.assign(left, thing.clone(), Some(right));
        thing
    }

    /// Reads a function's body for one of its calls.
    pub(super) fn read_body(&mut self, body: Syntax<'t>) -> Flow {
        self.block(body)
    }
}
