//! Modules and blocks as often as they occur: with `count`, with `for_each`, or
//! just once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::problem::{Problem, ProblemKind};

use super::datum::{Datum, Origin};
use super::evaluate::Evaluator;
use super::module::Module;
use super::scope::Scope;
use super::terragrunt;
use super::tree::{Attribute, Block};

/// How often one block may occur before it is taken as if it were unknown.
const MAX_OCCURRENCES: usize = 1000;

/// How many module instances and occurrences of blocks a unit may have.
const MAX_INSTANCES: usize = 20_000;

/// How deep modules may call modules.
const MAX_MODULES: usize = 32;

/// One use of a module.
pub(super) struct Instance<'p> {
    /// Its number.
    pub(super) number: usize,
    /// The module.
    pub(super) module: &'p Module,
    /// What addresses inside begin with: `module.web["a"].`.
    pub(super) prefix: String,
    /// Who uses it; none for a root.
    pub(super) caller: Option<Caller<'p>>,
    /// Values told so far; none for one that is being told.
    pub(super) memo: RefCell<HashMap<Name, Option<Datum>>>,
    expansions: RefCell<HashMap<usize, Rc<Expansion>>>,
    children: RefCell<HashMap<usize, Rc<Vec<usize>>>>,
}

/// What has a value in a module.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) enum Name {
    /// A local value.
    Local(Rc<str>),
    /// A variable.
    Variable(Rc<str>),
    /// An output.
    Output(Rc<str>),
    /// What a block's address stands for.
    Block(usize),
    /// An attribute of an occurrence of a block.
    Attribute(usize, usize, Rc<str>),
}

/// The use of a module.
pub(super) struct Caller<'p> {
    /// The module instance that uses it.
    pub(super) instance: Rc<Instance<'p>>,
    /// The `module` block.
    pub(super) block: &'p Block,
    /// Which occurrence of the block it is.
    pub(super) occurrence: Occurrence,
}

/// How often a block occurs.
pub(super) struct Expansion {
    /// What tells the occurrences apart.
    pub(super) form: Form,
    /// They; a single one where it is unknown how many there are.
    pub(super) occurrences: Vec<Occurrence>,
}

/// What tells the occurrences of a block apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// There is just one.
    Single,
    /// A number.
    Counted,
    /// A key.
    Keyed,
    /// Something unknown.
    Unknown,
}

/// One occurrence of a block.
#[derive(Clone, Debug, Default)]
pub(super) struct Occurrence {
    /// What its address ends with: `[0]`, `["a"]`.
    pub(super) suffix: String,
    /// What `each` means.
    pub(super) each: Option<(Datum, Datum)>,
    /// What `count.index` means.
    pub(super) index: Option<Datum>,
    /// What `self` means.
    pub(super) this: Option<Datum>,
}

impl<'p> Instance<'p> {
    pub(super) fn new(
        number: usize,
        module: &'p Module,
        prefix: String,
        caller: Option<Caller<'p>>,
    ) -> Self {
        let (memo, expansions, children) = Default::default();
        Self { number, module, prefix, caller, memo, expansions, children }
    }

    /// It and those that use it, one by one.
    fn ancestors(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |one| Some(&*one.caller.as_ref()?.instance))
    }
}

impl<'p> Evaluator<'p> {
    /// How often a block of a module instance occurs.
    pub(super) fn expansion(&self, instance: &Instance<'p>, number: usize) -> Rc<Expansion> {
        if let Some(known) = instance.expansions.borrow().get(&number) {
            return Rc::clone(known);
        }
        let block = &instance.module.blocks[number];
        // While it is being told, as where it depends on itself, it is unknown.
        let unknown = Rc::new(unknown_expansion(block, &Origin::Outside));
        instance.expansions.borrow_mut().insert(number, unknown);
        let expansion = Rc::new(self.expand(instance, block));
        instance.expansions.borrow_mut().insert(number, Rc::clone(&expansion));
        expansion
    }

    fn expand(&self, instance: &Instance<'p>, block: &'p Block) -> Expansion {
        let scope = Scope::of(instance);
        let expansion = match (block.attribute("for_each"), block.attribute("count")) {
            (Some(over), _) => self.keyed(over, scope),
            (None, Some(count)) => self.counted(count, scope),
            (None, None) => {
                let occurrences = vec![Occurrence::default()];
                return Expansion { form: Form::Single, occurrences };
            }
        };
        match expansion {
            Ok(expansion) if self.may_add(expansion.occurrences.len(), block) => expansion,
            Ok(_) => unknown_expansion(block, &Origin::Nowhere),
            Err(origin) => unknown_expansion(block, &origin),
        }
    }

