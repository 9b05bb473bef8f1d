//! Resources that call one API, or run an OOS template, when they are created.

use crate::frontend::{Context, oos};
use crate::procedure::{
    Action, Arguments, Declaration, Evidence, Lifecycle, Node, Operation, Procedure, Property,
    Value,
};

/// The type of a resource that calls the API which its properties name.
const EXECUTE_API: &str = "MODULE::ACS::OOS::ExecuteAPI";
/// Types of resources that run a template.
const EXECUTE_TEMPLATE: [&str; 2] = ["MODULE::ACS::OOS::ExecuteTemplate", "ALIYUN::OOS::Execution"];
/// Our product.
const PRODUCT: &str = "ECS";

/// What the creation of a declaration calls by itself, if that may be ours.
pub(super) fn lower(declaration: &Declaration, context: Context<'_>) -> Option<Procedure> {
    let node = match declaration.kind.as_str() {
        EXECUTE_API => Node::Call(call(declaration, context)?),
        kind if EXECUTE_TEMPLATE.contains(&kind) => execution(declaration)?,
        _ => return None,
    };
    Some(Procedure {
        name: Procedure::name_of(&declaration.address, Lifecycle::Create),
        span: declaration.span,
        frontend: super::NAME,
        parameters: Vec::new(),
        body: vec![node],
    })
}

/// A template that is run with its parameters.
fn execution(declaration: &Declaration) -> Option<Node> {
    let name = &declaration.property("TemplateName")?.value;
    let given = declaration.property("Parameters");
    let properties = match given.map(|parameters| &parameters.value) {
        Some(Value::Map(entries)) => entries.as_slice(),
        _ => &[],
    };
    let span = given.map_or(declaration.span, |parameters| parameters.span);
    let property = |(name, value): &(String, Value)| Property {
        name: name.clone(),
        value: value.clone(),
        span,
    };
    let properties = properties.iter().map(property).collect();
    oos::named_template(name, Declaration { properties, ..declaration.clone() })
}

/// The one call that a declaration makes.
fn call(declaration: &Declaration, context: Context<'_>) -> Option<Operation> {
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
    Some(operation)
}
