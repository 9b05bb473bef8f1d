//! The ways that a run takes through a procedure while every instance that it
//! meets is locked, and the steps that lie on them.

use crate::graph::{Event, Graph, PointId, Way};
use crate::judge::JudgedProcedure;
use crate::procedure::Evidence;
use crate::ruleset::{Direction, Route};
use crate::verdict::{Course, Step, Verdict};

/// How many points a search looks at.
const MOST_POINTS: usize = 20_000;

/// Says of each step whether a run comes to it.
pub(super) fn mark(judged: &mut JudgedProcedure) {
    let Some(ways) = Ways::new(judged) else { return };
    let courses = ways.courses();
    for (step, course) in judged.steps.iter_mut().zip(courses) {
        step.course = course;
    }
}

/// The ways through one procedure.
pub(super) struct Ways<'p> {
    steps: &'p [Step],
    graph: &'p Graph,
    /// Where each step stands; what runs in any case stands in two places.
    places: Vec<Vec<PointId>>,
    /// Whether each look is one at the lock of what it decides about.
    decides: Vec<bool>,
    /// The ways into each point.
    into: Vec<Vec<(PointId, Way)>>,
}

impl<'p> Ways<'p> {
    /// None for a procedure without steps.
    pub(super) fn new(judged: &'p JudgedProcedure) -> Option<Self> {
        let JudgedProcedure { steps, graph, .. } = judged;
        if steps.is_empty() {
            return None;
        }
        let mut places = vec![Vec::new(); steps.len()];
        let mut into = vec![Vec::new(); graph.points.len()];
        for (id, point) in (0..).zip(&graph.points) {
            if let Event::Step(number) = point.event {
                places[number].push(id);
            }
            for (way, to) in &point.ways {
                into[*to as usize].push((id, *way));
            }
        }
        let mut decides = vec![false; graph.looks.len()];
        for look in graph.places.iter().flat_map(|place| &place.looks) {
            decides[*look] = true;
        }
        Some(Self { steps, graph, places, decides, into })
    }

    /// Whether a run on a locked instance may take a way out of a point.
    fn is_open(&self, point: PointId, way: Way) -> bool {
        match self.graph.points[point as usize].event {
            Event::Pass => true,
            Event::Step(number) => is_open(&self.steps[number], way),
            Event::Look(look) => way == Way::Fails || !self.decides[look],
        }
    }

    fn courses(&self) -> Vec<Course> {
        let count = self.graph.points.len();
        let mut at = vec![Course::Unseen; count];
        at[0] = Course::Reached;
        for (id, point) in (0..).zip(&self.graph.points) {
            let here = at[id as usize];
            for (way, to) in &point.ways {
                let course = match here {
                    Course::Reached if self.is_open(id, *way) => Course::Reached,
                    Course::Reached => match point.event {
                        Event::Step(number) if *way == Way::Works => Course::EndedBy(number),
                        Event::Look(_) => Course::TurnedBack,
                        // Nobody expects the failure of a step that works.
                        _ => Course::Unseen,
                    },
                    other => other,
                };
                let known = &mut at[*to as usize];
                *known = sooner(*known, course);
            }
        }
        let best = |places: &Vec<PointId>| {
            let courses = places.iter().map(|place| at[*place as usize]);
            courses.fold(Course::Unseen, sooner)
        };
        self.places.iter().map(best).collect()
    }

    /// The steps to which `keep` answers yes that lie on ways from a step on, or
    /// back from it, and how many points were looked at, which are `most` at most.
    /// Where `stop` answers yes a way is not followed any further.
    pub(super) fn search(
        &self,
        from: usize,
        (path, direction): (Route, Direction),
        keep: impl Fn(usize) -> bool,
        stop: impl Fn(usize) -> bool,
        most: usize,
    ) -> (Vec<usize>, usize) {
        let mut window = Window::new(&self.places[from], direction, self.graph.points.len(), most);
        let mut found = Vec::new();
        for place in &self.places[from] {
            self.onward(*place, path, true, &mut window);
        }
        while let Some(id) = window.next() {
            if let Event::Step(number) = self.graph.points[id as usize].event
                && number != from
            {
                if keep(number) && !found.contains(&number) {
                    found.push(number);
                }
                if stop(number) {
                    continue;
                }
            }
            self.onward(id, path, false, &mut window);
        }
        (found, window.len())
    }

