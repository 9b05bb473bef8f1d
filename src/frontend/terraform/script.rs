//! Code inside a configuration: `user_data`, provisioners, commands and
//! templates of other services.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use crate::frontend::template::user_data;
use crate::frontend::{Context, Lowered, encoding, host, interpreted_by, lower_embedded};
use crate::procedure::{Attempt, Failure, Handler, Invocation, Node, Procedure};
use crate::source::{Source, Span};

use super::calls;
use super::embed::Marking;
use super::evaluate::Evaluator;
use super::scope::Scope;
use super::terragrunt;
use super::text::{Join, Text, items, texts};
use super::tree::{Attribute, Block, Expression};

/// An attribute that holds code.
struct Slot {
    /// Types whose attribute it is; none for any.
    types: &'static [&'static str],
    attribute: &'static str,
    language: Language,
}

/// How the language of code is told.
#[derive(Clone, Copy)]
enum Language {
    /// By its `#!` line; a shell's without one.
    Script,
    /// By its `#!` line; without one it is not code.
    Marked,
    /// It is that of a front end.
    Named(&'static str),
}

const SLOTS: &[Slot] = &[
    Slot { types: &[], attribute: "user_data", language: Language::Script },
    Slot { types: &[], attribute: "user_data_base64", language: Language::Script },
    Slot {
        types: &["alicloud_ecs_command"],
        attribute: "command_content",
        language: Language::Script,
    },
    Slot { types: &["template_file"], attribute: "template", language: Language::Marked },
    Slot {
        types: &["local_file", "local_sensitive_file"],
        attribute: "content",
        language: Language::Marked,
    },
    Slot {
        types: &["alicloud_oos_template"],
        attribute: "content",
        language: Language::Named("oos"),
    },
    Slot {
        types: &["alicloud_ros_stack", "alicloud_ros_stack_group", "alicloud_ros_template"],
        attribute: "template_body",
        language: Language::Named("ros"),
    },
];

/// Code in its place.
struct Code<'p> {
    label: &'static str,
    value: &'p Expression,
    join: Join,
    language: Language,
    /// Whether the run goes on when it fails.
    may_fail: bool,
    /// When a provisioner runs it.
    when: Option<When>,
}

/// When the code of a provisioner runs, one after the other.
#[derive(Clone, Copy, Eq, PartialEq)]
enum When {
    /// Once the resource is there.
    Created,
    /// Before it goes away.
    Destroyed,
}

/// Reads the code inside blocks.
pub(super) struct Scripts<'e, 'p, 'c> {
    evaluator: &'e Evaluator<'p>,
    context: Context<'c>,
    /// What was read: the same code in the same place, with the same values in
    /// it, is read once, however often its block occurs.
    seen: HashSet<u64>,
}

impl<'e, 'p, 'c> Scripts<'e, 'p, 'c> {
    pub(super) fn new(evaluator: &'e Evaluator<'p>, context: Context<'c>) -> Self {
        Self { evaluator, context, seen: HashSet::new() }
    }

    /// What the code inside an occurrence of a block does.
    pub(super) fn embedded(&mut self, block: &'p Block, scope: Scope<'_, 'p>) -> Lowered {
        let mut lowered = Lowered::default();
        let Some(address) = block.address() else { return lowered };
        let suffix = scope.occurrence.map_or("", |occurrence| &occurrence.suffix);
        let address = format!("{}{address}{suffix}", scope.instance.prefix);
        let mut runs = Vec::new();
        for code in code(block, self.evaluator, scope) {
            for text in texts(code.value, self.evaluator, scope, &code.join) {
                let mut inner = self.lower(&text, code.language).unwrap_or_default();
                let is_run = |procedure: &Procedure| procedure.name == "main";
                let run = inner.procedures.iter().position(is_run);
                for procedure in &mut inner.procedures {
                    adopt(procedure, &code, &address);
                }
                if let Some((when, at)) = code.when.zip(run) {
                    runs.push((when, inner.procedures.remove(at)));
                }
                lowered.extend(inner);
            }
        }
        lowered.procedures.extend(in_order(runs));
        lowered
    }

