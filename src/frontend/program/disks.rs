//! Looks at the status of a disk: which values are one, what comparing them tells,
//! and on which disks operations act of which that is known.

use super::given::Given;
use super::locks::Decided;
use super::machine::Machine;
use super::origin::{Lock, Origin, Tells};
use super::thing::Thing;
use crate::procedure::{Arguments, Node, Target, Value};

/// The action whose answer says how disks are.
const LISTS: &str = "DescribeDisks@";

/// Statuses of a disk that is attached to nothing, and of one that is in use.
const FREE: &str = "available";
const IN_USE: &str = "in_use";

impl Lock {
    /// Whether its opposite tells nothing.
    pub(super) fn is_one_sided(&self) -> bool {
        matches!(self.of, Tells::InUse | Tells::Free)
    }
}

impl Machine<'_> {
    /// Says of operations on disks what looks at their status have told.
    pub(super) fn with_disk_states(&self, nodes: &mut [Node]) {
        if self.run.decided.iter().all(|decided| !decided.lock.is_one_sided()) {
            return;
        }
        for node in nodes {
            if let Node::Call(operation) = node {
                let told = self.run.decided.iter().rev();
                let mut told = told.filter(|it| is_about(it, &operation.arguments));
                if let Some(decided) = told.next().filter(|_| !operation.disk_in_use) {
                    operation.disk_in_use = decided.lock.of == Tells::InUse;
                    operation.disk_free = decided.lock.of == Tells::Free;
                }
            }
            for body in node.bodies_mut() {
                self.with_disk_states(body);
            }
        }
    }

    /// `wait_for_disk(id, "Available")`: what follows runs once that has come.
    pub(super) fn waited(name: &str, given: &Given) -> Option<Decided> {
        if !name.to_ascii_lowercase().contains("wait") {
            return None;
        }
        let given = || given.all().map(|argument| &argument.thing);
        let of = given().find_map(|thing| tells_of(thing.as_text()?))?;
        let id = given().find_map(|thing| match thing {
            Thing::Unknown(unknown) if unknown.text.to_ascii_lowercase().contains("disk") => {
                Some(Target::Symbol(unknown.text.to_string()))
            }
            Thing::Text(_) => {
                let id = thing.as_text().filter(|text| text.starts_with("d-"))?;
                Some(Target::Known(id.to_owned()))
            }
            _ => None,
        })?;
        Some(Decided { lock: Lock { if_locked: true, target: id, of }, locked: true })
    }
}

/// Whether what is decided is about the disk that an operation acts on.
fn is_about(decided: &Decided, arguments: &Arguments) -> bool {
    if !decided.lock.is_one_sided() || !decided.locked {
        return false;
    }
    match (&decided.lock.target, arguments.get("DiskId")) {
        (Target::Known(known), Value::Text(id)) => known == id,
        (Target::Symbol(known), Value::Unknown(id)) => {
            let rest = id.text.strip_prefix(known.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '-', '?', '!']))
        }
        _ => false,
    }
}

/// A member of what lists disks: the status of one of them.
pub(super) fn status_member(object: Option<&Thing>, name: &str, thing: Thing) -> Thing {
    let Thing::Unknown(unknown) = &thing else { return thing };
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let folded: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    if !matches!(folded.as_str(), "status" | "getstatus") {
        return thing;
    }
    let Some(origin) = object.and_then(Thing::origin).or_else(|| unknown.origin.clone()) else {
        return thing;
    };
    if !origin.answer.as_ref().is_some_and(|answer| answer.starts_with(LISTS)) {
        return thing;
    }
    let target = match (&origin.asked, object) {
        (Target::Unknown, Some(Thing::Unknown(object))) => Target::Symbol(object.text.to_string()),
        (asked, _) => asked.clone(),
    };
    let origin = Origin { status: Some(target), lock: None, ..(*origin).clone() };
    thing.coming_from(std::rc::Rc::new(origin))
}

/// What it tells that the status of a disk is a text, or is not.
pub(super) fn disk_state(same: bool, left: &Thing, right: &Thing) -> Option<Lock> {
    let status = |thing: &Thing| thing.origin().and_then(|origin| origin.status.clone());
    let (target, other) = match (status(left), status(right)) {
        (Some(target), _) => (target, right),
        (None, Some(target)) => (target, left),
        (None, None) => return None,
    };
    let of = tells_of(other.as_text()?)?;
    Some(Lock { if_locked: same, target, of })
}

fn tells_of(status: &str) -> Option<Tells> {
    match status.to_ascii_lowercase().as_str() {
        FREE => Some(Tells::Free),
        IN_USE => Some(Tells::InUse),
        _ => None,
    }
}
