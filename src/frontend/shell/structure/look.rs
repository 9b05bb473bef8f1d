//! What conditions tell of the lock of an instance: which of their answers only an
//! instance without a lock gets.

use tree_sitter::Node;

use super::Lowering;
use super::tells::Told;
use crate::frontend::lock_state::Assurance;
use crate::frontend::shell::kind;

/// The longest condition that is read, in bytes.
const LONGEST: usize = 4096;

/// How deep conditions, functions and variables are followed.
const DEEPEST: u8 = 12;

/// How many operands of a list are read as one condition.
const MOST_OPERANDS: usize = 8;

/// Programs that search a text, and say by their status whether they found it.
const SEARCHERS: &[&str] = &["grep", "egrep", "fgrep", "zgrep", "rg"];

/// Programs whose code says what their status is.
const INTERPRETERS: &[&str] = &["python", "python3", "python2", "ruby", "perl", "node"];

/// Where in a script conditions are read.
#[derive(Clone, Copy)]
pub(super) struct Looks<'l, 'r, 't, 's> {
    pub(super) lowering: &'l Lowering<'r, 't, 's>,
    pub(super) scope: usize,
    depth: u8,
}

impl<'r, 't, 's> Lowering<'r, 't, 's> {
    /// What is read at the current place.
    pub(super) fn looks(&self) -> Looks<'_, 'r, 't, 's> {
        Looks { lowering: self, scope: self.scope, depth: 0 }
    }
}

