//! Generators for the maintainers of ecs-lock-lint: `cargo xtask …`.

#![expect(clippy::disallowed_methods, reason = "a generator reads files of its own")]

mod bench;
mod checkout;
mod formula;
mod go;
mod keys;
mod machine;
mod oos;
mod overlay;
mod schema;
mod terraform;
mod value;
mod yaml;

use std::path::{Path, PathBuf};

use clap::Parser;

type Failure = Box<dyn std::error::Error>;

/// Generators for the maintainers of ecs-lock-lint.
#[derive(Debug, Parser)]
#[command(name = "xtask")]
enum Arguments {
    /// Derive the bindings of the Terraform provider from its source.
    DeriveTerraform(DeriveTerraform),
    /// Derive the bindings of published OOS templates from their texts.
    DeriveOos(DeriveOos),
    /// Write a monorepo to measure on.
    BenchCorpus(BenchCorpus),
    /// Measure the program beside others, and print a table.
    Bench(bench::Options),
}

#[derive(Debug, clap::Args)]
struct BenchCorpus {
    /// The folder to write, which must not be there.
    #[arg(value_name = "DIR", default_value = "target/bench-corpus")]
    folder: PathBuf,
}

#[derive(Debug, clap::Args)]
struct DeriveTerraform {
    /// A checkout of aliyun/terraform-provider-alicloud.
    #[arg(long, value_name = "DIR")]
    provider: PathBuf,
    #[command(flatten)]
    files: Files,
}

#[derive(Debug, clap::Args)]
struct DeriveOos {
    /// A checkout of aliyun/oos-templates.
    #[arg(long, value_name = "DIR")]
    templates: PathBuf,
    #[command(flatten)]
    files: Files,
}

/// What is written, and what it rests on besides the source.
#[derive(Debug, clap::Args)]
struct Files {
    /// Where the bindings are written.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What the source does not state.
    #[arg(long, value_name = "FILE")]
    overlay: Option<PathBuf>,
    /// Write nothing; fail if the file is not what would be written.
    #[arg(long)]
    check: bool,
}

fn main() -> Result<(), Failure> {
    match Arguments::parse() {
        Arguments::DeriveTerraform(arguments) => {
            let derive = |overlay: &Path| terraform::derive(&arguments.provider, overlay);
            write("terraform-alicloud.yaml", &arguments.files, derive)
        }
        Arguments::DeriveOos(arguments) => {
            let derive = |overlay: &Path| oos::derive(&arguments.templates, overlay);
            write("oos.yaml", &arguments.files, derive)
        }
        Arguments::BenchCorpus(arguments) => {
            let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
            say(&bench::write_corpus(&arguments.folder, &fixtures)?)
        }
        Arguments::Bench(options) => say(&bench::run(&options)?),
    }
}

/// Derives bindings, and writes or compares them. Without other names they and
/// their overlay have the same.
fn write(
    name: &str,
    files: &Files,
    derive: impl Fn(&Path) -> Result<String, Failure>,
) -> Result<(), Failure> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = |given: &Option<PathBuf>, folder: &str| {
        given.clone().unwrap_or_else(|| own.join(folder).join(name))
    };
    let out = place(&files.out, "../rules/bindings");
    let derived = derive(&place(&files.overlay, "overlay"))?;
    if !files.check {
        return Ok(std::fs::write(out, derived)?);
    }
    if read(&out)? != derived {
        let message = format!("{} is not what the source says; derive it anew", out.display());
        return Err(message.into());
    }
    Ok(())
}

/// Prints what came out.
fn say(text: &str) -> Result<(), Failure> {
    use std::io::Write;
    Ok(writeln!(std::io::stdout(), "{}", text.trim_end())?)
}

fn read(path: &Path) -> Result<String, Failure> {
    Ok(std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?)
}
