//! PowerShell scripts and the calls of the `aliyun` command line in them.
//!
//! `repair` makes code parsable that the grammar stumbles over; `script`
//! collects what a script defines: variables and functions with their
//! parameters; `datum` is what is known of a value and `value` evaluates
//! expressions to it; `command` takes commands apart and `resolve` says what
//! they call, through functions too; `statement` lowers statements to steps;
//! `started` knows how programs are started through .NET; `sourced` brings what
//! scripts define that are read in.

mod command;
mod datum;
mod guard;
mod interpolate;
mod line;
mod parameters;
mod repair;
mod request;
mod resolve;
mod script;
mod sourced;
mod started;
mod statement;
mod value;

use crate::frontend::shell;
use crate::frontend::shell::included::{self, Borrowed};
use crate::frontend::{Context, Frontend, Grouping, Lowered, syntax};
use crate::source::Source;

/// Node kinds of tree-sitter-powershell, version 0.26.
mod kind {
    /// `a + b`.
    pub(super) const ADDITION: &str = "additive_expression";
    /// `@( … )`.
    pub(super) const ARRAY: &str = "array_expression";
    /// `(a, b)` of a method.
    pub(super) const ARGUMENT_LIST: &str = "argument_list";
    /// `a, b`.
    pub(super) const ARRAY_LITERAL: &str = "array_literal_expression";
    /// `$name = value`.
    pub(super) const ASSIGNMENT: &str = "assignment_expression";
    /// The sign of an assignment.
    pub(super) const ASSIGNMENT_OPERATOR: &str = "assignement_operator";
    /// `[Attribute()]` and `[type]`.
    pub(super) const ATTRIBUTES: &str = "attribute_list";
    /// `${name}`.
    pub(super) const BRACED_VARIABLE: &str = "braced_variable";
    /// `catch { … }`.
    pub(super) const CATCH: &str = "catch_clause";
    /// All of them.
    pub(super) const CATCHES: &str = "catch_clauses";
    /// The types that a `catch` takes.
    pub(super) const CATCH_TYPES: &str = "catch_type_list";
    /// What follows `||` and `&&`.
    pub(super) const CHAIN_TAIL: &str = "pipeline_chain_tail";
    /// A method of a class.
    pub(super) const CLASS_METHOD: &str = "class_method_definition";
    /// `name words`.
    pub(super) const COMMAND: &str = "command";
    /// Blanks between words.
    pub(super) const COMMAND_SEPARATOR: &str = "command_argument_sep";
    /// `# …`.
    pub(super) const COMMENT: &str = "comment";
    /// `a -eq b`, `a -join b`.
    pub(super) const COMPARISON: &str = "comparison_expression";
    /// `do { … } while ( … )`.
    pub(super) const DO: &str = "do_statement";
    /// `a[b]`.
    pub(super) const ELEMENT: &str = "element_access";
    /// `else { … }`.
    pub(super) const ELSE: &str = "else_clause";
    /// `elseif ( … ) { … }`.
    pub(super) const ELSEIF: &str = "elseif_clause";
    /// All of them.
    pub(super) const ELSEIFS: &str = "elseif_clauses";
    /// `finally { … }`.
    pub(super) const FINALLY: &str = "finally_clause";
    /// `return`, `throw`, `exit`, `break`, `continue`.
    pub(super) const FLOW: &str = "flow_control_statement";
    /// `for ( … ; … ; … ) { … }`.
    pub(super) const FOR: &str = "for_statement";
    /// `foreach ($a in $b) { … }`.
    pub(super) const FOREACH: &str = "foreach_statement";
    /// `"…" -f a`.
    pub(super) const FORMAT: &str = "format_expression";
    /// `function name { … }` and `filter`.
    pub(super) const FUNCTION: &str = "function_statement";
    /// Its name.
    pub(super) const FUNCTION_NAME: &str = "function_name";
    /// `key = value` in a hash table.
    pub(super) const HASH_ENTRY: &str = "hash_entry";
    /// `@{ … }`.
    pub(super) const HASH: &str = "hash_literal_expression";
    /// `if ( … ) { … }`.
    pub(super) const IF: &str = "if_statement";
    /// `a.b(c)`, `[a]::b(c)`.
    pub(super) const INVOCATION: &str = "invokation_expression";
    /// What an assignment gives a value to.
    pub(super) const LEFT: &str = "left_assignment_expression";
    /// `a.b`.
    pub(super) const MEMBER: &str = "member_access";
    /// `( … )`.
    pub(super) const PARENTHESES: &str = "parenthesized_expression";
    /// `param( … )`.
    pub(super) const PARAMETERS: &str = "param_block";
    /// One parameter.
    pub(super) const PARAMETER: &str = "script_parameter";
    /// Its default.
    pub(super) const PARAMETER_DEFAULT: &str = "script_parameter_default";
    /// `a | b`, `a || b`.
    pub(super) const PIPELINE: &str = "pipeline";
    /// `a | b`.
    pub(super) const CHAIN: &str = "pipeline_chain";
    /// `1..3`.
    pub(super) const RANGE: &str = "range_expression";
    /// `2>&1`.
    pub(super) const REDIRECTION: &str = "redirection";
    /// `{ … }` as a value.
    pub(super) const SCRIPT_BLOCK: &str = "script_block_expression";
    /// `{ … }` of a statement.
    pub(super) const STATEMENT_BLOCK: &str = "statement_block";
    /// Statements.
    pub(super) const STATEMENTS: &str = "statement_list";
    /// `--% …`.
    pub(super) const STOP_PARSING: &str = "stop_parsing";
    /// `"…"`.
    pub(super) const STRING: &str = "expandable_string_literal";
    /// `@" … "@`.
    pub(super) const HERE_STRING: &str = "expandable_here_string_literal";
    /// `$( … )`.
    pub(super) const SUBEXPRESSION: &str = "sub_expression";
    /// `switch ( … ) { … }`.
    pub(super) const SWITCH: &str = "switch_statement";
    /// One of its arms.
    pub(super) const SWITCH_CLAUSE: &str = "switch_clause";
    /// What an arm is for.
    pub(super) const SWITCH_CONDITION: &str = "switch_clause_condition";
    /// `try { … }`.
    pub(super) const TRY: &str = "try_statement";
    /// `$name`.
    pub(super) const VARIABLE: &str = "variable";
    /// `@' … '@`.
    pub(super) const VERBATIM_HERE_STRING: &str = "verbatim_here_string_characters";
    /// `'…'`.
    pub(super) const VERBATIM_STRING: &str = "verbatim_string_characters";
    /// `while ( … ) { … }`.
    pub(super) const WHILE: &str = "while_statement";
}

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "powershell",
    reads: "PowerShell scripts that use the aliyun command line or web requests",
    globs: &["*.ps1", "*.psm1"],
    interpreters: &["pwsh", "powershell"],
    recognises: None,
    words: shell::WORDS,
    grouping: Grouping::Linked(sourced::links),
    max_bytes: 8 << 20,
    lower,
};

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    included::in_order(sources, sourced::links, |source, texts, borrowed| {
        sourced::lower(source, texts, context, borrowed)
    })
}

/// Reads one script that stands so many statements deep in others.
fn read(source: &Source<'_>, context: Context<'_>, depth: u16) -> Lowered {
    read_with(source, (context, depth), &Borrowed::new())
}

/// The same, of a script with functions that stand in scripts that it reads in.
fn read_with(
    source: &Source<'_>,
    surroundings: (Context<'_>, u16),
    borrowed: &Borrowed,
) -> Lowered {
    let tree = match repair::parse(source) {
        Ok(tree) => tree,
        Err(problem) => return Lowered { problems: vec![problem], ..Lowered::default() },
    };
    let mut lowered = statement::lower(tree.root_node(), source, surroundings, borrowed);
    lowered.problems.extend(syntax::syntax_problem(&tree, source));
    lowered
}
