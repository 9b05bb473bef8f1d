//! Loops, and what their variables stand for.

use std::rc::Rc;

use super::code::{Each, Expression, Loop, Statement, Value};
use super::dialect::MapItems;
use super::expressions::alternatives;
use super::indexed::{finds, looks_up};
use super::joining::join;
use super::locks::Decided;
use super::machine::Machine;
use super::origin::{Lock, Tells};
use super::statements::Flow;
use super::thing::{Name, Rest, Thing};
use crate::frontend::waiting;
use crate::procedure::{Bound, Node, Repetition, has_calls, mentions};

/// How many items a loop may have to be read once for each, and how often that
/// is done in a pass.
const UNROLLED: (usize, usize) = (32, 2000);

impl<'c> Machine<'c> {
    pub(super) fn repetition(&mut self, repetition: &'c Loop) -> Flow {
        let condition = self.shown(&repetition.head).to_string();
        let conditional = repetition.conditional;
        let head = repetition.head.clone();
        let over = repetition.each.as_ref().map(|(_, over)| self.eval(over));
        let lock = over.as_ref().and_then(Thing::told);
        if let Some(over) = &over
            && self.fills(repetition, over)
        {
            return Flow::Falls;
        }
        self.forget_assigned(&repetition.body);
        let (_, body, change) = self.deciding(lock.as_ref(), true, |machine| {
            machine.alternative(|machine| {
                machine.block(&repetition.before);
                if let (Some((Some(name), _)), Some(over)) = (&repetition.each, &over) {
                    let item = machine.item(over, name.clone());
                    machine.bind(name, item);
                }
                machine.block(&repetition.body);
                Flow::Falls
            })
        });
        self.state.merge(&change.into_iter().collect::<Vec<_>>(), true);
        self.decide_behind(repetition);
        let ends = !conditional || self.is_bounded(&repetition.head);
        // What a decorator repeats fails when its tries are over.
        let is_decorator = self.source.text[..head.start].ends_with('@');
        let bound = match ends {
            _ if is_decorator => Bound::Fails,
            true => Bound::Ends,
            false => Bound::Unseen,
        };
        let item = item_of(repetition);
        let retries = conditional && sets_flag(&repetition.body, &self.source.text[head.clone()]);
        let repetition = Repetition { condition, item, conditional, retries, bound, body };
        let asks_again = has_guard(&repetition.body);
        let turns = Node::Loop(repetition);
        self.out.push(match lock.filter(|lock| !asks_again && lock.of == Tells::Locked) {
            Some(lock) => self.guard(&lock, &head, vec![turns], Vec::new()),
            None => turns,
        });
        Flow::Falls
    }

    /// What follows a loop that waits for a disk runs once that has come. A loop that
    /// is left in its middle says nothing.
    fn decide_behind(&mut self, repetition: &'c Loop) {
        if !repetition.conditional || has_break(&repetition.body) {
            return;
        }
        let conditions = repetition.before.iter().chain(&repetition.body).rev();
        let mut conditions = conditions.filter_map(|statement| match statement {
            Statement::Plain(condition) if condition.at == repetition.head => Some(condition),
            _ => None,
        });
        let Some(condition) = conditions.next() else { return };
        let mark = self.state.mark();
        let (told, _) = self.apart(|machine| machine.eval(condition).told());
        let _ = self.state.take_back(mark);
        let before = self.source.text.get(..repetition.head.start).unwrap_or_default();
        let goes_on_if = !before.trim_end_matches(['(', ' ']).ends_with("until");
        if let Some(lock) = told.filter(Lock::is_one_sided) {
            let locked = lock.if_locked != goes_on_if;
            self.run.decided.push(Decided { lock, locked });
        }
    }

    /// Whether something in a loop, or in what follows it in its function, may
    /// bound how often it goes round.
    fn is_bounded(&self, head: &std::ops::Range<usize>) -> bool {
        let function = self.run.function.map(|number| &self.unit.functions[number].at);
        let end = function.map_or(self.source.text.len(), |at| at.end).max(head.end);
        waiting::is_bounded(&self.source.text[head.start..end])
    }

    /// A loop that fills something in from a map or from pairs, of which all are
    /// known: read once for each of them. Only if it calls nothing of interest.
    fn fills(&mut self, repetition: &'c Loop, over: &Thing) -> bool {
        let Some((Some(name), _)) = &repetition.each else { return false };
        let mut items = self.filling(over);
        if items.is_empty() && looks_up(&repetition.body, name) {
            items = keys(over);
        }
        let too_many = self.unrolled > UNROLLED.1 || items.len() > UNROLLED.0;
        if items.is_empty() || too_many || self.unrolling {
            return false;
        }
        self.unrolled += items.len();
        self.unrolling = true;
        let mark = self.state.mark();
        let parametric = self.run.parametric;
        let ((), nodes) = self.apart(|machine| {
            for (number, item) in items.into_iter().enumerate() {
                machine.entry = entry_of(over, number);
                machine.bind(name, item);
                machine.block(&repetition.body);
            }
        });
        self.entry = None;
        self.unrolling = false;
        if !has_calls(&nodes) {
            return true;
        }
        let _ = self.state.take_back(mark);
        self.run.parametric = parametric;
        false
    }

