//! Every fixture under `fixtures/frontends` is lowered and compared with the
//! outline beside it. `UPDATE_SNAPSHOTS=1 cargo test` writes the outlines anew.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ecs_lock_lint::frontend::{self, Context, Grouping, Lowered};
use ecs_lock_lint::procedure::{
    Action, Arguments, Ask, Attempt, Bound, Declaration, Failure, Node, Operation, Repetition,
    Value,
};
use ecs_lock_lint::ruleset;
use ecs_lock_lint::source::{FileId, Source, SourceFile, Span};

#[test]
fn fixtures_lower_to_their_outlines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/frontends");
    let mut stale = Vec::new();
    let mut count = 0;
    for folder in entries(&root) {
        for unit in entries(&folder).into_iter().filter(|path| !is_snapshot(path)) {
            count += 1;
            let snapshot = PathBuf::from(format!("{}.snap", unit.display()));
            let outline = outline_of(&folder, &unit);
            if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
                std::fs::write(&snapshot, &outline).unwrap();
            } else if std::fs::read_to_string(&snapshot).unwrap_or_default() != outline {
                stale.push(format!("{}:\n{outline}", unit.display()));
            }
        }
    }
    assert!(count > 0, "no fixtures found");
    assert!(stale.is_empty(), "outlines differ:\n{}", stale.join("\n"));
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listing = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = listing.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The files of a fixture, those of its subfolders too.
fn files_of(unit: &Path) -> Vec<PathBuf> {
    if unit.is_file() {
        return vec![unit.to_owned()];
    }
    entries(unit).iter().flat_map(|path| files_of(path)).collect()
}

fn is_snapshot(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "snap")
}

