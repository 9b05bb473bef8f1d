//! References: what a name and the picks after it stand for.

use std::rc::Rc;

use super::super::datum::{Datum, Origin, Resource};
use super::super::instance::{Form, Instance, Name};
use super::super::scope::Scope;
use super::super::tree::{Block, Expression, Item, Kind, Place, Step};
use super::Evaluator;

impl<'p> Evaluator<'p> {
    /// The value that a name and the picks after it refer to.
    pub(super) fn reference(
        &self,
        name: &'p str,
        steps: &'p [Step],
        place: Place,
        scope: Scope<'_, 'p>,
    ) -> Datum {
        if let Some(bound) = scope.bound(name) {
            return self.pick(bound, steps, place, scope);
        }
        let word = |number: usize| match steps.get(number) {
            Some(Step::Attribute(word)) => Some(word),
            _ => None,
        };
        let (found, used) = match (name, word(0), word(1)) {
            ("local", Some(local), _) => (self.local(scope.instance, local), 1),
            ("var", Some(variable), _) => (self.variable(scope.instance, variable), 1),
            ("module", Some(module), _) => (self.module(scope.instance, module), 1),
            ("data", Some(kind), Some(name)) => {
                (self.resource(scope.instance, &format!("data {kind}.{name}")), 2)
            }
            ("self", ..) => (scope.occurrence.and_then(|it| it.this.clone()), 0),
            ("each", Some(part), _) => {
                let each = scope.occurrence.and_then(|it| it.each.as_ref());
                let value = each.map(|(key, value)| if &**part == "key" { key } else { value });
                (value.cloned(), 1)
            }
            ("count", ..) => (scope.occurrence.and_then(|it| it.index.clone()), 1),
            ("path" | "terraform", ..) => return self.unknown(place, Origin::Nowhere),
            (kind, Some(name), _) => {
                (self.resource(scope.instance, &format!("resource {kind}.{name}")), 1)
            }
            _ => (None, 0),
        };
        let Some(found) = found else { return self.unknown(place, Origin::Outside) };
        let picked = self.pick(&found, steps.get(used..).unwrap_or_default(), place, scope);
        match (&picked, name) {
            // What comes from another module is called what it is called here.
            (Datum::Unknown(unknown), "var" | "module") if !unknown.failed => {
                self.unknown(place, unknown.origin.clone())
            }
            _ => picked,
        }
    }

    fn local(&self, instance: &Instance<'p>, name: &Rc<str>) -> Option<Datum> {
        let definition = instance.module.local(name)?;
        remember(instance, Name::Local(Rc::clone(name)), || {
            self.evaluate(&definition.value, Scope::of(instance))
        })
    }

    /// What a variable is set to: by who calls the module, in a file of values
    /// for a root, or by default.
    fn variable(&self, instance: &Instance<'p>, name: &Rc<str>) -> Option<Datum> {
        let block = instance.module.block(&format!("variable {name}"));
        remember(instance, Name::Variable(Rc::clone(name)), || {
            let unknown = || Datum::unknown(format!("var.{name}"), Origin::Outside);
            let Some(given) = self.given(instance, name, block) else { return unknown() };
            let Some(constraint) = instance.module.kind_of(name) else { return given };
            let default = |default| self.evaluate(default, Scope::of(instance));
            constraint.convert(&given, &default).unwrap_or_else(unknown)
        })
    }

    fn given(
        &self,
        instance: &Instance<'p>,
        name: &str,
        block: Option<&'p Block>,
    ) -> Option<Datum> {
        let Some(caller) = &instance.caller else {
            let given = self.project.values.get(name);
            let value = given.or_else(|| instance.module.values.get(name))?;
            return Some(self.evaluate(&value.value, Scope::of(instance)));
        };
        let scope = Scope::inside(&caller.instance, &caller.occurrence);
        let argument = caller.block.attribute(name);
        let argument = argument.map(|argument| self.evaluate(&argument.value, scope));
        let default =
            || Some(self.evaluate(&block?.attribute("default")?.value, Scope::of(instance)));
        match argument {
            Some(Datum::Null) if !block.is_some_and(|block| self.is_nullable(instance, block)) => {
                default().or(Some(Datum::Null))
            }
            Some(argument) => Some(argument),
            None => default(),
        }
    }