impl<'t> Looks<'_, '_, 't, '_> {
    /// The same in a function.
    pub(super) fn inside(self, scope: usize) -> Self {
        Self { scope, ..self }
    }

    pub(super) fn deeper(self) -> Option<Self> {
        (self.depth < DEEPEST).then(|| Self { depth: self.depth + 1, ..self })
    }

    pub(super) fn slice(&self, node: Node<'t>) -> &'t str {
        self.lowering.script.slice(node)
    }

    /// What the status of a statement tells of the lock; none if nothing.
    pub(super) fn assurance(self, node: Node<'t>) -> Option<Assurance> {
        if !self.lowering.seeks.locks || node.byte_range().len() > LONGEST {
            return None;
        }
        let looks = self.deeper()?;
        let told = match node.kind() {
            kind::LIST => looks.of_list(node),
            kind::NEGATED => Some(looks.assurance(node.named_child(0)?)?.negated()),
            kind::REDIRECTED => looks.assurance(node.child_by_field_name("body")?),
            kind::SUBSHELL | kind::COMPOUND => looks.of_last(node),
            kind::TEST => looks.of_expression(node.named_child(0)?),
            kind::PIPELINE => looks.of_pipeline(node),
            kind::COMMAND => looks.of_command(node, node),
            kind::ASSIGNMENT => {
                let value = node.child_by_field_name("value")?;
                let runs = value.kind() == kind::COMMAND_SUBSTITUTION;
                looks.of_last(value).filter(|_| runs)
            }
            _ => None,
        };
        told.filter(|told| *told != Assurance::default())
    }

    /// Of the last statement in something, or of the one expression in it.
    fn of_last(self, node: Node<'t>) -> Option<Assurance> {
        let last =
            node.named_child(u32::try_from(node.named_child_count()).ok()?.checked_sub(1)?)?;
        let is_arithmetic = self.slice(node).starts_with("((");
        if is_arithmetic { self.of_expression(last) } else { self.assurance(last) }
    }

    /// `a && b`, `a || b`.
    fn of_list(self, list: Node<'t>) -> Option<Assurance> {
        let (left, right) = (list.named_child(0)?, list.named_child(1)?);
        let between = self.lowering.script.text.get(left.end_byte()..right.start_byte())?;
        let parts = [self.assurance(left), self.assurance(right)];
        joined(between.contains("&&"), parts)
    }

    /// Of a pipeline, by its last command.
    fn of_pipeline(self, node: Node<'t>) -> Option<Assurance> {
        let first = node.named_child(0)?;
        let last =
            node.named_child(u32::try_from(node.named_child_count()).ok()?.checked_sub(1)?)?;
        let last =
            if last.kind() == kind::REDIRECTED { last.child_by_field_name("body")? } else { last };
        let told = self.of_command(last, node).filter(|_| last.kind() == kind::COMMAND)?;
        // The sign in front of the first command turns the whole of it round.
        Some(if first.kind() == kind::NEGATED { told.negated() } else { told })
    }

    /// Of a command, which reads what stands in the whole around it.
    fn of_command(self, command: Node<'t>, whole: Node<'t>) -> Option<Assurance> {
        let name = command.child_by_field_name("name")?;
        let text = self.slice(name);
        if let Some(scope) = self.lowering.script.function(text) {
            return self.outcome(scope)?.assurance();
        }
        let program = text.rsplit('/').next().unwrap_or(text);
        let words = self.slice(command);
        let holds_if_locked = match program {
            "test" => return self.of_test(command),
            _ if text.starts_with('$') => return self.of_flag(name),
            "jq" if exits_by_value(words) => !asks_for_none(words),
            "awk" | "gawk" | "mawk" => !awk_fails_on_match(words),
            _ if SEARCHERS.contains(&program) => finds_a_lock(words) != searches_for_others(words),
            _ if INTERPRETERS.contains(&program) => exits_well_if_locked(words)?,
            _ => return None,
        };
        self.told(whole)?;
        Some(if holds_if_locked { Assurance::LOCKED } else { Assurance::UNLOCKED })
    }

    /// `$locked`, where that is `true` or `false`.
    fn of_flag(self, name: Node<'t>) -> Option<Assurance> {
        let Told::Flag { value, locked } = self.told(name)? else { return None };
        let holds = (value == "true") == locked;
        Some(if holds { Assurance::LOCKED } else { Assurance::UNLOCKED })
    }

    /// `test -n "$locks"`, `test "$locks" = ""`.
    fn of_test(self, command: Node<'t>) -> Option<Assurance> {
        let mut cursor = command.walk();
        let words: Vec<Node<'t>> =
            command.children_by_field_name("argument", &mut cursor).collect();
        let (negated, words) = match words.as_slice() {
            [first, rest @ ..] if self.slice(*first) == "!" => (true, rest),
            all => (false, all),
        };
        let told = match words {
            [value] => self.compared(*value, "!=", ""),
            [sign, value] if self.slice(*sign) == "-n" => self.compared(*value, "!=", ""),
            [sign, value] if self.slice(*sign) == "-z" => self.compared(*value, "=", ""),
            [left, sign, right] => self.comparison(*left, self.slice(*sign), *right),
            _ => None,
        }?;
        Some(if negated { told.negated() } else { told })
    }

    /// An expression in `[ … ]`, `[[ … ]]` or `(( … ))`.
    fn of_expression(self, node: Node<'t>) -> Option<Assurance> {
        let looks = self.deeper()?;
        match node.kind() {
            "unary_expression" => {
                let operand =
                    node.named_child(u32::try_from(node.named_child_count()).ok()? - 1)?;
                match node.child(0).map(|sign| self.slice(sign))? {
                    "!" => Some(looks.of_expression(operand)?.negated()),
                    sign @ ("-n" | "-z") => looks.emptiness(sign == "-z", operand),
                    _ => None,
                }
            }
            "binary_expression" => {
                let (left, right) =
                    (node.child_by_field_name("left")?, node.child_by_field_name("right")?);
                let sign = self.slice(node.child_by_field_name("operator")?);
                if matches!(sign, "&&" | "||" | "-a" | "-o") {
                    let parts = [looks.of_expression(left), looks.of_expression(right)];
                    return joined(matches!(sign, "&&" | "-a"), parts);
                }
                looks.comparison(left, sign, right)
            }
            "parenthesized_expression" => looks.of_expression(node.named_child(0)?),
            _ => looks.compared(node, "!=", ""),
        }
    }

    /// `-z x` and `-n x`. `[ -n x -a y = z ]` is read as `-n (x -a y) = z`.
    fn emptiness(self, empty: bool, operand: Node<'t>) -> Option<Assurance> {
        let sign = operand.child_by_field_name("operator").map(|sign| self.slice(sign));
        if operand.kind() != "binary_expression" || sign != Some("-a") {
            return self.compared(operand, if empty { "=" } else { "!=" }, "");
        }
        let first = self.emptiness(empty, operand.child_by_field_name("left")?);
        joined(true, [first, None])
    }

    fn comparison(self, left: Node<'t>, sign: &str, right: Node<'t>) -> Option<Assurance> {
        if let Some(told) = self.compared(left, sign, self.slice(right)) {
            return Some(told);
        }
        let mirrored = match sign {
            ">" | "-gt" => "<",
            "<" | "-lt" => ">",
            ">=" | "-ge" => "<=",
            "<=" | "-le" => ">=",
            same => same,
        };
        self.compared(right, mirrored, self.slice(left))
    }

    /// A comparison of something that tells of the lock.
    fn compared(self, node: Node<'t>, sign: &str, other: &str) -> Option<Assurance> {
        let told = self.told(node)?;
        let other = other.trim().trim_matches(['"', '\'']);
        if is_of_another(other) {
            return None;
        }
        let equals = match sign {
            "=" | "==" | "-eq" | "=~" => true,
            "!=" | "-ne" => false,
            ">" | "-gt" => return (other == "0").then_some(Assurance::LOCKED),
            ">=" | "-ge" => return (other == "1").then_some(Assurance::LOCKED),
            "<" | "-lt" => return (other == "1").then_some(Assurance::UNLOCKED),
            "<=" | "-le" => return (other == "0").then_some(Assurance::UNLOCKED),
            _ => return None,
        };
        let locked_if_equal = match told {
            Told::Locks => !is_nothing(other),
            Told::Flag { value, locked } => (value == other) == locked,
        };
        Some(if locked_if_equal == equals { Assurance::LOCKED } else { Assurance::UNLOCKED })
    }
}

