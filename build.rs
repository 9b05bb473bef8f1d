//! Turns every file under `rules/` from YAML into JSON for embedding: adding one
//! is adding data only, and JSON is read many times faster at each start.

use std::fmt::Write as _;
use std::path::Path;

#[expect(clippy::disallowed_methods, reason = "the rules are what is built in")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("rules");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut list = String::from("&[\n");
    for entry in walkdir::WalkDir::new(&root).sort_by_file_name() {
        let path = entry?.into_path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let name = path.strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
            let content: serde_json::Value = serde_yaml::from_str(&std::fs::read_to_string(&path)?)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            writeln!(list, "({name:?}, {:?}),", content.to_string())?;
        }
    }
    list.push(']');
    std::fs::write(Path::new(&std::env::var("OUT_DIR")?).join("rules.rs"), list)?;
    Ok(())
}
