//! Python: the Alibaba Cloud SDKs, generic requests, and the command line run
//! from a program.

use crate::frontend::program::dialect::{
    Declares, Dialect, Does, Errors, MapItems, Means, Package, Process, Says, Spelling, Tool,
};
use crate::frontend::program::thing::Product;
use crate::frontend::{Context, Frontend, Grouping, Lowered, program, syntax};
use crate::problem::{Problem, ProblemKind};
use crate::procedure::Failure;
use crate::source::{FileId, Source};

mod declarations;
mod expressions;
mod footmark;
mod grammar;
mod parameters;
mod statements;
mod strings;
mod types;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "python",
    reads: "Python programs that use an Alibaba Cloud SDK or run the CLI",
    globs: &["*.py", "*.pyw"],
    interpreters: &["python", "python2", "python3"],
    recognises: None,
    words: &[
        &[
            "aliyun",
            "Aliyun",
            "ALIYUN",
            "alibaba",
            "Alibaba",
            "alicloud",
            "AliCloud",
            "footmark",
            "ros_cdk_",
            "2014-05-26",
        ],
        &[
            "pulumi_alicloud",
            "cdktf_provider_alicloud",
            "imports.alicloud",
            "ros_cdk_",
            "ecs20140526",
            "aliyunsdkecs",
            "footmark",
            "2014-05-26",
            "\"ecs\"",
            "'ecs'",
            "\"Ecs\"",
            "'Ecs'",
            "\"ECS\"",
            "'ECS'",
            " ecs ",
            " ecs\"",
            " ecs'",
            "ecs.",
            "ecs-",
            "ecs_",
            "_ecs",
            "Ecs",
            "ECS",
        ],
    ],
    grouping: Grouping::File,
    max_bytes: 8 << 20,
    lower,
};

/// The deepest indentation that is given to the grammar's scanner, which ends
/// the process at 511 levels.
const MAX_INDENTATION: usize = 400;

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    for source in sources {
        lowered.extend(lower_file(source, context));
    }
    lowered
}

/// What a file names in some way if it has to do with ECS. The words of the
/// registration let in every use of the CLI, of which few are.
const ECS: &[&str] = &["ecs", "Ecs", "ECS", "2014-05-26"];

fn lower_file(source: &Source<'_>, context: Context<'_>) -> Lowered {
    if !ECS.iter().any(|word| source.text.contains(word)) {
        return Lowered::default();
    }
    if let Some(problem) = indentation_problem(source) {
        return Lowered { problems: vec![problem], ..Lowered::default() };
    }
    let grammar = tree_sitter_python::LANGUAGE.into();
    let source = std::slice::from_ref(source);
    program::lower(&DIALECT, &grammar, declarations::unit, source, context)
}

/// Whether a text can be read before another one without changing what that says:
/// it has no mistakes, and leaves nothing open.
pub(super) fn is_sound(text: &str) -> bool {
    let source = Source::file(FileId(0), "", text);
    let is_shallow = indentation_problem(&source).is_none();
    is_shallow && syntax::is_sound(&tree_sitter_python::LANGUAGE.into(), text, "\nnext\n")
}

fn indentation_problem(source: &Source<'_>) -> Option<Problem> {
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        let blank = line.len() - line.trim_start_matches([' ', '\t', '\u{c}']).len();
        if blank > MAX_INDENTATION {
            let message = format!(
                "not read: a line is indented by more than {MAX_INDENTATION} columns; reformat it"
            );
            let span = source.span(start..start + blank);
            return Some(Problem::at(ProblemKind::TooDeep, span, message));
        }
        start += line.len();
    }
    None
}

