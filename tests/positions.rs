//! Line and column of a call in each kind of text that a template may hold.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::ffi::OsString;
use std::path::Path;

use serde_json::Value;

/// A call that no resource makes by itself.
const CALL: &str = "RedeployInstance";

/// `line:column-line:column` of each such call in the report on a template.
fn places(name: &str, text: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("positions-{name}"));
    std::fs::write(&path, text).unwrap();
    let args = ["ecs-lock-lint", "audit", "--output=json"].map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    ecs_lock_lint::run(args.into_iter().chain([path.into()]), &mut out, &mut err);
    assert!(err.is_empty(), "{}", String::from_utf8_lossy(&err));
    let report: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(report["problems"], serde_json::json!([]), "{name}");
    let place = |end: &Value| format!("{}:{}", end["line"], end["column"]);
    let procedures = report["procedures"].as_array().unwrap().iter();
    let steps = procedures.flat_map(|procedure| procedure["steps"].as_array().unwrap());
    let calls = steps.filter(|step| step["action"] == CALL);
    calls.map(|call| format!("{}-{}", place(&call["start"]), place(&call["end"]))).collect()
}

/// A stack whose command has this content; its first line is the seventh.
fn command(name: &str, content: &str) -> Vec<String> {
    let head = "ROSTemplateFormatVersion: '2015-09-01'\nResources:\n  Run:\n    \
                Type: ALIYUN::ECS::RunCommand\n    Properties:\n      InstanceIds: [i-1]\n";
    places(name, &format!("{head}      CommandContent: {content}\n"))
}

/// A stack whose server has this user data; its first line is the sixth.
fn user_data(name: &str, data: &str) -> Vec<String> {
    let head = "ROSTemplateFormatVersion: '2015-09-01'\nResources:\n  Server:\n    \
                Type: ALIYUN::ECS::Instance\n    Properties:\n";
    places(name, &format!("{head}      UserData: {data}\n"))
}

/// A procedure whose command has this content; its first line is the seventh.
fn task(name: &str, content: &str) -> Vec<String> {
    let head = "FormatVersion: OOS-2019-06-01\nTasks:\n- Name: run\n  \
                Action: ACS::ECS::RunCommand\n  Properties:\n    instanceId: i-1\n";
    places(name, &format!("{head}    commandContent: {content}\n"))
}

#[test]
fn literal_blocks() {
    let content = "|\n        echo é\n        aliyun ecs RedeployInstance --InstanceId i-1\n          \
                   aliyun ecs RedeployInstance";
    assert_eq!(command("literal.yml", content), ["9:9-9:53", "10:11-10:38"]);
    assert_eq!(user_data("literal-data.yml", content), ["8:9-8:53", "9:11-9:38"]);
    assert_eq!(task("literal-task.yml", content), ["9:9-9:53", "10:11-10:38"]);
}

#[test]
fn folded_blocks() {
    let content = ">\n        echo é;\n        aliyun ecs RedeployInstance\n        --InstanceId i-1\n\n        \
                   aliyun ecs RedeployInstance";
    assert_eq!(command("folded.yml", content), ["9:9-10:25", "12:9-12:36"]);
    assert_eq!(user_data("folded-data.yml", content), ["8:9-9:25", "11:9-11:36"]);
    assert_eq!(task("folded-task.yml", content), ["9:9-10:25", "12:9-12:36"]);
}

#[test]
fn blocks_with_an_indentation_of_their_own() {
    let content = "|2-\n          # more\n        aliyun ecs RedeployInstance\n         \
                   aliyun ecs RedeployInstance\n\n";
    assert_eq!(command("indented.yml", content), ["9:9-9:36", "10:10-10:37"]);
    assert_eq!(user_data("indented-data.yml", content), ["8:9-8:36", "9:10-9:37"]);
    let content = "|-2\n        echo\n      aliyun ecs RedeployInstance";
    assert_eq!(task("indented-task.yml", content), ["9:7-9:34"]);
}

#[test]
fn blocks_that_keep_or_strip_their_end() {
    let kept = ">+\n        aliyun ecs\n        RedeployInstance\n\n          aliyun ecs RedeployInstance\n\n\n";
    assert_eq!(command("kept.yml", kept), ["8:9-9:25", "11:11-11:38"]);
    assert_eq!(user_data("kept-data.yml", kept), ["7:9-8:25", "10:11-10:38"]);
    let stripped = ">2-\n      aliyun ecs\n      RedeployInstance\n\n";
    assert_eq!(task("stripped.yml", stripped), ["8:7-9:23"]);
}

#[test]
fn blocks_with_carriage_returns_and_comments_after_the_mark() {
    let content = "| # text\r\n        é=1\r\n        aliyun ecs RedeployInstance\r\n";
    assert_eq!(command("returns.yml", content), ["9:9-9:36"]);
    assert_eq!(task("returns-task.yml", content), ["9:9-9:36"]);
}

