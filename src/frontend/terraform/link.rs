//! What the files of a configuration refer to: modules by their path, what
//! `terraform init` has put aside of modules from elsewhere, and files that
//! functions and provisioners read.

use memchr::memmem;

use crate::frontend::Link;
use crate::source::{folder_of, relative_path};

use super::terragrunt;

/// Where `terraform init` writes down which module is in which folder.
pub(super) const MANIFEST: &str = ".terraform/modules/modules.json";

/// Where a configuration is, seen from the folder of its manifest.
const FROM_MANIFEST: &str = "../..";

/// Functions that read a file, and attributes that name some.
const READERS: &[&str] = &["file(", "filebase64(", "templatefile(", "scripts", "script"];

/// What a path may begin with that means the folder of the file.
const HERE: &[&str] = &["${path.module}/", "${path.root}/", "${path.cwd}/"];

/// What a text refers to. It is read without a parser, so some of it may be
/// written in comments; to read such a file does no harm.
pub(super) fn links(text: &str) -> Vec<Link> {
    if let Some(installed) = Installed::read(text) {
        let folders = installed.folders().map(|folder| relative_path(FROM_MANIFEST, folder));
        return folders.map(Link::Folder).collect();
    }
    let mut links: Vec<Link> = Vec::new();
    for source in sources(text) {
        let below = source.strip_prefix(terragrunt::HERE).map(|rest| format!("./{rest}"));
        let source = below.as_deref().unwrap_or(source);
        links.push(if is_local(source) {
            Link::Folder(source.to_owned())
        } else {
            Link::File(MANIFEST.to_owned())
        });
    }
    links.extend(READERS.iter().flat_map(|reader| read_files(text, reader)));
    links.sort();
    links.dedup();
    links
}

/// The values of `source = "…"`.
fn sources(text: &str) -> impl Iterator<Item = &str> {
    behind(text, "source")
        .filter_map(|rest| value_of(rest)?.trim_start().strip_prefix('"')?.split('"').next())
}

/// Whether the source of a module is a path.
pub(super) fn is_local(source: &str) -> bool {
    [".", ".."].contains(&source) || ["./", "../"].iter().any(|start| source.starts_with(start))
}

/// What follows each place where a text has a word.
fn behind<'t>(text: &'t str, word: &str) -> impl Iterator<Item = &'t str> {
    let places = memmem::find_iter(text.as_bytes(), word).collect::<Vec<_>>();
    let length = word.len();
    places.into_iter().filter_map(move |at| text.get(at + length..))
}

fn read_files(text: &str, reader: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for rest in behind(text, reader) {
        let value = if reader.ends_with('(') { Some(rest) } else { value_of(rest) };
        let Some(rest) = value.map(str::trim_start) else { continue };
        let (list, most) = match rest.strip_prefix('[') {
            Some(list) => (list.split(']').next().unwrap_or_default(), usize::MAX),
            None => (rest, 1),
        };
        // In JSON syntax the quotes inside an expression are escaped.
        let starts = rest.starts_with(['"', '\\', '[']);
        let quoted = list.split('"').skip(1).step_by(2).take(most).filter(|_| starts);
        let paths = quoted.filter_map(|path| local_file(path.trim_end_matches('\\')));
        links.extend(paths.map(|path| Link::File(path.to_owned())));
    }
    links
}

/// What follows the name of an attribute and its sign, in either syntax.
fn value_of(rest: &str) -> Option<&str> {
    rest.trim_start_matches('"').trim_start().strip_prefix(['=', ':'])
}

/// A path of a file below or beside a configuration, if all of it is written out.
pub(super) fn local_file(path: &str) -> Option<&str> {
    let path = HERE.iter().find_map(|here| path.strip_prefix(here)).unwrap_or(path);
    let is_relative = !path.is_empty() && !path.starts_with(['/', '~']);
    (is_relative && !path.contains(['$', '%', '\n'])).then_some(path)
}

/// Which module is in which folder, as `terraform init` has written it down.
#[derive(serde::Deserialize)]
pub(super) struct Installed {
    #[serde(rename = "Modules")]
    modules: Vec<InstalledModule>,
}

#[derive(serde::Deserialize)]
struct InstalledModule {
    /// Names of the calls on the way to it: `network.subnets`.
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Dir")]
    folder: String,
}

impl Installed {
    /// Reads a manifest; nothing if the text is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        text.trim_start().starts_with('{').then(|| serde_json::from_str(text).ok()).flatten()
    }

    /// The folders, relative to that of the configuration.
    fn folders(&self) -> impl Iterator<Item = &str> {
        self.modules.iter().map(|module| module.folder.as_str())
    }

    /// For each call of a module: the folder of the caller, the call's name, and
    /// the folder of the module, for a manifest at a path.
    pub(super) fn calls(&self, path: &str) -> Vec<(String, String, String)> {
        let root = relative_path(folder_of(path), FROM_MANIFEST);
        let folder_of_key = |key: &str| {
            let found = self.modules.iter().find(|module| module.key == key);
            found.map(|module| relative_path(&root, &module.folder))
        };
        let call = |module: &InstalledModule| {
            let (parent, name) = module.key.rsplit_once('.').unwrap_or(("", &module.key));
            let caller = if parent.is_empty() { root.clone() } else { folder_of_key(parent)? };
            Some((caller, name.to_owned(), relative_path(&root, &module.folder)))
        };
        self.modules.iter().filter(|module| !module.key.is_empty()).filter_map(call).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_and_files_are_found() {
        let text = r#"
module "a" { source = "./a" }
module "b" {
  source  = "example/b/alicloud"
}
resource "x" "y" {
  user_data = templatefile("${path.module}/init.tftpl", { a = 1 })
  other     = file("${path.module}/${var.name}.sh")
  scripts   = ["scripts/one.sh", "scripts/two.sh"]
}
"#;
        let file = |path: &str| Link::File(path.to_owned());
        let files = [MANIFEST, "init.tftpl", "scripts/one.sh", "scripts/two.sh"].map(file);
        let expected = [vec![Link::Folder("./a".to_owned())], files.to_vec()].concat();
        assert_eq!(links(text), expected);
    }

    #[test]
    fn a_manifest_names_folders_and_calls() {
        let text = r#"{"Modules":[
            {"Key":"","Source":"","Dir":"."},
            {"Key":"net","Source":"registry.terraform.io/x/net/alicloud","Dir":".terraform/modules/net"},
            {"Key":"net.sub","Source":"./sub","Dir":".terraform/modules/net/sub"}]}"#;
        let folder = |path: &str| Link::Folder(path.to_owned());
        let below = |path: &str| folder(&format!("../../.terraform/modules/{path}"));
        assert_eq!(links(text), [folder("../.."), below("net"), below("net/sub")]);
        let calls = Installed::read(text).unwrap().calls("live/.terraform/modules/modules.json");
        let call = |caller: &str, name: &str, called: &str| {
            (caller.to_owned(), name.to_owned(), called.to_owned())
        };
        assert_eq!(
            calls,
            [
                call("live", "net", "live/.terraform/modules/net"),
                call("live/.terraform/modules/net", "sub", "live/.terraform/modules/net/sub"),
            ]
        );
    }
}
