//! How far a long run has come: a bar on the standard error, if that is a terminal.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long a run is before it shows how far it has come.
const PATIENCE: Duration = Duration::from_millis(700);

/// A bar that goes when it is dropped.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    started: Instant,
}

impl Progress {
    /// A bar for so many files, if one is wanted and can be shown.
    pub(super) fn new(wanted: bool, files: usize) -> Self {
        let shown = wanted && io::stderr().is_terminal();
        let bar = shown.then(|| {
            let target = ProgressDrawTarget::hidden();
            ProgressBar::with_draw_target(Some(files as u64), target).with_style(style())
        });
        Self { bar, started: Instant::now() }
    }

    /// One file more is done.
    pub(super) fn advance(&self) {
        let Some(bar) = &self.bar else { return };
        if bar.is_hidden() && self.started.elapsed() > PATIENCE {
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        }
        bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} files");
    style.unwrap_or_else(|_| ProgressStyle::default_bar())
}
