//! What bounds a loop that waits for something.

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
    "range(",
    "seq ",
    "limit",
    "wait_time",
];

/// Whether something in the text of a loop may bound how often or how long it
/// goes round.
pub(super) fn is_bounded(text: &str) -> bool {
    const LONGEST: usize = 4096;
    let text = text[..text.floor_char_boundary(LONGEST)].to_ascii_lowercase();
    // Sleeping only looks like a look at the clock.
    let text = text.replace("time.sleep", "");
    BOUNDS.iter().any(|bound| text.contains(bound))
}
