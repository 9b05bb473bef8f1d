//! Values of Terraform variables, in the form that Terraform's own files have.

use serde_json::Value as Json;
use toml::Value;

use super::Config;
use crate::source::SourceFile;

/// A file with the values that a configuration states.
pub(super) fn text(config: &Config) -> Option<SourceFile> {
    let variables = config.document.terraform.variables.as_ref()?.value();
    let values = variables.iter().map(|(name, value)| (name.clone(), json(value)));
    let values = Json::Object(values.collect());
    let name = format!("{} (terraform.variables).json", config.file.path);
    Some(SourceFile::new(name, values.to_string()))
}

fn json(value: &Value) -> Json {
    match value {
        Value::String(text) => Json::from(text.as_str()),
        Value::Integer(number) => Json::from(*number),
        Value::Float(number) => Json::from(*number),
        Value::Boolean(truth) => Json::from(*truth),
        Value::Datetime(moment) => Json::from(moment.to_string()),
        Value::Array(items) => Json::Array(items.iter().map(json).collect()),
        Value::Table(table) => {
            Json::Object(table.iter().map(|(key, value)| (key.clone(), json(value))).collect())
        }
    }
}
