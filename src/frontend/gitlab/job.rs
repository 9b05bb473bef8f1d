//! Reads the jobs of a file.

use super::inherited::Line;
use super::{AFTER, BEFORE, File, SCRIPT, VARIABLES, script};
use crate::frontend::pipeline::code::{self, Code, Join, PIPEFAIL, Ran, SHELL};
use crate::frontend::pipeline::{self, Looks, Runs, Sink, Step, Values, steps};
use crate::frontend::template::Item;
use crate::procedure::{Failure, Node};

// Keys of a job.
const WHEN: &str = "when";
const RULES: &str = "rules";
const RETRY: &str = "retry";
const MAX: &str = "max";
const TOLERANT: &str = "allow_failure";
const PARALLEL: &str = "parallel";
const MATRIX: &str = "matrix";
const TIMEOUT: &str = "timeout";

/// A job with what it inherits.
#[derive(Clone, Debug)]
pub(super) struct Inherited<'t> {
    /// Where it is written.
    pub(super) item: Item<'t>,
    pub(super) line: Line<'t>,
}

/// Reads a job; none if it runs no script.
pub(super) fn read<'t>(name: &str, item: Item<'t>, file: &File<'t>) -> Option<Inherited<'t>> {
    let line = Line::of(item, file);
    let has = |key: &&str| line.get(key).is_some();
    let runs = has(&SCRIPT) || name.starts_with('.') && [BEFORE, AFTER].iter().any(has);
    runs.then_some(Inherited { item, line })
}

/// Whether nothing at hand uses a hidden job: files elsewhere will.
pub(super) fn is_alone(name: &str, file: &File<'_>) -> bool {
    let mut others = file.others.iter();
    if others.any(|other| uses(&other.source().text, name).next().is_some()) {
        return false;
    }
    let text = &file.top.source().text;
    let mut uses = uses(text, name);
    let after = uses.next().and_then(|at| text.get(at + name.len()..)).unwrap_or_default();
    if uses.next().is_some() {
        return false;
    }
    let anchor = after.trim_start_matches([':', ' ', '"', '\'']).strip_prefix('&');
    let anchor = anchor.and_then(|rest| rest.split_whitespace().next());
    anchor.is_none_or(|anchor| !text.contains(&format!("*{anchor}")))
}

/// Where a text has a name, not as a part of another one, nor in a line that is a
/// comment.
fn uses<'x>(text: &'x str, name: &'x str) -> impl Iterator<Item = usize> + 'x {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    memchr::memmem::find_iter(text.as_bytes(), name.as_bytes()).filter(move |at| {
        let (before, after) = text.as_bytes().split_at(*at);
        let mut after = after.iter().skip(name.len()).copied();
        let goes_on = match after.next() {
            Some(b':') => after.next().is_some_and(|next| !next.is_ascii_whitespace()),
            next => next.is_some_and(is_part),
        };
        let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let line = before[start..].trim_ascii_start();
        !goes_on && !before.last().copied().is_some_and(is_part) && !line.starts_with(b"#")
    })
}

/// What a job does.
pub(super) fn lower(
    job: &Inherited<'_>,
    file: &File<'_>,
    looks: &mut Looks,
    sink: &mut Sink<'_>,
) -> Step {
    let line = &job.line;
    let values = values(line, file);
    let before = line.or_default(BEFORE, file);
    let mut lines: Vec<Item<'_>> =
        before.map(|before| script::lines(before, file)).unwrap_or_default();
    lines.extend(line.get(SCRIPT).map(|own| script::lines(own, file)).unwrap_or_default());
    let text: String = lines.iter().filter_map(|line| line.text()).collect();
    let Ran { nodes, look } = run(lines, &values, Failure::Raises, sink);
    looks.add(&text, &nodes);
    let after = line.or_default(AFTER, file).map(|after| script::lines(after, file));
    let after = run(after.unwrap_or_default(), &values, Failure::Discarded, sink).nodes;
    let own = Step { nodes, ..Step::default() };
    let after = Step { nodes: after, runs: Runs::Always, look: None };
    let mut nodes = steps::in_order(vec![own, after]);
    if line.or_default(TIMEOUT, file).is_some() {
        pipeline::limit(&mut nodes);
    }
    if let Some(tries) = line.or_default(RETRY, file).and_then(tries) {
        nodes = pipeline::retried(format!("retry: {tries}"), nodes);
    }
    nodes = pipeline::failing(job.item.span(), failure(line), nodes);
    let (nodes, runs) = conditional(line, nodes, looks);
    let look = look.filter(|_| runs == Runs::OnSuccess && failure(line) == Failure::Raises);
    Step { nodes, runs, look }
}

