//! Looks at the lock state of an instance: which values tell of a lock, and what
//! runs only if there is one or only if there is none.

use std::ops::Range;

use super::calls::Call;
use super::code::{Expression, Function};
use super::disks::{disk_state, status_member};
use super::given::Given;
use super::machine::Machine;
use super::origin::{Lock, Origin, Tells};
use super::statements::Flow;
use super::thing::{Rest, Thing};
use crate::frontend::lock_state;
use crate::procedure::{self, Arguments, Arm, Guard, Node, Target};

/// Functions and methods that hold for what is empty, in lower case without
/// underscores.
const EMPTY: &[&str] = &[
    "isempty",
    "empty",
    "empty?",
    "isnull",
    "isnil",
    "isnone",
    "isnullorempty",
    "isblank",
    "blank?",
    "nil?",
    "none?",
    "none",
    "nonematch",
    "isnullorwhitespace",
    "isnullorundefined",
];

/// Locks that are none for security.
const OTHER_LOCKS: &[&str] =
    &["financial", "recycling", "dedicatedhostfinancial", "refunded", "overdue"];

/// What runs only if there is a lock, or only if there is none.
#[derive(Clone, Debug)]
pub(super) struct Decided {
    pub(super) lock: Lock,
    /// Whether it runs if there is a lock.
    pub(super) locked: bool,
}

impl<'c> Machine<'c> {
    /// What a call comes to that is given something that tells of a lock, or asks for
    /// it by name.
    pub(super) fn lock_call(&self, call: &Call<'c>, thing: Thing) -> Thing {
        if !matches!(thing, Thing::Unknown(_)) || matches!(call.callee, Thing::Function(..)) {
            return thing;
        }
        let asks = |it: &Thing| {
            it.as_text().is_some_and(|text| lock_state::is_mentioned(text) && !text.contains(' '))
        };
        let arguments = call.given.positional.iter();
        if let Some((object, _)) = &call.object
            && (call.given.positional.first().is_some_and(|it| asks(&it.thing)))
        {
            return lock_member(object, "OperationLocks", thing);
        }
        if arguments.clone().any(|it| asks(&it.thing)) && !call.hint().is_silent() {
            let known = arguments.map(|it| &it.thing).find(|it| it.origin().is_some());
            return lock_member(known.unwrap_or(&Thing::Absent), "OperationLocks", thing);
        }
        let thing = status_member(call.object.as_ref().map(|it| &it.0), &call.name, thing);
        if let Some(told) = told_by_equality(call) {
            return thing.telling(Some(told));
        }
        let own = thing.told();
        let lock = self.lock_of_lambda(call).map(|lock| match &own {
            Some(own) if lock.target == Target::Unknown => {
                Lock { target: own.target.clone(), ..lock }
            }
            _ => lock,
        });
        let lock = lock.or(own).map(|lock| {
            let about_other = call.given.all().any(|it| is_other_lock(&it.thing))
                || call.object.as_ref().is_some_and(|(object, _)| is_other_lock(object));
            if about_other { otherwise(lock) } else { lock }
        });
        match lock {
            Some(lock) if is_empty_test(&call.name) => thing.telling(Some(lock.flipped())),
            lock => thing.telling(lock),
        }
    }

    /// What a function tells of a lock that a method calls for each item of its object.
    fn lock_of_lambda(&self, call: &Call<'c>) -> Option<Lock> {
        let mut lambdas = call.given.all().filter_map(|it| match &it.thing {
            Thing::Function(number, _) => self.memory.summaries.get(number),
            _ => None,
        });
        let lock = lambdas.find_map(|summary| summary.returns.told())?;
        Some(if &*call.name == "reject" { lock.flipped() } else { lock })
    }