    /// What the commands around an apply do, each a procedure of its own.
    pub(super) fn hooks(&mut self, block: &'p Block, scope: Scope<'_, 'p>) -> Lowered {
        let mut lowered = Lowered::default();
        for kind in terragrunt::HOOKS {
            for hook in block.blocks(kind) {
                let Some(execute) = hook.attribute("execute") else { continue };
                let name = hook.labels.first().map_or("", |label| label);
                for text in texts(&execute.value, self.evaluator, scope, &Join::Words) {
                    let inner = self.lower(&text, Language::Named("shell"));
                    let mut inner = inner.unwrap_or_default();
                    for procedure in &mut inner.procedures {
                        procedure.name = format!("{kind} {name}");
                    }
                    lowered.extend(inner);
                }
            }
        }
        lowered
    }

    /// What the commands do whose output Terragrunt puts in their places, each a
    /// procedure of its own.
    pub(super) fn commands(&mut self, block: &'p Block, scope: Scope<'_, 'p>) -> Lowered {
        let mut lowered = Lowered::default();
        for call in calls::of(terragrunt::RUN, block) {
            let is_option =
                |word: &&Expression| self.evaluator.written(word.place).starts_with("\"--");
            let parts: Vec<_> = call.arguments.iter().skip_while(is_option).collect();
            let (join, arguments, variables) = (Join::Words, Vec::new(), Rc::new([]) as _);
            let text = Text { scope, parts, join, arguments, variables };
            let mut inner = self.lower(&text, Language::Named("shell")).unwrap_or_default();
            for procedure in &mut inner.procedures {
                terragrunt::RUN.clone_into(&mut procedure.name);
            }
            lowered.extend(inner);
        }
        lowered
    }

    fn lower(&mut self, text: &Text<'_, 'p>, language: Language) -> Option<Lowered> {
        let (mut source, mut standins) = text.embed(self.evaluator, Marking::Dollar)?;
        let mut hasher = DefaultHasher::new();
        (&source.text, source.span(0..source.text.len()), standins.values()).hash(&mut hasher);
        if !self.seen.insert(hasher.finish()) {
            return None;
        }
        if let (Language::Script, Some(decoded)) = (language, encoding::decoded(&source)) {
            source = decoded;
        }
        if let (Language::Script, Some(inner)) = (language, user_data::scripts(&source)) {
            let mut lowered = Lowered::default();
            for script in &inner {
                if let Some(name) = frontend(language, script) {
                    lowered.extend(lower_embedded(name, script, self.context));
                }
            }
            standins.restore(&mut lowered);
            return Some(lowered);
        }
        let name = frontend(language, &source)?;
        if name == "python" {
            (source, standins) = text.embed(self.evaluator, Marking::Bare)?;
        }
        let mut lowered = lower_embedded(name, &source, self.context);
        standins.restore(&mut lowered);
        Some(lowered)
    }
}

/// Gives a procedure its place in the configuration.
fn adopt(procedure: &mut Procedure, code: &Code<'_>, address: &str) {
    let name = if procedure.name == "main" { code.label } else { &procedure.name };
    procedure.name = format!("{name} of {address}");
    if code.may_fail {
        let mut body = std::mem::take(&mut procedure.body);
        host::end_with_last(&mut body);
        // The error is printed, and the apply succeeds.
        let handlers = vec![Handler { silent: true, ..Handler::default() }];
        let attempt = Attempt { body, handlers, finally: Vec::new() };
        procedure.body = vec![Node::Attempt(attempt)];
    }
}

/// Runs of code at the same time, one after the other: the failure of one ends them.
fn in_order(runs: Vec<(When, Procedure)>) -> Vec<Procedure> {
    let (created, destroyed): (Vec<_>, Vec<_>) =
        runs.into_iter().partition(|(when, _)| *when == When::Created);
    let joined = [created, destroyed].into_iter().flat_map(|runs| {
        let runs: Vec<Procedure> = runs.into_iter().map(|(_, run)| run).collect();
        let (Some(first), Some(last)) = (runs.first(), runs.last()) else { return runs };
        if runs.len() == 1 || first.span.file != last.span.file {
            return runs;
        }
        let span = Span { end: last.span.end.max(first.span.end), ..first.span };
        let (name, frontend) = (first.name.clone(), first.frontend);
        let body = runs.into_iter().map(process).collect();
        vec![Procedure { name, span, frontend, parameters: Vec::new(), body }]
    });
    joined.collect()
}

fn process(run: Procedure) -> Node {
    let Procedure { span, mut body, .. } = run;
    host::end_with_last(&mut body);
    let (given, failure) = (Vec::new(), Failure::Raises);
    Node::Invoke(Invocation { procedure: span, given, failure, process: true, body })
}

