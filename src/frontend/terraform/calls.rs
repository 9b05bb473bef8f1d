//! The calls of a function inside of expressions, wherever they stand.

use super::tree::{
    Block, Call, Directive, Expression, Item, Key, Kind, Part, Step, Template, Token,
};

/// The calls of a function in a block, in their order.
pub(super) fn of<'p>(name: &str, block: &'p Block) -> Vec<&'p Call> {
    let mut search = Search { name, found: Vec::new() };
    search.block(block);
    search.found
}

/// Recursion goes no deeper than the tree is high, which the parser bounds.
struct Search<'n, 'p> {
    name: &'n str,
    found: Vec<&'p Call>,
}

impl<'p> Search<'_, 'p> {
    fn block(&mut self, block: &'p Block) {
        for item in &block.items {
            match item {
                Item::Attribute(attribute) => self.expression(&attribute.value),
                Item::Block(inner) => self.block(inner),
            }
        }
    }

    fn expression(&mut self, expression: &'p Expression) {
        match &expression.kind {
            Kind::Template(template) => self.template(template),
            Kind::Tuple(items) => items.iter().for_each(|item| self.expression(item)),
            Kind::Object(entries) => {
                for (key, value) in entries {
                    if let Key::Computed(key) = key {
                        self.expression(key);
                    }
                    self.expression(value);
                }
            }
            Kind::For(each) => {
                let parts = [Some(&each.over), each.key.as_ref(), Some(&each.body)];
                let parts = parts.into_iter().chain([each.condition.as_ref()]);
                parts.flatten().for_each(|part| self.expression(part));
            }
            Kind::Call(call) => {
                call.arguments.iter().for_each(|argument| self.expression(argument));
                if &*call.name == self.name {
                    self.found.push(call);
                }
            }
            Kind::Conditional(conditional) => {
                for (condition, value) in &conditional.choices {
                    self.expression(condition);
                    self.expression(value);
                }
                self.expression(&conditional.otherwise);
            }
            Kind::Operation(tokens) => {
                for token in tokens {
                    if let Token::Operand(operand) = token {
                        self.expression(operand);
                    }
                }
            }
            Kind::Pick(from, steps) => {
                self.expression(from);
                for step in steps {
                    if let Step::Index(index) = step {
                        self.expression(index);
                    }
                }
            }
            Kind::Broken
            | Kind::TooDeep
            | Kind::Null
            | Kind::Bool(_)
            | Kind::Number(_)
            | Kind::Name(_) => {}
        }
    }

    fn template(&mut self, template: &'p Template) {
        for part in &template.parts {
            match part {
                Part::Interpolation(marked) => self.expression(&marked.inner),
                Part::Directive(marked) => match &marked.inner {
                    Directive::If(over) | Directive::For(_, over) => self.expression(over),
                    Directive::Else | Directive::End => {}
                },
                Part::Verbatim(_) | Part::Escape(..) => {}
            }
        }
    }
}
