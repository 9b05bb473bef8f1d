//! What becomes of failures inside of attempts, by what their handlers do.

use super::Aftermath;
use crate::procedure::{Handler, Leave, Node};

/// What becomes of a failure inside of an attempt.
pub(super) struct Catch {
    pub(super) failure: Aftermath,
    pub(super) takes: Vec<String>,
    pub(super) ignores: Vec<String>,
    /// The error codes that it is for, if it is not for all.
    pub(super) only: Vec<String>,
}

impl Catch {
    /// What becomes of a failure that these handlers get. If they all raise it again,
    /// or another, what is around them gets that.
    pub(super) fn of(handlers: &[Handler], around: Option<&Self>) -> Self {
        let own = Self::alone(handlers);
        let hands_on = !handlers.is_empty() && handlers.iter().all(raises_on);
        let Some(around) = around.filter(|_| hands_on) else { return own };
        let all = |own: Vec<String>, outer: &[String]| own.into_iter().chain(outer.to_vec());
        Self {
            failure: around.failure,
            takes: all(own.takes, &around.takes).collect(),
            ignores: all(own.ignores, &around.ignores).collect(),
            only: if own.only.is_empty() { around.only.clone() } else { own.only },
        }
    }

    fn alone(handlers: &[Handler]) -> Self {
        let goes_on = handlers.iter().filter(|handler| !handler.leaves);
        let failure = match handlers {
            [] => Aftermath::GoesOn,
            _ if goes_on.clone().any(|handler| handler.silent) => Aftermath::Swallowed,
            _ if goes_on.count() == 0 => Aftermath::Ends,
            _ => Aftermath::GoesOn,
        };
        let takes =
            handlers.iter().flat_map(|handler| handler.catches.iter().chain(&handler.codes));
        let ignores = handlers.iter().flat_map(|handler| &handler.ignores).cloned().collect();
        // Of several handlers, another may be for the codes that one is not for.
        let only = match handlers {
            [handler] => handler.only.clone(),
            _ => Vec::new(),
        };
        Self { failure, takes: takes.cloned().collect(), ignores, only }
    }
}

/// Whether a handler does no more with a failure than hand it on.
fn raises_on(handler: &Handler) -> bool {
    let raises = |node: &Node| matches!(node, Node::Leave(Leave::Raise));
    handler.leaves && (handler.body.is_empty() || handler.body.iter().any(raises))
}
