//! How programs of each input are changed as text, so that nothing that matters
//! changes, or so that a look at the lock decides about all of it.

use std::path::Path;

/// An input, and what is done to its programs. A change that cannot be made of a
/// program is none.
pub(crate) struct Input {
    pub(crate) name: &'static str,
    is: fn(&Path, &str) -> bool,
    /// Adds a step that no lock affects.
    pub(crate) step: fn(&str) -> Option<String>,
    /// Writes it in another way.
    pub(crate) layout: fn(&str) -> Option<String>,
    /// Puts a look at the lock in front of its steps.
    pub(crate) guard: fn(&str) -> Option<String>,
    /// How a function starts at the start of a line, if functions can be put in
    /// another order.
    pub(crate) functions: &'static [&'static str],
}

/// The input of a program.
pub(crate) fn of(path: &Path, text: &str) -> Option<&'static Input> {
    INPUTS.iter().find(|input| (input.is)(path, text))
}

const INPUTS: &[Input] = &[
    Input {
        name: "shell",
        is: |path, _| ends(path, "sh"),
        step: |text| Some(at_the_top(text, "aliyun ecs DescribeRegions\n")),
        layout: |text| {
            let is_plain = !text.contains("<<") && !text.contains("\\\n");
            is_plain.then(|| inserted(text, |_| Some("\n".to_owned())))
        },
        guard: |text| {
            Some(at_the_top(
                text,
                "locks=$(aliyun ecs DescribeInstances | jq -r '.. | .LockReason? // empty')\n\
                 if [ -n \"$locks\" ]; then\n  exit 1\nfi\n",
            ))
        },
        functions: &[],
    },
    Input {
        name: "python",
        is: |path, _| ends(path, "py"),
        step: |text| Some(in_functions(text, &["def "], ":", "    print('here')")),
        layout: |text| {
            Some(text.lines().fold(String::new(), |changed, line| {
                changed + &" ".repeat(indent(line)) + line + "\n\n"
            }))
        },
        guard: |text| {
            let look = "    if all_of_them().operation_locks.lock_reason:\n        return";
            Some(in_functions(text, &["def "], ":", look))
        },
        functions: &["def "],
    },
    Input {
        name: "go",
        is: |path, _| ends(path, "go"),
        step: |text| {
            let step = "\tclient.DescribeRegions(ecs.CreateDescribeRegionsRequest())";
            let has_client = text.contains("client *ecs.Client");
            has_client.then(|| in_functions(text, &["func "], "{", step))
        },
        layout: |text| Some(text.replace('\t', "        ").replace("{\n", "{\n\n// Here.\n")),
        guard: |text| {
            let look =
                "\tif len(allOfThem().OperationLocks.LockReason) > 0 {\n\t\tpanic(\"locked\")\n\t}";
            Some(in_functions(text, &["func "], "{", look))
        },
        functions: &["func "],
    },
    Input {
        name: "javascript",
        is: |path, _| ends(path, "js") || ends(path, "ts"),
        step: |text| Some(in_functions(text, JAVASCRIPT, "{", "  console.log('here');")),
        layout: |text| Some(text.replace("{\n", "{\n\n// Here.\n")),
        guard: |text| {
            let look =
                "  if (allOfThem().OperationLocks.LockReason.length > 0) {\n    return;\n  }";
            Some(in_functions(text, JAVASCRIPT, "{", look))
        },
        functions: JAVASCRIPT,
    },
    Input {
        name: "java",
        is: |path, _| ends(path, "java"),
        step: |text| Some(in_functions(text, METHODS, "{", "    System.out.println(\"here\");")),
        layout: |text| Some(text.replace("{\n", "{\n\n// Here.\n")),
        guard: |text| {
            let look = "    if (!allOfThem().getOperationLocks().getLockReason().isEmpty()) {\n        \
                        throw new IllegalStateException();\n    }";
            Some(in_functions(text, METHODS, "{", look))
        },
        functions: &[],
    },
    Input {
        name: "csharp",
        is: |path, _| ends(path, "cs"),
        step: |text| {
            Some(in_functions(text, METHODS, "{", "    System.Console.WriteLine(\"here\");"))
        },
        layout: |text| Some(text.replace("{\n", "{\n\n// Here.\n")),
        guard: |text| {
            let look = "    if (AllOfThem().OperationLocks.LockReason.Count > 0) {\n        return;\n    }";
            Some(in_functions(text, METHODS, "{", look))
        },
        functions: &[],
    },
    Input {
        name: "ruby",
        is: |path, _| ends(path, "rb"),
        step: |text| Some(in_functions(text, &["def "], "", "  puts 'here'")),
        layout: |text| Some(inserted(text, |_| Some("\n".to_owned()))),
        guard: |text| {
            let look = "  return unless all_of_them['OperationLocks']['LockReason'].empty?";
            Some(in_functions(text, &["def "], "", look))
        },
        functions: &[],
    },
    Input {
        name: "oos",
        is: |_, text| text.starts_with("FormatVersion: OOS"),
        step: |text| {
            Some(text.replace(
                "Tasks:\n",
                "Tasks:\n  - Name: regions\n    Action: ACS::ExecuteAPI\n    Properties: \
                 {Service: ECS, API: DescribeRegions}\n",
            ))
        },
        layout: |text| Some(text.replace("  - Name:", "\n  # Here.\n  - Name:")),
        guard: |text| {
            Some(text.replace(
                "Tasks:\n",
                "Tasks:\n  - Name: unlocked\n    Action: ACS::CheckFor\n    Properties:\n      \
                 Service: ECS\n      API: DescribeInstances\n      PropertySelector: \
                 Instances.Instance[].OperationLocks.LockReason[].LockReason\n      \
                 NotDesiredValues: [security]\n",
            ))
        },
        functions: &[],
    },
    Input {
        name: "ansible",
        is: |_, text| text.lines().any(|line| line.starts_with("- hosts:")),
        step: |text| Some(under(text, "  tasks:", "    - command: aliyun ecs DescribeRegions")),
        layout: commented,
        guard: |text| {
            let look = "    - alibaba.alicloud.ali_instance_info: {}\n      register: look\n    \
                        - assert:\n        that: look.instances[0].operation_locks | length == 0";
            Some(under(text, "  tasks:", look))
        },
        functions: &[],
    },
    Input {
        name: "github-actions",
        is: |_, text| text.lines().any(|line| line == "    steps:"),
        step: |text| Some(under(text, "    steps:", "      - run: aliyun ecs DescribeRegions")),
        layout: commented,
        guard: |text| Some(under(text, "    steps:", &format!("      - run: {LOOK}"))),
        functions: &[],
    },
    Input {
        name: "gitlab-ci",
        is: |_, text| text.lines().any(|line| line == "  script:"),
        step: |text| Some(under(text, "  script:", "    - aliyun ecs DescribeRegions")),
        layout: commented,
        guard: |text| {
            // What comes after runs in any case.
            let guarded = under(text, "  script:", &format!("    - {LOOK}"));
            Some(under(&guarded, "  after_script:", &format!("    - {LOOK}")))
        },
        functions: &[],
    },
    Input {
        name: "jenkins",
        is: |path, _| ends(path, "Jenkinsfile"),
        step: |text| Some(text.replace("steps {\n", "steps {\nsh 'aliyun ecs DescribeRegions'\n")),
        layout: |text| Some(text.replace("{\n", "{\n\n// Here.\n")),
        guard: |text| Some(text.replace("steps {\n", &format!("steps {{\nsh '{LOOK}'\n"))),
        functions: &[],
    },
    Input {
        name: "make",
        is: |path, _| ends(path, "mk"),
        step: |text| Some(in_recipes(text, "aliyun ecs DescribeRegions")),
        layout: |text| Some(inserted(text, |line| line.is_empty().then(|| "# Here.\n".to_owned()))),
        guard: |text| Some(in_recipes(text, LOOK)),
        functions: &[],
    },
    Input {
        name: "markdown",
        is: |path, _| ends(path, "md"),
        step: |text| Some(in_fences(text, "aliyun ecs DescribeRegions")),
        layout: |text| Some(text.replace("\n\n", "\n\n\n")),
        guard: |text| Some(in_fences(text, LOOK)),
        functions: &[],
    },
    Input {
        name: "terraform",
        is: |path, _| ends(path, "tf"),
        step: |text| Some(format!("{text}\ndata \"alicloud_regions\" \"all\" {{}}\n")),
        layout: |text| {
            (!text.contains("<<")).then(|| inserted(text, |_| Some("\n# Here.\n".to_owned())))
        },
        // There is no way to look at the lock of an instance.
        guard: |_| None,
        functions: &[],
    },
    Input {
        name: "systemd",
        is: |path, _| ends(path, "service"),
        step: |text| {
            let step = "ExecStartPre=/usr/bin/aliyun ecs DescribeRegions";
            Some(under(text, "[Service]", step))
        },
        layout: |text| Some(inserted(text, |_| Some("# Here.\n".to_owned()))),
        guard: |text| Some(under(text, "[Service]", &format!("ExecStartPre=/bin/sh -c '{LOOK}'"))),
        functions: &[],
    },
];

