//! What is known of programs by their names: which only print, which run their
//! words, which run a string or their input.

/// Commands that only print, search, install or describe what follows them.
pub(super) const PRINTERS: &[&str] = &[
    "echo",
    "printf",
    "print",
    "cat",
    "grep",
    "egrep",
    "fgrep",
    "rg",
    "ag",
    "awk",
    "sed",
    "which",
    "type",
    "man",
    "whereis",
    "hash",
    "apt",
    "apt-get",
    "yum",
    "dnf",
    "apk",
    "brew",
    "pip",
    "pip3",
    "npm",
    "go",
    "cargo",
    "git",
    "cd",
    "ls",
    "rm",
    "cp",
    "mv",
    "mkdir",
    "touch",
    "chmod",
    "tar",
    "test",
    "[",
    "[[",
    "source",
    ".",
    "export",
    "unset",
    "read",
    "complete",
    "compgen",
    "history",
    "logger",
    "usage",
    "help",
    "say",
    "figlet",
    "less",
    "more",
    "head",
    "tail",
    "jq",
    "tee",
    "vi",
    "vim",
    "install",
    "ln",
    "find_command",
    "trap",
    "alias",
    ":",
    "true",
    "false",
    "mail",
    "mailx",
    "whiptail",
    "dialog",
    "zenity",
    "osascript",
    "notify-send",
    "red",
    "green",
    "yellow",
    "blue",
    "cyan",
    "magenta",
    "bold",
];

/// Beginnings of names that functions defined elsewhere have if they print.
pub(super) const PRINTER_STEMS: &[&str] = &[
    "log",
    "info",
    "warn",
    "error",
    "err_",
    "debug",
    "msg",
    "print",
    "echo",
    "say",
    "die",
    "fatal",
    "note",
    "notice",
    "usage",
    "success",
    "fail",
    "ok_",
    "title",
    "banner",
    "highlight",
    "step",
];

/// Beginnings of names that functions have if they tell or ask somebody, or
/// compare, what they are given.
const TELLER_STEMS: &[&str] = &[
    "header", "section", "notify", "alert", "send_", "assert", "expect", "check", "add_",
    "confirm", "ask", "prompt", "hint", "tip", "describe", "comment", "display", "show", "set_",
    "write", "append", "document",
];

/// Programs that are given texts of all kinds and run none of them.
const TOOLS: &[&str] = &[
    "gh",
    "glab",
    "hub",
    "terraform",
    "tofu",
    "pulumi",
    "helm",
    "vault",
    "consul",
    "psql",
    "mysql",
    "sqlite3",
    "redis-cli",
    "mongo",
    "aws",
    "gcloud",
    "az",
    "oci",
    "tccli",
    "ossutil",
    "ve",
    "bce",
    "sort",
    "cut",
    "tr",
    "wc",
    "diff",
    "openssl",
    "gpg",
    "date",
    "seq",
    "basename",
    "dirname",
    "systemctl",
    "journalctl",
    "scp",
    "rsync",
    "yq",
    "zip",
    "xdg-open",
    "open",
    "pbcopy",
    "xclip",
    "tput",
    "gum",
    "fzf",
];

/// Commands that run the rest of their words as a command.
pub(super) const PREFIXES: &[&str] = &[
    "sudo",
    "doas",
    "env",
    "timeout",
    "nohup",
    "time",
    "command",
    "builtin",
    "exec",
    "nice",
    "ionice",
    "retry",
    "xargs",
    "parallel",
    "watch",
    "setsid",
    "stdbuf",
    "unbuffer",
    "chronic",
    "strace",
    "caffeinate",
    "noglob",
    "nocorrect",
    "then",
    "do",
    "else",
    "!",
];

/// Those among them that start a program, never a function of the script.
const EXECUTORS: &[&str] = &[
    "sudo",
    "doas",
    "env",
    "timeout",
    "nohup",
    "command",
    "builtin",
    "exec",
    "nice",
    "ionice",
    "xargs",
    "watch",
    "setsid",
    "stdbuf",
    "unbuffer",
    "chronic",
    "strace",
    "caffeinate",
];

/// Commands that run the string after `-c`.
pub(super) const STRING_RUNNERS: &[&str] =
    &["bash", "sh", "zsh", "dash", "ksh", "ash", "su", "runuser", "script", "flock", "sg"];

/// Those among them that take a user or a file before `-c`.
pub(super) const WITH_OPERAND: &[&str] = &["su", "runuser", "flock", "script", "sg"];

/// Shells, which run what they read.
pub(super) const SHELLS: &[&str] = &["bash", "sh", "zsh", "dash", "ksh", "ash"];

/// Commands that run their first argument as a line of shell if it is one.
pub(super) const LINE_RUNNERS: &[&str] =
    &["watch", "parallel", "eval", "timeout", "retry", "time", "screen", "tmux"];

/// Words of `parallel` behind which its items stand.
pub(super) const ITEMS: &[&str] = &[":::", "::::", ":::+"];

/// The command that reads a timetable of commands.
pub(super) const SCHEDULER: &str = "crontab";

/// Commands that read what to run later.
pub(super) const QUEUES: &[&str] = &["at", "batch"];

/// Words in the names of functions that run the line that they are given.
const RUNNERS: &[&str] = &["run", "exec", "execute", "eval", "retry", "try", "invoke", "sudo"];

/// Words that the names of functions have which run their words, although they
/// begin like the names of those that print.
const RUNS_WORDS: &[&str] = &["run", "exec", "execute", "eval", "cmd", "command", "do", "call"];

