//! The connection tools.

use make_credentials_mcp::sandbox::{Effect, Fault, Options};
use make_credentials_mcp::tools::{Code, Verdict};
use serde_json::{Value, json};

use crate::world::{With, World, call};

fn ids(rows: &Value) -> Vec<u64> {
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn list_asks_for_one_team_and_never_shows_another() {
    let world = World::new().await;
    let answer = call(&world.bound(&[22]), "connections_list", json!({}))
        .await
        .unwrap();
    assert_eq!(
        ids(&answer["connections"]),
        [104, 102, 101, 106, 107, 105, 103]
    );
    assert_eq!(world.sent(), ["GET /connections?teamId=22"]);
    let failure = call(
        &world.bound(&[22]),
        "connections_list",
        json!({"teamId": 23}),
    )
    .await
    .unwrap_err();
    assert_eq!(failure.code, Code::NotGranted);
    assert_eq!(world.sent().len(), 1, "a refused call sends nothing");
}

#[tokio::test]
async fn an_agent_of_two_teams_is_told_which() {
    let world = World::new().await;
    let failure = call(&world.bound(&[22, 23]), "connections_list", json!({}))
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::InvalidArguments);
    assert!(failure.message.contains("22, 23"), "{}", failure.message);
}

#[tokio::test]
async fn list_filters_by_type_and_asks_about_scopes() {
    let world = World::new().await;
    let drive = "https://www.googleapis.com/auth/drive.readonly";
    let arguments = json!({"teamId": 22, "type": "google", "scopes": {"google": [drive]}, "fields": ["id", "scoped"]});
    let answer = call(&world.session(), "connections_list", arguments)
        .await
        .unwrap();
    assert_eq!(answer["connections"][0], json!({"id": 101, "scoped": true}));
    let sent = world.sent();
    assert_eq!(sent.len(), 1);
    assert!(
        sent[0].contains("type%5B%5D=google&google%5B%5D=https%3A%2F%2Fwww"),
        "{sent:?}"
    );
}

#[tokio::test]
async fn a_type_cannot_become_another_parameter_of_make() {
    let world = World::new().await;
    for bad in ["teamId", "cols", "a&b", "", "a b"] {
        let arguments = json!({"teamId": 22, "scopes": {bad: ["x"]}});
        let failure = call(&world.session(), "connections_list", arguments)
            .await
            .unwrap_err();
        assert_eq!(failure.code, Code::InvalidArguments, "{bad}");
    }
    assert!(world.sent().is_empty());
}

#[tokio::test]
async fn get_keeps_every_digit_and_refuses_foreign_teams() {
    let world = World::new().await;
    let answer = call(
        &world.session(),
        "connections_get",
        json!({"connectionId": "102"}),
    )
    .await
    .unwrap();
    let uid = answer["connection"]["uid"].as_str().unwrap();
    assert_eq!(uid.len(), 21, "{uid}");
    assert!(uid.bytes().all(|b| b.is_ascii_digit()));
    let failure = call(
        &world.bound(&[23]),
        "connections_get",
        json!({"connectionId": 102}),
    )
    .await
    .unwrap_err();
    assert_eq!(failure.code, Code::NotGranted);
    assert!(!failure.message.contains("22"), "{}", failure.message);
    let failure = call(
        &world.session(),
        "connections_get",
        json!({"connectionId": 999}),
    )
    .await
    .unwrap_err();
    assert_eq!(failure.code, Code::NotFound);
    assert_eq!(failure.make.unwrap()["code"], "IM304");
}

#[tokio::test]
async fn find_reusable_puts_the_fitting_one_first_and_says_why() {
    let world = World::new().await;
    let answer = call(
        &world.session(),
        "connections_find_reusable",
        json!({"teamId": 22, "type": "google", "scopes": ["https://www.googleapis.com/auth/drive.readonly"]}),
    )
    .await
    .unwrap();
    assert_eq!(ids(&answer["candidates"]), [101, 105]);
    assert_eq!(answer["candidates"][0]["fit"], "good");
    assert!(
        answer["candidates"][1]["why"]
            .as_array()
            .unwrap()
            .contains(&json!("expired"))
    );
    assert_eq!(
        answer["next"],
        "connections_verify with connectionId 101 before relying on it."
    );
    let answer = call(
        &world.session(),
        "connections_find_reusable",
        json!({"teamId": 23, "type": "slack2"}),
    )
    .await
    .unwrap();
    assert_eq!(ids(&answer["candidates"]), [201], "slack3 is of the family");
    let none = call(
        &world.session(),
        "connections_find_reusable",
        json!({"teamId": 23, "type": "google"}),
    )
    .await
    .unwrap();
    assert!(
        none["next"]
            .as_str()
            .unwrap()
            .contains("credential_requests_create_by_credentials")
    );
}

