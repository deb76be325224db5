//! Making requests to the token's own user, and widening connections.

use make_credentials_mcp::grants::Access;
use make_credentials_mcp::sandbox::{Effect, Fault, seeded};
use make_credentials_mcp::tools::{CallContext, Outcome};
use serde_json::{Value, json};

use crate::tools::desk::{Desk, anew};

fn by_type() -> Value {
    json!({
        "teamId": seeded::MARKETING,
        "name": "Sheets and an API",
        "connections": [{"type": "google", "scope": ["https://www.googleapis.com/auth/drive"],
            "prefill": {"soft": {"note": "x", "port": 1, "tls": true}}, "nameOverride": "Sheets"}],
        "keys": [{"type": "apikeyauth", "description": "From the console."}],
    })
}

#[tokio::test]
async fn a_request_by_types_hands_its_page_over() {
    let desk = Desk::new().await;
    let tool = "credential_requests_create_by_credentials";
    let answer = desk.answer(tool, by_type()).await;
    assert_eq!(desk.last_body(), by_type());
    assert_eq!(
        desk.sent(),
        [
            "GET /connections?teamId=22",
            "POST /credential-requests/actions/create-by-credentials",
            "GET /users/me"
        ]
    );
    assert_eq!(answer["status"], "pending");
    assert_eq!(answer["teamId"], seeded::MARKETING);
    assert!(
        answer["publicUri"]
            .as_str()
            .unwrap()
            .contains("/credence/22/")
    );
    assert_eq!(
        answer["signIn"],
        json!({"id": 7, "name": "Jane Doe", "email": "jane@example.com"})
    );
    assert_eq!(answer["credentials"][0]["name"], "google");
    assert_eq!(answer["credentials"][1]["state"], "pending");
    assert!(answer.get("linkKept").is_none());
    let next = answer["next"].as_str().unwrap();
    assert!(next.contains("credential_requests_wait") && next.chars().count() <= 120);
    // Its user is remembered; which connections there are is not.
    desk.world.zone.clear_requests();
    desk.answer(tool, anew(by_type())).await;
    assert_eq!(desk.sent().len(), 2);
}

/// Which connections there are is read before anything is made, and is no reason not to make it.
#[tokio::test]
async fn a_create_that_is_cancelled_before_it_leaves_leaves_nothing_behind() {
    let desk = Desk::new().await;
    let tool = "credential_requests_create_by_credentials";
    let mut wanted = by_type();
    wanted["idempotencyKey"] = json!("k-1");
    let slow = Fault::new(Effect::Delay { ms: 20_000 }).on("GET", "/connections");
    desk.world.zone.inject(slow);
    let arguments = wanted.as_object().unwrap().clone();
    let given_up = tokio::time::sleep(std::time::Duration::from_millis(200));
    let outcome = desk
        .session()
        .call(tool, arguments, CallContext::default(), given_up)
        .await;
    assert!(matches!(outcome, Outcome::Cancelled), "{outcome:?}");
    // A list that does not come in time costs the create nothing.
    let made = desk.answer(tool, wanted).await;
    assert_eq!(made["status"], "pending");
    let posts = desk
        .sent()
        .iter()
        .filter(|line| line.starts_with("POST"))
        .count();
    assert_eq!(posts, 1);
}

#[tokio::test]
async fn a_request_by_modules_sends_what_was_given_and_no_more() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    let tool = "credential_requests_create";
    let credentials = json!([
        {"appName": "google-sheets", "appModules": "*"},
        {"appName": "http", "appEndpoints": ["*"], "appVersion": "3", "nameOverride": "API"},
    ]);
    let answer = desk.answer(tool, json!({"credentials": credentials})).await;
    assert_eq!(
        desk.last_body(),
        json!({"teamId": seeded::MARKETING, "credentials": [
            {"appName": "google-sheets", "appModules": ["*"]},
            {"appName": "http", "appEndpoints": ["*"], "appVersion": 3, "nameOverride": "API"},
        ]})
    );
    assert_eq!(desk.sent()[1], "POST /credential-requests/actions/create");
    assert!(answer["publicUri"].is_string());
    assert_eq!(answer["signIn"]["name"], "Jane Doe");
}