const JAVASCRIPT: &[&str] = &["function ", "async function "];

const METHODS: &[&str] = &["void ", "public ", "private ", "static ", "boolean ", "String "];

/// A line of shell that fails if there is a lock.
const LOOK: &str = "if aliyun ecs DescribeInstances | grep -q LockReason; then exit 1; fi";

fn ends(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|own| own == extension)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The text with something behind each line of which `after` says so.
fn inserted(text: &str, after: impl Fn(&str) -> Option<String>) -> String {
    let mut changed = String::new();
    for line in text.lines() {
        changed.push_str(line);
        changed.push('\n');
        changed.extend(after(line));
    }
    changed
}

/// The text with something behind each line that is `head`.
fn under(text: &str, head: &str, added: &str) -> String {
    inserted(text, |line| (line == head).then(|| format!("{added}\n")))
}

/// The text with a comment in front of each item; none if that would be text.
fn commented(text: &str) -> Option<String> {
    let is_plain = !text.lines().any(|line| line.ends_with(['|', '>', '-']));
    is_plain.then(|| {
        text.lines().fold(String::new(), |changed, line| {
            let item = line.trim_start().starts_with("- ");
            let comment =
                if item { format!("{}# Here.\n", " ".repeat(indent(line))) } else { String::new() };
            changed + &comment + line + "\n"
        })
    })
}

