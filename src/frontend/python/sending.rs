//! What makes a call an operation: a client's method, a request that is sent,
//! a command line that is run, arguments that name an action.

use super::arguments::{Given, only_checks};
use super::argv::{self, Command};
use super::calls::Call;
use super::machine::{Machine, Tentative};
use super::request::{Kind, Ours};
use super::script;
use super::thing::{Method, Piece, Rest, Text, Thing};
use crate::procedure::{Action, Arguments, Arm, Evidence, Failure, Node, Operation};

/// Methods that send a request of the old SDK, and what a failure does.
const SENDS: &[(&str, Failure)] = &[
    ("do_action_with_exception", Failure::Raises),
    ("do_action", Failure::Continues),
    ("implementation_of_do_action", Failure::Continues),
    ("_implementation_of_do_action", Failure::Continues),
    ("get_response", Failure::Continues),
];

/// Methods that send the parameters of a generic Tea call.
const GENERIC: &[&str] =
    &["call_api", "call_api_async", "execute", "execute_async", "do_request", "do_rpcrequest"];

/// Functions that start a process without an exception when it fails.
const UNCHECKED: &[&str] = &[
    "run",
    "call",
    "Popen",
    "system",
    "popen",
    "getoutput",
    "getstatusoutput",
    "create_subprocess_exec",
    "create_subprocess_shell",
];

/// Functions that send and run nothing.
const SILENT: &[&str] = &[
    "print",
    "pprint",
    "pformat",
    "str",
    "repr",
    "len",
    "type",
    "isinstance",
    "issubclass",
    "hasattr",
    "setattr",
    "vars",
    "dir",
    "id",
    "dict",
    "list",
    "tuple",
    "set",
    "frozenset",
    "sorted",
    "hash",
    "callable",
    "format",
    "debug",
    "info",
    "warning",
    "warn",
    "error",
    "exception",
    "critical",
    "log",
    "echo",
    "secho",
    "write",
    "writelines",
    "dumps",
    "dump",
    "append",
    "appendleft",
    "add",
    "extend",
    "insert",
    "update",
    "pop",
    "setdefault",
    "startswith",
    "endswith",
    "join",
    "split",
    "index",
    "count",
    "find",
    "replace",
    "add_argument",
    "add_parser",
    "quote",
    "to_map",
    "to_jsonstring",
    "validate",
    "items",
    "keys",
    "values",
    "put",
    "fail",
    "skip",
    "which",
    "field",
    "Field",
    "option",
    "argument",
    "input",
    "getLogger",
    "isfile",
    "exists",
    "Path",
    "compile",
    "match",
    "search",
];

/// Words in a function's name that say that it sends or runs something.
const HINTS: &[&str] = &[
    "run",
    "exec",
    "execute",
    "cli",
    "call",
    "api",
    "send",
    "do",
    "action",
    "request",
    "invoke",
    "cmd",
    "command",
    "shell",
    "sh",
    "system",
    "popen",
    "process",
    "bash",
    "aliyun",
    "ecs",
    "query",
    "fetch",
    "retry",
    "submit",
    "post",
    "dispatch",
    "perform",
    "output",
    "spawn",
    "sudo",
    "rpc",
    "acs",
    "safe",
    "local",
    "check",
    "try",
    "subprocess",
    "thread",
];

/// Words in a function's name that say so whatever else it says.
const STRONG: &[&str] = &[
    "run", "exec", "execute", "call", "send", "do", "invoke", "cmd", "command", "request", "rpc",
    "dispatch", "perform", "submit", "retry", "aliyun", "cli",
];

/// Keywords that are given a command line.
const COMMANDS: &[&str] =
    &["cmd", "command", "args", "cmdline", "shell_cmd", "shell_command", "script"];

/// Methods of HTTP libraries.
const HTTP: &[&str] = &["get", "post", "request", "urlopen", "fetch", "open", "send"];

