//! The module that calls one API when its resource is created.

use crate::frontend::Context;
use crate::procedure::{
    Action, Arguments, Declaration, Evidence, Node, Operation, Procedure, Value,
};

/// The type of a resource that calls the API which its properties name.
const EXECUTE_API: &str = "MODULE::ACS::OOS::ExecuteAPI";
/// Our product.
const PRODUCT: &str = "ECS";

/// The call that a declaration makes, if it may be one of ours.
pub(super) fn lower(declaration: &Declaration, context: Context<'_>) -> Option<Procedure> {
    if declaration.kind != EXECUTE_API {
        return None;
    }
    let value = |name| declaration.property(name).map(|property| &property.value);
    let ours = match value("Service") {
        Some(Value::Text(service)) if service.eq_ignore_ascii_case(PRODUCT) => true,
        Some(Value::Unknown(_)) | None => false,
        Some(_) => return None,
    };
    let action = match value("API")? {
        Value::Text(name) => {
            let known = context.catalogue.folded(name);
            known.is_some().then_some(()).or(ours.then_some(()))?;
            Action::Named(known.map_or_else(|| name.clone(), |action| action.name.clone()))
        }
        Value::Unknown(unknown) => Action::Unresolved(unknown.text.clone()),
        _ => return None,
    };
    let arguments = match value("Parameters") {
        Some(Value::Map(given)) => Arguments { given: given.clone(), open: false },
        Some(Value::Unknown(_)) => Arguments { given: Vec::new(), open: true },
        _ => Arguments::default(),
    };
    let certain = ours && matches!(action, Action::Named(_));
    let mut operation = Operation::direct(action, declaration.span, arguments);
    operation.evidence = if certain { Evidence::Certain } else { Evidence::Possible };
    Some(Procedure {
        name: format!("{} (create)", declaration.address),
        span: declaration.span,
        frontend: super::NAME,
        body: vec![Node::Call(operation)],
    })
}
