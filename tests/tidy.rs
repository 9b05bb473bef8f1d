//! Holds the shape of the code: the layers, module docs, sizes, and fixtures
//! that something reads.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail")]

use std::path::{Path, PathBuf};

use ecs_lock_lint::frontend;
use ecs_lock_lint::ruleset::Ruleset;

struct SourceText {
    /// Path below `src`.
    path: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    let entries = walk.map(|entry| entry.unwrap()).filter(|entry| entry.file_type().is_file());
    entries.map(walkdir::DirEntry::into_path).collect()
}

fn sources() -> Vec<SourceText> {
    let folder = root().join("src");
    let sources: Vec<SourceText> = files_below(&folder)
        .into_iter()
        .map(|path| SourceText {
            text: std::fs::read_to_string(&path).unwrap(),
            path: path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/"),
        })
        .collect();
    assert!(sources.len() > 10, "the sources were not found");
    sources
}

/// The module at the top level that a file belongs to.
fn module(path: &str) -> &str {
    path.split(['/', '.']).next().unwrap()
}

/// The code of a file without its unit tests and comments.
fn code(source: &SourceText) -> String {
    let code = source.text.split("#[cfg(test)]").next().unwrap();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_module_says_what_it_is_for() {
    for source in sources() {
        let first = source.text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && first.len() > 20, "src/{}", source.path);
    }
}

#[test]
fn files_stay_small() {
    for source in sources() {
        let lines = source.text.lines().count();
        assert!(lines <= 500, "src/{} has {lines} lines", source.path);
    }
}

/// Each library is known to one part of the code only.
#[test]
fn libraries_stay_in_their_layer() {
    let homes: [(&str, &[&str]); 9] = [
        ("tree_sitter", &["frontend/"]),
        ("granit_parser", &["frontend/template"]),
        ("pulldown_cmark", &["frontend/markdown"]),
        ("miette::", &["report/terminal"]),
        (
            "serde_json",
            &[
                "report/",
                "ruleset/file.rs",
                "govern/baseline.rs",
                "config/",
                "cli/config.rs",
                "cli/list_frontends.rs",
                "cli/rules.rs",
                "frontend/template",
                "frontend/plan",
                "frontend/terraform/function",
                "frontend/terraform/link",
            ],
        ),
        ("serde_yaml", &["ruleset/file.rs"]),
        ("toml::", &["config"]),
        (
            "std::fs",
            &[
                "discover",
                "ruleset/file.rs",
                "config.rs",
                "cli/write.rs",
                "cli/baseline.rs",
                "cli/man.rs",
            ],
        ),
        ("std::env", &["main.rs", "cli/output.rs", "cli/scope.rs", "cli/settings.rs"]),
    ];
    for source in sources() {
        let code = code(&source);
        for (library, allowed) in homes {
            let is_home = allowed.iter().any(|home| source.path.starts_with(home));
            assert!(is_home || !code.contains(library), "{library} in src/{}", source.path);
        }
    }
}

/// The modules stand in `lib.rs` in the order of the flow, and none uses one
/// that comes after it.
#[test]
fn no_arrow_runs_back() {
    let sources = sources();
    let lib = sources.iter().find(|source| source.path == "lib.rs").unwrap();
    let lines =
        lib.text.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod "));
    let order: Vec<&str> = lines.map(|line| line.trim_end_matches(';')).collect();
    assert!(order.len() > 10, "the modules were not found");
    let rank = |name: &str| order.iter().position(|module| *module == name);
    for source in &sources {
        let Some(own) = rank(module(&source.path)) else { continue };
        for part in code(source).split("crate::").skip(1) {
            let end = part.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
            let used = &part[..end.unwrap_or(part.len())];
            let used = rank(used).unwrap_or_default();
            assert!(used <= own, "src/{} uses crate::{part:.20}", source.path);
        }
    }
}

/// A front end knows no rule and no verdict.
#[test]
fn front_ends_know_no_rule() {
    for source in sources().iter().filter(|source| module(&source.path) == "frontend") {
        for word in ["crate::ruleset", "crate::verdict", "crate::judge", "InstanceLocked"] {
            assert!(!code(source).contains(word), "{word} in src/{}", source.path);
        }
    }
}

#[test]
fn no_fixture_is_orphaned() {
    for path in files_below(&root().join("fixtures/frontends")) {
        if let Some(source) = path.to_string_lossy().strip_suffix(".snap") {
            assert!(Path::new(source).exists(), "{} belongs to nothing", path.display());
        }
    }
    let ruleset = Ruleset::load::<&str>(&[]).unwrap();
    for folder in std::fs::read_dir(root().join("fixtures/rules")).unwrap() {
        let name = folder.unwrap().file_name();
        assert!(ruleset.rule(&name.to_string_lossy()).is_some(), "no rule is called {name:?}");
    }
}

#[test]
fn every_front_end_has_fixtures_and_a_description() {
    for frontend in frontend::FRONTENDS {
        assert!(!frontend.reads.is_empty(), "{}", frontend.name);
        let folder = root().join("fixtures/frontends").join(frontend.name);
        assert!(folder.is_dir(), "{} has no fixtures", frontend.name);
    }
}

/// The map of the code in the README names files that exist.
#[test]
fn the_map_of_the_code_is_true() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let places = readme.split('`').skip(1).step_by(2);
    let places: Vec<&str> =
        places.filter(|word| word.starts_with("src/") || word.starts_with("rules/")).collect();
    assert!(places.len() > 10, "the README has no map");
    for place in places {
        assert!(root().join(place).exists(), "README names {place}");
    }
}
