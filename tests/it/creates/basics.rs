//! What the same call gets the second time: with a key, without one, from another process, after a
//! failure.

use std::time::Duration;

use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::tools::{ALL, CallContext, Code, Outcome};
use serde_json::{Value, json};

use super::{key, under};
use crate::binary;
use crate::examples::example;
use crate::named::{agent, binding, named};
use crate::world::{With, World, call};

/// The changing requests that arrived.
fn changes(world: &World) -> usize {
    let sent = world.sent();
    sent.iter().filter(|line| !line.starts_with("GET")).count()
}

#[tokio::test]
async fn every_create_gives_the_first_answer_again_or_asks_back() {
    let mut tools = 0;
    for entry in ALL.iter().filter(|entry| entry.makes) {
        let tool = entry.spec.name;
        let world = World::new().await;
        let arguments = example(tool, "");
        let first = call(&world.sure(), tool, under(&arguments, "k"))
            .await
            .unwrap();
        let sent = changes(&world);
        // Another session of the same home: the process is another one.
        let again = call(&world.sure(), tool, under(&arguments, "k"))
            .await
            .unwrap();
        assert_eq!(again, first, "{tool}");
        // Of one for whom a person is asked, before anybody is asked.
        let failure = call(&world.session(), tool, arguments.clone())
            .await
            .unwrap_err();
        assert_eq!(failure.code, Code::PossibleDuplicate, "{tool}");
        let candidate = &failure.details.unwrap()["candidates"][0];
        for (name, value) in candidate.as_object().unwrap() {
            assert_eq!(*value, first[name], "{tool} {name}");
        }
        assert_eq!(changes(&world), sent, "{tool}: nothing may leave");
        let mut other = under(&arguments, "k");
        other["name"] = json!("Another name");
        if entry.schemas().input["properties"].get("name").is_some() {
            let failure = call(&world.sure(), tool, other).await.unwrap_err();
            assert_eq!(failure.code, Code::InvalidArguments, "{tool}");
            assert!(
                failure.message.contains("idempotencyKey"),
                "{}",
                failure.message
            );
        }
        assert_eq!(changes(&world), sent, "{tool}: nothing may leave");
        call(&world.sure(), tool, under(&arguments, "k2"))
            .await
            .unwrap();
        assert!(changes(&world) > sent, "{tool}: a new key is the way past");
        tools += 1;
    }
    assert_eq!(tools, 8);
}

#[tokio::test]
async fn a_key_is_of_one_call_of_one_agent() {
    let world = World::new().await;
    let bot = agent(&world, "bot");
    call(&bot, "keys_create", under(&key("K"), "k"))
        .await
        .unwrap();
    let connection = json!({"teamId": 22, "name": "K", "accountName": "imap"});
    let failure = call(&bot, "connections_create", under(&connection, "k")).await;
    assert_eq!(failure.unwrap_err().code, Code::InvalidArguments);
    // Another agent knows nothing of it.
    call(
        &agent(&world, "other"),
        "keys_create",
        under(&key("K"), "k"),
    )
    .await
    .unwrap();
    // The order of fields and a team that goes without saying make no other call.
    let bound = world.with(With {
        name: "bound",
        teams: Some(vec![22]),
        ..With::default()
    });
    call(&bound, "keys_create", key("K")).await.unwrap();
    let same = json!({"parameters": {"authUser": "jane"}, "typeName": "basicauth", "name": "K"});
    let failure = call(&bound, "keys_create", same).await.unwrap_err();
    assert_eq!(failure.code, Code::PossibleDuplicate);
    call(&bound, "keys_create", key("Other")).await.unwrap();
}

#[tokio::test]
async fn what_is_known_to_have_failed_may_be_tried_again() {
    let world = World::new().await;
    let session = world.session();
    for (number, status) in [400, 401, 403, 404, 424, 429].into_iter().enumerate() {
        let effect = Effect::Status {
            status,
            body: r#"{"message": "no", "code": "IM005"}"#.to_owned(),
            content_type: "application/json".to_owned(),
            headers: vec![("retry-after".to_owned(), "0".to_owned())],
        };
        world
            .zone
            .inject(Fault::new(effect).on("POST", "/keys").times(1));
        let name = format!("K{number}");
        call(&session, "keys_create", under(&key(&name), &name))
            .await
            .unwrap_err();
        call(&session, "keys_create", under(&key(&name), &name))
            .await
            .unwrap();
    }
    // What was refused here has not left either.
    let literal = json!({"teamId": 22, "name": "S", "typeName": "basicauth", "parameters": {"authPass": "x"}});
    for _ in 0..2 {
        let failure = call(&session, "keys_create", literal.clone())
            .await
            .unwrap_err();
        assert_eq!(failure.code, Code::PlaintextSecretRefused);
    }
}

