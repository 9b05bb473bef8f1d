//! Every action of the catalogue by both generations of each language's SDK: all
//! of them are found, each on its line, and none of the same names of another
//! product's client.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::fmt::Write as _;

use ecs_lock_lint::catalogue::Catalogue;
use ecs_lock_lint::frontend::{self, Context};
use ecs_lock_lint::procedure::{Action, Node};
use ecs_lock_lint::ruleset;
use ecs_lock_lint::source::{FileId, Source, SourceFile};

/// A program that calls actions: what stands before the calls, a call, and what
/// stands after them. `{Api}` is the action, `{api}` with a small first letter,
/// `{snake}` in snake case.
struct Program {
    /// The front end, and which SDK.
    front_end: &'static str,
    sdk: &'static str,
    head: &'static str,
    call: &'static str,
    tail: &'static str,
    /// The same with another product's client in place of the ECS client.
    foreign: &'static [(&'static str, &'static str)],
}

const PROGRAMS: &[Program] = &[
    Program {
        front_end: "csharp",
        sdk: "old",
        head: "using Aliyun.Acs.Core;\nusing Aliyun.Acs.Ecs.Model.V20140526;\n\
               class A { void All(IAcsClient client) {\n",
        call: "client.GetAcsResponse(new {Api}Request());\n",
        tail: "} }\n",
        foreign: &[("Aliyun.Acs.Ecs.Model.V20140526", "Aliyun.Acs.Ens.Model.V20171110")],
    },
    Program {
        front_end: "csharp",
        sdk: "new",
        head: "using AlibabaCloud.SDK.Ecs20140526.Models;\n\
               class A { async Task All(AlibabaCloud.SDK.Ecs20140526.Client client) {\n",
        call: "await client.{Api}WithOptionsAsync(new {Api}Request(), null);\n",
        tail: "} }\n",
        foreign: &[("Ecs20140526", "Ens20171110")],
    },
    Program {
        front_end: "go",
        sdk: "old",
        head: "package a\nimport \"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs\"\n\
               func all(client *ecs.Client) {\n",
        call: "\tclient.{Api}(ecs.Create{Api}Request())\n",
        tail: "}\n",
        foreign: &[("services/ecs", "services/ens"), ("ecs.", "ens.")],
    },
    Program {
        front_end: "go",
        sdk: "new",
        head: "package a\nimport ecs \"github.com/alibabacloud-go/ecs-20140526/v4/client\"\n\
               // 2014-05-26\nfunc all(client *ecs.Client) {\n",
        call: "\tclient.{Api}WithOptions(&ecs.{Api}Request{}, nil)\n",
        tail: "}\n",
        foreign: &[("ecs-20140526", "ens-20171110")],
    },
    Program {
        front_end: "go",
        sdk: "generic",
        head: "package a\nimport \"aliyun\"\nfunc all(client *Client) {\n",
        call: "\tclient.RpcPost(\"Ecs\", \"2014-05-26\", \"{Api}\", nil, nil, true)\n",
        tail: "}\n",
        foreign: &[("\"Ecs\", \"2014-05-26\"", "\"Ens\", \"2017-11-10\"")],
    },
    Program {
        front_end: "ruby",
        sdk: "core",
        head: "require 'aliyunsdkcore'\n\
               client = RPCClient.new(endpoint: 'https://ecs.aliyuncs.com', api_version: '2014-05-26')\n",
        call: "client.request(action: '{Api}', params: {}, opts: { method: 'POST' })\n",
        tail: "puts 'done'\n",
        foreign: &[("https://ecs.", "https://ens."), ("2014-05-26", "2017-11-10")],
    },
    Program {
        front_end: "ruby",
        sdk: "new",
        head: "require 'alibabacloud_ecs20140526'\n\
               client = AlibabaCloud::SDK::Ecs20140526::Client.new(config)\n",
        call: "client.{snake}_with_options(AlibabaCloud::SDK::Ecs20140526::Models::{Api}Request.new, runtime)\n",
        tail: "puts 'done'\n",
        foreign: &[("cs20140526", "ns20171110")],
    },
    Program {
        front_end: "ruby",
        sdk: "any method",
        head: "require 'aliyun'\necs = Aliyun::ECS.new\n",
        call: "ecs.{snake} :region_id => 'cn-beijing'\n",
        tail: "puts 'done'\n",
        foreign: &[("Aliyun::ECS.new", "Aliyun::ENS.new")],
    },
    Program {
        front_end: "ruby",
        sdk: "by name",
        head: "require 'aliyun'\nservice = Aliyun::Service.new(service: :ecs)\n",
        call: "service.{Api} RegionId: 'cn-beijing'\n",
        tail: "puts 'done'\n",
        foreign: &[("service: :ecs", "service: :ens")],
    },
    Program {
        front_end: "javascript",
        sdk: "old",
        head: "const ECSClient = require('@alicloud/ecs-2014-05-26');\n\
               const client = new ECSClient({});\n",
        call: "client.{api}({});\n",
        tail: "",
        foreign: &[("ecs-2014-05-26", "ens-2017-11-10"), ("});", "}); // 2014-05-26")],
    },
    Program {
        front_end: "javascript",
        sdk: "new",
        head: "import Ecs, * as $Ecs from '@alicloud/ecs20140526';\n\
               const client: Ecs = new Ecs({});\n",
        call: "await client.{api}WithOptions(new $Ecs.{Api}Request({}), runtime);\n",
        tail: "",
        foreign: &[("@alicloud/ecs20140526", "@alicloud/ens20171110")],
    },
    Program {
        front_end: "javascript",
        sdk: "pop-core",
        head: "const Core = require('@alicloud/pop-core');\n\
               const client = new Core({ apiVersion: '2014-05-26' });\n",
        call: "client.request('{Api}', {}, { method: 'POST' });\n",
        tail: "",
        foreign: &[("'2014-05-26'", "'2017-11-10'")],
    },
    Program {
        front_end: "javascript",
        sdk: "generic",
        head: "import * as $OpenApi from '@alicloud/openapi-client';\n",
        call: "client.callApi(new $OpenApi.Params({ action: '{Api}', version: '2014-05-26' }), {}, {});\n",
        tail: "",
        foreign: &[("'2014-05-26'", "'2017-11-10'")],
    },
    Program {
        front_end: "java",
        sdk: "old",
        head: "import com.aliyuncs.IAcsClient;\nimport com.aliyuncs.ecs.model.v20140526.*;\n\
               class All { void all(IAcsClient client) {\n",
        call: "client.getAcsResponse(new {Api}Request());\n",
        tail: "}}\n",
        foreign: &[("ecs.model.v20140526", "ens.model.v20171110")],
    },
    Program {
        front_end: "java",
        sdk: "new",
        head: "import com.aliyun.ecs20140526.Client;\nimport com.aliyun.ecs20140526.models.*;\n\
               class All { void all(Client client) {\n",
        call: "client.{api}WithOptions(new {Api}Request(), null);\n",
        tail: "}}\n",
        foreign: &[("ecs20140526", "ens20171110")],
    },
    Program {
        front_end: "java",
        sdk: "asynchronous",
        head: "import com.aliyun.sdk.service.ecs20140526.*;\n\
               import com.aliyun.sdk.service.ecs20140526.models.*;\n\
               class All { void all(AsyncClient client) {\n",
        call: "client.{api}({Api}Request.builder().build());\n",
        tail: "}}\n",
        foreign: &[("ecs20140526", "ens20171110")],
    },
    Program {
        front_end: "php",
        sdk: "new",
        head: "<?php\nuse AlibabaCloud\\SDK\\Ecs\\V20140526\\Ecs;\n\
               use AlibabaCloud\\SDK\\Ecs\\V20140526\\Models;\nfunction all(Ecs $client) {\n",
        call: "    $client->{api}WithOptions(new Models\\{Api}Request([]), $runtime);\n",
        tail: "}\n",
        foreign: &[("Ecs\\V20140526", "Ens\\V20171110"), ("\\Ecs", "\\Ens"), ("(Ecs ", "(Ens ")],
    },
    Program {
        front_end: "php",
        sdk: "old",
        head: "<?php\nuse AlibabaCloud\\Ecs\\Ecs;\nfunction all() {\n",
        call: "    Ecs::v20140526()->{api}()->withRegionId('cn-hangzhou')->request();\n",
        tail: "}\n",
        foreign: &[("\\Ecs\\Ecs", "\\Ens\\Ens"), ("Ecs::v20140526", "Ens::v20171110")],
    },
    Program {
        front_end: "php",
        sdk: "oldest",
        head: "<?php\nuse Ecs\\Request\\V20140526 as Ecs;\nfunction all($client) { // aliyun\n",
        call: "    $client->getAcsResponse(new Ecs\\{Api}Request());\n",
        tail: "}\n",
        foreign: &[("use Ecs\\Request\\V20140526", "use Ens\\Request\\V20171110")],
    },
];

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn camel(name: &str) -> String {
    name[..1].to_ascii_lowercase() + &name[1..]
}

