//! What the actions of tasks are: which of them call the API, which run other
//! tasks, and which do neither.

/// What a task does, by its action.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// It calls the API that its properties name.
    Calls,
    /// It sends the request that its properties say.
    Requests,
    /// It runs tasks of its own for each of several items.
    Loops,
    /// It runs another template.
    Embeds,
    /// It is a cloud product action: `ACS::ECS::RebootInstance`.
    Composed,
    /// It calls nothing that a lock could matter to: it waits, asks people, looks
    /// up targets, tells the time, or says where to go on.
    Silent,
    /// It is an action that is not known.
    Unknown,
}

/// The atomic actions. A trigger runs the tasks after it when its time or its
/// event comes.
const ATOMIC: &[(&str, Kind)] = &[
    ("ACS::ExecuteAPI", Kind::Calls),
    ("ACS::WaitFor", Kind::Calls),
    ("ACS::CheckFor", Kind::Calls),
    ("ACS::ExecuteHttpRequest", Kind::Requests),
    ("ACS::Loop", Kind::Loops),
    ("ACS::Template", Kind::Embeds),
    ("ACS::TimerTrigger", Kind::Silent),
    ("ACS::AlarmTrigger", Kind::Silent),
    ("ACS::EventTrigger", Kind::Silent),
    ("ACS::Approve", Kind::Silent),
    ("ACS::Choice", Kind::Silent),
    ("ACS::Notify", Kind::Silent),
    ("ACS::Pause", Kind::Silent),
    ("ACS::Sleep", Kind::Silent),
    ("ACS::SelectTargets", Kind::Silent),
    ("ACS::GitCodeRepo", Kind::Silent),
];

/// What the names of published templates start with.
const PUBLIC: &str = "ACS-";

impl Kind {
    /// The kind of an action; names count in any case.
    pub(super) fn of(action: &str) -> Self {
        let known = ATOMIC.iter().find(|(name, _)| name.eq_ignore_ascii_case(action));
        match known {
            Some((_, kind)) => *kind,
            None if is_product_action(action) => Self::Composed,
            None if is_action(action) => Self::Unknown,
            None => Self::Silent,
        }
    }
}

fn is_product_action(action: &str) -> bool {
    is_action(action) && action.split("::").count() > 2
}

fn is_action(action: &str) -> bool {
    let first = action.split_once("::").map(|(first, _)| first);
    first.is_some_and(|first| first.eq_ignore_ascii_case("ACS"))
}

/// Whether a template is published with the service, so that bindings may know
/// it: a cloud product action, or `ACS-ECS-BulkyStartInstances`.
pub(super) fn published(name: &str) -> bool {
    is_product_action(name) || name.starts_with(PUBLIC)
}
