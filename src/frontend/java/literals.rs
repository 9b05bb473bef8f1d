//! Java's strings, and collections with what they are made of.

use tree_sitter::Node;

use super::expressions::{expression, list};
use super::grammar::{children, children_of, field, kind};
use crate::frontend::program::code::{Argument, Expression, Part, Value};
use crate::frontend::program::shape::{Shaper, known_text};

/// Types of maps.
const MAPS: &[&str] = &[
    "HashMap",
    "LinkedHashMap",
    "TreeMap",
    "ConcurrentHashMap",
    "Hashtable",
    "LinkedMultiValueMap",
    "JSONObject",
];

/// Types of lists.
const LISTS: &[&str] = &["ArrayList", "LinkedList", "HashSet", "LinkedHashSet", "ArrayDeque"];

/// Types that are as good as what they are made of.
const WRAPPERS: &[&str] =
    &["String", "StringBuilder", "StringBuffer", "URL", "URI", "HttpGet", "HttpPost", "URIBuilder"];

/// Types that carry what they are made of first.
const ENTITIES: &[&str] = &["UrlEncodedFormEntity", "StringEntity"];

/// Types of a name and a value.
const PAIRS: &[&str] = &["BasicNameValuePair", "SimpleEntry", "SimpleImmutableEntry"];

/// Types that put the parameters of a request together, one by one.
const PARAMETERS: &[&str] = &["HttpUrl.Builder", "FormBody.Builder", "MultipartBody.Builder"];

/// Functions that make a list of what they are given: the class and the method.
const LIST_MAKERS: &[(&str, &str)] = &[
    ("List", "of"),
    ("Set", "of"),
    ("Stream", "of"),
    ("Arrays", "asList"),
    ("Collections", "singletonList"),
    ("Collections", "singleton"),
    ("ImmutableList", "of"),
    ("ImmutableSet", "of"),
    ("Lists", "newArrayList"),
    ("Sets", "newHashSet"),
];

/// Functions that make a map of keys and values in turn, or of pairs of them.
const MAP_MAKERS: &[(&str, &str)] = &[
    ("Map", "of"),
    ("Map", "ofEntries"),
    ("Collections", "singletonMap"),
    ("ImmutableMap", "of"),
    ("MapUtil", "of"),
    ("TeaConverter", "buildMap"),
    ("CommonUtil", "buildMap"),
];

/// The last part of the name of a type, without type arguments.
fn type_name<'s>(shaper: &Shaper<'s>, node: Node<'_>) -> &'s str {
    let name = shaper.field_text(node, field::TYPE);
    let name = name.split('<').next().unwrap_or(name);
    name.rsplit('.').next().unwrap_or(name).trim()
}

