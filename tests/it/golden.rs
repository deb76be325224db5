//! What it costs at Make: the calls of each tool, cold and warm, and of ten journeys. A change
//! shows as a diff of `tests/golden/`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use make_credentials_mcp::grants::Confirmation;
use make_credentials_mcp::sandbox::{Options, RecordedRequest};
use make_credentials_mcp::tools::{ALL, Session};
use serde_json::{Value, json};

use crate::examples::example;
use crate::snapshot;
use crate::world::{With, World, call};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

fn options() -> Options {
    Options {
        seed: Some(1),
        locked_connections: true,
        ..Options::default()
    }
}

fn agent(world: &World, teams: Option<Vec<u64>>) -> Session {
    let session = world.with(With {
        teams,
        confirmation: Confirmation::Never,
        ..With::default()
    });
    session.poll_every(std::time::Duration::from_millis(10));
    session
}

/// Ids that the zone makes up, under one name.
fn line(request: &RecordedRequest, flow: &str) -> String {
    let path = request
        .path
        .strip_prefix("/api/v2")
        .unwrap_or(&request.path);
    let path = if flow.is_empty() {
        path.to_owned()
    } else {
        path.replace(flow, "{flow}")
    };
    let confirmed = if request.target.contains("confirmed=true") {
        "?confirmed=true"
    } else {
        ""
    };
    format!("{} {path}{confirmed}", request.method)
}

async fn sent(world: &World, session: &Session, tool: &str, flow: &str) -> String {
    world.zone.clear_requests();
    let mut arguments = example(tool, flow);
    let known = ALL.iter().find(|entry| entry.spec.name == tool).unwrap();
    if known.schemas().input["properties"]
        .get("idempotencyKey")
        .is_some()
    {
        // The same once more is wanted here.
        arguments["idempotencyKey"] = json!(call_number());
    }
    let outcome = call(session, tool, arguments).await;
    let mut text: Vec<String> = world
        .zone
        .requests()
        .iter()
        .map(|request| line(request, flow))
        .collect();
    if text.is_empty() {
        text.push("nothing".to_owned());
    }
    if let Err(failure) = outcome {
        let code = json!(failure.code);
        text.push(format!("({})", code.as_str().unwrap()));
    }
    text.join(", ")
}

fn call_number() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("call-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

async fn prepared(world: &World, tool: &str) -> String {
    match tool {
        "template_flows_get" => {
            let started = example("template_flows_start", "");
            let answer = call(&agent(world, None), "template_flows_start", started)
                .await
                .unwrap();
            answer["flowId"].as_str().unwrap().to_owned()
        }
        "connections_remove_access" => {
            let added = example("connections_set_access", "");
            call(&agent(world, None), "connections_set_access", added)
                .await
                .unwrap();
            String::new()
        }
        _ => String::new(),
    }
}

#[tokio::test]
async fn the_calls_of_each_tool_are_written_down() {
    let mut text = String::from(
        "What each tool sends to Make for its example call.\n\
         cold: the first call of a process; warm: the same call again.\n",
    );
    for entry in ALL.iter() {
        let tool = entry.spec.name;
        writeln!(text, "\n{tool}").unwrap();
        for (who, teams) in [("every team", None), ("team 22", Some(vec![22]))] {
            let world = World::of(options()).await;
            let flow = prepared(&world, tool).await;
            let session = agent(&world, teams);
            let cold = sent(&world, &session, tool, &flow).await;
            let warm = sent(&world, &session, tool, &flow).await;
            writeln!(text, "  {who:<10} cold: {cold}").unwrap();
            if warm != cold {
                writeln!(text, "  {:<10} warm: {warm}", "").unwrap();
            }
        }
    }
    snapshot::matches(&file("calls.txt"), &text);
}

/// A journey: what a person asks, and what an agent that reads our descriptions does.
struct Journey<'a> {
    world: &'a World,
    session: Session,
    tools: Vec<&'static str>,
    bytes: usize,
}

impl Journey<'_> {
    async fn call(&mut self, tool: &'static str, arguments: Value) -> Value {
        let answer = match call(&self.session, tool, arguments).await {
            Ok(answer) => answer,
            Err(failure) => json!(failure),
        };
        self.tools.push(tool);
        self.bytes += answer.to_string().len();
        answer
    }

    async fn request(&mut self, tool: &'static str, arguments: Value) -> Value {
        let made = self.call(tool, arguments).await;
        self.world
            .zone
            .person_authorizes(made["publicUri"].as_str().unwrap())
            .unwrap();
        self.call(
            "credential_requests_wait",
            json!({"requestId": made["requestId"]}),
        )
        .await
    }
}

const JOURNEYS: [&str; 10] = [
    "Which Google connection can write to Drive?",
    "Connect Slack for team Sales.",
    "Does our Airtable connection work, and what could be changed in it?",
    "Rename the old Google connection.",
    "What would break without the Slack connection?",
    "Let somebody type the CRM's key.",
    "Our Google connection needs to read mail too.",
    "What can be cleaned up?",
    "Set up the lead scenario from our template.",
    "Is there a public template for Slack, and what does it use?",
];

