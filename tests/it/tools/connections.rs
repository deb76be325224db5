//! The connection tools.

use make_credentials_mcp::grants::Access;
use make_credentials_mcp::sandbox::{Effect, Fault, Options};
use make_credentials_mcp::tools::{Code, Session};
use serde_json::{Value, json};

use crate::world::{With, World, call};

fn ids(rows: &Value) -> Vec<u64> {
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_u64().unwrap())
        .collect()
}

fn answered(status: u16, body: &Value) -> Effect {
    Effect::json(status, &body)
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
    // Make says yes of every type that was not asked about, which is no answer.
    for scopes in [
        json!({"google": [drive]}),
        json!({"google": []}),
        json!({"nosuch": [drive]}),
    ] {
        let arguments =
            json!({"teamId": 22, "scopes": scopes, "fields": ["accountName", "scoped"]});
        let answer = call(&world.session(), "connections_list", arguments)
            .await
            .unwrap();
        for row in answer["connections"].as_array().unwrap() {
            let is_asked = row["accountName"] == "google" && scopes["google"][0] == drive;
            assert_eq!(row["scoped"].is_boolean(), is_asked, "{row}");
        }
    }
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
    assert_eq!(failure.code, Code::NotFound);
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
async fn what_find_reusable_advises_can_be_done() {
    let world = World::new().await;
    let find = async |session: &Session, team: u64, kind: &str, scopes: &Value| {
        let arguments = json!({"teamId": team, "type": kind, "scopes": scopes});
        call(session, "connections_find_reusable", arguments)
            .await
            .unwrap()
    };
    let session = world.session();
    let advice = |answer: &Value| answer["next"].as_str().unwrap().to_owned();
    // Made, and nobody has signed in yet.
    let new = json!({"teamId": 23, "name": "New", "accountName": "google", "data": {}});
    call(&session, "connections_create", new).await.unwrap();
    let answer = find(&session, 23, "google", &json!([])).await;
    assert_eq!(answer["candidates"][0]["fit"], "doubtful", "{answer}");
    assert_eq!(
        answer["candidates"][0]["why"][0],
        "nobody seems to have signed in to it"
    );
    assert!(
        advice(&answer).contains("credential_requests_create"),
        "{answer}"
    );
    // A connection without scopes takes no more of them.
    let answer = find(&session, 22, "airtable2", &json!(["x"])).await;
    assert!(!advice(&answer).contains("extend"), "{answer}");
    // One that lacks a scope does.
    let drive = json!(["https://www.googleapis.com/auth/drive"]);
    let answer = find(&session, 22, "google", &drive).await;
    assert_eq!(answer["candidates"][0]["fit"], "doubtful", "{answer}");
    assert!(
        advice(&answer).contains("credential_requests_extend_connection"),
        "{answer}"
    );
    // Who may not test is not told to.
    let reader = world.with(With {
        access: Access::Read,
        ..With::default()
    });
    let answer = find(&reader, 22, "google", &json!([])).await;
    assert_eq!(answer["candidates"][0]["fit"], "good");
    assert_eq!(
        advice(&answer),
        "Use connectionId 101. It was not tested; this agent cannot."
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
        answer["connection"].get("scoped").is_none(),
        "nobody has granted anything"
    );
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
    let hidden = session.scrubber().clean_foreign("echo sk-live-123456");
    assert_eq!(hidden.as_deref(), Some("echo [redacted]"));
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
        json!({"renamed": true, "dataReplaced": "unknown"})
    );
    assert!(
        failure.message.starts_with("The name was changed; whether"),
        "{}",
        failure.message
    );
}

