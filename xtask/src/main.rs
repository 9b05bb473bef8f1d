//! Generators for the maintainers of ecs-lock-lint: `cargo xtask …`.

#![expect(clippy::disallowed_methods, reason = "a generator reads files of its own")]

mod formula;
mod go;
mod keys;
mod machine;
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
}

#[derive(Debug, clap::Args)]
struct DeriveTerraform {
    /// A checkout of aliyun/terraform-provider-alicloud.
    #[arg(long, value_name = "DIR")]
    provider: PathBuf,
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
        Arguments::DeriveTerraform(arguments) => derive_terraform(arguments),
    }
}

fn derive_terraform(arguments: DeriveTerraform) -> Result<(), Failure> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out =
        arguments.out.unwrap_or_else(|| own.join("../rules/bindings/terraform-alicloud.yaml"));
    let overlay = arguments.overlay.unwrap_or_else(|| own.join("overlay/terraform-alicloud.yaml"));
    let derived = terraform::derive(&arguments.provider, &overlay)?;
    if !arguments.check {
        return Ok(std::fs::write(out, derived)?);
    }
    if read(&out)? != derived {
        let message = format!("{} is not what the source says; derive it anew", out.display());
        return Err(message.into());
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, Failure> {
    Ok(std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?)
}
