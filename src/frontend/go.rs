//! Go: both generations of the SDK, aliyungo, generic requests, and the command
//! line run from a program.

use crate::frontend::program::dialect::{
    Declares, Dialect, Errors, Means, Package, Process, Says, Spelling, Start, Tool,
};
use crate::frontend::{Context, Frontend, Grouping, Lowered, program};
use crate::procedure::Failure;
use crate::source::Source;

mod declarations;
mod expressions;
mod grammar;
mod statements;
mod types;

/// Its registration.
pub(super) static FRONTEND: Frontend = Frontend {
    name: "go",
    reads: "Go programs that use an Alibaba Cloud SDK or run the CLI",
    globs: &["*.go"],
    interpreters: &[],
    recognises: None,
    words: &[
        &["aliyun", "Aliyun", "alibaba", "Alibaba", "alicloud", "Alicloud", "2014-05-26"],
        &["ecs", "Ecs", "ECS", "2014-05-26", "pulumi-alicloud"],
    ],
    grouping: Grouping::File,
    max_bytes: 8 << 20,
    lower,
};

fn lower(sources: &[Source<'_>], context: Context<'_>) -> Lowered {
    let grammar = tree_sitter_go::LANGUAGE.into();
    program::lower(&DIALECT, &grammar, declarations::unit, sources, context)
}

/// What the SDKs and the libraries around them are called.
static DIALECT: Dialect = Dialect {
    name: "go",
    // `new(value)` came with Go 1.26.
    newer: &["new("],
    packages: PACKAGES,
    spelling: Spelling::Pascal,
    suffixes: &["WithOptions", "WithContext", "WithChan", "WithCallback", "Ctx"],
    request_types: &[("", "Request"), ("", "Args"), ("", "ShrinkRequest")],
    request_makers: &[("Create", "Request")],
    client_types: &["Client"],
    client_makers: &["New", "Create"],
    common_requests: &["NewCommonRequest", "CommonRequest", "Params"],
    common_fields: &[
        ("ApiName", Says::Action),
        ("Action", Says::Action),
        ("Product", Says::Product),
        ("Version", Says::Version),
        ("Domain", Says::Domain),
        ("QueryParams", Says::Parameters),
        ("FormParams", Says::Parameters),
        ("SetApiName", Says::Action),
        ("SetActionName", Says::Action),
        ("SetProduct", Says::Product),
        ("SetVersion", Says::Version),
        ("SetDomain", Says::Domain),
        ("Style", Says::Transport),
        ("Protocol", Says::Transport),
        ("Method", Says::Transport),
        ("Pathname", Says::Transport),
        ("AuthType", Says::Transport),
        ("ReqBodyType", Says::Transport),
        ("BodyType", Says::Transport),
        ("Scheme", Says::Transport),
        ("SetScheme", Says::Transport),
        ("SetMethod", Says::Transport),
    ],
    carriers: &["OpenApiRequest", "RuntimeOptions"],
    senders: &[
        ("ProcessCommonRequest", Failure::Raises),
        ("ProcessCommonRequestWithSigner", Failure::Raises),
        ("DoAction", Failure::Raises),
        ("DoActionWithSigner", Failure::Raises),
        ("CallApi", Failure::Raises),
        ("CallApiWithCtx", Failure::Raises),
        ("DoRequest", Failure::Raises),
        ("DoRequestWithCtx", Failure::Raises),
        ("Execute", Failure::Raises),
    ],
    rpc: &[
        "RpcPost",
        "RpcPostWithEndpoint",
        "RpcGet",
        "RpcGetWithEndpoint",
        "DoRPCRequest",
        "DoRpcRequest",
        "DoRPCRequestWithCtx",
    ],
    by_name: &["MethodByName"],
    call_methods: &["Call"],
    wrappers: &[
        "tea.String",
        "tea.StringSlice",
        "tea.Int32",
        "tea.Int64",
        "tea.Bool",
        "tea.StringValue",
        "dara.String",
        "dara.Bool",
        "dara.Int32",
        "common.String",
        "pulumi.String",
        "pulumi.StringPtr",
        "pulumi.Int",
        "pulumi.IntPtr",
        "pulumi.Bool",
        "pulumi.BoolPtr",
        "pulumi.Float64",
        "pointer.String",
        "pointer.StringPtr",
        "ptr.To",
        "lo.ToPtr",
        "requests.NewInteger",
        "requests.NewInteger64",
        "requests.NewBoolean",
        "requests.NewFloat",
        "requests.Integer",
        "requests.Boolean",
        "strconv.Itoa",
        "strconv.FormatBool",
        "strings.TrimSpace",
        "string",
        "int",
        "int32",
        "int64",
        "reflect.ValueOf",
        "strings.NewReader",
        "bytes.NewBufferString",
        "bytes.NewBuffer",
        "bytes.NewReader",
        "url.Parse",
    ],
    puts: &["Set", "Add"],
    queries: &[".Encode"],
    query_members: &["RawQuery"],
    elements: &["String", "Query"],
    http_requests: &[("http.NewRequest", 1, 2), ("http.NewRequestWithContext", 2, 3)],
    setters: &["Set"],
    formats: &["fmt.Sprintf", "fmt.Sprint"],
    processes: &[
        Process { name: "exec.Command", failure: Failure::Raises },
        Process { name: "exec.CommandContext", failure: Failure::Raises },
        Process { name: "os/exec.Command", failure: Failure::Raises },
        Process { name: "os/exec.CommandContext", failure: Failure::Raises },
    ],
    silent: &[
        "InitWithApiInfo",
        "Errorf",
        "Wrap",
        "Wrapf",
        "WrapError",
        "WrapErrorf",
        "Debugf",
        "Infof",
        "Warnf",
        "Warningf",
        "Fatalf",
        "Printf",
        "Println",
        "Sprintf",
        "Fprintf",
        "Fprintln",
        "New",
        "With",
        "WithValues",
        "Marshal",
        "Unmarshal",
        "append",
        "len",
        "make",
        "ApplyMethod",
        "ApplyFunc",
        "On",
        "EXPECT",
        "Run",
        "Equal",
        "NoError",
    ],
    exits: &[
        "os.Exit",
        "log.Fatal",
        "log.Fatalf",
        "log.Fatalln",
        "panic",
        "klog.Fatal",
        "klog.Fatalf",
    ],
    errors: Errors::Returned,
    functions: Start::Capital,
    declares: &[Declares {
        path: "github.com/pulumi/pulumi-alicloud/sdk/",
        maker: "New",
        tool: Tool::Pulumi,
    }],
    ..Dialect::PLAIN
};

/// What import paths mean.
const PACKAGES: &[Package] = &[
    package("github.com/aliyun/alibaba-cloud-sdk-go/services/ecs.", Means::Ecs),
    package("github.com/aliyun/alibaba-cloud-sdk-go/services/", Means::Foreign),
    package("github.com/aliyun/alibaba-cloud-sdk-go/sdk", Means::Shared),
    package("github.com/alibabacloud-go/ecs-20140526", Means::Ecs),
    package("github.com/alibabacloud-go/darabonba-openapi", Means::Shared),
    package("github.com/alibabacloud-go/tea", Means::Shared),
    package("github.com/alibabacloud-go/openapi-util", Means::Shared),
    package("github.com/alibabacloud-go/alibabacloud-gateway", Means::Shared),
    package("github.com/alibabacloud-go/", Means::Foreign),
    package("github.com/denverdino/aliyungo/ecs", Means::Positional),
    package("github.com/denverdino/aliyungo/common", Means::Shared),
    package("github.com/denverdino/aliyungo/", Means::Foreign),
    package("github.com/aws/", Means::Foreign),
    package("github.com/Azure/", Means::Foreign),
    package("github.com/tencentcloud/", Means::Foreign),
    package("github.com/huaweicloud/", Means::Foreign),
    package("github.com/volcengine/", Means::Foreign),
    package("github.com/baidubce/", Means::Foreign),
    package("google.golang.org/api", Means::Foreign),
    package("cloud.google.com/", Means::Foreign),
];

const fn package(path: &'static str, means: Means) -> Package {
    Package { path, means }
}
