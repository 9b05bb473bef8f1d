//! Signed requests to the ECS endpoint made with curl and the like: the action
//! is a query parameter, a form field or a header.

use crate::catalogue::Catalogue;
use crate::procedure::{Action, Arguments, Evidence, Value};

/// A call to the API.
#[derive(Debug)]
pub(super) struct Request {
    /// The action.
    pub(super) action: Action,
    /// What it is called with.
    pub(super) arguments: Arguments,
    /// How sure it is.
    pub(super) evidence: Evidence,
}

/// The API version of product `Ecs`.
const VERSION: &str = "2014-05-26";

/// The header that carries the action under signature version 3.
const ACTION_HEADER: &str = "x-acs-action";

/// The header that carries the version.
const VERSION_HEADER: &str = "x-acs-version";

/// The domain of every endpoint.
const DOMAIN: &str = "aliyuncs.com";

/// Common parameters of the protocol, which are no parameters of the action.
const PROTOCOL: &[&str] = &[
    "Action",
    "Version",
    "Format",
    "AccessKeyId",
    "SignatureMethod",
    "SignatureVersion",
    "SignatureNonce",
    "Signature",
    "Timestamp",
    "SecurityToken",
    "SignatureType",
];

/// The call that a request's words make.
pub(super) fn read(words: &[Value], catalogue: &Catalogue) -> Option<Request> {
    let mut request = Parts::default();
    for word in words {
        request.word(word);
    }
    request.finish(catalogue)
}

/// Whether a request's words name an action and no other product's endpoint, so
/// that it is a call if what is not known of them says so.
pub(super) fn may_call(words: &[Value]) -> bool {
    let mut request = Parts::default();
    for word in words {
        request.word(word);
    }
    request.action.is_some() && !matches!(request.host, Host::Other)
}

/// The host that a request goes to.
#[derive(Clone, Copy, Default)]
enum Host {
    /// None can be seen, as in a variable.
    #[default]
    Unseen,
    /// The ECS endpoint.
    Ecs,
    /// An endpoint of the cloud, but of which product is not known.
    Unknown,
    /// Another product's endpoint.
    Other,
}

#[derive(Default)]
struct Parts {
    host: Host,
    version: bool,
    action: Option<Value>,
    arguments: Arguments,
}

impl Parts {
    fn word(&mut self, word: &Value) {
        let (text, known) = match word {
            Value::Text(text) => (text.as_str(), true),
            Value::Unknown(unknown) => (unknown.text.as_str(), false),
            _ => return,
        };
        self.host(text);
        if let Some((name, value)) = text.split_once(':') {
            match name.trim().to_ascii_lowercase().as_str() {
                ACTION_HEADER => self.action = Some(decoded(value.trim())),
                VERSION_HEADER => self.version |= value.trim() == VERSION,
                _ => {}
            }
        }
        let query = text.split_once('?').map_or(text, |(_, query)| query);
        let fields = query.split(['&', '\n']).map(str::trim);
        for field in fields.filter(|_| known || query.contains('=')) {
            if let Some((name, value)) = field.split_once('=') {
                // `http` takes `name==value`.
                self.field(name, decoded(value.trim_start_matches('=')));
            }
        }
    }

    fn host(&mut self, text: &str) {
        let Some((before, _)) = text.split_once(DOMAIN) else { return };
        let host = before.rsplit(['/', '@']).next().unwrap_or(before);
        let ours = host.starts_with("ecs.") || host.starts_with("ecs-");
        self.host = match self.host {
            Host::Ecs => Host::Ecs,
            _ if ours => Host::Ecs,
            _ if host.starts_with('$') => Host::Unknown,
            _ => Host::Other,
        };
    }

    fn field(&mut self, name: &str, value: Value) {
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte)) {
            return;
        }
        match name {
            "Action" => self.action = Some(value),
            "Version" => self.version |= value.as_text() == Some(VERSION),
            _ if PROTOCOL.contains(&name)
                || !name.starts_with(|c: char| c.is_ascii_uppercase()) => {}
            _ => self.arguments.given.push((name.to_owned(), value)),
        }
    }

    fn finish(self, catalogue: &Catalogue) -> Option<Request> {
        let action = match self.action? {
            Value::Text(name) => Action::Named(name),
            Value::Unknown(unknown) => Action::Unresolved(unknown.text),
            _ => return None,
        };
        let known = matches!(&action, Action::Named(name) if catalogue.get(name).is_some());
        let evidence = match self.host {
            Host::Ecs => Evidence::Certain,
            Host::Unknown if self.version => Evidence::Possible,
            Host::Unseen if self.version && known => Evidence::Possible,
            _ => return None,
        };
        Some(Request { action, arguments: self.arguments, evidence })
    }
}

/// A query's value; one that holds an expansion is not known.
fn decoded(text: &str) -> Value {
    if text.contains(['$', '`', '<']) {
        return Value::unknown(text);
    }
    Value::Text(percent_decoded(text))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(if *first == b'+' { b' ' } else { *first });
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
