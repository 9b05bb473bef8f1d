//! Which looks at the lock state decide whether a step runs: those without whose
//! answer that there is no lock no way leads to the step.

use super::{Event, Graph, Way};

/// A set of looks, by their numbers. Looks beyond the last bit decide nothing.
type Looks = u128;

/// Says of each step which looks decide whether it runs.
pub(super) fn mark(graph: &mut Graph) {
    if graph.looks.is_empty() {
        return;
    }
    // What is not reached is told by nothing that is known of the ways to it.
    let mut found: Vec<Option<Looks>> = vec![None; graph.points.len()];
    let mut of_steps: Vec<Option<Looks>> = vec![None; graph.places.len()];
    found[0] = Some(0);
    for (id, point) in graph.points.iter().enumerate() {
        let Some(here) = found[id] else { continue };
        if let Event::Step(number) = point.event {
            let known = &mut of_steps[number];
            *known = Some(known.unwrap_or(Looks::MAX) & here);
        }
        for (way, to) in &point.ways {
            let cleared = match point.event {
                Event::Look(look) if *way == Way::Works => bit(look),
                _ => 0,
            };
            let known = &mut found[*to as usize];
            *known = Some(known.unwrap_or(Looks::MAX) & (here | cleared));
        }
    }
    let count = graph.looks.len();
    for (place, looks) in graph.places.iter_mut().zip(of_steps) {
        let looks = looks.unwrap_or_default();
        place.looks = (0..count).filter(|look| looks & bit(*look) != 0).collect();
    }
}

fn bit(look: usize) -> Looks {
    u32::try_from(look).ok().and_then(|look| 1_u128.checked_shl(look)).unwrap_or_default()
}
