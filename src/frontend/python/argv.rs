//! Command lines of the Alibaba Cloud CLI that are lists of words.

use super::arguments::api_name;
use super::thing::{Rest, Thing};
use crate::catalogue::Catalogue;
use crate::procedure::{Arguments, Value};

/// Names of the CLI's program.
const PROGRAMS: &[&str] = &["aliyun", "aliyun.exe", "aliyuncli"];

/// Options after which nothing is sent.
const NOT_SENT: &[&str] =
    &["--dryrun", "--cli-dry-run", "--cli-dry-run-json", "--estimate-cost", "--help", "-h"];

/// Options of the CLI itself that take no value.
const WITHOUT_VALUE: &[&str] = &[
    "--secure",
    "--insecure",
    "--force",
    "-q",
    "--quiet",
    "-y",
    "--yes",
    "--cli-ai-mode",
    "--no-cli-ai-mode",
    "--skip-secure-verify",
];

/// Options of the CLI itself that take values: no parameters of the API.
const OWN: &[&str] = &[
    "--profile",
    "-p",
    "--mode",
    "--access-key-id",
    "--access-key-secret",
    "--sts-token",
    "--sts-region",
    "--ram-role-name",
    "--ram-role-arn",
    "--role-session-name",
    "--external-id",
    "--source-profile",
    "--private-key",
    "--region",
    "--language",
    "--read-timeout",
    "--connect-timeout",
    "--retry-count",
    "--config-path",
    "--expired-seconds",
    "--process-command",
    "--oidc-provider-arn",
    "--oidc-token-file",
    "--endpoint",
    "-e",
    "--endpoint-type",
    "--bearer-token",
    "--version",
    "--method",
    "--body",
    "--body-file",
    "--accept",
    "--log-level",
    "--cli-query",
    "--user-agent",
    "--pager",
    "--waiter",
    "--output",
    "--header",
    "--estimate-cost-context",
];

/// A command line.
#[derive(Debug)]
pub(super) enum Command {
    /// It sends this.
    Sends {
        action: Thing,
        arguments: Arguments,
        /// Whether the product is known to be ECS.
        certain: bool,
    },
    /// Callers decide what it does.
    Tainted,
}

/// Reads a list of words. `None` if it is no command line that matters.
pub(super) fn command(words: &[Thing], rest: Rest, catalogue: &Catalogue) -> Option<Command> {
    let program = words.first()?.as_text();
    let is_program = program
        .is_some_and(|word| PROGRAMS.contains(&word.rsplit(['/', '\\']).next().unwrap_or(word)));
    if is_program {
        let line = split(words.get(1..)?);
        return after_program(line, rest, catalogue);
    }
    // `["ecs", "run-command", …]`, to which something else adds the program.
    let is_product = program.is_some_and(|word| word.eq_ignore_ascii_case("ecs"));
    let action = words.get(1)?.as_text()?;
    if !is_product || action_name(action, catalogue).is_none() {
        return None;
    }
    after_program(split(words), rest, catalogue)
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
        let (name, value) = match option.split_once(['=', ':']) {
            Some((name, value)) => (name, Some(value)),
            None => (option, None),
        };
        line.is_sent &= !NOT_SENT.contains(&name);
        open_option =
            value.is_none() && !WITHOUT_VALUE.contains(&name) && !NOT_SENT.contains(&name);
        let value = value.map(|value| match word.as_text() {
            Some(_) => Thing::known(value, 0..0),
            None => Thing::derived(value, [word]),
        });
        line.options.push((name.to_owned(), value.into_iter().collect()));
    }
    line
}

fn after_program(line: Line, rest: Rest, catalogue: &Catalogue) -> Option<Command> {
    let tainted = rest == Rest::Tainted || line.words.iter().any(Thing::is_tainted);
    let mut words = line.words.into_iter();
    let product = words.next();
    let certain = match product.as_ref().map(|product| (product, product.as_text())) {
        Some((_, Some(text))) if text.eq_ignore_ascii_case("ecs") => true,
        Some((_, Some(_))) => return None,
        _ if tainted => return Some(Command::Tainted),
        Some((_, None)) => false,
        None => return None,
    };
    if !line.is_sent {
        return None;
    }
    let action = match words.next() {
        Some(action) => action,
        None if rest == Rest::Tainted => return Some(Command::Tainted),
        None if rest == Rest::Open => Thing::unknown("…"),
        None => return None,
    };
    let action = match action.as_text() {
        Some("help") => return None,
        Some(text) => match action_name(text, catalogue) {
            Some(name) => Thing::known(name, 0..0),
            None if !certain => return None,
            None => Thing::known(api_name(text), 0..0),
        },
        None if !certain => return None,
        None => kebab_alternatives(&action, catalogue),
    };
    let arguments = arguments(line.options, line.is_open || rest != Rest::Closed);
    Some(Command::Sends { action, arguments, certain })
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
pub(super) fn action_name<'c>(word: &str, catalogue: &'c Catalogue) -> Option<&'c str> {
    let exact = catalogue.get(word);
    let is_kebab = word.contains('-') && !word.contains(|it: char| it.is_ascii_uppercase());
    let found = exact.or_else(|| catalogue.folded(word).filter(|_| is_kebab))?;
    Some(&found.name)
}

fn arguments(options: Vec<(String, Vec<Thing>)>, open: bool) -> Arguments {
    let given = options
        .into_iter()
        .filter(|(name, _)| {
            !OWN.contains(&name.as_str()) && !WITHOUT_VALUE.contains(&name.as_str())
        })
        .map(|(name, values)| {
            let bare = name.trim_start_matches('-').to_owned();
            let value = match values.as_slice() {
                [] => Value::Text("true".into()),
                [only] => only.value(&bare),
                several => Value::List(several.iter().map(|it| it.value(&bare)).collect()),
            };
            (api_name(&bare), value)
        });
    Arguments { given: given.collect(), open }
}