impl Program {
    fn text(&self, catalogue: &Catalogue) -> String {
        let mut text = self.head.to_owned();
        for action in &catalogue.actions {
            let name = &action.name;
            let call = self.call.replace("{Api}", name).replace("{api}", &camel(name));
            let _ = write!(text, "{}", call.replace("{snake}", &snake(name)));
        }
        text + self.tail
    }

    fn foreign_text(&self, catalogue: &Catalogue) -> String {
        let mut text = self.text(catalogue);
        for (ours, theirs) in self.foreign {
            assert!(text.contains(ours), "{} {} has no {ours}", self.front_end, self.sdk);
            text = text.replace(ours, theirs);
        }
        text
    }
}

/// The actions that a text calls, and their lines.
fn found(front_end: &str, text: &str, catalogue: &Catalogue) -> Vec<(String, u32)> {
    let file = SourceFile::new("all".into(), text.to_owned());
    let source = Source::file(FileId(0), &file.path, &file.text);
    let front_end = frontend::named(front_end).unwrap();
    let lowered = (front_end.lower)(&[source], Context { catalogue, values: &[] });
    let mut found = Vec::new();
    let mut pending: Vec<&Node> = lowered.procedures.iter().flat_map(|it| &it.body).collect();
    while let Some(node) = pending.pop() {
        match node {
            Node::Call(operation) => match &operation.action {
                Action::Named(name) => {
                    found.push((name.clone(), file.position(operation.span.start).line));
                }
                Action::Unresolved(text) => panic!("{text} is unresolved"),
            },
            Node::Sequence(nodes) => pending.extend(nodes),
            other => panic!("{other:?}"),
        }
    }
    found.sort_by_key(|(_, line)| *line);
    found
}

#[test]
fn every_action_is_found_on_its_line() {
    let catalogue = ruleset::built_in_catalogue();
    assert!(catalogue.actions.len() > 300);
    for program in PROGRAMS {
        let text = program.text(&catalogue);
        assert!(frontend::named(program.front_end).unwrap().matters(text.as_bytes()));
        let first = u32::try_from(program.head.lines().count()).unwrap() + 1;
        let names = catalogue.actions.iter().map(|action| action.name.clone());
        let expected: Vec<(String, u32)> = names.zip(first..).collect();
        let found = found(program.front_end, &text, &catalogue);
        assert_eq!(found, expected, "{} {}", program.front_end, program.sdk);
    }
}

#[test]
fn nothing_is_found_of_another_product() {
    let catalogue = ruleset::built_in_catalogue();
    for program in PROGRAMS {
        let found = found(program.front_end, &program.foreign_text(&catalogue), &catalogue);
        assert_eq!(found, [], "{} {}", program.front_end, program.sdk);
    }
}
