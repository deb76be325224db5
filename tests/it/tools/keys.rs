//! The key tools.

use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::tools::Code;
use serde_json::json;

use crate::world::{With, World, call};

#[tokio::test]
async fn list_and_get_ask_for_the_type_and_refuse_foreign_teams() {
    let world = World::new().await;
    let answer = call(&world.session(), "keys_list", json!({"teamId": 22}))
        .await
        .unwrap();
    assert_eq!(answer["keys"][0]["typeName"], "basicauth");
    assert_eq!(world.sent(), ["GET /keys?teamId=22"]);
    let key = call(&world.bound(&[22]), "keys_get", json!({"keyId": 401}))
        .await
        .unwrap();
    assert_eq!(key["key"]["typeName"], "basicauth");
    for (tool, arguments, code) in [
        ("keys_get", json!({"keyId": 403}), Code::NotFound),
        ("keys_list", json!({"teamId": 23}), Code::NotGranted),
    ] {
        let failure = call(&world.bound(&[22]), tool, arguments)
            .await
            .unwrap_err();
        assert_eq!(failure.code, code, "{tool}");
    }
}

#[tokio::test]
async fn types_are_asked_from_make_and_remembered() {
    let world = World::new().await;
    let session = world.session();
    let all = call(&session, "keys_list_types", json!({"fields": ["name"]}))
        .await
        .unwrap();
    let names: Vec<&str> = all["keysTypes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| kind["name"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"basicauth") && names.contains(&"quantum-seal"),
        "{names:?}"
    );
    let one = call(
        &session,
        "keys_list_types",
        json!({"typeName": "apikeyauth"}),
    )
    .await
    .unwrap();
    assert_eq!(one["keysTypes"].as_array().unwrap().len(), 1);
    assert_eq!(world.sent(), ["GET /keys/types"]);
}

#[tokio::test]
async fn create_takes_plain_parameters_and_refuses_secrets() {
    let world = World::new().await;
    let key = |parameters| json!({"teamId": 22, "name": "K", "typeName": "basicauth", "parameters": parameters});
    let made = call(
        &world.session(),
        "keys_create",
        key(json!({"authUser": "jane"})),
    )
    .await
    .unwrap();
    assert_eq!(made["key"]["name"], "K");
    assert!(made["next"].is_string());
    assert_eq!(
        world.last_body(),
        json!({"teamId": 22, "name": "K", "typeName": "basicauth", "parameters": {"authUser": "jane"}})
    );
    world.zone.clear_requests();
    for parameters in [
        json!({"authPass": "x"}),
        json!({"authUser": {"a": "b"}}),
        json!({"new": "x"}),
    ] {
        let failure = call(&world.session(), "keys_create", key(parameters))
            .await
            .unwrap_err();
        assert_eq!(failure.code, Code::PlaintextSecretRefused);
    }
    let unknown = json!({"teamId": 22, "name": "K", "typeName": "nobody-knows", "parameters": {"authUser": "x"}});
    let failure = call(&world.session(), "keys_create", unknown)
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::InvalidArguments);
    assert!(failure.message.contains("typeName"), "{}", failure.message);
    assert!(
        world.sent().iter().all(|line| line == "GET /keys/types"),
        "{:?}",
        world.sent()
    );
}

#[tokio::test]
async fn a_lost_create_names_its_candidates() {
    let world = World::new().await;
    world.zone.inject(
        Fault::new(Effect::CommitThenStatus { status: 502 })
            .on("POST", "/keys")
            .times(1),
    );
    let arguments =
        json!({"teamId": 22, "name": "Lost", "typeName": "basicauth", "parameters": {}});
    let failure = call(&world.session(), "keys_create", arguments)
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::OutcomeUnknown);
    assert_eq!(failure.details.unwrap()["candidates"][0]["name"], "Lost");
}