    fn counted(&self, count: &'p Attribute, scope: Scope<'_, 'p>) -> Result<Expansion, Origin> {
        let count = self.evaluate(&count.value, scope);
        let number = count.as_index().filter(|number| *number <= MAX_OCCURRENCES);
        let number = number.ok_or_else(|| count.origin())?;
        let occurrence = |index| Occurrence {
            suffix: format!("[{index}]"),
            index: Some(Datum::count(index)),
            ..Occurrence::default()
        };
        let occurrences = (0..number).map(occurrence).collect();
        Ok(Expansion { form: Form::Counted, occurrences })
    }

    fn keyed(&self, over: &'p Attribute, scope: Scope<'_, 'p>) -> Result<Expansion, Origin> {
        let over = self.evaluate(&over.value, scope);
        let entries: Option<Vec<(Rc<str>, Datum)>> = match &over {
            Datum::Map(map) if map.is_closed => Some(map.sorted().cloned().collect()),
            Datum::List(list) => {
                let text = |item: &Datum| Some((item.as_text()?, item.clone()));
                list.items.iter().map(text).collect()
            }
            _ => None,
        };
        let entries = entries.filter(|entries| entries.len() <= MAX_OCCURRENCES);
        let occurrence = |(key, value): (Rc<str>, Datum)| Occurrence {
            suffix: format!("[{key:?}]"),
            each: Some((Datum::Text(key), value)),
            ..Occurrence::default()
        };
        let entries = entries.ok_or_else(|| over.origin())?;
        let occurrences = entries.into_iter().map(occurrence).collect();
        Ok(Expansion { form: Form::Keyed, occurrences })
    }

    /// The instances of the module that a block calls; none if it is not here.
    pub(super) fn children(&self, instance: &Rc<Instance<'p>>, number: usize) -> Rc<Vec<usize>> {
        if let Some(known) = instance.children.borrow().get(&number) {
            return Rc::clone(known);
        }
        let children = Rc::new(self.instances_of(instance, number).unwrap_or_default());
        instance.children.borrow_mut().insert(number, Rc::clone(&children));
        children
    }

    fn instances_of(&self, instance: &Rc<Instance<'p>>, number: usize) -> Option<Vec<usize>> {
        let block = &instance.module.blocks[number];
        let number_called = self.project.called(instance.module, block)?;
        let module = &self.project.modules[number_called];
        let is_circle = instance.ancestors().any(|one| std::ptr::eq(one.module, module));
        if is_circle || instance.ancestors().count() > MAX_MODULES {
            let message = "module not followed: it calls itself, or is called too deep down";
            self.problem(ProblemKind::TooDeep, block, message);
            return None;
        }
        let expansion = self.expansion(instance, number);
        let address = block.address()?;
        let mut children = Vec::new();
        for occurrence in &expansion.occurrences {
            if !self.may_add(1, block) {
                break;
            }
            // What Terragrunt applies is a root.
            let prefix = if terragrunt::is_call(block) {
                instance.prefix.clone()
            } else {
                format!("{}{address}{}.", instance.prefix, occurrence.suffix)
            };
            let (instance, occurrence) = (Rc::clone(instance), occurrence.clone());
            let caller = Caller { instance, block, occurrence };
            children.push(self.add_instance(module, prefix, Some(caller)));
        }
        Some(children)
    }

    /// Whether a unit may have some more instances.
    fn may_add(&self, count: usize, block: &Block) -> bool {
        let total = self.added.get().saturating_add(count);
        if total > MAX_INSTANCES {
            let message = format!(
                "not read in full: modules and counts make more than {MAX_INSTANCES} instances"
            );
            self.problem(ProblemKind::TooLarge, block, &message);
            return false;
        }
        self.added.set(total);
        true
    }

    fn problem(&self, kind: ProblemKind, block: &Block, message: &str) {
        let mut problems = self.problems.borrow_mut();
        if problems.iter().all(|problem| problem.kind != kind) {
            let span = self.project.sources.span(block.place);
            problems.push(Problem::at(kind, span, message));
        }
    }
}

/// One occurrence that stands for however many there are.
fn unknown_expansion(block: &Block, origin: &Origin) -> Expansion {
    let named = |text: &str, origin: &Origin| Datum::unknown(text, origin.clone());
    let mut occurrence = Occurrence::default();
    if block.attribute("for_each").is_some() {
        occurrence.each = Some((named("each.key", origin), named("each.value", origin)));
    } else {
        // A number of copies says nothing of where their arguments come from.
        let declared = matches!(origin, Origin::Declared(_));
        let origin = if declared { origin } else { &Origin::Nowhere };
        occurrence.index = Some(named("count.index", origin));
    }
    Expansion { form: Form::Unknown, occurrences: vec![occurrence] }
}
