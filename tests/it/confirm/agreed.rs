//! A yes is for what was shown, also when it changes after that: each request that changes something
//! comes right after a look that has found the same.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use make_credentials_mcp::grants::Asks;
use make_credentials_mcp::sandbox::{Act, Effect, Fault, Options, seeded};
use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::{
    ALL, Approvals, Asker, CallContext, Confirm, Failure, Later, Outcome, Question, Reply, Session,
    Way,
};
use serde_json::{Value, json};

use crate::examples::example;
use crate::world::{World, approval_key, call};

fn options() -> Options {
    Options {
        seed: Some(1),
        locked_connections: true,
        scenario_usages: true,
        ..Options::default()
    }
}

/// What happens while a person is asked; then the person says yes.
type Meanwhile = Arc<dyn Fn(usize) -> Later<()> + Send + Sync>;

struct Person {
    meanwhile: Meanwhile,
    asked: Arc<AtomicUsize>,
}

impl Confirm for Person {
    fn way(&self) -> Way {
        Way::Inside
    }

    fn shows_forms(&self) -> bool {
        true
    }

    fn opens_links(&self) -> bool {
        false
    }

    fn client(&self) -> String {
        "tester".to_owned()
    }

    fn ask(&self, _: Question) -> Later<Reply> {
        let before = self.asked.fetch_add(1, Ordering::Relaxed);
        let meanwhile = (self.meanwhile)(before);
        Box::pin(async move {
            meanwhile.await;
            Reply::Yes
        })
    }
}

/// A call by a client that asks a person, and how often the person was asked.
async fn asking(
    session: &Session,
    tool: &str,
    arguments: Value,
    meanwhile: Meanwhile,
) -> (Result<Value, Failure>, usize) {
    let asked = Arc::new(AtomicUsize::new(0));
    let confirm = Person {
        meanwhile,
        asked: Arc::clone(&asked),
    };
    let context = CallContext {
        asker: Asker {
            confirm: Some(Arc::new(confirm)),
            returned: None,
        },
        ..CallContext::default()
    };
    let arguments = arguments.as_object().unwrap().clone();
    let outcome = session.call(tool, arguments, context, std::future::pending());
    let result = match outcome.await {
        Outcome::Answer(answer) => Ok(Value::Object(answer.fields)),
        Outcome::Failed(failure) => Err(failure),
        other => panic!("{tool}: {other:?}"),
    };
    (result, asked.load(Ordering::Relaxed))
}

/// A change by another agent to what the example call of a tool is about, as small as they come:
/// behind the end of what is shown of a name, deep in a blueprint. `None` where the call is about
/// nothing that is there already.
fn change(tool: &str) -> Option<Vec<(&'static str, Value)>> {
    let long = |end: char| format!("{}{end}", "n".repeat(100));
    let content = |id: u64| {
        let flow = json!([{"id": 1, "module": "http:ActionSendData", "mapper": {"url": "https://evil.example"}}]);
        let blueprint = json!({"name": "Weekly report", "flow": flow});
        (
            "templates_update",
            json!({"templateId": id, "blueprint": blueprint}),
        )
    };
    Some(match tool {
        "connections_update" => vec![(
            "connections_update",
            json!({"connectionId": 104, "name": long('b')}),
        )],
        "connections_delete" | "credential_requests_credential_delete" => {
            vec![(
                "connections_update",
                json!({"connectionId": 102, "name": long('b')}),
            )]
        }
        "connections_set_access" | "connections_remove_access" => {
            vec![(
                "connections_update",
                json!({"connectionId": 101, "name": long('b')}),
            )]
        }
        "keys_update" | "keys_delete" => {
            vec![("keys_update", json!({"keyId": 401, "name": long('b')}))]
        }
        "templates_update" | "templates_delete" | "templates_publish" => vec![content(601)],
        "template_flows_start" => vec![
            content(602),
            ("templates_publish", json!({"templateId": 602})),
        ],
        // Of the last a person is asked about what has changed, see below.
        "credential_requests_create_for_user"
        | "credential_requests_create_v1"
        | "credential_requests_delete" => return None,
        other => panic!("{other}: what changes under it?"),
    })
}

