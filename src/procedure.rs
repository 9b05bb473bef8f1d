//! The intermediate representation: procedures, their steps, and what is known
//! of the values in them. Pure data; it knows no rule, no verdict and no input
//! format.

use std::sync::Arc;

use crate::catalogue::is_same_parameter;
use crate::source::Span;

mod node;
mod part;

pub use node::{
    Arm, Ask, Attempt, Bound, Guard, Handler, Invocation, Leave, Node, Repetition, has_calls,
};
pub use part::{Part, Setting, part_at};

/// An ordered, structured run of operations: a script, a function, an OOS
/// template, one lifecycle operation of a declared resource.
#[derive(Clone, Debug)]
pub struct Procedure {
    /// What its author calls it: a function's name, a resource's address and
    /// lifecycle operation; `main` for the top level of a script.
    pub name: String,
    /// The whole of it in its file.
    pub span: Span,
    /// Name of the front end that read it.
    pub frontend: &'static str,
    /// What it calls what it is given, if it is a function.
    pub parameters: Vec<String>,
    /// Its steps.
    pub body: Vec<Node>,
}

impl Procedure {
    /// The name of the procedure that is a lifecycle operation of a resource.
    #[must_use]
    pub fn name_of(address: &str, lifecycle: Lifecycle) -> String {
        format!("{address} ({})", lifecycle.name())
    }
}

/// One call of one API action of product `Ecs`, version 2014-05-26.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Which action.
    pub action: Action,
    /// The call expression, the command, the task, or the block that implies it.
    pub span: Span,
    /// What it is called with.
    pub arguments: Arguments,
    /// What it acts on. Front ends leave it [`Target::Unknown`] unless they know
    /// more than the arguments say; binding fills it in.
    pub target: Target,
    /// The binding it came through; none for a direct call.
    pub binding: Option<Binding>,
    /// How sure it is that running this calls it.
    pub evidence: Evidence,
    /// What happens to the procedure when it fails.
    pub failure: Failure,
    /// Whether it is known to work on an attached disk, which a system disk is.
    pub disk_in_use: bool,
    /// Whether a look at the state of its disk has found that this is attached to
    /// nothing.
    pub disk_free: bool,
    /// What the procedure calls its answer: a variable, a task's name.
    pub answer: Option<String>,
    /// What becomes of its answer.
    pub fate: Fate,
}

impl Operation {
    /// A call written out in the source.
    #[must_use]
    pub fn direct(action: Action, span: Span, arguments: Arguments) -> Self {
        Self {
            action,
            span,
            arguments,
            target: Target::Unknown,
            binding: None,
            evidence: Evidence::Certain,
            failure: Failure::Raises,
            disk_in_use: false,
            disk_free: false,
            answer: None,
            fate: Fate::default(),
        }
    }
}

impl Operation {
    /// Whether it is given something that this name stands for, or a part of it.
    #[must_use]
    pub fn is_given(&self, name: &str) -> bool {
        let given = self.arguments.given.iter();
        self.target.name().is_some_and(|target| mentions(target, name))
            || given.into_iter().any(|(_, value)| value.mentions(name))
    }
}

/// Whether a name stands in a text as a word of its own.
#[must_use]
pub(crate) fn mentions(text: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part)
    })
}

/// What becomes of the answer of an operation.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It stays in the procedure, or what becomes of it cannot be told.
    #[default]
    Kept,
    /// Nobody looks at it.
    Dropped,
    /// It is handed on to code that is not seen, which may look at it.
    HandedOn,
}

/// The action of an operation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Action {
    /// Its name: `StartInstance`. It need not exist.
    Named(String),
    /// The source text of an expression whose value could not be told.
    Unresolved(String),
}

/// The arguments of a call, under the API's parameter names.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// Parameter name and value, in source order.
    pub given: Vec<(String, Value)>,
    /// Whether there may be arguments that could not be seen, as in a request
    /// object that somebody else filled.
    pub open: bool,
}

