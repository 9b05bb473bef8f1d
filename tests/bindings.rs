//! When a bound call is made: what the properties of a declaration tell, what
//! their defaults do, and what cannot be told.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::path::Path;
use std::sync::LazyLock;

use ecs_lock_lint::bind::bind;
use ecs_lock_lint::frontend::Lowered;
use ecs_lock_lint::procedure::{Action, Declaration, Evidence, Node, Operation, Property, Value};
use ecs_lock_lint::ruleset::Ruleset;
use ecs_lock_lint::source::{FileId, Span};

const BINDINGS: &str = "
source: a test
as_of: 2026-01-02
types:
  - type: sample
    defaults: {charge: PostPaid}
    computed: [status]
    create:
      - action: RunInstances
      - action: RebootInstance
        if: [the service wants it]
      - action: StopInstance
        equals: {status: Stopped}
    update:
      - action: StopInstance
        changed: [image, status]
        equals: {status: Stopped}
      - action: ModifyPrepayInstanceSpec
        changed: [kind]
        equals: {charge: PrePaid}
      - action: AttachInstanceRamRole
        changed: [role]
        set: [role]
        if: [the role is another]
      - action: ModifyInstanceSpec
        changed: [kind]
        changed_too: [charge]
      - action: AllocatePublicIpAddress
        changed: [charge]
        set: [bandwidth]
    delete:
      - action: DeleteInstance
        not_equals: {charge: PrePaid}
lifecycle:
  ignored: ignored
";

const NOWHERE: Span = Span { file: FileId(0), start: 0, end: 0 };

static RULESET: LazyLock<Ruleset> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bindings-when");
    std::fs::create_dir_all(folder.join("bindings")).unwrap();
    std::fs::write(folder.join("bindings/sample.yaml"), BINDINGS).unwrap();
    Ruleset::load(&[folder]).unwrap()
});

/// The calls of a `sample` with these properties.
fn calls(properties: &[(&str, &str)]) -> Vec<Operation> {
    let property = |(name, value): &(&str, &str)| Property {
        name: (*name).to_owned(),
        value: Value::Text((*value).to_owned()),
        span: NOWHERE,
    };
    let declaration = Declaration {
        address: "sample.one".to_owned(),
        kind: "sample".to_owned(),
        span: NOWHERE,
        frontend: "terraform",
        properties: properties.iter().map(property).collect(),
    };
    let lowered = Lowered { declarations: vec![declaration], ..Lowered::default() };
    let nodes =
        bind(lowered, &[], &RULESET).procedures.into_iter().flat_map(|procedure| procedure.body);
    let call = |node| match node {
        Node::Call(operation) => Some(operation),
        _ => None,
    };
    nodes.filter_map(call).collect()
}

fn name(call: &Operation) -> &str {
    match &call.action {
        Action::Named(name) => name,
        Action::Unresolved(text) => panic!("unresolved: {text}"),
    }
}

/// Each call with the attributes that it hangs on.
fn outline(calls: &[Operation]) -> Vec<String> {
    let line = |call: &Operation| {
        let attributes = call.binding.as_ref().unwrap().attributes.iter();
        let names: Vec<&str> = attributes.map(|attribute| attribute.name.as_str()).collect();
        format!("{} {}", name(call), names.join(" ")).trim_end().to_owned()
    };
    calls.iter().map(line).collect()
}

#[test]
fn what_cannot_be_told_is_possible_not_certain() {
    let calls = calls(&[]);
    assert_eq!(calls[0].evidence, Evidence::Certain);
    assert_eq!((name(&calls[1]), calls[1].evidence), ("RebootInstance", Evidence::Possible));
}

#[test]
fn a_computed_value_is_unknown_once_the_resource_exists_and_a_default_is_known() {
    let expected = [
        "RunInstances",
        "RebootInstance",
        "StopInstance image status",
        "AttachInstanceRamRole role",
        "DeleteInstance",
    ];
    assert_eq!(outline(&calls(&[])), expected);
}

#[test]
fn what_a_property_is_says_nothing_of_what_it_is_changed_to() {
    let calls = calls(&[("status", "Running"), ("charge", "PrePaid")]);
    let expected = [
        "RunInstances",
        "RebootInstance",
        "StopInstance status",
        "ModifyPrepayInstanceSpec kind",
        "AttachInstanceRamRole role",
    ];
    assert_eq!(outline(&calls), expected);
}

#[test]
fn ignored_changes_call_nothing() {
    let calls = outline(&calls(&[("ignored", "role")]));
    assert!(!calls.iter().any(|call| call.starts_with("AttachInstanceRamRole")), "{calls:?}");
}

#[test]
fn zero_counts_as_not_set() {
    let allocates = |bandwidth| {
        let calls = outline(&calls(&[("bandwidth", bandwidth)]));
        calls.contains(&"AllocatePublicIpAddress charge".to_owned())
    };
    assert!(allocates("5"));
    assert!(!allocates("0"));
    assert!(!allocates(""));
}

#[test]
fn without_a_plan_one_attribute_changes_at_a_time() {
    let calls = outline(&calls(&[]));
    assert!(!calls.iter().any(|call| call.starts_with("ModifyInstanceSpec")), "{calls:?}");
}

/// What is new there is unbound, so that it is not taken for harmless.
#[test]
fn every_documented_type_of_ros_is_bound() {
    let ruleset = Ruleset::load::<&str>(&[]).unwrap();
    let types = include_str!("../fixtures/ros-types.txt").lines();
    let types: Vec<&str> = types.filter(|line| !line.starts_with('#')).collect();
    assert!(types.len() > 80, "only {} types are listed", types.len());
    let missing = types.iter().filter(|name| ruleset.bindings().get(name).is_none());
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&&str>::new());
    for new in ["ALIYUN::ECS::NotThereYet", "DATASOURCE::ECS::NotThereYet"] {
        assert!(ruleset.bindings().get(new).is_none() && ruleset.bindings().is_unbound(new));
    }
}

/// A module that is new there is unbound, too.
#[test]
fn every_module_of_the_ansible_collection_is_bound_or_said_to_call_nothing() {
    let ruleset = Ruleset::load::<&str>(&[]).unwrap();
    let modules = include_str!("../fixtures/ansible-modules.txt").lines();
    let modules: Vec<&str> = modules.filter(|line| !line.starts_with('#')).collect();
    assert!(modules.len() > 100, "only {} modules are listed", modules.len());
    let of = |module: &str| ruleset.bindings().get(&format!("alibaba.alicloud.{module}"));
    let missing = modules.iter().filter(|module| of(module).is_none());
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&&str>::new());
    assert!(ruleset.bindings().is_unbound("alibaba.alicloud.ali_not_there_yet"));
    let others = ["vpc", "vswitch", "slb", "rds", "oss", "ram", "ess", "eip", "dns", "market"];
    let others = others.iter().chain(&["ros", "oos", "route", "bucket"]);
    let others: Vec<String> = others.map(|product| format!("_{product}")).collect();
    for module in modules {
        let calls = of(module).is_some_and(|resource| resource.calls().next().is_some());
        let is_other = others.iter().any(|product| module.contains(product.as_str()));
        assert_eq!(calls, !is_other, "{module}");
    }
}