#[tokio::test]
async fn create_swaps_name_and_type_and_passes_scopes_on() {
    let world = World::new().await;
    let arguments = json!({"teamId": 22, "name": "New", "accountName": "google", "scope": ["s1"], "data": {"url": "https://a.example"}});
    let answer = call(&world.session(), "connections_create", arguments)
        .await
        .unwrap();
    assert_eq!(answer["connection"]["name"], "New");
    assert_eq!(answer["needsSignIn"], true);
    assert!(
        answer["next"]
            .as_str()
            .unwrap()
            .contains("until a person signs in")
    );
    assert_eq!(world.sent(), ["POST /connections?teamId=22"]);
    assert_eq!(
        world.last_body(),
        json!({"accountName": "New", "accountType": "google", "scopes": ["s1"], "url": "https://a.example"})
    );
}

#[tokio::test]
async fn create_refuses_secrets_unless_allowed_and_then_hides_them() {
    let world = World::new().await;
    let arguments = json!({"teamId": 22, "name": "N", "accountName": "make", "data": {"apiKey": "sk-live-123456", "url": "https://a.example"}});
    let failure = call(&world.session(), "connections_create", arguments.clone())
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::PlaintextSecretRefused);
    assert_eq!(failure.details.unwrap(), json!({"fields": ["apiKey"]}));
    assert!(world.sent().is_empty());
    let session = world.with(With {
        allow_plaintext: true,
        ..With::default()
    });
    call(&session, "connections_create", arguments)
        .await
        .unwrap();
    assert!(session.scrubber().finds(b"echo sk-live-123456"));
    let failure = call(
        &session,
        "connections_create",
        json!({"teamId": 22, "name": "N", "accountName": "make", "data": {"accountType": "x"}}),
    )
    .await
    .unwrap_err();
    assert_eq!(failure.code, Code::InvalidArguments);
}

#[tokio::test]
async fn a_lost_create_is_not_repeated_and_its_candidates_are_named() {
    let world = World::new().await;
    world.zone.inject(
        Fault::new(Effect::CommitThenClose)
            .on("POST", "/connections")
            .times(1),
    );
    let arguments = json!({"teamId": 22, "name": "Lost", "accountName": "google"});
    let failure = call(&world.session(), "connections_create", arguments)
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::OutcomeUnknown);
    assert!(!failure.retryable);
    assert_eq!(failure.details.unwrap()["candidates"][0]["name"], "Lost");
    let posts = world
        .sent()
        .iter()
        .filter(|line| line.starts_with("POST"))
        .count();
    assert_eq!(posts, 1);
}

#[tokio::test]
async fn update_needs_something_to_change() {
    let world = World::new().await;
    let failure = call(
        &world.sure(),
        "connections_update",
        json!({"connectionId": 104}),
    )
    .await
    .unwrap_err();
    assert_eq!(failure.code, Code::InvalidArguments);
    assert!(world.sent().is_empty());
}

#[tokio::test]
async fn update_renames_without_consent_and_replaces_data_only_with_it() {
    let world = World::new().await;
    let rename = json!({"connectionId": 104, "name": "Renamed"});
    let answer = call(&world.session(), "connections_update", rename)
        .await
        .unwrap();
    assert_eq!(answer["renamed"], true);
    assert_eq!(world.sent(), ["PATCH /connections/104"]);
    let replace =
        json!({"connectionId": 104, "data": {"url": "https://b.example", "apiKey": null}});
    let failure = call(&world.session(), "connections_update", replace.clone())
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::ConfirmationRequired);
    let sent = world.sent();
    let changes = sent.iter().filter(|line| !line.starts_with("GET "));
    assert_eq!(changes.count(), 1, "nothing more was changed: {sent:?}");
    let answer = call(&world.sure(), "connections_update", replace)
        .await
        .unwrap();
    assert_eq!(answer["dataReplaced"], true);
    assert_eq!(answer["emptied"], json!(["apiKey"]));
    assert_eq!(world.last_body(), json!({"url": "https://b.example"}));
}