async fn travel(number: usize, trip: &mut Journey<'_>) -> bool {
    let drive = "https://www.googleapis.com/auth/drive";
    match number {
        0 => {
            let arguments = json!({"teamId": 22, "type": "google", "scopes": [drive]});
            let found = trip.call("connections_find_reusable", arguments).await;
            found["candidates"][0]["why"][0] == "lacks a scope that was asked for"
        }
        1 => {
            let teams = trip.call("agent_status", json!({})).await;
            let sales = &teams["teams"]
                .as_array()
                .unwrap()
                .iter()
                .find(|t| t["name"] == "Sales")
                .unwrap()["id"];
            let arguments = json!({"teamId": sales, "type": "slack2"});
            let found = trip.call("connections_find_reusable", arguments).await;
            trip.call(
                "connections_verify",
                json!({"connectionId": found["candidates"][0]["id"]}),
            )
            .await["verified"]
                == true
        }
        2 => {
            trip.call(
                "connections_list",
                json!({"teamId": 22, "type": ["airtable2"]}),
            )
            .await;
            trip.call("connections_verify", json!({"connectionId": 104}))
                .await;
            let fields = trip
                .call(
                    "connections_list_editable_parameters",
                    json!({"connectionId": 104}),
                )
                .await;
            fields["editableParameters"] == json!(["url", "apiKey"])
        }
        3 => {
            trip.call(
                "connections_find_reusable",
                json!({"teamId": 22, "type": "google"}),
            )
            .await;
            let renamed = json!({"connectionId": 105, "name": "Google (expired)"});
            trip.call("connections_update", renamed).await["renamed"] == true
        }
        4 => {
            trip.call(
                "connections_list",
                json!({"teamId": 22, "type": ["slack2"]}),
            )
            .await;
            trip.call("connections_delete", json!({"connectionId": 103}))
                .await["code"]
                == "would_break"
        }
        5 => {
            let arguments = json!({"teamId": 22, "name": "CRM", "keys": [{"type": "apikeyauth"}]});
            let done = trip
                .request("credential_requests_create_by_credentials", arguments)
                .await;
            done["keyIds"].as_array().unwrap().len() == 1
        }
        6 => {
            let mail = "https://mail.google.com/";
            let arguments = json!({"connectionId": 101, "scopes": [mail]});
            let done = trip
                .request("credential_requests_extend_connection", arguments)
                .await;
            let checked = json!({"connectionId": 101, "scopes": [mail]});
            trip.call("connections_check_scopes", checked).await["scoped"] == true
                && done["done"] == true
        }
        7 => {
            trip.call("connections_list", json!({"teamId": 22, "limit": 100}))
                .await;
            trip.call("keys_list", json!({"teamId": 22, "limit": 100}))
                .await;
            trip.call("credential_requests_list", json!({"teamId": 22}))
                .await["requests"]
                .is_array()
        }
        8 => {
            trip.call("templates_list", json!({"teamId": 22, "public": true}))
                .await;
            let flow = trip
                .call(
                    "template_flows_start",
                    json!({"teamId": 22, "templateId": 602}),
                )
                .await;
            trip.world
                .zone
                .person_finishes_flow(flow["flowId"].as_str().unwrap())
                .unwrap();
            trip.call("template_flows_get", json!({"flowId": flow["flowId"]}))
                .await["finished"]
                == true
        }
        _ => {
            let found = trip
                .call("public_templates_list", json!({"usedApps": ["slack"]}))
                .await;
            let url = &found["templates"][0]["url"];
            trip.call(
                "public_templates_get_blueprint",
                json!({"templateUrl": url}),
            )
            .await["flow"]
                .is_array()
        }
    }
}

#[tokio::test]
async fn ten_journeys_are_written_down() {
    let mut text = String::from(
        "Ten journeys: the tools that an agent calls, the calls at Make, the bytes it reads.\n",
    );
    for (number, question) in JOURNEYS.iter().enumerate() {
        let world = World::of(options()).await;
        let session = agent(&world, None);
        let mut trip = Journey {
            world: &world,
            session,
            tools: Vec::new(),
            bytes: 0,
        };
        assert!(
            travel(number, &mut trip).await,
            "{question} did not come out"
        );
        let (tools, calls) = (trip.tools.join(" → "), world.zone.requests().len());
        // Ids and times vary by a few bytes.
        let bytes = trip.bytes.div_ceil(100) * 100;
        writeln!(text, "\n{question}\n  {tools}").unwrap();
        writeln!(
            text,
            "  {} tool calls, {calls} calls at Make, up to {bytes} bytes",
            trip.tools.len()
        )
        .unwrap();
    }
    snapshot::matches(&file("journeys.txt"), &text);
}