impl Arguments {
    /// The value of a parameter. `InstanceId` also answers to `InstanceIds`,
    /// `InstanceId.1` and the like, the forms in which lists are passed.
    #[must_use]
    pub fn get(&self, parameter: &str) -> &Value {
        let named = self.given.iter().find(|(name, _)| is_same_parameter(name, parameter));
        named.map_or(&Value::Absent, |(_, value)| value)
    }
}

/// What is known of a value. Known, unknown and absent never mix.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// A known scalar, as text.
    Text(String),
    /// A list; its items may be unknown.
    List(Vec<Self>),
    /// A map, in source order; its values may be unknown.
    Map(Vec<(String, Self)>),
    /// There is a value, but which cannot be told.
    Unknown(Unknown),
    /// There is none.
    Absent,
}

/// A value that is there but cannot be told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unknown {
    /// Source text of the expression: `var.instance_id`, `$ID`.
    pub text: String,
    /// Address of the resource of the same configuration that it comes from.
    pub declared: Option<String>,
    /// The answer that it comes from, as [`Operation::answer`] calls it.
    pub answer: Option<String>,
}

impl Value {
    /// A value of which only the source text is known.
    #[must_use]
    pub fn unknown(text: impl Into<String>) -> Self {
        Self::Unknown(Unknown { text: text.into(), declared: None, answer: None })
    }

    /// A value that comes from a resource of the same configuration.
    #[must_use]
    pub fn declared(text: impl Into<String>, address: impl Into<String>) -> Self {
        Self::Unknown(Unknown { text: text.into(), declared: Some(address.into()), answer: None })
    }

    /// The text of a known scalar.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Whether something unknown in it comes from what a name stands for.
    fn mentions(&self, name: &str) -> bool {
        match self {
            Self::Unknown(unknown) => {
                unknown.answer.as_deref() == Some(name) || mentions(&unknown.text, name)
            }
            Self::List(items) => items.iter().any(|item| item.mentions(name)),
            Self::Map(entries) => entries.iter().any(|(_, value)| value.mentions(name)),
            Self::Text(_) | Self::Absent => false,
        }
    }

    /// Whether a value is given, known or not. An empty list is not.
    #[must_use]
    pub fn is_given(&self) -> bool {
        match self {
            Self::Absent => false,
            Self::List(items) => items.iter().any(Self::is_given),
            Self::Text(_) | Self::Map(_) | Self::Unknown(_) => true,
        }
    }
}

/// Which instance, disk, image or snapshot an operation acts on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Target {
    /// An identifier, or several with commas between.
    Known(String),
    /// A variable or expression whose value cannot be told, as it is written.
    Symbol(String),
    /// Address of a resource that the same configuration declares.
    Declared(String),
    /// Something that the procedure itself creates, and so no lock has met.
    Created(String),
    /// Nothing is known.
    Unknown,
}

impl Target {
    /// How it is named in output; nothing for an unknown one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Known(name) | Self::Symbol(name) | Self::Declared(name) | Self::Created(name) => {
                Some(name)
            }
            Self::Unknown => None,
        }
    }
}

/// How an operation follows from a declared resource.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Binding {
    /// Address of the resource: `alicloud_instance.web`.
    pub resource: String,
    /// Its type: `alicloud_instance`.
    pub kind: String,
    /// Which of its lifecycle operations makes the call.
    pub lifecycle: Lifecycle,
    /// The attributes whose change implies the call; empty where it is made in
    /// any case.
    pub attributes: Vec<Attribute>,
    /// How well founded it is that the resource makes this call.
    pub basis: Basis,
    /// When whoever makes the call makes it again.
    pub retries: Arc<Retries>,
}

/// When a call that failed is made again by what makes it, such as the provider of
/// a resource.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Retries {
    /// The error codes on which it is; `*` at the end stands for the rest of a
    /// code, alone for every code.
    pub codes: Vec<String>,
    /// For how long, as far as that is stated: `10m`, or the timeout of the
    /// resource that says so, `timeouts.update`.
    pub timeout: Option<String>,
}

