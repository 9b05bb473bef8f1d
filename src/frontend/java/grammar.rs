//! The names of the Java grammar's nodes and fields that are asked for.

use tree_sitter::Node;

/// Kinds of nodes.
pub(super) mod kind {
    pub(crate) const ARRAY_ACCESS: &str = "array_access";
    pub(crate) const ARRAY_CREATION: &str = "array_creation_expression";
    pub(crate) const ARRAY_INITIALIZER: &str = "array_initializer";
    pub(crate) const ARRAY_TYPE: &str = "array_type";
    pub(crate) const ASSIGNMENT: &str = "assignment_expression";
    pub(crate) const ASTERISK: &str = "asterisk";
    pub(crate) const BINARY: &str = "binary_expression";
    pub(crate) const BLOCK: &str = "block";
    pub(crate) const BLOCK_COMMENT: &str = "block_comment";
    pub(crate) const BREAK: &str = "break_statement";
    pub(crate) const CAST: &str = "cast_expression";
    pub(crate) const CATCH: &str = "catch_clause";
    pub(crate) const CATCH_PARAMETER: &str = "catch_formal_parameter";
    pub(crate) const CATCH_TYPE: &str = "catch_type";
    pub(crate) const CHARACTER: &str = "character_literal";
    pub(crate) const CLASS: &str = "class_declaration";
    pub(crate) const CLASS_BODY: &str = "class_body";
    pub(crate) const CLASS_LITERAL: &str = "class_literal";
    pub(crate) const COMPACT_CONSTRUCTOR: &str = "compact_constructor_declaration";
    pub(crate) const CONSTANT: &str = "constant_declaration";
    pub(crate) const CONSTRUCTOR: &str = "constructor_declaration";
    pub(crate) const CONSTRUCTOR_CALL: &str = "explicit_constructor_invocation";
    pub(crate) const CONTINUE: &str = "continue_statement";
    pub(crate) const DECIMAL: &str = "decimal_integer_literal";
    pub(crate) const DO: &str = "do_statement";
    pub(crate) const ENUM: &str = "enum_declaration";
    pub(crate) const ENUM_CONSTANT: &str = "enum_constant";
    pub(crate) const ENUM_MEMBERS: &str = "enum_body_declarations";
    pub(crate) const ESCAPE: &str = "escape_sequence";
    pub(crate) const EXPRESSION_STATEMENT: &str = "expression_statement";
    pub(crate) const EXTENDS_INTERFACES: &str = "extends_interfaces";
    pub(crate) const FALSE: &str = "false";
    pub(crate) const FIELD: &str = "field_declaration";
    pub(crate) const FIELD_ACCESS: &str = "field_access";
    pub(crate) const FINALLY: &str = "finally_clause";
    pub(crate) const FLOAT: &str = "decimal_floating_point_literal";
    pub(crate) const FOR: &str = "for_statement";
    pub(crate) const FOR_EACH: &str = "enhanced_for_statement";
    pub(crate) const FORMAL_PARAMETER: &str = "formal_parameter";
    pub(crate) const GENERIC_TYPE: &str = "generic_type";
    pub(crate) const IDENTIFIER: &str = "identifier";
    pub(crate) const IF: &str = "if_statement";
    pub(crate) const IMPORT: &str = "import_declaration";
    pub(crate) const INTERFACE: &str = "interface_declaration";
    pub(crate) const LABELED: &str = "labeled_statement";
    pub(crate) const LAMBDA: &str = "lambda_expression";
    pub(crate) const LINE_COMMENT: &str = "line_comment";
    pub(crate) const LOCAL_VARIABLE: &str = "local_variable_declaration";
    pub(crate) const METHOD: &str = "method_declaration";
    pub(crate) const METHOD_CALL: &str = "method_invocation";
    pub(crate) const METHOD_REFERENCE: &str = "method_reference";
    pub(crate) const NEW: &str = "object_creation_expression";
    pub(crate) const NULL: &str = "null_literal";
    pub(crate) const PACKAGE: &str = "package_declaration";
    pub(crate) const PARENTHESIZED: &str = "parenthesized_expression";
    pub(crate) const RECORD: &str = "record_declaration";
    pub(crate) const RESOURCE: &str = "resource";
    pub(crate) const RETURN: &str = "return_statement";
    pub(crate) const SCOPED_IDENTIFIER: &str = "scoped_identifier";
    pub(crate) const SCOPED_TYPE: &str = "scoped_type_identifier";
    pub(crate) const SPREAD_PARAMETER: &str = "spread_parameter";
    pub(crate) const STATIC_INITIALIZER: &str = "static_initializer";
    pub(crate) const STRING: &str = "string_literal";
    pub(crate) const STRING_FRAGMENT: &str = "string_fragment";
    pub(crate) const STRING_LINES: &str = "multiline_string_fragment";
    pub(crate) const SUPER: &str = "super";
    pub(crate) const SUPERCLASS: &str = "superclass";
    pub(crate) const SUPER_INTERFACES: &str = "super_interfaces";
    pub(crate) const SWITCH: &str = "switch_expression";
    pub(crate) const SWITCH_GROUP: &str = "switch_block_statement_group";
    pub(crate) const SWITCH_LABEL: &str = "switch_label";
    pub(crate) const SWITCH_RULE: &str = "switch_rule";
    pub(crate) const SYNCHRONIZED: &str = "synchronized_statement";
    pub(crate) const TERNARY: &str = "ternary_expression";
    pub(crate) const THIS: &str = "this";
    pub(crate) const THROW: &str = "throw_statement";
    pub(crate) const TRUE: &str = "true";
    pub(crate) const TRY: &str = "try_statement";
    pub(crate) const TRY_WITH_RESOURCES: &str = "try_with_resources_statement";
    pub(crate) const TYPE_ARGUMENTS: &str = "type_arguments";
    pub(crate) const TYPE_IDENTIFIER: &str = "type_identifier";
    pub(crate) const TYPE_LIST: &str = "type_list";
    pub(crate) const VARIABLE: &str = "variable_declarator";
    pub(crate) const WHILE: &str = "while_statement";
    pub(crate) const YIELD: &str = "yield_statement";
}

