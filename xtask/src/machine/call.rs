//! Calls: of the API, of the provider's own functions, of function literals.

use std::rc::Rc;

use super::expression::unknown;
use super::{Frame, MAX_CALLS, Machine, Step, alternatives};
use crate::formula::NEVER;
use crate::go::{Code, Function};
use crate::value::{Closure, Scope, Value};

/// The product, and the version of its API.
const PRODUCT: &str = "Ecs";
const VERSION: &str = "2014-05-26";
/// The package of the product's older SDK, whose client has a method for each action.
const SDK_PACKAGE: &str = "github.com/aliyun/alibaba-cloud-sdk-go/services/ecs";
const SDK_CLIENT: &str = "ecs.Client";
/// Methods of the provider's client that take product, version and action.
const GENERIC_CALLS: [&str; 4] = ["RpcPost", "RpcGet", "RpcPostWithEndpoint", "rpcRequest"];
/// Methods of the older SDK's client that are no actions.
const NO_ACTIONS: [&str; 5] =
    ["DoAction", "GetConfig", "SetEndpointRules", "GetSigner", "InitWithOptions"];

impl<'p> Machine<'_, 'p> {
    pub(super) fn call(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Value<'p> {
        let Some(function) = code.field("function") else { return unknown(code) };
        if let Some(known) = self.known_call(code, function, scope) {
            return known;
        }
        let arguments = self.arguments(code, scope);
        if function.kind() == "selector_expression" {
            return self.method_call(code, function, arguments, scope);
        }
        if let Some(Value::Closure(closure)) = match function.kind() {
            "identifier" => scope.get(function.text()),
            "func_literal" => Some(self.value(function, scope)),
            _ => None,
        } {
            return self.call_closure(&closure, arguments);
        }
        match self.provider.index.functions.get(function.text()) {
            Some(known) => self.follow(*known, arguments, None, code),
            None => self.foreign(arguments, code),
        }
    }

    pub(super) fn arguments(&mut self, code: Code<'p>, scope: &Rc<Scope<'p>>) -> Vec<Value<'p>> {
        let list = code.field("arguments").map(Code::children).unwrap_or_default();
        list.into_iter().map(|argument| self.value(argument, scope)).collect()
    }

    fn method_call(
        &mut self,
        code: Code<'p>,
        function: Code<'p>,
        arguments: Vec<Value<'p>>,
        scope: &Rc<Scope<'p>>,
    ) -> Value<'p> {
        let name = function.field("field").map_or("", Code::text);
        let Some(operand) = function.field("operand") else { return unknown(code) };
        if GENERIC_CALLS.contains(&name) {
            let first = usize::from(name == "rpcRequest");
            return self.generic_call(code, arguments.get(first..).unwrap_or_default());
        }
        let receiver = self.value(operand, scope);
        if let Value::Object(kind) = &receiver {
            if kind == SDK_CLIENT {
                return self.sdk_call(code, name, &arguments);
            }
            let method = self.provider.index.methods.get(&(kind.as_str(), name)).copied();
            if let Some(method) = method {
                return self.follow(method, arguments, Some(receiver), code);
            }
        }
        match self.provider.index.only_method(name) {
            Some(method) if matches!(receiver, Value::Unknown(_)) => {
                self.follow(method, arguments, Some(receiver), code)
            }
            _ => self.foreign(arguments, code),
        }
    }

    /// `client.RpcPost("Ecs", "2014-05-26", action, …)`.
    fn generic_call(&mut self, code: Code<'p>, arguments: &[Value<'p>]) -> Value<'p> {
        let first = self.steps.len();
        let (product, version) = (arguments.first(), arguments.get(1));
        match (product, version) {
            (Some(Value::Text(product)), Some(Value::Text(version)))
                if product == PRODUCT && version == VERSION =>
            {
                let action = arguments.get(2).cloned();
                self.record_each(code, action.unwrap_or(Value::Nil));
            }
            (Some(Value::Text(product)), _) if product != PRODUCT => {}
            _ => self.unresolved.push(format!("{}: which product is called", code.place())),
        }
        self.answer(code, first)
    }

    /// `ecsClient.RunInstances(request)`.
    fn sdk_call(&mut self, code: Code<'p>, name: &str, arguments: &[Value<'p>]) -> Value<'p> {
        let first = self.steps.len();
        match name {
            "ProcessCommonRequest" => {
                let action = arguments.first().cloned().unwrap_or(Value::Nil);
                self.record_each(code, action);
            }
            name if NO_ACTIONS.contains(&name) => {}
            name => self.record(code, name.to_owned()),
        }
        self.answer(code, first)
    }

    fn answer(&self, code: Code<'p>, first: usize) -> Value<'p> {
        Value::Tuple(vec![unknown(code), Value::Failure(first..self.steps.len())])
    }

    fn record_each(&mut self, code: Code<'p>, action: Value<'p>) {
        for (when, action) in alternatives(action) {
            self.under(when, |machine| match action {
                Value::Text(action) => machine.record(code, action),
                _ => machine.unresolved.push(format!("{}: which action is called", code.place())),
            });
        }
    }

    fn record(&mut self, code: Code<'p>, action: String) {
        self.steps.push(Step {
            action,
            condition: self.path,
            source: code.place(),
            retries: std::collections::BTreeSet::new(),
            timeout: self.timeouts.last().cloned(),
            swallows: std::collections::BTreeSet::new(),
        });
    }

    /// Walks a function of the provider, if it may reach the API.
    fn follow(
        &mut self,
        function: Function<'p>,
        arguments: Vec<Value<'p>>,
        receiver: Option<Value<'p>>,
        code: Code<'p>,
    ) -> Value<'p> {
        if !self.provider.reaching.contains(function.name) {
            return self.foreign(arguments, code);
        }
        let id = function.code.node.id();
        let again = self.frames.iter().any(|frame| frame.code.node.id() == id);
        if again || self.frames.len() > MAX_CALLS {
            return unknown(code);
        }
        let receiver = receiver.map(|value| match (value, function.receiver) {
            (Value::Object(kind), _) => Value::Object(kind),
            (_, Some(kind)) => Value::Object(kind.to_owned()),
            (value, None) => value,
        });
        let scope = Scope::inside(None);
        if let (Some(receiver), Some(list)) = (receiver, function.code.field("receiver")) {
            bind(&scope, list, vec![receiver]);
        }
        self.walk_body(function.code, function.name, arguments, Some(&scope), Some(code))
    }

    /// A function that is not followed: what is handed to it may be called.
    fn foreign(&mut self, arguments: Vec<Value<'p>>, code: Code<'p>) -> Value<'p> {
        for argument in arguments {
            if let Value::Closure(closure) = argument {
                self.call_closure(&closure, Vec::new());
            }
        }
        unknown(code)
    }

    pub(super) fn call_closure(
        &mut self,
        closure: &Rc<Closure<'p>>,
        arguments: Vec<Value<'p>>,
    ) -> Value<'p> {
        let id = closure.code.node.id();
        let again = self.frames.iter().any(|frame| frame.code.node.id() == id);
        if again || self.frames.len() > MAX_CALLS {
            return unknown(closure.code);
        }
        let scope = Rc::clone(&closure.scope);
        let name = self.frames.last().map(|frame| frame.name.clone()).unwrap_or_default();
        self.walk_body(closure.code, &name, arguments, Some(&scope), Some(closure.code))
    }

    /// Walks a function's body and gives what it returns.
    pub(super) fn walk_body(
        &mut self,
        function: Code<'p>,
        name: &str,
        arguments: Vec<Value<'p>>,
        scope: Option<&Rc<Scope<'p>>>,
        call: Option<Code<'p>>,
    ) -> Value<'p> {
        let scope = Scope::inside(scope);
        if let Some(list) = function.field("parameters") {
            let is_sdk = |kind: Code<'p>| {
                kind.text().trim_start_matches('*') == SDK_CLIENT
                    && self.provider.index.import(kind.file, "ecs") == Some(SDK_PACKAGE)
            };
            bind(&scope, list, arguments);
            for parameter in list.children() {
                if let (Some(name), Some(kind)) = (parameter.field("name"), parameter.field("type"))
                    && is_sdk(kind)
                {
                    scope.declare(name.text(), Value::Object(SDK_CLIENT.to_owned()));
                }
            }
        }
        if let Some(list) = function.field("result").filter(|list| list.kind() == "parameter_list")
        {
            bind(&scope, list, Vec::new());
        }
        let frame = Frame {
            name: name.to_owned(),
            code: function,
            returns: Vec::new(),
            failures: Vec::new(),
            resumed: NEVER,
            left: Vec::new(),
            outer_checks: self.checks.len(),
        };
        let before = self.path;
        self.frames.push(frame);
        if let Some(body) = function.field("body") {
            self.statement(body, &scope);
        }
        self.path = before;
        match self.frames.pop() {
            Some(frame) => self.joined(frame, call.unwrap_or(function)),
            None => unknown(function),
        }
    }

    /// What a function gives back over all its returns.
    fn joined(&mut self, frame: Frame<'p>, call: Code<'p>) -> Value<'p> {
        let mut returns = frame.returns.into_iter();
        let (_, mut joined) = returns.next().unwrap_or((NEVER, vec![unknown(call)]));
        for (when, values) in returns {
            let pairs = joined.into_iter().zip(values);
            joined = pairs.map(|(old, new)| self.merged(new, old, when)).collect();
        }
        if let Some(last) = joined.last_mut()
            && !frame.failures.is_empty()
            && matches!(last, Value::Nil | Value::Unknown(_))
        {
            *last = Value::failure_of(&frame.failures);
        }
        match joined.len() {
            1 => joined.remove(0),
            _ => Value::Tuple(joined),
        }
    }
}

/// Declares parameters with what is given for them; what is not known by its
/// value is known by its type.
fn bind<'p>(scope: &Rc<Scope<'p>>, list: Code<'p>, arguments: Vec<Value<'p>>) {
    let mut arguments = arguments.into_iter();
    for parameter in list.children() {
        let kind = parameter.field("type");
        let names = parameter.children().into_iter().filter(|part| part.kind() == "identifier");
        for name in names {
            let value = match arguments.next() {
                None | Some(Value::Unknown(_)) => {
                    kind.map_or_else(|| unknown(name), |kind| typed(name, kind))
                }
                Some(value) => value,
            };
            scope.declare(name.text(), value);
        }
    }
}

fn typed<'p>(name: Code<'p>, kind: Code<'p>) -> Value<'p> {
    let named = kind.text().trim_start_matches('*');
    match named {
        "schema.ResourceData" => Value::ResourceData,
        "connectivity.AliyunClient" => Value::Object("AliyunClient".to_owned()),
        _ if ["Service", "ServiceV2", ".Client"].iter().any(|end| named.ends_with(end)) => {
            Value::Object(named.to_owned())
        }
        _ => unknown(name),
    }
}
