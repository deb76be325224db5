//! What is done to one credential of a request, whose team must be known first.

use make_credentials_mcp::grants::{Access, Confirmation};
use make_credentials_mcp::sandbox::{Effect, Fault, seeded};
use serde_json::{Value, json};

use crate::tools::desk::Desk;

const DECLINE: &str = "credential_requests_credential_decline";
const DELETE: &str = "credential_requests_credential_delete";
const REAUTHORIZE: &str = "credential_requests_credential_reauthorize";

fn first_of(request: &str) -> Value {
    json!({"credentialId": seeded::credential(request, 1)})
}

fn path(request: &str, action: &str) -> String {
    let id = seeded::credential(request, 1);
    format!("POST /credential-requests/credentials/{id}/{action}")
}

#[tokio::test]
async fn an_agent_of_certain_teams_must_have_seen_the_request() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    for tool in [DECLINE, DELETE, REAUTHORIZE] {
        let failure = desk.failure(tool, first_of(seeded::PENDING_REQUEST)).await;
        assert_eq!(failure["code"], "unknown_credential", "{tool}");
    }
    assert!(desk.sent().is_empty());
    let id = json!({"requestId": seeded::PENDING_REQUEST});
    desk.answer("credential_requests_get", id).await;
    desk.world.zone.clear_requests();
    let answer = desk
        .answer(DECLINE, first_of(seeded::PENDING_REQUEST))
        .await;
    assert_eq!(answer["credential"]["state"], "declined");
    assert_eq!(desk.sent(), [path(seeded::PENDING_REQUEST, "decline")]);
}

#[tokio::test]
async fn a_named_request_is_believed_only_when_it_holds_the_credential() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    let mut arguments = first_of(seeded::PENDING_REQUEST);
    arguments["reason"] = json!("Not needed.");
    // Another request of the agent's own team.
    arguments["requestId"] = json!(seeded::PARTLY_REQUEST);
    let failure = desk.failure(DECLINE, arguments.clone()).await;
    assert_eq!(failure["code"], "not_found");
    // A request of a team that is not the agent's.
    arguments["requestId"] = json!(seeded::UNKNOWN_STATUS_REQUEST);
    let failure = desk.failure(DECLINE, arguments.clone()).await;
    assert_eq!(failure["code"], "not_found");
    let foreign = json!({"credentialId": seeded::credential(seeded::UNKNOWN_STATUS_REQUEST, 1),
        "requestId": seeded::UNKNOWN_STATUS_REQUEST});
    let failure = desk.failure(DECLINE, foreign).await;
    assert_eq!(failure["code"], "not_found");
    assert!(desk.sent().iter().all(|line| line.starts_with("GET")));

    arguments["requestId"] = json!(seeded::PENDING_REQUEST);
    desk.world.zone.clear_requests();
    let answer = desk.answer(DECLINE, arguments).await;
    assert_eq!(answer["credential"]["declineReason"], "Not needed.");
    assert_eq!(desk.last_body(), json!({"reason": "Not needed."}));
    assert_eq!(
        desk.sent(),
        [
            format!(
                "GET /credential-requests/requests/{}/detail",
                seeded::PENDING_REQUEST
            ),
            path(seeded::PENDING_REQUEST, "decline"),
        ]
    );
}

#[tokio::test]
async fn an_agent_of_all_teams_pays_for_no_look_up() {
    let desk = Desk::new().await;
    desk.answer(DECLINE, first_of(seeded::PENDING_REQUEST))
        .await;
    assert_eq!(desk.sent(), [path(seeded::PENDING_REQUEST, "decline")]);
    assert!(desk.world.zone.requests()[0].body.is_empty());
    let failure = desk
        .failure(DECLINE, json!({"credentialId": "c4ed9999"}))
        .await;
    assert_eq!(failure["code"], "not_found");
    let failure = desk.failure(DECLINE, json!({"credentialId": "../x"})).await;
    assert_eq!(failure["code"], "invalid_arguments");
}

