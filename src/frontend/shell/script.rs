//! What a script defines, collected in one walk before anything is lowered:
//! variables, functions and what they run, aliases, `shift` and `set -e`.

use std::collections::{HashMap, HashSet};

use tree_sitter::Node;

use super::collect::{Collector, sets_errexit};
use super::definition::Definitions;
use super::kind;
use super::program::{LONGEST_NAME, SHELLS, program, runs_its_words};
use crate::frontend::definition::Block;

/// How many words of one command are looked at for files.
const MOST_FILES: usize = 16;

/// A script's definitions.
#[derive(Debug)]
pub(super) struct Script<'t> {
    /// Its text.
    pub(super) text: &'t str,
    /// Its variables.
    pub(super) variables: Definitions<'t>,
    /// The top level, then each function.
    pub(super) scopes: Vec<Scope<'t>>,
    /// The functions' scopes by their names.
    pub(super) functions: HashMap<&'t str, usize>,
    /// What aliases stand for.
    pub(super) aliases: HashMap<&'t str, &'t str>,
    uses: HashMap<&'t str, usize>,
    /// Where commands begin at whose status something around them looks.
    pub(super) looked_at: HashSet<usize>,
    /// Whether what runs in `$(…)` stops at a failure if the script does, which bash
    /// alone does not have.
    pub(super) inherits_errexit: bool,
    /// The functions that are called only where something looks at their status.
    watched: HashSet<usize>,
    /// The files that it runs, as they are written.
    files: HashSet<&'t str>,
}

/// The top level or a function.
#[derive(Debug)]
pub(super) struct Scope<'t> {
    /// The whole of it.
    pub(super) node: Node<'t>,
    /// The commands in it, wherever they are.
    pub(super) commands: Vec<Node<'t>>,
    /// Where `shift` moves the parameters.
    pub(super) shifts: Vec<Shift>,
    /// Where an option of `set -o` is put on or off.
    pub(super) options: Vec<(usize, &'t str, bool)>,
}

/// One `shift`.
#[derive(Debug)]
pub(super) struct Shift {
    /// Where it is.
    pub(super) at: usize,
    /// By how much, if that is known.
    pub(super) by: Option<usize>,
    /// The innermost code around it that may be passed over.
    pub(super) block: Block,
}

impl<'t> Script<'t> {
    /// Collects what a tree defines.
    pub(super) fn collect(root: Node<'t>, text: &'t str) -> Self {
        let mut top = Scope::new(root);
        let first = text.lines().next().unwrap_or_default();
        if first.starts_with("#!") && first.split(' ').skip(1).any(sets_errexit) {
            top.options.push((0, "errexit", true));
        }
        let script = Self {
            text,
            variables: Definitions::default(),
            scopes: vec![top],
            functions: HashMap::new(),
            aliases: HashMap::new(),
            uses: HashMap::new(),
            looked_at: HashSet::new(),
            inherits_errexit: !first.contains("bash") || text.contains("inherit_errexit"),
            watched: HashSet::new(),
            files: HashSet::new(),
        };
        let mut script = Collector::run(script, root);
        script.count_uses();
        script.note_watched();
        script.note_files();
        script
    }

    /// Whether the script runs a file, or makes it one that can be run.
    pub(super) fn runs_file(&self, path: &str) -> bool {
        self.files.contains(path.trim_start_matches("./"))
    }

    fn note_files(&mut self) {
        let mut files = HashSet::new();
        for command in self.scopes.iter().flat_map(|scope| &scope.commands) {
            let words = words_of(*command);
            let mut texts = words.iter().map(|word| self.slice(*word).trim_matches(['"', '\'']));
            let mut head = texts.next().unwrap_or_default();
            while matches!(head, "sudo" | "exec" | "nohup" | "time") {
                head = texts.next().unwrap_or_default();
            }
            let makes_runnable = |mode: &str| mode.contains('x') || mode.starts_with(['7', '5']);
            let runs = match head {
                "source" | "." => true,
                "chmod" => texts.next().is_some_and(makes_runnable),
                _ => SHELLS.contains(&program(head)),
            };
            files.insert(head.trim_start_matches("./"));
            if runs {
                files.extend(texts.take(MOST_FILES).map(|text| text.trim_start_matches("./")));
            }
        }
        self.files = files;
    }

    /// The text of a node.
    pub(super) fn slice(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The scope of a function by its name.
    pub(super) fn function(&self, name: &str) -> Option<usize> {
        self.functions.get(name).copied()
    }

    /// Whether anything in the script calls a function.
    pub(super) fn is_used(&self, scope: usize) -> bool {
        let name = self.name(scope);
        name.is_some_and(|name| self.uses.contains_key(name))
    }

    /// Whether something looks at the status of a function wherever it is called: the
    /// shell does not stop in it at a failure.
    pub(super) fn is_watched(&self, scope: usize) -> bool {
        self.watched.contains(&scope)
    }

    /// A function's name; none for the top level.
    pub(super) fn name(&self, scope: usize) -> Option<&'t str> {
        let node = self.scopes.get(scope).filter(|_| scope > 0)?.node;
        Some(self.slice(node.child_by_field_name("name")?))
    }

