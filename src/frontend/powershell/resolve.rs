//! Says what a command calls: the command line tool directly, through functions
//! of the script, or in a text that something runs.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;

use tree_sitter::Node;

use super::command::{
    self, ACTIONS, CMD, EVALUATORS, POSIX, POWERSHELLS, PRODUCTS, REQUESTERS, STARTERS, Word,
};
use super::datum::Datum;
use super::line::{Line, flattened, rest, started};
use super::request;
use super::script::Script;
use super::value::Env;
use crate::catalogue::Catalogue;
use crate::frontend::aliyun_cli::{self, Call, Composed, Reading};
use crate::procedure::{Action, Arguments, Evidence, Value};

/// How deep functions and values are followed.
const DEEPEST: u8 = 6;

/// How many evaluations one command may take.
const FUEL: u32 = 20_000;

/// How many calls one command may make.
const MOST_CALLS: usize = 64;

/// How many functions that call one another are looked at together.
const MOST_ASKED: usize = 24;

/// Something that a command runs.
#[derive(Debug)]
pub(super) enum Found<'t> {
    /// A call.
    Call { action: Action, arguments: Arguments, evidence: Evidence },
    /// A command that bindings turn into calls.
    Composed(Composed),
    /// Code of a language in words.
    Code { language: &'static str, words: Vec<Word<'t>> },
}

/// Resolves the commands of one script.
pub(super) struct Resolver<'r, 't> {
    pub(super) script: &'r Script<'t>,
    pub(super) catalogue: &'r Catalogue,
    /// The commands of each function that its parameters decide, once they are
    /// asked for.
    templates: Vec<OnceCell<Vec<Node<'t>>>>,
    /// The functions that are being looked at for these.
    asked: RefCell<Vec<usize>>,
    fuel: Cell<u32>,
}

/// Where a command is run from.
#[derive(Clone, Copy)]
struct Place {
    scope: usize,
    depth: u8,
}

impl<'r, 't> Resolver<'r, 't> {
    /// Looks at the functions of a script.
    pub(super) fn new(script: &'r Script<'t>, catalogue: &'r Catalogue) -> Self {
        let templates = script.scopes.iter().map(|_| OnceCell::new()).collect();
        let (asked, fuel) = (RefCell::default(), Cell::new(0));
        let resolver = Self { script, catalogue, templates, asked, fuel };
        for scope in 1..script.scopes.len() {
            resolver.templates(scope);
        }
        resolver
    }

    /// The commands of a function that its parameters decide; none while that is
    /// being found out.
    fn templates(&self, scope: usize) -> &[Node<'t>] {
        let Some(cell) = self.templates.get(scope).filter(|_| scope > 0) else { return &[] };
        if let Some(known) = cell.get() {
            return known;
        }
        if self.asked.borrow().contains(&scope) || self.asked.borrow().len() >= MOST_ASKED {
            return &[];
        }
        self.asked.borrow_mut().push(scope);
        let commands = self.script.scopes[scope].commands.iter().copied();
        let open = |command: &Node<'t>| self.depends(*command, scope);
        let decided = commands.filter(open).take(DEEPEST.into()).collect();
        self.asked.borrow_mut().pop();
        cell.get_or_init(|| decided)
    }

