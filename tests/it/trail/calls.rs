//! What calls leave in the trail, through a session on the zone.

use make_credentials_mcp::audit::{Kept, Trail};
use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::tools::{ALL, CallContext, Outcome};
use serde_json::{Value, json};

use super::{key, lines};
use crate::arguments::{least, most, working};
use crate::world::{With, World, call};

/// The lines of a world's trail, without what says how files begin.
fn trail(world: &World) -> Vec<Value> {
    let mut lines = lines(&world.home.join("audit.jsonl"));
    lines.retain(|line| line["kind"] != "file");
    lines
}

async fn assert_verifies(world: &World) {
    let trail = Trail::at(Some(world.home.clone()), key());
    let (_, report) = trail.verify(None).await.unwrap();
    assert!(report.holds() && report.notes.is_empty(), "{report:?}");
}

#[tokio::test]
async fn a_change_leaves_an_intent_and_an_outcome() {
    let world = World::new().await;
    let session = world.sure();
    call(&session, "templates_delete", json!({"templateId": 601}))
        .await
        .unwrap();
    let lines = trail(&world);
    assert_eq!(lines.len(), 2, "{lines:?}");
    let (intent, outcome) = (&lines[0], &lines[1]);
    assert_eq!(intent["kind"], "intent");
    assert_eq!(intent["agent"], "env");
    assert_eq!(intent["tool"], "templates_delete");
    assert_eq!(intent["ids"], json!({"templateId": 601}));
    assert_eq!(intent["decision"], "permitted");
    assert_eq!(intent["confirmedBy"], "policy");
    assert_eq!(intent["method"], "DELETE");
    assert_eq!(intent["path"], "/templates/601");
    assert_eq!(intent["pid"], std::process::id());
    assert_eq!(outcome["kind"], "outcome");
    assert_eq!(outcome["intent"], intent["seq"]);
    assert_eq!(outcome["outcome"], "answered");
    assert_eq!(outcome["status"], 200);
    assert!(outcome["durationMs"].is_u64());
    assert_verifies(&world).await;
    // The trail's end is kept in the state, and the next intent says how often.
    call(&session, "connections_verify", json!({"connectionId": 101}))
        .await
        .unwrap();
    assert_eq!(trail(&world)[2]["generation"], 1);
    assert!(trail(&world)[2].get("confirmedBy").is_none());
}

#[tokio::test]
async fn reads_and_refusals_leave_one_line_each() {
    let world = World::new().await;
    let reader = world.with(With {
        access: make_credentials_mcp::grants::Access::Read,
        ..With::default()
    });
    let get = json!({"connectionId": 101});
    call(&reader, "connections_get", get.clone()).await.unwrap();
    call(&reader, "connections_get", json!({"connectionId": 9}))
        .await
        .unwrap_err();
    call(&reader, "connections_get", json!({"hunter2": 9}))
        .await
        .unwrap_err();
    call(&reader, "keys_delete", json!({"keyId": 402}))
        .await
        .unwrap_err();
    let delete = call(&world.session(), "keys_delete", json!({"keyId": 402})).await;
    delete.unwrap_err();
    let other = call(&world.bound(&[23]), "connections_get", get).await;
    other.unwrap_err();
    let lines = trail(&world);
    let view: Vec<Value> = lines
        .iter()
        .map(|line| {
            assert_eq!(line["kind"], "call");
            json!([
                line["decision"],
                line["reason"],
                line["outcome"],
                line["code"],
                line["path"],
                line["status"],
                line["ids"]
            ])
        })
        .collect();
    let get = json!({"connectionId": 101});
    assert_eq!(
        Value::Array(view),
        json!([
            ["permitted", null, "answered", null, "/connections/101", 200, get],
            ["permitted", null, "failed", "not_found", "/connections/9", 404, {"connectionId": 9}],
            ["permitted", null, "failed", "invalid_arguments", null, null, null],
            ["denied", "not_granted", null, null, null, null, null],
            ["denied", "confirmation_required", null, null, null, null, {"keyId": 402}],
            ["denied", "not_granted", null, null, "/connections/101", 200, get],
        ])
    );
    assert_verifies(&world).await;
}

