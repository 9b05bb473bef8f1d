//! Ruby: the core SDK, the generated one, fog, the gems that take any action as a
//! method, raw requests, and the command line run from a program.

use crate::frontend::program::dialect::{
    Chosen, Dialect, Errors, Means, Package, Process, Says, Spelling, View,
};
use crate::frontend::program::thing::Product;
use crate::frontend::{Context, Frontend, Grouping, Lowered, program};
use crate::problem::{Problem, ProblemKind};
use crate::procedure::Failure;
use crate::source::Source;

mod calls;
mod constants;
mod declarations;
mod expressions;
mod grammar;
mod scope;
mod statements;
mod strings;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "ruby",
    reads: "Ruby programs, Rakefiles and Vagrantfiles that use an Alibaba Cloud SDK or run the CLI",
    globs: &[
        "*.rb",
        "*.rake",
        "*.ru",
        "*.cap",
        "*.thor",
        "Rakefile",
        "Vagrantfile",
        "Capfile",
        "Fastfile",
        "Thorfile",
        "Guardfile",
    ],
    interpreters: &["ruby", "jruby"],
    recognises: None,
    words: &[
        &["aliyun", "Aliyun", "ALIYUN", "alibaba", "Alibaba", "alicloud", "AliCloud", "2014-05-26"],
        &["ecs", "Ecs", "ECS", "2014-05-26", "Fog", "fog/aliyun", "Aliyun::Service"],
    ],
    grouping: Grouping::File,
    max_bytes: 8 << 20,
    lower,
};

/// The longest name of a heredoc that is given to the grammar's scanner, which
/// ends the process at 256 letters.
const LONGEST_HEREDOC: usize = 200;

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let mut lowered = Lowered::default();
    let grammar = tree_sitter_ruby::LANGUAGE.into();
    for source in sources {
        if let Some(problem) = heredoc_problem(source) {
            lowered.problems.push(problem);
            continue;
        }
        let source = std::slice::from_ref(source);
        lowered.extend(program::lower(&DIALECT, &grammar, declarations::unit, source, context));
    }
    lowered
}

/// A heredoc with a name that is too long for the grammar.
fn heredoc_problem(source: &Source<'_>) -> Option<Problem> {
    let text = &source.text;
    for (at, _) in text.match_indices("<<") {
        let rest = text[at + 2..].trim_start_matches(['-', '~']);
        let end = match rest.chars().next() {
            Some(quote @ ('"' | '\'' | '`')) => rest[1..].find(quote).map(|end| end + 1),
            _ => rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_'),
        };
        if end.unwrap_or(rest.len()) > LONGEST_HEREDOC {
            let message = format!(
                "not read: a heredoc has a name of more than {LONGEST_HEREDOC} letters; shorten it"
            );
            let span = source.span(at..at + 2);
            return Some(Problem::at(ProblemKind::TooDeep, span, message));
        }
    }
    None
}