    /// What a comprehension makes of a map or of pairs, of which all are known: a
    /// text of each, as in the query of an address.
    pub(super) fn written_out(&mut self, each: &'c Each) -> Option<Thing> {
        let [(Some(variable), over)] = each.clauses.as_slice() else { return None };
        let is_text = match &each.item.value {
            Value::Text(_) | Value::Format(..) | Value::Join(_) => true,
            // `"{}={}".format(…)`
            Value::Call(callee, _) => matches!(
                &callee.value,
                Value::Member(text, _) if matches!(text.value, Value::Text(_))
            ),
            _ => false,
        };
        if !each.is_list || self.unrolling || !is_text {
            return None;
        }
        let mark = self.state.mark();
        let parametric = self.run.parametric;
        let (texts, nodes) = self.apart(|machine| machine.texts_of(variable, over, &each.item));
        let _ = self.state.take_back(mark);
        let texts = texts.filter(|_| !has_calls(&nodes));
        if texts.is_none() {
            self.run.parametric = parametric;
        }
        texts
    }

    fn texts_of(
        &mut self,
        variable: &'c Expression,
        over: &'c Expression,
        item: &'c Expression,
    ) -> Option<Thing> {
        let over = self.eval(over);
        let mut items = self.filling(&over);
        if let (true, Value::Name(name)) = (items.is_empty(), &variable.value)
            && finds(item, name)
        {
            items = keys(&over);
        }
        if items.is_empty() || items.len() > UNROLLED.0 || self.unrolled > UNROLLED.1 {
            return None;
        }
        self.unrolled += items.len();
        let rest = match &over {
            Thing::Map(map) => map.rest,
            Thing::List(list) => list.rest,
            _ => Rest::Open,
        };
        let texts = items.into_iter().map(|given| {
            self.give(variable, given, true, None);
            let text = self.eval(item);
            matches!(text, Thing::Text(_)).then_some(text)
        });
        Some(Thing::list(texts.collect::<Option<_>>()?, rest))
    }

    /// The items of a map, or of a list of pairs.
    fn filling(&self, over: &Thing) -> Vec<Thing> {
        let is_pair = |thing: &Thing| matches!(thing, Thing::List(list) if list.items.len() == 2);
        match over {
            Thing::Map(map) => map
                .entries
                .iter()
                .map(|(key, thing)| match self.dialect.map_items {
                    MapItems::Keys => Thing::known(key.clone(), 0..0),
                    MapItems::Values => thing.clone(),
                    MapItems::Pairs => {
                        let key = Thing::known(key.clone(), 0..0);
                        Thing::list(vec![key, thing.clone()], Rest::Closed)
                    }
                })
                .collect(),
            Thing::List(list) if list.items.iter().all(is_pair) => list.items.clone(),
            // The names of a request's parameters.
            Thing::List(list) if list.items.iter().any(|it| it.as_text() == Some("Action")) => {
                list.items.clone()
            }
            _ => Vec::new(),
        }
    }

    /// Each item of what a loop goes over.
    pub(super) fn item(&self, over: &Thing, name: Name) -> Thing {
        match over {
            Thing::List(list) if list.rest == Rest::Closed && !list.items.is_empty() => {
                alternatives(list.items.clone(), true, name)
            }
            Thing::List(list) if !list.items.is_empty() => {
                let items = list.items.iter().cloned().reduce(join).unwrap_or(Thing::Absent);
                items.named(&name)
            }
            Thing::Map(map) if map.rest == Rest::Closed && !map.entries.is_empty() => {
                alternatives(self.filling(over), true, name)
            }
            _ => Thing::derived(name, [over]),
        }
    }

    /// Variables with a known text that a loop assigns anew are not known at
    /// its start.
    fn forget_assigned(&mut self, body: &'c [Statement]) {
        let key = body.as_ptr() as usize;
        let assigned = self.assigned.entry(key).or_insert_with(|| {
            let mut found = Vec::new();
            assigned_in(body, &mut found);
            found.into()
        });
        for (name, value) in Rc::clone(assigned).iter().copied() {
            let frame = self.state.frames().last();
            let Some(known) = frame.and_then(|frame| frame.vars.get(name)).cloned() else {
                continue;
            };
            if known.alternatives().iter().all(|thing| thing.as_text().is_none()) {
                continue;
            }
            let literal = value.filter(|value| matches!(value.value, Value::Text(_)));
            let other = match literal {
                Some(literal) => self.eval(literal),
                None => Thing::unknown(name.clone()),
            };
            let thing = join(known, other).named(name);
            self.bind(name, thing);
        }
    }
}

