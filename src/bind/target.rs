//! What an operation acts on, by its arguments.

use crate::catalogue::ApiAction;
use crate::procedure::{Arguments, Target, Value};

/// What the arguments name as the thing that an action acts on.
pub(super) fn named_target(api: Option<&ApiAction>, arguments: &Arguments) -> Option<Target> {
    let mut values = api?.target_parameters().iter().map(|parameter| arguments.get(parameter));
    values.find_map(target_of)
}

fn target_of(value: &Value) -> Option<Target> {
    match value {
        Value::Absent | Value::Map(_) => None,
        Value::Text(text) => Some(Target::Known(bare_list(text))),
        Value::Unknown(unknown) => Some(match &unknown.declared {
            Some(address) => Target::Declared(address.clone()),
            None => Target::Symbol(unknown.text.clone()),
        }),
        Value::List(items) => {
            join_targets(items.iter().filter_map(target_of).collect::<Vec<_>>().as_slice())
        }
    }
}

/// One target for several: declared only if all are, known only if all are.
fn join_targets(targets: &[Target]) -> Option<Target> {
    let names: Vec<&str> = targets.iter().filter_map(Target::name).collect();
    let names = names.join(", ");
    let all = |kind: fn(&Target) -> bool| targets.iter().all(kind);
    match targets.first()? {
        Target::Declared(_) if all(|target| matches!(target, Target::Declared(_))) => {
            Some(Target::Declared(names))
        }
        Target::Known(_) if all(|target| matches!(target, Target::Known(_))) => {
            Some(Target::Known(names))
        }
        _ => Some(Target::Symbol(names)),
    }
}

/// An identifier out of the JSON list form that some parameters take:
/// `["i-1","i-2"]`.
fn bare_list(text: &str) -> String {
    let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return text.to_owned();
    };
    let items = inner.split(',').map(|item| item.trim().trim_matches(['"', '\'']));
    items.collect::<Vec<_>>().join(", ")
}