#[test]
fn plain_text_over_several_lines() {
    let content = "echo é;\n        aliyun ecs RedeployInstance\n          --InstanceId i-1\n\n        \
                   aliyun ecs RedeployInstance # no text";
    assert_eq!(command("plain.yml", content), ["8:9-9:27", "11:9-11:36"]);
    assert_eq!(user_data("plain-data.yml", content), ["7:9-8:27", "10:9-10:36"]);
    assert_eq!(task("plain-task.yml", content), ["8:9-9:27", "11:9-11:36"]);
}

#[test]
fn text_in_single_quotes() {
    let content = "'echo ''é''; aliyun ecs RedeployInstance --InstanceId ''i-1''\n\n        \
                   aliyun ecs\n        RedeployInstance'";
    assert_eq!(command("single.yml", content), ["7:36-7:84", "9:9-10:25"]);
    assert_eq!(user_data("single-data.yml", content), ["6:30-6:78", "8:9-9:25"]);
    assert_eq!(task("single-task.yml", content), ["7:34-7:82", "9:9-10:25"]);
}

#[test]
fn text_in_double_quotes() {
    let content = "\"echo \\\"\\u00e9\\\"\\n\\taliyun ecs RedeployInstance --InstanceId \\\"i-1\\\"\\n\\\n        \
                   aliyun ecs\n        RedeployInstance\\x0aaliyun \\\n        \\  ecs RedeployInstance\"";
    let rest = ["8:9-9:25", "9:29-10:32"];
    assert_eq!(command("double.yml", content), ["7:43-7:91", rest[0], rest[1]]);
    let rest = ["7:9-8:25", "8:29-9:32"];
    assert_eq!(user_data("double-data.yml", content), ["6:37-6:85", rest[0], rest[1]]);
    let rest = ["8:9-9:25", "9:29-10:32"];
    assert_eq!(task("double-task.yml", content), ["7:41-7:89", rest[0], rest[1]]);
}

/// The escapes of JSON, those that only it has among them.
const JSON_TEXT: &str = r#""echo \"\u00e9\uD83D\uDE00\"\r\n\taliyun ecs RedeployInstance --InstanceId \"i-1\"\naliyun --endpoint https:\/\/a\/b ecs\u0020RedeployInstance""#;

#[test]
fn json_of_a_stack() {
    let resource = |kind: &str, key: &str| {
        format!(
            "{{\"ROSTemplateFormatVersion\": \"2015-09-01\",\n\"Resources\": {{\"Run\": {{\n\
             \t\"Type\": \"{kind}\",\n\t\"Properties\": {{\n\t\t\"{key}\":\t{JSON_TEXT}}}}}}}}}"
        )
    };
    let command = resource("ALIYUN::ECS::RunCommand", "CommandContent");
    assert_eq!(places("stack.json", &command), ["5:55-5:103", "5:105-5:163"]);
    let data = resource("ALIYUN::ECS::Instance", "UserData");
    assert_eq!(places("stack-data.json", &data), ["5:49-5:97", "5:99-5:157"]);
}

#[test]
fn json_of_a_procedure() {
    let head = "{\"FormatVersion\": \"OOS-2019-06-01\", \"Tasks\": [{\"Name\": \"run\",\n\
                \"Action\": \"ACS::ECS::RunCommand\", \"Properties\": {\"instanceId\": \"i-1\",\n";
    let text = format!("{head}\"commandContent\": {JSON_TEXT}}}}}]}}");
    assert_eq!(places("procedure.json", &text), ["3:53-3:101", "3:103-3:161"]);
}

#[test]
fn substituted_text_in_its_short_form() {
    let content = "!Sub |\n        echo ${!HOME} ${ALIYUN::Region}; aliyun ecs RedeployInstance \
                   --InstanceId ${Server.InstanceId}\n        aliyun ecs RedeployInstance";
    assert_eq!(command("sub.yml", content), ["8:42-8:103", "9:9-9:36"]);
    assert_eq!(user_data("sub-data.yml", content), ["7:42-7:103", "8:9-8:36"]);
}

#[test]
fn substituted_text_in_its_long_form_with_a_map() {
    let content = "\n        Fn::Sub:\n        - \"echo ${A}\\naliyun ecs RedeployInstance \
                   --InstanceId ${Id}\\n\"\n        - A: one\n          Id: i-1";
    assert_eq!(command("sub-map.yml", content), ["9:23-9:69"]);
    assert_eq!(user_data("sub-map-data.yml", content), ["8:23-8:69"]);
    let text = "!Sub ['echo ''${A}''; aliyun ecs RedeployInstance', {A: 1}]";
    assert_eq!(command("sub-list.yml", text), ["7:45-7:72"]);
}

