//! Which remarks before a block of code speak of locks, or say when to stop.
//! Nobody checks what they ask for, so they are passed on and decide nothing.

/// Words that name a lock.
const LOCK_WORDS: &[&str] = &["lock", "locks", "locked", "operationlocks", "lockreason", "unlock"];

/// What names a lock where words are not told apart by blanks.
const LOCK_SIGNS: &[&str] = &["OperationLocks", "LockReason", "安全锁", "锁定", "被锁", "锁住"];

/// What tells a reader to go no further.
const STOPS: &[&str] = &[
    "stop here",
    "stop and ",
    "do not continue",
    "don't continue",
    "do not proceed",
    "don't proceed",
    "do not go on",
    "abort",
    "停止操作",
    "不要继续",
    "请勿继续",
    "终止操作",
];

/// The longest remark that is passed on, in characters.
const LONGEST: usize = 300;

/// A remark that is to be passed on, on one line.
pub(super) fn of(said: &str) -> Option<String> {
    let mut words = said.split(|letter: char| !letter.is_alphanumeric());
    let lower = said.to_lowercase();
    let names_lock = words.any(|word| LOCK_WORDS.contains(&word.to_lowercase().as_str()))
        || LOCK_SIGNS.iter().any(|sign| said.contains(sign));
    if !names_lock && !STOPS.iter().any(|stop| lower.contains(stop)) {
        return None;
    }
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(LONGEST).collect();
    Some(if cut.len() < line.len() { format!("{cut}…") } else { cut })
}
