//! Functions that read files: of those that are at hand.

use std::rc::Rc;

use super::super::datum::Datum;
use super::super::project::File;
use super::super::scope::{Scope, Variables};
use super::super::tree::Expression;
use super::Evaluator;

/// What `path.module` and the like are, seen from the folder of the module.
const HERE: &str = ".";

impl<'p> Evaluator<'p> {
    /// What a function that reads a file gives; nothing if it does not read one,
    /// or the file is not at hand.
    pub(super) fn text_of_file(
        &self,
        name: &str,
        arguments: &'p [Expression],
        scope: Scope<'_, 'p>,
    ) -> Option<Datum> {
        match (name, arguments) {
            ("file", [path]) => Some(self.evaluate(&self.file(path, scope)?.text, scope)),
            ("templatefile", [path, given]) => {
                let template = self.file(path, scope)?.template.as_ref()?;
                let variables = self.variables(given, scope);
                Some(self.evaluate(template, scope.with(&scope.bind_all(&variables))))
            }
            _ => None,
        }
    }

    /// The file at a path, if it is at hand.
    pub(in super::super) fn file(
        &self,
        path: &'p Expression,
        scope: Scope<'_, 'p>,
    ) -> Option<&'p File> {
        let here =
            ["module", "root", "cwd"].map(|name| (name.into(), Datum::text(HERE.to_owned())));
        let here = scope.bind("path", Datum::map(here.into())?);
        let path = self.evaluate(path, scope.with(&here)).as_text()?;
        self.project.file(scope.instance.module, &path)
    }

    /// What a template is given.
    pub(in super::super) fn variables(
        &self,
        given: &'p Expression,
        scope: Scope<'_, 'p>,
    ) -> Rc<Variables> {
        match self.evaluate(given, scope) {
            Datum::Map(map) => map.sorted().cloned().collect(),
            _ => Rc::new([]),
        }
    }
}