#[tokio::test]
async fn a_cancelled_create_that_never_left_may_be_tried_again() {
    let world = World::new().await;
    let session = world.session();
    let limited = Effect::RateLimited {
        plain: false,
        retry_after: Some(5),
    };
    world
        .zone
        .inject(Fault::new(limited).on("GET", "/connections").times(1));
    let get = json!({"connectionId": 101}).as_object().unwrap().clone();
    // Long enough for the 429 to have come, and a part of what it asks for.
    let soon = tokio::time::sleep(Duration::from_secs(1));
    session
        .call("connections_get", get, CallContext::default(), soon)
        .await;
    let connection = json!({"teamId": 22, "name": "C", "accountName": "imap"});
    let arguments = connection.as_object().unwrap().clone();
    let soon = tokio::time::sleep(Duration::from_millis(100));
    let outcome = session
        .call(
            "connections_create",
            arguments,
            CallContext::default(),
            soon,
        )
        .await;
    assert!(matches!(outcome, Outcome::Cancelled), "{outcome:?}");
    call(&session, "connections_create", connection)
        .await
        .unwrap();
}

#[tokio::test]
async fn of_many_at_once_one_is_made() {
    let world = World::new().await;
    let session = world.session();
    call(&session, "keys_list_types", json!({})).await.unwrap();
    let calls = (0..20).map(|_| call(&session, "keys_create", under(&key("Once"), "k")));
    let answers = futures_util::future::join_all(calls).await;
    let answered: Vec<&Value> = answers
        .iter()
        .filter_map(|answer| answer.as_ref().ok())
        .collect();
    assert!(!answered.is_empty() && answered.iter().all(|answer| *answer == answered[0]));
    for failure in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(failure.code, Code::OutcomeUnknown);
    }
    assert_eq!(changes(&world), 1);
}

#[tokio::test]
async fn an_unknown_outcome_stays_unknown_and_names_what_fits() {
    let world = World::new().await;
    let fault = Fault::new(Effect::CommitThenStatus { status: 502 });
    world.zone.inject(fault.on("POST", "/keys").times(1));
    let first = call(&world.session(), "keys_create", under(&key("Lost"), "k"))
        .await
        .unwrap_err();
    assert_eq!(first.code, Code::OutcomeUnknown);
    for (arguments, code) in [
        (under(&key("Lost"), "k"), Code::OutcomeUnknown),
        (key("Lost"), Code::PossibleDuplicate),
    ] {
        let failure = call(&world.session(), "keys_create", arguments)
            .await
            .unwrap_err();
        assert_eq!(failure.code, code);
        assert_eq!(failure.details.unwrap()["candidates"][0]["name"], "Lost");
    }
    assert_eq!(changes(&world), 1);
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_made() {
    let world = World::new().await;
    let session = world.session();
    call(&session, "keys_create", key("First")).await.unwrap();
    let database = rusqlite::Connection::open(world.home.join("state.db")).unwrap();
    database.execute_batch("DROP TABLE creates").unwrap();
    let failure = call(&session, "keys_create", under(&key("Second"), "k"))
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::AuditUnavailable);
    assert_eq!(changes(&world), 1);
}

#[tokio::test]
async fn what_is_kept_of_a_create_holds_no_secret() {
    let world = World::new().await;
    let secret = "sk-named-4f1c-9d07-e2b8";
    world
        .keep("SHOP", secret, &binding(&["keys_create"], &[]))
        .await;
    let loose = world.with(With {
        name: "bot",
        allow_plaintext: true,
        ..With::default()
    });
    for (number, value) in [json!(secret), named("SHOP")].into_iter().enumerate() {
        // Make calls the key by its value.
        let echo = json!({"key": {"id": 1, "name": format!("K {secret}"), "typeName": "basicauth", "teamId": 22}});
        let effect = Effect::json(200, &echo);
        world
            .zone
            .inject(Fault::new(effect).on("POST", "/keys").times(1));
        let arguments = json!({"teamId": 22, "name": format!("N{number}"), "typeName": "basicauth", "parameters": {"authPass": value}});
        call(
            &loose,
            "keys_create",
            under(&arguments, &format!("{secret}-{number}")),
        )
        .await
        .unwrap();
        let again = call(
            &loose,
            "keys_create",
            under(&arguments, &format!("{secret}-{number}")),
        );
        assert_eq!(again.await.unwrap()["key"]["name"], "K [redacted]");
    }
    for (path, bytes) in binary::files(&world.home) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("9d07"), "{}", path.display());
    }
}
