//! What a language's SDKs and libraries are called, as data: a [`Dialect`]
//! stands at the top of each language's file.

mod held;
mod packages;
mod plain;

pub(in crate::frontend) use held::Held;

use super::thing::Product;
use crate::catalogue::Catalogue;
use crate::procedure::Failure;

/// The conventions of a language.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a convention of its own")]
pub(in crate::frontend) struct Dialect {
    /// The front end's name.
    pub(in crate::frontend) name: &'static str,
    /// Spellings on lines with which the grammar, older than them, has trouble.
    pub(in crate::frontend) newer: &'static [&'static str],
    /// What the start of an import path means; the first that fits counts.
    pub(in crate::frontend) packages: &'static [Package],
    /// Words of paths, and what follows them, of SDKs for ECS that others than its
    /// maker publish.
    pub(in crate::frontend) own_sdks: &'static [(&'static str, &'static str)],
    /// How a method spells an action.
    pub(in crate::frontend) spelling: Spelling,
    /// What may follow the action in a method's name.
    pub(in crate::frontend) suffixes: &'static [&'static str],
    /// What stands around the action in the name of a request's type.
    pub(in crate::frontend) request_types: &'static [(&'static str, &'static str)],
    /// What stands around the action in the name of a function that makes a
    /// request: `CreateStopInstanceRequest`.
    pub(in crate::frontend) request_makers: &'static [(&'static str, &'static str)],
    /// Endings of the names of client types.
    pub(in crate::frontend) client_types: &'static [&'static str],
    /// Starts of the names of functions that make a client.
    pub(in crate::frontend) client_makers: &'static [&'static str],
    /// Types, functions and constructors that make a request which names its
    /// action itself, by their names alone.
    pub(in crate::frontend) common_requests: &'static [&'static str],
    /// Types that a program extends to make a request of its own.
    pub(in crate::frontend) request_bases: &'static [&'static str],
    /// What a member or a setter of such a request says of it.
    pub(in crate::frontend) common_fields: &'static [(&'static str, Says)],
    /// Types that only carry parameters: `OpenApiRequest`, `RuntimeOptions`.
    pub(in crate::frontend) carriers: &'static [&'static str],
    /// Methods that send the request they are given.
    pub(in crate::frontend) senders: &'static [(&'static str, Failure)],
    /// Functions and methods of the SDKs that are given the product or its
    /// version, and the action, among their arguments.
    pub(in crate::frontend) rpc: &'static [&'static str],
    /// Methods that call another by its name.
    pub(in crate::frontend) by_name: &'static [&'static str],
    /// Methods with which a method value is called: `call`, `apply`.
    pub(in crate::frontend) call_methods: &'static [&'static str],
    /// Functions that give back their first argument.
    pub(in crate::frontend) wrappers: &'static [&'static str],
    /// Methods that give back what they are called on, after setting what their
    /// names say: builders and fluent setters. With a prefix: `set`, `with`.
    pub(in crate::frontend) setters: &'static [&'static str],
    /// Whether builders' setters have the bare names of what they set.
    pub(in crate::frontend) names_setters: bool,
    /// Methods, and members, that give back what they are called on or are of.
    pub(in crate::frontend) passes: &'static [&'static str],
    /// Methods of a type that make an object of it: `builder`.
    pub(in crate::frontend) type_makers: &'static [&'static str],
    /// Methods that give out what their object holds: `get`.
    pub(in crate::frontend) elements: &'static [&'static str],
    /// Methods that put an entry in a map.
    pub(in crate::frontend) puts: &'static [&'static str],
    /// Functions whose arguments, and methods on what they give back, only say
    /// what is to be called: `when(client.stopInstance(any()))`.
    pub(in crate::frontend) stubs: &'static [&'static str],
    /// The word for an object as one of what its class inherits from.
    pub(in crate::frontend) base_word: Option<&'static str>,
    /// Functions that give access to more of the package they are in: what they
    /// give has its functions as methods.
    pub(in crate::frontend) openers: &'static [&'static str],
    /// Functions that format their first argument with the others.
    pub(in crate::frontend) formats: &'static [&'static str],
    /// Functions that start a process, and what becomes of its failure.
    pub(in crate::frontend) processes: &'static [Process],
    /// The named argument with which a process that fails raises it.
    pub(in crate::frontend) checks: &'static str,
    /// Objects that say what process is to be started, where a language has them.
    pub(in crate::frontend) described: Option<Described>,
    /// Functions that only say or note what they are given.
    pub(in crate::frontend) silent: &'static [&'static str],
    /// Functions that end the process.
    pub(in crate::frontend) exits: &'static [&'static str],
    /// Types of exceptions, by their paths, that the SDKs raise for failures of their
    /// own, and not for those that the API answers with, or only for those of the
    /// service: a lock is none of these.
    pub(in crate::frontend) other_errors: &'static [&'static str],
    /// How a call says that it failed.
    pub(in crate::frontend) errors: Errors,
    /// Whether a method names the members of its object without saying whose
    /// they are.
    pub(in crate::frontend) implicit_receiver: bool,
    /// How the names of functions that are called start.
    pub(in crate::frontend) functions: Start,
    /// Whether variables, fields and parameters say their types.
    pub(in crate::frontend) declares_types: bool,
    /// Clients by the paths that give them, where these follow no rule.
    pub(in crate::frontend) clients: &'static [(&'static str, Product)],
    /// Methods of SDKs that take what the API takes one by one, where these are
    /// not spelt like the action.
    pub(in crate::frontend) renamed: &'static [(&'static str, &'static str)],
    /// Objects that clients with such methods give out.
    pub(in crate::frontend) held: &'static [Held],
    /// Functions that every program of the language knows.
    pub(in crate::frontend) built_ins: &'static [(&'static str, Does)],
    /// What a loop over a map goes over.
    pub(in crate::frontend) map_items: MapItems,
    /// Types of clients that are given the API's version when they are made, and
    /// the action with each call.
    pub(in crate::frontend) bound_clients: &'static [&'static str],
    /// Methods with which these send; empty where every method does.
    pub(in crate::frontend) bound_senders: &'static [&'static str],
    /// Methods that say what follows when what they are called on has ended.
    pub(in crate::frontend) chains: &'static [(&'static str, Chain)],
    /// Methods that call the function they are given once for each item of what
    /// they are called on.
    pub(in crate::frontend) visitors: &'static [&'static str],
    /// Decorators and annotations that make a function be called again when it fails.
    pub(in crate::frontend) retriers: &'static [&'static str],
    /// Functions that wait for all they are given, whether it fails or not.
    pub(in crate::frontend) settles: &'static [&'static str],
    /// Methods that lengthen the list or the text that they are called on.
    pub(in crate::frontend) appends: &'static [&'static str],
    /// Methods that split the text that they are called on at what they are given.
    pub(in crate::frontend) splitters: &'static [&'static str],
    /// Functions that give back a map of all entries of the maps they are given.
    pub(in crate::frontend) mergers: &'static [&'static str],
    /// Packages whose types are resources that a program declares by making
    /// objects of them.
    pub(in crate::frontend) declares: &'static [Declares],
    /// Methods that join the texts in the list that they are called on, and what
    /// they put between them where nothing is said.
    pub(in crate::frontend) joiners: &'static [(&'static str, &'static str)],
    /// Functions that turn a map into the query of a URL; with a dot in front,
    /// methods of one.
    pub(in crate::frontend) queries: &'static [&'static str],
    /// Members of a URL that are its query.
    pub(in crate::frontend) query_members: &'static [&'static str],
    /// Functions that make a request of HTTP, which another sends, and which of their
    /// arguments are its address and its body.
    pub(in crate::frontend) http_requests: &'static [(&'static str, usize, usize)],
    /// Methods, and members, with which such a request is given its body.
    pub(in crate::frontend) bodies: &'static [&'static str],
    /// Types of clients that serve several products or clouds.
    pub(in crate::frontend) chosen: &'static [Chosen],
    /// Whether naming a method calls it, so that what looks like a call may as
    /// well be a field.
    pub(in crate::frontend) bare_calls: bool,
    /// The method that makes an object of the class that it is called on.
    pub(in crate::frontend) constructor: Option<&'static str>,
    /// Methods that call another, by the name they are given first.
    pub(in crate::frontend) senders_by_name: &'static [&'static str],
    /// Methods that add the entries of the maps they are given.
    pub(in crate::frontend) merges: &'static [&'static str],
    /// Methods that give the keys of a map, its values, or both.
    pub(in crate::frontend) views: &'static [(&'static str, View)],
    /// Whether arguments with names are a map to a function that knows no names.
    pub(in crate::frontend) keywords_make_map: bool,
}

