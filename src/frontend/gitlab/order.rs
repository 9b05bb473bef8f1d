//! Which jobs wait for which: those that a job needs, or all of the stages
//! before its own.

use super::STAGES;
use super::job::Inherited;
use crate::frontend::template::Item;

/// The stages of a file that names none.
const DEFAULT_STAGES: [&str; 5] = [".pre", "build", "test", "deploy", ".post"];

/// The stage of a job that names none.
const DEFAULT_STAGE: &str = "test";

/// How many jobs are put in order.
const MOST: usize = 1_000;

/// Jobs and their stages.
pub(super) struct Order {
    stages: Vec<String>,
    jobs: Vec<Place>,
}

struct Place {
    name: String,
    stage: usize,
    needs: Option<Vec<String>>,
}

impl Order {
    pub(super) fn of(top: Item<'_>) -> Self {
        let named = top.get(STAGES).into_iter().flat_map(Item::items);
        let mut stages: Vec<String> =
            named.filter_map(|stage| Some(stage.text()?.to_owned())).collect();
        if stages.is_empty() {
            stages = DEFAULT_STAGES.map(str::to_owned).to_vec();
        } else {
            stages.insert(0, DEFAULT_STAGES[0].to_owned());
            stages.push(DEFAULT_STAGES[4].to_owned());
        }
        Self { stages, jobs: Vec::new() }
    }

    pub(super) fn add(&mut self, name: &str, job: &Inherited<'_>) {
        if name.starts_with('.') || self.jobs.len() >= MOST {
            return;
        }
        let stage = job.line.get("stage").and_then(Item::text).unwrap_or(DEFAULT_STAGE);
        let at = self.stages.iter().position(|known| known == stage);
        let stage = at.unwrap_or(self.stages.len());
        let needs = job.line.get("needs").filter(|needs| needs.is_sequence()).map(|needs| {
            let name = |need: Item<'_>| need.get_text("job").or(need.text()).map(str::to_owned);
            needs.items().filter_map(name).collect()
        });
        self.jobs.push(Place { name: name.to_owned(), stage, needs });
    }

    /// The jobs that one waits for, the latest first.
    pub(super) fn needs(&self, name: &str) -> Vec<String> {
        let Some(place) = self.jobs.iter().find(|place| place.name == name) else {
            return Vec::new();
        };
        if let Some(needs) = &place.needs {
            return needs.clone();
        }
        let mut before: Vec<&Place> =
            self.jobs.iter().filter(|other| other.stage < place.stage).collect();
        before.sort_by_key(|other| std::cmp::Reverse(other.stage));
        before.into_iter().map(|other| other.name.clone()).collect()
    }
}
