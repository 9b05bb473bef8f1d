//! The order of the lifecycle procedures of resources that depend on each other.
//!
//! A resource is made and updated after what it depends on, and destroyed before
//! it. Where no dependency says otherwise the order of the source stays. What is
//! in a circle, which no stack can be made of, stays in that order too.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::procedure::{Dependency, Lifecycle, Procedure};

/// How many waits are told of one unit. Through what has no procedure of its
/// own, a few dependencies can make many.
const MOST_WAITS: usize = 100_000;

/// Puts lifecycle procedures after those that they wait for, in the places that
/// they have together. Gives for each name the names of those it waits for; of
/// several in a row only the nearest. `resources` are addresses in the order of
/// the source.
pub(super) fn sort<'d>(
    procedures: &mut Vec<Procedure>,
    resources: impl Iterator<Item = &'d str>,
    dependencies: &'d [Dependency],
) -> HashMap<String, Vec<String>> {
    if dependencies.is_empty() {
        return HashMap::new();
    }
    let graph = Graph::new(resources, dependencies);
    let ranks = graph.ranks();
    arrange(procedures, &graph.ranks_by_name(&ranks));
    let mut waits = Waits {
        graph: &graph,
        known: names(procedures),
        by_name: HashMap::new(),
        left: MOST_WAITS,
    };
    let mut order: Vec<usize> = (0..ranks.len()).collect();
    order.sort_unstable_by_key(|place| ranks[*place]);
    waits.add(&order, &graph.on, &[Lifecycle::Create, Lifecycle::Read]);
    waits.add(&order, &graph.on, &[Lifecycle::Update]);
    order.reverse();
    waits.add(&order, &graph.dependents(), &[Lifecycle::Delete]);
    waits.by_name
}

fn names(procedures: &[Procedure]) -> HashSet<String> {
    procedures.iter().map(|procedure| procedure.name.clone()).collect()
}

/// Sorts the procedures that have a rank.
fn arrange(procedures: &mut Vec<Procedure>, ranks: &HashMap<String, usize>) {
    let all = std::mem::take(procedures);
    let has_rank: Vec<bool> = all.iter().map(|one| ranks.contains_key(&one.name)).collect();
    let (mut ranked, others): (Vec<Procedure>, Vec<Procedure>) =
        all.into_iter().partition(|one| ranks.contains_key(&one.name));
    ranked.sort_by_key(|one| ranks[&one.name]);
    let (mut ranked, mut others) = (ranked.into_iter(), others.into_iter());
    let next = |has_rank| if has_rank { ranked.next() } else { others.next() };
    procedures.extend(has_rank.into_iter().filter_map(next));
}

/// What depends on what, by numbers.
struct Graph<'d> {
    addresses: Vec<&'d str>,
    /// For each the ones that it depends on.
    on: Vec<Vec<usize>>,
}

impl<'d> Graph<'d> {
    fn new(resources: impl Iterator<Item = &'d str>, dependencies: &'d [Dependency]) -> Self {
        let mut graph = Self { addresses: Vec::new(), on: Vec::new() };
        let mut numbers = HashMap::new();
        for resource in resources {
            graph.number(resource, &mut numbers);
        }
        for dependency in dependencies {
            let of = graph.number(&dependency.of, &mut numbers);
            let on = graph.number(&dependency.on, &mut numbers);
            graph.on[of].push(on);
        }
        graph
    }

    fn number(&mut self, address: &'d str, numbers: &mut HashMap<&'d str, usize>) -> usize {
        *numbers.entry(address).or_insert_with(|| {
            self.addresses.push(address);
            self.on.push(Vec::new());
            self.addresses.len() - 1
        })
    }

    /// For each its place in an order in which all come after what they depend
    /// on, as far as that is no circle.
    fn ranks(&self) -> Vec<usize> {
        let mut ranks = vec![0; self.on.len()];
        let mut seen = vec![false; self.on.len()];
        let mut next_rank = 0;
        for start in 0..self.on.len() {
            let mut open = Vec::new();
            if !seen[start] {
                seen[start] = true;
                open.push((start, 0));
            }
            while let Some((at, next)) = open.pop() {
                let Some(on) = self.on[at].get(next) else {
                    ranks[at] = next_rank;
                    next_rank += 1;
                    continue;
                };
                open.push((at, next + 1));
                if !seen[*on] {
                    seen[*on] = true;
                    open.push((*on, 0));
                }
            }
        }
        ranks
    }

