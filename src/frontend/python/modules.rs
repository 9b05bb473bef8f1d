//! What import paths of Python's cloud SDKs mean.

use crate::frontend::program::thing::Product;

/// What calling something imported makes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Constructed<'p> {
    /// A client.
    Client(Product),
    /// A request of the current ECS SDK; the action.
    Request(&'p str),
    /// A request of the old ECS SDK; the action.
    OldRequest(&'p str),
    /// A request whose product and action are set on it.
    CommonRequest,
    /// The parameters of a generic Tea call.
    Params,
    /// The request of a generic Tea call.
    OpenApiRequest,
    /// Something of another product.
    Foreign,
    /// Anything else.
    Other,
}

/// Packages of other clouds, and of Alibaba Cloud products whose packages do
/// not follow the naming of the SDKs. `boto` stands for boto3, botocore too.
const FOREIGN: &[&str] = &[
    "azure",
    "baidubce",
    "boto",
    "botocore",
    "boto3",
    "digitalocean",
    "google",
    "googleapiclient",
    "huaweicloudsdkcore",
    "huaweicloudsdkecs",
    "jdcloud_sdk",
    "ksyun",
    "libcloud",
    "linode_api4",
    "novaclient",
    "oci",
    "openstack",
    "oss2",
    "otc",
    "qcloud",
    "tencentcloud",
    "ucloud",
    "volcengine",
    "volcenginesdkcore",
    "volcenginesdkecs",
];

/// Alibaba Cloud packages that belong to no product.
const SHARED: &[&str] = &[
    "alibabacloud_tea",
    "alibabacloud_credentials",
    "alibabacloud_openapi",
    "alibabacloud_endpoint",
    "alibabacloud_gateway",
    "alibabacloud_darabonba",
    "aliyunsdkcore",
];

/// Whether a path is of the current ECS SDK.
pub(super) fn is_ecs_sdk(path: &str) -> bool {
    package(path) == "alibabacloud_ecs20140526"
}

/// Whether a path is of the old ECS SDK.
pub(super) fn is_old_ecs_sdk(path: &str) -> bool {
    package(path) == "aliyunsdkecs"
}

/// Whether a path is of the SDK of another product or another cloud.
pub(super) fn is_foreign(path: &str) -> bool {
    let package = package(path);
    let product = (package.starts_with("alibabacloud_") || package.starts_with("aliyunsdk"))
        && !SHARED.iter().any(|shared| package.starts_with(shared))
        && !is_ecs_sdk(path)
        && !is_old_ecs_sdk(path);
    product || FOREIGN.contains(&package) || package.starts_with("huaweicloudsdk")
}

/// What calling the thing at a path makes.
pub(super) fn constructed(path: &str) -> Constructed<'_> {
    let name = path.rsplit('.').next().unwrap_or(path);
    let request = name.strip_suffix("Request").filter(|action| !action.is_empty());
    let tea = package(path).starts_with("alibabacloud_tea_openapi")
        || package(path) == "Tea"
        || package(path) == "darabonba";
    if is_foreign(path) {
        Constructed::Foreign
    } else if is_ecs_sdk(path) {
        match request {
            _ if name.ends_with("Client") => Constructed::Client(Product::Ecs),
            Some(action) => Constructed::Request(action),
            None => Constructed::Other,
        }
    } else if is_old_ecs_sdk(path) {
        request.map_or(Constructed::Other, Constructed::OldRequest)
    } else if package(path) == "aliyunsdkcore" {
        match name {
            "AcsClient" => Constructed::Client(Product::Foreign),
            "CommonRequest" | "RpcRequest" => Constructed::CommonRequest,
            _ => Constructed::Other,
        }
    } else if tea {
        match name {
            "Params" => Constructed::Params,
            "OpenApiRequest" => Constructed::OpenApiRequest,
            "Client" => Constructed::Client(Product::Foreign),
            _ => Constructed::Other,
        }
    } else if path.starts_with("footmark.ecs") {
        Constructed::Client(Product::Footmark)
    } else {
        Constructed::Other
    }
}

/// The action of a method of footmark's ECS connection.
pub(super) fn footmark_action(method: &str) -> Option<&'static str> {
    Some(match method {
        "start_instances" => "StartInstance",
        "stop_instances" => "StopInstance",
        "reboot_instances" => "RebootInstance",
        "delete_instances" => "DeleteInstance",
        "run_instances" => "RunInstances",
        "modify_instance_attribute" => "ModifyInstanceAttribute",
        "modify_instance_charge_type" => "ModifyInstanceChargeType",
        "allocate_public_ip_address" => "AllocatePublicIpAddress",
        "detach_disk" => "DetachDisk",
        "delete_disk" => "DeleteDisk",
        "create_image" => "CreateImage",
        _ => return None,
    })
}

/// Packages that count wherever in a path they stand: copies of the SDKs in a
/// program's own folders.
const COPIED: &[&str] =
    &["aliyunsdkcore", "aliyunsdkecs", "alibabacloud_ecs20140526", "alibabacloud_tea_openapi"];

fn package(path: &str) -> &str {
    let copied = path.split('.').find(|part| COPIED.contains(part));
    let request = || {
        let (before, _) = path.split_once(".request.v")?;
        before.rsplit('.').next().filter(|part| part.starts_with("aliyunsdk"))
    };
    let first = || path.split('.').next().unwrap_or(path);
    copied.or_else(request).unwrap_or_else(first)
}