#[tokio::test]
async fn what_cannot_be_a_request_is_not_sent() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    let long = "x".repeat(256);
    let many: Vec<Value> = (0..33).map(|_| json!({"type": "google"})).collect();
    for (tool, arguments) in [
        ("credential_requests_create", json!({"credentials": []})),
        (
            "credential_requests_create",
            json!({"credentials": [{"appName": "http"}]}),
        ),
        (
            "credential_requests_create",
            json!({"credentials": [{"appName": "http", "appModules": []}]}),
        ),
        (
            "credential_requests_create",
            json!({"name": long, "credentials": [{"appName": "http", "appModules": ["*"]}]}),
        ),
        ("credential_requests_create_by_credentials", json!({})),
        (
            "credential_requests_create_by_credentials",
            json!({"connections": [], "keys": []}),
        ),
        (
            "credential_requests_create_by_credentials",
            json!({"connections": many}),
        ),
        (
            "credential_requests_create_by_credentials",
            json!({"connections": [{"type": "a/b"}]}),
        ),
        (
            "credential_requests_create_by_credentials",
            json!({"keys": [{"type": "apikeyauth", "prefill": {"hard": {"a": []}}}]}),
        ),
        (
            "credential_requests_create_by_credentials",
            json!({"keys": [{"type": "apikeyauth", "scope": ["a"]}]}),
        ),
        (
            "credential_requests_extend_connection",
            json!({"connectionId": 101, "scopes": []}),
        ),
    ] {
        let failure = desk.failure(tool, arguments.clone()).await;
        assert_eq!(failure["code"], "invalid_arguments", "{arguments}");
    }
    assert!(desk.sent().is_empty());
}

#[tokio::test]
async fn an_agent_with_access_request_may_ask_and_a_reader_may_not() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    let desk = desk.granted(|grants| grants.access = Access::Request);
    let tool = "credential_requests_create_by_credentials";
    desk.answer(tool, by_type()).await;
    let desk = desk.granted(|grants| grants.access = Access::Read);
    for tool in [
        tool,
        "credential_requests_create",
        "credential_requests_extend_connection",
        "credential_requests_wait",
    ] {
        let failure = desk.failure(tool, by_type()).await;
        assert_eq!(failure["code"], "not_granted", "{tool}");
    }
    let desk = desk.granted(|grants| grants.access = Access::Write);
    let other = json!({"teamId": seeded::SALES, "keys": [{"type": "apikeyauth"}]});
    let failure = desk.failure(tool, other).await;
    assert_eq!(failure["code"], "not_granted");
    assert!(desk.sent().is_empty());
}

#[tokio::test]
async fn a_link_that_cannot_be_kept_does_not_fail_the_call() {
    let desk = Desk::new().await.without_home();
    let answer = desk
        .answer("credential_requests_create_by_credentials", by_type())
        .await;
    assert_eq!(answer["linkKept"], false);
    assert!(answer["publicUri"].is_string());
    assert!(answer["next"].as_str().unwrap().contains("not stored here"));
}

#[tokio::test]
async fn who_signs_in_is_known_even_when_the_user_cannot_be_asked() {
    let desk = Desk::new().await;
    let fault = Effect::Status {
        status: 500,
        body: String::new(),
        content_type: "text/plain".to_owned(),
        headers: Vec::new(),
    };
    desk.world
        .zone
        .inject(Fault::new(fault).on("GET", "/users/me"));
    let answer = desk
        .answer("credential_requests_create_by_credentials", by_type())
        .await;
    assert_eq!(answer["signIn"]["id"], 7);
}

#[tokio::test]
async fn an_unknown_outcome_names_the_candidates_and_nothing_is_sent_twice() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    let tool = "credential_requests_create_by_credentials";
    let first = desk.answer(tool, by_type()).await;
    for (effect, count) in [
        (Effect::CommitThenClose, 2),
        (Effect::CommitThenStatus { status: 502 }, 3),
        (Effect::CloseBeforeAnswer, 3),
    ] {
        desk.world.zone.clear_requests();
        desk.world.zone.inject(
            Fault::new(effect)
                .on("POST", "/credential-requests")
                .times(1),
        );
        let failure = desk.failure(tool, anew(by_type())).await;
        assert_eq!(failure["code"], "outcome_unknown");
        assert_eq!(
            desk.sent(),
            [
                "GET /connections?teamId=22",
                "POST /credential-requests/actions/create-by-credentials",
                "GET /credential-requests/requests?teamId=22&name=Sheets+and+an+API",
            ]
        );
        let candidates = failure["details"]["candidates"].as_array().unwrap();
        assert_eq!(candidates.len(), count, "{failure}");
        let times: Vec<&str> = candidates
            .iter()
            .map(|c| c["createdAt"].as_str().unwrap())
            .collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
        assert_eq!(candidates[count - 1]["requestId"], first["requestId"]);
    }
    // Without a name of ours only what is new comes into question.
    desk.world.zone.inject(
        Fault::new(Effect::CommitThenClose)
            .on("POST", "/credential-requests")
            .times(1),
    );
    let unnamed = json!({"keys": [{"type": "apikeyauth"}]});
    let failure = desk.failure(tool, unnamed).await;
    let candidates = failure["details"]["candidates"].as_array().unwrap();
    assert!(candidates.len() <= 5);
    assert_eq!(candidates[0]["name"], "Request for credentials");
    // Looking can fail too.
    desk.world.zone.inject(
        Fault::new(Effect::CommitThenClose)
            .on("POST", "/credential-requests")
            .times(1),
    );
    desk.world
        .zone
        .inject(Fault::new(Effect::Paused).on("GET", "/credential-requests"));
    let failure = desk.failure(tool, anew(by_type())).await;
    assert_eq!(failure["details"]["candidates"], Value::Null);
    assert!(
        failure["message"]
            .as_str()
            .unwrap()
            .contains("looking for it failed")
    );
}