    fn is_nullable(&self, instance: &Instance<'p>, variable: &'p Block) -> bool {
        let nullable = variable.attribute("nullable");
        let nullable = nullable.map(|flag| self.evaluate(&flag.value, Scope::of(instance)));
        nullable.and_then(|flag| flag.as_bool()).unwrap_or(true)
    }

    /// What a module's name stands for; none if the module is not here.
    fn module(&self, instance: &Instance<'p>, name: &str) -> Option<Datum> {
        let number = instance.module.place(&format!("module {name}"))?;
        remember(instance, Name::Block(number), || {
            let address = format!("module.{name}");
            // A module that is not here is of this configuration all the same, and what
            // it hands out is most likely what it creates.
            let origin = Origin::Declared(format!("{}{address}", instance.prefix).into());
            let unknown = || Datum::unknown(address.clone(), origin.clone());
            let children = self.children(&self.instance(instance.number), number);
            let block = &instance.module.blocks[number];
            if children.is_empty() && self.project.called(instance.module, block).is_none() {
                return unknown();
            }
            let modules = children.iter().map(|child| Datum::Module(*child)).collect();
            self.expanded(instance, number, modules).unwrap_or_else(unknown)
        })
    }

    fn resource(&self, instance: &Instance<'p>, name: &str) -> Option<Datum> {
        let number = instance.module.place(name)?;
        remember(instance, Name::Block(number), || {
            let count = self.expansion(instance, number).occurrences.len();
            let each = |occurrence| self.this(instance, number, occurrence);
            let resources = (0..count).map(each).collect();
            let unknown = || Datum::unknown(name.replace("resource ", ""), Origin::Outside);
            self.expanded(instance, number, resources).unwrap_or_else(unknown)
        })
    }

    /// What a block's address stands for, made of what its occurrences are.
    fn expanded(&self, instance: &Instance<'p>, number: usize, data: Vec<Datum>) -> Option<Datum> {
        let expansion = self.expansion(instance, number);
        match expansion.form {
            Form::Single => data.into_iter().next(),
            Form::Counted => Datum::list(data),
            Form::Keyed => {
                let keys = expansion.occurrences.iter();
                let keys = keys.map(|it| it.each.as_ref().and_then(|(key, _)| key.as_text()));
                let entries = keys.zip(data).map(|(key, datum)| Some((key?, datum)));
                Datum::map(entries.collect::<Option<_>>()?)
            }
            Form::Unknown => data.into_iter().next().map(|one| Datum::Each(Rc::new(one))),
        }
    }

    /// An occurrence of a resource's block.
    pub(in super::super) fn this(
        &self,
        instance: &Instance<'p>,
        block: usize,
        occurrence: usize,
    ) -> Datum {
        let expansion = self.expansion(instance, block);
        let suffix = expansion.occurrences.get(occurrence).map_or("", |it| it.suffix.as_str());
        let declared = &instance.module.blocks[block];
        let address = format!("{}{suffix}", declared.address().unwrap_or_default());
        let origin = match &*declared.name {
            "resource" => Origin::Declared(format!("{}{address}", instance.prefix).into()),
            _ => Origin::Outside,
        };
        let number = instance.number;
        Datum::Resource(Rc::new(Resource { instance: number, block, occurrence, address, origin }))
    }

