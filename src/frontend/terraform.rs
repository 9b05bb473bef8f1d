//! Terraform and `OpenTofu` configurations: a folder is a module, its files are
//! read together, and modules that it calls by a path are followed.
//!
//! Resources and data sources become declarations; which calls they make is for
//! bindings to say. Scripts inside them (`user_data`, provisioners, commands) go
//! to the front end of their language. Values are told as far as the modules at
//! hand go; whatever comes from a root's variables, from modules elsewhere or from
//! data sources is unknown.

mod calls;
mod datum;
mod embed;
mod evaluate;
mod function;
mod instance;
mod json;
mod link;
mod module;
mod native;
pub(super) mod packer;
mod project;
mod resource;
mod scope;
mod script;
mod standin;
mod terragrunt;
mod text;
mod tree;
mod unread;

pub(super) use unread::NAME as UNREAD_MODULES;

use crate::frontend::{Context, Frontend, Grouping, Lowered};
use crate::source::Source;

use evaluate::Evaluator;
use project::Project;
use scope::Scope;
use script::Scripts;

/// Names of the grammar's nodes. Its `operation` and `conditional` nodes nest
/// against the language's rules; [`expression`] puts them right.
mod kind {
    // The frame: blocks, their labels and their attributes.
    pub(super) const CONFIG_FILE: &str = "config_file";
    pub(super) const BODY: &str = "body";
    pub(super) const BLOCK: &str = "block";
    pub(super) const BLOCK_START: &str = "block_start";
    pub(super) const ATTRIBUTE: &str = "attribute";
    pub(super) const IDENTIFIER: &str = "identifier";
    pub(super) const EXPRESSION: &str = "expression";
    pub(super) const COMMENT: &str = "comment";
    // Expressions, beginning with the two that are taken apart and rebuilt.
    pub(super) const CONDITIONAL: &str = "conditional";
    pub(super) const OPERATION: &str = "operation";
    pub(super) const BINARY: &str = "binary_operation";
    pub(super) const UNARY: &str = "unary_operation";
    pub(super) const LITERAL: &str = "literal_value";
    pub(super) const NULL: &str = "null_lit";
    pub(super) const TEMPLATE: &str = "template_expr";
    pub(super) const COLLECTION: &str = "collection_value";
    pub(super) const TUPLE: &str = "tuple";
    pub(super) const OBJECT: &str = "object";
    pub(super) const OBJECT_ELEMENT: &str = "object_elem";
    pub(super) const VARIABLE: &str = "variable_expr";
    pub(super) const CALL: &str = "function_call";
    pub(super) const CALL_ARGUMENTS: &str = "function_arguments";
    pub(super) const ELLIPSIS: &str = "ellipsis";
    pub(super) const FOR: &str = "for_expr";
    pub(super) const FOR_INTRO: &str = "for_intro";
    pub(super) const FOR_CONDITION: &str = "for_cond";
    // What follows a value: `.name`, `[index]`, `.0`, `.*`, `[*]`.
    pub(super) const GET_ATTRIBUTE: &str = "get_attr";
    pub(super) const INDEX: &str = "index";
    pub(super) const NEW_INDEX: &str = "new_index";
    pub(super) const LEGACY_INDEX: &str = "legacy_index";
    pub(super) const SPLAT: &str = "splat";
    pub(super) const ATTRIBUTE_SPLAT: &str = "attr_splat";
    pub(super) const FULL_SPLAT: &str = "full_splat";
    // Strings.
    pub(super) const STRING: &str = "string_lit";
    pub(super) const QUOTE_START: &str = "quoted_template_start";
    pub(super) const QUOTE_END: &str = "quoted_template_end";
    pub(super) const HEREDOC: &str = "heredoc_template";
    pub(super) const HEREDOC_START: &str = "heredoc_start";
    pub(super) const HEREDOC_IDENTIFIER: &str = "heredoc_identifier";
    pub(super) const INTERPOLATION: &str = "template_interpolation";
    pub(super) const STRIP_MARKER: &str = "strip_marker";
    pub(super) const FOR_TAG: &str = "template_for_start";
    pub(super) const IF_TAG: &str = "template_if_intro";
    pub(super) const ELSE_TAG: &str = "template_else_intro";
    pub(super) const DIRECTIVE_TAGS: &[&str] =
        &[FOR_TAG, "template_for_end", IF_TAG, ELSE_TAG, "template_if_end"];
}

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "terraform",
    reads: "Terraform and OpenTofu modules, and what Terragrunt applies",
    globs: &[
        "*.tf",
        "*.tofu",
        "*.tf.json",
        "*.tofu.json",
        "terragrunt.hcl",
        "terraform.tfvars",
        "terraform.tfvars.json",
        "*.auto.tfvars",
        "*.auto.tfvars.json",
    ],
    interpreters: &[],
    recognises: None,
    words: &[&["alicloud", "aliyun"]],
    grouping: Grouping::Folders(link::links),
    max_bytes: 8 << 20,
    lower,
};

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    let project = Project::read(sources, context.values, &mut lowered.problems);
    let evaluator = Evaluator::new(&project);
    let mut scripts = Scripts::new(&evaluator, context);
    let root =
        |module: usize| evaluator.add_instance(&project.modules[module], String::new(), None);
    let mut pending: Vec<usize> = project.roots().into_iter().map(root).collect();
    pending.reverse();
    while let Some(number) = pending.pop() {
        let children = lower_instance(number, &evaluator, &mut scripts, &mut lowered);
        pending.extend(children.into_iter().rev());
    }
    lowered.problems.extend(evaluator.into_problems());
    lowered.procedures.extend(unread::procedures(&project, FRONTEND.name));
    lowered
}

