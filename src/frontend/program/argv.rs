//! Command lines of the Alibaba Cloud CLI that are lists of words.

use super::given::api_name;
use super::thing::{Piece, Rest, Text, Thing, Unknown};
use crate::catalogue::Catalogue;
use crate::frontend::aliyun_cli;
use crate::procedure::{Arguments, Value};

/// A command line.
#[derive(Debug)]
pub(in crate::frontend) enum Command {
    /// It sends this.
    Sends {
        action: Thing,
        arguments: Arguments,
        /// Whether the product is known to be ECS.
        certain: bool,
    },
    /// Callers decide what it does.
    Tainted,
    /// It sends nothing, or something to another product.
    Other,
}

/// Reads a list of words. `None` if it is no command line that is known.
pub(in crate::frontend) fn command(
    words: &[Thing],
    rest: Rest,
    catalogue: &Catalogue,
) -> Option<Command> {
    let (program, line) = words.split_first()?;
    if is_program(program) {
        return Some(after_program(split(line), rest, catalogue));
    }
    if let Some(at) = wrapped(words) {
        return Some(after_program(split(&words[at + 1..]), rest, catalogue));
    }
    // `["ecs", "run-command", …]`, to which something else adds the program,
    // and `[program, "ecs", "run-command", …]`.
    let is_bare = names_action(words, catalogue);
    if is_bare || program.as_text().is_none() && names_action(line, catalogue) {
        let line = if is_bare { words } else { line };
        return Some(after_program(split(line), rest, catalogue));
    }
    if program.is_tainted() { Some(Command::Tainted) } else { None }
}

/// Whether a command line starts with the CLI's program.
pub(in crate::frontend) fn starts_program(words: &[Thing]) -> bool {
    words.first().is_some_and(is_program) || wrapped(words).is_some()
}

/// Programs that run the words behind them.
const PREFIXES: &[&str] = &[
    "sudo",
    "doas",
    "env",
    "timeout",
    "nohup",
    "time",
    "nice",
    "ionice",
    "setsid",
    "stdbuf",
    "xargs",
    "docker",
    "podman",
    "nerdctl",
    "kubectl",
    "ssh",
    "proxychains4",
    "proxychains",
];

/// Programs that run a word of code.
const SHELLS: &[&str] = &["bash", "sh", "zsh", "dash", "ssh", "su", "/bin/bash", "/bin/sh"];

/// Where the CLI's program stands behind another one.
fn wrapped(words: &[Thing]) -> Option<usize> {
    let runs = words.first()?.as_text().is_some_and(|first| PREFIXES.contains(&first));
    let named = |word: &Thing| word.as_text().is_some() && is_program(word);
    if runs { words.iter().position(named) } else { None }
}

/// The code that a shell is given among its words: behind `-c`, or behind the
/// host of ssh.
pub(in crate::frontend) fn code(words: &[Thing]) -> Option<&Text> {
    let names = |word: &Thing, name: &[&str]| word.as_text().is_some_and(|it| name.contains(&it));
    let at = words.iter().take(2).position(|word| names(word, SHELLS))?;
    let remote = names(&words[at], &["ssh"]);
    let is_flag = |word: &Thing| {
        word.as_text().is_some_and(|text| text.starts_with('-') && text.ends_with('c'))
    };
    let pairs = words[at..].windows(2).filter(|pair| remote || is_flag(&pair[0]));
    pairs.into_iter().find_map(|pair| match &pair[1] {
        Thing::Text(text) if text.pieces.iter().any(has_blank) => Some(&**text),
        _ => None,
    })
}

fn has_blank(piece: &Piece) -> bool {
    piece.known().is_some_and(|text| text.contains(char::is_whitespace))
}

/// Whether a word is the CLI's program, or a variable that says so.
fn is_program(word: &Thing) -> bool {
    word.alternatives().iter().any(|word| match word {
        Thing::Unknown(unknown) => {
            let text = unknown.text.to_ascii_lowercase();
            text.ends_with("aliyun")
                || [
                    "aliyun_bin",
                    "aliyun_cli",
                    "aliyun_path",
                    "which(\"aliyun\")",
                    "which('aliyun')",
                ]
                .iter()
                .any(|name| text.contains(name))
        }
        other => other.as_text().is_some_and(aliyun_cli::is_program),
    })
}

/// Whether a command line starts with the product and an action of it.
fn names_action(words: &[Thing], catalogue: &Catalogue) -> bool {
    let [product, action, ..] = words else { return false };
    product.as_text().is_some_and(|word| word.eq_ignore_ascii_case("ecs"))
        && action.as_text().is_some_and(|word| action_name(word, catalogue).is_some())
}

/// A command line's words and options.
#[derive(Debug, Default)]
struct Line {
    words: Vec<Thing>,
    options: Vec<(String, Vec<Thing>)>,
    is_open: bool,
    is_sent: bool,
}