/// The first operands of a list that are one condition, as a node, and how many
/// these are.
pub(super) fn prefixes(list: Node<'_>, count: usize) -> Vec<(Node<'_>, usize)> {
    let mut nodes = Vec::new();
    let mut node = list;
    for left in (1..count).rev() {
        let Some(inner) = node.named_child(0).filter(|_| node.kind() == kind::LIST) else { break };
        node = inner;
        if left <= MOST_OPERANDS {
            nodes.push((node, left));
        }
    }
    nodes
}

/// Whether the answer of a condition is that of the opposite command.
pub(super) fn is_negated(node: Node<'_>) -> bool {
    match node.kind() {
        kind::NEGATED => true,
        kind::REDIRECTED => node.child_by_field_name("body").is_some_and(is_negated),
        kind::PIPELINE => node.named_child(0).is_some_and(|first| first.kind() == kind::NEGATED),
        _ => false,
    }
}

/// Two conditions that both hold, or of which one does.
pub(super) fn joined(and: bool, parts: [Option<Assurance>; 2]) -> Option<Assurance> {
    if parts.iter().all(Option::is_none) {
        return None;
    }
    let parts = parts.into_iter().map(Option::unwrap_or_default);
    Some(if and {
        Assurance::all(parts)
    } else {
        Assurance::all(parts.map(Assurance::negated)).negated()
    })
}

/// Whether a text that something is compared to stands for no lock.
pub(super) fn is_nothing(text: &str) -> bool {
    const NOTHING: &[&str] = &[
        "",
        "null",
        "0",
        "none",
        "false",
        "no",
        "nil",
        "n",
        "unlocked",
        "not_locked",
        "not locked",
        "free",
        "normal",
        "clean",
        "ok",
        "active",
    ];
    let bare = text.trim_matches(['[', ']', '{', '}', '"', '\'', ' ', '^', '$', '\\']);
    NOTHING.contains(&bare.to_ascii_lowercase().as_str())
}

/// Whether a text that something is compared to is a lock for another reason.
fn is_of_another(text: &str) -> bool {
    crate::frontend::lock_state::is_of_another(text)
}

impl<'t> Lowering<'_, 't, '_> {
    /// Whether a command of a pipeline fails if it gets nothing to read.
    pub(super) fn fails_with_its_input(&self, part: Node<'t>) -> bool {
        let text = self.script.slice(part);
        text.starts_with("jq ") && exits_by_value(text)
    }
}

/// Whether `jq` has its answer as its status.
fn exits_by_value(words: &str) -> bool {
    let option = |word: &str| {
        word == "--exit-status"
            || word.starts_with('-') && !word.starts_with("--") && word.contains('e')
    };
    words.split_whitespace().any(option)
}

/// Whether a filter of `jq` holds where there is no lock.
pub(super) fn asks_for_none(filter: &str) -> bool {
    let dense: String = filter.chars().filter(|letter| !letter.is_whitespace()).collect();
    let asks = ["==0", "==[]", "==null", "|not", "<1", "==\"\"", "isempty("];
    asks.iter().filter(|part| dense.contains(**part)).count() % 2 == 1
}

/// Whether a program of `awk` fails where it finds what it looks for.
fn awk_fails_on_match(words: &str) -> bool {
    let dense: String = words.chars().filter(|letter| !letter.is_whitespace()).collect();
    dense.contains("/{exit1") || dense.contains("{exit1}") && !dense.contains("exit!")
}

/// Whether a search finds a lock, rather than the sign that there is none.
fn finds_a_lock(words: &str) -> bool {
    let dense: String =
        words.chars().filter(|letter| !letter.is_whitespace() && *letter != '\\').collect();
    let quoted = |pattern: &str| {
        ["'", "\""].iter().any(|quote| dense.contains(&format!("{quote}{pattern}{quote}")))
    };
    let nothing = dense.contains("[]")
        || ["^0$", "^$", "0", "null", "^null$", "false", "^false$", "unlocked", "none"]
            .iter()
            .any(|pattern| quoted(pattern))
        || words.split_whitespace().any(|word| matches!(word, "^0$" | "null" | "false" | "0"));
    !nothing
}

/// Whether a search asks for lines without what it names.
fn searches_for_others(words: &str) -> bool {
    words.split_whitespace().any(|word| {
        word == "--invert-match"
            || word.starts_with('-') && !word.starts_with("--") && word.contains('v')
    })
}

/// Whether a program ends well if there is a lock; none if its code does not say.
fn exits_well_if_locked(code: &str) -> Option<bool> {
    let dense: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let at = dense.find("exit(").map(|at| &dense[at + "exit(".len()..]);
    let Some(status) = at else {
        let (_, claim) = dense.split_once("assert")?;
        let none = claim.starts_with("not") || asks_for_none(claim);
        return Some(!none);
    };
    // `exit(1 if locks else 0)`, `exit(len(locks))`, `exit(not locks)`.
    let none = asks_for_none(status) || status.contains("ifnot");
    let chosen = match status.chars().next()? {
        '0' if status.starts_with("0if") => true,
        '1' if status.starts_with("1if") => false,
        'n' if status.starts_with("not") => return Some(true),
        '0' | '1' => return None,
        _ => false,
    };
    Some(chosen != none)
}
