//! What fixtures cannot show: positions inside scalars, and hostile texts.

use std::fmt::Write as _;

use super::*;
use crate::problem::ProblemKind;
use crate::source::{FileId, SourceFile};

/// The words of the embedded text of a key, each with its place in the file.
fn words(text: &str, key: &str) -> Vec<String> {
    let file = SourceFile::new(String::new(), text.to_owned());
    let source = Source::file(FileId(0), "", &file.text);
    let tree = parse(&source);
    let top = tree.documents().next().unwrap();
    let aligned = top.get(key).unwrap().aligned().unwrap();
    let mut embedding = source.embed();
    aligned.append(0..aligned.text.len(), &mut embedding);
    let inner = embedding.finish();
    assert_eq!(inner.text, aligned.text);
    let starts = inner.text.split_whitespace().map(|word| {
        let start = word.as_ptr().addr() - inner.text.as_ptr().addr();
        let span = inner.span(start..start + word.len());
        let at = file.position(span.start);
        format!("{word}={}@{}:{}", file.slice(span), at.line, at.column)
    });
    starts.collect()
}

fn problems(text: &str) -> Vec<(ProblemKind, String)> {
    let source = Source::file(FileId(0), "", text);
    let problems = parse(&source).problems;
    problems.into_iter().map(|problem| (problem.kind, problem.message)).collect()
}

#[test]
fn block_scalars_keep_positions() {
    let literal = "k:\n  s: 1\nu: |+\n  aa bb\n    cc\n\n  dd \n\nv: 1\n";
    assert_eq!(words(literal, "u"), ["aa=aa@4:3", "bb=bb@4:6", "cc=cc@5:5", "dd=dd@7:3"]);
    let folded = "u: >-\n  aa\n  bb\n\n    cc\n  dd\n";
    assert_eq!(words(folded, "u"), ["aa=aa@2:3", "bb=bb@3:3", "cc=cc@5:5", "dd=dd@6:3"]);
    let returns = "u: |\r\n  aa\r\n  é bb\r\n";
    assert_eq!(words(returns, "u"), ["aa=aa@2:3", "é=é@3:3", "bb=bb@3:5"]);
    let indicated = "u: |2\n    aa\n   bb\n";
    assert_eq!(words(indicated, "u"), ["aa=aa@2:5", "bb=bb@3:4"]);
}

#[test]
fn flow_scalars_keep_positions() {
    assert_eq!(words("u: aa\n  bb\n\n  cc\n", "u"), ["aa=aa@1:4", "bb=bb@2:3", "cc=cc@4:3"]);
    assert_eq!(words("u: 'a''s\n  bb'\n", "u"), ["a's=a''s@1:5", "bb=bb@2:3"]);
    let double = "u: \"a\\tb\\\n    cc\\n\\u00e9 \\\"q\n\n  z\\\\ \\U0001F600\"\n";
    let placed = ["a=a@1:5", "bcc=b\\\n    cc@1:8", "é=\\u00e9@2:9", "\"q=\\\"q@2:16"];
    assert_eq!(words(double, "u")[..4], placed);
    assert_eq!(words(double, "u")[4..], ["z\\=z\\\\@4:3", "😀=\\U0001F600@4:7"]);
}

#[test]
fn json_keeps_positions() {
    let minified = r#"{"u":"a\/b\uD83D\uDE00 c\nd","v":[1]}"#;
    assert_eq!(words(minified, "u"), [r"a/b😀=a\/b\uD83D\uDE00@1:7", "c=c@1:24", "d=d@1:27"]);
    assert_eq!(words("{\n\t\"u\":\t\"a b\"\n}", "u"), ["a=a@2:8", "b=b@2:10"]);
}

#[test]
fn marks_at_the_start_do_not_shift() {
    assert_eq!(words("\u{feff}u: a\n", "u"), ["a=a@1:5"]);
}

#[test]
fn merge_keys_and_aliases_are_followed() {
    let text = "a: &a {x: 1, y: 2}\nb:\n  <<: [*a, {z: 3}]\n  x: 4\nc: *a\n";
    let source = Source::file(FileId(0), "", text);
    let tree = parse(&source);
    let top = tree.documents().next().unwrap();
    assert_eq!(top.get("b").unwrap().render(), "{x: 4, y: 2, z: 3}");
    assert_eq!(top.get("c").unwrap().get_text("y"), Some("2"));
    assert!(tree.problems.is_empty());
}