fn split(words: &[Thing]) -> Line {
    let mut line = Line { is_sent: true, ..Line::default() };
    let mut open_option = false;
    for word in words {
        let option = word.prefix().filter(|text| text.starts_with('-') && !text.starts_with("---"));
        let Some(option) = option else {
            if let (true, Some((_, values))) = (open_option, line.options.last_mut()) {
                values.push(word.clone());
                // Before the action an option has one value.
                open_option = line.words.len() >= 2;
            } else if line.words.len() < 2 {
                line.words.push(word.clone());
            } else {
                line.is_open = true;
            }
            continue;
        };
        if word.as_text().is_none() && !option.contains(['=', ':']) {
            line.is_open = true;
            open_option = true;
            line.options.push((String::new(), Vec::new()));
            continue;
        }
        let (name, value) = match option.split_once(['=', ':']) {
            Some((name, value)) => (name, Some(value)),
            None => (option, None),
        };
        line.is_sent &= !aliyun_cli::sends_nothing(name);
        open_option = value.is_none() && !aliyun_cli::takes_no_value(name);
        let value = value.map(|value| match word {
            Thing::Text(text) if text.whole.is_none() => after_prefix(text),
            _ => Thing::known(value, 0..0),
        });
        line.options.push((name.to_owned(), value.into_iter().collect()));
    }
    line
}

/// What follows the known start of a text, as in `f"--instance-id={value}"`.
fn after_prefix(text: &Text) -> Thing {
    match text.pieces.as_slice() {
        [Piece::Known { .. }, Piece::Hole { text, tainted, origin, .. }] => {
            Thing::Unknown(Unknown {
                text: text.clone(),
                tainted: *tainted,
                origin: origin.clone(),
            })
        }
        _ => Thing::unknown(text.shown.clone()),
    }
}

fn after_program(line: Line, rest: Rest, catalogue: &Catalogue) -> Command {
    let tainted = rest == Rest::Tainted || line.words.iter().any(Thing::is_tainted);
    let mut words = line.words.into_iter();
    let product = words.next();
    let certain = match product.as_ref().map(Thing::as_text) {
        Some(Some(text)) if text.eq_ignore_ascii_case("ecs") => true,
        Some(None) | None if tainted => return Command::Tainted,
        Some(None) => false,
        Some(Some(_)) | None => return Command::Other,
    };
    let action = match words.next() {
        Some(action) => action,
        None if rest == Rest::Tainted => return Command::Tainted,
        None if rest == Rest::Open => Thing::unknown("…"),
        None => return Command::Other,
    };
    let action = match action.as_text() {
        Some("help") => return Command::Other,
        Some(text) => match action_name(text, catalogue) {
            Some(name) => Thing::known(name, 0..0),
            None if !certain => return Command::Other,
            None => Thing::known(api_name(text), 0..0),
        },
        None if !certain => return Command::Other,
        None => kebab_alternatives(&action, catalogue),
    };
    if !line.is_sent {
        return Command::Other;
    }
    let arguments = arguments(line.options, line.is_open || rest != Rest::Closed);
    Command::Sends { action, arguments, certain }
}

fn kebab_alternatives(action: &Thing, catalogue: &Catalogue) -> Thing {
    let Thing::OneOf(choice) = action else { return action.clone() };
    let things = choice.things.iter().map(|thing| match thing.as_text() {
        Some(text) => {
            let name = action_name(text, catalogue).map_or_else(|| api_name(text), str::to_owned);
            Thing::known(name, 0..0)
        }
        None => thing.clone(),
    });
    Thing::one_of(things.collect(), choice.every, choice.text.clone())
}

/// The API's name of an action as the CLI or a plugin of it spells it.
pub(in crate::frontend) fn action_name<'c>(
    word: &str,
    catalogue: &'c Catalogue,
) -> Option<&'c str> {
    let exact = catalogue.get(word);
    let is_kebab = word.contains('-') && !word.contains(|it: char| it.is_ascii_uppercase());
    let found = exact.or_else(|| catalogue.folded(word).filter(|_| is_kebab))?;
    Some(&found.name)
}

fn arguments(options: Vec<(String, Vec<Thing>)>, open: bool) -> Arguments {
    let given = options
        .into_iter()
        .filter(|(name, _)| !name.is_empty())
        .filter(|(name, _)| !aliyun_cli::is_own(name))
        .map(|(name, values)| {
            let bare = name.trim_start_matches('-').to_owned();
            let value = match values.as_slice() {
                [] if open => Value::unknown(&bare),
                [] => Value::Text("true".into()),
                [only] => only.value(&bare),
                several => Value::List(several.iter().map(|it| it.value(&bare)).collect()),
            };
            (api_name(&bare), value)
        });
    Arguments { given: given.collect(), open }
}