#[test]
fn joined_lines() {
    let content = "\n        Fn::Join:\n        - \"\\n\"\n        - - echo é\n          - 'aliyun ecs RedeployInstance'\n          \
                   - !Sub 'aliyun ecs RedeployInstance --InstanceId ${Server}'\n          - Ref: Tail";
    assert_eq!(command("join.yml", content), ["11:14-11:41", "12:19-12:69"]);
    assert_eq!(user_data("join-data.yml", content), ["10:14-10:41", "11:19-11:69"]);
}

#[test]
fn a_call_that_is_joined_of_several_pieces() {
    let content =
        "!Join ['', ['aliyun ecs ', \"RedeployInstance --InstanceId \", !Ref Server, \"\\n\"]]";
    assert_eq!(command("pieces.yml", content), ["7:36-7:95"]);
}

#[test]
fn text_in_base64_is_where_the_whole_of_it_is() {
    // `aliyun ecs RedeployInstance --InstanceId i-1`
    let digits = "YWxpeXVuIGVjcyBSZWRlcGxveUluc3RhbmNlIC0tSW5zdGFuY2VJZCBpLTEK";
    let content = format!("{digits}\n      ContentEncoding: Base64");
    assert_eq!(command("base64.yml", &content), ["7:23-7:83"]);
    assert_eq!(user_data("base64-data.yml", digits), ["6:17-6:77"]);
    assert_eq!(
        task("base64-task.yml", &format!("{digits}\n    contentEncoding: Base64")),
        ["7:21-7:81"]
    );
    let (first, second) = digits.split_at(40);
    let block = format!("|\n        {first}\n        {second}\n      ContentEncoding: Base64");
    assert_eq!(command("base64-block.yml", &block), ["8:9-9:29"]);
}

#[test]
fn text_that_a_function_encodes() {
    let content = "\n        Fn::Base64Encode:\n          Fn::Sub: |\n            echo ${A}\n            \
                   aliyun ecs RedeployInstance";
    assert_eq!(user_data("encoded.yml", content), ["10:13-10:40"]);
    assert_eq!(command("encoded-command.yml", content), ["11:13-11:40"]);
}

#[test]
fn references_in_a_procedure() {
    let content = "|\n        echo {{ a }}; aliyun ecs RedeployInstance --InstanceId {{ b.c }}\n        \
                   aliyun ecs RedeployInstance";
    assert_eq!(task("references.yml", content), ["8:23-8:73", "9:9-9:36"]);
}

#[test]
fn recipes_with_references_and_continued_lines() {
    let text = "ID = i-1\nall:\n\t@echo é; aliyun ecs RedeployInstance \\\n\t  --InstanceId $(ID)\n\t-cd a && \\\n\taliyun ecs RedeployInstance --InstanceId $$x\n";
    assert_eq!(places("continued.mk", text), ["3:11-4:22", "6:2-6:46"]);
}

#[test]
fn instructions_in_pieces() {
    let text = "FROM a\nENV ID=i-1\nRUN true \\\n# a comment\n && aliyun ecs \\\n  RedeployInstance --InstanceId $ID\nRUN [\"sh\", \"-c\", \"echo é; aliyun ecs RedeployInstance --ClientToken \\\"a b\\\"\"]\nRUN <<EOF\nexport A=1; aliyun ecs RedeployInstance\nEOF\n";
    assert_eq!(places("pieces.Dockerfile", text), ["5:5-6:36", "7:27-7:76", "9:13-9:40"]);
}

#[test]
fn texts_of_groovy() {
    let text = "node {\n  sh \"echo é\\n aliyun ecs RedeployInstance --InstanceId ${params.ID}\"\n  sh '''\n    aliyun ecs RedeployInstance \\\\\n      --InstanceId i-1\n  '''\n  sh 'aliyun ecs ' +\n    'RedeployInstance'\n}\n";
    assert_eq!(places("texts.groovy", text), ["2:16-2:69", "4:5-5:23", "7:7-8:22"]);
}

#[test]
fn lines_of_units_and_timetables() {
    let text = "[Service]\nExecStart=-/bin/sh -c 'echo %%; aliyun ecs \\\n  RedeployInstance'\n";
    assert_eq!(places("lines.service", text), ["2:33-3:19"]);
    let text = "0 1 * * * date +\\%F; aliyun ecs RedeployInstance %x\n";
    assert_eq!(places("lines.crontab", text), ["1:22-1:49"]);
}

/// A workflow with a step that runs this, on its sixth line.
fn step(name: &str, content: &str) -> Vec<String> {
    let head = "on: push\njobs:\n  one:\n    runs-on: x # ecs\n    steps:\n";
    places(name, &format!("{head}      - run: {content}\n"))
}

