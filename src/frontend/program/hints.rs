//! What the name of a function says of it, where nothing else is known.

use super::given::Given;
use super::thing::Thing;

/// A call of which only the name and the arguments are known.
#[derive(Clone, Copy, Debug)]
pub(in crate::frontend) struct Hint<'a> {
    /// The last part of the name of what is called.
    pub(in crate::frontend) name: &'a str,
    pub(in crate::frontend) given: &'a Given,
    /// Whether it is called on something.
    pub(in crate::frontend) is_method: bool,
}

impl Hint<'_> {
    pub(in crate::frontend) fn is_silent(&self) -> bool {
        let name = self.name;
        SILENT.contains(&name)
            || name.starts_with("assert")
            || name.starts_with("__")
            || name.ends_with("Error")
            || name.ends_with("Exception")
            || name.ends_with("Exit")
    }

    /// Whether the name of what is called says that it sends or runs.
    pub(in crate::frontend) fn is_hinted(&self) -> bool {
        words(self.name).iter().any(|word| HINTS.contains(&word.as_str()))
    }

    /// What the name says besides that it sends or runs.
    pub(in crate::frontend) fn topics(&self) -> Vec<String> {
        let mut words = words(self.name);
        words.retain(|word| !word.is_empty() && !HINTS.contains(&word.as_str()));
        words
    }

    /// Whether something that is only called with the name of an action is
    /// likely to call it.
    pub(in crate::frontend) fn likelihood(&self) -> Likelihood {
        let words = words(self.name);
        let names_a_class = self.name.starts_with(|first: char| first.is_ascii_uppercase());
        let first = words.iter().map(String::as_str).find(|word| !word.is_empty());
        let last = words.last().map(String::as_str);
        let sends = words.iter().any(|word| STRONG.contains(&word.as_str()));
        let is_request = self.given.all().any(|argument| {
            matches!(argument.thing, Thing::Map(_))
                || argument.thing.alternatives().iter().any(is_address)
        });
        let is_http = is_request
            && (self.is_method && HTTP.contains(&self.name) || FETCHES.contains(&self.name));
        if first.is_some_and(|first| SHOWS.contains(&first)) {
            Likelihood::No
        } else if sends && names_a_class && names_a_function(&words) {
            Likelihood::Yes
        } else if names_a_class && self.name != "Request" {
            Likelihood::No
        } else if sends || is_http || matches!(last, Some("api" | "cli" | "aliyun" | "action")) {
            Likelihood::Yes
        } else if first.is_some_and(|first| LOOKS.contains(&first)) {
            Likelihood::No
        } else {
            Likelihood::Maybe
        }
    }

    /// Whether something that is given a command line as a text is likely to
    /// run it. Many take one as data: to show, to take apart, to compare.
    pub(in crate::frontend) fn runs_text(&self) -> Likelihood {
        let words = words(self.name);
        let has = |list: &[&str], word: Option<&String>| {
            word.is_some_and(|word| list.contains(&word.as_str()))
        };
        let first = words.iter().find(|word| !word.is_empty());
        if self.name.starts_with(|first: char| first.is_ascii_uppercase()) {
            Likelihood::No
        } else if words.iter().any(|word| RUNS.contains(&word.as_str())) {
            Likelihood::Yes
        } else if has(COMMANDS, words.last()) && !has(LOOKS, first) {
            Likelihood::Maybe
        } else {
            Likelihood::No
        }
    }

    /// Whether the name of what is called says that it only makes or compares
    /// command lines.
    pub(in crate::frontend) fn only_looks(&self) -> bool {
        const LOOKS: &[&str] = &[
            "build",
            "make",
            "format",
            "validate",
            "parse",
            "test",
            "is",
            "join",
            "log",
            "register",
            "mock",
            "patch",
            "expect",
            "to",
            "list2cmdline",
            "mark",
            "param",
            "normalize",
        ];
        let words = words(self.name);
        let first = words.iter().find(|word| !word.is_empty());
        self.name != "to_thread" && first.is_some_and(|first| LOOKS.contains(&first.as_str()))
    }
}

/// Functions that send and run nothing.
const SILENT: &[&str] = &[
    "print",
    "pprint",
    "pformat",
    "str",
    "repr",
    "len",
    "type",
    "isinstance",
    "issubclass",
    "hasattr",
    "setattr",
    "vars",
    "dir",
    "id",
    "dict",
    "list",
    "tuple",
    "set",
    "frozenset",
    "sorted",
    "hash",
    "callable",
    "format",
    "debug",
    "info",
    "warning",
    "warn",
    "error",
    "exception",
    "critical",
    "log",
    "echo",
    "secho",
    "write",
    "writelines",
    "dumps",
    "dump",
    "append",
    "appendleft",
    "add",
    "extend",
    "insert",
    "update",
    "pop",
    "setdefault",
    "startswith",
    "endswith",
    "join",
    "split",
    "index",
    "count",
    "find",
    "replace",
    "add_argument",
    "add_parser",
    "quote",
    "to_map",
    "to_jsonstring",
    "validate",
    "items",
    "keys",
    "values",
    "put",
    "fail",
    "skip",
    "which",
    "field",
    "Field",
    "option",
    "argument",
    "input",
    "getLogger",
    "isfile",
    "exists",
    "Path",
    "compile",
    "match",
    "search",
];