#[test]
fn the_last_of_equal_keys_counts() {
    let source = Source::file(FileId(0), "", r#"{"a": 1, "b": 2, "a": 3}"#);
    let tree = parse(&source);
    assert_eq!(tree.documents().next().unwrap().render(), "{b: 2, a: 3}");
    assert_eq!(tree.problems.len(), 1);
}

#[test]
fn what_is_before_an_error_is_kept() {
    let text = "a: 1\nb: [1, 2\nc: }\n---\nd: 1\n";
    let source = Source::file(FileId(0), "", text);
    let tree = parse(&source);
    let keys: Vec<_> = tree.documents().map(Item::render).collect();
    assert_eq!(keys, ["{a: 1, b: [1]}", "{d: 1}"]);
    assert_eq!(tree.problems.len(), 1);
}

#[test]
fn deep_texts_are_cut() {
    let block: Vec<String> = (0..300).map(|level| format!("{:level$}a:\n", "")).collect();
    let block = block.concat();
    let cases = ["[".repeat(100_000), block, "- ".repeat(300), "{a: ".repeat(100_000)];
    for text in cases {
        let kinds: Vec<_> = problems(&text).into_iter().map(|(kind, _)| kind).collect();
        assert!(kinds.contains(&ProblemKind::TooDeep), "{kinds:?}");
    }
    let kept = format!("a: {}{}\nb: 1\n", "[".repeat(500), "]".repeat(500));
    let source = Source::file(FileId(0), "", &kept);
    assert_eq!(parse(&source).documents().next().unwrap().get_text("b"), Some("1"));
}

#[test]
fn aliases_that_multiply_are_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let below = vec![format!("*a{}", level - 1); 9].join(", ");
        let _ = writeln!(bomb, "a{level}: &a{level} [{below}]");
    }
    let found = problems(&bomb);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, ProblemKind::TooLarge);
    assert_eq!(problems("a: &a [*a]\n").len(), 1);
    assert_eq!(problems("a: *b\n").len(), 1);
    let mut chain = format!("a0: &a0 {}{}\n", "[".repeat(90), "]".repeat(90));
    for level in 1..9 {
        let (open, close) = ("[".repeat(90), "]".repeat(90));
        let _ = writeln!(chain, "a{level}: &a{level} {open}*a{}{close}", level - 1);
    }
    assert!(problems(&chain).iter().any(|(kind, _)| *kind == ProblemKind::TooDeep));
}

/// The code that the value of `u` yields, for a shell and for other languages.
fn assembled(text: &str, references: code::References) -> [String; 2] {
    let source = Source::file(FileId(0), "", text);
    let tree = parse(&source);
    let item = tree.documents().next().unwrap().get("u").unwrap();
    let ways = [code::assemble_script, code::assemble];
    ways.map(|way| way(item, references).unwrap().text.into_owned())
}

#[test]
fn code_is_put_together_from_functions() {
    use code::References::{Braces, Dollar};
    let cases = [
        ("u: !Sub 'a ${B} ${!C} ${D.E} ${'", "a ${B} ${C} ${D_E} ${"),
        ("u: {'Fn::Sub': ['a ${B}', {B: 1}]}", "a ${B}"),
        (
            "u: !Join [\"\\n\", [a, !Ref B, !GetAtt [C, D], !Ref ALIYUN::NoValue]]",
            "a\n${B}\n${C_D}\n",
        ),
        ("u: !Base64Encode {'Fn::Replace': [{x: y}, 'a x']}", "a x"),
        ("u: !If [c, a, b]", "a\nb\n"),
        ("u: 'a ${B} {{ c }}'", "a ${B} {{ c }}"),
    ];
    for (text, code) in cases {
        assert_eq!(assembled(text, Dollar)[0], code, "{text}");
    }
    let [_, python] = assembled("u: !Sub 'a ${B} ${!C} ${D.E}'", Dollar);
    assert_eq!(python, "a B ${C} D_E");
    assert_eq!(assembled("u: 'a ${B} {{ c.d }} {{ \"'", Braces)[0], "a ${B} ${c_d} {{ \"");
}

#[test]
fn base64_is_decoded() {
    let source = Source::file(FileId(0), "", "u: ZWNobyDDqQo=\nv: '***'\n");
    let tree = parse(&source);
    let top = tree.documents().next().unwrap();
    let decoded = code::decode(top.get("u").unwrap()).unwrap();
    assert_eq!(decoded.text, "echo é\n");
    assert_eq!(decoded.span(0..4), source.span(3..15));
    assert!(code::decode(top.get("v").unwrap()).is_none());
}