    /// What operators other than these tell, by how they are written.
    pub(super) fn lock_operator(
        &self,
        items: &'c [Expression],
        things: &[Thing],
        at: &Range<usize>,
        thing: Thing,
    ) -> Thing {
        let Some(lock) = thing.told() else { return thing };
        let text = &self.source.text;
        let lock = match items {
            [only] => {
                let before = text.get(at.start..only.at.start).unwrap_or_default();
                let before = before.trim_end_matches(['(', ' ']);
                if before == "!" || before.ends_with("not") { lock.flipped() } else { lock }
            }
            [left, right] => {
                let between = text.get(left.at.end..right.at.start).unwrap_or_default();
                let operator = between.trim_matches([')', '(', ' ', '\n', '\t', '"', '\'']);
                let number = |thing: &Thing| thing.as_text().and_then(|it| it.parse::<i64>().ok());
                let other = if things[0].told().is_some() { &things[1] } else { &things[0] };
                let mirrored = things[0].told().is_none();
                match (operator, number(other)) {
                    ("not in", _) => lock.flipped(),
                    ("in", _) if is_other_lock(other) => otherwise(lock),
                    ("&&" | "and", _) if lock.is_one_sided() && !lock.if_locked => {
                        return thing.telling(None);
                    }
                    ("<", Some(1)) | ("<=", Some(0)) if !mirrored => lock.flipped(),
                    (">", Some(1)) | (">=", Some(0)) if mirrored => lock.flipped(),
                    _ => lock,
                }
            }
            _ => lock,
        };
        thing.telling(Some(lock))
    }

    /// A value that is given where something runs only if there is a lock, or only
    /// if there is none: it tells which.
    pub(super) fn under_look(&self, thing: Thing, any: bool) -> Thing {
        let Some(Decided { lock, locked }) = self.run.decided.last() else { return thing };
        let is_truth = matches!(thing.as_text(), Some("true" | "false"));
        let told = |truth: bool| {
            let if_locked = truth == *locked;
            Some(Lock { if_locked, ..lock.clone() })
        };
        match &thing {
            Thing::Map(map) => {
                let entries = map.entries.iter();
                let entries =
                    entries.map(|(name, it)| (name.clone(), self.under_look(it.clone(), false)));
                Thing::map(entries.collect(), map.rest)
            }
            _ if is_truth || any && *locked && matches!(thing, Thing::Text(_) | Thing::Absent) => {
                Thing::unknown("…").telling(told(!is_nothing(&thing)))
            }
            Thing::Unknown(unknown) if any && *locked => {
                Thing::Unknown(unknown.clone()).telling(told(true))
            }
            _ => thing,
        }
    }

    /// Something that is put into a list where a look at the lock state decides: the
    /// list holds what is locked, or what is not.
    pub(super) fn collected(&self, thing: Thing) -> Thing {
        let Some(Decided { lock, locked }) = self.run.decided.last() else { return thing };
        thing.telling(Some(Lock { if_locked: *locked, ..lock.clone() }))
    }

    /// Reads what runs only if a condition holds, or only if it does not.
    pub(super) fn deciding<T>(
        &mut self,
        lock: Option<&Lock>,
        holds: bool,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let depth = self.run.decided.len();
        if let Some(lock) = lock {
            let locked = lock.if_locked == holds;
            self.run.decided.push(Decided { lock: lock.clone(), locked });
        }
        let result = read(self);
        self.run.decided.truncate(depth);
        result
    }

    /// What follows an alternative that goes away runs only if the other was taken.
    pub(super) fn decide_rest(&mut self, lock: Option<&Lock>, then: Flow, otherwise: Flow) {
        let Some(lock) = lock else { return };
        let holds = match (then, otherwise) {
            (Flow::Falls, Flow::Falls) => return,
            (_, Flow::Falls) => false,
            (Flow::Falls, _) => true,
            _ => return,
        };
        self.run.decided.push(Decided { lock: lock.clone(), locked: lock.if_locked == holds });
    }

    /// Alternatives, of which some ask for a lock, as nodes.
    pub(super) fn chosen(&self, arms: Vec<(Option<Lock>, Range<usize>, Arm)>) -> Vec<Node> {
        let mut rest: Vec<Arm> = Vec::new();
        for (lock, at, arm) in arms.into_iter().rev() {
            match lock.filter(|lock| lock.of == Tells::Locked) {
                None => rest.push(arm),
                Some(lock) => {
                    let others = branch(std::mem::take(&mut rest));
                    let body = vec![self.guard(&lock, &at, arm.body, others)];
                    rest.push(Arm { condition: None, body });
                }
            }
        }
        branch(rest)
    }

    /// What runs if something that tells of a lock is true, and what runs if it is
    /// not.
    pub(super) fn guard(
        &self,
        lock: &Lock,
        at: &Range<usize>,
        holds: Vec<Node>,
        otherwise: Vec<Node>,
    ) -> Node {
        let (locked, body) = if lock.if_locked { (holds, otherwise) } else { (otherwise, holds) };
        Node::Guard(Guard { span: self.span(at), target: lock.target.clone(), body, locked })
    }

