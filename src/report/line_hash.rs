//! The hash of a line by which GitHub's code scanning knows an alert again when
//! lines move: `primaryLocationLineHash`.
//!
//! It is the rolling hash that GitHub's own upload action computes where a report
//! has none, so that both agree: over the hundred characters from the start of the
//! line on, blanks and tabs left out and line breaks unified, with a number that
//! tells equal ones apart (github/codeql-action, `src/fingerprints.ts`).

use std::collections::HashMap;

/// How many characters from the start of a line on count.
const WINDOW: usize = 100;

const FACTOR: i64 = 37;

/// What stands for the end of the file.
const END: u16 = u16::MAX;

/// The hash of each line of a text.
pub(super) fn line_hashes(text: &str) -> Vec<String> {
    let mut rolling = Rolling::new();
    let mut after_return = false;
    for unit in text.encode_utf16() {
        let is_break_of_two = after_return && unit == u16::from(b'\n');
        if unit == u16::from(b' ') || unit == u16::from(b'\t') || is_break_of_two {
            after_return = false;
            continue;
        }
        after_return = unit == u16::from(b'\r');
        rolling.take(if after_return { u16::from(b'\n') } else { unit });
    }
    rolling.take(END);
    rolling.finish()
}

struct Rolling {
    /// The last characters, as a ring, and whether a line starts at each.
    window: [(u16, bool); WINDOW],
    at: usize,
    hash: i64,
    /// What the oldest character counts for.
    oldest: i64,
    starts: bool,
    hashes: Vec<String>,
    counts: HashMap<i64, u32>,
}

impl Rolling {
    fn new() -> Self {
        let oldest = (0..WINDOW).fold(1_i64, |power, _| power.wrapping_mul(FACTOR));
        Self {
            window: [(0, false); WINDOW],
            at: 0,
            hash: 0,
            oldest,
            starts: true,
            hashes: Vec::new(),
            counts: HashMap::new(),
        }
    }

    fn take(&mut self, unit: u16) {
        self.push(unit, self.starts);
        self.starts = unit == u16::from(b'\n');
    }

    fn push(&mut self, unit: u16, starts: bool) {
        let (leaving, started) = self.window[self.at];
        if started {
            self.put_out();
        }
        self.window[self.at] = (unit, starts);
        self.at = (self.at + 1) % WINDOW;
        self.hash = self
            .hash
            .wrapping_mul(FACTOR)
            .wrapping_add(i64::from(unit))
            .wrapping_sub(self.oldest.wrapping_mul(i64::from(leaving)));
    }

    fn put_out(&mut self) {
        let count = self.counts.entry(self.hash).or_default();
        *count += 1;
        self.hashes.push(format!("{:x}:{count}", self.hash.cast_unsigned()));
    }

    fn finish(mut self) -> Vec<String> {
        for _ in 0..WINDOW {
            self.push(0, false);
        }
        self.hashes
    }
}

#[cfg(test)]
mod tests {
    use super::line_hashes;

    /// Values that the action's own tests expect.
    #[test]
    fn hashes_are_those_of_the_upload_action() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
        let lines = ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1"];
        let hashes = line_hashes(" a\nb\n  \t\tc\n d");
        assert_eq!(hashes[..3], lines);
        assert_eq!(hashes[3..], ["a23a3dc5e078b07b:1"]);
        let repeated = line_hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10));
        assert_eq!(repeated[1], "a7f2ff13bc495cf2:2");
        assert_eq!(repeated[10], "c129715d7a2bc9a3:1");
        assert_eq!(line_hashes("a\r\nb\rc\n"), line_hashes("a\nb\nc\n"));
    }
}
