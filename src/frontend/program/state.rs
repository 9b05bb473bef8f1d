//! The variables and request objects at a point of a program, with a trail
//! that takes back what an alternative of a branch did.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::joining::join;
use super::request::Request;
use super::thing::{Name, Thing};

/// The variables of the bodies being read, innermost last, and every request
/// object made so far.
#[derive(Debug, Default)]
pub(in crate::frontend) struct State {
    frames: Vec<Frame>,
    slots: Vec<Rc<Request>>,
    trail: Vec<Undo>,
}

/// The variables of one body.
#[derive(Debug)]
pub(in crate::frontend) struct Frame {
    /// What is known of each; dotted names (`self.client`) too.
    pub(in crate::frontend) vars: HashMap<Name, Thing>,
    /// Names that stand for module variables.
    pub(in crate::frontend) globals: HashSet<Name>,
    /// Names that stand for members of the object.
    pub(in crate::frontend) members: HashSet<Name>,
    /// Where it stands.
    pub(in crate::frontend) place: Place,
}

/// What sort of body a frame is of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Place {
    /// The module.
    Module,
    /// A function read for itself.
    Function(usize),
    /// A function read for a call of it.
    Inlined(usize),
    /// A class.
    Class(usize),
}

/// A point in the reading of a program.
#[derive(Clone, Copy, Debug)]
pub(in crate::frontend) struct Mark {
    trail: usize,
    slots: usize,
}

#[derive(Debug)]
enum Undo {
    Var(usize, Name, Option<Thing>),
    Cell(usize, Rc<Request>),
}

/// What an alternative changed, in the order of first change.
#[derive(Debug)]
pub(in crate::frontend) struct Changes(Vec<Change>);

#[derive(Clone, Debug)]
enum Change {
    Var(usize, Name, Option<Thing>),
    Cell(usize, Rc<Request>),
}

impl State {
    /// Enters a body.
    pub(in crate::frontend) fn push(&mut self, place: Place) {
        let (globals, members) = (HashSet::new(), HashSet::new());
        self.frames.push(Frame { vars: HashMap::new(), globals, members, place });
    }

    /// Leaves a body; its variables are gone, changes of requests stay.
    pub(in crate::frontend) fn pop(&mut self) {
        self.frames.pop();
        let depth = self.frames.len();
        let mut kept = self.trail.len();
        while kept > 0 && matches!(&self.trail[kept - 1], Undo::Var(frame, ..) if *frame >= depth) {
            kept -= 1;
        }
        self.trail.truncate(kept);
    }

    /// The bodies being read, innermost last.
    pub(in crate::frontend) fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// The innermost body.
    pub(in crate::frontend) fn top(&mut self) -> Option<&mut Frame> {
        self.frames.last_mut()
    }

    /// Sets a variable of the innermost body.
    pub(in crate::frontend) fn set(&mut self, name: Name, thing: Thing) {
        let Some(index) = self.frames.len().checked_sub(1) else { return };
        self.set_in(index, name, thing);
    }

    /// Sets a variable of a body by its number.
    pub(in crate::frontend) fn set_in(&mut self, index: usize, name: Name, thing: Thing) {
        let Some(frame) = self.frames.get_mut(index) else { return };
        let old = frame.vars.insert(name.clone(), thing);
        self.trail.push(Undo::Var(index, name, old));
    }

    /// Makes a request object.
    pub(in crate::frontend) fn new_request(&mut self, request: Request) -> Thing {
        self.slots.push(Rc::new(request));
        Thing::Request(self.slots.len() - 1)
    }

    /// A request object by the number of its slot.
    pub(in crate::frontend) fn request(&self, slot: usize) -> Option<&Request> {
        self.slots.get(slot).map(|request| &**request)
    }

    /// Changes a request object.
    pub(in crate::frontend) fn change(&mut self, slot: usize, change: impl FnOnce(&mut Request)) {
        let Some(request) = self.slots.get_mut(slot) else { return };
        self.trail.push(Undo::Cell(slot, Rc::clone(request)));
        change(Rc::make_mut(request));
    }

    /// A point to come back to.
    pub(in crate::frontend) fn mark(&self) -> Mark {
        Mark { trail: self.trail.len(), slots: self.slots.len() }
    }