/// A package of resources.
#[derive(Debug)]
pub(in crate::frontend) struct Declares {
    /// What the paths of its types start with; with a `/` in front, what is
    /// anywhere in them, since a program's own code starts with its own name.
    pub(in crate::frontend) path: &'static str,
    /// What the name of a function that makes an object has before the type's.
    pub(in crate::frontend) maker: &'static str,
    /// Whose resources they are.
    pub(in crate::frontend) tool: Tool,
}

impl Declares {
    /// Whether a type is likely to stand in the package that a path names: in C# the
    /// CDKTF has one for each type.
    pub(in crate::frontend) fn may_hold(&self, rest: &str) -> bool {
        let Some((package, own)) = rest.rsplit_once('.') else { return true };
        let package = package.rsplit('.').next().unwrap_or(package);
        let is_type = package.starts_with(|first: char| first.is_ascii_uppercase());
        self.tool != Tool::Cdktf || !is_type || own.starts_with(package) || own.ends_with(package)
    }

    /// What follows the package in the path of one of its types.
    pub(in crate::frontend) fn rest<'p>(&self, path: &'p str) -> Option<&'p str> {
        match self.path.strip_prefix('/') {
            Some(own) => path.split_once(own).map(|(_, rest)| rest),
            None => path.strip_prefix(self.path),
        }
    }
}

