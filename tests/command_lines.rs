//! Every action of the catalogue is found in every form of command line and
//! request, at its line; with another product nothing is.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use ecs_lock_lint::frontend::{self, Context};
use ecs_lock_lint::procedure::{Action, Node};
use ecs_lock_lint::ruleset;
use ecs_lock_lint::source::{FileId, Source, SourceFile};

/// A front end, and a line that calls `{action}` or `{kebab}` of `{product}`.
const FORMS: &[(&str, &str)] = &[
    ("shell", "aliyun {product} {action} --RegionId cn-x"),
    ("shell", "aliyuncli {product} {action} --RegionId cn-x"),
    ("shell", "aliyun --profile prod {product} {kebab} --biz-region-id cn-x"),
    ("shell", "timeout 30 aliyun {product} {action} | jq ."),
    ("shell", "eval \"aliyun {product} {action} --RegionId $REGION\""),
    ("shell", "curl \"https://{product}.cn-x.aliyuncs.com/?Action={action}&Version=2014-05-26\""),
    ("shell", "curl https://{product}.aliyuncs.com -H 'x-acs-action: {action}'"),
    ("shell", "ecctl call {product} {action} --RegionId cn-x"),
    ("powershell", "& aliyun {product} {action} --RegionId cn-x"),
    ("powershell", "$r = aliyun {product} {kebab} --biz-region-id cn-x | ConvertFrom-Json"),
    ("powershell", "Start-Process aliyun -ArgumentList '{product}', '{action}' -Wait"),
    ("powershell", "Invoke-Expression \"aliyun {product} {action} --RegionId $region\""),
    ("powershell", "irm \"https://{product}.aliyuncs.com/?Action={action}&Version=2014-05-26\""),
];

/// Other products, some of whose actions have the same names.
const OTHERS: &[&str] = &["rds", "ens", "vpc", "swas-open"];

/// The plug-in's spelling of an action, by its rule and its exceptions.
fn kebab(action: &str) -> String {
    let mut name = String::new();
    for letter in action.replace("VSwitch", "Vswitch").replace("VRouter", "Vrouter").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

fn script(form: &str, product: &str, actions: &[String]) -> String {
    let lines = actions.iter().map(|action| {
        let line = form.replace("{product}", product).replace("{action}", action);
        line.replace("{kebab}", &kebab(action)) + "\n"
    });
    lines.collect()
}

/// The lines and actions of the calls in a script.
fn calls(frontend: &str, text: String) -> Vec<(u32, String)> {
    let catalogue = ruleset::built_in_catalogue();
    let file = SourceFile::new("script".into(), text);
    let source = Source::file(FileId(0), &file.path, &file.text);
    let frontend = frontend::named(frontend).unwrap();
    let lowered = (frontend.lower)(&[source], Context { catalogue: &catalogue, values: &[] });
    assert!(lowered.problems.is_empty(), "{:?}", lowered.problems);
    let mut found = Vec::new();
    for procedure in &lowered.procedures {
        collect(&procedure.body, &file, &mut found);
    }
    found
}

fn collect(nodes: &[Node], file: &SourceFile, found: &mut Vec<(u32, String)>) {
    for node in nodes {
        match node {
            Node::Call(operation) => {
                let (Action::Named(name) | Action::Unresolved(name)) = &operation.action;
                found.push((file.position(operation.span.start).line, name.clone()));
            }
            Node::Attempt(attempt) => collect(&attempt.body, file, found),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn every_action_is_found_in_every_form() {
    let catalogue = ruleset::built_in_catalogue();
    let actions: Vec<String> = catalogue.actions.iter().map(|it| it.name.clone()).collect();
    assert!(actions.len() > 300, "{} actions", actions.len());
    for (frontend, form) in FORMS {
        let found = calls(frontend, script(form, "ecs", &actions));
        let expected: Vec<(u32, String)> = (1..).zip(actions.iter().cloned()).collect();
        let missed = expected.iter().find(|call| !found.contains(call));
        assert_eq!(missed, None, "{form}");
        assert_eq!(found.len(), expected.len(), "{form}");
    }
}

#[test]
fn no_action_of_another_product_is_found() {
    let catalogue = ruleset::built_in_catalogue();
    let actions: Vec<String> = catalogue.actions.iter().map(|it| it.name.clone()).collect();
    for (frontend, form) in FORMS {
        for product in OTHERS {
            let found = calls(frontend, script(form, product, &actions));
            assert_eq!(found, [], "{form} with {product}");
        }
    }
}