/// The code inside a block. What a module is given that is here is code where it
/// is used.
fn code<'p>(block: &'p Block, evaluator: &Evaluator<'p>, scope: Scope<'_, 'p>) -> Vec<Code<'p>> {
    let is_call = &*block.name == "module";
    if is_call && evaluator.project.called(scope.instance.module, block).is_some() {
        return Vec::new();
    }
    let kind = if is_call { "" } else { block.labels.first().map_or("", |kind| kind) };
    let is_for = |slot: &&Slot| slot.types.is_empty() || slot.types.contains(&kind);
    let mut found = Vec::new();
    for attribute in block.attributes() {
        let named = |slot: &&Slot| slot.attribute == &*attribute.name;
        if let Some(slot) = SLOTS.iter().filter(is_for).find(named)
            && !is_for_windows(block, evaluator, scope)
        {
            found.push(Code::new(slot.attribute, attribute, slot.language));
        }
    }
    if kind == "external" {
        found.extend(block.attribute("program").and_then(|list| program(list, evaluator, scope)));
    }
    for provisioner in block.blocks("provisioner") {
        found.extend(provisioned(provisioner, evaluator, scope));
    }
    found
}

impl<'p> Code<'p> {
    fn new(label: &'static str, attribute: &'p Attribute, language: Language) -> Self {
        Self {
            label,
            value: &attribute.value,
            join: Join::lines(),
            language,
            may_fail: false,
            when: None,
        }
    }

    /// A script in a file of its own.
    fn reading(text: &'p Expression) -> Self {
        let (language, join) = (Language::Script, Join::lines());
        Self { label: "remote-exec", value: text, join, language, may_fail: false, when: None }
    }
}

/// Whether a command says that it is for PowerShell or a batch interpreter.
fn is_for_windows<'p>(block: &'p Block, evaluator: &Evaluator<'p>, scope: Scope<'_, 'p>) -> bool {
    let kind = block.attribute("type").map(|kind| evaluator.evaluate(&kind.value, scope));
    let kind = kind.and_then(|kind| kind.as_text());
    kind.is_some_and(|kind| kind.starts_with("Run") && &*kind != "RunShellScript")
}

/// What a provisioner runs.
fn provisioned<'p>(
    provisioner: &'p Block,
    evaluator: &Evaluator<'p>,
    scope: Scope<'_, 'p>,
) -> Vec<Code<'p>> {
    let written = |label, attribute: &str, language| {
        let attribute = provisioner.attribute(attribute);
        attribute.map(|attribute| Code::new(label, attribute, language)).into_iter().collect()
    };
    let mut codes: Vec<Code<'p>> = match provisioner.labels.first().map_or("", |label| &**label) {
        "local-exec" => match interpreter(provisioner, evaluator, scope) {
            Some(language) => written("local-exec", "command", language),
            None => Vec::new(),
        },
        "remote-exec" => {
            let scripts = remote_scripts(provisioner, evaluator, scope);
            written("remote-exec", "inline", Language::Script).into_iter().chain(scripts).collect()
        }
        "file" => written("file", "content", Language::Marked),
        _ => Vec::new(),
    };
    let on_failure = provisioner.attribute("on_failure");
    let may_fail = on_failure.is_some_and(|word| is_word(word, "continue", evaluator));
    let when = provisioner.attribute("when");
    let destroys = when.is_some_and(|word| is_word(word, "destroy", evaluator));
    for code in &mut codes {
        code.may_fail = may_fail;
        code.when = Some(if destroys { When::Destroyed } else { When::Created });
    }
    codes
}

/// Whether an attribute is a word, in quotes or not.
fn is_word(attribute: &Attribute, word: &str, evaluator: &Evaluator<'_>) -> bool {
    evaluator.written(attribute.value.place).trim_matches('"') == word
}

/// The files that a provisioner copies and runs, as far as they are at hand.
fn remote_scripts<'p>(
    provisioner: &'p Block,
    evaluator: &Evaluator<'p>,
    scope: Scope<'_, 'p>,
) -> Vec<Code<'p>> {
    let attributes = ["script", "scripts"].into_iter();
    let attributes = attributes.filter_map(|name| provisioner.attribute(name));
    let paths = attributes.flat_map(|attribute| items(&attribute.value));
    let files = paths.filter_map(|path| evaluator.file(path, scope));
    files.map(|file| Code::reading(&file.text)).collect()
}