/// What the SDKs and the libraries around them are called.
static DIALECT: Dialect = Dialect {
    name: "ruby",
    packages: PACKAGES,
    spelling: Spelling::SnakeOrPascal,
    suffixes: &["_with_options", "_async", "_simply", "!"],
    request_types: &[("", "Request"), ("", "ShrinkRequest")],
    client_types: &["Client"],
    common_requests: &["CommonRequest", "Params", "RpcRequest", "RPCRequest"],
    common_fields: &[
        ("action", Says::Action),
        ("action_name", Says::Action),
        ("product", Says::Product),
        ("version", Says::Version),
        ("domain", Says::Domain),
        ("query", Says::Parameters),
        ("body", Says::Parameters),
        ("query_params", Says::Parameters),
        ("set_action_name", Says::Action),
        ("set_product", Says::Product),
        ("set_version", Says::Version),
        ("set_domain", Says::Domain),
    ],
    carriers: &["OpenApiRequest", "RuntimeOptions"],
    senders: &[
        ("call_api", Failure::Raises),
        ("do_action", Failure::Raises),
        ("do_action_with_exception", Failure::Raises),
        ("process_common_request", Failure::Raises),
        ("execute", Failure::Raises),
        ("do_request", Failure::Raises),
        ("get_acs_response", Failure::Raises),
    ],
    rpc: &["rpc_request", "do_rpcrequest", "do_rpc_request", "rpc_call", "call_rpc"],
    by_name: &["method", "public_method"],
    call_methods: &["call", "()", "yield", "[]"],
    wrappers: &[
        "URI",
        "URI.parse",
        "URI.encode",
        "URI.join",
        "Addressable.URI.parse",
        "String",
        "Array",
        "Shellwords.escape",
        "Hashie.Mash.new",
        "OpenStruct.new",
        "HashWithIndifferentAccess.new",
        "ERB.Util.url_encode",
        "Net.HTTP.Get.new",
        "Net.HTTP.Post.new",
        "CGI.escape",
    ],
    passes: &[
        "freeze",
        "dup",
        "clone",
        "to_s",
        "to_str",
        "to_sym",
        "strip",
        "chomp",
        "squish",
        "to_h",
        "to_hash",
        "compact",
        "itself",
        "tap",
        "lazy",
        "to_a",
        "shuffle",
        "sort",
        "uniq",
        "reverse",
        "with_indifferent_access",
        "symbolize_keys",
        "stringify_keys",
        "shellescape",
        "then",
        "deep_dup",
        "presence",
        "to_unsafe_h",
        "request_uri",
    ],
    formats: &["format", "sprintf", "Kernel.format"],
    processes: PROCESSES,
    silent: SILENT,
    exits: &["exit", "exit!", "abort", "Kernel.exit", "Process.exit"],
    errors: Errors::Raised,
    implicit_receiver: true,
    clients: &[
        ("Aliyun.ECS", Product::Ecs),
        ("Aliyun.ECS.Client", Product::Ecs),
        ("Aliyun.Ecs", Product::Ecs),
        ("Aliyun.Ecs.Client", Product::Ecs),
        ("Aliyun.Openapi.Client.ecs", Product::Ecs),
        ("AliyunEcs.Client", Product::Ecs),
        ("Alicloud.Ecs.Client", Product::Ecs),
        ("Fog.Compute.Aliyun", Product::Ecs),
        ("Fog.Aliyun.Compute", Product::Ecs),
    ],
    bound_clients: &["RPCClient", "RpcClient"],
    bound_senders: &["request", "do_action"],
    appends: &["push", "append", "concat"],
    splitters: &["split"],
    elements: &["fetch", "dig"],
    puts: &["store"],
    base_word: Some("super"),
    joiners: &[("join", ""), ("shelljoin", " ")],
    queries: &["URI.encode_www_form", "Rack.Utils.build_query", ".to_query", ".to_param"],
    query_members: &["query"],
    bodies: &["set_form_data", "form_data", "body"],
    chosen: &[
        Chosen { path: "Fog.Compute", by: "provider", value: "aliyun", default: false },
        Chosen { path: "Aliyun.Service", by: "service", value: "ecs", default: true },
    ],
    renamed: RENAMED,
    bare_calls: true,
    constructor: Some("new"),
    senders_by_name: &["send", "public_send", "__send__"],
    merges: &["merge", "merge!", "update", "deep_merge", "deep_merge!", "reverse_merge"],
    views: &[
        ("each_pair", View::Pairs),
        ("to_a", View::Pairs),
        ("keys", View::Keys),
        ("each_key", View::Keys),
        ("values", View::Values),
        ("each_value", View::Values),
    ],
    keywords_make_map: true,
    ..Dialect::PLAIN
};

/// What the paths of constants, and those of `require`, mean.
const PACKAGES: &[Package] = &[
    package("alibabacloud_ecs20140526", Means::Ecs),
    package("aliyunsdkecs", Means::Ecs),
    package("aliyun-sdk-ecs", Means::Ecs),
    package("aliyun_ruby_api", Means::Positional),
    package("aliyun-api", Means::Positional),
    package("aliyun.", Means::Positional),
    package("fog/aliyun", Means::Positional),
    package("fog-aliyun", Means::Positional),
    package("aws-sdk", Means::Foreign),
    package("fog/aws", Means::Foreign),
    package("fog/openstack", Means::Foreign),
    package("AlibabaCloud.SDK.Ecs20140526.", Means::Ecs),
    package("AlibabaCloud.SDK.Ecs.", Means::Ecs),
    package("AlibabaCloudEcs20140526.", Means::Ecs),
    package("Alibabacloud_Ecs20140526.", Means::Ecs),
    package("AliyunSDKEcs.", Means::Ecs),
    package("Aliyunsdkecs.", Means::Ecs),
    package("AlibabaCloud.OpenApiClient.", Means::Shared),
    package("AlibabaCloud.OpenApi.", Means::Shared),
    package("AlibabaCloud.SDK.OpenApi", Means::Shared),
    package("AlibabaCloud.Tea", Means::Shared),
    package("AlibabaCloud.SDK.", Means::Foreign),
    package("AliyunSDKCore.", Means::Shared),
    package("Aliyunsdkcore.", Means::Shared),
    package("RPCClient.", Means::Shared),
    package("RpcClient.", Means::Shared),
    package("ROAClient.", Means::Foreign),
    package("Aliyun.ECS.", Means::Positional),
    package("Aliyun.Ecs.", Means::Positional),
    package("Aliyun.Service.", Means::Shared),
    package("Aliyun.", Means::Foreign),
    package("AliyunEcs.", Means::Positional),
    package("Alicloud.Ecs.", Means::Positional),
    package("Fog.Compute.Aliyun.", Means::Positional),
    package("Fog.Aliyun.Compute.", Means::Positional),
    package("Fog.Compute.", Means::Shared),
    package("Aws.", Means::Foreign),
    package("AWS.", Means::Foreign),
    package("Azure.", Means::Foreign),
    package("Google.", Means::Foreign),
    package("Fog.", Means::Foreign),
];