#[tokio::test]
async fn update_names_fields_it_would_empty_and_refuses_marks_and_unknown_fields() {
    let world = World::new().await;
    let sure = world.sure();
    for (data, code) in [
        (json!({"url": "https://b.example"}), Code::WouldBreak),
        (
            json!({"url": "https://b.example", "apiKey": "***"}),
            Code::InvalidArguments,
        ),
        (
            json!({"url": "https://b.example", "apiKey": null, "other": 1}),
            Code::InvalidArguments,
        ),
        (
            json!({"url": "https://b.example", "apiKey": "sk-1"}),
            Code::PlaintextSecretRefused,
        ),
    ] {
        let arguments = json!({"connectionId": 104, "name": "N", "data": data});
        let failure = call(&sure, "connections_update", arguments)
            .await
            .unwrap_err();
        assert_eq!(failure.code, code, "{data}");
    }
    assert!(
        world.sent().iter().all(|line| line.starts_with("GET")),
        "{:?}",
        world.sent()
    );
}

#[tokio::test]
async fn update_says_when_only_the_name_was_changed() {
    let world = World::new().await;
    world
        .zone
        .inject(Fault::new(Effect::CloseBeforeAnswer).on("POST", "/connections/104/set-data"));
    let arguments = json!({"connectionId": 104, "name": "N", "data": {"url": "https://b.example", "apiKey": null}});
    let failure = call(&world.sure(), "connections_update", arguments)
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::OutcomeUnknown);
    assert_eq!(
        failure.details.unwrap(),
        json!({"renamed": true, "dataReplaced": false})
    );
}

#[tokio::test]
async fn verify_tells_the_providers_refusal_from_makes_own() {
    let world = World::new().await;
    let session = world.session();
    let verify = |id: u64| call(&session, "connections_verify", json!({"connectionId": id}));
    assert_eq!(verify(101).await.unwrap()["verified"], true);
    assert_eq!(verify(107).await.unwrap()["verified"], false);
    let refused = verify(106).await.unwrap();
    assert_eq!(refused["verified"], false);
    assert!(refused["providerMessage"].is_string());
    world
        .zone
        .inject(Fault::new(Effect::RevokeToken).on("POST", "/connections/101/test"));
    assert_eq!(verify(101).await.unwrap_err().code, Code::MakeRefusedUs);
}

#[tokio::test]
async fn check_scopes_answers_yes_or_no() {
    let world = World::new().await;
    let arguments = json!({"connectionId": 101, "scopes": ["https://mail.google.com/"]});
    let answer = call(&world.session(), "connections_check_scopes", arguments)
        .await
        .unwrap();
    assert_eq!(answer["scoped"], false);
    assert!(
        answer["next"]
            .as_str()
            .unwrap()
            .contains("credential_requests_extend_connection")
    );
    assert_eq!(
        world.last_body(),
        json!({"scope": ["https://mail.google.com/"]})
    );
}

#[tokio::test]
async fn delete_never_leaves_without_consent() {
    let world = World::new().await;
    let failure = call(
        &world.session(),
        "connections_delete",
        json!({"connectionId": 203}),
    )
    .await
    .unwrap_err();
    assert_eq!(failure.code, Code::ConfirmationRequired);
    // What would happen is found out by reads alone.
    let sent = world.sent();
    assert!(sent.iter().all(|line| line.starts_with("GET ")), "{sent:?}");
}

#[tokio::test]
async fn delete_of_one_in_use_names_the_scenarios_first() {
    let world = World::new().await;
    let sure = world.sure();
    let failure = call(&sure, "connections_delete", json!({"connectionId": 103}))
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::WouldBreak);
    assert_eq!(failure.details.unwrap()["dependents"][0]["id"], 501);
    assert_eq!(world.sent(), ["DELETE /connections/103"]);
    let arguments = json!({"connectionId": 103, "evenIfUsed": true});
    let answer = call(&sure, "connections_delete", arguments).await.unwrap();
    assert_eq!(answer["deleted"], true);
    assert_eq!(answer["broke"][0]["id"], 501);
    assert_eq!(world.sent()[2], "DELETE /connections/103?confirmed=true");
}

#[tokio::test]
async fn a_lost_delete_is_looked_up_and_not_repeated() {
    let world = World::new().await;
    world.zone.inject(
        Fault::new(Effect::CommitThenClose)
            .on("DELETE", "/connections/203")
            .times(1),
    );
    let answer = call(
        &world.sure(),
        "connections_delete",
        json!({"connectionId": 203}),
    )
    .await
    .unwrap();
    assert_eq!(answer["deleted"], true);
    assert_eq!(
        world.sent(),
        ["DELETE /connections/203", "GET /connections/203"]
    );
    let failure = call(
        &world.sure(),
        "connections_delete",
        json!({"connectionId": 203}),
    )
    .await
    .unwrap_err();
    assert_eq!(
        failure.code,
        Code::NotFound,
        "not there is a success only after our own delete"
    );
}

