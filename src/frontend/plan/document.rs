//! The parts of the plan format that matter, versions 1.0 to 1.2. The rest is
//! passed over unread.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;

/// A plan; what it holds much of stays text until it is wanted.
#[derive(Deserialize)]
pub(super) struct Plan<'a> {
    /// What will happen to each resource.
    #[serde(borrow, default)]
    pub(super) resource_changes: Vec<&'a RawValue>,
    /// The state that the plan starts from.
    #[serde(borrow, default)]
    pub(super) prior_state: Option<&'a RawValue>,
    /// The configuration, with the references of its expressions.
    #[serde(borrow, default)]
    pub(super) configuration: Option<&'a RawValue>,
}

/// One entry of `resource_changes`.
#[derive(Deserialize)]
pub(super) struct ResourceChange<'a> {
    /// Full address: `module.a["x"].alicloud_instance.web[0]`.
    #[serde(borrow)]
    pub(super) address: Cow<'a, str>,
    /// Address of the module; none for the root.
    #[serde(borrow, default)]
    pub(super) module_address: Option<Cow<'a, str>>,
    /// `managed` or `data`.
    #[serde(borrow)]
    pub(super) mode: Cow<'a, str>,
    /// The resource type.
    #[serde(borrow, rename = "type")]
    pub(super) kind: Cow<'a, str>,
    /// The name in the configuration.
    #[serde(borrow)]
    pub(super) name: Cow<'a, str>,
    /// What changes.
    #[serde(borrow)]
    pub(super) change: ChangeBody<'a>,
}

impl ResourceChange<'_> {
    pub(super) fn is_data(&self) -> bool {
        self.mode == "data"
    }
}

/// The `change` of an entry.
#[derive(Deserialize)]
pub(super) struct ChangeBody<'a> {
    /// `create`, `read`, `update`, `delete`, `no-op`, `forget`, in order.
    #[serde(borrow)]
    pub(super) actions: Vec<Cow<'a, str>>,
    /// The values before.
    #[serde(default)]
    pub(super) before: Json,
    /// The values after, without those that are not known yet.
    #[serde(default)]
    pub(super) after: Json,
    /// `true` where a value will be known only after apply.
    #[serde(default)]
    pub(super) after_unknown: Json,
    /// `true` where the value before is sensitive.
    #[serde(default)]
    pub(super) before_sensitive: Json,
    /// `true` where the value after is sensitive.
    #[serde(default)]
    pub(super) after_sensitive: Json,
}