/// The outline of a fixture: a file, or a folder for front ends that read
/// folders.
fn outline_of(folder: &Path, unit: &Path) -> String {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let frontend = frontend::named(name).expect("fixture folders are named after front ends");
    let paths = files_of(unit);
    assert!(paths.len() == 1 || !matches!(frontend.grouping, Grouping::File), "{}", unit.display());
    let files: Vec<SourceFile> = paths
        .iter()
        .map(|path| {
            let base = if unit.is_dir() { unit } else { folder };
            let name = path.strip_prefix(base).unwrap().to_str().unwrap().replace('\\', "/");
            SourceFile::new(name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    let sources: Vec<Source> = files
        .iter()
        .zip(0..)
        .map(|(file, number)| Source::file(FileId(number), &file.path, &file.text))
        .collect();
    let catalogue = ruleset::built_in_catalogue();
    let lowered = (frontend.lower)(&sources, Context { catalogue: &catalogue, values: &[] });
    let mut outline = Outline { files: &files, text: String::new() };
    outline.lowered(&lowered);
    outline.text
}

struct Outline<'a> {
    files: &'a [SourceFile],
    text: String,
}

impl Outline<'_> {
    fn lowered(&mut self, lowered: &Lowered) {
        for procedure in &lowered.procedures {
            let place = self.place(procedure.span);
            let _ = writeln!(
                self.text,
                "procedure {} [{}] {place}",
                procedure.name, procedure.frontend
            );
            self.nodes(&procedure.body, 1);
        }
        for declaration in &lowered.declarations {
            self.declaration("declaration", declaration);
        }
        for dependency in &lowered.dependencies {
            let _ = writeln!(self.text, "{} after {}", dependency.of, dependency.on);
        }
        for change in &lowered.changes {
            let id = change.id.as_deref().unwrap_or("none");
            let _ = writeln!(self.text, "change of {:?}, id {id}", change.changed);
            for (lifecycle, declaration) in &change.operations {
                self.declaration(lifecycle.name(), declaration);
            }
        }
        for declaration in &lowered.existing {
            self.declaration("existing", declaration);
        }
        for problem in &lowered.problems {
            let place = problem.span.map_or_else(String::new, |span| self.place(span));
            let _ =
                writeln!(self.text, "problem {} {place} {}", problem.kind.name(), problem.message);
        }
    }

    fn declaration(&mut self, word: &str, declaration: &Declaration) {
        let place = self.place(declaration.span);
        let (address, kind) = (&declaration.address, &declaration.kind);
        let _ = writeln!(self.text, "{word} {address} : {kind} {place}");
        for property in &declaration.properties {
            let place = self.place(property.span);
            let value = value(&property.value);
            let _ = writeln!(self.text, "  {} = {value} {place}", property.name);
        }
    }

    fn nodes(&mut self, nodes: &[Node], depth: usize) {
        for node in nodes {
            self.node(node, depth);
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.text, "{:indent$}{text}", "", indent = depth * 2);
    }

    fn node(&mut self, node: &Node, depth: usize) {
        match node {
            Node::Call(operation) => {
                let text = self.call(operation);
                self.line(depth, &text);
            }
            Node::Expand(declaration) => {
                let place = self.place(declaration.span);
                self.line(
                    depth,
                    &format!("expand {} : {} {place}", declaration.address, declaration.kind),
                );
                for property in &declaration.properties {
                    self.line(
                        depth + 1,
                        &format!("{} = {}", property.name, value(&property.value)),
                    );
                }
            }
            Node::Sequence(steps) => {
                self.line(depth, "sequence");
                self.nodes(steps, depth + 1);
            }
            Node::Branch(arms) => {
                self.line(depth, "branch");
                for arm in arms {
                    let condition = arm
                        .condition
                        .as_ref()
                        .map_or("else".into(), |text| format!("when `{text}`"));
                    self.line(depth + 1, &condition);
                    self.nodes(&arm.body, depth + 2);
                }
            }
            Node::Loop(repetition) => self.repetition(repetition, depth),
            Node::Attempt(attempt) => self.attempt(attempt, depth),
            Node::Guard(guard) => {
                self.line(depth, &format!("guard {} {:?}", self.place(guard.span), guard.target));
                self.nodes(&guard.body, depth + 1);
                if !guard.locked.is_empty() {
                    self.line(depth, "locked");
                    self.nodes(&guard.locked, depth + 1);
                }
            }
            Node::Invoke(invocation) => {
                let place = self.place(invocation.procedure);
                let failure = failure(invocation.failure);
                let given = invocation.given.iter();
                let given = given.map(|(name, given)| format!(" {name}={}", value(given)));
                let given: String = given.collect();
                self.line(depth, &format!("invoke {place}{failure}{given}"));
                self.nodes(&invocation.body, depth + 1);
            }
            Node::Ask(ask) => self.ask(ask, depth),
            Node::Leave(leave) => self.line(depth, &format!("leave {leave:?}").to_lowercase()),
        }
    }

    fn ask(&mut self, ask: &Ask, depth: usize) {
        self.line(depth, &format!("ask `{}`", ask.condition));
        self.nodes(&ask.question, depth + 1);
        self.line(depth, "holds");
        self.nodes(&ask.holds, depth + 1);
        self.line(depth, "otherwise");
        self.nodes(&ask.otherwise, depth + 1);
    }

    fn repetition(&mut self, repetition: &Repetition, depth: usize) {
        let until = if repetition.conditional { " conditional" } else { "" };
        let retries = if repetition.retries { " retries" } else { "" };
        let bound = match repetition.bound {
            Bound::Unseen if repetition.conditional => " endless",
            Bound::Unseen | Bound::Ends => "",
            Bound::Fails => " or fails",
        };
        let head = format!("loop{until}{retries} `{}`{bound}", repetition.condition);
        self.line(depth, &head);
        self.nodes(&repetition.body, depth + 1);
    }

    fn attempt(&mut self, attempt: &Attempt, depth: usize) {
        self.line(depth, "attempt");
        self.nodes(&attempt.body, depth + 1);
        for handler in &attempt.handlers {
            let catches = handler.catches.as_deref().unwrap_or("everything");
            let leaves = if handler.leaves { " leaves" } else { "" };
            let silent = if handler.silent { " silent" } else { "" };
            let codes = if handler.codes.is_empty() { "" } else { " of " };
            let codes = format!("{codes}{}", handler.codes.join(" "));
            let list = |word: &str, codes: &[String]| match codes {
                [] => String::new(),
                codes => format!(" {word} {}", codes.join(" ")),
            };
            let ignores = list("ignores", &handler.ignores);
            let only = list("only", &handler.only);
            let rest = format!("{codes}{ignores}{only}{leaves}{silent}");
            self.line(depth, &format!("handler `{catches}`{rest}"));
            self.nodes(&handler.body, depth + 1);
        }
        if !attempt.finally.is_empty() {
            self.line(depth, "finally");
            self.nodes(&attempt.finally, depth + 1);
        }
    }

    fn call(&self, operation: &Operation) -> String {
        let action = match &operation.action {
            Action::Named(name) => name.clone(),
            Action::Unresolved(text) => format!("?`{text}`"),
        };
        let mut text =
            format!("{action} {} {}", self.place(operation.span), operation.evidence.name());
        text.push_str(failure(operation.failure));
        if let Some(target) = operation.target.name() {
            let _ = write!(text, " target={target}");
        }
        text + &arguments(&operation.arguments)
    }

    fn place(&self, span: Span) -> String {
        let file = &self.files[span.file.0 as usize];
        let (start, end) = (file.position(span.start), file.position(span.end));
        let name = if self.files.len() > 1 { format!("{}:", file.path) } else { String::new() };
        format!("{name}{}:{}-{}:{}", start.line, start.column, end.line, end.column)
    }
}

fn failure(failure: Failure) -> &'static str {
    match failure {
        Failure::Raises => "",
        Failure::Continues => " continues",
        Failure::Discarded => " discarded",
    }
}

fn arguments(arguments: &Arguments) -> String {
    let mut text = String::new();
    for (name, argument) in &arguments.given {
        let _ = write!(text, " {name}={}", value(argument));
    }
    if arguments.open {
        text.push_str(" …");
    }
    text
}

fn value(of: &Value) -> String {
    match of {
        Value::Text(text) => format!("{text:?}"),
        Value::List(items) => {
            format!("[{}]", items.iter().map(value).collect::<Vec<_>>().join(", "))
        }
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, entry)| format!("{key}: {}", value(entry)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Unknown(unknown) => match &unknown.declared {
            Some(address) => format!("<{} of {address}>", unknown.text),
            None => format!("<{}>", unknown.text),
        },
        Value::Absent => "absent".into(),
    }
}
