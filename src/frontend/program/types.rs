//! Types: what a value of a declared type is, and what the members of a class
//! are.

use std::ops::Range;

use super::code::{Form, Type};
use super::dialect::{Constructed, Means};
use super::given::Given;
use super::machine::Machine;
use super::request::{Kind, Request};
use super::thing::{Name, Product, Rest, Thing};

/// How many classes up a member is looked for.
const MAX_ANCESTORS: usize = 16;

/// What a class inherits from.
#[derive(Debug, Default)]
pub(super) struct Ancestry {
    /// Classes of this file, itself first.
    pub(super) own: Vec<usize>,
    /// The client class that it extends or embeds.
    pub(super) client: Option<Product>,
    /// The class of requests that it extends, by its path.
    pub(super) request: Option<Name>,
}

impl Machine<'_> {
    /// The full path of the name of a type or a function.
    pub(super) fn path_of(&self, name: &str) -> Option<Thing> {
        let (first, rest) =
            name.split_once('.').map_or((name, None), |(it, rest)| (it, Some(rest)));
        match (self.names.get(first), rest) {
            (Some(Thing::Imported(path)), Some(rest)) => {
                Some(Thing::Imported(format!("{path}.{rest}").into()))
            }
            (Some(known), None) => Some(known.clone()),
            (Some(_), Some(_)) if self.dialect.means(name).is_none() => None,
            _ if self.dialect.means(name).is_some() => {
                Some(Thing::Imported(name.trim_start_matches('.').into()))
            }
            _ => self.wildcard(name),
        }
    }

    /// A name that only an import of a whole package can have brought.
    pub(super) fn wildcard(&self, name: &str) -> Option<Thing> {
        let wildcards = self.unit.imports.iter().filter(|import| import.name.is_none());
        let paths = wildcards.map(|import| format!("{}.{name}", import.path));
        let is_known = |path: &String| self.dialect.means(path).is_some();
        paths
            .filter(|path| is_known(path) || self.is_declarable(path))
            .find(|path| {
                if self.is_declarable(path) {
                    return true;
                }
                let made = self.dialect.constructed(path, true, self.context.catalogue);
                match made {
                    Constructed::Other | Constructed::Foreign => false,
                    // Of the many types that are called clients, few are of the SDK.
                    Constructed::Client(_) => self.dialect.client_types.contains(&name),
                    _ => true,
                }
            })
            .map(|path| Thing::Imported(path.into()))
    }

    /// What a value of a declared type is, if the type says something. A request
    /// that is given to a function is filled in by its callers.
    pub(super) fn of_type(&mut self, kind: &Type, name: &str, given: bool) -> Option<Thing> {
        match kind {
            Type::Unknown => None,
            Type::Of(inner) => {
                let item = self.of_type(inner, name, given)?;
                let rest = if given { Rest::Tainted } else { Rest::Open };
                Some(Thing::list(vec![item], rest))
            }
            Type::Named(path) => match self.path_of(path)? {
                Thing::Class(class) if self.is_record(class) => {
                    Some(Thing::map(Vec::new(), if given { Rest::Tainted } else { Rest::Open }))
                }
                Thing::Class(class) => Some(Thing::Instance(class)),
                // Of which product it is, its type does not say.
                Thing::Imported(path) => {
                    let made = self.made(&path, false, name, given);
                    made.filter(|made| *made != Thing::Client(Product::Rpc))
                }
                _ => None,
            },
        }
    }

    /// The client that a declared type is.
    pub(super) fn client_of_type(&self, kind: &Type) -> Option<Thing> {
        let Type::Named(path) = kind else { return None };
        let Thing::Imported(path) = self.path_of(path)? else { return None };
        match self.dialect.constructed(&path, false, self.context.catalogue) {
            Constructed::Client(product) => Some(Thing::Client(product)),
            _ => None,
        }
    }

    /// What is made by the type or the function of a path.
    pub(super) fn made(
        &mut self,
        path: &str,
        is_call: bool,
        name: &str,
        given: bool,
    ) -> Option<Thing> {
        let mut request = match self.dialect.constructed(path, is_call, self.context.catalogue) {
            Constructed::Client(product) => return Some(Thing::Client(product)),
            Constructed::Foreign if path.ends_with("Request") => {
                Request::new(Kind::Foreign, Thing::Absent)
            }
            Constructed::Foreign => return Some(Thing::Client(Product::Foreign)),
            Constructed::Request(action) => {
                let mut request = Request::new(Kind::Old, Thing::known(action, 0..0));
                request.version = Thing::known(super::request::VERSION, 0..0);
                request
            }
            Constructed::Common => Request::new(Kind::Common, Thing::Absent),
            Constructed::Carrier if !given => return Some(Thing::map(Vec::new(), Rest::Closed)),
            Constructed::Carrier | Constructed::Other => return None,
        };
        if given {
            request.arguments.open = true;
            if request.kind == Kind::Common {
                let tainted = || Thing::tainted(Name::from(name));
                request.action = tainted();
                request.product = tainted();
                request.version = tainted();
            }
        }
        Some(self.state.new_request(request))
    }

    /// What a class inherits from, itself first.
    pub(super) fn ancestry(&self, class: usize) -> Ancestry {
        let mut ancestry = Ancestry { own: vec![class], ..Ancestry::default() };
        let mut next = 0;
        while let Some(class) = ancestry.own.get(next).copied().filter(|_| next < MAX_ANCESTORS) {
            next += 1;
            let Some(class) = self.unit.classes.get(class) else { continue };
            for base in &class.bases {
                let Type::Named(name) = base else { continue };
                match self.path_of(name) {
                    Some(Thing::Class(base)) if !ancestry.own.contains(&base) => {
                        ancestry.own.push(base);
                    }
                    Some(Thing::Imported(path)) => {
                        match self.dialect.constructed(&path, false, self.context.catalogue) {
                            Constructed::Client(product) => ancestry.client = Some(product),
                            Constructed::Request(_) => ancestry.request = Some(path),
                            _ if self.is_request_base(&path) => ancestry.request = Some(path),
                            _ => {}
                        }
                    }
                    None if self.is_request_base(name) => ancestry.request = Some(name.clone()),
                    _ => {}
                }
            }
        }
        ancestry
    }

    /// A member of a class of this file.
    pub(super) fn class_member(
        &mut self,
        class: usize,
        object: &Thing,
        name: &Name,
        at: &Range<usize>,
    ) -> Option<Thing> {
        let ancestry = self.ancestry(class);
        let unit = self.unit;
        for own in &ancestry.own {
            if let Some(number) = self.members.get(&(*own, name.clone())).copied() {
                if unit.functions[number].is_declared_only {
                    return self.declared_method(number);
                }
                let function = &unit.functions[number];
                let bound = match object {
                    _ if function.receiver.is_none() => None,
                    _ if function.form == Form::OfClass => Some(Thing::Class(class)),
                    object => Some(object.clone()),
                };
                if function.form == Form::Property {
                    return Some(self.invoke(at, number, bound.as_ref(), &Given::default()));
                }
                return Some(Thing::Function(number, bound.map(std::rc::Rc::new)));
            }
        }
        if let Some(thing) = self.class_field(class, name) {
            return Some(thing);
        }
        self.client_member(ancestry.client?, name, &(0..0))
    }

    /// A field of a class of this file that something is known of.
    pub(super) fn class_field(&mut self, class: usize, name: &Name) -> Option<Thing> {
        let unit = self.unit;
        for own in self.ancestry(class).own {
            let field = self.facts.field(unit, own, name);
            if let Some(thing) = self.field(own, name)
                && !matches!(thing, Thing::Absent)
            {
                let thing = self.made_with(class, name, thing);
                return Some(match field {
                    Some(field) => self.typed_as(thing, &field.kind, name),
                    None => thing,
                });
            }
            if let Some(field) = field {
                return self.of_type(&field.kind, name, true);
            }
        }
        None
    }

    /// A method that an interface declares as the client has it: it takes the
    /// request of the action that it is named after.
    fn declared_method(&self, number: usize) -> Option<Thing> {
        let function = &self.unit.functions[number];
        let catalogue = self.context.catalogue;
        let action = self.dialect.action(&function.name, catalogue)?;
        let takes = |kind: &Type| {
            let Type::Named(path) = kind else { return false };
            let Some(Thing::Imported(path)) = self.path_of(path) else { return false };
            self.dialect.constructed(&path, false, catalogue)
                == Constructed::Request(action.to_owned())
        };
        let takes_request = function.parameters.iter().any(|parameter| takes(&parameter.kind));
        takes_request.then(|| Thing::Method(super::calls::method_of(Thing::known(action, 0..0))))
    }

    /// Whether the type of a path is another product's, or another cloud's.
    pub(super) fn is_foreign(&self, path: &str) -> bool {
        self.dialect.means(path) == Some(Means::Foreign)
    }
}
