//! What bounds a loop that waits for something.

use crate::procedure::{Bound, Node};

/// Words and signs of loops that count their turns or look at the clock.
const BOUNDS: &[&str] = &[
    "timeout",
    "time_out",
    "deadline",
    "elapsed",
    "max",
    "retries",
    "retry",
    "attempt",
    "tries",
    "count",
    "seconds",
    "time()",
    "time.",
    "now",
    "date +%s",
    "-lt",
    "-le",
    "-gt",
    "-ge",
    "++",
    "--))",
    "+= 1",
    "-= 1",
    "+=1",
    "-=1",
    "+1)",
    "+ 1)",
    "+1 )",
    "+ 1 )",
    "-1)",
    "- 1)",
    "-1 )",
    "- 1 )",
    "expr ",
    "range(",
    "seq ",
    "limit",
    "wait_time",
];

/// How long and with what a loop sleeps between its turns.
const SLEEPS: &[&str] = &[
    "time.sleep",
    "time.second",
    "time.millisecond",
    "time.minute",
    "timeunit.seconds",
    "timeunit.milliseconds",
    "timeunit.minutes",
    "timespan.fromseconds",
    "timespan.frommilliseconds",
    "timespan.fromminutes",
    "time.duration",
    "milliseconds",
];

/// Whether something in the text of a loop may bound how often or how long it
/// goes round.
pub(super) fn is_bounded(text: &str) -> bool {
    const LONGEST: usize = 4096;
    let text = text[..text.floor_char_boundary(LONGEST)].to_ascii_lowercase();
    // Sleeping only looks like a look at the clock.
    let text = SLEEPS.iter().fold(text, |text, sleep| text.replace(sleep, ""));
    BOUNDS.iter().any(|bound| text.contains(bound))
}

/// Lets loops that wait without a bound end in a failure: a time limit ends them.
pub(super) fn limit(nodes: &mut [Node]) {
    for node in nodes {
        if let Node::Loop(repetition) = node
            && repetition.conditional
            && repetition.bound == Bound::Unseen
        {
            repetition.bound = Bound::Fails;
        }
        for body in node.bodies_mut() {
            limit(body);
        }
    }
}
