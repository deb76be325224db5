//! What changes while the first of several requests of a call is under way: the second does not
//! leave.

use std::sync::Arc;
use std::time::Duration;

use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::tools::Failure;
use serde_json::{Value, json};

use super::person::{Meanwhile, asking, changes, options};
use crate::examples::example;
use crate::world::{World, call};

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
    let before = changes(world).len();
    let racing = asking(&session, tool, arguments, nothing);
    let other = async {
        while changes(world).len() == before {
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
async fn a_role_is_not_changed_in_a_connection_that_is_not_the_one_it_was() {
    let world = World::of(options()).await;
    let add = example("connections_set_access", "");
    call(&world.sure(), "connections_set_access", add.clone())
        .await
        .unwrap();
    world.zone.clear_requests();
    // On the list already, so Make refuses to add and the role is what is left to set.
    let refused = racing(
        &world,
        ("connections_set_access", add),
        Fault::new(Effect::CommitThenDelay { ms: 600 }),
        ("POST", "/teams"),
        (
            "connections_update",
            json!({"connectionId": 101, "name": "Another"}),
        ),
    )
    .await
    .unwrap_err();
    assert_eq!(json!(refused.code), "not_confirmed", "{refused:?}");
    assert_eq!(
        changes(&world),
        [
            "POST /teams/22/connections/101/access-list/users",
            "PATCH /connections/101"
        ]
    );
}

#[tokio::test]
async fn a_template_that_was_changed_meanwhile_is_not_replaced_in_the_other_form() {
    let world = World::of(options()).await;
    let body = json!({"message": "Validation failed",
        "suberrors": [{"message": "'scheduling' should be object"}]});
    let refusal = Fault::new(Effect::json(400, &body));
    world
        .zone
        .inject(refusal.on("PATCH", "/templates").times(1));
    let refused = racing(
        &world,
        ("templates_update", example("templates_update", "")),
        Fault::new(Effect::Delay { ms: 600 }),
        ("PATCH", "/templates"),
        (
            "templates_update",
            json!({"templateId": 601, "name": "Another"}),
        ),
    )
    .await
    .unwrap_err();
    assert_eq!(json!(refused.code), "not_confirmed", "{refused:?}");
    assert_eq!(
        changes(&world),
        ["PATCH /templates/601", "PATCH /templates/601"],
        "refused by Make for its form, and the change of the other agent"
    );
}
