//! Creating templates: the forms of the parts, the bounds, and what is not known afterwards.

use make_credentials_mcp::sandbox::{Effect, Fault, seeded};
use serde_json::{Value, json};

use super::desk::{Desk, anew};
use super::templates::{parts, status};

#[tokio::test]
async fn a_create_sends_its_parts_as_json_text() {
    let desk = Desk::new().await;
    let answer = desk.answer("templates_create", parts()).await;
    assert_eq!(answer["template"]["name"], "New one");
    assert!(
        answer["next"]
            .as_str()
            .unwrap()
            .contains("templates_publish")
    );
    assert_eq!(desk.sent(), ["POST /templates"]);
    let body = desk.last_body();
    let blueprint: Value = serde_json::from_str(body["blueprint"].as_str().unwrap()).unwrap();
    assert_eq!(blueprint, parts()["blueprint"]);
    assert_eq!(
        body["scheduling"],
        r#"{"interval":900,"type":"indefinitely"}"#
    );
    assert_eq!(
        body["controller"],
        r#"{"idSequence":2,"modules":{},"name":"New one"}"#
    );
    assert_eq!(
        (&body["teamId"], &body["language"]),
        (&json!(22), &json!("en"))
    );
}

#[tokio::test]
async fn a_create_falls_back_to_objects_after_a_validation_error_alone() {
    let desk = Desk::new().await;
    let wants_objects = r#"{"message":"Validation failed","suberrors":[{"message":"'blueprint' should be object"}]}"#;
    desk.world
        .zone
        .inject(Fault::new(status(400, wants_objects)).times(1));
    desk.answer("templates_create", parts()).await;
    assert_eq!(desk.sent(), ["POST /templates", "POST /templates"]);
    assert_eq!(desk.last_body()["blueprint"], parts()["blueprint"]);

    // Text was right after all: what is told is what was wrong with the content.
    desk.world.zone.clear_requests();
    for message in [
        "Validation failed for blueprint.",
        "'blueprint' should be string",
    ] {
        let body = json!({"message": message, "code": "IM005"}).to_string();
        desk.world
            .zone
            .inject(Fault::new(status(400, &body)).times(1));
    }
    let failure = desk.failure("templates_create", anew(parts())).await;
    assert_eq!(
        failure["make"]["message"],
        "Validation failed for blueprint."
    );

    desk.world.zone.clear_requests();
    let too_large = r#"{"detail":"request entity too large"}"#;
    desk.world
        .zone
        .inject(Fault::new(status(400, too_large)).times(1));
    let failure = desk.failure("templates_create", anew(parts())).await;
    assert_eq!(failure["code"], "rejected");
    assert_eq!(desk.sent(), ["POST /templates"]);
}

#[tokio::test]
async fn a_create_of_unknown_outcome_names_candidates_and_is_not_repeated() {
    let desk = Desk::new().await;
    desk.world.zone.inject(
        Fault::new(Effect::CommitThenClose)
            .on("POST", "/templates")
            .times(1),
    );
    let failure = desk.failure("templates_create", parts()).await;
    assert_eq!(failure["code"], "outcome_unknown");
    let candidates = failure["details"]["candidates"].as_array().unwrap();
    assert_eq!(candidates.len(), 1);
    assert_eq!(candidates[0]["name"], "New one");
    let sent = desk.sent();
    assert_eq!(
        sent.iter().filter(|line| line.starts_with("POST")).count(),
        1
    );
    assert_eq!(
        sent[1],
        "GET /templates?teamId=22&pg[offset]=0&pg[limit]=100"
    );
}

#[tokio::test]
async fn a_plan_without_templates_is_named() {
    let desk = Desk::new().await;
    let scopes = [
        "templates:write",
        "templates:read",
        "user:read",
        "organizations:read",
    ];
    let token = desk
        .world
        .zone
        .issue_token_for(seeded::GINA, "Gina", &scopes);
    let desk = desk.with_token(token);
    let mut other = parts();
    other["teamId"] = json!(seeded::OPS);
    let failure = desk.failure("templates_create", other).await;
    assert_eq!(failure["code"], "plan_gate", "{failure}");
}

#[tokio::test]
async fn arguments_are_held_to_their_bounds() {
    let desk = Desk::new().await;
    for (path, value, field) in [
        ("/scheduling/type", json!("hourly"), "scheduling.type"),
        ("/controller/name", json!(""), "controller.name"),
        ("/controller/idSequence", json!(-1), "controller.idSequence"),
        ("/blueprint/flow", json!("x"), "blueprint.flow"),
        ("/language", json!("e"), "language"),
    ] {
        let mut wrong = parts();
        *wrong.pointer_mut(path).unwrap() = value;
        let failure = desk.failure("templates_create", wrong).await;
        assert_eq!(failure["code"], "invalid_arguments", "{path}");
        let message = failure["message"].as_str().unwrap();
        assert!(message.contains(field), "{message}");
    }
    for slug in [json!("13"), json!("1234"), json!(13), json!("../13-a")] {
        for tool in ["public_templates_get", "public_templates_get_blueprint"] {
            let failure = desk.failure(tool, json!({"templateUrl": slug})).await;
            let message = failure["message"].as_str().unwrap();
            assert!(
                message.contains("`url`") && message.contains("not an id"),
                "{message}"
            );
        }
    }
    assert!(desk.sent().is_empty());
}

#[tokio::test]
async fn parts_may_be_passed_as_json_text() {
    let desk = Desk::new().await;
    let mut as_text = parts();
    for part in ["blueprint", "controller"] {
        as_text[part] = json!(as_text[part].to_string());
    }
    desk.answer("templates_create", as_text).await;
    let blueprint = desk.last_body()["blueprint"].clone();
    let blueprint: Value = serde_json::from_str(blueprint.as_str().unwrap()).unwrap();
    assert_eq!(blueprint, parts()["blueprint"]);
    let mut broken = parts();
    broken["blueprint"] = json!("{\"name\":");
    let failure = desk.failure("templates_create", broken).await;
    assert_eq!(failure["message"], "`blueprint` must be an object.");
}
