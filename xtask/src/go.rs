//! The Go files of a package, parsed, and an index of what they declare.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use tree_sitter::{Node, Parser, Tree};

use crate::Failure;

/// The node kinds of the grammar that are looked at here.
mod kind {
    pub(super) const FUNCTION: &str = "function_declaration";
    pub(super) const METHOD: &str = "method_declaration";
    pub(super) const CONST: &str = "const_declaration";
    pub(super) const CONST_SPEC: &str = "const_spec";
    pub(super) const VAR: &str = "var_declaration";
    pub(super) const VAR_SPEC: &str = "var_spec";
    pub(super) const IMPORT_SPEC: &str = "import_spec";
}

/// A parsed file.
pub(crate) struct GoFile {
    /// Its name, without folders.
    pub(crate) name: String,
    pub(crate) text: String,
    tree: Tree,
}

/// The files of a folder, test files apart.
pub(crate) struct Package {
    pub(crate) files: Vec<GoFile>,
}

/// A node and the file that it is in.
#[derive(Clone, Copy)]
pub(crate) struct Code<'p> {
    pub(crate) file: &'p GoFile,
    pub(crate) node: Node<'p>,
}

/// A function or method.
#[derive(Clone, Copy)]
pub(crate) struct Function<'p> {
    pub(crate) code: Code<'p>,
    pub(crate) name: &'p str,
    /// The type that it is a method of.
    pub(crate) receiver: Option<&'p str>,
}

/// What a package declares.
pub(crate) struct Index<'p> {
    pub(crate) functions: HashMap<&'p str, Function<'p>>,
    /// By type and name.
    pub(crate) methods: HashMap<(&'p str, &'p str), Function<'p>>,
    methods_by_name: HashMap<&'p str, Vec<Function<'p>>>,
    /// Values of constants and variables of the package.
    values: HashMap<&'p str, Code<'p>>,
    /// By file: package name → import path.
    imports: HashMap<&'p str, BTreeMap<&'p str, &'p str>>,
}

impl Package {
    /// Parses the Go files of a folder.
    pub(crate) fn read(folder: &Path) -> Result<Self, Failure> {
        let mut parser = Parser::new();
        parser.set_language(&tree_sitter_go::LANGUAGE.into())?;
        let mut files = Vec::new();
        for path in go_files(folder)? {
            let text = crate::read(&path)?;
            let Some(tree) = parser.parse(&text, None) else { continue };
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push(GoFile { name, text, tree });
        }
        Ok(Self { files })
    }

    pub(crate) fn index(&self) -> Index<'_> {
        let mut index = Index {
            functions: HashMap::new(),
            methods: HashMap::new(),
            methods_by_name: HashMap::new(),
            values: HashMap::new(),
            imports: HashMap::new(),
        };
        for file in &self.files {
            for node in children(file.tree.root_node()) {
                index.declare(Code { file, node });
            }
        }
        index
    }
}

impl<'p> Index<'p> {
    fn declare(&mut self, code: Code<'p>) {
        match code.node.kind() {
            kind::FUNCTION => {
                let Some(name) = code.field("name") else { return };
                let function = Function { code, name: name.text(), receiver: None };
                self.functions.insert(name.text(), function);
            }
            kind::METHOD => self.declare_method(code),
            kind::CONST => {
                for spec in code.below(kind::CONST_SPEC) {
                    self.declare_values(spec);
                }
            }
            kind::VAR => {
                for spec in code.below(kind::VAR_SPEC) {
                    self.declare_values(spec);
                }
            }
            "import_declaration" => {
                for spec in code.below(kind::IMPORT_SPEC) {
                    self.declare_import(spec);
                }
            }
            _ => {}
        }
    }

    fn declare_method(&mut self, code: Code<'p>) {
        let receiver = code.field("receiver").and_then(|list| list.children().into_iter().next());
        let receiver = receiver.and_then(|parameter| parameter.field("type"));
        let (Some(receiver), Some(name)) = (receiver, code.field("name")) else { return };
        let receiver = receiver.text().trim_start_matches('*');
        let function = Function { code, name: name.text(), receiver: Some(receiver) };
        self.methods.insert((receiver, name.text()), function);
        self.methods_by_name.entry(name.text()).or_default().push(function);
    }

    fn declare_values(&mut self, spec: Code<'p>) {
        let values = spec.field("value").map(Code::children).unwrap_or_default();
        let names = spec.children().into_iter().filter(|part| part.node.kind() == "identifier");
        for (name, value) in names.zip(values) {
            self.values.insert(name.text(), value);
        }
    }

    fn declare_import(&mut self, spec: Code<'p>) {
        let Some(path) = spec.field("path") else { return };
        let path = path.text().trim_matches('"');
        let last = path.rsplit('/').next().unwrap_or(path);
        let name = spec.field("name").map_or(last, Code::text);
        self.imports.entry(&spec.file.name).or_default().insert(name, path);
    }

    /// What a constant or variable of the package is declared to be.
    pub(crate) fn value(&self, name: &str) -> Option<Code<'p>> {
        self.values.get(name).copied()
    }

    /// The path of the package that a file knows by a name.
    pub(crate) fn import(&self, file: &GoFile, name: &str) -> Option<&'p str> {
        self.imports.get(file.name.as_str())?.get(name).copied()
    }

    /// The method of that name, if only one type has it.
    pub(crate) fn only_method(&self, name: &str) -> Option<Function<'p>> {
        match self.methods_by_name.get(name)?.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// Functions and methods, in no order.
    pub(crate) fn all_functions(&self) -> Vec<Function<'p>> {
        let functions = self.functions.values().chain(self.methods.values());
        functions.copied().collect()
    }
}

impl<'p> Code<'p> {
    pub(crate) fn text(self) -> &'p str {
        &self.file.text[self.node.byte_range()]
    }

    pub(crate) fn kind(self) -> &'p str {
        self.node.kind()
    }

    pub(crate) fn field(self, name: &str) -> Option<Self> {
        Some(Self { node: self.node.child_by_field_name(name)?, ..self })
    }

    /// Its named children; comments apart.
    pub(crate) fn children(self) -> Vec<Self> {
        children(self.node).into_iter().map(|node| Self { node, ..self }).collect()
    }

    /// The nodes of a kind below it, in their order, not below each other.
    pub(crate) fn below(self, kind: &str) -> Vec<Self> {
        let mut found = Vec::new();
        let mut open = vec![self.node];
        while let Some(node) = open.pop() {
            for child in children(node).into_iter().rev() {
                open.push(child);
            }
            if node.kind() == kind {
                found.push(Self { node, ..self });
            }
        }
        found
    }

    /// Where it is: file and line.
    pub(crate) fn place(self) -> String {
        format!("{}:{}", self.file.name, self.node.start_position().row + 1)
    }

    /// Its text on one line.
    pub(crate) fn line(self) -> String {
        self.text().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The content of a string literal.
    pub(crate) fn string(self) -> Option<String> {
        match self.kind() {
            "interpreted_string_literal" | "raw_string_literal" => {
                Some(self.text().trim_matches(['"', '`']).replace("\\\"", "\""))
            }
            _ => None,
        }
    }
}

fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| child.kind() != "comment").collect()
}

fn go_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let fail = |error| format!("{}: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "go")
            && !name.ends_with("_test.go")
        {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