fn given(node: Node<'_>) -> Vec<Node<'_>> {
    node.child_by_field_name(field::ARGUMENTS).map(children).unwrap_or_default()
}

/// What stands in the parentheses of an object that is as good as that: `new
/// URL(text)`, a list that is a copy of another.
pub(super) fn wrapped<'t>(shaper: &Shaper<'_>, node: Node<'t>) -> Option<Node<'t>> {
    let name = type_name(shaper, node);
    if ENTITIES.contains(&name) {
        return given(node).into_iter().next();
    }
    let [only] = given(node)[..] else { return None };
    let is_copy = (LISTS.contains(&name) || MAPS.contains(&name)) && only.kind() != kind::DECIMAL;
    (is_copy || WRAPPERS.contains(&name)).then_some(only)
}

/// Whether an object takes in more than what it is made of.
pub(super) fn grows(shaper: &Shaper<'_>, node: Node<'_>) -> bool {
    matches!(type_name(shaper, node), "URIBuilder" | "StringBuilder" | "StringBuffer")
}

/// `new HashMap<>()` and the like, with what its body puts in it.
pub(super) fn collection(shaper: &mut Shaper<'_>, node: Node<'_>) -> Option<Value> {
    let name = type_name(shaper, node);
    if LISTS.contains(&name) {
        return Some(Value::List(Vec::new()));
    }
    if matches!(name, "StringBuilder" | "StringBuffer" | "StringJoiner") {
        return Some(known_text("", node.byte_range()).value);
    }
    if PAIRS.contains(&name) {
        let pair = given(node);
        return Some(Value::List(pair.into_iter().map(|it| expression(shaper, it)).collect()));
    }
    let whole = shaper.field_text(node, field::TYPE);
    if PARAMETERS.iter().any(|it| whole.ends_with(it)) {
        return Some(Value::Map(Vec::new()));
    }
    if !MAPS.contains(&name) {
        return None;
    }
    let body = children_of(node, kind::CLASS_BODY).into_iter().next();
    let calls = body.map(calls_in).unwrap_or_default();
    let mut entries = Vec::new();
    for call in calls {
        if let [key, value] = given(call)[..] {
            entries.push((expression(shaper, key), expression(shaper, value)));
        }
    }
    Some(Value::Map(entries))
}

/// Whether the body of an object only fills it in: `new X() {{ setA(1); }}`.
pub(super) fn is_filled_in(body: Node<'_>) -> bool {
    let parts = children(body);
    !parts.is_empty() && parts.iter().all(|part| part.kind() == kind::BLOCK)
}

/// What such a body sets, by the names of the fields.
pub(super) fn filled_in(shaper: &mut Shaper<'_>, body: Node<'_>) -> Vec<Argument> {
    let mut arguments = Vec::new();
    for call in calls_in(body) {
        let name = shaper.field_text(call, field::NAME);
        let name = name.strip_prefix("set").unwrap_or(name).into();
        if let [only] = given(call)[..] {
            let value = expression(shaper, only);
            arguments.push(Argument { name: Some(name), value, spreads: false });
        }
    }
    arguments
}

/// The calls without an object that stand in the blocks of a body.
fn calls_in(body: Node<'_>) -> Vec<Node<'_>> {
    let blocks = children_of(body, kind::BLOCK).into_iter();
    let statements = blocks.flat_map(|block| children_of(block, kind::EXPRESSION_STATEMENT));
    let inner = statements.flat_map(children);
    inner.filter(|it| it.kind() == kind::METHOD_CALL).collect()
}

/// A list, a map or a text that a call of a well-known function makes.
pub(super) fn made_by(
    shaper: &mut Shaper<'_>,
    node: Node<'_>,
    object: Node<'_>,
    name: &str,
) -> Option<Value> {
    let class = shaper.text(object).rsplit('.').next().unwrap_or_default();
    let made = |makers: &[(&str, &str)]| makers.contains(&(class, name));
    let arguments = node.child_by_field_name(field::ARGUMENTS)?;
    if made(LIST_MAKERS) {
        return Some(Value::List(list(shaper, arguments)));
    }
    if made(MAP_MAKERS) {
        return Some(map(shaper, children(arguments)));
    }
    if let Some(value) = requested(shaper, node, object, name) {
        return Some(value);
    }
    if name == "formatted" {
        let at = object.byte_range();
        let format = Expression { at, value: Value::Name("String.format".into()) };
        let mut values = vec![expression(shaper, object)];
        values.extend(list(shaper, arguments));
        let values = values.into_iter();
        let values = values.map(|value| Argument { name: None, value, spreads: false });
        return Some(Value::Call(Box::new(format), values.collect()));
    }
    None
}

/// A URL on its way to being requested: a builder that is given one stands for
/// it, and one that is opened is given to what opens it.
fn requested(
    shaper: &mut Shaper<'_>,
    node: Node<'_>,
    object: Node<'_>,
    name: &str,
) -> Option<Value> {
    match (name, given(node).as_slice()) {
        ("url" | "uri", [url]) if builds_request(shaper.text(object)) => {
            Some(expression(shaper, *url).value)
        }
        ("openConnection" | "openStream", []) => {
            // Lowered once only: such calls may stand on one another.
            let opened = Expression { at: object.byte_range(), value: Value::Nothing };
            let argument =
                Argument { name: None, value: expression(shaper, object), spreads: false };
            let at = object.start_byte()..node.end_byte();
            let callee = Expression { at, value: Value::Member(Box::new(opened), name.into()) };
            Some(Value::Call(Box::new(callee), vec![argument]))
        }
        _ => None,
    }
}

/// Whether something is a request that is not yet sent: `new Request.Builder()`,
/// `webClient.get()`.
fn builds_request(object: &str) -> bool {
    object.contains("Builder") || [".get()", ".post()"].iter().any(|end| object.ends_with(end))
}

fn map(shaper: &mut Shaper<'_>, parts: Vec<Node<'_>>) -> Value {
    let is_pair = |it: &&Node<'_>| matches!(it.kind(), kind::NEW | kind::METHOD_CALL);
    let pairs: Vec<Vec<Node<'_>>> = parts.iter().filter(is_pair).map(|it| given(*it)).collect();
    let in_pairs = pairs.len() == parts.len() && pairs.iter().all(|pair| pair.len() == 2);
    let flat: Vec<Node<'_>> = if in_pairs { pairs.concat() } else { parts };
    let entries = flat.chunks_exact(2);
    let entries = entries.map(|pair| (expression(shaper, pair[0]), expression(shaper, pair[1])));
    Value::Map(entries.collect())
}

/// The pieces of a string.
pub(super) fn parts(shaper: &mut Shaper<'_>, node: Node<'_>) -> Vec<Part> {
    let at = node.byte_range();
    if node.kind() == kind::CHARACTER {
        let text = shaper.text(node).trim_matches('\'');
        return vec![Part::Known { text: text.into(), at, verbatim: false }];
    }
    let mut parts = Vec::new();
    for child in children(node) {
        let at = child.byte_range();
        let text = shaper.text(child);
        match child.kind() {
            kind::STRING_FRAGMENT | kind::STRING_LINES => {
                parts.push(Part::Known { text: text.into(), at, verbatim: true });
            }
            kind::ESCAPE => {
                parts.push(Part::Known { text: unescaped(text).into(), at, verbatim: false });
            }
            _ => {}
        }
    }
    parts
}

/// What an escape sequence stands for.
fn unescaped(text: &str) -> String {
    let rest = text.get(1..).unwrap_or_default();
    let code = |digits: &str, radix| {
        u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).map(String::from)
    };
    let simple = match rest.chars().next().unwrap_or('\\') {
        'n' => "\n",
        't' => "\t",
        'r' => "\r",
        's' | 'b' | 'f' => " ",
        // A line that goes on.
        '\n' => "",
        'u' => return code(rest.trim_start_matches('u'), 16).unwrap_or_default(),
        '0'..='7' => return code(rest, 8).unwrap_or_default(),
        letter => return letter.to_string(),
    };
    simple.to_owned()
}
