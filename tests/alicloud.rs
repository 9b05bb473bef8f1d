//! The bindings of the Terraform provider: what a planned update of a server
//! calls, in order, where the provider's conditions are finer than one attribute.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use ecs_lock_lint::bind::bind;
use ecs_lock_lint::frontend::Lowered;
use ecs_lock_lint::procedure::{
    Action, Change, Declaration, Lifecycle, Node, Property, Target, Value,
};
use ecs_lock_lint::ruleset::Ruleset;
use ecs_lock_lint::source::{FileId, Span};

const NOWHERE: Span = Span { file: FileId(0), start: 0, end: 0 };

/// What the update of an existing instance to these properties calls.
fn update(changed: &[&str], after: &[(&str, &str)]) -> Vec<String> {
    planned("alicloud_instance", Lifecycle::Update, changed, after)
}

fn planned(
    kind: &str,
    lifecycle: Lifecycle,
    changed: &[&str],
    after: &[(&str, &str)],
) -> Vec<String> {
    let property = |(name, value): &(&str, &str)| Property {
        name: (*name).to_owned(),
        value: Value::Text((*value).to_owned()),
        span: NOWHERE,
    };
    let declaration = Declaration {
        address: format!("{kind}.one"),
        kind: kind.to_owned(),
        span: NOWHERE,
        frontend: "plan",
        properties: after.iter().map(property).collect(),
    };
    let change = Change {
        operations: vec![(lifecycle, declaration)],
        changed: changed.iter().map(|name| (*name).to_owned()).collect(),
        id: (lifecycle != Lifecycle::Create).then(|| "id-1".to_owned()),
        replaces: None,
        possible: false,
    };
    let lowered = Lowered { changes: vec![change], ..Lowered::default() };
    let bound = bind(lowered, &[], &Ruleset::load::<&str>(&[]).unwrap());
    let body = bound.procedures.into_iter().flat_map(|procedure| procedure.body);
    let call = |node| match node {
        Node::Call(operation) => {
            let known = operation.target == Target::Known("id-1".to_owned());
            assert!(known || lifecycle == Lifecycle::Create);
            operation.action
        }
        _ => Action::Unresolved("no call".to_owned()),
    };
    let name = |action| match action {
        Action::Named(name) => name,
        Action::Unresolved(text) => text,
    };
    body.map(call).map(name).collect()
}

#[test]
fn a_new_key_restarts_an_instance_in_the_state_that_the_update_left_it_in() {
    let running = ["DetachKeyPair", "AttachKeyPair", "RebootInstance"];
    assert_eq!(update(&["key_name"], &[("key_name", "k"), ("status", "Running")]), running);
    let stopped = ["DetachKeyPair", "AttachKeyPair", "StartInstance"];
    assert_eq!(update(&["key_name"], &[("key_name", "k"), ("status", "Stopped")]), stopped);
    // The update stops it first, and the new key starts it again.
    let stopping = [&["StopInstance"], &stopped[..]].concat();
    let both = ["key_name", "status"];
    assert_eq!(update(&both, &[("key_name", "k"), ("status", "Stopped")]), stopping);
    let starting = [&["StartInstance"], &running[..]].concat();
    assert_eq!(update(&both, &[("key_name", "k"), ("status", "Running")]), starting);
}

#[test]
fn a_password_that_is_taken_away_calls_nothing() {
    let calls = ["ModifyInstanceAttribute", "StopInstance", "StartInstance"];
    assert_eq!(update(&["password"], &[("password", "p"), ("status", "Running")]), calls);
    assert!(update(&["password"], &[("status", "Running")]).is_empty());
}

#[test]
fn the_charge_type_before_the_update_decides_how_the_type_is_changed() {
    let after = [("instance_charge_type", "PrePaid"), ("status", "Running")];
    let calls = |changed: &[&str]| update(changed, &after);
    let prepaid = ["StopInstance", "ModifyPrepayInstanceSpec", "StartInstance"];
    assert_eq!(calls(&["instance_type"]), prepaid);
    let turned =
        ["ModifyInstanceChargeType", "StopInstance", "ModifyInstanceSpec", "StartInstance"];
    assert_eq!(calls(&["instance_type", "instance_charge_type"]), turned);
}

#[test]
fn a_public_address_is_allocated_for_bandwidth_only() {
    let after = |bandwidth| {
        let after =
            [("internet_max_bandwidth_out", bandwidth), ("instance_charge_type", "PostPaid")];
        update(&["internet_max_bandwidth_out"], &after)
    };
    assert_eq!(after("5"), ["ModifyInstanceNetworkSpec", "AllocatePublicIpAddress"]);
    assert_eq!(after("0"), ["ModifyInstanceNetworkSpec"]);
}

#[test]
fn a_subscription_disk_that_goes_with_its_instance_is_not_deleted() {
    let deleted = |payment, with_instance| {
        let before = [("payment_type", payment), ("delete_with_instance", with_instance)];
        planned("alicloud_ecs_disk", Lifecycle::Delete, &[], &before)
    };
    assert_eq!(deleted("PayAsYouGo", "true"), ["DeleteDisk"]);
    assert_eq!(deleted("Subscription", "false"), ["DeleteDisk"]);
    assert!(deleted("Subscription", "true").is_empty());
}

#[test]
fn a_flag_that_is_false_modifies_no_new_disk() {
    let created = |flag| {
        let after = [("delete_auto_snapshot", flag)];
        planned("alicloud_disk", Lifecycle::Create, &[], &after)
    };
    assert_eq!(created("true"), ["CreateDisk", "ModifyDiskAttribute"]);
    assert_eq!(created("false"), ["CreateDisk"]);
}