/// Before the call: names whose ends are not shown.
async fn lengthen(world: &World) {
    let name = format!("{}a", "n".repeat(100));
    let sure = world.sure();
    for id in [101, 102, 104] {
        let rename = json!({"connectionId": id, "name": name});
        call(&sure, "connections_update", rename).await.unwrap();
    }
    let rename = json!({"keyId": 401, "name": name});
    call(&sure, "keys_update", rename).await.unwrap();
    world.zone.clear_requests();
}

fn changes(world: &World) -> Vec<String> {
    let sent = world.sent().into_iter();
    sent.filter(|line| !line.starts_with("GET ")).collect()
}

#[tokio::test]
async fn what_changes_while_a_person_agrees_is_not_done_whatever_the_tool() {
    for entry in ALL.iter().filter(|entry| entry.spec.asks != Asks::Never) {
        let tool = entry.spec.name;
        let Some(steps) = change(tool) else { continue };
        let world = World::of(options()).await;
        lengthen(&world).await;
        let (other, steps) = (Arc::new(world.sure()), Arc::new(steps));
        let count = steps.len();
        let meanwhile: Meanwhile = Arc::new(move |_| {
            let (other, steps) = (Arc::clone(&other), Arc::clone(&steps));
            Box::pin(async move {
                for (tool, arguments) in steps.iter() {
                    call(&other, tool, arguments.clone()).await.unwrap();
                }
            })
        });
        let (result, asked) = asking(&world.session(), tool, example(tool, ""), meanwhile).await;
        let refused = result.unwrap_err();
        assert_eq!(json!(refused.code), "not_confirmed", "{tool}: {refused:?}");
        let changed = refused.details.unwrap()["changed"].clone();
        assert!(!changed.as_array().unwrap().is_empty(), "{tool}");
        assert_eq!(asked, 1, "{tool}");
        assert_eq!(
            changes(&world).len(),
            count,
            "{tool}: {:?}",
            changes(&world)
        );
    }
}

/// Reads that are remembered for the whole process.
fn is_remembered(line: &str) -> bool {
    ["GET /organizations", "GET /users/me", "GET /keys/types"]
        .iter()
        .any(|start| line.starts_with(start))
}

#[tokio::test]
async fn the_last_look_is_the_last_request_before_each_change() {
    for entry in ALL.iter().filter(|entry| entry.spec.asks != Asks::Never) {
        let tool = entry.spec.name;
        let world = Arc::new(World::of(options()).await);
        if tool == "connections_remove_access" {
            let add = example("connections_set_access", "");
            call(&world.sure(), "connections_set_access", add)
                .await
                .unwrap();
            world.zone.clear_requests();
        }
        let session = world.session();
        // Whose it is is remembered too, where a tool asks for that itself.
        let known = json!({"connectionId": 101});
        call(&session, "connections_list_access", known)
            .await
            .unwrap();
        world.zone.clear_requests();
        let looked = Arc::new(Mutex::new(Vec::new()));
        let (zone, reads) = (Arc::clone(&world), Arc::clone(&looked));
        let meanwhile: Meanwhile = Arc::new(move |_| {
            let sent = zone.sent().into_iter();
            *reads.lock().unwrap() = sent.filter(|line| !is_remembered(line)).collect();
            Box::pin(async {})
        });
        let (result, asked) = asking(&session, tool, example(tool, ""), meanwhile).await;
        assert!(result.is_ok(), "{tool}: {result:?}");
        assert_eq!(asked, 1, "{tool}");
        let looked = looked.lock().unwrap().clone();
        assert!(
            !looked.is_empty() || tool.starts_with("credential_requests_create"),
            "{tool} reads nothing"
        );
        let sent = world.sent();
        let mut since: Vec<String> = Vec::new();
        for line in sent {
            if line.starts_with("GET ") {
                since.push(line);
                continue;
            }
            assert!(since.ends_with(&looked), "{tool}: {line} after {since:?}");
            since.clear();
        }
        assert!(!changes(&world).is_empty(), "{tool}");
    }
}

/// Whoever changes the object while the first request of a call is under way.
async fn racing(
    world: &World,
    (tool, arguments): (&str, Value),
    fault: Fault,
    (method, path): (&str, &str),
    rename: (&str, Value),
) -> Result<Value, Failure> {
    world.zone.inject(fault.on(method, path).times(1));
    let nothing: Meanwhile = Arc::new(|_| Box::pin(async {}));
    let session = world.session();
    let racing = asking(&session, tool, arguments, nothing);
    let other = async {
        while changes(world).is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        call(&world.sure(), rename.0, rename.1).await.unwrap();
    };
    let ((result, _), ()) = tokio::join!(racing, other);
    result
}