#[tokio::test]
async fn deleting_what_a_credential_became_needs_a_yes() {
    let desk = Desk::new().await;
    let desk = desk.granted(|grants| grants.confirmation = Confirmation::Ask);
    // A person is asked about an object, and a credential alone does not say which.
    let failure = desk
        .failure(DELETE, first_of(seeded::AUTHORIZED_REQUEST))
        .await;
    assert_eq!(failure["code"], "unknown_credential");
    let mut named = first_of(seeded::AUTHORIZED_REQUEST);
    named["requestId"] = json!(seeded::AUTHORIZED_REQUEST);
    let failure = desk.failure(DELETE, named).await;
    assert_eq!(failure["code"], "confirmation_required");
    assert!(desk.sent().iter().all(|line| line.starts_with("GET ")));
    desk.world.zone.clear_requests();
    let desk = desk.granted(|grants| grants.confirmation = Confirmation::Never);
    let answer = desk
        .answer(DELETE, first_of(seeded::AUTHORIZED_REQUEST))
        .await;
    assert_eq!(answer["credential"]["state"], "pending");
    assert!(answer["credential"].get("connectionId").is_none());
    assert_eq!(
        desk.sent(),
        [path(seeded::AUTHORIZED_REQUEST, "delete-remote")]
    );
    // Nothing is left to delete.
    let failure = desk
        .failure(DELETE, first_of(seeded::AUTHORIZED_REQUEST))
        .await;
    assert_eq!(failure["code"], "rejected");
    desk.world
        .zone
        .inject(Fault::new(Effect::CommitThenClose).on("POST", "/credential-requests"));
    let failure = desk
        .failure(DELETE, first_of(seeded::RENEWABLE_REQUEST))
        .await;
    assert_eq!(failure["code"], "outcome_unknown");
}

#[tokio::test]
async fn a_connection_that_still_works_needs_no_new_sign_in() {
    let desk = Desk::new().await;
    let answer = desk
        .answer(REAUTHORIZE, first_of(seeded::RENEWABLE_REQUEST))
        .await;
    assert_eq!(answer["stillValid"], false);
    assert_eq!(answer["credential"]["state"], "reauthorizing");
    assert_eq!(
        desk.sent(),
        [path(seeded::RENEWABLE_REQUEST, "request-reauthorize")]
    );
    let answer = desk
        .answer(REAUTHORIZE, first_of(seeded::PARTLY_REQUEST))
        .await;
    assert_eq!(answer["stillValid"], true);
    assert!(answer.get("credential").is_none());
    // Not authorized at all: Make's refusal, with where to look.
    let failure = desk
        .failure(REAUTHORIZE, first_of(seeded::PENDING_REQUEST))
        .await;
    assert_eq!(failure["code"], "rejected");
    assert!(
        failure["next"]
            .as_str()
            .unwrap()
            .contains("connections_verify")
    );
    assert_eq!(failure["make"]["status"], 400);
}

#[tokio::test]
async fn changing_a_credential_is_writing() {
    let desk = Desk::new().await;
    let desk = desk.granted(|grants| grants.access = Access::Request);
    for tool in [DECLINE, DELETE, REAUTHORIZE] {
        let failure = desk.failure(tool, first_of(seeded::PENDING_REQUEST)).await;
        assert_eq!(failure["code"], "not_granted", "{tool}");
    }
    assert!(desk.sent().is_empty());
}

/// Arguments may name any request, and its page would be the wrong one.
#[tokio::test]
async fn the_request_of_a_new_sign_in_is_told_only_where_it_is_known() {
    let desk = Desk::new().await;
    let mut arguments = first_of(seeded::RENEWABLE_REQUEST);
    arguments["requestId"] = json!(seeded::PENDING_REQUEST);
    let answer = desk.answer(REAUTHORIZE, arguments).await;
    assert!(answer.get("requestId").is_none(), "{answer}");
    assert!(!answer["next"].as_str().unwrap().contains("`requestId`"));
    let desk = Desk::new().await;
    let known = json!({"requestId": seeded::RENEWABLE_REQUEST});
    desk.answer("credential_requests_get", known).await;
    let answer = desk
        .answer(REAUTHORIZE, first_of(seeded::RENEWABLE_REQUEST))
        .await;
    assert_eq!(answer["requestId"], seeded::RENEWABLE_REQUEST);
}
