//! Deleting a request: first without Make's confirmation, so that what would go is known.

use make_credentials_mcp::grants::Confirmation;
use make_credentials_mcp::sandbox::{Effect, Fault, seeded};
use serde_json::{Value, json};

use crate::tools::desk::Desk;

const TOOL: &str = "credential_requests_delete";

fn path(request: &str) -> String {
    format!("/credential-requests/requests/{request}")
}

fn refusal(status: u16) -> Fault {
    let effect = Effect::json(status, &json!({"message": "It has credentials."}));
    Fault::new(effect)
        .on("DELETE", "/credential-requests")
        .times(1)
}

#[tokio::test]
async fn a_request_that_nothing_came_out_of_goes() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    let id = json!({"requestId": seeded::PENDING_REQUEST});
    let answer = desk.answer(TOOL, id.clone()).await;
    assert_eq!(
        answer,
        json!({"deleted": true, "requestId": seeded::PENDING_REQUEST})
    );
    let path = path(seeded::PENDING_REQUEST);
    assert_eq!(
        desk.sent(),
        [format!("GET {path}"), format!("DELETE {path}")]
    );
    let failure = desk.failure(TOOL, id).await;
    assert_eq!(failure["code"], "not_found");
}

#[tokio::test]
async fn what_would_go_is_named_and_nothing_goes_unless_it_is_meant() {
    let desk = Desk::new().await;
    let id = json!({"requestId": seeded::AUTHORIZED_REQUEST});
    let path = path(seeded::AUTHORIZED_REQUEST);
    let failure = desk.failure(TOOL, id.clone()).await;
    assert_eq!(failure["code"], "would_break");
    assert_eq!(failure["details"]["connections"][0]["id"], 102);
    assert_eq!(failure["details"]["connections"][0]["type"], "google-email");
    assert_eq!(failure["details"]["keys"][0]["id"], 402);
    assert!(
        failure["next"]
            .as_str()
            .unwrap()
            .contains("withCredentials")
    );
    assert_eq!(
        desk.sent(),
        [format!("DELETE {path}"), format!("GET {path}/detail")]
    );
    // With another status too: Make does not document which one it is.
    desk.world.zone.inject(refusal(400));
    let failure = desk.failure(TOOL, id.clone()).await;
    assert_eq!(failure["code"], "would_break");

    desk.world.zone.clear_requests();
    let meant = json!({"requestId": seeded::AUTHORIZED_REQUEST, "withCredentials": true});
    let answer = desk.answer(TOOL, meant).await;
    assert_eq!(answer["connectionIds"], json!([102]));
    assert_eq!(answer["keyIds"], json!([402]));
    assert_eq!(
        desk.sent(),
        [
            format!("GET {path}/detail"),
            format!("DELETE {path}?confirmed=true")
        ]
    );
    assert_eq!(desk.world.zone.stored_in_connection(102), None);
}

#[tokio::test]
async fn where_nothing_came_out_of_it_make_is_told_of_no_consent() {
    let desk = Desk::new().await;
    let path = path(seeded::PENDING_REQUEST);
    let meant = json!({"requestId": seeded::PENDING_REQUEST, "withCredentials": true});
    // Then Make refuses by itself if a person signs in just before it arrives.
    let answer = desk.answer(TOOL, meant).await;
    assert_eq!(answer["deleted"], true);
    assert_eq!(
        desk.sent(),
        [format!("GET {path}/detail"), format!("DELETE {path}")]
    );
}

#[tokio::test]
async fn a_refusal_for_another_reason_stays_what_it_is() {
    let desk = Desk::new().await;
    desk.world.zone.inject(refusal(400));
    let failure = desk
        .failure(TOOL, json!({"requestId": seeded::PENDING_REQUEST}))
        .await;
    assert_eq!(failure["code"], "rejected");
    let gone = Fault::new(Effect::EdgeForbidden).on("DELETE", "/credential-requests");
    desk.world.zone.inject(gone);
    let failure = desk
        .failure(TOOL, json!({"requestId": seeded::PENDING_REQUEST}))
        .await;
    assert_eq!(failure["code"], "forbidden");
}

#[tokio::test]
async fn it_needs_a_yes_and_stays_in_the_agents_teams() {
    let desk = Desk::new().await.bound_to(&[seeded::SALES]);
    let failure = desk
        .failure(TOOL, json!({"requestId": seeded::PENDING_REQUEST}))
        .await;
    assert_eq!(failure["code"], "not_found");
    let desk = desk.bound_to(&[seeded::MARKETING]);
    let desk = desk.granted(|grants| grants.confirmation = Confirmation::Ask);
    for with in [json!(true), Value::Null] {
        let arguments = json!({"requestId": seeded::PENDING_REQUEST, "withCredentials": with});
        let failure = desk.failure(TOOL, arguments).await;
        assert_eq!(failure["code"], "confirmation_required");
    }
    assert!(desk.sent().iter().all(|line| line.starts_with("GET")));
}

#[tokio::test]
async fn an_unknown_outcome_is_settled_by_looking() {
    let desk = Desk::new().await;
    let id = json!({"requestId": seeded::PENDING_REQUEST});
    let path = path(seeded::PENDING_REQUEST);
    desk.world.zone.inject(
        Fault::new(Effect::CloseBeforeAnswer)
            .on("DELETE", "/credential-requests")
            .times(1),
    );
    let failure = desk.failure(TOOL, id.clone()).await;
    assert_eq!(failure["code"], "outcome_unknown");
    desk.world.zone.clear_requests();
    desk.world.zone.inject(
        Fault::new(Effect::CommitThenClose)
            .on("DELETE", "/credential-requests")
            .times(1),
    );
    let answer = desk.answer(TOOL, id).await;
    assert_eq!(answer["deleted"], true);
    assert_eq!(
        desk.sent(),
        [format!("DELETE {path}"), format!("GET {path}")]
    );
}