impl Retries {
    /// Whether the call is made again on an error code.
    #[must_use]
    pub fn on(&self, code: &str) -> bool {
        self.codes.iter().any(|own| match own.strip_suffix('*') {
            Some(start) => code.starts_with(start),
            None => own == code,
        })
    }
}

/// An attribute of a declared resource.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Where the configuration sets it, if it does.
    pub span: Option<Span>,
}

/// A lifecycle operation of a declared resource.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Lifecycle {
    /// It comes into being.
    Create,
    /// It is looked at.
    Read,
    /// Some of its attributes change.
    Update,
    /// It is destroyed.
    Delete,
    /// It is a composed action, and runs.
    Run,
}

impl Lifecycle {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Run => "run",
        }
    }
}

/// How well founded a binding is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Documentation or source code states the call.
    #[default]
    Stated,
    /// An action of the same name takes the same parameters.
    SameNamed,
    /// Inferred from what a property means; no published source says so.
    Inferred,
}

/// How sure it is that an operation is called.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Running this calls it.
    Certain,
    /// A plan or a diff says that this change will call it.
    Planned,
    /// It would be called if an attribute changed or the resource were destroyed.
    Latent,
    /// It may be this call; the name or the product could not be resolved.
    Possible,
}

impl Evidence {
    /// Its name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Planned => "planned",
            Self::Latent => "latent",
            Self::Possible => "possible",
        }
    }
}

/// What the failure of an operation does to the procedure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Failure {
    /// It ends the innermost [`Attempt`], or the procedure.
    Raises,
    /// The next step runs all the same.
    Continues,
    /// The next step runs, and the error was thrown away on purpose.
    Discarded,
}

/// A resource that a configuration declares, or a use of a composed action.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// Its address: `alicloud_instance.web`, a ROS logical id, a task's name.
    pub address: String,
    /// Its type: `alicloud_instance`, `data.alicloud_instances`,
    /// `ALIYUN::ECS::Instance`, `ACS::ECS::RebootInstance`.
    pub kind: String,
    /// The whole block.
    pub span: Span,
    /// Name of the front end that read it.
    pub frontend: &'static str,
    /// Its properties, in source order.
    pub properties: Vec<Property>,
}

/// A property of a [`Declaration`].
#[derive(Clone, Debug)]
pub struct Property {
    /// Its name, with dots where it is nested: `system_disk.size`.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// The attribute or block.
    pub span: Span,
}

impl Declaration {
    /// A property by its name.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }
}

/// That a resource is made after another one, and destroyed before it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Dependency {
    /// Address of the resource, or of what stands between two of them.
    pub of: String,
    /// Address of what it depends on.
    pub on: String,
}

/// What a plan or a diff says will happen to a declared resource.
#[derive(Clone, Debug)]
pub struct Change {
    /// The lifecycle operations in the order in which they will run: a
    /// replacement is a delete and a create, or the other way round. Each with
    /// the resource as it is at that time.
    pub operations: Vec<(Lifecycle, Declaration)>,
    /// The properties that an update changes.
    pub changed: Vec<String>,
    /// Identifier of the resource, if it exists already.
    pub id: Option<String>,
    /// For an update, the resource as it was, if it is to be replaced in case one
    /// of the changed properties demands it. A plan has decided that already.
    pub replaces: Option<Declaration>,
    /// Whether it cannot be told which of these properties change, or whether the
    /// resource is replaced.
    pub possible: bool,
}

impl Change {
    /// Whether an attribute changes; `data_disks.size` changes with `data_disks`.
    #[must_use]
    pub fn changes(&self, attribute: &str) -> bool {
        self.changed.iter().any(|changed| {
            let rest = attribute.strip_prefix(changed.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }
}
