//! How fast each front end reads, beside the bare parser that it stands on, and how
//! fast the stages around them are: run with `cargo bench`.
//!
//! The texts are those of `target/bench-corpus`, which `cargo xtask bench-corpus`
//! writes, or of the tree that `BENCH_TREE` names.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a bench may fail")]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use ecs_lock_lint::analyse;
use ecs_lock_lint::discover::{self, Inputs};
use ecs_lock_lint::frontend::{self, Context, FRONTENDS};
use ecs_lock_lint::ruleset::Ruleset;
use ecs_lock_lint::source::{FileId, Source};
use tree_sitter::Language;

fn main() {
    divan::main();
}

/// The most that a front end is given, in bytes.
const MOST_BYTES: usize = 2_000_000;

static RULESET: LazyLock<Ruleset> = LazyLock::new(|| Ruleset::load::<&Path>(&[]).unwrap());

fn tree() -> PathBuf {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-corpus");
    let tree = std::env::var_os("BENCH_TREE").map_or(target, PathBuf::from);
    assert!(tree.is_dir(), "{} is not there; `cargo xtask bench-corpus` writes it", tree.display());
    tree
}

/// A text with its path.
type Text = (String, String);

/// The texts that can matter to a front end that their names choose.
fn texts(name: &str) -> Vec<Text> {
    let mut left = MOST_BYTES;
    let entries = walkdir::WalkDir::new(tree()).sort_by_file_name().into_iter();
    let paths = entries.map(|entry| entry.unwrap().into_path()).filter(|path| path.is_file());
    let of_name = |path: &Path| {
        let path = path.to_string_lossy().into_owned();
        let candidates = frontend::named_for(&path);
        let one = candidates.iter().find(|one| one.name == name)?;
        let text = String::from_utf8(std::fs::read(&path).ok()?).ok()?;
        let claims = candidates.len() == 1 || one.recognises.is_some_and(|claims| claims(&text));
        (claims && one.matters(text.as_bytes())).then_some((path, text))
    };
    let mut found = Vec::new();
    for text in paths.filter_map(|path| of_name(&path)) {
        let Some(rest) = left.checked_sub(text.1.len()) else { break };
        left = rest;
        found.push(text);
    }
    found
}

fn bytes(texts: &[Text]) -> BytesCount {
    BytesCount::new(texts.iter().map(|(_, text)| text.len()).sum::<usize>())
}

fn names() -> impl Iterator<Item = &'static str> {
    FRONTENDS.iter().map(|frontend| frontend.name)
}

/// The grammars, by the front ends that read with them.
const GRAMMARS: [&str; 10] = [
    "shell",
    "powershell",
    "terraform",
    "python",
    "go",
    "java",
    "javascript",
    "php",
    "csharp",
    "ruby",
];

fn grammar(name: &str) -> Language {
    match name {
        "shell" => tree_sitter_bash::LANGUAGE.into(),
        "powershell" => tree_sitter_powershell::LANGUAGE.into(),
        "terraform" => tree_sitter_hcl::LANGUAGE.into(),
        "python" => tree_sitter_python::LANGUAGE.into(),
        "go" => tree_sitter_go::LANGUAGE.into(),
        "java" => tree_sitter_java::LANGUAGE.into(),
        "javascript" => tree_sitter_typescript::LANGUAGE_TSX.into(),
        "php" => tree_sitter_php::LANGUAGE_PHP.into(),
        "csharp" => tree_sitter_c_sharp::LANGUAGE.into(),
        _ => tree_sitter_ruby::LANGUAGE.into(),
    }
}

/// The parser alone.
#[divan::bench(args = GRAMMARS, sample_count = 10)]
fn parse(bencher: Bencher<'_, '_>, name: &str) {
    let texts = texts(name);
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&grammar(name)).unwrap();
    bencher.counter(bytes(&texts)).bench_local(|| {
        for (_, text) in &texts {
            black_box(parser.parse(text, None));
        }
    });
}

/// The events of the YAML and JSON parser alone.
#[divan::bench(args = ["ros", "oos", "github", "ansible"], sample_count = 10)]
fn parse_events(bencher: Bencher<'_, '_>, name: &str) {
    let texts = texts(name);
    bencher.counter(bytes(&texts)).bench_local(|| {
        for (_, text) in &texts {
            black_box(granit_parser::Parser::new_from_str(text).count());
        }
    });
}

/// A front end with its parser.
#[divan::bench(args = names(), sample_count = 10)]
fn lower(bencher: Bencher<'_, '_>, name: &str) {
    let texts = texts(name);
    let frontend = frontend::named(name).unwrap();
    let context = Context { catalogue: &RULESET.catalogue, values: &[] };
    bencher.counter(bytes(&texts)).bench_local(|| {
        for (path, text) in &texts {
            let source = Source::file(FileId(0), path, text);
            black_box((frontend.lower)(std::slice::from_ref(&source), context));
        }
    });
}

/// The search for the words without which nothing matters.
#[divan::bench(args = ["data", "services", "web"], sample_count = 10)]
fn search(bencher: Bencher<'_, '_>, folder: &str) {
    let entries = walkdir::WalkDir::new(tree().join(folder)).into_iter().flatten();
    let files = entries.filter(|entry| entry.file_type().is_file());
    let texts: Vec<Vec<u8>> = files.map(|entry| std::fs::read(entry.path()).unwrap()).collect();
    let bytes = BytesCount::new(texts.iter().map(Vec::len).sum::<usize>());
    bencher
        .counter(bytes)
        .bench_local(|| texts.iter().filter(|text| frontend::may_matter(black_box(text))).count());
}

/// Loading the rules, as each start does.
#[divan::bench]
fn load_rules() -> Ruleset {
    Ruleset::load::<&Path>(&[]).unwrap()
}

/// Finding the files of a tree.
#[divan::bench(sample_count = 10)]
fn find_files(bencher: Bencher<'_, '_>) {
    let inputs = Inputs { paths: vec![tree()], ..Inputs::default() };
    bencher.bench_local(|| discover::discover(black_box(&inputs)).unwrap());
}

/// Reading and judging a tree whose files are known.
#[divan::bench(args = [1, 2], sample_count = 5)]
fn analyse_tree(bencher: Bencher<'_, '_>, threads: usize) {
    let inputs = Inputs { paths: vec![tree()], ..Inputs::default() };
    let found = discover::discover(&inputs).unwrap();
    bencher.bench_local(|| analyse::analyse(black_box(&found), &RULESET, threads));
}