/// The language of a provisioner's interpreter; none if no front end reads it.
fn interpreter<'p>(
    provisioner: &'p Block,
    evaluator: &Evaluator<'p>,
    scope: Scope<'_, 'p>,
) -> Option<Language> {
    let Some(attribute) = provisioner.attribute("interpreter") else {
        return Some(Language::Named("shell"));
    };
    let words = items(&attribute.value).into_iter();
    let words = words.map(|word| evaluator.evaluate(word, scope).as_text());
    let Some(words) = words.collect::<Option<Vec<_>>>() else {
        return Some(Language::Named("shell"));
    };
    interpreted_by(words.iter().map(|word| &**word)).ok().map(Language::Named)
}

/// What `program = […]` runs: an interpreter with its script, or a command.
fn program<'p>(
    attribute: &'p Attribute,
    evaluator: &Evaluator<'p>,
    scope: Scope<'_, 'p>,
) -> Option<Code<'p>> {
    let mut code = Code::new("program", attribute, Language::Named("shell"));
    let items = items(&attribute.value);
    let word = |item: &&'p Expression| evaluator.evaluate(item, scope).as_text();
    let words: Vec<_> = items.iter().map(|item| word(item).unwrap_or_default()).collect();
    if let Some(option) = words.iter().position(|word| matches!(&**word, "-c" | "-ec" | "-lc"))
        && let Some(script) = items.get(option + 1)
    {
        let interpreter = interpreted_by(words.iter().map(|word| &**word)).ok()?;
        code.language = Language::Named(interpreter);
        code.value = script;
        return Some(code);
    }
    code.join = Join::Words;
    Some(code)
}

/// The front end that reads some code.
fn frontend(language: Language, source: &Source<'_>) -> Option<&'static str> {
    let text = source.text.trim_start();
    let marked = text.strip_prefix("#!").and_then(|rest| rest.lines().next());
    match (language, marked) {
        (Language::Named(name), _) => Some(name),
        (_, Some(line)) => interpreted_by(line.split_whitespace()).ok(),
        (Language::Marked, None) => None,
        (Language::Script, None) => {
            // `[bat]`, `[powershell]` and `<powershell>` are for Windows.
            (!text.starts_with(['[', '<'])).then_some("shell")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::project::Project;
    use super::*;
    use crate::source::FileId;

    /// The texts of all code, each with the outer text of its last line.
    fn scripts(text: &str) -> Vec<(String, String)> {
        let files = [Source::file(FileId(0), "main.tf", text)];
        let project = Project::read(&files, &[], &mut Vec::new());
        let evaluator = Evaluator::new(&project);
        let root =
            evaluator.instance(evaluator.add_instance(&project.modules[0], String::new(), None));
        let scope = Scope::of(&root);
        let mut found = Vec::new();
        for block in &project.modules[0].blocks {
            for code in code(block, &evaluator, scope) {
                for part in texts(code.value, &evaluator, scope, &code.join) {
                    let (code, _) = part.embed(&evaluator, Marking::Dollar).unwrap();
                    let last = code.text.trim_end().rfind('\n').map_or(0, |newline| newline + 1);
                    let span = code.span(last..code.text.trim_end().len());
                    let outer = &text[span.start as usize..span.end as usize];
                    found.push((code.text.into_owned(), outer.to_owned()));
                }
            }
        }
        found
    }

    fn script(text: &str) -> (String, String) {
        scripts(text).pop().unwrap()
    }

    #[test]
    fn escapes_and_interpolations_keep_their_places() {
        let (inner, outer) = script(
            r#"resource "a" "b" { user_data = "é\na \"$${c}\" ${var.d}_${var.e} ${1 + 1}" }"#,
        );
        assert_eq!(inner, "é\na \"${c}\" ${var_d}_$var_e 2");
        assert_eq!(outer, r#"a \"$${c}\" ${var.d}_${var.e} ${1 + 1}"#);
    }

    #[test]
    fn heredocs_lose_their_indentation_and_carriage_returns() {
        let (inner, outer) = script(
            "resource \"a\" \"b\" {\r\n user_data = <<-E\r\n   a\r\n\r\n    b ${x.y}\r\n  E\r\n}\r\n",
        );
        assert_eq!(inner, "a\n\n b $x_y\n");
        assert_eq!(outer, " b ${x.y}");
    }

    #[test]
    fn directives_vanish_and_leave_what_they_enclose() {
        let (inner, _) = script(
            "resource \"a\" \"b\" {\nuser_data = <<E\n%{ if a ~}\nb\n%{ else }c%{ endif }\nE\n}\n",
        );
        assert_eq!(inner, "\nb\nc\n");
    }
}
