//! Files in which nothing matters, in the shapes that repositories are full of.

use std::fmt::Write as _;

use super::numbers::Numbers;

const WORDS: [&str; 64] = [
    "account", "adapter", "address", "amount", "archive", "attempt", "balance", "batch", "billing",
    "bucket", "buffer", "cache", "cart", "catalog", "channel", "checkout", "client", "column",
    "config", "contact", "counter", "cursor", "customer", "delivery", "device", "discount",
    "domain", "event", "feature", "filter", "handler", "header", "index", "invoice", "journal",
    "ledger", "limit", "listing", "locale", "manager", "message", "metric", "module", "notice",
    "offer", "order", "parser", "payload", "policy", "product", "profile", "queue", "record",
    "region", "report", "request", "result", "schedule", "session", "shipment", "status", "ticket",
    "user", "vendor",
];

/// A kind of file, by its ending, and how a piece of it is made.
pub(super) type Kind = (&'static str, fn(&mut Numbers, &mut String));

/// The kinds of source files, roughly by how frequent they are.
pub(super) const SOURCES: [Kind; 12] = [
    ("ts", javascript),
    ("js", javascript),
    ("py", python),
    ("go", go),
    ("java", java),
    ("yaml", yaml),
    ("json", json),
    ("md", markdown),
    ("tf", terraform),
    ("sh", shell),
    ("rb", ruby),
    ("php", php),
];

/// A text of at least so many bytes.
pub(super) fn text(numbers: &mut Numbers, kind: Kind, bytes: usize) -> String {
    let (ending, piece) = kind;
    let mut text = String::with_capacity(bytes + 512);
    text.push_str(match ending {
        "php" => "<?php\n",
        "sh" => "#!/bin/bash\nset -eu\n",
        "go" => "package shop\n\n",
        "json" => "[\n",
        _ => "",
    });
    while text.len() < bytes {
        piece(numbers, &mut text);
    }
    if ending == "json" {
        text.push_str("null]\n");
    }
    text
}

/// Fills a text up to a size with what may follow at the end of a file of a kind, if
/// anything may.
pub(super) fn fill(numbers: &mut Numbers, ending: &str, text: &mut String, bytes: usize) {
    let kind = SOURCES.iter().find(|(known, _)| *known == ending && APPENDED.contains(known));
    let Some((_, piece)) = kind else { return };
    text.push('\n');
    while text.len() < bytes {
        piece(numbers, text);
    }
}

/// The kinds of which a file may go on with more of the same.
const APPENDED: [&str; 8] = ["ts", "js", "py", "go", "md", "tf", "sh", "rb"];

/// A script without line ends, as bundlers write them.
pub(super) fn minified(numbers: &mut Numbers, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 128);
    while text.len() < bytes {
        let (a, b, c) = (word(numbers), word(numbers), numbers.below(1000));
        write(
            &mut text,
            format_args!("function {a}(e,t){{return e.{b}?t[{c}]:{a}.call(e,\"{b}\")}};"),
        );
    }
    text
}

/// Bytes without any order.
pub(super) fn binary(numbers: &mut Numbers, bytes: usize) -> Vec<u8> {
    let mut content = b"\x89PNG\r\n\x1a\n".to_vec();
    while content.len() < bytes {
        content.extend(numbers.next().to_le_bytes());
    }
    content
}

/// Two words as one name.
pub(super) fn word(numbers: &mut Numbers) -> String {
    format!("{}_{}", numbers.pick(&WORDS), numbers.pick(&WORDS))
}

fn write(text: &mut String, piece: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(piece);
}

fn javascript(n: &mut Numbers, text: &mut String) {
    let (a, b, c) = (word(n), word(n), word(n));
    let number = n.below(500);
    write(
        text,
        format_args!(
            "// Gives the {b} of a {a}, at most {number}.\nexport async function {a}({b}, options = {{}}) {{\n  const {c} = await fetchAll({b}, {{ limit: {number}, ...options }});\n  if (!{c}.length) {{\n    throw new Error(`no {a} for ${{{b}}}`);\n  }}\n  return {c}.map((one) => one.{b} ?? null);\n}}\n\n"
        ),
    );
}

fn python(n: &mut Numbers, text: &mut String) {
    let (a, b, c) = (word(n), word(n), word(n));
    let number = n.below(500);
    write(
        text,
        format_args!(
            "def {a}({b}, limit={number}):\n    \"\"\"Gives the {c} of a {b}.\"\"\"\n    {c} = [one for one in load({b}) if one.size < limit]\n    if not {c}:\n        raise ValueError(f\"no {c} for {{{b}}}\")\n    return sorted({c}, key=lambda one: one.name)\n\n\n"
        ),
    );
}

