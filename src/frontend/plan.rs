//! Terraform plans as `terraform show -json` writes them: what each resource
//! change will call. Read piece by piece, so that memory stays near the size of
//! the file.

use serde_json::value::RawValue;

use crate::frontend::{Context, Frontend, Grouping, Lowered};
use crate::problem::{Problem, ProblemKind};
use crate::procedure::{Change, Declaration, Lifecycle, Property};
use crate::source::{FileId, Source, Span};

mod document;
mod references;
mod state;
mod value;

use document::{Plan, ResourceChange};
use references::References;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: NAME,
    reads: "Terraform and OpenTofu plans, from `terraform show -json PLAN`",
    globs: &["*.json", "*.tfplan"],
    interpreters: &[],
    recognises: Some(recognises),
    words: &[&["alicloud", BINARY, LOG]],
    grouping: Grouping::File,
    max_bytes: 1 << 30,
    lower,
};

const NAME: &str = "terraform-plan";

/// How the two kinds of plans begin that are not read: the file that `plan -out`
/// writes, and the log of `plan -json`.
const BINARY: &str = "PK\u{3}\u{4}";
const LOG: &str = "{\"@level\"";

/// Types that are of the alicloud provider.
const PREFIX: &str = "alicloud_";

fn recognises(text: &str) -> bool {
    let text = text.trim_start();
    // `show -json` writes the version first, of plans and of states.
    let head = text.get(..text.floor_char_boundary(4096)).unwrap_or(text);
    let is_plan = text.starts_with('{')
        && head.contains("\"format_version\"")
        && text.contains("\"resource_changes\"");
    is_plan || text.starts_with(BINARY) || text.starts_with(LOG)
}

fn lower(sources: &[Source<'_>], _context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        lowered.extend(lower_text(source));
    }
    lowered
}

fn lower_text(source: &Source<'_>) -> Lowered {
    let text = source.text.as_ref();
    if !text.trim_start().starts_with('{') || text.trim_start().starts_with(LOG) {
        let message = "not the JSON form of a plan; run `terraform plan -out=PLAN`, then \
                       `terraform show -json PLAN`";
        return failed(Problem::at(ProblemKind::Syntax, source.span(0..0), message));
    }
    match serde_json::from_str::<Plan<'_>>(text) {
        Ok(plan) => lower_plan(source, &plan),
        Err(error) => failed(syntax_problem(source, 0, &error)),
    }
}

fn failed(problem: Problem) -> Lowered {
    Lowered { problems: vec![problem], ..Lowered::default() }
}

/// The resources that a state says exist: `terraform show -json` of a state, or
/// `terraform.tfstate`.
///
/// # Errors
/// What is wrong with it.
pub(super) fn existing_resources(text: &str) -> Result<Vec<Declaration>, String> {
    let nowhere = Span { file: FileId(0), start: 0, end: 0 };
    state::resources(text, nowhere).map_err(|error| error.to_string())
}

fn lower_plan(source: &Source<'_>, plan: &Plan<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    let references = References::new(plan);
    for raw in &plan.resource_changes {
        let place = place_of(source, raw);
        match serde_json::from_str::<ResourceChange<'_>>(raw.get()) {
            Ok(change) if change.kind.starts_with(PREFIX) => {
                lowered.changes.extend(lower_change(&change, place, &references));
            }
            Ok(_) => {}
            Err(error) => lowered.problems.push(syntax_problem(source, place.0, &error)),
        }
    }
    if let Some(state) = plan.prior_state {
        match state::resources(state.get(), source.span(0..0)) {
            Ok(existing) => lowered.existing = existing,
            Err(error) => {
                lowered.problems.push(syntax_problem(source, place_of(source, state).0, &error));
            }
        }
    }
    lowered
}

/// Where a piece of the text starts, and the span of the address in it, which is
/// what a reader looks for.
fn place_of(source: &Source<'_>, raw: &RawValue) -> (usize, Span) {
    const KEY: &str = "\"address\"";
    let text = raw.get();
    let start = text.as_ptr() as usize - source.text.as_ptr() as usize;
    let address = text.find(KEY).and_then(|at| {
        let open = at + KEY.len() + text[at + KEY.len()..].find('"')?;
        let end = open + 1 + text[open + 1..].find("\",").or_else(|| text[open + 1..].find('"'))?;
        Some(open..end + 1)
    });
    let address = address.unwrap_or(0..text.len());
    (start, source.span(start + address.start..start + address.end))
}

/// An error of the JSON parser in a piece of the text that starts at a byte.
fn syntax_problem(source: &Source<'_>, start: usize, error: &serde_json::Error) -> Problem {
    let piece = source.text.get(start..).unwrap_or_default();
    let line: usize =
        piece.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = (start + line + error.column().saturating_sub(1)).min(source.text.len());
    let at = source.text.floor_char_boundary(at);
    let message = format!("not read: {error}; write the plan anew with `terraform show -json`");
    Problem::at(ProblemKind::Syntax, source.span(at..at), message)
}

/// The calls' side of a resource change; none for one that calls nothing.
fn lower_change(
    change: &ResourceChange<'_>,
    (_, span): (usize, Span),
    references: &References,
) -> Option<Change> {
    let body = &change.change;
    let before = || value::properties(&body.before, &body.before_sensitive, span);
    let after = || {
        let mut properties = value::properties(&body.after, &body.after_sensitive, span);
        let unknown = value::unknown_names(&body.after_unknown);
        properties.extend(unknown.map(|name| Property {
            value: references.unknown_value(change, &name),
            name,
            span,
        }));
        properties
    };
    let kind =
        if change.is_data() { format!("data.{}", change.kind) } else { change.kind.to_string() };
    let mut operations = Vec::new();
    for action in &body.actions {
        let (lifecycle, properties) = match action.as_ref() {
            "create" => (Lifecycle::Create, after()),
            "read" => (Lifecycle::Read, after()),
            "update" => (Lifecycle::Update, after()),
            "delete" => (Lifecycle::Delete, before()),
            // `no-op` and `forget` call nothing.
            _ => continue,
        };
        operations.push((lifecycle, declaration(&change.address, &kind, properties, span)));
    }
    let changed = value::changed_names(&body.before, &body.after, &body.after_unknown);
    let id = value::text_of(&body.before, "id");
    (!operations.is_empty()).then_some(Change {
        operations,
        changed,
        id,
        replaces: None,
        possible: false,
    })
}

fn declaration(address: &str, kind: &str, properties: Vec<Property>, span: Span) -> Declaration {
    let (address, kind) = (address.to_owned(), kind.to_owned());
    Declaration { address, kind, span, frontend: NAME, properties }
}
