//! Code inside a configuration: `user_data`, provisioners, commands and
//! templates of other services.

use tree_sitter::Node as SyntaxNode;

use crate::frontend::{Context, FRONTENDS, Lowered, lower_embedded};
use crate::procedure::{Attempt, Node, Procedure, Value};
use crate::source::Source;

use super::configuration::{Attribute, Block};
use super::embed::Marking;
use super::encoding;
use super::evaluate::Evaluator;
use super::scope::Scope;
use super::text::{Join, Text, items, texts};

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

/// How a cloud-init configuration begins.
const CLOUD_CONFIG: &str = "#cloud-config";

/// Code in its place.
struct Code<'t> {
    label: &'static str,
    value: SyntaxNode<'t>,
    join: Join,
    language: Language,
    /// Whether the run goes on when it fails.
    may_fail: bool,
}

/// What the code inside a block does.
pub(super) fn embedded<'t>(
    block: &Block<'t>,
    evaluator: &Evaluator<'_, 't>,
    context: Context<'_>,
) -> Lowered {
    let mut lowered = Lowered::default();
    let Some(address) = block.address() else { return lowered };
    let scope = evaluator.inside(block);
    for code in code(block, evaluator, &scope) {
        for text in texts(code.value, evaluator, &scope, &code.join) {
            let mut inner = lower(&text, code.language, evaluator, context);
            for procedure in &mut inner.procedures {
                adopt(procedure, &code, &address);
            }
            lowered.extend(inner);
        }
    }
    lowered
}

/// Gives a procedure its place in the configuration.
fn adopt(procedure: &mut Procedure, code: &Code<'_>, address: &str) {
    let name = if procedure.name == "main" { code.label } else { &procedure.name };
    procedure.name = format!("{name} of {address}");
    if code.may_fail {
        let body = std::mem::take(&mut procedure.body);
        let attempt = Attempt { body, handlers: Vec::new(), finally: Vec::new() };
        procedure.body = vec![Node::Attempt(attempt)];
    }
}

fn lower<'t>(
    text: &Text<'_, 't>,
    language: Language,
    evaluator: &Evaluator<'_, 't>,
    context: Context<'_>,
) -> Lowered {
    let (mut source, mut standins) = text.embed(evaluator, Marking::Dollar);
    if let (Language::Script, Some(decoded)) = (language, encoding::decoded(&source)) {
        source = decoded;
    }
    let Some(name) = frontend(language, &source) else { return Lowered::default() };
    if name == "python" {
        (source, standins) = text.embed(evaluator, Marking::Bare);
    }
    if source.text.trim_start().starts_with(CLOUD_CONFIG) && source.may_embed() {
        source = encoding::commands(&source);
    }
    let mut lowered = lower_embedded(name, &source, context);
    standins.restore(&mut lowered);
    lowered
}

/// The code inside a block.
fn code<'t>(
    block: &Block<'t>,
    evaluator: &Evaluator<'_, 't>,
    scope: &Scope<'_, 't>,
) -> Vec<Code<'t>> {
    let kind = if block.name == "module" { "" } else { block.labels.first().unwrap_or(&"") };
    let is_for = |slot: &&Slot| slot.types.is_empty() || slot.types.contains(&kind);
    let mut found = Vec::new();
    for attribute in block.attributes() {
        let named = |slot: &&Slot| slot.attribute == attribute.name;
        if let Some(slot) = SLOTS.iter().filter(is_for).find(named)
            && !is_for_windows(block, evaluator, scope)
        {
            found.push(Code::new(slot.attribute, attribute, slot.language));
        }
    }
    if kind == "external" {
        found.extend(block.attribute("program").and_then(|list| program(list, evaluator, scope)));
    }
    let text = evaluator.configuration.text(block.file);
    for provisioner in block.blocks("provisioner", text) {
        found.extend(provisioned(&provisioner, evaluator, scope));
    }
    found
}

impl<'t> Code<'t> {
    fn new(label: &'static str, attribute: Attribute<'t>, language: Language) -> Self {
        Self { label, value: attribute.value, join: Join::lines(), language, may_fail: false }
    }
}

/// Whether a command says that it is for PowerShell or a batch interpreter.
fn is_for_windows<'t>(
    block: &Block<'t>,
    evaluator: &Evaluator<'_, 't>,
    scope: &Scope<'_, 't>,
) -> bool {
    let kind = block.attribute("type").map(|kind| evaluator.attribute(kind, scope).value);
    matches!(kind, Some(Value::Text(kind)) if kind.starts_with("Run") && kind != "RunShellScript")
}

