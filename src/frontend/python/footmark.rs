//! footmark, the library of the Ansible modules: methods whose names are not those
//! of the actions, and the objects that its connections give out. As of version 1.25.

use crate::frontend::program::dialect::Held;

/// Methods of a connection that send another action than they are named after.
pub(super) const RENAMED: &[(&str, &str)] = &[
    ("start_instances", "StartInstance"),
    ("stop_instances", "StopInstance"),
    ("reboot_instances", "RebootInstance"),
    ("delete_instances", "DeleteInstance"),
    ("create_instances", "CreateInstance"),
    ("delete_key_pair", "DeleteKeyPairs"),
    ("describe_disk_attribute", "DescribeDisks"),
    ("get_all_images", "DescribeImages"),
    ("get_all_instances", "DescribeInstances"),
    ("get_all_regions", "DescribeRegions"),
    ("get_all_security_groups", "DescribeSecurityGroups"),
    ("get_all_volumes", "DescribeDisks"),
    ("get_instance_details", "DescribeInstanceAttribute"),
    ("get_instance_status", "DescribeInstanceStatus"),
    ("get_security_group_attribute", "DescribeSecurityGroupAttribute"),
];

/// What a connection gives out.
pub(super) const HELD: &[Held] =
    &[INSTANCE, DISK, IMAGE, SECURITY_GROUP, KEY_PAIR, NETWORK_INTERFACE];

const INSTANCE: Held = Held {
    listed_by: &["DescribeInstances", "RunInstances", "CreateInstance"],
    made_by: &[],
    methods: &[
        ("start", "StartInstance"),
        ("stop", "StopInstance"),
        ("reboot", "RebootInstance"),
        ("terminate", "DeleteInstance"),
        ("modify", "ModifyInstanceAttribute"),
        ("join_security_group", "JoinSecurityGroup"),
        ("leave_security_group", "LeaveSecurityGroup"),
        ("attach_key_pair", "AttachKeyPair"),
        ("detach_key_pair", "DetachKeyPair"),
        ("add_tags", "TagResources"),
        ("remove_tags", "UntagResources"),
        ("allocate_public_ip", "AllocatePublicIpAddress"),
        ("describe_user_data", "DescribeUserData"),
        ("update", "DescribeInstances"),
    ],
};

const DISK: Held = Held {
    listed_by: &["DescribeDisks"],
    made_by: &["CreateDisk"],
    methods: &[
        ("attach", "AttachDisk"),
        ("detach", "DetachDisk"),
        ("delete", "DeleteDisk"),
        ("modify", "ModifyDiskAttribute"),
        ("update", "DescribeDisks"),
    ],
};

const IMAGE: Held = Held {
    listed_by: &["DescribeImages"],
    made_by: &["CreateImage"],
    methods: &[("delete", "DeleteImage")],
};

const SECURITY_GROUP: Held = Held {
    listed_by: &["DescribeSecurityGroups"],
    made_by: &["CreateSecurityGroup", "DescribeSecurityGroupAttribute"],
    methods: &[
        ("modify", "ModifySecurityGroupAttribute"),
        ("authorize", "AuthorizeSecurityGroup"),
        ("revoke", "RevokeSecurityGroup"),
        ("delete", "DeleteSecurityGroup"),
        ("get", "DescribeSecurityGroupAttribute"),
    ],
};

const KEY_PAIR: Held = Held {
    listed_by: &["DescribeKeyPairs"],
    made_by: &["CreateKeyPair", "ImportKeyPair"],
    methods: &[
        ("delete", "DeleteKeyPairs"),
        ("get", "DescribeKeyPairs"),
        ("import_key", "ImportKeyPair"),
    ],
};

const NETWORK_INTERFACE: Held = Held {
    listed_by: &["DescribeNetworkInterfaces"],
    made_by: &["CreateNetworkInterface"],
    methods: &[
        ("attach", "AttachNetworkInterface"),
        ("detach", "DetachNetworkInterface"),
        ("modify", "ModifyNetworkInterfaceAttribute"),
        ("delete", "DeleteNetworkInterface"),
        ("get", "DescribeNetworkInterfaces"),
        ("add_tags", "AddTags"),
        ("remove_tags", "RemoveTags"),
    ],
};
