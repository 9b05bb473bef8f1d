//! Puts the calls of the templates that a template runs in their place.

use std::collections::BTreeMap;

use super::steps::{Call, Step, Template};

/// How deep templates run one another.
const MOST_NESTED: usize = 16;

/// The calls of one template at most.
const MOST_CALLS: usize = 2_000;

/// A template whose steps are calls and nothing else. A call that stands twice
/// in a row is written once.
pub(super) fn expanded(template: &Template, all: &BTreeMap<String, Template>) -> Template {
    let mut steps = Vec::new();
    expand(&template.steps, None, all, MOST_NESTED, &mut steps);
    let is_open = steps.contains(&Step::Open);
    steps.retain(|step| *step != Step::Open);
    steps.dedup();
    Template { steps, is_open, ..template.clone() }
}

/// `given` says which of the outermost template's parameters have the values of
/// the parameters that the steps name; without it they are their own.
fn expand(
    steps: &[Step],
    given: Option<&BTreeMap<String, String>>,
    all: &BTreeMap<String, Template>,
    depth: usize,
    steps_so_far: &mut Vec<Step>,
) {
    let outer = |inner: &String| match given {
        Some(given) => given.get(inner).cloned(),
        None => Some(inner.clone()),
    };
    let renamed = |names: &BTreeMap<String, String>| -> BTreeMap<String, String> {
        names.iter().filter_map(|(name, inner)| Some((name.clone(), outer(inner)?))).collect()
    };
    for step in steps {
        match step {
            _ if steps_so_far.len() >= MOST_CALLS => return,
            Step::Open => steps_so_far.push(Step::Open),
            Step::Call(call) => {
                let arguments = renamed(&call.arguments);
                steps_so_far.push(Step::Call(Call { arguments, ..call.clone() }));
            }
            Step::Run(name, names) => {
                if let (Some(nested), Some(depth)) =
                    (all.get(&name.to_ascii_lowercase()), depth.checked_sub(1))
                {
                    expand(&nested.steps, Some(&renamed(names)), all, depth, steps_so_far);
                }
            }
        }
    }
}