/// What a provisioner runs.
fn provisioned<'t>(
    provisioner: &Block<'t>,
    evaluator: &Evaluator<'_, 't>,
    scope: &Scope<'_, 't>,
) -> Option<Code<'t>> {
    let (label, attribute, language) = match *provisioner.labels.first()? {
        "local-exec" => ("local-exec", "command", interpreter(provisioner, evaluator, scope)?),
        "remote-exec" => ("remote-exec", "inline", Language::Script),
        "file" => ("file", "content", Language::Marked),
        _ => return None,
    };
    let mut code = Code::new(label, provisioner.attribute(attribute)?, language);
    let on_failure = provisioner.attribute("on_failure");
    code.may_fail = on_failure.is_some_and(|word| {
        let written = evaluator.configuration.slice(word.file, word.value);
        written.trim_matches('"') == "continue"
    });
    Some(code)
}

/// The language of a provisioner's interpreter; none if no front end reads it.
fn interpreter<'t>(
    provisioner: &Block<'t>,
    evaluator: &Evaluator<'_, 't>,
    scope: &Scope<'_, 't>,
) -> Option<Language> {
    let Some(attribute) = provisioner.attribute("interpreter") else {
        return Some(Language::Named("shell"));
    };
    let Value::List(words) = evaluator.attribute(attribute, scope).value else {
        return Some(Language::Named("shell"));
    };
    let words: Option<Vec<&str>> = words.iter().map(Value::as_text).collect();
    match words {
        Some(words) => interpreter_of(words.into_iter()).map(Language::Named),
        None => Some(Language::Named("shell")),
    }
}

/// What `program = […]` runs: an interpreter with its script, or a command.
fn program<'t>(
    attribute: Attribute<'t>,
    evaluator: &Evaluator<'_, 't>,
    scope: &Scope<'_, 't>,
) -> Option<Code<'t>> {
    let mut code = Code::new("program", attribute, Language::Named("shell"));
    let items = items(attribute.value);
    let word = |item| evaluator.evaluate(item, scope).value.as_text().map(str::to_owned);
    let words: Vec<String> = items.iter().map(|item| word(*item).unwrap_or_default()).collect();
    if let Some(option) =
        words.iter().position(|word| matches!(word.as_str(), "-c" | "-ec" | "-lc"))
        && let Some(script) = items.get(option + 1)
    {
        code.language = Language::Named(interpreter_of(words.iter().map(String::as_str))?);
        code.value = *script;
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
        (_, Some(line)) => interpreter_of(line.split_whitespace()),
        (Language::Marked, None) => None,
        (Language::Script, None) => {
            // `[bat]`, `[powershell]` and `<powershell>` are for Windows.
            (!text.starts_with(['[', '<'])).then_some("shell")
        }
    }
}

/// The front end for an interpreter: `/usr/bin/env python3.11` is python's.
fn interpreter_of<'w>(words: impl Iterator<Item = &'w str>) -> Option<&'static str> {
    let programs = words.filter(|word| !word.starts_with('-'));
    let mut names = programs.map(|word| word.rsplit(['/', '\\']).next().unwrap_or(word));
    let name = names.find(|name| *name != "env")?;
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let frontend = FRONTENDS.iter().find(|frontend| {
        frontend.interpreters.contains(&name) || frontend.interpreters.contains(&stem)
    });
    frontend.map(|frontend| frontend.name)
}

#[cfg(test)]
mod tests {
    use super::super::configuration::Configuration;
    use super::super::recovery;
    use super::*;
    use crate::source::FileId;

    /// The texts of all code, each with the outer text of its last line.
    fn scripts(text: &str) -> Vec<(String, String)> {
        let source = Source::file(FileId(0), "", text);
        let (mut parsed, mut problems) = (Vec::new(), Vec::new());
        recovery::parse(&source, &mut parsed, &mut problems);
        let configuration = Configuration::read(&parsed);
        let evaluator = Evaluator::new(&configuration);
        let mut found = Vec::new();
        for block in configuration.present() {
            let scope = evaluator.inside(block);
            for code in code(block, &evaluator, &scope) {
                for part in texts(code.value, &evaluator, &scope, &code.join) {
                    let (code, _) = part.embed(&evaluator, Marking::Dollar);
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
