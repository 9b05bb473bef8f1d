//! Conditions as formulas: binary decision diagrams over atoms, which make
//! negation, merging of paths and simplification exact.

use std::collections::HashMap;

/// A formula of one [`Logic`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Formula(u32);

/// The formula that never holds.
pub(crate) const NEVER: Formula = Formula(0);
/// The formula that always holds.
pub(crate) const ALWAYS: Formula = Formula(1);

/// Past this many nodes a connective gives its first operand: no provider's
/// function comes near, and the run must end.
const MAX_NODES: usize = 400_000;

/// A conjunction: atoms by number, and whether each holds.
pub(crate) type Cube = Vec<(usize, bool)>;

/// Holds every formula of one analysis; atoms are numbered by their caller.
#[derive(Debug)]
pub(crate) struct Logic {
    nodes: Vec<Node>,
    places: HashMap<Node, Formula>,
    known: HashMap<(Formula, Formula, Formula), Formula>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Node {
    atom: usize,
    low: Formula,
    high: Formula,
}

impl Logic {
    pub(crate) fn new() -> Self {
        let leaf = |formula| Node { atom: usize::MAX, low: formula, high: formula };
        Self {
            nodes: vec![leaf(NEVER), leaf(ALWAYS)],
            places: HashMap::new(),
            known: HashMap::new(),
        }
    }

    pub(crate) fn atom(&mut self, atom: usize) -> Formula {
        self.node(atom, NEVER, ALWAYS)
    }

    pub(crate) fn not(&mut self, formula: Formula) -> Formula {
        self.choose(formula, NEVER, ALWAYS)
    }

    pub(crate) fn and(&mut self, left: Formula, right: Formula) -> Formula {
        self.choose(left, right, NEVER)
    }

    pub(crate) fn or(&mut self, left: Formula, right: Formula) -> Formula {
        self.choose(left, ALWAYS, right)
    }

    pub(crate) fn and_not(&mut self, left: Formula, right: Formula) -> Formula {
        let right = self.not(right);
        self.and(left, right)
    }

    /// `then` where `condition` holds, `otherwise` elsewhere.
    pub(crate) fn choose(
        &mut self,
        condition: Formula,
        then: Formula,
        otherwise: Formula,
    ) -> Formula {
        match (condition, then, otherwise) {
            (ALWAYS, then, _) => return then,
            (NEVER, _, otherwise) => return otherwise,
            (_, then, otherwise) if then == otherwise => return then,
            (condition, ALWAYS, NEVER) => return condition,
            _ => {}
        }
        let key = (condition, then, otherwise);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        if self.nodes.len() > MAX_NODES {
            return condition;
        }
        let atom = [condition, then, otherwise].map(|formula| self.top(formula));
        let atom = atom.into_iter().min().unwrap_or(usize::MAX);
        let [low, high] = [false, true].map(|holds| {
            let part = |formula| self.branch(formula, atom, holds);
            (part(condition), part(then), part(otherwise))
        });
        let low = self.choose(low.0, low.1, low.2);
        let high = self.choose(high.0, high.1, high.2);
        let made = self.node(atom, low, high);
        self.known.insert(key, made);
        made
    }

    /// The formula with an atom replaced by a formula.
    pub(crate) fn compose(&mut self, formula: Formula, atom: usize, by: Formula) -> Formula {
        let low = self.restrict(formula, atom, false);
        let high = self.restrict(formula, atom, true);
        self.choose(by, high, low)
    }

    /// The formula where an atom is known.
    pub(crate) fn restrict(&mut self, formula: Formula, atom: usize, holds: bool) -> Formula {
        self.restrict_below(formula, (atom, holds), &mut HashMap::new())
    }

    fn restrict_below(
        &mut self,
        formula: Formula,
        fact: (usize, bool),
        done: &mut HashMap<Formula, Formula>,
    ) -> Formula {
        let node = self.nodes[formula.0 as usize];
        if formula.0 <= 1 || node.atom > fact.0 {
            return formula;
        }
        if node.atom == fact.0 {
            return if fact.1 { node.high } else { node.low };
        }
        if let Some(known) = done.get(&formula) {
            return *known;
        }
        let low = self.restrict_below(node.low, fact, done);
        let high = self.restrict_below(node.high, fact, done);
        let made = self.node(node.atom, low, high);
        done.insert(formula, made);
        made
    }