    /// What an alias stands for.
    pub(super) fn alias(&self, name: &str) -> Option<&'t str> {
        self.aliases.get(name).copied()
    }

    /// By how much `shift` has moved the positional parameters at a place; none
    /// if that depends.
    pub(super) fn shifted(&self, scope: usize, at: usize) -> Option<usize> {
        let shifts = self.scopes.get(scope)?.shifts.iter();
        shifts.take_while(|shift| shift.at < at).try_fold(0, |sum: usize, shift| {
            let certain = shift.block.range.contains(&at) && !shift.block.repeats;
            sum.checked_add(shift.by.filter(|_| certain)?)
        })
    }

    /// Whether an option of `set -o` is on at a place. A function follows the
    /// state at the end of the top level if anything is set there.
    pub(super) fn option(&self, name: &str, scope: usize, at: usize) -> bool {
        let last = |scope: usize, at: usize| {
            let options = &self.scopes.get(scope)?.options;
            let before = options.partition_point(|(place, ..)| *place <= at);
            options[..before].iter().rev().find(|(_, option, _)| *option == name)
        };
        let state = last(scope, at);
        let state =
            if scope == 0 { state } else { state.or_else(|| last(0, self.first_use(scope))) };
        state.is_some_and(|(.., on)| *on)
    }

    /// Where the top level first runs a function, as far as can be seen.
    fn first_use(&self, scope: usize) -> usize {
        let first = self.name(scope).and_then(|name| self.uses.get(name).copied());
        first.unwrap_or(usize::MAX)
    }

    /// Notes the functions that no caller calls without a look at their status.
    fn note_watched(&mut self) {
        let mut plain: Vec<Vec<usize>> = self.scopes.iter().map(|_| Vec::new()).collect();
        let mut open = vec![0];
        open.extend((1..self.scopes.len()).filter(|scope| !self.is_used(*scope)));
        for (scope, body) in self.scopes.iter().enumerate() {
            for command in &body.commands {
                if !self.looked_at.contains(&command.start_byte()) {
                    plain[scope].extend(self.functions_in(*command));
                }
            }
        }
        let mut unwatched = HashSet::new();
        while let Some(scope) = open.pop() {
            if unwatched.insert(scope) {
                open.extend(&plain[scope]);
            }
        }
        self.watched = (0..self.scopes.len()).filter(|it| !unwatched.contains(it)).collect();
    }

    /// The functions that a command runs or hands on.
    fn functions_in(&self, command: Node<'t>) -> Vec<usize> {
        let words = words_of(command);
        let head = words.first().map_or("", |word| self.slice(*word));
        let head = if head.len() > LONGEST_NAME { "" } else { head };
        let runs_words = runs_its_words(head) || self.functions.contains_key(head);
        let words = words.iter().take(if runs_words { usize::MAX } else { 1 });
        let texts = words.map(|word| self.slice(*word));
        let names = texts.filter(|text| text.len() <= LONGEST_NAME);
        names.filter_map(|text| self.function(text)).collect()
    }

    /// Notes which functions are used, and from where on the top level does so;
    /// a function that only functions use counts as used at the end.
    fn count_uses(&mut self) {
        let mut uses = HashMap::new();
        for (scope, body) in self.scopes.iter().enumerate() {
            for command in &body.commands {
                let place = if scope == 0 { command.start_byte() } else { usize::MAX };
                for name in self.functions_in(*command).iter().filter_map(|it| self.name(*it)) {
                    let first = uses.entry(name).or_insert(place);
                    *first = place.min(*first);
                }
            }
        }
        self.uses = uses;
    }
}

impl<'t> Scope<'t> {
    /// A scope nothing is known of yet.
    pub(super) fn new(node: Node<'t>) -> Self {
        Self { node, commands: Vec::new(), shifts: Vec::new(), options: Vec::new() }
    }
}

/// The literals of a command, its name first, without assignments and
/// redirections.
pub(super) fn words_of<'t>(command: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = command.walk();
    let children: Vec<Node<'t>> = command.named_children(&mut cursor).collect();
    let is_word = |node: &Node<'t>| {
        !matches!(
            node.kind(),
            kind::ASSIGNMENT
                | kind::FILE_REDIRECT
                | kind::HERESTRING
                | kind::COMMENT
                | kind::HEREDOC_REDIRECT
                | kind::SUBSHELL
        )
    };
    let literal = |node: Node<'t>| match node.kind() {
        kind::COMMAND_NAME => node.named_child(0).unwrap_or(node),
        _ => node,
    };
    children.into_iter().filter(is_word).map(literal).collect()
}