/// A tool for programs that declare resources.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Tool {
    /// The types of the Terraform provider, by module.
    Pulumi,
    /// The types of the Terraform provider.
    Cdktf,
    /// The types of ROS.
    RosCdk,
}

/// A type of clients that serve several products or clouds.
#[derive(Debug)]
pub(in crate::frontend) struct Chosen {
    /// Its path.
    pub(in crate::frontend) path: &'static str,
    /// The argument that says which it serves, when it is made.
    pub(in crate::frontend) by: &'static str,
    /// The value of that for ECS.
    pub(in crate::frontend) value: &'static str,
    /// Whether it serves ECS without it.
    pub(in crate::frontend) default: bool,
}

/// What a method gives of a map.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum View {
    Keys,
    Values,
    Pairs,
}

/// What a method says that follows what it is called on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Chain {
    /// Success; and failure, by its second function.
    Then,
    /// Failure.
    Catch,
    /// Either.
    Finally,
}

/// What an import path means.
#[derive(Debug)]
pub(in crate::frontend) struct Package {
    /// What the path starts with.
    pub(in crate::frontend) path: &'static str,
    pub(in crate::frontend) means: Means,
}

/// What a package holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Means {
    /// An ECS SDK: clients with a method an action, requests with a type each.
    Ecs,
    /// An SDK for ECS whose methods take what the API takes one by one.
    Positional,
    /// An ECS SDK of requests with a type each, which any client sends.
    Requests,
    /// What no product owns: clients and requests that name their product.
    Shared,
    /// Another product's or another cloud's SDK.
    Foreign,
}

/// How a method spells an action.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Spelling {
    /// `StartInstance`
    Pascal,
    /// `startInstance`
    Camel,
    /// `start_instance`
    Snake,
    /// `startInstance`, in any case.
    AnyCase,
    /// `start_instance` or `StartInstance`, as a client that takes any has it.
    SnakeOrPascal,
}

/// What a loop over a map goes over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum MapItems {
    Keys,
    Values,
    /// Both, as an entry.
    Pairs,
}

/// How the names of functions start.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Start {
    /// With a small letter: one with a capital makes an object.
    Small,
    /// With a capital letter: it says nothing.
    Capital,
}

/// What a member of a request that names its action says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Says {
    Action,
    Product,
    Version,
    Domain,
    /// Its parameters, in a map.
    Parameters,
    /// How it is sent.
    Transport,
}

/// What a function of a language comes to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Does {
    /// The member, of its first argument, that its second one names.
    Member,
    /// It gives that member its third one.
    SetMember,
    /// What the path that it is given names.
    Import,
    /// A function with the first arguments of its calls.
    Partial,
    /// Each key of its first argument in turn.
    Keys,
    /// Its first argument with the others behind it.
    Extended,
}

/// A function that starts a process.
#[derive(Debug)]
pub(in crate::frontend) struct Process {
    /// Its name, as it is written or imported; what it ends with, if it starts
    /// with a dot.
    pub(in crate::frontend) name: &'static str,
    pub(in crate::frontend) failure: Failure,
}

/// The members of objects that say what process is to be started.
#[derive(Debug)]
pub(in crate::frontend) struct Described {
    /// The method that starts it.
    pub(in crate::frontend) starts: &'static str,
    /// The member of an object with that method which has the others.
    pub(in crate::frontend) inner: &'static str,
    /// The program.
    pub(in crate::frontend) program: &'static str,
    /// The rest of its command line as one text.
    pub(in crate::frontend) line: &'static str,
    /// The same as a list of words.
    pub(in crate::frontend) list: &'static str,
}

/// How a call says that it failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Errors {
    /// By an exception.
    Raised,
    /// By its last result, which the next statement looks at.
    Returned,
}