    /// What a function of the file tells of a lock, seen from its caller.
    pub(super) fn lock_returned(function: &Function, given: &Given, origin: &Origin) -> Origin {
        let mut origin = origin.clone();
        let told = origin.lock.as_mut().map(|it| &mut it.target);
        for target in [&mut origin.asked].into_iter().chain(told).chain(&mut origin.status) {
            if let (Target::Unknown, Some(only)) = (&*target, only_given(function, given)) {
                *target = only;
                continue;
            }
            let Target::Symbol(name) = &*target else { continue };
            let Some(index) = function.parameters.iter().position(|it| *it.name == **name) else {
                continue;
            };
            let argument = given.nth(index, name);
            *target = argument.map_or(Target::Unknown, |it| match &it.thing {
                Thing::Unknown(unknown) => Target::Symbol(unknown.text.to_string()),
                other => other.as_text().map_or(Target::Unknown, |it| Target::Known(it.to_owned())),
            });
        }
        origin
    }
}

/// What a function gives back that tells of a lock, whose target the only thing may be
/// that it was given of those of which it takes any number.
pub(super) fn about_given(function: &Function, given: &Given, thing: Thing) -> Thing {
    match thing.told().filter(|lock| lock.target == Target::Unknown) {
        Some(lock) => match only_given(function, given) {
            Some(target) => Thing::derived("…", [&thing]).telling(Some(Lock { target, ..lock })),
            None => thing,
        },
        None => thing,
    }
}

/// The one instance that a function is given which takes any number of them.
fn only_given(function: &Function, given: &Given) -> Option<Target> {
    let rest = function.parameters.iter().position(|it| it.is_rest)?;
    let [only] = given.positional.get(rest..)? else { return None };
    match &only.thing {
        _ if given.rest != Rest::Closed => None,
        Thing::Unknown(unknown) => Some(Target::Symbol(unknown.text.to_string())),
        other => other.as_text().map(|it| Target::Known(it.to_owned())),
    }
}

/// A member or an element of something: one that tells of a lock, or is of what
/// does.
pub(super) fn lock_member(object: &Thing, name: &str, thing: Thing) -> Thing {
    let thing = status_member(Some(object), name, thing);
    if !lock_state::is_mentioned(name) || !matches!(thing, Thing::Unknown(_)) {
        return match thing.told() {
            Some(lock) if is_empty_test(name) => thing.telling(Some(lock.flipped())),
            _ => thing,
        };
    }
    let known = object.told().map(|lock| lock.target);
    let asked = || object.origin().map(|origin| origin.asked.clone());
    let target = known.or_else(asked).unwrap_or(Target::Unknown);
    thing.telling(Some(Lock { if_locked: true, target, of: Tells::Locked }))
}

/// What `==` or `!=` between two values tells.
pub(super) fn lock_same(same: bool, left: &Thing, right: &Thing, thing: Thing) -> Thing {
    if let Some(state) = disk_state(same, left, right) {
        return thing.telling(Some(state));
    }
    let (lock, other) = match (left.told(), right.told()) {
        (Some(lock), _) => (lock, right),
        (None, Some(lock)) => (lock, left),
        (None, None) => return thing,
    };
    if is_other_lock(other) {
        return thing.telling(Some(otherwise(lock)));
    }
    let lock = if is_nothing(other) == same { lock.flipped() } else { lock };
    thing.telling(Some(lock))
}

/// What a choice between two values tells: `locks ? true : false`, `locks && x`.
pub(super) fn lock_choice(condition: &Thing, things: &[Thing], thing: Thing) -> Thing {
    let [first, second] = things else { return thing };
    let Some(lock) = condition.told() else { return thing };
    let told = match (is_nothing(first), is_nothing(second)) {
        (false, true) => Some(lock),
        (true, false) => Some(lock.flipped()),
        _ => return thing,
    };
    match thing {
        Thing::Unknown(_) => thing.telling(told),
        other => Thing::derived("…", [&other]).telling(told),
    }
}

/// What it tells that a case is taken.
pub(super) fn lock_case(subject: Option<&Thing>, value: &Thing) -> Option<Lock> {
    match subject {
        Some(subject) if subject.origin().is_some() => {
            let thing = Thing::derived("…", [subject, value]);
            lock_same(true, subject, value, thing).told()
        }
        _ => value.told(),
    }
}

