//! Reads the arguments of `ecctl`, the command line for ECS alone: commands on
//! resources, which bindings turn into calls, and `ecctl call ecs API`.

use super::{NOT_SENT, Reading, flag_name_of, is_flag, read, split_flag};
use crate::catalogue::Catalogue;
use crate::procedure::{Attempt, Declaration, Failure, Handler, Node, Property, Value};
use crate::source::Span;

/// Its name, as a program and as a word of the `aliyun` command line.
pub(super) const PROGRAM: &str = "ecctl";

/// The command that makes any call.
const CALL: &str = "call";

/// Options with which that command makes none.
const LOOKS_UP: &[&str] = &["--list", "--schema", "--generate-request"];

/// The product.
const PRODUCT: &str = "ecs";

/// The property for what a command is given without an option, and the one that
/// is there too if it is given several.
const ID: &str = "id";
const IDS: &str = "ids";

/// Options that take no value, unless it is `true` or `false`.
const WITHOUT_VALUE: &[&str] = &[
    "--json",
    "--no-color",
    "--agent-envelope",
    "--no-wait",
    "--dry-run",
    "--force",
    "--verbose",
    "--allocate-public-ip",
    "--auto-pay",
    "--auto-renew",
    "--bursting-enabled",
    "--cancel",
    "--create-version",
    "--default-kms-key",
    "--delete-auto-snapshot",
    "--delete-on-release",
    "--delete-with-instance",
    "--deletion-protection",
    "--disable-instant-access",
    "--enable-cross-region-copy",
    "--enable-parameter",
    "--encrypted",
    "--include-history",
    "--include-output",
    "--instant-access",
    "--invocations",
    "--is-public",
    "--latest",
    "--lock",
    "--open-service",
    "--password-inherit",
    "--reset-default-kms-key",
    "--service-managed",
    "--show-expired",
    "--source-dest-check",
    "--timed",
    "--unique-suffix",
    "--unlock",
    "--visible",
    "--with-assistant",
    "--with-associations",
    "--with-auto-renew",
    "--with-entries",
    "--with-links",
    "--with-lock",
    "--with-maintenance",
    "--with-monitor",
    "--with-package",
    "--with-plugin-status",
    "--with-ram-role",
    "--with-references",
    "--with-results",
    "--with-share-permission",
    "--with-supported-instance-types",
    "--with-tags",
    "--with-usage",
    "--with-user-data",
    "--with-versions",
    "--with-vnc-url",
];

/// A command that bindings turn into calls.
#[derive(Clone, Debug)]
pub(in crate::frontend) struct Composed {
    /// What bindings know it by: `ecctl ecs instance stop`.
    pub(in crate::frontend) kind: String,
    /// What it is given, under the names of options with underscores.
    pub(in crate::frontend) properties: Vec<(String, Value)>,
}

impl Composed {
    /// The step that it is. A failure that does not end the run ends an attempt
    /// around it.
    pub(in crate::frontend) fn step(
        self,
        span: Span,
        frontend: &'static str,
        failure: Failure,
    ) -> Node {
        let property = |(name, value)| Property { name, value, span };
        let properties = self.properties.into_iter().map(property).collect();
        let address = self.kind.clone();
        let kind = self.kind;
        let step = Node::Expand(Declaration { address, kind, span, frontend, properties });
        if failure == Failure::Raises {
            return step;
        }
        let silent = Handler {
            catches: None,
            leaves: false,
            silent: true,
            body: Vec::new(),
            ..Handler::default()
        };
        let handlers = (failure == Failure::Discarded).then_some(silent).into_iter().collect();
        Node::Attempt(Attempt { body: vec![step], handlers, finally: Vec::new() })
    }
}

/// Reads the words behind the program's name.
pub(super) fn read_words(words: &[Value], catalogue: &Catalogue) -> Reading {
    let line = Line::new(words);
    if !line.sent {
        return Reading::Nothing;
    }
    let mut names = Vec::new();
    for index in line.positionals.iter().take(3) {
        let product = names.contains(&PRODUCT);
        match words[*index].as_text() {
            Some(CALL) if names.is_empty() => return call(words, *index, catalogue),
            Some(name) if !names.is_empty() || name == PRODUCT => names.push(name),
            Some(_) => return Reading::Nothing,
            None => return Reading::Blocked { word: *index, product },
        }
    }
    let [product, resource, action] = names.as_slice() else { return Reading::Nothing };
    if [resource, action].contains(&&"help") {
        return Reading::Nothing;
    }
    let kind = format!("{PROGRAM} {product} {resource} {action}");
    let ids: Vec<Value> = line.positionals[3..].iter().map(|at| words[*at].clone()).collect();
    let mut properties = line.options;
    match ids.as_slice() {
        [] => {}
        [only] => properties.push((ID.to_owned(), only.clone())),
        _ => {
            properties.push((ID.to_owned(), Value::List(ids.clone())));
            properties.push((IDS.to_owned(), Value::List(ids)));
        }
    }
    Reading::Composed(Composed { kind, properties })
}

/// `ecctl call ecs API --Parameter value`: what follows is as behind `aliyun`.
fn call(words: &[Value], index: usize, catalogue: &Catalogue) -> Reading {
    let from = index + 1;
    let looks_up = |word: &Value| word.as_text().is_some_and(|text| LOOKS_UP.contains(&text));
    if words[from..].iter().any(looks_up) {
        return Reading::Nothing;
    }
    read(&words[from..], catalogue).behind(from)
}

/// A command line while it is read.
struct Line {
    positionals: Vec<usize>,
    options: Vec<(String, Value)>,
    sent: bool,
}

impl Line {
    fn new(words: &[Value]) -> Self {
        let mut line = Self { positionals: Vec::new(), options: Vec::new(), sent: true };
        let mut at = 0;
        while let Some(word) = words.get(at) {
            at += 1;
            let flag = word.as_text().filter(|text| is_flag(text)).or_else(|| flag_name_of(word));
            let Some(flag) = flag else {
                line.positionals.push(at - 1);
                continue;
            };
            at += line.flag(flag, word, words.get(at));
        }
        line
    }

    /// Takes an option; how many further words it takes.
    fn flag(&mut self, text: &str, word: &Value, next: Option<&Value>) -> usize {
        let (name, inline) = split_flag(text);
        self.sent &= !NOT_SENT.contains(&name);
        let option = name.trim_start_matches('-').replace('-', "_");
        if let Some(inline) = inline {
            let known = word.as_text().is_some();
            let value = if known { Value::Text(inline.to_owned()) } else { Value::unknown(inline) };
            self.options.push((option, value));
            return 0;
        }
        let truth = |value: &&Value| matches!(value.as_text(), Some("true" | "false"));
        let is_value = |value: &&Value| !value.as_text().is_some_and(is_flag);
        let next =
            if WITHOUT_VALUE.contains(&name) { next.filter(truth) } else { next.filter(is_value) };
        self.options.push((option, next.cloned().unwrap_or(Value::Text("true".to_owned()))));
        usize::from(next.is_some())
    }
}