#[tokio::test]
async fn update_renames_freely_and_replaces_parameters_with_consent() {
    let world = World::new().await;
    let answer = call(
        &world.session(),
        "keys_update",
        json!({"keyId": 401, "name": "R"}),
    )
    .await
    .unwrap();
    assert_eq!(answer["key"]["name"], "R");
    assert_eq!(world.last_body(), json!({"name": "R"}));
    let replace = json!({"keyId": 401, "parameters": {"authUser": "bob"}});
    let failure = call(&world.session(), "keys_update", replace.clone())
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::ConfirmationRequired);
    call(&world.sure(), "keys_update", replace).await.unwrap();
    assert_eq!(
        world.last_body(),
        json!({"parameters": {"authUser": "bob"}})
    );
    for (parameters, code) in [
        (json!({"authPass": "hunter2"}), Code::PlaintextSecretRefused),
        (json!({"authPass": "****"}), Code::InvalidArguments),
        (json!({}), Code::InvalidArguments),
    ] {
        let arguments = json!({"keyId": 401, "parameters": parameters});
        assert_eq!(
            call(&world.sure(), "keys_update", arguments)
                .await
                .unwrap_err()
                .code,
            code
        );
    }
    let nothing = call(&world.sure(), "keys_update", json!({"keyId": 401}))
        .await
        .unwrap_err();
    assert_eq!(nothing.code, Code::InvalidArguments);
}

#[tokio::test]
async fn delete_is_confirmed_to_make_and_by_a_person() {
    let world = World::new().await;
    let failure = call(&world.session(), "keys_delete", json!({"keyId": 402}))
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::ConfirmationRequired);
    // What would happen is found out by reads alone.
    let sent = world.sent();
    assert!(sent.iter().all(|line| line.starts_with("GET ")), "{sent:?}");
    world.zone.clear_requests();
    let bound = world.with(With {
        teams: Some(vec![22]),
        confirmation: make_credentials_mcp::grants::Confirmation::Never,
        ..With::default()
    });
    let failure = call(&bound, "keys_delete", json!({"keyId": 403}))
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::NotFound);
    assert_eq!(
        world.sent(),
        ["GET /keys/403", "GET /users/me/current-authorization"]
    );
    let answer = call(&world.sure(), "keys_delete", json!({"keyId": 402}))
        .await
        .unwrap();
    // Without its confirmation Make says what uses the key.
    let broke = json!([{"kind": "scenario", "id": 502, "name": "Nightly export"}]);
    assert_eq!(answer["deleted"], true);
    assert_eq!(answer["broke"], broke);
    assert_eq!(
        world.sent()[2..],
        ["DELETE /keys/402", "DELETE /keys/402?confirmed=true"]
    );
}

#[tokio::test]
async fn a_key_is_deleted_where_make_calls_the_missing_flag_a_mistake() {
    let world = World::new().await;
    let refused = Effect::json(
        400,
        &json!({"code": "SC400", "message": "Validation failed"}),
    );
    world
        .zone
        .inject(Fault::new(refused).on("DELETE", "/keys").times(1));
    let answer = call(&world.sure(), "keys_delete", json!({"keyId": 401}))
        .await
        .unwrap();
    assert_eq!(answer, json!({"keyId": 401, "deleted": true}));
    assert_eq!(world.sent()[1], "DELETE /keys/401?confirmed=true");
}

#[tokio::test]
async fn a_key_is_kept_where_make_refuses_for_another_reason() {
    let world = World::new().await;
    let refused = Effect::json(
        400,
        &json!({"code": "IM016", "message": "The key is used by a scenario."}),
    );
    world.zone.inject(Fault::new(refused).on("DELETE", "/keys"));
    let failure = call(&world.sure(), "keys_delete", json!({"keyId": 401}))
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::Rejected);
    assert_eq!(world.sent(), ["DELETE /keys/401"]);
}

#[tokio::test]
async fn what_is_wrong_with_parameters_is_said() {
    let world = World::new().await;
    let empty = json!({"keyId": 401, "parameters": {}});
    let failure = call(&world.sure(), "keys_update", empty).await.unwrap_err();
    assert!(failure.message.contains("is empty"), "{}", failure.message);
    let mark = json!({"keyId": 401, "parameters": {"key": "********"}});
    let failure = call(&world.sure(), "keys_update", mark).await.unwrap_err();
    assert!(failure.message.contains("a mark"), "{}", failure.message);
}