#[tokio::test]
async fn what_became_of_a_change_is_said_as_it_was() {
    let world = World::new().await;
    let session = world.sure();
    let verify = json!({"connectionId": 101});
    for (effect, expected) in [
        (status(503), json!(["unknown", null, null])),
        (status(403), json!(["failed", "forbidden", 403])),
        (status(401), json!(["failed", "make_refused_us", 401])),
        (Effect::CommitThenClose, json!(["unknown", null, null])),
    ] {
        world
            .zone
            .inject(Fault::new(effect).on("POST", "/connections"));
        call(&session, "connections_verify", verify.clone())
            .await
            .unwrap_err();
        world.zone.clear_faults();
        let lines = trail(&world);
        let last = lines
            .iter()
            .rfind(|line| line["kind"] == "outcome")
            .unwrap();
        let seen = json!([last["outcome"], last["code"], last["status"]]);
        assert_eq!(seen, expected);
    }
}

fn status(status: u16) -> Effect {
    Effect::json(
        status,
        &json!({"message": "hunter2-of-make", "code": "IM000"}),
    )
}

#[tokio::test]
async fn a_cancelled_change_that_did_not_leave_says_so() {
    let world = World::new().await;
    let session = world.sure();
    let limited = Effect::RateLimited {
        plain: false,
        retry_after: Some(5),
    };
    world.zone.inject(Fault::new(limited).times(1));
    let mut outcomes = Vec::new();
    for tool in ["connections_get", "connections_verify"] {
        let cancelled = tokio::time::sleep(std::time::Duration::from_millis(300));
        let arguments = json!({"connectionId": 101}).as_object().unwrap().clone();
        outcomes.push(
            session
                .call(tool, arguments, CallContext::default(), cancelled)
                .await,
        );
    }
    assert!(outcomes.iter().all(|o| matches!(o, Outcome::Cancelled)));
    let lines = trail(&world);
    let kinds: Vec<_> = lines
        .iter()
        .map(|line| json!([line["kind"], line["outcome"]]))
        .collect();
    assert_eq!(
        kinds,
        [
            json!(["call", "cancelled"]),
            json!(["intent", null]),
            json!(["outcome", "cancelled"]),
        ]
    );
}

/// Every tool with arguments of three kinds: of what the agent says, only ids are in the trail.
#[tokio::test]
async fn no_argument_and_nothing_of_make_is_in_the_trail() {
    let world = World::new().await;
    let session = world.with(With {
        confirmation: make_credentials_mcp::grants::Confirmation::Never,
        allow_plaintext: true,
        ..With::default()
    });
    let marked = |value: &mut Value| mark(value);
    for entry in ALL.iter() {
        if entry.spec.effect == make_credentials_mcp::grants::Effect::Await {
            continue;
        }
        for arguments in [least(entry), most(entry), working(entry)] {
            let mut arguments = Value::Object(arguments);
            marked(&mut arguments);
            let _either = call(&session, entry.spec.name, arguments).await;
        }
    }
    let text = std::fs::read_to_string(world.home.join("audit.jsonl")).unwrap();
    for secret in [
        "hunter2",
        make_credentials_mcp::sandbox::CANARY,
        world.zone.operator_token(),
        "Google",
        "message",
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
    assert!(trail(&world).len() > ALL.len() * 2);
    assert_verifies(&world).await;
    let kept = Kept {
        changes: 0,
        generation: 0,
        ..super::kept(0, None)
    };
    let trail = Trail::at(Some(world.home.clone()), key());
    let (_, report) = trail.verify(Some(kept)).await.unwrap();
    assert!(!report.holds(), "a state that knows nothing is older");
}

/// Puts a marker into every text that is not an id.
fn mark(value: &mut Value) {
    match value {
        Value::String(text) if text.contains(' ') => text.push_str(" hunter2"),
        Value::Object(map) => {
            for (name, value) in map {
                if ["name", "description", "comment", "title", "label"].contains(&name.as_str()) {
                    *value = json!("hunter2");
                } else {
                    mark(value);
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(mark),
        _ => {}
    }
}

/// A token that an agent passes where an id belongs is taken out.
#[tokio::test]
async fn a_token_in_the_place_of_an_id_is_redacted() {
    let world = World::new().await;
    let token = world.zone.operator_token().to_owned();
    let arguments = json!({"requestId": token});
    let _not_there = call(&world.sure(), "credential_requests_get", arguments).await;
    let text = std::fs::read_to_string(world.home.join("audit.jsonl")).unwrap();
    assert!(!text.contains(&token), "{text}");
    assert!(text.contains("\"requestId\":\"[redacted]\""), "{text}");
}
