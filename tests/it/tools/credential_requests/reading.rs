//! Listing and reading requests, and the modules of apps.

use make_credentials_mcp::sandbox::{Act, Effect, Fault, seeded};
use serde_json::json;

use crate::tools::desk::Desk;

#[tokio::test]
async fn a_list_filters_and_says_what_has_expired() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    let arguments =
        json!({"status": "pending", "name": "access", "userId": 7, "makeProviderId": 7});
    let answer = desk.answer("credential_requests_list", arguments).await;
    assert_eq!(
        desk.sent(),
        [
            "GET /credential-requests/requests?teamId=22&userId=7&makeProviderId=7&status=pending&name=access"
        ]
    );
    let rows = answer["requests"].as_array().unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["id"], seeded::EXPIRED_REQUEST);
    assert_eq!(rows[0]["expired"], true);
    assert_eq!(rows[0]["makeProvider"]["name"], "Jane Doe");
    assert!(rows[0].get("teamId").is_none());

    let none = json!({"status": "declined", "name": "nothing so called"});
    let answer = desk.answer("credential_requests_list", none).await;
    assert_eq!(answer["requests"], json!([]));
    assert!(answer["next"].as_str().unwrap().contains("without filters"));
}

#[tokio::test]
async fn statuses_that_nobody_knows_are_read() {
    let desk = Desk::new().await;
    let answer = desk
        .answer("credential_requests_list", json!({"teamId": seeded::SALES}))
        .await;
    assert_eq!(answer["requests"][0]["status"], "awaiting_review");
    let id = json!({"requestId": seeded::UNKNOWN_STATUS_REQUEST});
    let answer = desk.answer("credential_requests_get", id).await;
    assert_eq!(answer["credentials"][0]["state"], "escalated");
    assert_eq!(answer.get("next"), None);
}

#[tokio::test]
async fn listing_fails_as_make_fails_and_stays_in_the_agents_teams() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    desk.world.zone.inject(Fault::new(Effect::Paused));
    let failure = desk.failure("credential_requests_list", json!({})).await;
    assert_eq!(failure["code"], "paused");
    desk.world.zone.clear_requests();
    let other = json!({"teamId": seeded::SALES});
    let failure = desk.failure("credential_requests_list", other).await;
    assert_eq!(failure["code"], "not_granted");
    let bad = json!({"status": "approved"});
    let failure = desk.failure("credential_requests_list", bad).await;
    assert_eq!(failure["code"], "invalid_arguments");
    assert!(desk.sent().is_empty());
}

#[tokio::test]
async fn a_request_tells_the_numbers_of_what_came_out() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    let id = json!({"requestId": seeded::AUTHORIZED_REQUEST});
    let answer = desk.answer("credential_requests_get", id).await;
    assert_eq!(
        desk.sent(),
        [format!(
            "GET /credential-requests/requests/{}/detail",
            seeded::AUTHORIZED_REQUEST
        )]
    );
    let credentials = answer["credentials"].as_array().unwrap();
    assert_eq!(credentials[0]["connectionId"], 102);
    assert_eq!(credentials[1]["keyId"], 402);
    assert_eq!(credentials[0]["name"], "google-email");
    assert!(credentials[0].get("remoteId").is_none());
    assert_eq!(answer["request"]["status"], "authorized");
    assert!(answer["request"].get("credentials").is_none());
    assert!(answer.get("publicUri").is_none());
}

#[tokio::test]
async fn an_open_request_that_somebody_else_made_has_no_link() {
    let desk = Desk::new().await;
    let id = json!({"requestId": seeded::PENDING_REQUEST});
    let answer = desk.answer("credential_requests_get", id).await;
    // Make writes this number as text here.
    assert_eq!(answer["request"]["makeProviderId"], "8");
    assert_eq!(answer["request"]["user"]["name"], "Jane Doe");
    assert!(answer.get("publicUri").is_none());
    assert!(answer["next"].as_str().unwrap().contains("needs the link"));
    let id = json!({"requestId": seeded::EXPIRED_REQUEST});
    let answer = desk.answer("credential_requests_get", id).await;
    assert_eq!(answer["request"]["expired"], true);
}

#[tokio::test]
async fn a_request_of_another_team_is_not_released() {
    let desk = Desk::new().await.bound_to(&[seeded::SALES]);
    let id = json!({"requestId": seeded::PENDING_REQUEST});
    let failure = desk.failure("credential_requests_get", id).await;
    assert_eq!(failure["code"], "not_found");
    assert!(!failure.to_string().contains("Google Workspace"));
    let foreign = json!({"requestId": seeded::FOREIGN_REQUEST});
    let failure = desk.failure("credential_requests_get", foreign).await;
    assert_eq!(failure["code"], "not_found");
}

