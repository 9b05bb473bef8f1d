//! Scripts in objects that hold files.

use super::named;
use crate::frontend::pipeline::Sink;
use crate::frontend::template::code::{self, References};
use crate::frontend::template::{Item, script};
use crate::frontend::{FRONTENDS, encoding, template};
use crate::source::Source;

/// Where files are, and whether they are encoded.
const DATA: [(&str, bool); 3] = [("data", false), ("stringData", false), ("binaryData", true)];

/// Adds the scripts among an object's files.
pub(super) fn all(object: Item<'_>, sink: &mut Sink<'_>) {
    let kind = object.get_text("kind").unwrap_or_default();
    let name = object.get("metadata").and_then(|metadata| metadata.get_text("name"));
    let store = named(kind, name);
    for (key, encoded) in DATA {
        let encoded = encoded || key == "data" && kind == "Secret";
        for file in object.get(key).into_iter().flat_map(template::Item::entries) {
            let Some(path) = file.key.text() else { continue };
            let Some(source) = text(file.value, encoded) else { continue };
            let Some(language) = language(path, &source.text) else { continue };
            let name = format!("{path} of {store}");
            sink.out.extend(script::lower_file(language, &source, &name, sink.context));
        }
    }
}

fn text(value: Item<'_>, encoded: bool) -> Option<Source<'static>> {
    if encoded {
        return code::decode(value);
    }
    // Nothing in it is a reference.
    let source = code::assemble(value, References::Dollar)?;
    Some(encoding::decoded(&source).unwrap_or(source))
}

/// The front end that reads a file by its name alone, or by its first line.
fn language(path: &str, text: &str) -> Option<&'static str> {
    let by_first_line = crate::frontend::pipeline::code::language_of(text, "");
    if !by_first_line.is_empty() {
        return FRONTENDS.iter().map(|one| one.name).find(|name| *name == by_first_line);
    }
    let reads = |one: &&&'static crate::frontend::Frontend| {
        one.recognises.is_none() && one.fit(path).is_some()
    };
    FRONTENDS.iter().find(reads).map(|one| one.name)
}
