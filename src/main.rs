//! The `ecs-lock-lint` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Other threads draw the progress bar, so the standard error is not locked.
    let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr());
    ExitCode::from(ecs_lock_lint::run(std::env::args_os(), &mut out, &mut err))
}
