//! The run that measures: every command once a round, one after another, so that
//! what disturbs the machine disturbs all of them alike.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ecs_lock_lint::frontend::FRONTENDS;

use crate::Failure;

/// What is measured.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The tree to measure on; `cargo xtask bench-corpus` writes one.
    #[arg(long, value_name = "DIR", default_value = "target/bench-corpus")]
    corpus: PathBuf,
    /// The program to measure.
    #[arg(long, value_name = "FILE", default_value = "target/release/ecs-lock-lint")]
    program: PathBuf,
    /// How many times each command runs.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Threads of each program that lets itself be told.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

/// A command that is measured.
struct Contestant {
    name: String,
    line: Vec<String>,
    version: String,
    times: Vec<Duration>,
}

/// Measures all the programs that are installed, and prints the table.
///
/// # Errors
/// A tree or a program that is not there.
pub(crate) fn run(options: &Options) -> Result<String, Failure> {
    let words = write_words(options)?;
    let mut contestants: Vec<Contestant> =
        lines(options, &words).into_iter().filter_map(Contestant::of).collect();
    if contestants.first().is_none_or(|first| first.name != "ecs-lock-lint") {
        return Err(format!("{} does not run", options.program.display()).into());
    }
    for contestant in &mut contestants {
        // Once without counting: what it reads is in the cache afterwards.
        contestant.measure()?;
        contestant.times.clear();
    }
    for _ in 0..options.rounds {
        for contestant in &mut contestants {
            contestant.measure()?;
        }
    }
    Ok(table(&contestants))
}

/// The words without which nothing matters, one a line.
fn write_words(options: &Options) -> Result<PathBuf, Failure> {
    let groups = FRONTENDS.iter().filter_map(|frontend| frontend.words.first());
    let words: BTreeSet<&str> = groups.flat_map(|group| group.iter().copied()).collect();
    let path = options.corpus.with_extension("words");
    std::fs::write(&path, words.into_iter().collect::<Vec<_>>().join("\n") + "\n")?;
    Ok(path)
}

/// The command lines, with the names that the table gives them.
fn lines(options: &Options, words: &Path) -> Vec<(&'static str, Vec<String>)> {
    let (tree, words) = (options.corpus.display().to_string(), words.display().to_string());
    let threads = options.threads.to_string();
    let own = options.program.display().to_string();
    let line = |text: &str| -> Vec<String> {
        let fill = |word: &str| match word {
            "PROGRAM" => own.clone(),
            "TREE" => tree.clone(),
            "WORDS" => words.clone(),
            "THREADS" => threads.clone(),
            word => word.to_owned(),
        };
        text.split(' ').map(fill).collect()
    };
    vec![
        ("ecs-lock-lint", line("PROGRAM check --output json --jobs THREADS TREE")),
        ("ripgrep", line("rg --hidden --threads THREADS --files-with-matches -F -f WORDS TREE")),
        (
            "ast-grep",
            line("ast-grep run --threads THREADS --lang py -p $C.start_instance($$$) TREE"),
        ),
        (
            "semgrep",
            line(
                "semgrep scan --metrics off --disable-version-check --jobs THREADS --lang py -e $C.start_instance(...) TREE",
            ),
        ),
        ("checkov", line("checkov --quiet --compact --framework terraform --directory TREE")),
    ]
}

impl Contestant {
    /// A command whose program is installed.
    fn of((name, line): (&str, Vec<String>)) -> Option<Self> {
        let output = Command::new(&line[0]).arg("--version").output().ok()?;
        let version = String::from_utf8_lossy(&output.stdout).lines().next()?.trim().to_owned();
        Some(Self { name: name.to_owned(), line, version, times: Vec::new() })
    }

    fn measure(&mut self) -> Result<(), Failure> {
        let mut command = Command::new(&self.line[0]);
        command.args(&self.line[1..]).stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        // Findings are an exit code of their own; how long it took is what counts.
        command.status()?;
        self.times.push(start.elapsed());
        Ok(())
    }

    fn median(&self) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }
}

fn table(contestants: &[Contestant]) -> String {
    let own = contestants.first().map(Contestant::median).unwrap_or_default();
    let rows = contestants.iter().map(|contestant| row(contestant, own));
    let head = "| program | median | times ours | version | command |\n|---|---|---|---|---|";
    std::iter::once(head.to_owned()).chain(rows).collect::<Vec<_>>().join("\n")
}

fn row(contestant: &Contestant, own: Duration) -> String {
    let Contestant { name, version, line, .. } = contestant;
    let median = contestant.median();
    let ratio = median.as_secs_f64() / own.as_secs_f64();
    let (median, line) = (median.as_secs_f64() * 1e3, line.join(" "));
    format!("| {name} | {median:.1} ms | {ratio:.2} | {version} | `{line}` |")
}
