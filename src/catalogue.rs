//! The actions of the ECS API and which of their parameters name what they act
//! on. Read from `rules/apis`; it knows nothing of locks.

use std::collections::HashMap;

use serde::Deserialize;

/// Every known action of one product and API version.
#[derive(Debug)]
pub struct Catalogue {
    /// The actions in alphabetical order.
    pub actions: Vec<ApiAction>,
    by_name: HashMap<String, usize>,
    by_folded_name: HashMap<String, usize>,
}

/// What is known of an action.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiAction {
    /// Its name: `StartInstance`.
    pub name: String,
    /// Parameters that name an instance.
    #[serde(default)]
    pub instance: Vec<String>,
    /// Parameters that name a disk.
    #[serde(default)]
    pub disk: Vec<String>,
    /// Parameters that name a snapshot.
    #[serde(default)]
    pub snapshot: Vec<String>,
    /// Parameters that name an image.
    #[serde(default)]
    pub image: Vec<String>,
    /// Parameters that name a Cloud Assistant command.
    #[serde(default)]
    pub command: Vec<String>,
    /// Which of these it changes or reads.
    pub acts_on: Option<Thing>,
    /// The state that a disk must be in for the action to work at all.
    pub disk_state: Option<DiskState>,
    /// What it attaches.
    pub attaches: Option<Thing>,
    /// What it detaches.
    pub detaches: Option<Thing>,
    /// What exists only after it.
    pub creates: Option<Thing>,
    /// What is gone after it.
    pub deletes: Option<Thing>,
    /// Whether it only reads.
    #[serde(skip)]
    pub reads: bool,
    /// What of the instance that it names it lists.
    pub lists: Option<Thing>,
    /// The state in which it leaves the instance that it names.
    pub leaves: Option<InstanceState>,
    /// The states of what it acts on that it brings, and that nothing was in before;
    /// none for one after which all is as it was. Absent where what it changes is
    /// no state.
    pub brings: Option<Vec<String>>,
    /// Set for an action that current SDKs no longer have.
    pub status: Option<String>,
}

/// A kind of thing that parameters name.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Thing {
    /// An ECS instance.
    Instance,
    /// A cloud disk.
    Disk,
    /// A snapshot.
    Snapshot,
    /// An image.
    Image,
    /// A Cloud Assistant command.
    Command,
}

/// A state of an instance.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InstanceState {
    /// It does not run.
    Stopped,
    /// It runs.
    Running,
}

/// A state of a cloud disk.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DiskState {
    /// Attached to an instance (`In_use`).
    InUse,
}

impl Catalogue {
    /// Indexes actions by name. Two that differ only in case or separators give
    /// the second one's name as the error.
    ///
    /// # Errors
    /// The name that occurs twice.
    pub fn new(actions: Vec<ApiAction>) -> Result<Self, String> {
        let mut by_folded_name = HashMap::new();
        for (index, action) in actions.iter().enumerate() {
            if by_folded_name.insert(fold(&action.name), index).is_some() {
                return Err(action.name.clone());
            }
        }
        let names = actions.iter().enumerate().map(|(index, action)| (action.name.clone(), index));
        Ok(Self { by_name: names.collect(), actions, by_folded_name })
    }

    /// The action of exactly this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&ApiAction> {
        self.by_name.get(name).map(|index| &self.actions[*index])
    }

    /// The action of this name in whatever case and with whatever separators:
    /// `start_instance`, `start-instance`, `startInstance`.
    #[must_use]
    pub fn folded(&self, name: &str) -> Option<&ApiAction> {
        self.by_folded_name.get(&fold(name)).map(|index| &self.actions[*index])
    }

    /// The known name that is most like a misspelt one.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.actions.iter().map(|action| action.name.as_str()))
    }
}

impl ApiAction {
    /// Whether one of its parameters that name things is of this name.
    #[must_use]
    pub fn names_by(&self, parameter: &str) -> bool {
        let parameters = [&self.instance, &self.disk, &self.snapshot, &self.image, &self.command];
        let mut parameters = parameters.into_iter().flatten();
        parameters.any(|own| is_same_parameter(parameter, own))
    }

    /// The parameters that name what the action acts on.
    #[must_use]
    pub fn target_parameters(&self) -> &[String] {
        match self.acts_on {
            Some(Thing::Instance) => &self.instance,
            Some(Thing::Disk) => &self.disk,
            Some(Thing::Snapshot) => &self.snapshot,
            Some(Thing::Image) => &self.image,
            Some(Thing::Command) => &self.command,
            None => &[],
        }
    }
}

/// Whether an argument's name is a parameter or one of its list forms:
/// `InstanceId`, `InstanceIds` and `InstanceId.1` are the same.
#[must_use]
pub fn is_same_parameter(argument: &str, parameter: &str) -> bool {
    let stem = argument.split('.').next().unwrap_or(argument);
    let singular = |name: &str| name.strip_suffix('s').unwrap_or(name).len();
    stem[..singular(stem)].eq_ignore_ascii_case(&parameter[..singular(parameter)])
}

/// A name without case and separators.
fn fold(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// The candidate that differs from a name in the fewest letters, if it is few
/// enough to be a misspelling.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let wanted = name.to_ascii_lowercase();
    let limit = name.len() / 4 + 1;
    candidates
        .map(|candidate| (distance(&wanted, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance in bytes.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other) in right.bytes().enumerate() {
            let substitution = diagonal + usize::from(letter != other);
            diagonal = row[column + 1];
            row[column + 1] = substitution.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_its_neighbour() {
        let names = ["StartInstance", "StopInstance", "ResetDisk", "ResetDisks"];
        assert_eq!(nearest("StartInstnce", names.into_iter()), Some("StartInstance"));
        assert_eq!(nearest("resetdisk", names.into_iter()), Some("ResetDisk"));
        assert_eq!(nearest("DescribeTheWeather", names.into_iter()), None);
    }
}