/// Fields of nodes.
pub(super) mod field {
    pub(crate) const ALTERNATIVE: &str = "alternative";
    pub(crate) const ARGUMENTS: &str = "arguments";
    pub(crate) const ARRAY: &str = "array";
    pub(crate) const BODY: &str = "body";
    pub(crate) const CONDITION: &str = "condition";
    pub(crate) const CONSEQUENCE: &str = "consequence";
    pub(crate) const CONSTRUCTOR: &str = "constructor";
    pub(crate) const ELEMENT: &str = "element";
    pub(crate) const FIELD: &str = "field";
    pub(crate) const INDEX: &str = "index";
    pub(crate) const INIT: &str = "init";
    pub(crate) const LEFT: &str = "left";
    pub(crate) const NAME: &str = "name";
    pub(crate) const OBJECT: &str = "object";
    pub(crate) const OPERATOR: &str = "operator";
    pub(crate) const PARAMETERS: &str = "parameters";
    pub(crate) const RESOURCES: &str = "resources";
    pub(crate) const RIGHT: &str = "right";
    pub(crate) const TYPE: &str = "type";
    pub(crate) const UPDATE: &str = "update";
    pub(crate) const VALUE: &str = "value";
}

/// The children of a node that are no comments.
pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    let is_comment =
        |child: &Node<'_>| matches!(child.kind(), kind::LINE_COMMENT | kind::BLOCK_COMMENT);
    node.named_children(&mut cursor).filter(|child| !is_comment(child)).collect()
}

/// The children of a kind.
pub(super) fn children_of<'t>(node: Node<'t>, kind: &str) -> Vec<Node<'t>> {
    children(node).into_iter().filter(|child| child.kind() == kind).collect()
}
