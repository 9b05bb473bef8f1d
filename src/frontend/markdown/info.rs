//! Which language a block is said to be in.

use crate::frontend::FRONTENDS;

/// How a block is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Reads {
    /// By the front end of this name.
    As(&'static str),
    /// As what a shell shows: prompts, commands and their output.
    Console,
    /// As what Python shows.
    Prompted,
    /// As commands of the Windows command line.
    Batch,
    /// As YAML or JSON, if some front end knows it.
    Data,
    /// As text, in which a line may be a command.
    Text,
    /// As a patch, of which the result counts.
    Patch,
    /// As whatever it looks like.
    Sniffed,
    /// Not at all.
    Not,
}

use Reads::{As, Batch, Console, Data, Not, Patch, Prompted, Sniffed, Text};

/// What the words of info strings mean, besides the names of front ends and the
/// extensions that they read.
const WORDS: &[(&[&str], Reads)] = &[
    (
        &[
            "sh",
            "bash",
            "shell",
            "zsh",
            "ksh",
            "dash",
            "ash",
            "fish",
            "shellscript",
            "script",
            "unix",
            "linux",
            "cli",
            "aliyun",
            "aliyuncli",
            "aliyun-cli",
            "commandline",
            "cmdline",
            "command",
        ],
        As("shell"),
    ),
    (
        &[
            "console",
            "shell-session",
            "shellsession",
            "sh-session",
            "bash-session",
            "terminal",
            "session",
            "term",
            "zsh-session",
            "ssh",
        ],
        Console,
    ),
    (&["cmd", "bat", "batch", "dos", "winbatch"], Batch),
    (&["powershell", "pwsh", "ps", "ps1", "posh", "ps1con", "pwsh-session"], As("powershell")),
    (
        &["python", "python2", "python3", "py", "py3", "ipython", "ipython3", "jupyter"],
        As("python"),
    ),
    (&["pycon", "python-repl", "pyrepl"], Prompted),
    (&["go", "golang"], As("go")),
    (&["java"], As("java")),
    (
        &["javascript", "js", "node", "nodejs", "jsx", "typescript", "ts", "tsx", "ecmascript"],
        As("javascript"),
    ),
    (&["php"], As("php")),
    (&["ruby", "rb"], As("ruby")),
    (&["csharp", "c#", "cs", "dotnet", "net"], As("csharp")),
    (&["hcl", "hcl2", "terraform", "tf", "tofu", "opentofu"], As("terraform")),
    (&["yaml", "yml", "json", "json5", "jsonc", "ros", "oos"], Data),
    (&["text", "txt", "plaintext", "plain"], Text),
    (&["diff", "patch"], Patch),
    (
        &[
            "output", "log", "logs", "stdout", "result", "markdown", "md", "mermaid", "html",
            "xml", "sql", "http", "https", "url", "uri", "rest", "csv", "svg", "dot", "css",
            "error",
        ],
        Not,
    ),
];

/// The keys of attributes whose value is the language.
const NAMED: &[&str] = &["lang=", "language=", "class="];

/// Words in front of the language, as in `{code-block} bash`.
const DIRECTIVES: &[&str] = &["code-block", "code-cell", "code", "sourcecode", "eval-rst"];

/// How the info string of a block says that it is to be read.
pub(super) fn reads(info: &str) -> Reads {
    let parts =
        info.split(|letter: char| letter.is_whitespace() || "{},;:=\"'[]!".contains(letter));
    let words = parts.filter(|part| !part.is_empty()).take(8);
    // The first word is the language; what follows it are a title and the like.
    let mut first = true;
    for word in words {
        if word.starts_with('#') && word.len() > 2 {
            continue;
        }
        let marked = word.starts_with('.') || is_named(info, word);
        if first || marked {
            if let Some(reads) = meaning(word.trim_start_matches('.')) {
                return reads;
            }
            first = DIRECTIVES.contains(&word) || NAMED.contains(&format!("{word}=").as_str());
        }
    }
    Sniffed
}

/// Whether a word of an info string is the value of an attribute that names the
/// language.
fn is_named(info: &str, word: &str) -> bool {
    info.split_once(word).is_some_and(|(before, _)| {
        let before = before.trim_end_matches(['"', '\'', '.']);
        NAMED.iter().any(|name| before.ends_with(name))
    })
}

/// What a word means: `language-bash` is `bash`.
fn meaning(word: &str) -> Option<Reads> {
    let word = word.to_lowercase();
    let known = |word: &str| {
        let row = WORDS.iter().find(|(words, _)| words.contains(&word));
        row.map(|(_, reads)| *reads).or_else(|| by_front_end(word))
    };
    known(&word).or_else(|| known(word.rsplit_once('-')?.1))
}

/// How a front end of this name, or one that reads files of this name or with
/// this extension, is asked.
fn by_front_end(word: &str) -> Option<Reads> {
    let file = format!("x.{word}");
    let fits = |name: &str| FRONTENDS.iter().find(|one| one.fit(name).is_some());
    let named = FRONTENDS.iter().find(|one| one.name == word);
    let found = named.or_else(|| fits(&file)).or_else(|| fits(word))?;
    Some(if found.recognises.is_some() { Data } else { As(found.name) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_found_among_other_words() {
        let shell = [
            "bash",
            "sh {cmd}",
            "bash title=\"restart.sh\"",
            "{.bash .numberLines}",
            "{#codeblock_a1 .language-bash}",
            "{bash, eval=FALSE}",
            "{code-block} bash",
            "language-shell",
            "Bash",
            "shell:restart.sh",
            "bash{1,3}",
            "{lang=bash}",
        ];
        for info in shell {
            assert_eq!(reads(info), As("shell"), "{info}");
        }
        assert_eq!(reads("C#"), As("csharp"));
        assert_eq!(reads("console"), Console);
        assert_eq!(reads("json title=bash"), Data);
        assert_eq!(reads("yml"), Data);
        assert_eq!(reads("text"), Text);
        for info in ["", "{#request_demo}", "|", "title=\"bash\""] {
            assert_eq!(reads(info), Sniffed, "{info}");
        }
    }
}