#[tokio::test]
async fn an_agent_of_teams_looks_the_owner_up_before_it_changes_anything() {
    let world = World::new().await;
    let session = world.bound(&[22]);
    let failure = call(
        &session,
        "connections_update",
        json!({"connectionId": 201, "name": "Mine"}),
    )
    .await
    .unwrap_err();
    assert_eq!(failure.code, Code::NotGranted);
    assert_eq!(world.sent(), ["GET /connections/201"]);
    call(
        &session,
        "connections_update",
        json!({"connectionId": 101, "name": "A"}),
    )
    .await
    .unwrap();
    call(
        &session,
        "connections_update",
        json!({"connectionId": 101, "name": "B"}),
    )
    .await
    .unwrap();
    assert_eq!(
        world.sent()[1..],
        [
            "GET /connections/101",
            "PATCH /connections/101",
            "PATCH /connections/101"
        ],
        "looked up once"
    );
}

#[tokio::test]
async fn the_access_list_is_gated_by_the_plan() {
    let world = World::new().await;
    let failure = call(
        &world.session(),
        "connections_list_access",
        json!({"connectionId": 101}),
    )
    .await
    .unwrap_err();
    assert_eq!(failure.code, Code::PlanGate);
    assert_eq!(failure.make.unwrap()["code"], "IM903");
}

#[tokio::test]
async fn the_access_list_is_read_changed_and_emptied_but_for_the_last_admin() {
    let world = World::of(Options {
        locked_connections: true,
        ..Options::default()
    })
    .await;
    let session = world.sure();
    let set = |user: u64, role: &str| {
        let role = format!("entity:entity-{role}");
        let session = session.clone();
        async move {
            let arguments = json!({"connectionId": 101, "userId": user, "role": role});
            call(&session, "connections_set_access", arguments).await
        }
    };
    assert_eq!(set(8, "member").await.unwrap()["added"], true);
    assert_eq!(set(8, "admin").await.unwrap()["added"], false);
    let list = call(
        &session,
        "connections_list_access",
        json!({"connectionId": 101}),
    )
    .await
    .unwrap();
    let found = list["accessList"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["membershipId"] == 8)
        .unwrap();
    assert_eq!(found["role"], "entity:entity-admin");
    let remove = json!({"connectionId": 101, "userId": 8});
    assert_eq!(
        call(
            &world.session(),
            "connections_remove_access",
            remove.clone()
        )
        .await
        .unwrap_err()
        .code,
        Code::ConfirmationRequired
    );
    assert_eq!(
        call(&session, "connections_remove_access", remove)
            .await
            .unwrap()["removed"],
        true
    );
    assert_eq!(
        set(8, "owner").await.unwrap_err().code,
        Code::InvalidArguments
    );
}

#[tokio::test]
async fn a_missing_scope_is_found_and_named() {
    let world = World::new().await;
    let token = world.zone.issue_token("reader", &["connections:read"]);
    let session = world.with(With {
        token: Some(token),
        ..With::default()
    });
    let failure = call(&session, "connections_verify", json!({"connectionId": 101}))
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::Forbidden);
    let scope = failure
        .causes
        .iter()
        .find(|cause| cause.cause == "missing_scope")
        .unwrap();
    assert_eq!(scope.verdict, Verdict::Found);
    assert!(
        failure.message.contains("connections:write"),
        "{}",
        failure.message
    );
    let calls = world.sent().len();
    call(&session, "connections_verify", json!({"connectionId": 101}))
        .await
        .unwrap_err();
    // Organizations cannot be read with this token, so that question is asked again.
    assert!(world.sent().len() <= calls + 2, "{:?}", world.sent());
}

#[tokio::test]
async fn no_membership_is_found_and_other_zones_are_never_tried() {
    let world = World::new().await;
    let failure = call(&world.session(), "connections_list", json!({"teamId": 31}))
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::Forbidden);
    let verdict = |name: &str| {
        failure
            .causes
            .iter()
            .find(|c| c.cause == name)
            .unwrap()
            .verdict
    };
    assert_eq!(verdict("missing_scope"), Verdict::RuledOut);
    assert_eq!(verdict("not_a_member"), Verdict::Found);
    assert_eq!(verdict("role"), Verdict::Possible);
}