    /// An attribute of a resource: what its block sets, or else something it gets.
    pub(super) fn attribute(&self, resource: &Resource, name: &Rc<str>) -> Datum {
        let Resource { instance, block, occurrence, address, origin } = resource;
        let instance = self.instance(*instance);
        let set = self.set_attribute(&instance, *block, *occurrence, name);
        let told = set.filter(|datum| !matches!(datum, Datum::Null));
        told.unwrap_or_else(|| Datum::unknown(format!("{address}.{name}"), origin.clone()))
    }

    fn set_attribute(
        &self,
        instance: &Instance<'p>,
        number: usize,
        occurrence: usize,
        name: &Rc<str>,
    ) -> Option<Datum> {
        let block: &'p Block = &instance.module.blocks[number];
        let is_named = |item: &&'p Item| match item {
            Item::Attribute(attribute) => attribute.name == *name,
            Item::Block(nested) => nested.is_mapping && nested.name == *name,
        };
        let item = block.items.iter().find(is_named)?;
        let key = Name::Attribute(number, occurrence, Rc::clone(name));
        remember(instance, key, || {
            let expansion = self.expansion(instance, number);
            let mut occurs = expansion.occurrences.get(occurrence).cloned().unwrap_or_default();
            occurs.this = Some(self.this(instance, number, occurrence));
            let scope = Scope::inside(instance, &occurs);
            match item {
                Item::Attribute(attribute) => self.evaluate(&attribute.value, scope),
                Item::Block(nested) => self.mapping(nested, scope),
            }
        })
    }

    /// The map that a block in JSON syntax is.
    fn mapping(&self, block: &'p Block, scope: Scope<'_, 'p>) -> Datum {
        let entry = |item: &'p Item| match item {
            Item::Attribute(attribute) => {
                (Rc::clone(&attribute.name), self.evaluate(&attribute.value, scope))
            }
            Item::Block(nested) => {
                (Rc::clone(&nested.name), self.unknown(nested.place, Origin::Outside))
            }
        };
        let map = Datum::map(block.items.iter().map(entry).collect());
        map.unwrap_or_else(|| self.unknown(block.place, Origin::Outside))
    }

    /// An output of a module.
    pub(super) fn output(&self, instance: usize, name: &Rc<str>) -> Option<Datum> {
        let instance = self.instance(instance);
        let block = instance.module.block(&format!("output {name}"))?;
        let value = block.attribute("value")?;
        remember(&instance, Name::Output(Rc::clone(name)), || {
            self.evaluate(&value.value, Scope::of(&instance))
        })
    }
}

/// The value under a name, told once; nothing while it is being told.
fn remember(instance: &Instance<'_>, name: Name, tell: impl FnOnce() -> Datum) -> Option<Datum> {
    if let Some(known) = instance.memo.borrow().get(&name) {
        return known.clone();
    }
    instance.memo.borrow_mut().insert(name.clone(), None);
    let datum = tell();
    instance.memo.borrow_mut().insert(name, Some(datum.clone()));
    Some(datum)
}

/// The expression that a reference to a local stands for, or one to a variable
/// that the caller sets, and where that stands.
pub(in super::super) fn definition<'s, 'p>(
    expression: &'p Expression,
    scope: Scope<'s, 'p>,
) -> Option<(&'p Expression, Scope<'s, 'p>)> {
    let Kind::Pick(head, steps) = &expression.kind else { return None };
    let (Kind::Name(head), [Step::Attribute(name)]) = (&head.kind, steps.as_slice()) else {
        return None;
    };
    let instance = scope.instance;
    match (&**head, &instance.caller) {
        ("local", _) => {
            let definition = instance.module.local(name)?;
            Some((&definition.value, Scope::of(instance)))
        }
        ("var", Some(caller)) => {
            if let Some(argument) = caller.block.attribute(name) {
                let scope = Scope::inside(&caller.instance, &caller.occurrence);
                return Some((&argument.value, scope));
            }
            let variable = instance.module.block(&format!("variable {name}"))?;
            Some((&variable.attribute("default")?.value, Scope::of(instance)))
        }
        _ => None,
    }
}
