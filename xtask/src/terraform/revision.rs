//! Which revision of the provider is read.

use std::path::Path;

use crate::Failure;
use crate::checkout::commit;

/// The file that has the provider's version, and the words before it.
const VERSION_FILE: &str = "alicloud/connectivity/client.go";
const VERSION: &str = "providerVersion = \"";

/// Repository, version, commit and date, as far as the checkout tells them.
pub(super) fn describe(checkout: &Path) -> Result<String, Failure> {
    let client = crate::read(&checkout.join(VERSION_FILE))?;
    let version = client.split(VERSION).nth(1).and_then(|rest| rest.split('"').next());
    let version = version.ok_or_else(|| format!("{VERSION_FILE} has no {VERSION}"))?;
    let commit = commit(checkout).map(|commit| format!(" at {commit}")).unwrap_or_default();
    Ok(format!("aliyun/terraform-provider-alicloud {version}{commit}, folder alicloud"))
}