    /// Opens the points to which ways lead from one, or that lead to it.
    fn onward(&self, id: PointId, path: Route, first: bool, window: &mut Window) {
        let counts = |point: PointId, way: Way, first: bool| match path {
            Route::WhileLocked => self.is_open(point, way),
            Route::AfterFailure => self.is_open(point, way) && (!first || way == Way::Fails),
            Route::AsWritten => !first || way == Way::Works,
        };
        match window.direction {
            Direction::Later => {
                for (way, to) in &self.graph.points[id as usize].ways {
                    if counts(id, *way, first) {
                        window.open(*to);
                    }
                }
            }
            Direction::Earlier => {
                for (from, way) in &self.into[id as usize] {
                    if counts(*from, *way, false) {
                        window.open(*from);
                    }
                }
            }
        }
    }

    /// Whether the failure of a step starts its loop anew, and its success does
    /// not.
    pub(super) fn is_retried(&self, number: usize) -> bool {
        let Some(turns) = self.graph.places[number].turns else { return false };
        let turns = &self.graph.loops[turns];
        let Some(place) = self.places[number].first() else { return false };
        // Each turn acts on another thing.
        let operation = &self.steps[number].operation;
        if turns.item.as_ref().is_some_and(|item| operation.is_given(item)) {
            return false;
        }
        let again = || self.leads_to(*place, Way::Fails, &turns.back);
        let done = || self.leads_to(*place, Way::Works, &turns.out);
        (turns.retries || done()) && again()
    }

    /// Whether a step is in a loop that waits for something without a bound.
    pub(super) fn is_waiting(&self, number: usize) -> bool {
        let turns = self.graph.places[number].turns.map(|turns| &self.graph.loops[turns]);
        turns.is_some_and(|turns| turns.conditional && turns.endless)
    }

    fn leads_to(&self, from: PointId, way: Way, ends: &[(PointId, Way)]) -> bool {
        let Some(last) = ends.iter().map(|(point, _)| *point).max() else { return false };
        if ends.contains(&(from, way)) {
            return true;
        }
        let count = last as usize + 1;
        let mut window = Window::new(&[from], Direction::Later, count, MOST_POINTS);
        for (_, to) in self.graph.points[from as usize].ways.iter().filter(|(out, _)| *out == way) {
            window.open(*to);
        }
        while let Some(id) = window.next() {
            if ends.iter().any(|(point, _)| *point == id) {
                return true;
            }
            for (_, to) in &self.graph.points[id as usize].ways {
                window.open(*to);
            }
        }
        false
    }
}

/// The points that a search has yet to look at: those on one side of a step, each
/// once, in their order or against it.
struct Window {
    direction: Direction,
    /// The point next to the step.
    start: PointId,
    /// Which ones are to be looked at, from there on.
    open: Vec<bool>,
    at: usize,
}

impl Window {
    fn new(around: &[PointId], direction: Direction, count: usize, most: usize) -> Self {
        let most = most.min(MOST_POINTS);
        let (start, length) = match direction {
            Direction::Later => {
                let start = around.iter().min().map_or(0, |first| first + 1);
                (start, count.saturating_sub(start as usize))
            }
            Direction::Earlier => {
                let start = around.iter().max().copied().unwrap_or_default();
                (start.saturating_sub(1), start as usize)
            }
        };
        Self { direction, start, open: vec![false; length.min(most)], at: 0 }
    }

    fn open(&mut self, point: PointId) {
        let distance = match self.direction {
            Direction::Later => point.checked_sub(self.start),
            Direction::Earlier => self.start.checked_sub(point),
        };
        if let Some(slot) = distance.and_then(|at| self.open.get_mut(at as usize)) {
            *slot = true;
        }
    }

    /// The next point that is to be looked at.
    fn next(&mut self) -> Option<PointId> {
        let distance = self.open.get(self.at..)?.iter().position(|open| *open)?;
        let at = self.at + distance;
        self.at = at + 1;
        let at = PointId::try_from(at).ok()?;
        Some(match self.direction {
            Direction::Later => self.start + at,
            Direction::Earlier => self.start - at,
        })
    }

    /// How many points it covers.
    fn len(&self) -> usize {
        self.open.len()
    }
}

/// Whether a step on a locked instance may end this way.
fn is_open(step: &Step, way: Way) -> bool {
    let verdict = step.judgement.verdict;
    let affected = matches!(verdict, Verdict::Fails | Verdict::MayFail);
    match way {
        Way::Works => verdict != Verdict::Fails || step.operation.evidence == Evidence::Possible,
        Way::Fails => affected,
    }
}

/// The better one of two answers to how a run comes to a point.
fn sooner(one: Course, other: Course) -> Course {
    let rank = |course: Course| match course {
        Course::Reached => 0,
        Course::EndedBy(_) => 1,
        Course::TurnedBack => 2,
        Course::Unseen => 3,
    };
    if rank(other) < rank(one) { other } else { one }
}
