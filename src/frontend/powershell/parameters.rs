//! What the parameters of a function are in a call.

use std::collections::HashMap;

use super::command::Word;
use super::datum::Datum;
use super::line::spread;
use super::resolve::Resolver;

impl<'t> Resolver<'_, 't> {
    /// The values of a function's parameters in a call.
    pub(super) fn bind(&self, function: usize, words: &[Word<'t>]) -> HashMap<String, Datum<'t>> {
        let scope = &self.script.scopes[function];
        let mut given: HashMap<String, Datum<'t>> = HashMap::new();
        let words: Vec<Word<'t>> = words.iter().flat_map(spread).collect();
        let mut left = Vec::new();
        let mut words = words.into_iter().peekable();
        while let Some(word) = words.next() {
            let flag = word.flag().map(str::to_ascii_lowercase);
            let parameter = flag.and_then(|flag| {
                let named = |exact: bool| {
                    scope.parameters.iter().find(|parameter| {
                        if exact {
                            parameter.name == flag
                        } else {
                            parameter.name.starts_with(&flag)
                        }
                    })
                };
                named(true).or_else(|| named(false))
            });
            match parameter {
                Some(parameter) if parameter.switch => {
                    given.insert(parameter.name.clone(), Datum::text("True"));
                }
                Some(parameter) => {
                    let value = words.next().map(|word| word.datum);
                    given.extend(value.map(|value| (parameter.name.clone(), value)));
                }
                None => left.push(word.datum),
            }
        }
        let mut left = left.into_iter();
        for parameter in scope.parameters.iter().filter(|parameter| !parameter.switch) {
            if given.contains_key(&parameter.name) {
                continue;
            }
            let value = if parameter.remaining {
                Some(Datum::List(left.by_ref().collect()))
            } else {
                left.next()
            };
            let default = || {
                let env = self.env(function, scope.node.start_byte(), None);
                parameter.default.map_or(Datum::text(""), |node| env.eval(node))
            };
            given.insert(parameter.name.clone(), value.unwrap_or_else(default));
        }
        given.insert("args".into(), Datum::List(left.collect()));
        given
    }
}
