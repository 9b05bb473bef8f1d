//! Recipes that need each other, as of make and just: whoever runs one runs those
//! that it needs before, each once.

use std::collections::{HashMap, HashSet};

use super::steps::{Look, Steps};
use crate::procedure::{Failure, Invocation, Node, Procedure};
use crate::source::Span;

/// How many recipes are followed from one.
const MOST_NEEDED: usize = 500;

/// How many are followed from all recipes of a file together.
const MOST_FOLLOWED: usize = 50_000;

/// A named run of steps.
#[derive(Clone, Debug)]
pub(in crate::frontend) struct Recipe {
    /// What its author calls it.
    pub(in crate::frontend) name: String,
    /// The whole of it.
    pub(in crate::frontend) span: Span,
    /// The recipes that run before it.
    pub(in crate::frontend) needs: Vec<String>,
    /// Its own steps.
    pub(in crate::frontend) body: Vec<Node>,
    /// The looks behind which it ends well only if there is no lock.
    pub(in crate::frontend) looks: Vec<Look>,
    /// The recipes that run after it.
    pub(in crate::frontend) then: Vec<String>,
}

/// A run of a recipe as a step of another.
pub(in crate::frontend) fn invoke(span: Span, failure: Failure) -> Node {
    let (given, body) = (Vec::new(), Vec::new());
    Node::Invoke(Invocation { procedure: span, given, failure, process: true, body })
}

/// The procedures that recipes are: one that no other needs with those that it
/// needs, the others with their own steps.
pub(in crate::frontend) fn procedures(
    recipes: Vec<Recipe>,
    frontend: &'static str,
) -> Vec<Procedure> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for (number, recipe) in recipes.iter().enumerate() {
        numbers.entry(&recipe.name).or_insert(number);
    }
    let find = |names: &[String]| -> Vec<usize> {
        names.iter().filter_map(|name| numbers.get(name.as_str()).copied()).collect()
    };
    let needs: Vec<Vec<usize>> = recipes.iter().map(|recipe| find(&recipe.needs)).collect();
    let then: Vec<Vec<usize>> = recipes.iter().map(|recipe| find(&recipe.then)).collect();
    let needed: HashSet<usize> = needs.iter().chain(&then).flatten().copied().collect();
    let spans: Vec<Span> = recipes.iter().map(|recipe| recipe.span).collect();
    let looks: Vec<Vec<Look>> = recipes.iter().map(|recipe| recipe.looks.clone()).collect();
    let mut left = MOST_FOLLOWED;
    let mut procedures = Vec::new();
    for (number, recipe) in recipes.into_iter().enumerate() {
        let Recipe { name, span, body: own, .. } = recipe;
        let is_root = !needed.contains(&number);
        let mut seen = HashSet::from([number]);
        let mut steps = Steps::default();
        for before in order(&needs[number], &needs, &then, &mut seen, &mut left) {
            if is_root {
                steps.extend([invoke(spans[before], Failure::Raises)]);
            }
            looks[before].iter().for_each(|look| steps.look(look.clone()));
        }
        steps.extend(own);
        looks[number].iter().for_each(|look| steps.look(look.clone()));
        if is_root {
            let after = order(&then[number], &needs, &then, &mut seen, &mut left);
            steps.extend(after.into_iter().map(|after| invoke(spans[after], Failure::Raises)));
        }
        let (parameters, body) = (Vec::new(), steps.finish());
        procedures.push(Procedure { name, span, frontend, parameters, body });
    }
    procedures
}

/// The recipes that run when some are asked for, each after those that it needs.
fn order(
    from: &[usize],
    needs: &[Vec<usize>],
    then: &[Vec<usize>],
    seen: &mut HashSet<usize>,
    left: &mut usize,
) -> Vec<usize> {
    let mut order = Vec::new();
    // What is to be done, the next at the end: a recipe to look at, or one whose
    // needs have been seen to.
    let mut pending: Vec<(usize, bool)> = from.iter().rev().map(|it| (*it, false)).collect();
    while let Some((number, is_ready)) = pending.pop() {
        if is_ready {
            order.push(number);
        } else if order.len() < MOST_NEEDED && *left > 0 && seen.insert(number) {
            *left -= 1;
            pending.extend(then[number].iter().rev().map(|it| (*it, false)));
            pending.push((number, true));
            pending.extend(needs[number].iter().rev().map(|it| (*it, false)));
        }
    }
    order
}
