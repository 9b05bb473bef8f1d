//! What changed between two versions of a unit: the planned changes of its
//! declared resources, and the procedures that are new or not the same.

use std::collections::{HashMap, HashSet};

use crate::frontend::Lowered;
use crate::procedure::{Change, Declaration, Lifecycle, Node, Procedure, Property, Unknown, Value};
use crate::source::Span;

/// Keeps of the later version of a unit what differs from the earlier one.
/// Declarations become changes. `text` gives the source text of a span of either
/// version; `place` the span in the later version that stands for one of the
/// earlier.
pub(crate) fn changes<'s>(
    earlier: &Lowered,
    later: Lowered,
    text: (&dyn Fn(Span) -> &'s str, &dyn Fn(Span) -> &'s str),
    place: impl Fn(Span) -> Span,
) -> Lowered {
    let created = created(&earlier.declarations, &later.declarations);
    let before: HashMap<&str, &Declaration> = by_address(&earlier.declarations);
    let after: HashMap<&str, &Declaration> = by_address(&later.declarations);
    let kept = later.declarations.iter().filter_map(|declaration| {
        let declaration_before = before.get(declaration.address.as_str()).copied();
        changed(declaration_before, declaration, &created)
    });
    let gone = earlier
        .declarations
        .iter()
        .filter(|declaration| !after.contains_key(declaration.address.as_str()));
    let destroyed = gone.map(|declaration| destroyed(declaration, place(declaration.span)));
    let changes = kept.chain(destroyed).collect();
    let known: HashSet<(&str, Vec<&str>)> = earlier
        .procedures
        .iter()
        .map(|procedure| (procedure.name.as_str(), texts(procedure, text.0)))
        .collect();
    let is_new = |procedure: &Procedure| {
        !known.contains(&(procedure.name.as_str(), texts(procedure, text.1)))
    };
    Lowered {
        procedures: later.procedures.into_iter().filter(is_new).collect(),
        declarations: Vec::new(),
        dependencies: later.dependencies,
        changes,
        existing: later.existing,
        parts: later.parts,
        problems: later.problems,
    }
}

/// The text of a procedure, and of what it calls in other files.
fn texts<'s>(procedure: &Procedure, text: &dyn Fn(Span) -> &'s str) -> Vec<&'s str> {
    let mut texts = vec![text(procedure.span)];
    let mut pending: Vec<&[Node]> = vec![&procedure.body];
    while let Some(nodes) = pending.pop() {
        for node in nodes {
            let span = match node {
                Node::Call(operation) => Some(operation.span),
                Node::Expand(declaration) => Some(declaration.span),
                _ => None,
            };
            let elsewhere = span.filter(|span| span.file != procedure.span.file);
            texts.extend(elsewhere.map(text));
            pending.extend(node.bodies());
        }
    }
    texts
}

fn by_address(declarations: &[Declaration]) -> HashMap<&str, &Declaration> {
    declarations.iter().map(|declaration| (declaration.address.as_str(), declaration)).collect()
}

/// Addresses that only the later version declares.
fn created<'d>(earlier: &[Declaration], later: &'d [Declaration]) -> HashSet<&'d str> {
    let before = by_address(earlier);
    let addresses = later.iter().map(|declaration| declaration.address.as_str());
    addresses.filter(|address| !before.contains_key(address)).collect()
}

/// The change of a resource that the later version declares, if there is one.
fn changed(
    before: Option<&Declaration>,
    after: &Declaration,
    created: &HashSet<&str>,
) -> Option<Change> {
    let declaration = existing_as_unknown(after, created);
    let Some(before) = before.filter(|before| before.kind == after.kind) else {
        let operations = vec![(Lifecycle::Create, declaration)];
        return Some(Change {
            operations,
            changed: Vec::new(),
            id: None,
            replaces: None,
            possible: false,
        });
    };
    let changed = changed_properties(before, after);
    if changed.is_empty() {
        return None;
    }
    let operations = vec![(Lifecycle::Update, declaration)];
    let replaces = Some(Declaration { span: after.span, ..before.clone() });
    Some(Change { operations, changed, id: None, replaces, possible: false })
}

fn destroyed(declaration: &Declaration, span: Span) -> Change {
    let mut declaration = Declaration { span, ..declaration.clone() };
    for property in &mut declaration.properties {
        property.span = span;
    }
    let operations = vec![(Lifecycle::Delete, declaration)];
    Change { operations, changed: Vec::new(), id: None, replaces: None, possible: false }
}

/// Names of the properties whose values differ, absent ones included.
fn changed_properties(before: &Declaration, after: &Declaration) -> Vec<String> {
    let value = |declaration: &Declaration, name: &str| -> Vec<Value> {
        let named = declaration.properties.iter().filter(|property| property.name == name);
        named
            .map(|property| property.value.clone())
            .filter(|value| *value != Value::Absent)
            .collect()
    };
    let mut names: Vec<&str> = Vec::new();
    for property in before.properties.iter().chain(&after.properties) {
        if !names.contains(&property.name.as_str()) {
            names.push(&property.name);
        }
    }
    let differs = |name: &&str| value(before, name) != value(after, name);
    names.into_iter().filter(differs).map(str::to_owned).collect()
}

/// A declaration in which only what comes from resources that are created with it
/// still counts as declared here: the others exist, and may be locked.
fn existing_as_unknown(declaration: &Declaration, created: &HashSet<&str>) -> Declaration {
    let property = |property: &Property| Property {
        value: undeclare(&property.value, created),
        ..property.clone()
    };
    let properties = declaration.properties.iter().map(property).collect();
    Declaration { properties, ..declaration.clone() }
}

fn undeclare(value: &Value, created: &HashSet<&str>) -> Value {
    match value {
        Value::Unknown(Unknown { text, declared: Some(address), answer: None })
            if !created.contains(address.as_str()) =>
        {
            Value::unknown(text)
        }
        Value::List(items) => {
            Value::List(items.iter().map(|item| undeclare(item, created)).collect())
        }
        Value::Map(entries) => {
            let entry = |(name, item): &(String, Value)| (name.clone(), undeclare(item, created));
            Value::Map(entries.iter().map(entry).collect())
        }
        _ => value.clone(),
    }
}