/// Words in a function's name that say that it sends or runs something.
const HINTS: &[&str] = &[
    "run",
    "exec",
    "execute",
    "cli",
    "call",
    "api",
    "send",
    "do",
    "action",
    "request",
    "invoke",
    "cmd",
    "command",
    "shell",
    "sh",
    "system",
    "popen",
    "process",
    "bash",
    "aliyun",
    "ecs",
    "query",
    "fetch",
    "retry",
    "submit",
    "post",
    "dispatch",
    "perform",
    "output",
    "spawn",
    "sudo",
    "rpc",
    "acs",
    "safe",
    "local",
    "check",
    "try",
    "subprocess",
    "thread",
];

/// Words in a function's name that say so whatever else it says.
const STRONG: &[&str] = &[
    "run", "exec", "execute", "call", "send", "do", "invoke", "cmd", "command", "request", "rpc",
    "dispatch", "perform", "submit", "retry", "aliyun", "cli",
];

/// Words in a function's name that say that it runs the text it is given.
const RUNS: &[&str] = &[
    "run",
    "exec",
    "execute",
    "shell",
    "sh",
    "bash",
    "system",
    "popen",
    "spawn",
    "invoke",
    "sudo",
    "local",
    "ssh",
    "getoutput",
    "call",
];

/// Words that a function's name ends with if it may run the text it is given.
const COMMANDS: &[&str] = &["cmd", "command", "cli", "aliyun", "output", "remote", "do"];

/// Methods of HTTP libraries.
const HTTP: &[&str] = &[
    "getForObject",
    "getForEntity",
    "postForObject",
    "postForEntity",
    "exchange",
    "openConnection",
    "openStream",
    "newCall",
    "get",
    "getString",
    "post",
    "request",
    "urlopen",
    "fetch",
    "open",
    "send",
    "get_response",
    "post_form",
    "postForm",
    "downloadString",
    "downloadStringTask",
    "downloadStringTaskAsync",
    "downloadData",
    "uploadString",
    "uploadStringTaskAsync",
    "uploadValues",
    "uploadValuesTaskAsync",
    "getStream",
    "getByteArray",
    "DownloadString",
    "DownloadStringTaskAsync",
    "DownloadData",
    "UploadString",
    "UploadStringTaskAsync",
    "UploadValues",
    "UploadValuesTaskAsync",
];

/// Functions of HTTP libraries.
const FETCHES: &[&str] =
    &["fetch", "axios", "got", "ky", "superagent", "urlopen", "file_get_contents"];

/// Words that a function's name starts with if it turns something into text or
/// out of it, whatever else it says.
const SHOWS: &[&str] =
    &["marshal", "unmarshal", "format", "print", "render", "parse", "validate", "summarize"];

/// Words that a function's name starts with if it looks something up, or makes
/// or compares data.
const LOOKS: &[&str] = &[
    "get",
    "find",
    "is",
    "has",
    "have",
    "check",
    "parse",
    "extract",
    "test",
    "build",
    "make",
    "format",
    "validate",
    "lookup",
    "list",
    "record",
    "resolve",
    "load",
    "create",
    "generate",
    "match",
    "compare",
    "describe",
    "to",
    "from",
    "add",
    "set",
    "register",
    "map",
    "normalize",
    "should",
    "can",
    "allow",
    "deny",
    "require",
    "expect",
    "patch",
    "mock",
    "save",
    "write",
    "read",
    "render",
    "filter",
    "count",
    "classify",
    "infer",
    "needs",
    "tag",
    "key",
    "cache",
    "explain",
    "score",
    "param",
    "mark",
    "sign",
    "urlencode",
    "encode",
    "percent",
    "hash",
    "canonicalize",
    "sort",
    "sanitize",
    "mask",
    "compute",
    "redact",
    "escape",
    "show",
    "display",
    "encoded",
    "quote",
    "compose",
    "concat",
    "construct",
    "assemble",
    "prepare",
    "increment",
    "observe",
    "track",
];

/// Whether a call is likely to send what its arguments name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::frontend) enum Likelihood {
    Yes,
    Maybe,
    No,
}

fn is_address(thing: &Thing) -> bool {
    thing.prefix().is_some_and(|text| text.contains("://"))
}

/// Whether a name of capitalised words is a function's: `IssueCommand`.
fn names_a_function(words: &[String]) -> bool {
    let first = words.iter().map(String::as_str).find(|word| !word.is_empty());
    let last = words.last().map(String::as_str);
    first.is_some_and(|first| first == "issue" || STRONG.contains(&first))
        && last.is_some_and(|last| COMMANDS.contains(&last) || matches!(last, "api" | "shell"))
}

/// The words of a name, `do_action`, `doAction`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if letter == '_' || letter.is_ascii_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter != '_') {
            word.push(letter.to_ascii_lowercase());
        }
    }
    words
}
