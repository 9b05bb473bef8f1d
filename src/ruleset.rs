//! Loads `rules/`: the lock table, the API catalogue, the finding rules and the
//! bindings. All are data; a mistake in them is an error that names file, line
//! and remedy.

use serde::Deserialize;

use crate::catalogue::{ApiAction, Catalogue};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApiFile {
    #[expect(dead_code, reason = "stated for readers of the file")]
    product: String,
    #[expect(dead_code, reason = "stated for readers of the file")]
    version: String,
    #[expect(dead_code, reason = "stated for readers of the file")]
    source: String,
    #[expect(dead_code, reason = "stated for readers of the file")]
    as_of: String,
    actions: Vec<ApiAction>,
}

/// The catalogue that is built in.
#[must_use]
pub fn built_in_catalogue() -> Catalogue {
    let file: ApiFile = serde_yaml::from_str(include_str!("../rules/apis/ecs-2014-05-26.yaml"))
        .expect("a test loads the built-in rules");
    Catalogue::new(file.actions).expect("a test loads the built-in rules")
}