/// What a request asks about: the one instance that its arguments name.
pub(super) fn asked(arguments: &Arguments) -> Target {
    let (plural, single) = (arguments.get("InstanceIds"), arguments.get("InstanceId"));
    one_of(if plural.is_given() { plural } else { single })
}

/// What a request for disks asks about: the one disk that its arguments name.
pub(super) fn asked_disk(arguments: &Arguments) -> Target {
    let ids = arguments.get("DiskIds");
    if ids.is_given() { one_of(ids) } else { Target::Unknown }
}

fn one_of(value: &procedure::Value) -> Target {
    const MARKS: &[char] = &['[', ']', '"', '\'', '\\', ' '];
    match value {
        procedure::Value::Text(text) => {
            let ids = text.split(',').map(|id| id.trim_matches(MARKS)).collect::<Vec<_>>();
            Target::Known(ids.join(", "))
        }
        procedure::Value::List(items) => match items.as_slice() {
            [one] => one_of(one),
            _ => Target::Unknown,
        },
        procedure::Value::Unknown(unknown) => {
            sole_name(&unknown.text).map_or(Target::Unknown, Target::Symbol)
        }
        procedure::Value::Map(_) | procedure::Value::Absent => Target::Unknown,
    }
}

/// The one name in the text of a list with one item: `json.dumps([id])`,
/// `"[\"" + id + "\"]"`.
fn sole_name(text: &str) -> Option<String> {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '$');
    if text.chars().all(is_part) && text.to_ascii_lowercase().ends_with("id") {
        return Some(text.to_owned());
    }
    let (start, end) = (text.find('[')? + 1, text.rfind(']')?);
    let inner = text.get(start..end)?;
    let names = names_in(inner);
    // A template, and what goes into it.
    let names = if names.is_empty() { names_in(text.get(end..)?) } else { names };
    match names.as_slice() {
        [one] => Some((*one).to_owned()),
        _ => None,
    }
}

fn names_in(text: &str) -> Vec<&str> {
    const VERBS: &[&str] = &["s", "v", "q", "d"];
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '$');
    let mut names = Vec::new();
    for part in text.split(|letter: char| !is_part(letter)) {
        let is_name =
            part.starts_with(|first: char| first.is_alphabetic() || matches!(first, '_' | '$'));
        if is_name && !VERBS.contains(&part) && !names.contains(&part) {
            names.push(part);
        }
    }
    names
}

fn branch(mut reversed: Vec<Arm>) -> Vec<Node> {
    match reversed.as_mut_slice() {
        [] => Vec::new(),
        [Arm { condition: None, body }] => std::mem::take(body),
        _ => {
            reversed.reverse();
            vec![Node::Branch(reversed)]
        }
    }
}

fn is_empty_test(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "");
    EMPTY.contains(&name.as_str())
}

/// Whether a value is false, empty or none.
pub(super) fn is_nothing(thing: &Thing) -> bool {
    match thing {
        Thing::Absent => true,
        Thing::Text(_) => {
            matches!(
                thing.as_text(),
                Some("" | "0" | "false" | "[]" | "{}" | "None" | "null" | "nil")
            )
        }
        Thing::List(list) => list.items.is_empty() && list.rest == Rest::Closed,
        // `{"LockReason": []}`
        Thing::Map(map) => {
            map.rest == Rest::Closed && map.entries.iter().all(|(_, it)| is_nothing(it))
        }
        _ => false,
    }
}

/// `"Available".equals(disk.getStatus())`
fn told_by_equality(call: &Call<'_>) -> Option<Lock> {
    let (object, _) = call.object.as_ref()?;
    let name = call.name.to_ascii_lowercase();
    if !matches!(name.as_str(), "equals" | "equalsignorecase" | "eql?" | "equal?") {
        return None;
    }
    disk_state(true, object, &call.given.positional.first()?.thing)
}

/// The same of a lock that is none for security.
fn otherwise(lock: Lock) -> Lock {
    Lock { of: Tells::LockedOtherwise, ..lock }
}

fn is_other_lock(thing: &Thing) -> bool {
    thing.as_text().is_some_and(|text| {
        OTHER_LOCKS.contains(&text.to_ascii_lowercase().replace(['-', '_'], "").as_str())
    })
}
