//! Where reports go, and how they look there.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::ValueEnum;

use super::{CliError, to_stdout, write};
use crate::report::{self, COMPANIONS, Companion, REPORTERS, Report, Reporter, Style};

/// The arguments about output.
#[derive(clap::Args)]
pub(super) struct OutputArgs {
    /// Output format, to the standard output or to a file; may be repeated
    #[arg(
        long,
        visible_alias = "format",
        value_name = "FORMAT[=FILE]",
        default_value = "terminal",
        value_parser = parse,
        help_heading = "Output"
    )]
    output: Vec<Output>,

    /// When to use colours
    #[arg(long, default_value = "auto", help_heading = "Output")]
    color: When,

    /// Neither summary nor progress
    #[arg(short, long, help_heading = "Output")]
    pub(super) quiet: bool,

    /// List all notes and problems on the terminal, not only the first ten
    #[arg(short, long, help_heading = "Output")]
    verbose: bool,

    /// Do not show how far a long run has come
    #[arg(long, help_heading = "Output")]
    pub(super) no_progress: bool,
}

/// Where a report goes.
#[derive(Clone, Debug)]
struct Output {
    reporter: &'static Reporter,
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

fn parse(text: &str) -> Result<Output, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("name a file after the `=`, or leave it out".to_owned()),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let known = || REPORTERS.iter().map(|reporter| reporter.name).collect::<Vec<_>>().join(", ");
    let reporter =
        report::named(name).ok_or_else(|| format!("unknown format; known ones: {}", known()))?;
    Ok(Output { reporter, file })
}

impl OutputArgs {
    /// Writes a report in every format that is asked for, and what goes along with
    /// it.
    pub(super) fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> Result<(), CliError> {
        for output in &self.output {
            self.write_one(report, output, out)?;
        }
        for companion in COMPANIONS {
            let is_wanted = |output: &Output| std::ptr::eq(output.reporter, companion.beside);
            let file = std::env::var_os(companion.variable).filter(|file| !file.is_empty());
            if let Some(file) = file.filter(|_| self.output.iter().any(is_wanted)) {
                self.append(report, companion, file)?;
            }
        }
        Ok(())
    }

    fn write_one(
        &self,
        report: &Report<'_>,
        output: &Output,
        out: &mut dyn Write,
    ) -> Result<(), CliError> {
        let Some(path) = &output.file else {
            let mut buffered = io::BufWriter::new(out);
            let written = (output.reporter.write)(report, self.stdout_style(), &mut buffered);
            return written.and_then(|()| buffered.flush()).map_err(to_stdout);
        };
        let bytes = self
            .bytes(report, output.reporter)
            .map_err(|error| CliError::Output { target: path.display().to_string(), error })?;
        write::whole_file(path, &bytes)
    }

    fn append(
        &self,
        report: &Report<'_>,
        companion: &Companion,
        file: OsString,
    ) -> Result<(), CliError> {
        let path = PathBuf::from(file);
        let there = path.metadata().map_or(0, |there| there.len());
        let room =
            companion.most_bytes.saturating_sub(usize::try_from(there).unwrap_or(usize::MAX));
        let bytes = self.bytes(report, companion.reporter).map_err(to_stdout)?;
        write::append(&path, &cut(bytes, room))
    }

    /// A report as it stands in a file.
    fn bytes(&self, report: &Report<'_>, reporter: &Reporter) -> io::Result<Vec<u8>> {
        let color = matches!(self.color, When::Always);
        let mut bytes = Vec::new();
        (reporter.write)(report, self.style(color, DEFAULT_WIDTH), &mut bytes)?;
        Ok(bytes)
    }

    fn stdout_style(&self) -> Style {
        let color = colored(self.color);
        let links = color && io::stdout().is_terminal();
        let links = links && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout);
        Style { links, ..self.style(color, width()) }
    }

    fn style(&self, color: bool, width: usize) -> Style {
        Style { color, links: false, width, quiet: self.quiet, verbose: self.verbose }
    }
}

/// What ends a text that was cut.
const CUT: &[u8] = b"\n\n(The rest is left out for want of room.)\n";

/// The lines of a text that fit.
fn cut(mut text: Vec<u8>, room: usize) -> Vec<u8> {
    if text.len() <= room {
        return text;
    }
    let Some(room) = room.checked_sub(CUT.len()) else { return Vec::new() };
    text.truncate(room);
    let Some(end) = memchr::memrchr(b'\n', &text) else { return Vec::new() };
    text.truncate(end);
    text.extend_from_slice(CUT);
    text
}

const DEFAULT_WIDTH: usize = 100;

/// The width of the terminal, within what is pleasant to read.
fn width() -> usize {
    terminal_size::terminal_size()
        .map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0).clamp(60, 140))
}

/// Whether to use colours on the standard output, by the conventions of
/// no-color.org and bixense.com/clicolors.
fn colored(when: When) -> bool {
    let value = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let is_set = |name| value(name).is_some_and(|value| value != "0");
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto if value("NO_COLOR").is_some() => false,
        When::Auto if is_set("CLICOLOR_FORCE") || is_set("FORCE_COLOR") => true,
        When::Auto => {
            io::stdout().is_terminal()
                && value("TERM").is_none_or(|term| term != "dumb")
                && value("CLICOLOR").is_none_or(|value| value != "0")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CUT, cut};

    #[test]
    fn a_text_is_cut_between_lines() {
        let whole = |text: &str, room| String::from_utf8(cut(text.into(), room)).unwrap();
        let note = String::from_utf8(CUT.into()).unwrap();
        assert_eq!(whole("a\nb\n", 4), "a\nb\n");
        let long = "line\n".repeat(100);
        assert_eq!(whole(&long, CUT.len() + 12), format!("line\nline{note}"));
        assert_eq!(whole(&long, 3), "");
    }
}