#[tokio::test]
async fn the_link_is_for_its_maker_while_the_request_is_open() {
    let desk = Desk::new().await;
    let arguments = json!({"teamId": seeded::MARKETING, "connections": [{"type": "slack2"}]});
    let made = desk
        .answer("credential_requests_create_by_credentials", arguments)
        .await;
    let id = json!({"requestId": made["requestId"]});
    let request = made["requestId"].as_str().unwrap();
    // Another process of the same home knows it too.
    let desk = desk.restarted();
    let answer = desk.answer("credential_requests_get", id.clone()).await;
    assert_eq!(answer["publicUri"], made["publicUri"]);
    // Another agent's token, the same machine: nothing.
    let own = desk.world.zone.operator_token().to_owned();
    let other = desk
        .world
        .zone
        .issue_token("other", &["credential-requests:read"]);
    let desk = desk.with_token(other);
    let answer = desk.answer("credential_requests_get", id.clone()).await;
    assert!(answer.get("publicUri").is_none());
    let desk = desk.with_token(own);

    desk.world.zone.person_authorizes(request).unwrap();
    let answer = desk.answer("credential_requests_get", id.clone()).await;
    assert_eq!(answer["request"]["status"], "authorized");
    assert!(answer.get("publicUri").is_none());
    // Erased: it does not come back with the status.
    desk.world
        .zone
        .act(request, &Act::Show("pending".to_owned()))
        .unwrap();
    let answer = desk.answer("credential_requests_get", id).await;
    assert_eq!(answer["request"]["status"], "pending");
    assert!(answer.get("publicUri").is_none());
}

#[tokio::test]
async fn the_modules_of_an_app_come_with_its_real_version() {
    let desk = Desk::new().await;
    let tool = "credential_requests_list_app_modules_with_creds";
    let answer = desk.answer(tool, json!({"appName": "slack"})).await;
    assert_eq!(answer["appName"], "slack");
    assert!(answer["appVersion"].as_u64().unwrap() >= 1);
    let first = &answer["appModules"][0];
    assert_eq!(first["component"], "account");
    assert!(
        first["types"]
            .as_array()
            .unwrap()
            .contains(&json!("slack2"))
    );
    assert!(first.get("hook").is_none());
    // As Make's SDK has it: a number, or `latest`.
    for version in [json!(1), json!("1"), json!("latest")] {
        let arguments =
            json!({"appName": "http", "appVersion": version, "fields": ["id", "scope"]});
        let answer = desk.answer(tool, arguments).await;
        let row = answer["appModules"][0].as_object().unwrap();
        assert!(
            row.keys()
                .all(|key| ["id", "scope"].contains(&key.as_str()))
        );
    }
    assert_eq!(
        desk.sent(),
        [
            "GET /credential-requests/apps/slack/latest/modules-with-credentials",
            "GET /credential-requests/apps/http/1/modules-with-credentials",
            "GET /credential-requests/apps/http/1/modules-with-credentials",
            "GET /credential-requests/apps/http/latest/modules-with-credentials",
        ]
    );
}

#[tokio::test]
async fn unknown_apps_bad_versions_and_missing_scopes_are_told_apart() {
    let desk = Desk::new().await;
    let tool = "credential_requests_list_app_modules_with_creds";
    let failure = desk.failure(tool, json!({"appName": "no-such-app"})).await;
    assert_eq!(failure["code"], "not_found");
    desk.world.zone.clear_requests();
    for (name, version) in [
        ("slack", "v2"),
        ("slack", "0"),
        ("../x", "1"),
        ("Slack", "1"),
    ] {
        let arguments = json!({"appName": name, "appVersion": version});
        let failure = desk.failure(tool, arguments).await;
        assert_eq!(failure["code"], "invalid_arguments", "{name} {version}");
    }
    assert!(desk.sent().is_empty());
    let token = desk.world.zone.issue_token("narrow", &["connections:read"]);
    let desk = desk.with_token(token);
    let failure = desk.failure(tool, json!({"appName": "slack"})).await;
    assert_eq!(failure["code"], "forbidden");
    assert!(failure["message"].as_str().unwrap().contains("apps:read"));
}

#[tokio::test]
async fn a_long_list_is_cut_at_a_row_and_goes_on() {
    let desk = Desk::new().await.answering_at_most(1200);
    let mut arguments = json!({"teamId": seeded::MARKETING});
    let mut seen = Vec::new();
    loop {
        let answer = desk
            .answer("credential_requests_list", arguments.clone())
            .await;
        assert!(answer.to_string().len() <= 1200);
        seen.extend(
            answer["requests"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["id"].clone()),
        );
        match answer.get("cursor") {
            Some(cursor) => arguments["cursor"] = cursor.clone(),
            None => break,
        }
    }
    assert_eq!(seen.len(), 6);
    assert_eq!(seen[0], seeded::PENDING_REQUEST);
}