    fn ranks_by_name(&self, ranks: &[usize]) -> HashMap<String, usize> {
        let stages = [Lifecycle::Create, Lifecycle::Read, Lifecycle::Update, Lifecycle::Delete];
        let name = |address: &str, stage| Procedure::name_of(address, stage);
        let ranked = self.addresses.iter().zip(ranks);
        ranked
            .flat_map(|(address, rank)| stages.map(|stage| (name(address, stage), *rank)))
            .collect()
    }

    /// For each the ones that depend on it.
    fn dependents(&self) -> Vec<Vec<usize>> {
        let mut dependents = vec![Vec::new(); self.on.len()];
        for (of, all) in self.on.iter().enumerate() {
            for on in all {
                dependents[*on].push(of);
            }
        }
        dependents
    }
}

/// Collects who waits for whom.
struct Waits<'g> {
    graph: &'g Graph<'g>,
    /// Names of the procedures that there are.
    known: HashSet<String>,
    by_name: HashMap<String, Vec<String>>,
    left: usize,
}

impl Waits<'_> {
    /// Adds the waits of lifecycle operations for each other. Each place in
    /// `order` comes after those that it is `behind`.
    fn add(&mut self, order: &[usize], behind: &[Vec<usize>], stages: &[Lifecycle]) {
        let mut nearest: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); order.len()];
        let mut done = vec![false; order.len()];
        for place in order {
            done[*place] = true;
            let mut awaited = BTreeSet::new();
            for before in behind[*place].iter().filter(|before| done[**before] && *before != place)
            {
                if self.name(*before, stages).is_some() {
                    awaited.insert(*before);
                } else {
                    awaited.extend(&nearest[*before]);
                }
                if awaited.len() > self.left {
                    return;
                }
            }
            self.left -= awaited.len();
            if let Some(name) = self.name(*place, stages) {
                let names = awaited.iter().filter_map(|before| self.name(*before, stages));
                let names: Vec<String> = names.collect();
                self.by_name.entry(name).or_default().extend(names);
            }
            nearest[*place] = awaited;
        }
    }

    /// The name of the procedure for one of the stages, if there is one.
    fn name(&self, place: usize, stages: &[Lifecycle]) -> Option<String> {
        let address = self.graph.addresses[place];
        let mut names = stages.iter().map(|stage| Procedure::name_of(address, *stage));
        names.find(|name| self.known.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    /// Sorts creations and gives their names with what each waits for.
    fn sorted(addresses: &[&str], edges: &[(&str, &str)]) -> Vec<String> {
        let span = Span { file: FileId(0), start: 0, end: 0 };
        let procedure = |address: &&str| Procedure {
            name: Procedure::name_of(address, Lifecycle::Create),
            span,
            frontend: "ros",
            parameters: Vec::new(),
            body: Vec::new(),
        };
        let mut procedures: Vec<Procedure> = addresses.iter().map(procedure).collect();
        let edge =
            |(of, on): &(&str, &str)| Dependency { of: (*of).to_owned(), on: (*on).to_owned() };
        let dependencies: Vec<Dependency> = edges.iter().map(edge).collect();
        let mut waits = sort(&mut procedures, addresses.iter().copied(), &dependencies);
        let shown = procedures.iter().map(|procedure| {
            let after = waits.remove(&procedure.name).unwrap_or_default().join(" ");
            format!("{}: {}", procedure.name, after).replace(" (create)", "").trim_end().to_owned()
        });
        shown.collect()
    }

    #[test]
    fn what_is_depended_on_comes_first_and_else_the_source_counts() {
        assert_eq!(sorted(&["a", "b", "c"], &[("a", "c")]), ["c:", "a: c", "b:"]);
        assert_eq!(sorted(&["b", "a"], &[("b", "x"), ("x", "a")]), ["a:", "b: a"]);
        assert_eq!(sorted(&["b", "a"], &[]), ["b:", "a:"]);
    }

    #[test]
    fn circles_end() {
        assert_eq!(sorted(&["a", "b"], &[("a", "b"), ("b", "a"), ("a", "a")]), ["b:", "a: b"]);
    }

    #[test]
    fn many_dependencies_stay_small() {
        let names: Vec<String> = (0..3_000).map(|number| format!("r{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let hub = names.iter().flat_map(|name| [(*name, "hub"), ("hub2", *name)]);
        let edges: Vec<(&str, &str)> = hub.chain([("hub", "hub2")]).collect();
        assert_eq!(sorted(&names, &edges).len(), 3_000);
        let chain: Vec<(&str, &str)> = names.windows(2).map(|pair| (pair[0], pair[1])).collect();
        assert_eq!(sorted(&names, &chain)[0], "r2999:");
    }
}