fn go(n: &mut Numbers, text: &mut String) {
    let (a, b, c) = (word(n), word(n), word(n));
    write(
        text,
        format_args!(
            "// {a} gives the {c} of a {b}.\nfunc {a}(ctx context.Context, {b} string) ([]string, error) {{\n\t{c}, err := load(ctx, {b})\n\tif err != nil {{\n\t\treturn nil, fmt.Errorf(\"{a}: %w\", err)\n\t}}\n\treturn {c}.Names(), nil\n}}\n\n"
        ),
    );
}

fn java(n: &mut Numbers, text: &mut String) {
    let (a, b, c) = (word(n), word(n), word(n));
    write(
        text,
        format_args!(
            "  /** Gives the {c} of a {b}. */\n  public List<String> {a}(String {b}) throws IOException {{\n    List<String> {c} = this.loader.load({b});\n    if ({c}.isEmpty()) {{\n      throw new IOException(\"no {c} for \" + {b});\n    }}\n    return {c};\n  }}\n\n"
        ),
    );
}

fn yaml(n: &mut Numbers, text: &mut String) {
    let (a, b, c) = (word(n), word(n), word(n));
    let number = n.below(9000);
    write(
        text,
        format_args!(
            "{a}:\n  name: {b}\n  replicas: {number}\n  labels: {{ app: {b}, tier: {c} }}\n  steps:\n    - run: make {c}\n    - name: {b}\n      with:\n        path: ./{c}/{b}\n"
        ),
    );
}

fn json(n: &mut Numbers, text: &mut String) {
    let (a, b, c) = (word(n), word(n), word(n));
    let number = n.below(90000);
    write(
        text,
        format_args!(
            "  {{ \"id\": {number}, \"name\": \"{a}\", \"tags\": [\"{b}\", \"{c}\"], \"price\": {number}.5, \"active\": true }},\n"
        ),
    );
}

fn markdown(n: &mut Numbers, text: &mut String) {
    let (a, b, c) = (word(n), word(n), word(n));
    write(
        text,
        format_args!(
            "## {a}\n\nThe {b} of a {a} is made from its {c}. Run it with\n\n```sh\nmake {c} && ./bin/{b} --verbose\n```\n\n- first the {b}\n- then the {c}, see [{a}](#{a})\n\n"
        ),
    );
}

fn terraform(n: &mut Numbers, text: &mut String) {
    let (a, b, c) = (word(n), word(n), word(n));
    let number = n.below(9000);
    write(
        text,
        format_args!(
            "resource \"google_storage_bucket\" \"{a}\" {{\n  name     = \"{b}-{number}\"\n  location = var.{c}\n\n  labels = {{\n    owner = \"{c}\"\n    stage = terraform.workspace\n  }}\n}}\n\nvariable \"{c}_{number}\" {{\n  type    = string\n  default = \"{b}\"\n}}\n\n"
        ),
    );
}

fn shell(n: &mut Numbers, text: &mut String) {
    let (a, b, c) = (word(n), word(n), word(n));
    write(
        text,
        format_args!(
            "# Makes the {c} of a {b}.\n{a}() {{\n  local {b}=\"$1\"\n  if [ ! -d \"${b}\" ]; then\n    echo \"no {c}\" >&2\n    return 1\n  fi\n  tar -czf \"{c}.tar.gz\" \"${b}\"\n}}\n\n"
        ),
    );
}

fn ruby(n: &mut Numbers, text: &mut String) {
    let (a, b, c) = (word(n), word(n), word(n));
    write(
        text,
        format_args!(
            "# Gives the {c} of a {b}.\ndef {a}({b})\n  {c} = load({b})\n  raise ArgumentError, \"no {c}\" if {c}.empty?\n\n  {c}.map(&:name)\nend\n\n"
        ),
    );
}

fn php(n: &mut Numbers, text: &mut String) {
    let (a, b, c) = (word(n), word(n), word(n));
    write(
        text,
        format_args!(
            "/** Gives the {c} of a {b}. */\nfunction {a}(string ${b}): array\n{{\n    ${c} = load(${b});\n    if (!${c}) {{\n        throw new RuntimeException('no {c}');\n    }}\n    return array_map(fn ($one) => $one->name, ${c});\n}}\n\n"
        ),
    );
}
