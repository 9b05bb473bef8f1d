//! Files that run code, huge, deep or broken: they are read in bounded time, and
//! what stands before and after the trouble is found. Each host has fixtures with
//! every kind of step.

#![expect(clippy::disallowed_methods, reason = "a test reads the outlines of fixtures")]

use std::time::{Duration, Instant};

use ecs_lock_lint::frontend::{self, Context, Lowered};
use ecs_lock_lint::ruleset;
use ecs_lock_lint::source::{FileId, Source};

/// Front ends of hosts, names of their files, and a file with one call.
const HOSTS: &[(&str, &str, &str)] = &[
    ("dockerfile", "Dockerfile", "FROM a\nRUN aliyun ecs StartInstance\n"),
    ("makefile", "Makefile", "all:\n\taliyun ecs StartInstance\n"),
    ("justfile", "justfile", "all:\n    aliyun ecs StartInstance\n"),
    ("taskfile", "Taskfile.yml", "tasks:\n  a: aliyun ecs StartInstance\n"),
    ("package-json", "package.json", "{\"scripts\": {\"a\": \"aliyun ecs StartInstance\"}}"),
    ("crontab", "crontab", "@daily aliyun ecs StartInstance\n"),
    ("systemd", "a.service", "[Service]\nExecStart=aliyun ecs StartInstance\n"),
    ("procfile", "Procfile", "web: aliyun ecs StartInstance\n"),
    ("cloud-init", "a.yml", "#cloud-config\nruncmd:\n- aliyun ecs StartInstance\n"),
    (
        "packer",
        "a.pkr.hcl",
        "build {\nprovisioner \"shell\" {\ninline = [\"aliyun ecs StartInstance\"]\n}\n}\n",
    ),
    (
        "packer-json",
        "a.json",
        "{\"builders\": [], \"provisioners\": [{\"type\": \"shell\", \"inline\": \"aliyun ecs StartInstance\"}]}",
    ),
    ("jenkinsfile", "Jenkinsfile", "node {\nsh 'aliyun ecs StartInstance'\n}\n"),
    (
        "terraform",
        "terragrunt.hcl",
        "terraform {\nbefore_hook \"alicloud\" {\nexecute = [\"aliyun\", \"ecs\", \"StartInstance\"]\n}\n}\n",
    ),
];

/// How long one text may take without optimisation.
const LIMIT: Duration = Duration::from_secs(30);

fn lower(name: &str, path: &str, text: &str) -> Lowered {
    let catalogue = ruleset::built_in_catalogue();
    let source = Source::file(FileId(0), path, text);
    let frontend = frontend::named(name).expect("the front end is registered");
    let started = Instant::now();
    let lowered = (frontend.lower)(&[source], Context { catalogue: &catalogue, values: &[] });
    let head: String = text.chars().take(40).collect();
    assert!(started.elapsed() < LIMIT, "{name} took {:?} for {head}", started.elapsed());
    lowered
}

#[test]
fn a_call_is_found_in_each_host() {
    for (name, path, text) in HOSTS {
        assert_eq!(lower(name, path, text).procedures.len(), 1, "{name}");
        let windows = text.replace('\n', "\r\n");
        assert_eq!(lower(name, path, &windows).procedures.len(), 1, "{name} with CRLF");
    }
}

#[test]
fn hostile_texts_are_read_in_bounded_time() {
    let junk = [
        "{",
        "}",
        "(",
        "[",
        "$(",
        "${",
        "\"",
        "'",
        "'''",
        "\"\"\"",
        "\\\n",
        "\n",
        "\t",
        "a = ",
        "a: a\n",
        "<<EOF\n",
        "RUN ",
        "RUN [",
        "@",
        "- ",
        "-\t",
        "\u{0}",
        "\u{fffd}é",
        "if (a) ",
        "else ",
        "try {",
        "a {",
        "sh ",
        "$(call a,",
        "define a\n",
        "%",
        "a\\",
        "/",
        "a=$(a)$(a)\n",
        "ExecStart=\n",
        "ExecStop=a\n",
        "\n\telse\n",
    ];
    for (name, path, text) in HOSTS {
        for piece in junk {
            let many = piece.repeat(6_000 / piece.len());
            lower(name, path, &format!("{text}{many}"));
            lower(name, path, &format!("{many}\n{text}"));
        }
    }
}