/// Interpreters of other languages: the language, and the flags before code.
const INTERPRETERS: &[(&str, &str, &[&str])] = &[
    ("python", "python", &["-c"]),
    ("python2", "python", &["-c"]),
    ("python3", "python", &["-c"]),
    ("node", "javascript", &["-e", "--eval", "-p", "--print", "-pe"]),
    ("nodejs", "javascript", &["-e", "--eval", "-p", "--print", "-pe"]),
    ("bun", "javascript", &["-e", "--eval"]),
    ("ruby", "ruby", &["-e"]),
    ("php", "php", &["-r"]),
    (
        "perl",
        "perl",
        &["-e", "-E", "-ne", "-pe", "-le", "-we", "-lne", "-nle", "-lpe", "-ane", "-lane"],
    ),
    ("lua", "lua", &["-e"]),
    ("luajit", "lua", &["-e"]),
    ("expect", "expect", &["-c"]),
];

/// Programs that run the code in their first argument.
const AWKS: &[&str] = &["awk", "gawk", "mawk", "nawk"];

/// Options of these that take a value.
const AWK_VALUES: &[&str] = &["-F", "-v", "--assign", "--field-separator"];

/// Parts of the names of other clouds' command line tools, some of which call a
/// product `ecs`, too.
const OTHER_CLOUDS: &[&str] = &[
    "aws",
    "hcloud",
    "huawei",
    "tccli",
    "tencent",
    "qcloud",
    "volc",
    "jdc",
    "ctyun",
    "openstack",
    "gcloud",
    "azure",
];

/// Options of ssh that take a value.
pub(super) const SSH_VALUES: &str = "bcDEeFIiJLlmOopQRSWw";

/// Names of container images whose entry point is the command line tool.
pub(super) const IMAGES: &[&str] = &["aliyun-cli", "alibabacloud-cli", "aliyuncli"];

/// The longest name of a program or function, in bytes. Whole scripts can stand
/// where a name is expected, and are not searched for one again and again.
pub(super) const LONGEST_NAME: usize = 512;

/// Whether a command runs the rest of its words as a command.
pub(super) fn runs_its_words(head: &str) -> bool {
    PREFIXES.contains(&program(head))
}

/// Whether a command starts the program that its words name, and so never a
/// function of the script.
pub(super) fn executes(head: &str) -> bool {
    EXECUTORS.contains(&program(head))
}

/// The language of an interpreter, and the flags behind which it takes code.
pub(super) fn interpreter(name: &str) -> Option<(&'static str, &'static [&'static str])> {
    let known = INTERPRETERS.iter().find(|(program, ..)| *program == name)?;
    Some((known.1, known.2))
}

/// Where the program stands among the words of a command of awk.
pub(super) fn awk_program(texts: &[Option<&str>]) -> Option<usize> {
    texts.first()?.filter(|head| AWKS.contains(&program(head)))?;
    let mut at = 1;
    while let Some(flag) = texts.get(at)?.filter(|text| text.starts_with('-')) {
        if flag.starts_with("-f") || flag.starts_with("--file") {
            return None;
        }
        at += 1 + usize::from(AWK_VALUES.contains(&flag));
    }
    Some(at)
}

/// Whether a name is that of another cloud's command line tool.
pub(super) fn is_elsewhere(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    OTHER_CLOUDS.iter().any(|cloud| lower.contains(cloud))
}

/// Whether a word in front of a command belongs to the command before it.
pub(super) fn is_passed_over(text: &str) -> bool {
    text.starts_with('-') || text.contains('=') || text.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a command only prints its words.
pub(super) fn prints(head: &str) -> bool {
    let name = program(head);
    let lower = name.trim_start_matches('_').to_ascii_lowercase();
    let runs = || lower.split(['_', '-', ':', '.']).any(|word| RUNS_WORDS.contains(&word));
    PRINTERS.contains(&name)
        || (PRINTER_STEMS.iter().any(|stem| lower.starts_with(stem)) && !runs())
}

/// Whether a function from elsewhere may run a line that it is given.
pub(super) fn may_run(head: &str) -> bool {
    let lower = head.trim_start_matches('_').to_ascii_lowercase();
    let tells = TELLER_STEMS.iter().any(|stem| lower.starts_with(stem));
    let is_tool = TOOLS.contains(&head);
    !tells && !is_tool && !head.contains(['/', '.', '=']) && interpreter(head).is_none()
}

/// The last part of a program's path.
pub(super) fn program(text: &str) -> &str {
    if text.len() > LONGEST_NAME {
        return "";
    }
    text.rsplit(['/', '\\']).next().unwrap_or(text)
}

/// Whether a word names a container image whose entry point is the command line
/// tool.
pub(super) fn is_image(text: &str) -> bool {
    let text = text.strip_prefix("--image=").unwrap_or(text);
    let bare = program(text).split([':', '@']).next().unwrap_or_default();
    IMAGES.contains(&bare) || (bare == "cli" && text.contains("aliyun/"))
}

/// Whether a name is that of something around the command line tool.
pub(super) fn wraps_cli(name: &str) -> bool {
    name.to_ascii_lowercase().contains("aliyun")
}

/// Whether a function's name says that it runs a line that it is given.
pub(super) fn runs_lines(name: &str) -> bool {
    name.split(['_', '-', ':', '.']).any(|word| RUNNERS.contains(&word))
}