    /// Takes back everything since a point and answers what it came to. Requests
    /// made since then stay as they are: nothing knows them from before.
    pub(in crate::frontend) fn take_back(&mut self, mark: Mark) -> Changes {
        let mut changes = Vec::new();
        let mut seen_vars: HashSet<(usize, Name)> = HashSet::new();
        let mut seen_cells: HashSet<usize> = HashSet::new();
        for undo in self.trail.get(mark.trail..).unwrap_or_default() {
            match undo {
                Undo::Var(frame, name, _) => {
                    if let Some(vars) = self.frames.get(*frame).map(|frame| &frame.vars)
                        && seen_vars.insert((*frame, name.clone()))
                    {
                        changes.push(Change::Var(*frame, name.clone(), vars.get(name).cloned()));
                    }
                }
                Undo::Cell(slot, _) if seen_cells.insert(*slot) => {
                    changes.push(Change::Cell(*slot, Rc::clone(&self.slots[*slot])));
                }
                Undo::Cell(..) => {}
            }
        }
        while self.trail.len() > mark.trail
            && let Some(undo) = self.trail.pop()
        {
            if !matches!(undo, Undo::Cell(slot, _) if slot >= mark.slots) {
                self.undo(undo);
            }
        }
        Changes(changes)
    }

    fn undo(&mut self, undo: Undo) {
        match undo {
            Undo::Var(frame, name, old) => {
                let Some(frame) = self.frames.get_mut(frame) else { return };
                match old {
                    Some(thing) => frame.vars.insert(name, thing),
                    None => frame.vars.remove(&name),
                };
            }
            Undo::Cell(slot, old) => self.slots[slot] = old,
        }
    }

    /// Goes on with whatever of several alternatives was taken. Each of them
    /// started from here; `otherwise` says that none may have been taken.
    pub(in crate::frontend) fn merge(&mut self, alternatives: &[Changes], otherwise: bool) {
        let total = alternatives.len();
        let mut order: Vec<Change> = Vec::new();
        let mut vars: HashMap<(usize, Name), (Vec<Thing>, usize)> = HashMap::new();
        let mut slots: HashMap<usize, (Vec<Rc<Request>>, usize)> = HashMap::new();
        for change in alternatives.iter().flat_map(|changes| &changes.0) {
            match change {
                Change::Var(frame, name, thing) => {
                    let entry = vars.entry((*frame, name.clone())).or_insert_with(|| {
                        order.push(change.clone());
                        (Vec::new(), 0)
                    });
                    entry.0.extend(thing.clone());
                    entry.1 += 1;
                }
                Change::Cell(slot, request) => {
                    let entry = slots.entry(*slot).or_insert_with(|| {
                        order.push(change.clone());
                        (Vec::new(), 0)
                    });
                    entry.0.push(Rc::clone(request));
                    entry.1 += 1;
                }
            }
        }
        for change in order {
            match change {
                Change::Var(frame, name, _) => {
                    let Some((things, count)) = vars.remove(&(frame, name.clone())) else {
                        continue;
                    };
                    self.merge_var(frame, name, things, otherwise || count < total);
                }
                Change::Cell(slot, _) => {
                    let Some((requests, count)) = slots.remove(&slot) else { continue };
                    self.merge_cell(slot, &requests, otherwise || count < total);
                }
            }
        }
    }

    fn merge_var(&mut self, index: usize, name: Name, things: Vec<Thing>, or_as_before: bool) {
        let Some(frame) = self.frames.get_mut(index) else { return };
        let before = frame.vars.get(&name).cloned();
        let base = before.clone().filter(|_| or_as_before);
        let Some(thing) = base.into_iter().chain(things).reduce(join) else { return };
        frame.vars.insert(name.clone(), thing);
        self.trail.push(Undo::Var(index, name, before));
    }

    fn merge_cell(&mut self, slot: usize, requests: &[Rc<Request>], or_as_before: bool) {
        let Some((first, others)) = requests.split_first() else { return };
        let before = or_as_before.then(|| Rc::clone(&self.slots[slot]));
        let mut merged = (**first).clone();
        for other in others.iter().chain(&before) {
            merged.join(other);
        }
        self.change(slot, |request| *request = merged);
    }
}