#[test]
fn code_of_pipelines() {
    let literal = "|\n          echo é; aliyun ecs RedeployInstance --InstanceId ${{ inputs.id }}\n          \
                   aliyun ecs RedeployInstance";
    assert_eq!(step("run-literal.yml", literal), ["7:19-7:76", "8:11-8:38"]);
    let folded = ">-\n          aliyun ecs\n          RedeployInstance";
    assert_eq!(step("run-folded.yml", folded), ["7:11-8:27"]);
    let single = "'echo ''é''; aliyun ecs RedeployInstance --InstanceId ''i-1'''";
    assert_eq!(step("run-single.yml", single), ["6:27-6:75"]);
    let double = "\"echo \\\"é\\\"\\naliyun ecs \\\n          RedeployInstance\"";
    assert_eq!(step("run-double.yml", double), ["6:27-7:27"]);
    let plain = "aliyun ecs RedeployInstance # no text";
    assert_eq!(step("run-plain.yml", plain), ["6:14-6:41"]);
}

#[test]
fn code_in_the_code_of_pipelines() {
    let heredoc = "|\n          python3 - <<'EOF'\n          import subprocess\n          \
                   subprocess.run([\"aliyun\", \"ecs\", \"RedeployInstance\"])\n          EOF";
    assert_eq!(step("run-heredoc.yml", heredoc), ["9:11-9:64"]);
    let string = "|\n          bash -c \"aliyun ecs RedeployInstance\"";
    assert_eq!(step("run-string.yml", string), ["7:20-7:47"]);
}

#[test]
fn words_and_lines_of_lists() {
    let gitlab = "job:\n  script:\n    - echo é\n    - 'aliyun ecs RedeployInstance'\n    - &last |\n      \
                  echo\n      aliyun ecs RedeployInstance\n    - *last\n";
    assert_eq!(places("list-gitlab.yml", gitlab), ["4:8-4:35", "7:7-7:34", "7:7-7:34"]);
    let pod = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - command: [sh, -c]\n      args:\n        - >\n          \
               echo;\n          aliyun ecs RedeployInstance\n    - command: [aliyun, ecs, \"RedeployInstance\", --InstanceId, i-1]\n";
    assert_eq!(places("list-pod.yml", pod), ["9:11-9:38", "10:17-10:67"]);
}

#[test]
fn shell_in_a_template_in_a_fence_in_a_quote() {
    let text = "# É\n\n1. Run this:\n\n   > ```yaml\n   > FormatVersion: OOS-2019-06-01\n   > \
                Tasks:\n   > - Name: run\n   >   Action: ACS::ECS::RunCommand\n   >   \
                Properties:\n   >     instanceId: i-1\n   >     commandContent: |\n   >       \
                echo é; aliyun ecs RedeployInstance --InstanceId i-1\n   >       bash <<'EOF'\n   >         \
                aliyun ecs RedeployInstance\n   >       EOF\n   > ```\n";
    assert_eq!(places("three.md", text), ["13:20-13:64", "15:14-15:41"]);
}

#[test]
fn python_in_shell_in_a_fence_in_a_list() {
    let text = "- é\n\n  ```bash\n  python3 - <<'EOF'\n  import os\n  if é:\n      \
                os.system(\"aliyun ecs RedeployInstance --InstanceId i-1\")\n  EOF\n  ```\n";
    assert_eq!(places("heredoc.md", text), ["7:18-7:62"]);
}

#[test]
fn commands_in_tags_and_sessions_of_a_document() {
    let text = "<details>\r\n<summary>é</summary>\r\n\r\n~~~console\r\n$ aliyun ecs \\\r\n>  \
                RedeployInstance\r\nout\r\n~~~\r\n\r\n</details>\r\n\r\né `aliyun ecs RedeployInstance --a b`\r\n";
    assert_eq!(places("session.md", text), ["5:3-6:20", "12:4-12:37"]);
}

#[test]
fn code_of_a_notebook() {
    let text = "{\"cells\": [{\"cell_type\": \"code\", \"source\": [\"import os\\n\",\n\"!aliyun ecs \
                RedeployInstance --A \\\"\\u00e9\\\"\\n\",\n\"x = 'é'\\n\", \"os.system('aliyun ecs \
                RedeployInstance')\"]},\n{\"cell_type\": \"code\", \"source\": \"%%bash\\necho\\naliyun \
                ecs RedeployInstance\\n\"}],\n\"metadata\": {}, \"nbformat\": 4}\n";
    assert_eq!(places("cells.ipynb", text), ["2:3-2:45", "3:26-3:53", "4:48-4:75"]);
}