/// What lines run: one script, but those of each file by themselves.
fn run(lines: Vec<Item<'_>>, values: &Values, failure: Failure, sink: &mut Sink<'_>) -> Ran {
    let file = |line: &Item<'_>| line.source().file_id();
    let mut pieces = lines.chunk_by(|one, next| file(one) == file(next));
    if pieces.by_ref().nth(1).is_none() {
        return run_piece(lines, values, failure, sink);
    }
    let mut look = None;
    let mut found = Vec::new();
    for piece in lines.chunk_by(|one, next| file(one) == file(next)) {
        let ran = run_piece(piece.to_vec(), values, failure, sink);
        look = ran.look.clone().or(look);
        found.push(Step { nodes: ran.nodes, runs: Runs::OnSuccess, look: ran.look });
    }
    Ran { nodes: steps::in_order(found), look }
}

fn run_piece(lines: Vec<Item<'_>>, values: &Values, failure: Failure, sink: &mut Sink<'_>) -> Ran {
    let code = Code {
        lines,
        join: Join::Lines,
        language: SHELL,
        settings: PIPEFAIL,
        given_to: "",
        syntax: &[],
        values,
        failure,
    };
    code::run(&code, sink)
}

/// The variables of a job, and each of those that its parallel runs have.
fn values(line: &Line<'_>, file: &File<'_>) -> Values {
    let mut values = file.values.clone();
    for variables in line.all(VARIABLES) {
        values.add_variables(Some(variables), "");
    }
    let matrix = line.get(PARALLEL).and_then(|parallel| parallel.get(MATRIX));
    for entry in matrix.into_iter().flat_map(Item::items).flat_map(Item::entries) {
        if let Some(name) = entry.key.text().filter(|_| entry.value.is_sequence()) {
            values.variables.remove(name);
            values.add_list(name.to_owned(), entry.value, true);
        }
    }
    values
}

/// How often a job is tried again.
fn tries(retry: Item<'_>) -> Option<&str> {
    let count = retry.get(MAX).unwrap_or(retry).text()?;
    (count != "0").then_some(count)
}

/// What the failure of a job does: the pipeline goes on if the job may fail.
fn failure(line: &Line<'_>) -> Failure {
    let tolerant = line.get(TOLERANT);
    let by_rule = || {
        let rules = line.get(RULES)?;
        let mut tolerant = rules.items().map(|rule| rule.get(TOLERANT).and_then(Item::as_bool));
        tolerant.all(|tolerant| tolerant == Some(true)).then_some(rules.items().len() > 0)
    };
    match tolerant.map(Item::as_bool) {
        Some(Some(true)) => Failure::Discarded,
        None if by_rule() == Some(true) => Failure::Discarded,
        _ => Failure::Raises,
    }
}

/// Puts a job under its rules, and says when it runs.
fn conditional(line: &Line<'_>, nodes: Vec<Node>, looks: &Looks) -> (Vec<Node>, Runs) {
    let rules = || line.get(RULES).into_iter().flat_map(Item::items);
    let when = line.get(WHEN).and_then(Item::text);
    let when = when
        .or_else(|| rules().find_map(|rule| rule.get_text(WHEN).filter(|when| *when != "never")));
    let nodes = match rules().find_map(|rule| Some((rule, rule.get_text("if")?))) {
        Some((rule, condition)) => match looks.of(condition, rule.span()) {
            Some(look) => steps::guarded(&look, nodes),
            None => nodes,
        },
        None => nodes,
    };
    match when {
        Some("on_failure") => (nodes, Runs::OnFailure),
        Some("always") => (nodes, Runs::Always),
        Some("manual") => (steps::on_condition("started by hand", nodes), Runs::OnSuccess),
        Some("never") => (steps::on_condition("never", nodes), Runs::OnSuccess),
        _ => (nodes, Runs::OnSuccess),
    }
}