#[tokio::test]
async fn what_changes_between_two_requests_of_a_call_is_not_confirmed_to_make() {
    let world = World::of(options()).await;
    let refused = racing(
        &world,
        ("keys_delete", json!({"keyId": 401})),
        Fault::new(Effect::CommitThenDelay { ms: 600 }),
        ("DELETE", "/keys"),
        ("keys_update", json!({"keyId": 401, "name": "Another"})),
    )
    .await
    .unwrap_err();
    assert_eq!(json!(refused.code), "not_confirmed", "{refused:?}");
    assert_eq!(
        changes(&world),
        ["DELETE /keys/401", "PATCH /keys/401"],
        "refused by Make, and not sent with its confirmation"
    );
}

#[tokio::test]
async fn data_is_not_replaced_in_a_connection_that_is_not_the_one_it_was() {
    let world = World::of(options()).await;
    let refused = racing(
        &world,
        ("connections_update", example("connections_update", "")),
        Fault::new(Effect::CommitThenDelay { ms: 600 }),
        ("PATCH", "/connections"),
        (
            "connections_update",
            json!({"connectionId": 104, "name": "Another"}),
        ),
    )
    .await
    .unwrap_err();
    assert_eq!(json!(refused.code), "not_confirmed", "{refused:?}");
    let details = refused.details.clone().unwrap();
    assert_eq!(
        (&details["renamed"], &details["dataReplaced"]),
        (&json!(true), &json!(false))
    );
    assert!(
        details["changed"].to_string().contains("Another"),
        "{details}"
    );
    assert!(
        refused.message.contains("the data was not replaced"),
        "{refused:?}"
    );
    assert_eq!(changes(&world).len(), 2, "{:?}", changes(&world));
}

#[tokio::test]
async fn a_publish_is_bound_to_the_blueprint_that_was_shown() {
    let world = World::of(options()).await;
    let publish = json!({"templateId": 601});
    let session = world.session();
    let waits = call(&session, "templates_publish", publish.clone()).await;
    let details = waits.unwrap_err().details.unwrap();
    let plan = details["plan"].to_string();
    assert!(
        plan.contains("Modules: 2") && plan.contains("google-sheets, slack"),
        "{plan}"
    );
    let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
    let waiting = approvals.get(details["approval"].as_str().unwrap()).await;
    assert!(
        approvals
            .decide(&waiting.unwrap().unwrap(), true, "me")
            .await
            .unwrap()
    );
    // The same modules of the same apps, and one address is another.
    let flow = json!([
        {"id": 1, "module": "google-sheets:watchRows", "version": 1, "parameters": {}, "mapper": {}, "metadata": {}},
        {"id": 2, "module": "slack:CreateMessage", "version": 1, "parameters": {}, "mapper": {"text": "x"}, "metadata": {}}]);
    let blueprint = json!({"name": "Weekly report", "flow": flow, "metadata": {"version": 1}});
    let update = json!({"templateId": 601, "blueprint": blueprint});
    call(&world.sure(), "templates_update", update)
        .await
        .unwrap();
    let refused = call(&session, "templates_publish", publish.clone())
        .await
        .unwrap_err();
    assert_eq!(json!(refused.code), "not_confirmed", "{refused:?}");
    let changed = refused.details.unwrap()["changed"].clone();
    let lines: Vec<&str> = changed
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line.as_str().unwrap())
        .collect();
    assert!(
        lines.len() == 2
            && lines
                .iter()
                .all(|line| line.contains("All that it is made of: digest ")),
        "{lines:?}"
    );
    assert_eq!(changes(&world), ["PATCH /templates/601"]);
    // Asked anew about what is there now, it is published.
    let waits = call(&session, "templates_publish", publish.clone()).await;
    let details = waits.unwrap_err().details.unwrap();
    let waiting = approvals.get(details["approval"].as_str().unwrap()).await;
    assert!(
        approvals
            .decide(&waiting.unwrap().unwrap(), true, "me")
            .await
            .unwrap()
    );
    call(&session, "templates_publish", publish).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_read_is_not_published_on_a_persons_yes() {
    let world = World::of(options()).await;
    let token = world
        .zone
        .issue_token("writer", &["templates:write", "teams:read"]);
    let session = world.with(crate::world::With {
        token: Some(token),
        ..crate::world::With::default()
    });
    let refused = call(&session, "templates_publish", json!({"templateId": 601}))
        .await
        .unwrap_err();
    assert_eq!(json!(refused.code), "forbidden", "{refused:?}");
    assert!(refused.next.contains("templates:read"), "{refused:?}");
    assert_eq!(changes(&world), Vec::<String>::new());
}

