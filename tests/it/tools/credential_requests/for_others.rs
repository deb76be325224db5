//! Making requests to somebody else, and the plan that may not have them.

use make_credentials_mcp::sandbox::{Effect, Fault, Feature, seeded};
use serde_json::{Value, json};

use crate::tools::desk::Desk;

const TOOL: &str = "credential_requests_create_for_user";
const V1: &str = "credential_requests_create_v1";

fn for_john() -> Value {
    json!({
        "teamId": seeded::MARKETING,
        "name": "Sheets",
        "credentials": [{"appName": "google-sheets", "appModules": ["*"], "appVersion": 2}],
        "provider": {"providerMakeUserId": seeded::JOHN},
    })
}

fn v1() -> Value {
    json!({
        "teamId": seeded::MARKETING,
        "name": "Sheets",
        "connections": [{"type": "google", "appName": "google-sheets", "appModules": ["*"], "appVersion": "2", "scope": ["a"]}],
        "keys": [{"type": "apikeyauth", "appName": "http", "appModules": ["*"], "appVersion": "3", "label": "API"}],
        "provider": {"newUser": {"name": "Mary Major", "email": "mary@example.com"}},
    })
}

fn no_plan() -> Fault {
    Fault::new(Effect::PlanGate {
        feature: Feature::CredentialRequests,
    })
}

#[tokio::test]
async fn a_request_to_another_user_names_who_signs_in() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    let answer = desk.answer(TOOL, for_john()).await;
    assert_eq!(desk.last_body(), for_john());
    assert_eq!(
        desk.sent(),
        [
            "GET /connections?teamId=22",
            "POST /credential-requests/requests/v2"
        ]
    );
    assert_eq!(answer["signIn"]["id"], seeded::JOHN);
    assert_eq!(answer["signIn"]["name"], "John Roe");
    assert!(answer["publicUri"].is_string());
}

#[tokio::test]
async fn the_deprecated_form_has_texts_for_versions() {
    let desk = Desk::new().await;
    let mut arguments = v1();
    // As models write it.
    arguments["connections"][0]["appVersion"] = json!(2);
    let answer = desk.answer(V1, arguments).await;
    assert_eq!(desk.last_body(), v1());
    assert_eq!(
        desk.sent(),
        [
            "GET /connections?teamId=22",
            "POST /credential-requests/requests"
        ]
    );
    assert_eq!(answer["signIn"]["email"], "mary@example.com");
    let neither = json!({"teamId": 22, "name": "x", "provider": {"providerMakeUserId": 8}});
    let failure = desk.failure(V1, neither).await;
    assert_eq!(failure["code"], "invalid_arguments");
}

#[tokio::test]
async fn a_provider_is_exactly_one_of_two() {
    let desk = Desk::new().await;
    for provider in [
        json!({}),
        json!({"providerMakeUserId": 8, "newUser": {"name": "M", "email": "m@example.com"}}),
        json!({"newUser": {"name": "M"}}),
        json!("8"),
    ] {
        let mut arguments = for_john();
        arguments["provider"] = provider;
        let failure = desk.failure(TOOL, arguments).await;
        assert_eq!(failure["code"], "invalid_arguments");
    }
    assert!(desk.sent().is_empty());
}

#[tokio::test]
async fn a_plan_without_it_is_found_out_once_and_remembered() {
    let desk = Desk::new()
        .await
        .bound_to(&[seeded::MARKETING, seeded::SALES]);
    desk.world.zone.inject(no_plan());
    let failure = desk.failure(TOOL, for_john()).await;
    assert_eq!(failure["code"], "plan_gate");
    let next = failure["next"].as_str().unwrap();
    assert!(next.contains("credential_requests_create_by_credentials"));
    assert_eq!(failure["make"]["status"], 403);
    let causes = failure["causes"].to_string();
    assert!(causes.contains("missing_scope") && causes.contains("plan"));
    // Nothing else was tried, and the next call, in whatever form and process, sends nothing.
    let posts = |desk: &Desk| {
        let sent = desk.sent();
        sent.into_iter()
            .filter(|line| line.starts_with("POST"))
            .collect::<Vec<_>>()
    };
    assert_eq!(posts(&desk), ["POST /credential-requests/requests/v2"]);
    let desk = desk.restarted();
    for (tool, arguments) in [(TOOL, for_john()), (V1, v1())] {
        let failure = desk.failure(tool, arguments).await;
        assert_eq!(failure["code"], "plan_gate", "{tool}");
    }
    assert!(desk.sent().is_empty());
    // Another team may be on another plan.
    let mut elsewhere = for_john();
    elsewhere["teamId"] = json!(seeded::SALES);
    desk.failure(TOOL, elsewhere).await;
    assert_eq!(posts(&desk).len(), 1);
    // What works on this plan still works.
    let own = json!({"teamId": seeded::MARKETING, "keys": [{"type": "apikeyauth"}]});
    desk.answer("credential_requests_create_by_credentials", own)
        .await;
}

#[tokio::test]
async fn a_refusal_that_names_the_feature_is_the_plan_whatever_else() {
    let desk = Desk::new().await;
    let fault = Effect::json(
        403,
        &json!({"code": "SC403", "message": "allow_credential_requests is not enabled"}),
    );
    desk.world
        .zone
        .inject(Fault::new(fault).on("POST", "/credential-requests/requests"));
    let failure = desk.failure(V1, v1()).await;
    assert_eq!(failure["code"], "plan_gate");
    let causes = failure["causes"].as_array().unwrap();
    let plan = causes
        .iter()
        .find(|cause| cause["cause"] == "plan")
        .unwrap();
    assert_eq!(plan["verdict"], "found");
}

#[tokio::test]
async fn a_missing_scope_is_no_plan_gate_and_is_not_remembered() {
    let desk = Desk::new().await;
    let token = desk
        .world
        .zone
        .issue_token("narrow", &["credential-requests:read"]);
    let desk = desk.with_token(token);
    for _ in 0..2 {
        let failure = desk.failure(TOOL, for_john()).await;
        assert_eq!(failure["code"], "forbidden");
        assert!(
            failure["message"]
                .as_str()
                .unwrap()
                .contains("credential-requests:write")
        );
    }
    let sent = desk.sent();
    assert_eq!(
        sent.iter().filter(|line| line.starts_with("POST")).count(),
        2
    );
}

#[tokio::test]
async fn without_a_place_to_remember_the_answer_is_the_same() {
    let desk = Desk::new().await.without_home();
    desk.world.zone.inject(no_plan());
    for _ in 0..2 {
        let failure = desk.failure(TOOL, for_john()).await;
        assert_eq!(failure["code"], "plan_gate");
    }
}

#[tokio::test]
async fn the_teams_of_the_agent_bound_it() {
    let desk = Desk::new().await.bound_to(&[seeded::SALES]);
    for (tool, arguments) in [(TOOL, for_john()), (V1, v1())] {
        let failure = desk.failure(tool, arguments).await;
        assert_eq!(failure["code"], "not_granted");
    }
    assert!(desk.sent().is_empty());
}