#[test]
fn what_grows_without_bound_is_cut() {
    let grown = |first: &str, count, line: &dyn Fn(usize) -> String| {
        std::iter::once(first.to_owned()).chain((0..count).map(line)).collect::<Vec<_>>().concat()
    };
    let mut makefile = grown("f0 = x\n", 400, &|last| {
        format!("f{} = $(call f{last},$(f{last}))$(call f{last},$(1))\n", last + 1)
    });
    makefile += "all:\n\taliyun ecs StartInstance --InstanceId $(f400) $(call f400,a)\n";
    assert_eq!(lower("makefile", "Makefile", &makefile).procedures.len(), 1);
    let needs = grown("", 1000, &|last| {
        format!("t{}: t{last} t{}\n\taliyun ecs StartInstance\n", last + 1, last / 2)
    });
    lower("makefile", "Makefile", &needs);
    let docker = grown("FROM a\n", 800, &|number| {
        format!("ENV V{number}=$V{number}$V{}\nRUN aliyun ecs $V{number}\n", number / 2)
    });
    lower("dockerfile", "Dockerfile", &docker);
}

#[test]
fn files_are_known_by_their_names_and_folders() {
    let known = [
        ("etc/cron.d/start", "crontab"),
        ("crontabs/root", "crontab"),
        ("var/spool/cron/crontabs/app", "crontab"),
        ("a/web.service.d/override.conf", "systemd"),
        ("docker/Dockerfile-web", "dockerfile"),
        ("web.Dockerfile", "dockerfile"),
        ("ci/deploy_Jenkinsfile", "jenkinsfile"),
        ("GNUmakefile", "makefile"),
        ("makefile.local", "makefile"),
        (".husky/pre-push", "shell"),
    ];
    for (path, name) in known {
        let best = frontend::FRONTENDS.iter().max_by_key(|frontend| frontend.fit(path));
        assert_eq!(best.map(|frontend| frontend.name), Some(name), "{path}");
    }
    for path in ["cron.d/README.md", "cron.d.md", "crontabs/notes.txt", "start", "a.conf"] {
        let crontab = frontend::named("crontab").and_then(|frontend| frontend.fit(path));
        assert_eq!(crontab, None, "{path}");
    }
}

/// Kinds of steps that the fixtures of each host have, and what tells of one in
/// their outlines.
const KINDS: &[(&str, &[&str])] = &[
    ("failing", &["StartInstance ", "RebootInstance ", "ModifyInstanceSpec "]),
    ("without effect", &["RunCommand ", "InvokeCommand "]),
    ("swallowed", &[" discarded\n", " silent\n"]),
    ("guarded", &["guard "]),
    ("unaffected", &["StopInstance "]),
];

/// Hosts of code, by the folders of their fixtures.
const FIXTURES: &[&str] = &[
    "ansible",
    "argo",
    "azure-pipelines",
    "circleci",
    "cloud-init",
    "compose",
    "crontab",
    "dockerfile",
    "drone",
    "github-actions",
    "gitlab-ci",
    "jenkinsfile",
    "justfile",
    "kubernetes",
    "makefile",
    "markdown",
    "notebook",
    "package-json",
    "packer",
    "packer-json",
    "procfile",
    "systemd",
    "taskfile",
    "tekton",
];

#[test]
fn fixtures_of_each_host_have_all_kinds_of_steps() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/frontends");
    for host in FIXTURES {
        let entries = root.join(host).read_dir().expect("the host has fixtures").flatten();
        let outlines: String = entries
            .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "snap"))
            .map(|entry| std::fs::read_to_string(entry.path()).expect("an outline is a text"))
            .collect();
        for (kind, words) in KINDS {
            let has_kind = words.iter().any(|word| outlines.contains(word));
            assert!(has_kind, "{host} has no fixture with a step that is {kind}");
        }
    }
}
