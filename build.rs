//! Lists every file under `rules/` for embedding, so that adding one is adding
//! data only.

use std::fmt::Write as _;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("set by cargo")).join("rules");
    let mut list = String::from("&[\n");
    for entry in walkdir::WalkDir::new(&root).sort_by_file_name() {
        let entry = entry?;
        println!("cargo::rerun-if-changed={}", entry.path().display());
        if entry.path().extension().is_some_and(|extension| extension == "yaml") {
            let relative = entry.path().strip_prefix(&root).expect("it is below the root");
            let name = relative.to_string_lossy().replace('\\', "/");
            let path = entry.path().to_string_lossy();
            writeln!(list, "({name:?}, include_str!({path:?})),").expect("to a string");
        }
    }
    list.push(']');
    let out = std::env::var("OUT_DIR").expect("set by cargo");
    std::fs::write(Path::new(&out).join("rules.rs"), list)
}