/// What calling or naming something of a package makes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Constructed {
    /// A client.
    Client(Product),
    /// A request of the action.
    Request(String),
    /// A request that names its product and action itself.
    Common,
    /// Something that carries parameters.
    Carrier,
    /// A request or a client of another product.
    Foreign,
    /// Anything else.
    Other,
}

impl Dialect {
    /// What a type, or a function that makes something, of a package is.
    pub(in crate::frontend) fn constructed(
        &self,
        path: &str,
        is_call: bool,
        catalogue: &Catalogue,
    ) -> Constructed {
        let name = path.rsplit('.').next().unwrap_or(path);
        if let Some(product) = self.client_at(path) {
            return Constructed::Client(product);
        }
        let means = self.means(path);
        if self.bound_clients.contains(&name) && means.is_none_or(|it| it == Means::Shared) {
            return Constructed::Client(Product::Rpc);
        }
        if means.is_none_or(|it| it == Means::Shared) {
            if self.common_requests.contains(&name) {
                return Constructed::Common;
            }
            if self.carriers.contains(&name) {
                return Constructed::Carrier;
            }
        }
        match means {
            Some(Means::Foreign) => Constructed::Foreign,
            Some(Means::Shared) if self.is_client(name, is_call) => {
                Constructed::Client(Product::Foreign)
            }
            Some(Means::Requests) => {
                let action = self.request(name, is_call, catalogue);
                action.map_or(Constructed::Other, Constructed::Request)
            }
            Some(Means::Ecs) => match self.request(name, is_call, catalogue) {
                Some(action) => Constructed::Request(action),
                None if self.is_client(name, is_call) => Constructed::Client(Product::Ecs),
                None => Constructed::Other,
            },
            Some(Means::Positional) if self.is_client(name, is_call) => {
                let is_renamed = !self.renamed.is_empty();
                Constructed::Client(if is_renamed { Product::Footmark } else { Product::Ecs })
            }
            _ => Constructed::Other,
        }
    }

    /// The client that a path gives; one that starts with a dot may be in any
    /// package.
    fn client_at(&self, path: &str) -> Option<Product> {
        let is = |known: &str| known == path || known.starts_with('.') && path.ends_with(known);
        self.clients.iter().find(|(known, _)| is(known)).map(|(_, product)| *product)
    }

    fn is_client(&self, name: &str, is_call: bool) -> bool {
        let is_type = self.client_types.iter().any(|ending| name.ends_with(ending));
        let is_made = || {
            self.client_makers.iter().any(|start| name.starts_with(start))
                && name.contains("Client")
        };
        is_type || is_call && is_made()
    }

    /// The action whose request a type is, or a function makes.
    pub(in crate::frontend) fn request(
        &self,
        name: &str,
        is_call: bool,
        catalogue: &Catalogue,
    ) -> Option<String> {
        let within = |(start, end): &(&str, &str)| {
            let action = name.strip_prefix(start)?.strip_suffix(end)?;
            catalogue.get(action).map(|action| action.name.clone())
        };
        let made = |(start, end): &(&str, &str)| {
            let action = name.strip_prefix(start)?.strip_suffix(end)?;
            self.spelt(action, catalogue).map(str::to_owned)
        };
        let mut makers = self.request_makers.iter().filter(|_| is_call);
        makers.find_map(made).or_else(|| self.request_types.iter().find_map(within))
    }

    /// The action that a method's name spells.
    pub(in crate::frontend) fn action<'c>(
        &self,
        method: &str,
        catalogue: &'c Catalogue,
    ) -> Option<&'c str> {
        let spelt = |stem: &str| self.spelt(stem, catalogue);
        spelt(method).or_else(|| {
            let mut stem = method;
            while let Some(shorter) = self.suffixes.iter().find_map(|it| stem.strip_suffix(it)) {
                stem = shorter;
                if let Some(action) = spelt(stem) {
                    return Some(action);
                }
            }
            None
        })
    }

    fn spelt<'c>(&self, stem: &str, catalogue: &'c Catalogue) -> Option<&'c str> {
        let starts_upper = stem.starts_with(|first: char| first.is_ascii_uppercase());
        let action = match self.spelling {
            Spelling::Camel if !starts_upper => {
                catalogue.folded(stem).filter(|it| it.name.get(1..) == stem.get(1..))
            }
            Spelling::Snake | Spelling::SnakeOrPascal if !starts_upper => catalogue.folded(stem),
            Spelling::Pascal | Spelling::SnakeOrPascal => catalogue.get(stem),
            Spelling::AnyCase if !stem.contains(['_', '-']) => catalogue.folded(stem),
            Spelling::Camel | Spelling::Snake | Spelling::AnyCase => None,
        };
        action.map(|action| action.name.as_str())
    }
}
