//! Turns a command into the calls it makes: tries each value that its deciding
//! words may have, and follows functions and aliases that wrap the command
//! line.

use std::cell::{Cell, OnceCell, RefCell};
use std::ops::Range;

use tree_sitter::Node;

use super::command::{self, Reader, Runs};
use super::expand::Env;
use super::program::program;
use super::script::{Script, words_of};
use super::word::{Choices, Word, has_hole};
use crate::catalogue::Catalogue;
use crate::frontend::aliyun_cli::{self, Call, Composed, Reading};
use crate::frontend::rpc::Request;
use crate::procedure::{Action, Arguments, Evidence};

/// How deep functions and values are followed.
const DEEPEST: u8 = 6;

/// How many expansions one command may take.
const COMMAND_FUEL: u32 = 5_000;

/// How many expansions one script may take.
const SCRIPT_FUEL: u32 = 2_000_000;

/// How many a command may take even if the script has used up all.
const LEAST_FUEL: u32 = 256;

/// How many expansions one look at what words run counts for.
const RUN_COST: u32 = 32;

/// How many calls one command may make.
const MOST_CALLS: usize = 64;

/// What a shell that reads words once more does not take as it stands.
const SIGNS: &[char] = &['"', '\'', '\\', '$', '`', ';', '&', '|', '<', '>'];

/// How many functions that call one another are looked at together.
const MOST_ASKED: usize = 24;

/// Something that a command runs.
#[derive(Debug)]
pub(super) enum Found<'t> {
    /// A call.
    Call(Request),
    /// A command that bindings turn into calls.
    Composed(Composed),
    /// Code of a language in words.
    Code { language: &'static str, words: Vec<Word<'t>>, certainty: Certainty },
}

/// How sure it is that code is run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Certainty {
    /// It is.
    Sure,
    /// It is this or some other code.
    OneOf,
    /// What is given the code may run it.
    Perhaps,
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
    left: Cell<u32>,
}

impl<'r, 't> Resolver<'r, 't> {
    /// Looks at the functions of a script.
    pub(super) fn new(script: &'r Script<'t>, catalogue: &'r Catalogue) -> Self {
        let templates = script.scopes.iter().map(|_| OnceCell::new()).collect();
        let asked = RefCell::default();
        let (fuel, left) = (Cell::new(0), Cell::new(SCRIPT_FUEL));
        let resolver = Self { script, catalogue, templates, asked, fuel, left };
        for scope in 1..script.scopes.len() {
            resolver.templates(scope);
        }
        resolver
    }

    /// The words of a command at a place of its own.
    pub(super) fn words(&self, nodes: &[Node<'t>], scope: usize, at: usize) -> Vec<Word<'t>> {
        self.refuel();
        self.env(scope, at, None).words(nodes)
    }

    /// What is known of a literal's text.
    pub(super) fn text(&self, node: Node<'t>, scope: usize) -> Option<String> {
        self.refuel();
        self.env(scope, node.start_byte(), None).text(node).into_line()
    }

    /// What a command's words run.
    pub(super) fn resolve(&self, words: &[Word<'t>], scope: usize) -> Vec<Found<'t>> {
        self.refuel();
        let mut found = Vec::new();
        self.run(words, scope, 0, &mut found);
        found.truncate(MOST_CALLS);
        found
    }

    fn refuel(&self) {
        let fuel = COMMAND_FUEL.min(self.left.get().max(LEAST_FUEL));
        let unused = self.fuel.get();
        self.left.set(self.left.get().saturating_sub(COMMAND_FUEL.saturating_sub(unused)));
        self.fuel.set(fuel);
    }

    fn env<'e>(
        &'e self,
        scope: usize,
        at: usize,
        parameters: Option<&'e [Word<'t>]>,
    ) -> Env<'e, 't> {
        Env { script: self.script, scope, at, parameters, fuel: &self.fuel, depth: 0 }
    }

    fn reader(&self) -> Reader<'_, 't> {
        Reader { script: self.script, catalogue: self.catalogue }
    }

    /// The commands of a function that its parameters decide; none while that is
    /// being found out.
    pub(super) fn templates(&self, scope: usize) -> &[Node<'t>] {
        let Some(cell) = self.templates.get(scope) else { return &[] };
        if let Some(known) = cell.get() {
            return known;
        }
        if self.asked.borrow().contains(&scope) || self.asked.borrow().len() >= MOST_ASKED {
            return &[];
        }
        self.asked.borrow_mut().push(scope);
        let decided = self.decided(scope);
        self.asked.borrow_mut().pop();
        cell.get_or_init(|| decided)
    }

    /// The commands of a function of which its parameters decide what they run.
    fn decided(&self, scope: usize) -> Vec<Node<'t>> {
        let commands = self.script.scopes[scope].commands.iter().copied();
        let depends = |command: &Node<'t>| {
            let words = self.words(&words_of(*command), scope, command.start_byte());
            words.iter().any(|word| word.positional) && self.is_open(&words, 0)
        };
        commands.filter(depends).take(DEEPEST.into()).collect()
    }