#[tokio::test]
async fn a_connection_is_extended_or_holds_all_already() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    let tool = "credential_requests_extend_connection";
    let scope = "https://www.googleapis.com/auth/calendar";
    let arguments = json!({"connectionId": 101, "scopes": [scope]});
    let answer = desk.answer(tool, arguments.clone()).await;
    assert_eq!(desk.last_body(), arguments);
    assert_eq!(
        desk.sent(),
        [
            "GET /connections/101",
            "POST /credential-requests/actions/extend",
            "GET /users/me"
        ]
    );
    assert_eq!(answer["alreadyGranted"], false);
    let request = answer["requestId"].as_str().unwrap();
    desk.world.zone.person_authorizes(request).unwrap();
    let answer = desk.answer(tool, arguments.clone()).await;
    assert_eq!(answer["alreadyGranted"], true);
    assert!(answer.get("publicUri").is_none());

    // In words that we do not know, Make's own list of scopes decides.
    let refusal = |message: &str| Effect::json(400, &json!({"code": "IM005", "message": message}));
    let fault = |message| {
        Fault::new(refusal(message))
            .on("POST", "/credential-requests")
            .times(1)
    };
    desk.world.zone.inject(fault("Nothing to extend."));
    let answer = desk.answer(tool, arguments).await;
    assert_eq!(answer["alreadyGranted"], true);
    desk.world.zone.inject(fault("Nothing to extend."));
    let more = json!({"connectionId": 101, "scopes": [scope, "https://mail.google.com/"]});
    let failure = desk.failure(tool, more).await;
    assert_eq!(failure["code"], "rejected");

    let other = json!({"connectionId": 201, "scopes": [scope]});
    desk.world.zone.clear_requests();
    let failure = desk.failure(tool, other).await;
    assert_eq!(failure["code"], "not_found");
    assert_eq!(
        desk.sent(),
        [
            "GET /connections/201",
            "GET /users/me/current-authorization"
        ]
    );
}

#[tokio::test]
async fn an_extension_of_unknown_outcome_is_looked_for_in_the_connections_team() {
    let desk = Desk::new().await;
    // Another one that is open and of the same minute is about something else.
    desk.answer("credential_requests_create_by_credentials", by_type())
        .await;
    desk.world.zone.inject(
        Fault::new(Effect::CommitThenClose)
            .on("POST", "/credential-requests")
            .times(1),
    );
    let arguments = json!({"connectionId": 101, "scopes": ["https://mail.google.com/"]});
    let failure = desk
        .failure("credential_requests_extend_connection", arguments)
        .await;
    assert_eq!(failure["code"], "outcome_unknown");
    let candidates = failure["details"]["candidates"].as_array().unwrap();
    assert_eq!(candidates.len(), 1, "{candidates:?}");
    assert_eq!(candidates[0]["name"], "Extend Google (jane@example.com)");
}

#[tokio::test]
async fn an_unknown_type_is_rejected_by_make() {
    let desk = Desk::new().await;
    let arguments = json!({"teamId": seeded::MARKETING, "connections": [{"type": "nonesuch"}]});
    let failure = desk
        .failure("credential_requests_create_by_credentials", arguments)
        .await;
    assert_eq!(failure["code"], "rejected");
    let arguments = json!({"teamId": seeded::MARKETING, "credentials": [{"appName": "nonesuch", "appModules": ["*"]}]});
    let failure = desk.failure("credential_requests_create", arguments).await;
    assert_eq!(failure["code"], "not_found");
}