    /// The environment of a place in the script.
    pub(super) fn env<'e>(
        &'e self,
        scope: usize,
        at: usize,
        parameters: Option<&'e HashMap<String, Datum<'t>>>,
    ) -> Env<'e, 't> {
        Env { script: self.script, scope, at, parameters, fuel: &self.fuel, depth: 0 }
    }

    /// What a command at a place of its own calls.
    pub(super) fn resolve(&self, command: Node<'t>, scope: usize) -> Vec<Found<'t>> {
        self.fuel.set(FUEL);
        let words = command::words(command, &self.env(scope, command.start_byte(), None));
        let mut found = Vec::new();
        self.run(&words, Place { scope, depth: 0 }, &mut found);
        found.truncate(MOST_CALLS);
        found
    }

    /// Whether the parameters of the function around a command decide what it
    /// calls.
    fn depends(&self, command: Node<'t>, scope: usize) -> bool {
        self.fuel.set(FUEL);
        let words = command::words(command, &self.env(scope, command.start_byte(), None));
        self.is_open(&words, 0)
    }

    /// Whether parameters of a function decide what words in it call.
    fn is_open(&self, words: &[Word<'t>], depth: u8) -> bool {
        let Some(head) = words.first() else { return false };
        if depth > DEEPEST || self.fuel.get() == 0 {
            return false;
        }
        let partly = match &head.datum {
            Datum::Text { text, .. } if command::is_program(text) => Some(text.as_str()),
            _ => None,
        };
        let Some(name) = head.text().or(partly) else { return head.datum.is_parameter() };
        if command::is_program(name) {
            let line = Line::new(&words[1..]);
            return match aliyun_cli::read(&line.values(), self.catalogue) {
                Reading::Blocked { word, .. } => line.data[word].is_parameter(),
                Reading::Nothing | Reading::Call(_) | Reading::Composed(_) => false,
            };
        }
        let mut given = words.iter().skip(1).filter(|word| word.datum.is_parameter());
        let lower = name.to_ascii_lowercase();
        if EVALUATORS.contains(&lower.as_str()) {
            return given.any(|word| !self.spells_call(&word.datum.written()));
        }
        if let Some(function) = self.script.function(name) {
            let given = given.next().is_some();
            return given && self.hands_on(function, words, depth);
        }
        given.next().is_some() && !command::prints(&lower)
    }

    /// Whether a function leaves open what it calls if it is given words.
    fn hands_on(&self, function: usize, words: &[Word<'t>], depth: u8) -> bool {
        let parameters = self.bind(function, &words[1..]);
        self.templates(function).iter().any(|template| {
            let env = self.env(function, template.start_byte(), Some(&parameters));
            self.is_open(&command::words(*template, &env), depth + 1)
        })
    }

    /// Whether a command line names its action although a part of it is not
    /// known.
    fn spells_call(&self, line: &str) -> bool {
        let mut words = line.split_whitespace();
        let runs = words.next().is_some_and(command::is_program);
        let values: Vec<Value> = words.map(|word| Value::Text(word.to_owned())).collect();
        let reading = aliyun_cli::read(&values, self.catalogue);
        let Reading::Call(Call { action: Action::Named(name), .. }) = reading else { return false };
        runs && self.catalogue.get(&name).is_some()
    }

    fn run(&self, words: &[Word<'t>], place: Place, found: &mut Vec<Found<'t>>) {
        let Some(head) = words.first() else { return };
        if place.depth > DEEPEST || found.len() > MOST_CALLS || self.fuel.get() == 0 {
            return;
        }
        let deeper = Place { depth: place.depth + 1, ..place };
        match &head.datum {
            Datum::OneOf { items, each } => {
                let tried = items.iter().map(|item| {
                    let mut words = words.to_vec();
                    words[0].datum = item.clone();
                    words
                });
                self.each(tried.collect(), *each, deeper, found);
            }
            // `& @('aliyun', 'ecs', …)` is what people mean by it.
            Datum::List(items) => {
                let range = &head.range;
                let items = items.iter().map(|item| Word::of(item.clone(), range.clone()));
                let words: Vec<Word<'t>> = items.chain(words[1..].iter().cloned()).collect();
                self.run(&words, deeper, found);
            }
            Datum::Text { text, .. } if command::is_program(text) => {
                self.cli(words, 1, Evidence::Certain, place, found);
            }
            Datum::Text { text, .. } if aliyun_cli::is_ecctl(text) => {
                self.cli(words, 0, Evidence::Certain, place, found);
            }
            Datum::Text { text, whole: true, .. } => self.named(text, words, place, found),
            Datum::Text { text, .. } | Datum::Unknown { text, .. } => {
                self.unknown(text, words, place, found);
            }
            Datum::Map(_) | Datum::Block(_) => {}
        }
    }

    /// A command that is known by name.
    fn named(&self, name: &str, words: &[Word<'t>], place: Place, found: &mut Vec<Found<'t>>) {
        let deeper = Place { depth: place.depth + 1, ..place };
        let lower = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
        let name = lower.as_str();
        if let Some(function) = self.script.function(name) {
            return self.call_function(function, words, deeper, found);
        }
        if let Some(value) = self.script.alias(name) {
            let mut words = words.to_vec();
            words[0].datum = self.env(place.scope, value.start_byte(), None).eval(value);
            return self.run(&words, deeper, found);
        }
        match name {
            _ if EVALUATORS.contains(&name) => self.code("powershell", rest(words), place, found),
            _ if STARTERS.contains(&name) => self.run(&started(words), deeper, found),
            _ if REQUESTERS.contains(&name) => {
                let used = self.script.scopes[place.scope].used;
                let deferred = used && words.iter().any(|word| word.datum.is_parameter());
                let request = request::read(&words[1..], self.catalogue);
                let request = request
                    .filter(|request| !deferred || matches!(request.action, Action::Named(_)));
                found.extend(request.map(|request| {
                    let (arguments, evidence) = (request.arguments, request.evidence);
                    Found::Call { action: request.action, arguments, evidence }
                }));
            }
            _ if POWERSHELLS.contains(&name) => {
                let code = words.iter().position(|word| {
                    let flag = word.flag().map(str::to_ascii_lowercase);
                    flag.is_some_and(|flag| flag == "c" || "command".starts_with(&flag))
                });
                if let Some(at) = code {
                    self.code("powershell", &words[at + 1..], place, found);
                }
            }
            _ if CMD.contains(&name) => {
                let at = words.iter().position(|word| {
                    word.text().is_some_and(|text| matches!(text, "/c" | "/C" | "/k" | "/K"))
                });
                if let Some(at) = at {
                    self.code("shell", &words[at + 1..], place, found);
                }
            }
            _ if POSIX.contains(&name) => self.code("shell", words, place, found),
            _ if command::prints(name) => {}
            _ => self.elsewhere(name, words, place, found),
        }
    }

    /// A function or a program from elsewhere that is given a command line.
    fn elsewhere(&self, name: &str, words: &[Word<'t>], place: Place, found: &mut Vec<Found<'t>>) {
        let line: Vec<Word<'t>> = words[1..].iter().flat_map(flattened).collect();
        let program = line.iter().position(|word| word.text().is_some_and(command::is_program));
        let (mut from, mut named) = (0, None);
        if let Some(program) = program {
            from = program + 1;
        } else if name.contains("aliyun") || name.contains("alicloud") {
            named = self.by_parameters(words);
        } else {
            return;
        }
        if let Some((action, arguments)) = named {
            return found.push(Found::Call { action, arguments, evidence: Evidence::Possible });
        }
        // `-ArgumentList` and the like between the program and its words.
        let is_own = |word: &Word<'t>| {
            word.node.is_some() && word.flag().is_some_and(|flag| !flag.starts_with('-'))
        };
        let mut words = vec![words[0].clone()];
        words.extend(line[from..].iter().filter(|word| !is_own(word)).cloned());
        if self.names_action(&words, 1) {
            self.cli(&words, 1, Evidence::Possible, place, found);
        }
    }

    /// `Invoke-Aliyun -Product ecs -Action StopInstance`.
    fn by_parameters(&self, words: &[Word<'t>]) -> Option<(Action, Arguments)> {
        let value = |names: &[&str]| {
            let at = words.iter().position(|word| {
                word.flag().is_some_and(|flag| names.contains(&flag.to_ascii_lowercase().as_str()))
            })?;
            words.get(at + 1)
        };
        let product = value(PRODUCTS)?.text()?;
        let action = value(ACTIONS)?.text()?;
        let known = self.catalogue.get(action)?;
        let arguments = Arguments { given: Vec::new(), open: true };
        product.eq_ignore_ascii_case("ecs").then(|| (Action::Named(known.name.clone()), arguments))
    }

    /// A command whose name is not known.
    fn unknown(&self, text: &str, words: &[Word<'t>], place: Place, found: &mut Vec<Found<'t>>) {
        let says_so = text.to_ascii_lowercase().contains("aliyun");
        let deferred = words[0].datum.is_parameter() && self.script.scopes[place.scope].used;
        if self.names_action(words, 1) && !deferred {
            let evidence = if says_so { Evidence::Certain } else { Evidence::Possible };
            self.cli(words, 1, evidence, place, found);
        } else if says_so {
            self.cli(words, 1, Evidence::Certain, place, found);
        }
    }

    /// Whether words from one on are the product's and a known action's.
    fn names_action(&self, words: &[Word<'t>], from: usize) -> bool {
        let line = Line::new(&words[from..]);
        match aliyun_cli::read(&line.values(), self.catalogue) {
            Reading::Call(call) => match &call.action {
                Action::Named(name) => self.catalogue.get(name).is_some(),
                Action::Unresolved(_) => false,
            },
            Reading::Nothing | Reading::Blocked { .. } | Reading::Composed(_) => false,
        }
    }

    /// The command line tool with the words from one on.
    fn cli(
        &self,
        words: &[Word<'t>],
        from: usize,
        evidence: Evidence,
        place: Place,
        found: &mut Vec<Found<'t>>,
    ) {
        let line = Line::new(&words[from..]);
        match aliyun_cli::read(&line.values(), self.catalogue) {
            Reading::Nothing => {}
            Reading::Composed(composed) => found.push(Found::Composed(composed)),
            Reading::Call(call) => {
                let mut arguments = call.arguments;
                arguments.open |= line.open;
                found.push(Found::Call { action: call.action, arguments, evidence });
            }
            Reading::Blocked { word, .. } => {
                if let Datum::OneOf { items, each } = &line.data[word] {
                    let tried = items.iter().map(|item| {
                        let mut words = words[..from].to_vec();
                        words.extend(line.words(words[0].range.clone()));
                        words[from + word].datum = item.clone();
                        words
                    });
                    let deeper = Place { depth: place.depth + 1, ..place };
                    return self.each(tried.collect(), *each, deeper, found);
                }
                let used = self.script.scopes[place.scope].used;
                if line.data[word].is_parameter() && used {
                    return;
                }
                let call = aliyun_cli::read_undecided(&line.values(), self.catalogue);
                found.extend(call.map(|call| Found::Call {
                    action: call.action,
                    arguments: call.arguments,
                    evidence,
                }));
            }
        }
    }

    /// Code in words.
    fn code(
        &self,
        language: &'static str,
        words: &[Word<'t>],
        place: Place,
        found: &mut Vec<Found<'t>>,
    ) {
        let used = self.script.scopes[place.scope].used;
        let open =
            |word: &Word<'t>| word.datum.is_parameter() && !self.spells_call(&word.datum.written());
        if used && words.len() == 1 && words.iter().any(open) {
            return;
        }
        if !words.is_empty() {
            found.push(Found::Code { language, words: words.to_vec() });
        }
    }

    /// Runs each of several commands, of which one runs, or all.
    fn each(
        &self,
        tried: Vec<Vec<Word<'t>>>,
        each: bool,
        place: Place,
        found: &mut Vec<Found<'t>>,
    ) {
        let first = found.len();
        let several = tried.len() > 1;
        for words in tried {
            self.run(&words, place, found);
        }
        merge(found, first, several && !each);
    }

    /// What the commands of a function that its parameters decide call with
    /// these parameters.
    fn call_function(
        &self,
        function: usize,
        words: &[Word<'t>],
        place: Place,
        found: &mut Vec<Found<'t>>,
    ) {
        let parameters = self.bind(function, &words[1..]);
        let before = found.len();
        let templates = self.templates(function);
        for template in templates {
            let env = self.env(function, template.start_byte(), Some(&parameters));
            let mut expanded = command::words(*template, &env);
            for word in &mut expanded {
                // What it finds stands where the function is called.
                word.range.clone_from(&words[0].range);
                word.node = None;
            }
            self.run(&expanded, place, found);
        }
        merge(found, before, false);
        if found.len() == before && !templates.is_empty() {
            let line: Vec<Word<'t>> = words[1..].iter().flat_map(flattened).collect();
            let program = line.iter().position(|word| word.text().is_some_and(command::is_program));
            if let Some(program) = program {
                self.cli(&line[program..], 1, Evidence::Possible, place, found);
            }
        }
    }
}

/// Makes one call of equal ones, and doubtful ones of those that differ.
fn merge(found: &mut Vec<Found<'_>>, first: usize, doubtful: bool) {
    let mut kept: Vec<Action> = Vec::new();
    let mut index = 0;
    found.retain(|one| {
        index += 1;
        let Found::Call { action, .. } = one else { return true };
        if index <= first {
            return true;
        }
        let new = !kept.contains(action);
        if new {
            kept.push(action.clone());
        }
        new
    });
    for one in found.iter_mut().skip(first).filter(|_| doubtful) {
        if let Found::Call { evidence, .. } = one {
            *evidence = Evidence::Possible;
        }
    }
}
