//! Scripts that a script reads into itself with `source`: what they define
//! holds in it, too.
//!
//! Their text is put in front of the script's own, at its start; what is found
//! there is told where it stands, in the script that was read in.

use std::collections::{HashMap, HashSet};

use memchr::memmem;

use crate::frontend::{Link, Lowered};
use crate::procedure::{Action, Node as Step, Operation};
use crate::source::{Source, Span, folder_of};

/// How deep scripts that read in scripts are followed.
const DEEPEST: usize = 4;

/// The longest text that is put in front of a script, in bytes.
const LONGEST: usize = 1 << 19;

/// The longest texts that are put in front of all scripts of a unit, in bytes.
const LONGEST_TOGETHER: usize = 1 << 24;

/// The functions of scripts that one reads in, by name, and where they stand.
pub(in crate::frontend) type Borrowed = HashMap<String, Span>;

/// Lowers scripts, each with the texts of those that it reads in and with their
/// functions, those first.
pub(in crate::frontend) fn in_order(
    sources: &[Source<'_>],
    links: fn(&str) -> Vec<Link>,
    lower: impl Fn(&Source<'_>, &[&str], &Borrowed) -> Lowered,
) -> Lowered {
    let read_in = by(sources, links);
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|index| read_in[*index].len());
    let mut done: Vec<Lowered> = sources.iter().map(|_| Lowered::default()).collect();
    for index in order {
        let others = &read_in[index];
        let texts: Vec<&str> = others.iter().map(|other| &*sources[*other].text).collect();
        let mut borrowed = Borrowed::new();
        for procedure in others.iter().flat_map(|other| &done[*other].procedures) {
            borrowed.insert(procedure.name.clone(), procedure.span);
        }
        let mut found = lower(&sources[index], &texts, &borrowed);
        let users = sources.iter().zip(&read_in).filter(|(_, by)| by.contains(&index));
        let users: Vec<&str> = users.map(|(user, _)| &*user.text).collect();
        leave_to_callers(&mut found, &users);
        done[index] = found;
    }
    let mut lowered = Lowered::default();
    for found in done {
        lowered.extend(found);
    }
    lowered
}

/// The paths that a script's `source` lines may mean, relative to its folder.
/// What stands in front of a variable's `/` is left out, since that mostly is the
/// script's folder or one above it.
pub(super) fn links(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    let chained = CHAINED.map(memmem::Finder::new);
    for path in text.lines().filter_map(|line| sourced(line, &chained)) {
        let known = match path.rfind(['}', ')', '"']) {
            Some(at) => &path[at + 1..],
            None if path.starts_with('$') => path.split_once('/').map_or("", |(_, rest)| rest),
            None => path,
        };
        let known = known.trim_start_matches(['/', '"']);
        let name = known.rsplit('/').next().unwrap_or(known);
        if known.is_empty() || known.contains(['$', '`']) || path.starts_with('/') {
            continue;
        }
        let paths = [known.to_owned(), name.to_owned(), format!("../{known}")];
        links.extend(paths.map(Link::File));
    }
    links
}

/// How a script is read in behind another command.
const CHAINED: [&str; 2] = ["&& source ", "&& . "];

/// The path that a line reads in.
fn sourced<'l>(line: &'l str, chained: &[memmem::Finder<'_>]) -> Option<&'l str> {
    let line = line.trim_start();
    let at = ["source ", ". "].iter().find_map(|word| line.strip_prefix(word));
    let behind = |words: &memmem::Finder<'_>| {
        line.get(words.find(line.as_bytes())? + words.needle().len()..)
    };
    let at = at.or_else(|| chained.iter().find_map(behind))?.trim_start();
    // `"$(dirname "$0")/lib.sh"` has blanks and quotes inside.
    let end = at.find(".sh").map(|end| end + 3).or_else(|| at.find([' ', ';']));
    let path = &at[..end.unwrap_or(at.len())];
    Some(path.trim_start_matches(['"', '\'']).trim_end_matches(['"', '\'', ';']))
}

/// For each script the ones that it reads in, among those that are at hand; the
/// innermost first. What a script's lines link to is asked for.
fn by(all: &[Source<'_>], links: fn(&str) -> Vec<Link>) -> Vec<Vec<usize>> {
    if all.len() < 2 {
        return all.iter().map(|_| Vec::new()).collect();
    }
    let places: HashMap<&str, usize> =
        all.iter().enumerate().map(|(index, source)| (&*source.path, index)).collect();
    let direct = |(index, source): (usize, &Source<'_>)| {
        let folder = folder_of(&source.path);
        let paths = links(&source.text).into_iter().map(|link| link.seen_from(folder));
        let known = paths.filter_map(|link| places.get(link.path()).copied());
        known.filter(|other| *other != index).collect()
    };
    let direct: Vec<Vec<usize>> = all.iter().enumerate().map(direct).collect();
    let longest = LONGEST.min(LONGEST_TOGETHER / all.len());
    let inclusion = |start: usize| {
        let mut inclusion = Inclusion { all, direct: &direct, left: longest, seen: HashMap::new() };
        let mut found = Vec::new();
        inclusion.follow(start, 0, &mut found);
        found.retain(|index| *index != start);
        found
    };
    (0..all.len()).map(inclusion).collect()
}

/// Leaves out calls that the parameters of a function decide, if scripts that
/// read it in call it: they say what it comes to.
fn leave_to_callers(lowered: &mut Lowered, users: &[&str]) {
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut words = HashSet::new();
    for text in users {
        words.extend(text.split(|letter| !is_name(letter)));
        words.extend(text.split(|letter| !is_name(letter) && letter != '-'));
    }
    for procedure in &mut lowered.procedures {
        if words.contains(procedure.name.as_str()) {
            let own = &procedure.parameters;
            leave_out(&mut procedure.body, &|step| match step {
                Step::Call(Operation { action: Action::Unresolved(text), .. }) => {
                    is_parameter(text) || own.contains(text)
                }
                _ => false,
            });
        }
    }
    lowered.procedures.retain(|procedure| !procedure.body.is_empty());
}

/// Whether a text is a parameter of a function: `$1`, `$@`.
fn is_parameter(text: &str) -> bool {
    let bare = text.trim_start_matches(['$', '{']);
    bare.starts_with(|first: char| first.is_ascii_digit() || first == '@' || first == '*')
}

/// The scripts that one reads in.
struct Inclusion<'a> {
    all: &'a [Source<'a>],
    /// The ones that each reads in itself.
    direct: &'a [Vec<usize>],
    /// How many bytes there is room for.
    left: usize,
    /// How deep each has been met.
    seen: HashMap<usize, usize>,
}