#[tokio::test]
async fn update_says_of_each_half_what_became_of_it() {
    let refused = |status| answered(status, &json!({"code": "IM005", "message": "No."}));
    let lost = || Effect::CommitThenClose;
    let (rename, data) = (
        ("PATCH", "/connections/104"),
        ("POST", "/connections/104/set-data"),
    );
    for (at, effect, code, details) in [
        (
            rename,
            refused(400),
            Code::Rejected,
            json!({"renamed": false, "dataReplaced": false}),
        ),
        (
            rename,
            lost(),
            Code::OutcomeUnknown,
            json!({"renamed": "unknown", "dataReplaced": false, "now": {"name": "N"}}),
        ),
        (
            data,
            refused(400),
            Code::Rejected,
            json!({"renamed": true, "dataReplaced": false}),
        ),
        (
            data,
            lost(),
            Code::OutcomeUnknown,
            json!({"renamed": true, "dataReplaced": "unknown"}),
        ),
    ] {
        let world = World::new().await;
        world.zone.inject(Fault::new(effect).on(at.0, at.1));
        let arguments = json!({"connectionId": 104, "name": "N", "data": {"url": "https://b.example", "apiKey": null}});
        let failure = call(&world.sure(), "connections_update", arguments)
            .await
            .unwrap_err();
        assert_eq!(
            (failure.code, failure.details),
            (code, Some(details)),
            "{at:?}"
        );
        let sent = world
            .sent()
            .iter()
            .filter(|line| line.contains("set-data"))
            .count();
        assert_eq!(sent, usize::from(at == data), "{at:?}");
    }
    // A rename alone says what the name is now.
    let world = World::new().await;
    world
        .zone
        .inject(Fault::new(Effect::CloseBeforeAnswer).on("PATCH", "/connections/104"));
    let arguments = json!({"connectionId": 104, "name": "N"});
    let failure = call(&world.sure(), "connections_update", arguments)
        .await
        .unwrap_err();
    let now = failure.details.unwrap()["now"]["name"].clone();
    assert!(now.is_string() && now != "N", "{now}");
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
    // Make's refusal of the token says nothing but that, with a code or without one.
    for (status, body, code) in [
        (
            401,
            json!({"message": "Unauthorized."}),
            Code::MakeRefusedUs,
        ),
        (
            403,
            json!({"detail": "Access denied.", "message": "Permission denied"}),
            Code::Forbidden,
        ),
    ] {
        let refusal = answered(status, &body);
        world.zone.inject(
            Fault::new(refusal)
                .on("POST", "/connections/101/test")
                .times(1),
        );
        assert_eq!(verify(101).await.unwrap_err().code, code);
    }
    let of_provider = answered(
        401,
        &json!({"message": "Access denied: Invalid token header."}),
    );
    world.zone.inject(
        Fault::new(of_provider)
            .on("POST", "/connections/101/test")
            .times(1),
    );
    assert_eq!(verify(101).await.unwrap()["verified"], false);
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
    let failure = call(&sure, "connections_delete", json!({"connectionId": 104}))
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::WouldBreak);
    assert_eq!(failure.details.unwrap()["dependents"][0]["id"], 502);
    assert_eq!(world.sent(), ["DELETE /connections/104"]);
    let arguments = json!({"connectionId": 104, "evenIfUsed": true});
    let answer = call(&sure, "connections_delete", arguments).await.unwrap();
    assert_eq!(answer["deleted"], true);
    assert_eq!(answer["broke"][0]["id"], 502);
    assert_eq!(world.sent()[2], "DELETE /connections/104?confirmed=true");
}

#[tokio::test]
async fn delete_of_one_with_a_webhook_says_what_has_to_go_first() {
    let world = World::new().await;
    let arguments = json!({"connectionId": 103, "evenIfUsed": true});
    let failure = call(&world.sure(), "connections_delete", arguments)
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::Rejected);
    let said = failure.make.unwrap();
    assert_eq!(
        (&said["status"], &said["code"]),
        (&json!(400), &json!("IM016"))
    );
    assert!(said["message"].as_str().unwrap().contains("webhook first"));
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
    assert_eq!(failure.code, Code::NotFound);
    assert_eq!(
        world.sent(),
        [
            "GET /connections/201",
            "GET /users/me/current-authorization"
        ]
    );
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
        world.sent()[2..],
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

/// Who may not use a connection sees its admins alone, so an absent member tells nothing.
#[tokio::test]
async fn a_lost_removal_is_believed_only_where_the_list_shows_members() {
    let lost = Fault::new(Effect::CloseBeforeAnswer).on("DELETE", "/teams");
    let member =
        |id: u64, role: &str| json!({"membershipType": "user", "membershipId": id, "role": role});
    let (admin, plain) = ("entity:entity-admin", "entity:entity-member");
    for (list, is_believed) in [
        (vec![member(900, admin)], false),
        (vec![member(900, admin), member(901, plain)], true),
        (vec![member(7, admin)], true),
        (vec![member(8, plain), member(901, plain)], false),
    ] {
        let world = World::of(Options {
            locked_connections: true,
            ..Options::default()
        })
        .await;
        world.zone.inject(lost.clone());
        let shown = answered(200, &json!({"accessList": list}));
        world.zone.inject(Fault::new(shown).on("GET", "/teams"));
        let arguments = json!({"connectionId": 101, "userId": 8});
        let result = call(&world.sure(), "connections_remove_access", arguments).await;
        assert_eq!(result.is_ok(), is_believed, "{list:?}: {result:?}");
        if let Err(failure) = result {
            assert_eq!(failure.code, Code::OutcomeUnknown);
        }
    }
}

#[tokio::test]
async fn what_update_says_was_emptied_was() {
    let world = World::new().await;
    let empty = json!({"connectionId": 104, "data": {"url": "https://b.example", "apiKey": ""}});
    let answer = call(&world.sure(), "connections_update", empty.clone())
        .await
        .unwrap();
    assert_eq!(answer["emptied"], json!(["apiKey"]));
    let kept = Effect::json(200, &json!({"changed": false}));
    world
        .zone
        .inject(Fault::new(kept).on("POST", "/connections"));
    let answer = call(&world.sure(), "connections_update", empty)
        .await
        .unwrap();
    assert_eq!(answer["dataReplaced"], false);
    assert!(answer.get("emptied").is_none(), "{answer}");
    assert!(
        answer["next"].as_str().unwrap().contains("kept"),
        "{answer}"
    );
}

#[tokio::test]
async fn find_reusable_takes_a_type_as_modules_write_it() {
    let world = World::new().await;
    let find = |of: &str| json!({"teamId": 22, "type": of});
    let session = world.session();
    let plain = call(&session, "connections_find_reusable", find("google")).await;
    let written = call(
        &session,
        "connections_find_reusable",
        find("account:google"),
    )
    .await;
    let plain = plain.unwrap();
    assert_eq!(plain, written.unwrap());
    assert_eq!(plain["candidates"][0]["id"], 101);
}
