//! Variables of scripts: where they get values, and which of these a use may
//! see. What a value is differs from language to language.

use std::collections::HashMap;
use std::ops::Range;

/// More definitions than this reaching one use say nothing any more.
const MOST: usize = 16;

/// A place that gives a variable a value.
#[derive(Clone, Debug)]
pub(super) struct Definition<M> {
    /// From where on it holds.
    pub(super) at: usize,
    /// The function it is in; 0 is the top level.
    pub(super) scope: usize,
    /// Whether only that function sees it.
    pub(super) local: bool,
    /// Whether it adds to the value before (`+=`).
    pub(super) append: bool,
    /// The innermost code around it that may be passed over.
    pub(super) block: Block,
    /// What it gives.
    pub(super) meaning: M,
}

/// Code that may be passed over or repeated: an arm, a loop's body, a subshell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Block {
    /// Where it is.
    pub(super) range: Range<usize>,
    /// Whether it is the body of a loop.
    pub(super) repeats: bool,
}

/// All definitions of a script.
#[derive(Debug)]
pub(super) struct Definitions<M> {
    by_name: HashMap<String, Vec<Definition<M>>>,
}

impl<M> Default for Definitions<M> {
    fn default() -> Self {
        Self { by_name: HashMap::new() }
    }
}

impl<M> Definitions<M> {
    /// Adds one; they come in source order.
    pub(super) fn add(&mut self, name: &str, definition: Definition<M>) {
        match self.by_name.get_mut(name) {
            Some(known) => known.push(definition),
            None => drop(self.by_name.insert(name.to_owned(), vec![definition])),
        }
    }

    /// The definitions that a use may see, the last one first. Empty if the
    /// script has none, or too many to tell. What adds to a value hides what was
    /// before it, except for `parts`, which asks for all that makes up an array.
    pub(super) fn reaching(
        &self,
        name: &str,
        scope: usize,
        at: usize,
        parts: bool,
    ) -> Vec<&Definition<M>> {
        let Some(all) = self.by_name.get(name) else { return Vec::new() };
        let before = all.partition_point(|definition| definition.at <= at);
        let mut reaching = Vec::new();
        let mut killer = None;
        let own = |definition: &&Definition<M>| definition.scope == scope;
        for definition in all[..before].iter().rev().filter(own).take(MOST) {
            reaching.push(definition);
            if definition.block.range.contains(&at) && !(parts && definition.append) {
                killer = Some(definition);
                break;
            }
        }
        reaching.extend(all[before..].iter().take(MOST).filter(own).filter(|later| {
            let block = &later.block;
            let renewed = killer.is_some_and(|last| last.block == *block);
            block.repeats && block.range.contains(&at) && !later.append && !renewed
        }));
        if killer.is_none() && (scope != 0 || reaching.is_empty()) {
            let elsewhere = all.iter().filter(|other| other.scope != scope && !other.local);
            reaching.extend(elsewhere.take(MOST));
        }
        if reaching.len() > MOST { Vec::new() } else { reaching }
    }
}