/// What the SDKs and the libraries around them are called.
static DIALECT: Dialect = Dialect {
    name: "python",
    packages: PACKAGES,
    spelling: Spelling::Snake,
    suffixes: &["_async", "_with_options", "_with_options_async"],
    request_types: &[("", "Request"), ("", "ShrinkRequest")],
    client_types: &["Client", "ECSConnection"],
    common_requests: &["CommonRequest", "RpcRequest", "Params"],
    request_bases: &["CommonRequest", "RpcRequest"],
    common_fields: &[
        ("action", Says::Action),
        ("action_name", Says::Action),
        ("set_action_name", Says::Action),
        ("set_action", Says::Action),
        ("product", Says::Product),
        ("set_product", Says::Product),
        ("version", Says::Version),
        ("set_version", Says::Version),
        ("domain", Says::Domain),
        ("endpoint", Says::Domain),
        ("set_domain", Says::Domain),
        ("set_endpoint", Says::Domain),
        ("query_param", Says::Parameters),
        ("set_query_params", Says::Parameters),
        ("set_body_params", Says::Parameters),
        ("set_content_params", Says::Parameters),
        ("from_map", Says::Parameters),
        ("style", Says::Transport),
        ("protocol", Says::Transport),
        ("method", Says::Transport),
        ("pathname", Says::Transport),
        ("auth_type", Says::Transport),
        ("req_body_type", Says::Transport),
        ("body_type", Says::Transport),
    ],
    carriers: &["OpenApiRequest"],
    senders: &[
        ("do_action_with_exception", Failure::Raises),
        ("do_action", Failure::Continues),
        ("implementation_of_do_action", Failure::Continues),
        ("_implementation_of_do_action", Failure::Continues),
        ("get_response", Failure::Continues),
        ("call_api", Failure::Raises),
        ("call_api_async", Failure::Raises),
        ("execute", Failure::Raises),
        ("execute_async", Failure::Raises),
        ("do_request", Failure::Raises),
    ],
    rpc: &["do_rpcrequest", "do_rpc_request", "do_rpcrequest_async"],
    by_name: &["__getattribute__"],
    call_methods: &["__call__"],
    wrappers: &[
        "str",
        "int",
        "list",
        "tuple",
        "set",
        "sorted",
        "reversed",
        "iter",
        "shlex.split",
        "shlex.quote",
        "json.dumps",
        "copy.copy",
        "copy.deepcopy",
        "asyncio.wait_for",
        "asyncio.ensure_future",
        "asyncio.create_task",
        ".query",
    ],
    setters: &["set_", "add_query_param", "add_body_params", "add_body_param", "add_param"],
    passes: &["validate", "to_map", "get_query_params", "add_header", "set_headers"],
    processes: &[
        Process { name: "subprocess.run", failure: Failure::Continues },
        Process { name: "subprocess.call", failure: Failure::Continues },
        Process { name: "subprocess.Popen", failure: Failure::Continues },
        Process { name: "subprocess.check_output", failure: Failure::Raises },
        Process { name: "subprocess.check_call", failure: Failure::Raises },
        Process { name: "subprocess.getoutput", failure: Failure::Continues },
        Process { name: "subprocess.getstatusoutput", failure: Failure::Continues },
        Process { name: "commands.getoutput", failure: Failure::Continues },
        Process { name: "commands.getstatusoutput", failure: Failure::Continues },
        Process { name: "asyncio.create_subprocess_exec", failure: Failure::Continues },
        Process { name: "asyncio.create_subprocess_shell", failure: Failure::Continues },
        Process { name: "os.system", failure: Failure::Continues },
        Process { name: "os.popen", failure: Failure::Continues },
        Process { name: "system", failure: Failure::Continues },
        Process { name: "Popen", failure: Failure::Continues },
        Process { name: "check_output", failure: Failure::Raises },
        Process { name: "check_call", failure: Failure::Raises },
    ],
    checks: "check",
    exits: &["sys.exit", "exit", "quit", "os._exit", "os.abort"],
    // What the API answers with is a ServerException, which is none of these.
    other_errors: &[
        "aliyunsdkcore.acs_exception.exceptions.ClientException",
        "AssertionError",
        "AttributeError",
        "ImportError",
        "IndexError",
        "KeyError",
        "KeyboardInterrupt",
        "ModuleNotFoundError",
        "NameError",
        "NotImplementedError",
        "StopIteration",
        "TypeError",
        "UnicodeDecodeError",
        "ValueError",
        "ZeroDivisionError",
    ],
    errors: Errors::Raised,
    clients: &[
        ("footmark.ecs.connect_to_region", Product::Footmark),
        (".alicloud_ecs.ecs_connect", Product::Footmark),
    ],
    appends: &["append", "add"],
    declares: &[
        Declares { path: "pulumi_alicloud.", maker: "", tool: Tool::Pulumi },
        Declares { path: "cdktf_cdktf_provider_alicloud.", maker: "", tool: Tool::Cdktf },
        // What `cdktf get` writes.
        Declares { path: "imports.alicloud.", maker: "", tool: Tool::Cdktf },
        Declares { path: "ros_cdk_", maker: "", tool: Tool::RosCdk },
    ],
    queries: &["urllib.parse.urlencode", "urllib.urlencode", "urlencode"],
    http_requests: &[
        ("urllib.request.Request", 0, 1),
        ("urllib2.Request", 0, 1),
        ("request.Request", 0, 1),
    ],
    renamed: footmark::RENAMED,
    held: footmark::HELD,
    built_ins: &[
        ("getattr", Does::Member),
        ("setattr", Does::SetMember),
        ("importlib.import_module", Does::Import),
        ("import_module", Does::Import),
        ("__import__", Does::Import),
        ("functools.partial", Does::Partial),
        ("partial", Does::Partial),
    ],
    map_items: MapItems::Keys,
    ..Dialect::PLAIN
};

/// What import paths mean.
const PACKAGES: &[Package] = &[
    package("alibabacloud_ecs20140526.", Means::Ecs),
    package("aliyunsdkecs.", Means::Requests),
    package("footmark.ecs.", Means::Positional),
    package("aliyunsdkcore.", Means::Shared),
    package("alibabacloud_tea", Means::Shared),
    package("alibabacloud_credentials", Means::Shared),
    package("alibabacloud_openapi", Means::Shared),
    package("alibabacloud_endpoint", Means::Shared),
    package("alibabacloud_gateway", Means::Shared),
    package("alibabacloud_darabonba", Means::Shared),
    package("Tea.", Means::Shared),
    package("darabonba.", Means::Shared),
    package("alibabacloud_", Means::Foreign),
    package("aliyunsdk", Means::Foreign),
    package("azure.", Means::Foreign),
    package("baidubce.", Means::Foreign),
    package("boto", Means::Foreign),
    package("digitalocean.", Means::Foreign),
    package("google.", Means::Foreign),
    package("googleapiclient.", Means::Foreign),
    package("huaweicloudsdk", Means::Foreign),
    package("jdcloud_sdk.", Means::Foreign),
    package("ksyun.", Means::Foreign),
    package("libcloud.", Means::Foreign),
    package("linode_api4.", Means::Foreign),
    package("novaclient.", Means::Foreign),
    package("oci.", Means::Foreign),
    package("openstack.", Means::Foreign),
    package("oss2.", Means::Foreign),
    package("otc.", Means::Foreign),
    package("qcloud.", Means::Foreign),
    package("tencentcloud.", Means::Foreign),
    package("ucloud.", Means::Foreign),
    package("volcengine", Means::Foreign),
];

const fn package(path: &'static str, means: Means) -> Package {
    Package { path, means }
}