const fn package(path: &'static str, means: Means) -> Package {
    Package { path, means }
}

/// fog's names for actions, where they are not the API's.
const RENAMED: &[(&str, &str)] = &[
    ("create_server", "CreateInstance"),
    ("delete_server", "DeleteInstance"),
    ("list_servers", "DescribeInstances"),
    ("list_server_types", "DescribeInstanceTypes"),
    ("reboot_server", "RebootInstance"),
    ("start_server", "StartInstance"),
    ("stop_server", "StopInstance"),
    ("list_snapshots", "DescribeSnapshots"),
    ("list_images", "DescribeImages"),
    ("list_disks", "DescribeDisks"),
    ("list_zones", "DescribeZones"),
    ("list_vpcs", "DescribeVpcs"),
    ("list_vswitchs", "DescribeVSwitches"),
    ("list_vrouters", "DescribeVRouters"),
    ("list_route_tables", "DescribeRouteTables"),
    ("list_eip_addresses", "DescribeEipAddresses"),
    ("modify_vpc", "ModifyVpcAttribute"),
    ("modify_vswitch", "ModifyVSwitchAttribute"),
    ("list_security_groups", "DescribeSecurityGroups"),
    ("list_security_group_rules", "DescribeSecurityGroupAttribute"),
    ("create_security_group_ip_rule", "AuthorizeSecurityGroup"),
    ("create_security_group_sg_rule", "AuthorizeSecurityGroup"),
    ("create_security_group_egress_ip_rule", "AuthorizeSecurityGroupEgress"),
    ("create_security_group_egress_sg_rule", "AuthorizeSecurityGroupEgress"),
    ("delete_security_group_ip_rule", "RevokeSecurityGroup"),
    ("delete_security_group_sg_rule", "RevokeSecurityGroup"),
    ("delete_security_group_egress_ip_rule", "RevokeSecurityGroupEgress"),
    ("delete_security_group_egress_sg_rule", "RevokeSecurityGroupEgress"),
];

const fn process(name: &'static str, failure: Failure) -> Process {
    Process { name, failure }
}

/// What runs a command line. Of those that say nothing of its failure unless
/// they are asked, the next step runs.
const PROCESSES: &[Process] = &[
    process("system", Failure::Continues),
    process("Kernel.system", Failure::Continues),
    process("exec", Failure::Raises),
    process("Kernel.exec", Failure::Raises),
    process("spawn", Failure::Continues),
    process("Process.spawn", Failure::Continues),
    process("IO.popen", Failure::Continues),
    process("Open3.capture2", Failure::Continues),
    process("Open3.capture2e", Failure::Continues),
    process("Open3.capture3", Failure::Continues),
    process("Open3.popen2", Failure::Continues),
    process("Open3.popen2e", Failure::Continues),
    process("Open3.popen3", Failure::Continues),
    process("Open3.pipeline", Failure::Continues),
    process("PTY.spawn", Failure::Continues),
    process("sh", Failure::Raises),
    process("execute", Failure::Raises),
    process("capture", Failure::Raises),
    process("command", Failure::Raises),
    process("code", Failure::Raises),
    process("shell_out", Failure::Continues),
    process("shell_out!", Failure::Raises),
    process("Mixlib.ShellOut.new", Failure::Continues),
    process("TTY.Command.run", Failure::Raises),
    process("Cheetah.run", Failure::Raises),
    process("POSIX.Spawn.Child.new", Failure::Continues),
    process(".provision", Failure::Raises),
    process(".popen", Failure::Continues),
    process(".exec!", Failure::Continues),
];

/// Methods that only say, note or compare what they are given.
const SILENT: &[&str] = &[
    "puts",
    "p",
    "pp",
    "print",
    "printf",
    "fatal",
    "require",
    "raise",
    "receive",
    "have_received",
    "stub_request",
    "a_request",
    "have_requested",
    "assert_requested",
    "allow",
    "describe",
    "context",
    "it",
    "define_method",
    "attr_accessor",
    "attr_reader",
    "alias_method",
    "respond_to?",
    "include?",
    "start_with?",
    "end_with?",
    "key?",
    "new",
    "eq",
    "desc",
    "say",
];
