//! Modules that a configuration calls and that are not at hand.

use crate::procedure::{Action, Arguments, Evidence, Node, Operation, Procedure};

use super::link::is_local;
use super::module::Module;
use super::project::Project;
use super::tree::Block;

/// Providers in the addresses of registries whose modules may call ECS.
const PROVIDERS: &[&str] = &["alicloud", "aliyun"];

/// The name of the procedures that stand for them.
pub(in crate::frontend) const NAME: &str = "modules not read";

/// How many modules a note names.
const MOST_NAMED: usize = 3;

/// For each module with calls of modules that are not at hand, a procedure with an
/// operation that stands for whatever these do.
pub(super) fn procedures(project: &Project<'_>, frontend: &'static str) -> Vec<Procedure> {
    let unread = |module: &Module| {
        let calls = module.blocks.iter().filter(|block| &*block.name == "module");
        let missing: Vec<(&Block, String)> = calls
            .filter(|block| project.called(module, block).is_none())
            .filter_map(|block| Some((block, missing(project.source_of(block)?)?)))
            .collect();
        let (first, _) = missing.first()?;
        let span = project.sources.span(first.place);
        let mut operation =
            Operation::direct(Action::Unresolved(text(&missing)), span, Arguments::default());
        operation.evidence = Evidence::Possible;
        let body = vec![Node::Call(operation)];
        Some(Procedure { name: NAME.to_owned(), span, frontend, parameters: Vec::new(), body })
    };
    project.modules.iter().filter_map(unread).collect()
}

/// The source of a module, if that may call ECS.
fn missing(source: String) -> Option<String> {
    let address = source.split("//").next().unwrap_or_default();
    let parts: Vec<&str> = address.split('/').collect();
    let is_registry = !is_local(&source) && !address.contains([':', '@', '?']);
    let provider = match parts.as_slice() {
        [_, _, provider] if is_registry && !parts[0].contains('.') => Some(*provider),
        [_, _, _, provider] if is_registry => Some(*provider),
        _ => None,
    };
    provider.is_none_or(|provider| PROVIDERS.contains(&provider)).then_some(source)
}

fn text(missing: &[(&Block, String)]) -> String {
    let named = missing.iter().take(MOST_NAMED).map(|(block, source)| {
        format!("`{}` ({source})", block.labels.first().map_or("", |name| name))
    });
    let mut named = named.collect::<Vec<_>>().join(", ");
    if missing.len() > MOST_NAMED {
        named = format!("{named} and {} more", missing.len() - MOST_NAMED);
    }
    let (subject, them) = if missing.len() == 1 { ("module", "it") } else { ("modules", "them") };
    let remedy = if missing.iter().any(|(_, source)| !is_local(source)) {
        format!("`terraform init` fetches {them}")
    } else {
        "check the path".to_owned()
    };
    format!("the calls of {subject} {named}, not read; {remedy}")
}

#[cfg(test)]
mod tests {
    use super::missing;

    #[test]
    fn modules_of_other_clouds_do_not_count() {
        for ours in [
            "alibaba/vpc/alicloud",
            "app.terraform.io/x/vpc/alicloud",
            "alibaba/vpc/alicloud//modules/a",
            "git::https://example.com/x/y/aws.git",
            "./not-there",
        ] {
            assert!(missing(ours.to_owned()).is_some(), "{ours}");
        }
        for other in ["terraform-aws-modules/vpc/aws", "app.terraform.io/x/vpc/google"] {
            assert!(missing(other.to_owned()).is_none(), "{other}");
        }
    }
}
