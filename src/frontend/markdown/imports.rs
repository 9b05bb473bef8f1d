//! Imports that a fragment in a document lacks, since another one or nobody has
//! them: those of this product's SDKs, if the document is on no other's.

use std::collections::BTreeSet;

use crate::catalogue::Catalogue;
use crate::frontend::reading::code::Code;

/// What a document on this product names, and on the SDKs of its cloud.
const PRODUCT: &[&str] = &["ecs", "ECS", "Ecs"];
const CLOUD: &[&str] = &["aliyun", "Aliyun", "alibaba", "Alibaba", "AcsClient", "阿里云"];

/// What one on those of another cloud names, some of whose requests are called
/// the same.
const OTHER_CLOUDS: &[&str] =
    &["amazonaws", "aws-sdk", "boto3", "tencentcloud", "huaweicloud", "volcengine"];

/// How the names of an SDK's modules begin, and how those go on that belong to
/// this product or to all.
const MODULES: &[&str] = &["aliyunsdk", "com.aliyuncs."];
const OWN_MODULES: &[&str] =
    &["core", "ecs", "profile", "exceptions", "auth", "http", "utils", "regions", "reader"];

/// How the names of requests end.
const REQUEST: &str = "Request";

/// How requests are sent that the first Java SDK has.
const FIRST_JAVA: &[&str] = &["getAcsResponse", "doAction"];

/// A name that stands for the SDK in a language.
struct Alias {
    language: &'static str,
    /// The name as it is used.
    used: &'static str,
    /// What its import has.
    module: &'static str,
    import: &'static str,
}

const ALIASES: &[Alias] = &[
    Alias {
        language: "python",
        used: "ecs_models.",
        module: "as ecs_models",
        import: "from alibabacloud_ecs20140526 import models as ecs_models;",
    },
    Alias {
        language: "python",
        used: "ecs_20140526_models.",
        module: "as ecs_20140526_models",
        import: "from alibabacloud_ecs20140526 import models as ecs_20140526_models;",
    },
    Alias {
        language: "javascript",
        used: "$Ecs20140526.",
        module: "@alicloud/ecs20140526",
        import: "import * as $Ecs20140526 from '@alicloud/ecs20140526';",
    },
    Alias {
        language: "javascript",
        used: "Ecs20140526.",
        module: "@alicloud/ecs20140526",
        import: "const Ecs20140526 = require('@alicloud/ecs20140526');",
    },
    Alias {
        language: "go",
        used: "&ecs.",
        module: "ecs-20140526",
        import: "import ecs \"github.com/alibabacloud-go/ecs-20140526/v4/client\";",
    },
    Alias {
        language: "go",
        used: "ecs.Create",
        module: "services/ecs",
        import: "import \"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs\";",
    },
    Alias {
        language: "go",
        used: "ecs20140526.",
        module: "ecs-20140526",
        import: "import ecs20140526 \"github.com/alibabacloud-go/ecs-20140526/v4/client\";",
    },
];

/// Whether a document is on this product's SDKs, and on no other's.
pub(super) fn is_on_sdk(document: &str) -> bool {
    let names = |words: &[&str]| words.iter().any(|word| document.contains(word));
    names(PRODUCT) && names(CLOUD) && !names(OTHER_CLOUDS) && !imports_others(document)
}

/// Whether a document imports something of the SDK of another product, which may
/// call its requests the same.
fn imports_others(document: &str) -> bool {
    let is_other = |(at, module): (usize, &str)| {
        let rest = &document[at + module.len()..];
        let is_module = rest.starts_with(|first: char| first.is_ascii_lowercase());
        is_module && !OWN_MODULES.iter().any(|known| rest.starts_with(known))
    };
    MODULES.iter().any(|module| document.match_indices(module).any(is_other))
}

/// Puts the imports before a fragment that it uses and lacks.
pub(super) fn added<'d>(code: Code<'d>, language: &str, catalogue: &Catalogue) -> Code<'d> {
    let text = code.text();
    if text.lines().any(|line| line.trim_start().starts_with("package ")) {
        return code;
    }
    let aliases = ALIASES.iter().filter(|alias| {
        alias.language == language && !text.contains(alias.module) && uses(&text, alias.used)
    });
    let mut aliases: Vec<&Alias> = aliases.collect();
    // Of two SDKs that go by the same name, the one that is told by more counts.
    aliases.dedup_by_key(|alias| alias.used.trim_start_matches('&').split('.').next());
    let mut imports: Vec<String> =
        aliases.into_iter().map(|alias| alias.import.to_owned()).collect();
    if matches!(language, "python" | "java") && !text.lines().any(imports_request) {
        let requests = requests(&text, catalogue).into_iter();
        imports.extend(requests.map(|name| import(name, language, &text)));
    }
    if imports.is_empty() {
        return code;
    }
    let mut whole = Code::default();
    whole.insert(&(imports.join(" ") + "\n"), code.range().start);
    whole.lines.extend(code.lines);
    whole
}

/// Whether a text has a name that is not the end or a part of another one.
fn uses(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|letter| !letter.is_alphanumeric() && !"_.$".contains(letter))
    })
}

fn imports_request(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("import ") && line.contains("aliyun")
        || line.starts_with("from ") && line.contains(REQUEST)
}

/// The import of a request.
fn import(name: &str, language: &str, text: &str) -> String {
    if language == "java" {
        let is_first = FIRST_JAVA.iter().any(|call| text.contains(call));
        let package = if is_first {
            "com.aliyuncs.ecs.model.v20140526"
        } else {
            "com.aliyun.ecs20140526.models"
        };
        return format!("import {package}.{name};");
    }
    if text.contains(&format!("{name}.{name}")) {
        return format!("from aliyunsdkecs.request.v20140526 import {name};");
    }
    format!("from aliyunsdkecs.request.v20140526.{name} import {name};")
}

/// The requests that a text names by themselves, each once.
fn requests<'t>(text: &'t str, catalogue: &Catalogue) -> Vec<&'t str> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words = text.split(|letter: char| !is_part(letter) && letter != '.');
    // `models.StartInstanceRequest` has its import in the name before it.
    let own = words.map(|word| word.split_once('.').map_or(word, |(first, _)| first));
    let known = |word: &&str| {
        word.strip_suffix(REQUEST).is_some_and(|action| catalogue.get(action).is_some())
    };
    own.filter(known).collect::<BTreeSet<&str>>().into_iter().collect()
}
