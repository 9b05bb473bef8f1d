//! What a call is expected to give back, where that says what it sends:
//! `StopInstanceResponse response = client.getAcsResponse(converter.convert(task))`.

use super::calls::{Call, method_of};
use super::code::Type;
use super::dialect::Means;
use super::machine::Machine;
use super::thing::{Name, Thing};
use crate::procedure::Evidence;

impl<'c> Machine<'c> {
    /// Reads something of which a type is expected.
    pub(super) fn expecting<T>(
        &mut self,
        kind: Option<&Type>,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let outer = self.expected.clone();
        if let Some(Type::Named(name)) = kind
            && let Some(Thing::Imported(path)) = self.path_of(name)
        {
            self.expected = self.answered_by(&path);
        }
        let result = read(self);
        self.expected = outer;
        result
    }

    /// The type that the function being read returns.
    pub(super) fn returned_type(&self) -> Option<&'c Type> {
        let number = self.current()?;
        let unit = self.unit;
        unit.functions.get(number)?.returns.first()
    }

    /// The action that a response answers.
    fn answered_by(&self, path: &str) -> Option<Name> {
        let name = path.rsplit('.').next()?.strip_suffix("Response")?;
        let action = self.context.catalogue.get(name)?;
        (self.dialect.means(path) == Some(Means::Ecs)).then(|| action.name.as_str().into())
    }

    /// A call that sends by its name what is not known: what it gives back may
    /// say.
    pub(super) fn send_expected(&mut self, call: &Call<'c>) -> bool {
        let Some(action) = self.expected.take() else {
            self.run.parametric |= call.given.all().any(|argument| argument.thing.is_tainted());
            return false;
        };
        let method = method_of(Thing::known(action, call.at.clone()));
        self.call_action(call, &method, Evidence::Certain);
        true
    }
}