    /// What holds whatever the atom is.
    pub(crate) fn forall(&mut self, formula: Formula, atom: usize) -> Formula {
        let low = self.restrict(formula, atom, false);
        let high = self.restrict(formula, atom, true);
        self.and(low, high)
    }

    /// The atoms that a formula hangs on, in their order.
    pub(crate) fn support(&self, formula: Formula) -> Vec<usize> {
        let mut seen = std::collections::BTreeSet::new();
        let mut atoms = std::collections::BTreeSet::new();
        let mut open = vec![formula];
        while let Some(next) = open.pop() {
            if next.0 > 1 && seen.insert(next) {
                let node = self.nodes[next.0 as usize];
                atoms.insert(node.atom);
                open.extend([node.low, node.high]);
            }
        }
        atoms.into_iter().collect()
    }

    /// A small set of conjunctions, none to spare, whose union lies between
    /// `lower` and `upper` (Minato and Morreale's algorithm).
    pub(crate) fn cover(&mut self, lower: Formula, upper: Formula) -> Vec<Cube> {
        self.cover_between(lower, upper).0
    }

    fn cover_between(&mut self, lower: Formula, upper: Formula) -> (Vec<Cube>, Formula) {
        if lower == NEVER {
            return (Vec::new(), NEVER);
        }
        if upper == ALWAYS {
            return (vec![Vec::new()], ALWAYS);
        }
        let atom = self.top(lower).min(self.top(upper));
        let [lower_not, lower_yes] = [false, true].map(|holds| self.branch(lower, atom, holds));
        let [upper_not, upper_yes] = [false, true].map(|holds| self.branch(upper, atom, holds));
        let only_not = self.and_not(lower_not, upper_yes);
        let only_yes = self.and_not(lower_yes, upper_not);
        let (cubes_yes, covered_yes) = self.cover_between(only_yes, upper_yes);
        let (cubes_not, covered_not) = self.cover_between(only_not, upper_not);
        let rest_not = self.and_not(lower_not, covered_not);
        let rest_yes = self.and_not(lower_yes, covered_yes);
        let rest = self.or(rest_not, rest_yes);
        let either = self.and(upper_not, upper_yes);
        let (cubes_both, covered_both) = self.cover_between(rest, either);
        let with = |cubes: Vec<Cube>, holds| {
            cubes.into_iter().map(move |cube| [vec![(atom, holds)], cube].concat())
        };
        let mut cubes: Vec<Cube> = with(cubes_yes, true).collect();
        cubes.extend(with(cubes_not, false));
        cubes.extend(cubes_both);
        let sides = self.node(atom, covered_not, covered_yes);
        let covered = self.or(sides, covered_both);
        (cubes, covered)
    }

    fn top(&self, formula: Formula) -> usize {
        self.nodes[formula.0 as usize].atom
    }

    fn branch(&self, formula: Formula, atom: usize, holds: bool) -> Formula {
        let node = self.nodes[formula.0 as usize];
        match node.atom == atom {
            true if holds => node.high,
            true => node.low,
            false => formula,
        }
    }

    fn node(&mut self, atom: usize, low: Formula, high: Formula) -> Formula {
        if low == high {
            return low;
        }
        let node = Node { atom, low, high };
        if let Some(place) = self.places.get(&node) {
            return *place;
        }
        let place = Formula(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node);
        self.places.insert(node, place);
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_meet_again_leave_no_condition() {
        let mut logic = Logic::new();
        let [a, b] = [0, 1].map(|atom| logic.atom(atom));
        let left = logic.and(a, b);
        let right = logic.and_not(b, a);
        assert_eq!(logic.or(left, right), b);
        assert_eq!(logic.forall(left, 0), NEVER);
    }

    #[test]
    fn a_cover_has_no_conjunction_to_spare() {
        let mut logic = Logic::new();
        let [a, b, c] = [0, 1, 2].map(|atom| logic.atom(atom));
        let any = logic.or(a, b);
        let any = logic.or(any, c);
        let cubes = logic.cover(any, any);
        assert_eq!(cubes, [vec![(0, true)], vec![(1, true)], vec![(2, true)]]);
    }
}