#[tokio::test]
async fn a_flow_is_bound_to_the_published_version_that_was_shown() {
    let world = World::of(options()).await;
    let start = example("template_flows_start", "");
    let waits = call(&world.session(), "template_flows_start", start.clone()).await;
    let details = waits.unwrap_err().details.unwrap();
    let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
    let waiting = approvals.get(details["approval"].as_str().unwrap()).await;
    assert!(
        approvals
            .decide(&waiting.unwrap().unwrap(), true, "me")
            .await
            .unwrap()
    );
    // What is not published changes nothing of what is.
    let flow = json!([{"id": 1, "module": "http:ActionSendData", "mapper": {"url": "https://evil.example"}}]);
    let update =
        json!({"templateId": 602, "blueprint": {"name": "Newsletter intake", "flow": flow}});
    call(&world.sure(), "templates_update", update)
        .await
        .unwrap();
    let public = |id: u64| format!("GET /templates/{id}/blueprint?templatePublicId=9602");
    assert!(world.sent().contains(&public(602)));
    call(
        &world.sure(),
        "templates_publish",
        json!({"templateId": 602}),
    )
    .await
    .unwrap();
    let refused = call(&world.session(), "template_flows_start", start)
        .await
        .unwrap_err();
    assert_eq!(json!(refused.code), "not_confirmed", "{refused:?}");
    let changed = refused.details.unwrap()["changed"].to_string();
    assert!(changed.contains("is now: Apps: \\\"http\\\""), "{changed}");
    assert_eq!(
        changes(&world),
        ["PATCH /templates/602", "POST /templates/602/publish"]
    );
}

#[tokio::test]
async fn a_change_behind_the_end_of_what_is_shown_of_a_name_is_seen_at_the_terminal() {
    let world = World::of(options()).await;
    lengthen(&world).await;
    let delete = json!({"connectionId": 102});
    let waits = call(&world.session(), "connections_delete", delete.clone()).await;
    let details = waits.unwrap_err().details.unwrap();
    let first = details["plan"][0].as_str().unwrap();
    assert!(
        first.contains("n…\" (101 characters in all) for good."),
        "{first}"
    );
    let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
    let waiting = approvals.get(details["approval"].as_str().unwrap()).await;
    assert!(
        approvals
            .decide(&waiting.unwrap().unwrap(), true, "me")
            .await
            .unwrap()
    );
    let rename = json!({"connectionId": 102, "name": format!("{}b", "n".repeat(100))});
    call(&world.sure(), "connections_update", rename)
        .await
        .unwrap();
    let refused = call(&world.session(), "connections_delete", delete)
        .await
        .unwrap_err();
    assert_eq!(json!(refused.code), "not_confirmed", "{refused:?}");
    assert_eq!(changes(&world), ["PATCH /connections/102"]);
}

#[tokio::test]
async fn whoever_has_declined_meanwhile_is_asked_about_in_the_same_call() {
    let world = Arc::new(World::of(options()).await);
    let zone = Arc::clone(&world);
    let meanwhile: Meanwhile = Arc::new(move |before| {
        if before == 0 {
            let act = Act::Decline("no".to_owned());
            zone.zone.act(seeded::PENDING_REQUEST, &act).unwrap();
        }
        Box::pin(async {})
    });
    let arguments = json!({"requestId": seeded::PENDING_REQUEST, "withCredentials": true});
    let tool = "credential_requests_delete";
    let (result, asked) = asking(&world.session(), tool, arguments, meanwhile).await;
    assert_eq!(result.unwrap()["deleted"], true);
    assert_eq!(asked, 2);
}