impl Inclusion<'_> {
    fn follow(&mut self, index: usize, depth: usize, found: &mut Vec<usize>) {
        let known = self.seen.get(&index).copied();
        if depth > DEEPEST || known.is_some_and(|known| known <= depth) {
            return;
        }
        self.seen.insert(index, depth);
        for other in &self.direct[index] {
            self.follow(*other, depth + 1, found);
        }
        let length = self.all[index].text.len();
        if known.is_none() && depth > 0 && length <= self.left {
            self.left -= length;
            found.push(index);
        }
    }
}

/// A script with texts at a place in its own.
pub(in crate::frontend) fn with(source: &Source<'_>, at: usize, texts: &[&str]) -> Source<'static> {
    let mut whole = source.embed();
    whole.copy(0..at);
    for text in texts {
        let text = text.replace("\r\n", "\n");
        whole.replace("\n", at..at);
        whole.replace(&text, at..at);
        whole.replace("\n", at..at);
    }
    whole.copy(at..source.text.len());
    whole.finish()
}

/// Leaves out what stands in texts that were put in at a place, the only one that
/// they have but for functions that are known elsewhere; those are only called.
pub(in crate::frontend) fn without(lowered: &mut Lowered, place: Span) {
    let is_own = |span: Span| span != place && span.file == place.file;
    lowered.procedures.retain(|procedure| is_own(procedure.span));
    for procedure in &mut lowered.procedures {
        leave_out(&mut procedure.body, &|step| match step {
            Step::Call(operation) => operation.span == place,
            Step::Expand(declaration) => declaration.span == place,
            Step::Invoke(invocation) => invocation.procedure == place,
            _ => false,
        });
    }
    lowered.procedures.retain(|procedure| !procedure.body.is_empty());
    lowered.declarations.retain(|declaration| declaration.span != place);
    lowered.problems.retain(|problem| problem.span != Some(place));
}

/// Leaves out the steps that are unwanted, and what is empty without them.
fn leave_out(steps: &mut Vec<Step>, unwanted: &impl Fn(&Step) -> bool) {
    steps.retain_mut(|step| {
        if unwanted(step) {
            return false;
        }
        let invokes = matches!(step, Step::Invoke(invocation) if invocation.body.is_empty());
        let mut bodies = step.bodies_mut();
        for body in &mut bodies {
            leave_out(body, unwanted);
        }
        invokes || bodies.is_empty() || bodies.iter().any(|body| !body.is_empty())
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_behind_variables_are_relative_to_the_script() {
        let first = |text: &str| match links(text).first() {
            Some(Link::File(path)) => Some(path.clone()),
            _ => None,
        };
        let cases = [
            ("source lib.sh", "lib.sh"),
            (". ./lib.sh || exit", "./lib.sh"),
            ("source \"$SCRIPT_DIR/lib/common.sh\"", "lib/common.sh"),
            ("source \"${DIR}/lib.sh\"", "lib.sh"),
            ("source \"$(dirname \"$0\")/lib.sh\"", "lib.sh"),
            ("[ -f lib.sh ] && source ./lib.sh", "./lib.sh"),
        ];
        for (text, path) in cases {
            assert_eq!(first(text).as_deref(), Some(path), "{text}");
        }
        assert_eq!(first("source /etc/profile"), None);
        assert_eq!(first("source \"$FILE\""), None);
    }
}