/// Words that a function's name starts with if it looks something up, or makes
/// or compares data.
const LOOKS: &[&str] = &[
    "get",
    "find",
    "is",
    "has",
    "have",
    "check",
    "parse",
    "extract",
    "test",
    "build",
    "make",
    "format",
    "validate",
    "lookup",
    "list",
    "record",
    "resolve",
    "load",
    "create",
    "generate",
    "match",
    "compare",
    "describe",
    "to",
    "from",
    "add",
    "set",
    "register",
    "map",
    "normalize",
    "should",
    "can",
    "allow",
    "deny",
    "require",
    "expect",
    "patch",
    "mock",
    "save",
    "write",
    "read",
    "render",
    "filter",
    "count",
    "classify",
    "infer",
    "needs",
    "tag",
    "key",
    "cache",
    "explain",
    "score",
    "param",
    "mark",
    "sign",
    "urlencode",
    "encode",
    "percent",
    "hash",
    "canonicalize",
    "sort",
];

impl<'t> Machine<'t, '_> {
    /// A call of a method of an ECS client.
    pub(super) fn call_method(&mut self, call: &Call<'t>, method: &Method) -> Thing {
        let first = call.given.nth(0, "request").map(|argument| argument.thing.clone());
        let request = method.request.clone().or(first);
        let arguments = self.request_arguments(request.as_ref());
        self.operate(call, &method.action, arguments, Evidence::Certain, Failure::Raises);
        Thing::unknown(self.shown(call.node))
    }

    fn request_arguments(&mut self, request: Option<&Thing>) -> Arguments {
        if let Some(Thing::Request(cell)) = request
            && let Some(request) = self.state.request(*cell)
        {
            let arguments = request.arguments.clone();
            self.run.sent.insert(*cell);
            return arguments;
        }
        Arguments { given: Vec::new(), open: true }
    }

    /// Adds the operation that a call is.
    fn operate(
        &mut self,
        call: &Call<'t>,
        action: &Thing,
        arguments: Arguments,
        evidence: Evidence,
        failure: Failure,
    ) {
        if only_checks(&arguments) {
            return;
        }
        let span = self.span(call.node);
        let operation = |action: Action, evidence| {
            let operation = Operation::direct(action, span, arguments.clone());
            Node::Call(Operation { evidence, failure, ..operation })
        };
        let name = |thing: &Thing| match thing.as_text() {
            Some(name) => Action::Named(name.to_owned()),
            None => Action::Unresolved(self.written(thing)),
        };
        let nodes = match action {
            Thing::OneOf(choice) if choice.every => {
                choice.things.iter().map(|thing| operation(name(thing), evidence)).collect()
            }
            Thing::OneOf(choice) => {
                let arms = choice.things.iter().map(|thing| Arm {
                    condition: Some(choice.text.to_string()),
                    body: vec![operation(name(thing), Evidence::Possible)],
                });
                vec![Node::Branch(arms.collect())]
            }
            other => vec![operation(name(other), evidence)],
        };
        if action.is_tainted() {
            self.emit_deferred(call.node, nodes);
        } else {
            self.emit(call.node, nodes);
        }
    }

    fn written(&self, thing: &Thing) -> String {
        match thing {
            Thing::Unknown(unknown) => unknown.text.to_string(),
            Thing::Text(text) => text.shown.to_string(),
            Thing::OneOf(choice) => choice.text.to_string(),
            _ => "…".to_owned(),
        }
    }

    /// A call that sends a request by its name. False if it is none.
    pub(super) fn send_by_name(&mut self, call: &Call<'t>) -> bool {
        let old = SENDS.iter().find(|(name, _)| *name == call.name);
        let is_generic = GENERIC.contains(&call.name.as_str());
        let failure = match old {
            Some((_, failure)) => *failure,
            None if is_generic => Failure::Raises,
            None => return false,
        };
        let request = call.given.all().find(|it| self.is_sendable(&it.thing));
        if let Some(request) = request {
            let things = request.thing.clone();
            let extra = self.tea_arguments(&call.given);
            self.send(call, &things, extra, failure);
            return true;
        }
        let Some(first) = call.given.nth(0, "request").filter(|_| old.is_some()) else {
            return false;
        };
        let Thing::Unknown(unknown) = &first.thing else { return call.name != "get_response" };
        if call.name == "get_response" && !unknown.tainted || !self.mentions_ecs() {
            return true;
        }
        let (thing, open) = (first.thing.clone(), Arguments { given: Vec::new(), open: true });
        self.operate(call, &thing, open, Evidence::Possible, failure);
        true
    }

    /// Whether the file has to do with ECS at all.
    fn mentions_ecs(&self) -> bool {
        self.outline.imports_old_ecs || self.source.text.contains(super::modules::VERSION)
    }

    fn is_sendable(&self, thing: &Thing) -> bool {
        thing.alternatives().iter().any(|thing| match thing {
            Thing::Request(cell) => {
                self.state.request(*cell).is_some_and(|request| request.kind != Kind::Model)
            }
            _ => false,
        })
    }

    /// The arguments that a generic Tea call gives apart from its parameters.
    fn tea_arguments(&self, given: &Given<'t>) -> Option<Arguments> {
        let second = given.positional.get(1)?;
        let Thing::Map(map) = &second.thing else {
            return Some(Arguments { given: Vec::new(), open: true });
        };
        let inner = map.entries.iter().filter(|(name, _)| matches!(&**name, "query" | "body"));
        let mut arguments = Arguments::default();
        for (_, thing) in inner {
            let argument = super::arguments::Argument { thing: thing.clone(), node: second.node };
            let found = self.from_map(&argument);
            arguments.open |= found.open;
            arguments.given.extend(found.given);
        }
        Some(arguments)
    }

    /// A request, or one of several, is sent.
    fn send(
        &mut self,
        call: &Call<'t>,
        request: &Thing,
        extra: Option<Arguments>,
        failure: Failure,
    ) {
        let several = request.alternatives().len() > 1;
        let mut arms = Vec::new();
        for alternative in request.alternatives() {
            let Thing::Request(cell) = alternative else { continue };
            self.run.sent.insert(*cell);
            let ((), body) = self.apart(|machine| {
                machine.send_one(call, *cell, extra.clone(), failure);
            });
            if several {
                let body = super::machine::weakened(body, Evidence::Possible);
                arms.extend(
                    (!body.is_empty())
                        .then(|| Arm { condition: Some(self.written(request)), body }),
                );
            } else {
                self.out.extend(body);
            }
        }
        if !arms.is_empty() {
            self.out.push(Node::Branch(arms));
        }
    }

    fn send_one(
        &mut self,
        call: &Call<'t>,
        cell: usize,
        extra: Option<Arguments>,
        failure: Failure,
    ) {
        let Some(request) = self.state.request(cell).cloned() else { return };
        let action = request.action.clone();
        let evidence = match request.is_ours() {
            Ours::No => return,
            Ours::Yes => Evidence::Certain,
            Ours::Tainted => {
                self.run.parametric = true;
                return;
            }
            Ours::Unknown if action.is_tainted() => {
                self.run.parametric = true;
                return;
            }
            Ours::Unknown => match action.as_text() {
                Some(name) if self.mentions_ecs() && self.context.catalogue.get(name).is_some() => {
                    Evidence::Possible
                }
                _ => return,
            },
        };
        let mut arguments = request.arguments;
        if let Some(extra) = extra.filter(|_| request.kind == Kind::Common) {
            arguments.given.extend(extra.given);
            arguments.open |= extra.open;
        }
        let action = match action {
            Thing::Absent => Thing::unknown(self.shown(call.node)),
            other => other,
        };
        self.operate(call, &action, arguments, evidence, failure);
    }

    /// A call of a function that is not known: does what it is given make it
    /// an operation?
    pub(super) fn offer(&mut self, call: &Call<'t>) {
        if self.is_silent(call) {
            return;
        }
        let methods = call.given.all().find_map(|argument| match &argument.thing {
            Thing::Method(method) => Some(method.clone()),
            _ => None,
        });
        if let Some(method) = methods {
            let request = call.given.all().find(|it| matches!(it.thing, Thing::Request(_)));
            let request = method.request.clone().or_else(|| request.map(|it| it.thing.clone()));
            let arguments = self.request_arguments(request.as_ref());
            self.operate(call, &method.action, arguments, Evidence::Certain, Failure::Raises);
        } else if !self.offer_command(call) && !self.offer_request(call) {
            self.offer_named(call);
        }
    }

    fn is_silent(&self, call: &Call<'t>) -> bool {
        let name = call.name.as_str();
        SILENT.contains(&name)
            || name.starts_with("assert")
            || name.starts_with("__")
            || name.ends_with("Error")
            || name.ends_with("Exception")
            || name.ends_with("Exit")
    }

    /// A list of words or a piece of shell code among the arguments.
    fn offer_command(&mut self, call: &Call<'t>) -> bool {
        if self.only_looks(call) {
            return false;
        }
        let failure = self.process_failure(call);
        let keywords = call.given.keywords.iter().filter(|(name, _)| COMMANDS.contains(&&**name));
        let texts = call.given.positional.iter().chain(keywords.map(|(_, argument)| argument));
        for argument in texts {
            if let Thing::Text(text) = &argument.thing
                && script::mentions_cli(text)
                && self.offer_script(call, text, failure)
            {
                return true;
            }
        }
        for (words, rest, evidence) in self.word_lists(call) {
            match argv::command(&words, rest, self.context.catalogue) {
                Some(Command::Sends { action, arguments, certain }) => {
                    let evidence = if certain { evidence } else { Evidence::Possible };
                    self.operate(call, &action, arguments, evidence, failure);
                    return true;
                }
                Some(Command::Tainted) => self.run.parametric = true,
                Some(Command::Other) => return true,
                None => {}
            }
            self.run.parametric |= rest == Rest::Tainted
                && words.first().is_none_or(|word| word.as_text() == Some("ecs"));
        }
        self.run.parametric |= self.is_process(call)
            && call.given.positional.iter().any(|argument| is_tainted_command(&argument.thing));
        false
    }

    /// What of a call's arguments may be a command line, and how sure it is
    /// that it is run.
    fn word_lists(&self, call: &Call<'t>) -> Vec<(Vec<Thing>, Rest, Evidence)> {
        let likelihood =
            if self.is_process(call) { Likelihood::Yes } else { self.likelihood(call) };
        let mut found = Vec::new();
        for argument in call.given.all() {
            let Thing::List(list) = &argument.thing else { continue };
            if argv::starts_program(&list.items) || likelihood != Likelihood::No {
                found.push((list.items.clone(), list.rest, Evidence::Certain));
            }
        }
        // The arguments themselves are words. With a dictionary of parameters
        // among them they are read as a whole (`literal`).
        let words: Vec<Thing> = call.given.positional.iter().map(|it| it.thing.clone()).collect();
        let has_map = words.iter().any(|word| matches!(word, Thing::Map(_)));
        let evidence = match likelihood {
            Likelihood::Yes => Evidence::Certain,
            Likelihood::Maybe => Evidence::Possible,
            Likelihood::No => return found,
        };
        if !has_map {
            found.push((words, call.given.rest, evidence));
        }
        found
    }

    /// Whether the name of what is called says that it only makes or compares
    /// command lines.
    fn only_looks(&self, call: &Call<'t>) -> bool {
        const LOOKS: &[&str] = &[
            "build",
            "make",
            "format",
            "validate",
            "parse",
            "test",
            "is",
            "join",
            "log",
            "register",
            "mock",
            "patch",
            "expect",
            "to",
            "list2cmdline",
            "mark",
            "param",
            "normalize",
        ];
        let words = words(&call.name);
        let first = words.iter().find(|word| !word.is_empty());
        first.is_some_and(|first| LOOKS.contains(&first.as_str()))
    }

    fn offer_script(&mut self, call: &Call<'t>, text: &Text, failure: Failure) -> bool {
        let is_line = script::is_command_line(text);
        if !self.is_process(call) && !is_line {
            return false;
        }
        let script = self.script(text, failure);
        let is_sure = self.is_process(call) || self.is_hinted(call);
        let nodes = match is_sure {
            true => script.nodes,
            false => super::machine::weakened(script.nodes, Evidence::Possible),
        };
        let found = !nodes.is_empty();
        if script.tainted {
            self.emit_deferred(call.node, nodes);
        } else {
            self.emit(call.node, nodes);
        }
        found
    }

    /// Whether a call starts a process.
    fn is_process(&self, call: &Call<'t>) -> bool {
        let function = call.node.child_by_field_name("function");
        let written = function.map_or("", |function| self.text(function));
        let path = if let Thing::Imported(path) = &call.callee { path } else { written };
        path.starts_with("subprocess.")
            || path.starts_with("commands.get")
            || path.starts_with("asyncio.create_subprocess")
            || matches!(
                path,
                "os.system" | "os.popen" | "system" | "Popen" | "check_output" | "check_call"
            )
    }

    fn process_failure(&self, call: &Call<'t>) -> Failure {
        let unchecked = UNCHECKED.contains(&call.name.as_str()) && !call.given.is_true("check");
        if self.is_process(call) && unchecked { Failure::Continues } else { Failure::Raises }
    }

    /// A request among the arguments: whoever takes it may send it.
    fn offer_request(&mut self, call: &Call<'t>) -> bool {
        let request = call.given.all().find_map(|argument| match &argument.thing {
            Thing::Request(cell) => Some(*cell),
            _ => None,
        });
        let Some(cell) = request else { return false };
        let Some(request) = self.state.request(cell).cloned() else { return false };
        match request.kind {
            Kind::Foreign => return true,
            Kind::Model => {
                let named = call.given.all().filter_map(|it| it.thing.as_text()).any(|text| {
                    self.action_of(text)
                        .is_some_and(|action| Some(&*action) == request.action.as_text())
                });
                let evidence = if named { Evidence::Certain } else { Evidence::Possible };
                let (action, arguments) = (request.action.clone(), request.arguments);
                self.operate(call, &action, arguments, evidence, Failure::Raises);
            }
            Kind::Old | Kind::Common => self.send_one(call, cell, None, Failure::Raises),
        }
        let hinted = self.is_hinted(call);
        self.run.tentative.push(Tentative { span: self.span(call.node), cell, hinted });
        true
    }

    /// Arguments that name ECS and an action.
    pub(super) fn offer_named(&mut self, call: &Call<'t>) -> bool {
        let likelihood = self.likelihood(call);
        if likelihood == Likelihood::No {
            return false;
        }
        let Some(named) = self.named_by_arguments(&call.given) else {
            self.run.parametric |= self.could_be_named(&call.given, likelihood == Likelihood::Yes);
            return false;
        };
        let sure = likelihood == Likelihood::Yes;
        let evidence = if sure { Evidence::Certain } else { Evidence::Possible };
        self.operate(call, &named.action, named.arguments, evidence, Failure::Raises);
        true
    }

    /// Whether the name of what is called says that it sends or runs.
    pub(super) fn is_hinted(&self, call: &Call<'t>) -> bool {
        words(&call.name).iter().any(|word| HINTS.contains(&word.as_str()))
    }

    /// Whether something that is only called with the name of an action is
    /// likely to call it.
    pub(super) fn likelihood(&self, call: &Call<'t>) -> Likelihood {
        let words = words(&call.name);
        let names_a_class = call.name.starts_with(|first: char| first.is_ascii_uppercase());
        let first = words.iter().map(String::as_str).find(|word| !word.is_empty());
        let last = words.last().map(String::as_str);
        let sends = words.iter().any(|word| STRONG.contains(&word.as_str()));
        let is_request = call.given.all().any(|argument| {
            matches!(argument.thing, Thing::Map(_))
                || argument.thing.prefix().is_some_and(|text| text.contains("://"))
        });
        let is_http = is_request && call.object.is_some() && HTTP.contains(&call.name.as_str());
        if names_a_class && call.name != "Request" {
            Likelihood::No
        } else if sends || is_http || matches!(last, Some("api" | "cli" | "aliyun" | "action")) {
            Likelihood::Yes
        } else if first.is_some_and(|first| LOOKS.contains(&first)) {
            Likelihood::No
        } else {
            Likelihood::Maybe
        }
    }
}

/// Whether a call is likely to send what its arguments name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Likelihood {
    Yes,
    Maybe,
    No,
}

/// The words of a name, `do_action`, `doAction`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if letter == '_' || letter.is_ascii_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter != '_') {
            word.push(letter.to_ascii_lowercase());
        }
    }
    words
}

/// Whether callers decide what program a process runs.
fn is_tainted_command(thing: &Thing) -> bool {
    match thing {
        Thing::List(list) => {
            list.items.first().map_or(list.rest == Rest::Tainted, Thing::is_tainted)
        }
        Thing::Text(text) => match text.pieces.first() {
            Some(Piece::Hole { tainted, .. }) => *tainted,
            _ => thing.is_tainted() && script::mentions_cli(text),
        },
        other => other.is_tainted(),
    }
}
