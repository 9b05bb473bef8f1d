//! What names stand for: variables of plays, roles, blocks and tasks.

use std::rc::Rc;

use crate::frontend::template::Item;
use crate::procedure::{Target, Value};

/// Variables that hold in one place, and those around it.
#[derive(Debug, Default)]
pub(super) struct Frame<'t> {
    /// Mappings of names to values; later ones count more.
    strong: Vec<Item<'t>>,
    /// Those that only count where nothing else says what a name is: the
    /// defaults of roles.
    weak: Vec<Item<'t>>,
    /// What a loop goes over, by the name of its item.
    over: Option<(String, Over)>,
    /// What the play and the blocks around say of all their tasks.
    pub(super) rules: Rules<'t>,
    outer: Option<Rc<Self>>,
}

/// What a loop goes over.
#[derive(Clone, Debug)]
pub(super) struct Over {
    /// The items, if they are known.
    pub(super) items: Vec<Value>,
    /// How they are written.
    pub(super) text: String,
}

/// Keywords that hold for all tasks inside of a play or a block.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules<'t> {
    /// `ignore_errors`.
    pub(super) ignores_errors: bool,
    /// `module_defaults`, the innermost last.
    pub(super) defaults: Vec<Item<'t>>,
    /// `environment`, the innermost last.
    pub(super) environment: Vec<Item<'t>>,
    /// Whether `collections` leads short names to the collection of the cloud.
    pub(super) has_collection: bool,
}

/// What a name stands for.
pub(super) enum Named<'f, 't> {
    /// A value in a file.
    Item(Item<'t>),
    /// The item of a loop.
    Over(&'f Over),
}

/// What `register` keeps of a task.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// The task, if bindings tell what it creates.
    pub(super) declared: Option<String>,
    /// The instance that it asked about.
    pub(super) target: Target,
}

impl<'t> Frame<'t> {
    /// A place inside of another one, with variables of its own.
    pub(super) fn inside(outer: &Rc<Self>, vars: impl IntoIterator<Item = Item<'t>>) -> Rc<Self> {
        let strong: Vec<_> = vars.into_iter().filter(|vars| vars.is_mapping()).collect();
        if strong.is_empty() {
            return Rc::clone(outer);
        }
        Rc::new(Self {
            strong,
            rules: outer.rules.clone(),
            outer: Some(Rc::clone(outer)),
            ..Self::default()
        })
    }

    /// The same with other rules.
    pub(super) fn ruled(outer: &Rc<Self>, rules: Rules<'t>) -> Rc<Self> {
        Rc::new(Self { rules, outer: Some(Rc::clone(outer)), ..Self::default() })
    }

    /// A place with defaults.
    pub(super) fn with_defaults(outer: &Rc<Self>, weak: Vec<Item<'t>>) -> Rc<Self> {
        let (rules, outer) = (outer.rules.clone(), Some(Rc::clone(outer)));
        Rc::new(Self { weak, rules, outer, ..Self::default() })
    }

    /// The inside of a loop.
    pub(super) fn looping(outer: &Rc<Self>, name: String, over: Over) -> Rc<Self> {
        let (rules, outer) = (outer.rules.clone(), Some(Rc::clone(outer)));
        Rc::new(Self { over: Some((name, over)), rules, outer, ..Self::default() })
    }

    /// What a name stands for.
    pub(super) fn named(&self, name: &str) -> Option<Named<'_, 't>> {
        let mut frame = Some(self);
        while let Some(here) = frame {
            if let Some((_, over)) = here.over.as_ref().filter(|(item, _)| item == name) {
                return Some(Named::Over(over));
            }
            if let Some(item) = here.strong.iter().rev().find_map(|vars| vars.get(name)) {
                return Some(Named::Item(item));
            }
            frame = here.outer.as_deref();
        }
        self.weakly_named(name).map(Named::Item)
    }

    fn weakly_named(&self, name: &str) -> Option<Item<'t>> {
        let mut frame = Some(self);
        while let Some(here) = frame {
            if let Some(item) = here.weak.iter().rev().find_map(|vars| vars.get(name)) {
                return Some(item);
            }
            frame = here.outer.as_deref();
        }
        None
    }
}