/// A map, and the key of one of its entries.
fn entry_of(over: &Thing, number: usize) -> Option<(Thing, Thing)> {
    let Thing::Map(map) = over else { return None };
    let (key, _) = map.entries.get(number)?;
    Some((over.clone(), Thing::known(key.clone(), 0..0)))
}

/// The items of a list of keys, of which all are known.
fn keys(over: &Thing) -> Vec<Thing> {
    match over {
        Thing::List(list) if list.items.iter().all(|it| it.as_text().is_some()) => {
            list.items.clone()
        }
        _ => Vec::new(),
    }
}

/// Whether there is a look at the lock state in a loop over locks: that one
/// decides.
fn has_guard(nodes: &[Node]) -> bool {
    nodes
        .iter()
        .any(|node| matches!(node, Node::Guard(_)) || node.bodies().into_iter().any(has_guard))
}

/// What a loop calls each item, or the variable that takes it at once.
fn item_of(repetition: &Loop) -> Option<String> {
    let (Some(name), _) = repetition.each.as_ref()? else { return None };
    if let Some(Statement::Assign(assign)) = repetition.body.first()
        && let ([target], [value]) = (assign.targets.as_slice(), assign.values.as_slice())
        && let (Value::Name(target), Value::Name(value)) = (&target.value, &value.value)
        && value == name
    {
        return Some(target.to_string());
    }
    Some(name.to_string())
}

/// Whether a loop goes round until a variable in its head is set where nothing has
/// failed: `while not done: try: …; done = True`.
fn sets_flag(block: &[Statement], head: &str) -> bool {
    let assigns = |block: &[Statement]| {
        let mut found = Vec::new();
        assigned_in(block, &mut found);
        found.into_iter().any(|(name, _)| mentions(head, name))
    };
    block.iter().any(|statement| match statement {
        Statement::Try(attempt) => {
            (assigns(&attempt.body) || assigns(&attempt.otherwise))
                && !attempt.catches.iter().any(|catch| assigns(&catch.body))
        }
        Statement::If(branch) => {
            matches!(&branch.condition.value, Value::Same(true, _, nothing)
                if matches!(nothing.value, Value::Nothing))
                && assigns(&branch.then)
                && !branch.otherwise.as_deref().is_some_and(assigns)
        }
        Statement::Block(body) => sets_flag(body, head),
        _ => false,
    })
}

fn has_break(block: &[Statement]) -> bool {
    block.iter().any(|statement| match statement {
        Statement::Break | Statement::Jump => true,
        Statement::If(branch) => {
            has_break(&branch.then) || branch.otherwise.as_deref().is_some_and(has_break)
        }
        Statement::Chain(arms) => arms.iter().any(|(_, body)| has_break(body)),
        Statement::Block(body) => has_break(body),
        Statement::Try(attempt) => {
            has_break(&attempt.body) || attempt.catches.iter().any(|it| has_break(&it.body))
        }
        _ => false,
    })
}

/// A name that is assigned to, and the value.
pub(super) type Assigned<'c> = (&'c Name, Option<&'c Expression>);

/// The names that statements assign anew, each with the value that they give.
fn assigned_in<'c>(statements: &'c [Statement], found: &mut Vec<Assigned<'c>>) {
    for statement in statements {
        match statement {
            Statement::Assign(assign) if !assign.values.is_empty() => {
                for (index, target) in assign.targets.iter().enumerate() {
                    let value = assign.values.get(index).filter(|_| !assign.adds);
                    if let Value::Name(name) = &target.value {
                        found.push((name, value));
                    }
                }
            }
            Statement::If(branch) => {
                assigned_in(&branch.then, found);
                assigned_in(branch.otherwise.as_deref().unwrap_or_default(), found);
            }
            Statement::Chain(arms) => arms.iter().for_each(|(_, body)| assigned_in(body, found)),
            Statement::Switch(switch) => {
                switch.cases.iter().for_each(|case| assigned_in(&case.body, found));
            }
            Statement::Loop(inner) => {
                assigned_in(&inner.before, found);
                assigned_in(&inner.body, found);
            }
            Statement::Try(attempt) => {
                for body in [&attempt.body, &attempt.otherwise, &attempt.finally] {
                    assigned_in(body, found);
                }
                attempt.catches.iter().for_each(|catch| assigned_in(&catch.body, found));
            }
            Statement::Block(body) => assigned_in(body, found),
            _ => {}
        }
    }
}
