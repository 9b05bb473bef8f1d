//! Tells playbooks and task files from other YAML: a list of plays, or a list of
//! tasks, each of which is one module among keywords of tasks.
//!
//! Only the keys of the outermost list's items are looked at, line by line.

/// What a task may say beside its module.
const KEYWORDS: &[&str] = &[
    "name",
    "when",
    "register",
    "vars",
    "tags",
    "become",
    "become_user",
    "become_method",
    "become_flags",
    "become_exe",
    "loop",
    "loop_control",
    "until",
    "retries",
    "delay",
    "ignore_errors",
    "ignore_unreachable",
    "failed_when",
    "changed_when",
    "notify",
    "listen",
    "delegate_to",
    "delegate_facts",
    "run_once",
    "environment",
    "args",
    "async",
    "poll",
    "check_mode",
    "diff",
    "no_log",
    "any_errors_fatal",
    "throttle",
    "timeout",
    "connection",
    "remote_user",
    "port",
    "collections",
    "module_defaults",
    "debugger",
    "sudo",
    "sudo_user",
    "first_available_file",
    "rescue",
    "always",
];

/// Modules and other task actions that no other format has in such a place.
const MODULES: &[&str] = &[
    "block",
    "command",
    "shell",
    "script",
    "raw",
    "debug",
    "set_fact",
    "assert",
    "fail",
    "meta",
    "include_tasks",
    "import_tasks",
    "include_role",
    "import_role",
    "include",
    "include_vars",
    "local_action",
    "action",
    "copy",
    "template",
    "file",
    "uri",
    "wait_for",
    "pause",
    "stat",
    "service",
    "systemd",
    "apt",
    "yum",
    "dnf",
    "package",
    "pip",
    "git",
    "lineinfile",
    "blockinfile",
    "get_url",
    "unarchive",
    "user",
    "group",
    "cron",
    "setup",
    "add_host",
    "group_by",
    "win_shell",
    "win_command",
    "win_powershell",
    "expect",
    "slurp",
    "fetch",
];

/// What a play has beside its hosts.
const SECTIONS: &[&str] = &[
    "tasks",
    "roles",
    "pre_tasks",
    "post_tasks",
    "handlers",
    "gather_facts",
    "become",
    "connection",
    "vars",
    "vars_files",
    "remote_user",
    "user",
    "serial",
    "strategy",
    "collections",
];

/// What the keys of a list's items say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Shape {
    Play,
    Task,
    Other,
}

/// Whether a text is a playbook or a list of tasks.
pub(super) fn recognises(text: &str) -> bool {
    let mut tasks = false;
    for keys in items(text) {
        match shape(&keys) {
            Shape::Play => return true,
            Shape::Task => tasks |= keys.iter().any(|key| is_known(key)),
            Shape::Other => return false,
        }
    }
    tasks
}

/// What an item of a list is, by its keys.
fn shape(keys: &[&str]) -> Shape {
    let has = |names: &[&str]| keys.iter().any(|key| names.contains(&short(key)));
    if has(&["import_playbook"]) || keys.contains(&"hosts") && has(SECTIONS) {
        return Shape::Play;
    }
    let others = keys.iter().filter(|key| !is_keyword(key));
    let mut modules = others.filter(|key| is_name(key));
    let is_task = modules.next().is_some() && modules.next().is_none();
    let all_names = keys.iter().all(|key| is_name(key));
    if is_task && all_names { Shape::Task } else { Shape::Other }
}

/// Whether something is a keyword of tasks.
pub(super) fn is_keyword(key: &str) -> bool {
    KEYWORDS.contains(&key) || key.starts_with("with_")
}

/// Whether a key is a module that only tasks have.
fn is_known(key: &str) -> bool {
    let is_ours = key.starts_with("ali_") || key.starts_with("alicloud_");
    key.split('.').count() >= 3 || is_ours || MODULES.contains(&key)
}

/// The last part of a module's full name.
pub(super) fn short(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

fn is_name(key: &str) -> bool {
    let is_part = |part: &str| {
        let mut letters = part.bytes();
        letters.next().is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
            && letters.all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'_')
    };
    key.split('.').all(is_part)
}

/// The keys of each item of the lists at the top of a text's documents. A text
/// whose top is no list has one item without keys.
fn items(text: &str) -> Vec<Vec<&str>> {
    let mut items: Vec<Vec<&str>> = Vec::new();
    let mut dash = None;
    let mut inside = None;
    for line in text.lines() {
        let line = line.trim_start_matches('\u{feff}').trim_end();
        let content = line.trim_start_matches(' ');
        if line.starts_with("---") || line.starts_with("...") {
            (dash, inside) = (None, None);
            continue;
        }
        if content.is_empty() || content.starts_with(['#', '%']) {
            continue;
        }
        let indented = line.len() - content.len();
        let starts = content == "-" || content.starts_with("- ");
        if starts && *dash.get_or_insert(indented) == indented {
            let rest = content[1..].trim_start_matches(' ');
            inside = (!rest.is_empty()).then(|| line.len() - rest.len());
            items.push(match rest.strip_prefix('{') {
                Some(braced) => braced.split(',').filter_map(key_of).collect(),
                None => key_of(rest).into_iter().collect(),
            });
        } else if dash.is_none() {
            return vec![Vec::new()];
        } else if dash.is_some_and(|dash| indented > dash)
            && *inside.get_or_insert(indented) == indented
            && let Some(key) = key_of(content)
            && let Some(keys) = items.last_mut()
        {
            keys.push(key);
        }
    }
    items
}

/// The key that a line starts with.
fn key_of(text: &str) -> Option<&str> {
    let (key, rest) = text.split_once(':')?;
    let key = key.trim().trim_matches(['"', '\'']);
    let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
    (ends && !key.contains([' ', '{', '['])).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::recognises;

    #[test]
    fn plays_and_tasks_are_told_from_other_lists() {
        let ours = [
            "---\n# x\n- hosts: all\n  tasks:\n    - debug:\n",
            "- name: a\n  shell: |\n    x: y\n    foo: bar\n  when: b\n",
            "-   ansible.builtin.command: aliyun ecs X\n",
            "- import_playbook: a.yml\n",
            "  - ali_instance:\n      state: running\n    register: x\n",
            "-\n  name: a\n  alicloud_disk: disk_id=d-1\n",
            "- block:\n  - shell: a\n  rescue:\n  - shell: b\n",
            "- { include: a.yml, tags: [x, y] }\n",
        ];
        for text in ours {
            assert!(recognises(text), "{text}");
        }
        let others = [
            "name: x\non: push\njobs:\n  a:\n    steps:\n    - run: aliyun\n",
            "- src: geerlingguy.docker\n  version: 1\n",
            "- name: a\n  run: aliyun ecs X\n",
            "- apiVersion: v1\n  kind: Pod\n",
            "- a\n- b\n",
            "- name: x\n  command: a\n  image: b\n",
            "FormatVersion: OOS-2019-06-01\nTasks:\n- Name: a\n",
            "[{\"hosts\": 1}]\n",
            "",
        ];
        for text in others {
            assert!(!recognises(text), "{text}");
        }
    }
}
