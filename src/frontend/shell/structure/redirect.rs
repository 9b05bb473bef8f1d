//! Redirections: errors thrown away, here-documents, and words that stand
//! behind a redirection.

use tree_sitter::Node;

use super::simple::Surroundings;
use super::{Lowering, Mode, Thrown};
use crate::frontend::shell::kind;
use crate::procedure::Node as Step;

/// Where output is thrown away.
const NOWHERE: &str = "/dev/null";

impl<'t> Lowering<'_, 't, '_> {
    pub(super) fn redirected(&mut self, node: Node<'t>, mode: Mode) -> Vec<Step> {
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        let body = node.child_by_field_name("body");
        let redirects: Vec<Node<'t>> =
            children.into_iter().filter(|child| Some(*child) != body).collect();
        let thrown = self.thrown(&redirects);
        let mut steps = Vec::new();
        let mut around = Surroundings::default();
        let mut after = Vec::new();
        for redirect in &redirects {
            self.redirect(*redirect, &mut around, &mut after);
            steps.extend(self.redirect_substitutions(*redirect, mode));
        }
        // What stands behind a list or a pipeline belongs to its last command.
        let mode = match body.map_or("", |body| body.kind()) {
            kind::LIST | kind::PIPELINE => Mode { tail: thrown, ..mode },
            _ => Mode { tail: thrown, ..mode }.settled(),
        };
        let inner = match body {
            Some(body) if body.kind() == kind::COMMAND => {
                let mut cursor = body.walk();
                let strings =
                    body.children(&mut cursor).filter(|child| child.kind() == kind::HERESTRING);
                around.inputs.extend(strings);
                self.command_in(body, &around, mode)
            }
            Some(body) => self.statement(body, mode),
            None => Vec::new(),
        };
        steps.extend(inner);
        for statement in after {
            steps.extend(self.statement(statement, mode));
        }
        steps
    }

    /// Sorts the parts of one redirection.
    fn redirect(
        &self,
        redirect: Node<'t>,
        around: &mut Surroundings<'t>,
        after: &mut Vec<Node<'t>>,
    ) {
        let mut cursor = redirect.walk();
        let children: Vec<Node<'t>> = redirect.named_children(&mut cursor).collect();
        match redirect.kind() {
            kind::FILE_REDIRECT => {
                let mut words =
                    children.into_iter().filter(|child| child.kind() != "file_descriptor");
                let writes = self.script.slice(redirect).trim_start_matches('1').starts_with('>');
                around.files.extend(words.next().filter(|_| writes));
                around.words.extend(words);
            }
            kind::HEREDOC_REDIRECT => {
                around.inputs.push(redirect);
                for child in children {
                    self.heredoc_part(child, around, after);
                }
            }
            kind::HERESTRING => around.inputs.push(redirect),
            _ => {}
        }
    }

    /// What stands on the opening line of a here-document, behind `<<EOF`.
    fn heredoc_part(
        &self,
        child: Node<'t>,
        around: &mut Surroundings<'t>,
        after: &mut Vec<Node<'t>>,
    ) {
        match child.kind() {
            kind::HEREDOC_START | kind::HEREDOC_BODY | "heredoc_end" | "file_descriptor" => {}
            kind::FILE_REDIRECT | kind::HEREDOC_REDIRECT | kind::HERESTRING => {
                self.redirect(child, around, after);
            }
            kind::PIPELINE => {
                let mut cursor = child.walk();
                let parts: Vec<Node<'t>> = child.named_children(&mut cursor).collect();
                around.consumers.extend(&parts);
                after.extend(parts);
            }
            kind::WORD
            | kind::STRING
            | kind::RAW_STRING
            | kind::CONCATENATION
            | kind::NUMBER
            | kind::SIMPLE_EXPANSION
            | kind::EXPANSION => around.words.push(child),
            _ => after.push(child),
        }
    }

    /// Commands that run while a redirection is set up. Those that a
    /// here-document's opening line goes on with are statements of their own.
    fn redirect_substitutions(&mut self, redirect: Node<'t>, mode: Mode) -> Vec<Step> {
        if redirect.kind() != kind::HEREDOC_REDIRECT {
            return self.substitutions(redirect, mode.masked());
        }
        let mut cursor = redirect.walk();
        let parts: Vec<Node<'t>> = redirect
            .named_children(&mut cursor)
            .filter(|child| matches!(child.kind(), kind::HEREDOC_BODY | kind::FILE_REDIRECT))
            .collect();
        let mut steps = Vec::new();
        for part in parts {
            steps.extend(self.substitutions(part, mode.masked()));
        }
        steps
    }

    /// What goes nowhere.
    fn thrown(&self, redirects: &[Node<'t>]) -> Thrown {
        let mut stdout = false;
        let mut stderr = false;
        for redirect in redirects {
            let text: String =
                self.script.slice(*redirect).chars().filter(|c| !c.is_whitespace()).collect();
            let Some(at) = text.find(['>', '<']) else { continue };
            let (descriptor, rest) = text.split_at(at);
            let target = rest.trim_start_matches(['>', '|', '&', '<']);
            let nowhere = target.starts_with(NOWHERE) || rest == ">&-";
            let both = descriptor == "&" || (rest.starts_with(">&") && target.starts_with('/'));
            match descriptor {
                "2" if rest.starts_with(">&1") => stderr = stdout,
                "2" => stderr = nowhere,
                _ if both => (stdout, stderr) = (nowhere, nowhere),
                "" | "1" if rest.starts_with('>') => stdout = nowhere,
                _ => {}
            }
        }
        Thrown { answers: stdout, errors: stderr }
    }
}