/// Lowers what a module instance declares, and gives the instances that it makes
/// of other modules.
fn lower_instance<'p>(
    number: usize,
    evaluator: &Evaluator<'p>,
    scripts: &mut Scripts<'_, 'p, '_>,
    lowered: &mut Lowered,
) -> Vec<usize> {
    let mut children = Vec::new();
    let instance = evaluator.instance(number);
    let module = instance.module;
    let is_unit = terragrunt::is_unit(&module.folder);
    for (number, block) in module.blocks.iter().enumerate() {
        if &*block.name == "terraform" {
            lowered.extend(scripts.hooks(block, Scope::of(&instance)));
        }
        if is_unit {
            lowered.extend(scripts.commands(block, Scope::of(&instance)));
        }
        if block.address().is_none() {
            continue;
        }
        if &*block.name == "module" {
            children.extend(evaluator.children(&instance, number).iter());
        }
        let expansion = evaluator.expansion(&instance, number);
        for (place, occurrence) in expansion.occurrences.iter().enumerate() {
            let mut occurrence = occurrence.clone();
            occurrence.this = Some(evaluator.this(&instance, number, place));
            let scope = Scope::inside(&instance, &occurrence);
            lowered.declarations.extend(resource::declaration(block, evaluator, scope));
            lowered.extend(scripts.embedded(block, scope));
        }
    }
    children
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemKind;
    use crate::ruleset::built_in_catalogue;
    use crate::source::FileId;

    fn lowered(text: &str) -> Lowered {
        let context = Context { catalogue: &built_in_catalogue(), values: &[] };
        lower(&[Source::file(FileId(0), "main.tf", text)], context)
    }

    #[test]
    fn deep_nesting_is_a_problem_and_no_overflow() {
        let nested = |open: &str, close: &str| {
            let value = open.repeat(5_000) + "a" + &close.repeat(5_000);
            lowered(&format!("resource \"alicloud_disk\" \"a\" {{\n  x = {value}\n}}\n"))
        };
        for (open, close) in
            [("[", "]"), ("(", ")"), ("f(", ")"), ("a ? ", " : b"), ("[for i in ", " : i]")]
        {
            let lowered = nested(open, close);
            assert_eq!(lowered.declarations.len(), 1, "{open}");
            assert_eq!(lowered.problems[0].kind, ProblemKind::TooDeep, "{open}");
        }
        for (open, close) in
            [("a[", "]"), ("a ? b : ", ""), ("1 + ", ""), ("!", ""), ("\"${", "}\"")]
        {
            assert!(lowered_is_small(&nested(open, close)), "{open}");
        }
        assert!(lowered_is_small(&lowered(&format!(
            "resource \"alicloud_disk\" \"a\" {{ {} {} }}",
            "x { ".repeat(5_000),
            "}".repeat(5_000)
        ))));
    }

    #[test]
    fn locals_that_grow_without_bound_are_unknown() {
        let mut text = "locals {\na0 = 1\ns0 = \"x\"\n".to_owned();
        for (last, next) in (0..3000).zip(1..) {
            let list = format!("a{next} = [local.a{last}, local.a{last}]\n");
            let string = format!("s{next} = \"${{local.s{last}}}${{local.s{last}}}\"\n");
            text.extend([list, string]);
        }
        text.push_str(
            "}\nresource \"alicloud_disk\" \"a\" {\nx = local.a3000\ny = local.s3000\n}\n",
        );
        assert!(lowered_is_small(&lowered(&text)));
    }

    #[test]
    fn modules_and_loops_that_multiply_are_cut() {
        let calls = |next: usize| {
            let call = |name| format!("module \"{name}\" {{\n source = \"../m{next}\"\n}}\n");
            call("a") + &call("b") + "resource \"alicloud_disk\" \"d\" {}\n"
        };
        let files: Vec<(String, String)> =
            (0..24).map(|number| (format!("m{number}/main.tf"), calls(number + 1))).collect();
        let sources: Vec<Source<'_>> = files
            .iter()
            .zip(0..)
            .map(|((path, text), number)| Source::file(FileId(number), path, text))
            .collect();
        let modules = lower(&sources, Context { catalogue: &built_in_catalogue(), values: &[] });
        assert!(modules.declarations.len() <= 20_001);
        assert_eq!(modules.problems[0].kind, ProblemKind::TooLarge);

        let loops = "[for a in range(1000) : [for b in range(1000) : a * b]]";
        let resource = |number| {
            format!("resource \"alicloud_disk\" \"d{number}\" {{\nx = {loops}\ny = 1 + 1\n}}\n")
        };
        let lowered = lowered(&(0..3).map(resource).collect::<String>());
        let properties: Vec<_> =
            lowered.declarations.iter().flat_map(|declaration| &declaration.properties).collect();
        assert_eq!(properties.len(), 6);
        assert!(properties.iter().skip(1).step_by(2).all(|it| it.value.as_text() == Some("2")));
    }

    fn lowered_is_small(lowered: &Lowered) -> bool {
        let properties =
            lowered.declarations.iter().flat_map(|declaration| &declaration.properties);
        properties.count() < 100
    }
}