/// The text with something at the start of every function's body.
fn in_functions(text: &str, starts: &[&str], end: &str, body: &str) -> String {
    inserted(text, |line| {
        let code = line.split("  #").next().unwrap_or_default().trim_end();
        let is_head = starts.iter().any(|start| code.trim_start().starts_with(start))
            && code.ends_with(end)
            && (end != "{" || code.contains('('));
        let lines = || body.lines().map(|added| format!("{:1$}{added}\n", "", indent(line)));
        is_head.then(|| lines().collect::<Vec<_>>().concat())
    })
}

/// The text with a line at the start of every recipe.
fn in_recipes(text: &str, added: &str) -> String {
    let mut is_target = false;
    let mut changed = String::new();
    for line in text.lines() {
        if is_target && line.starts_with('\t') {
            changed.extend(["\t", added, "\n"]);
        }
        is_target = !line.starts_with(['\t', '#', '.']) && line.contains(':');
        changed.push_str(line);
        changed.push('\n');
    }
    changed
}

/// The text with a line at the start of every piece of code.
fn in_fences(text: &str, added: &str) -> String {
    inserted(text, |line| {
        let is_start = ["```bash", "```sh", "```shell"].contains(&line.trim());
        is_start.then(|| format!("{}{added}\n", " ".repeat(indent(line))))
    })
}

/// The text with something in front of the first line that is one of its steps.
fn at_the_top(text: &str, added: &str) -> String {
    let head = text.lines().take_while(|line| line.starts_with('#') || line.starts_with("set "));
    let at: usize = head.map(|line| line.len() + 1).sum();
    format!("{}{added}{}", &text[..at], &text[at..])
}