    /// Whether parameters of a function decide what words in it run.
    fn is_open(&self, words: &[Word<'t>], depth: u8) -> bool {
        if depth > DEEPEST || self.fuel.get() == 0 {
            return false;
        }
        self.fuel.set(self.fuel.get().saturating_sub(RUN_COST));
        match self.reader().interpret(words) {
            Runs::Request(request) => {
                let open = matches!(request.action, Action::Unresolved(_));
                open && words.iter().any(|word| word.positional)
            }
            Runs::Undecided => true,
            Runs::Nothing
            | Runs::Perhaps(_)
            | Runs::Cli {
                reading: Reading::Nothing | Reading::Call(_) | Reading::Composed(_),
                ..
            } => false,
            Runs::Cli { from, reading: Reading::Blocked { word, .. } } => {
                words.get(from + word).is_some_and(|word| self.depends(word))
            }
            Runs::Code(_, range) => words[range].iter().any(|word| self.depends(word)),
            Runs::Function { scope, from } => self.templates(scope).iter().any(|template| {
                let env = self.env(scope, template.start_byte(), Some(&words[from..]));
                let expanded = env.words(&words_of(*template));
                expanded.iter().any(|word| word.positional) && self.is_open(&expanded, depth + 1)
            }),
            Runs::Alias(value) => self.is_open(&spliced(&value, words), depth + 1),
            Runs::Blocked(word) => {
                self.depends(&words[word])
                    || tries(words, word).any(|it| self.is_open(&it, depth + 1))
            }
        }
    }

    /// Whether callers decide what a word comes to; more than what a call that it
    /// spells out is made with.
    fn depends(&self, word: &Word<'t>) -> bool {
        let spelt = |choices: &Choices| choices.texts.iter().all(|text| self.spells_call(text));
        word.positional && !word.choices.as_ref().is_some_and(spelt)
    }

    /// Whether a command line names its action although a part of it is not
    /// known.
    fn spells_call(&self, line: &str) -> bool {
        let words = line.split_whitespace().map(|word| Word::of_text(word, 0..0));
        let words: Vec<Word<'t>> = words.collect();
        has_hole(line)
            && matches!(
                self.reader().interpret(&words),
                Runs::Cli { reading: Reading::Call(_), .. }
            )
    }

    fn run(&self, words: &[Word<'t>], scope: usize, depth: u8, found: &mut Vec<Found<'t>>) {
        if depth > DEEPEST || found.len() > MOST_CALLS || (depth > 0 && self.fuel.get() == 0) {
            return;
        }
        self.fuel.set(self.fuel.get().saturating_sub(RUN_COST));
        match self.reader().interpret(words) {
            Runs::Nothing | Runs::Undecided => {}
            Runs::Request(request) => {
                let unresolved = matches!(request.action, Action::Unresolved(_));
                let deferred = words.iter().any(|word| word.positional);
                if !(unresolved && deferred && self.script.is_used(scope)) {
                    found.push(Found::Call(request));
                }
            }
            Runs::Perhaps(word) => {
                let words = vec![words[word].clone()];
                found.push(Found::Code { language: "shell", words, certainty: Certainty::Perhaps });
            }
            Runs::Code(_, range) if let Some(word) = chosen(words, range.clone()) => {
                self.each_choice(words, word, false, (scope, depth), found);
            }
            Runs::Code(language, range) => {
                let code = &words[range];
                let plain = code.first().and_then(Word::text).is_some_and(aliyun_cli::is_program)
                    && !code.iter().filter_map(Word::text).any(|text| text.contains(SIGNS));
                if plain {
                    self.run(code, scope, depth + 1, found);
                } else {
                    let words = code.to_vec();
                    let certainty = Certainty::Sure;
                    found.push(Found::Code { language, words, certainty });
                }
            }
            Runs::Alias(value) => {
                let spliced = spliced(&value, words);
                let recursive = spliced.first().is_some_and(|word| word.text() == words[0].text());
                let depth = if recursive { DEEPEST } else { depth + 1 };
                self.run(&spliced, scope, depth, found);
            }
            Runs::Function { scope: function, from } => {
                self.call_function(function, words, from, (scope, depth), found);
            }
            Runs::Blocked(word) => self.each_choice(words, word, false, (scope, depth), found),
            Runs::Cli { from, reading } => self.cli(words, from, reading, (scope, depth), found),
        }
    }

    /// What the commands of a function that its parameters decide run with these
    /// parameters. Those that are not known in turn, the callers of the function
    /// around this call decide.
    fn call_function(
        &self,
        function: usize,
        words: &[Word<'t>],
        from: usize,
        (scope, depth): (usize, u8),
        found: &mut Vec<Found<'t>>,
    ) {
        let parameters = &words[from..];
        let before = found.len();
        let templates = self.templates(function);
        for template in templates {
            if self.fuel.get() == 0 {
                break;
            }
            let env = self.env(function, template.start_byte(), Some(parameters));
            let expanded = env.words(&words_of(*template));
            self.run(&expanded, scope, depth + 1, found);
        }
        merge(found, before, false);
        let unseen = found.len() == before && !templates.is_empty();
        let program = parameters
            .iter()
            .position(|word| word.text().is_some_and(aliyun_cli::is_program))
            .filter(|_| unseen);
        if let Some(program) = program {
            self.run(&parameters[program..], scope, depth + 1, found);
        }
    }

    /// The functions that a function runs because it is given their names, each with
    /// what it is given in turn: `retry start_it i-1`.
    pub(super) fn handed_on(
        &self,
        function: usize,
        parameters: &[Word<'t>],
    ) -> Vec<(usize, Vec<Word<'t>>)> {
        let names_function = |word: &Word<'t>| word.text().and_then(|it| self.script.function(it));
        if !parameters.iter().any(|word| names_function(word).is_some()) {
            return Vec::new();
        }
        self.refuel();
        let mut handed: Vec<(usize, Vec<Word<'t>>)> = Vec::new();
        for template in self.templates(function) {
            let env = self.env(function, template.start_byte(), Some(parameters));
            let mut words = env.words(&words_of(*template)).into_iter();
            let own = words.next().as_ref().and_then(names_function);
            if let Some(own) = own.filter(|own| handed.iter().all(|(other, _)| other != own)) {
                handed.push((own, words.collect()));
            }
        }
        handed
    }

    fn cli(
        &self,
        words: &[Word<'t>],
        from: usize,
        reading: Reading,
        (scope, depth): (usize, u8),
        found: &mut Vec<Found<'t>>,
    ) {
        match reading {
            Reading::Nothing => {}
            Reading::Composed(composed) => found.push(Found::Composed(composed)),
            Reading::Call(call) => {
                let program = from.checked_sub(1).and_then(|program| words.get(program));
                let says = |program: &Word<'t>| program.text().is_some() || mentions_cli(program);
                let certain = program.is_none_or(says);
                let evidence = if certain { Evidence::Certain } else { Evidence::Possible };
                found.push(Found::Call(request(call, words, evidence)));
            }
            Reading::Blocked { word, product } => {
                let word = from + word;
                if words[word].choices.is_some() {
                    return self.each_choice(words, word, product, (scope, depth), found);
                }
                // What a wrapper is handed where it is called may be any product's.
                let is_handed_on = self.script.is_used(scope) || (depth > 0 && !product);
                if words[word].positional && is_handed_on {
                    return;
                }
                found.extend(self.undecided(words, from, word).map(Found::Call));
            }
        }
    }

    /// A call whose product or action stays unknown.
    fn undecided(&self, words: &[Word<'t>], from: usize, word: usize) -> Option<Request> {
        let values = command::values(&words[from..]);
        if let Some(call) = aliyun_cli::read_undecided(&values, self.catalogue) {
            return Some(request(call, words, Evidence::Certain));
        }
        let next = words.get(word + 1).and_then(Word::text).filter(|text| !text.starts_with('-'));
        let action = match next {
            Some(name) => Action::Named(self.catalogue.folded(name)?.name.clone()),
            None => Action::Unresolved(command::command_text(&words[word]).to_owned()),
        };
        let arguments = command::opened(Arguments::default());
        Some(Request { action, arguments, evidence: Evidence::Possible })
    }

    /// Runs the words with each value that one of them may have.
    fn each_choice(
        &self,
        words: &[Word<'t>],
        index: usize,
        is_action: bool,
        (scope, depth): (usize, u8),
        found: &mut Vec<Found<'t>>,
    ) {
        let Some(choices) = &words[index].choices else { return };
        let first = found.len();
        let positional = words[index].positional;
        for (text, tried) in choices.texts.iter().zip(tries(words, index)) {
            let undecided = positional && has_hole(text) && !self.spells_call(text);
            if undecided && self.script.is_used(scope) {
                continue;
            }
            self.run(&tried, scope, depth + 1, found);
        }
        let doubtful = !choices.each && (is_action || choices.texts.len() > 1);
        merge(found, first, doubtful);
    }
}

/// Words of which the first is an alias, with what that stands for in its place.
fn spliced<'t>(value: &str, words: &[Word<'t>]) -> Vec<Word<'t>> {
    let range = &words[0].range;
    let fields = value.split_whitespace().map(|word| Word::of_text(word, range.clone()));
    fields.chain(words[1..].iter().cloned()).collect()
}

/// The words with each value that one of them may have.
fn tries<'w, 't>(words: &'w [Word<'t>], index: usize) -> impl Iterator<Item = Vec<Word<'t>>> + 'w {
    let word = &words[index];
    let split = word.choices.as_ref().is_some_and(|choices| choices.split);
    let texts = word.choices.iter().flat_map(|choices| &choices.texts);
    texts.map(move |text| {
        let fields: Vec<&str> = if split { text.split_whitespace().collect() } else { vec![text] };
        let mut tried = words[..index].to_vec();
        tried.extend(fields.into_iter().map(|field| Word::of_text(field, word.range.clone())));
        tried.extend_from_slice(&words[index + 1..]);
        tried
    })
}

/// The first word of some code that is not known, but what it may be.
fn chosen(words: &[Word<'_>], range: Range<usize>) -> Option<usize> {
    let is_open = |index: &usize| words[*index].text().is_none() && words[*index].choices.is_some();
    range.into_iter().find(is_open)
}

/// Makes one call of equal ones, and doubtful ones of those that differ.
fn merge(found: &mut Vec<Found<'_>>, first: usize, doubtful: bool) {
    let mut kept: Vec<Action> = Vec::new();
    let mut index = 0;
    found.retain(|one| {
        index += 1;
        let Found::Call(request) = one else { return true };
        if index <= first {
            return true;
        }
        let new = !kept.contains(&request.action);
        if new {
            kept.push(request.action.clone());
        }
        new
    });
    for one in found.iter_mut().skip(first).filter(|_| doubtful) {
        match one {
            Found::Call(request) => request.evidence = Evidence::Possible,
            Found::Code { certainty, .. } => *certainty = Certainty::OneOf,
            Found::Composed(_) => {}
        }
    }
}

fn request(call: Call, words: &[Word<'_>], evidence: Evidence) -> Request {
    let mut arguments = call.arguments;
    arguments.open |=
        words.first().and_then(Word::text).is_some_and(|head| program(head) == "xargs");
    Request { action: call.action, arguments, evidence }
}

fn mentions_cli(word: &Word<'_>) -> bool {
    command::command_text(word).to_ascii_lowercase().contains("aliyun")
}
