//! Make Bridge flows.

use make_credentials_mcp::sandbox::{Effect, Fault, Feature, seeded};
use serde_json::json;

use super::desk::Desk;

const PRIVATE: u64 = 601;
const PUBLISHED: u64 = 602;
const FOREIGN: u64 = 604;

#[tokio::test]
async fn a_flow_starts_from_the_published_version() {
    let desk = Desk::new().await;
    let arguments = json!({
        "teamId": seeded::SALES, "templateId": PUBLISHED, "scenario": {"name": "Intake"},
        "prefill": {"hard": {"f1": 1}, "soft": {}}, "redirectUri": "https://example.com/done",
        "autoActivate": true, "autoFinalize": false, "allowReusingComponents": "true",
    });
    let answer = desk.answer("template_flows_start", arguments).await;
    assert_eq!(
        desk.sent(),
        ["GET /templates/602", "POST /instances/flow/init/template"]
    );
    assert_eq!(
        desk.last_body(),
        json!({
            "teamId": seeded::SALES, "templateId": 9602, "scenario": {"name": "Intake"},
            "prefill": {"hard": {"f1": 1}, "soft": {}}, "redirectUri": "https://example.com/done",
            "autoActivate": true, "autoFinalize": false, "allowReusingComponents": true,
        })
    );
    let url = answer["publicUrl"].as_str().unwrap();
    assert!(
        answer["next"]
            .as_str()
            .unwrap()
            .contains("template_flows_get")
    );
    assert!(answer["waitsFor"].as_str().unwrap().contains("person"));

    let flow = json!({"flowId": answer["flowId"]});
    let open = desk.answer("template_flows_get", flow.clone()).await;
    assert_eq!(
        (&open["finished"], &open["publicUrl"]),
        (&json!(false), &json!(url))
    );
    desk.world.zone.person_finishes_flow(url).unwrap();
    let done = desk.answer("template_flows_get", flow).await;
    assert_eq!(done["finished"], true);
    assert_eq!(done["scenarioIds"].as_array().unwrap().len(), 1);
    assert!(done.get("publicUrl").is_none() && done.get("next").is_none());
}

#[tokio::test]
async fn a_template_that_is_not_published_names_the_way() {
    let desk = Desk::new().await;
    let arguments = json!({"teamId": 22, "templateId": PRIVATE});
    let failure = desk.failure("template_flows_start", arguments).await;
    assert_eq!(failure["code"], "invalid_arguments");
    assert!(
        failure["message"]
            .as_str()
            .unwrap()
            .contains("not published")
    );
    assert!(
        failure["next"]
            .as_str()
            .unwrap()
            .contains("templates_publish")
    );
    assert_eq!(desk.sent(), ["GET /templates/601"]);
    let bad = json!({"teamId": 22, "templateId": PUBLISHED, "redirectUri": "http://example.com"});
    let bad = desk.failure("template_flows_start", bad).await;
    assert_eq!(bad["code"], "invalid_arguments");
    assert_eq!(desk.sent().len(), 1);
}

#[tokio::test]
async fn a_flow_is_known_to_its_agent_in_another_process_and_to_nobody_else() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    let arguments = json!({"templateId": PUBLISHED});
    let answer = desk.answer("template_flows_start", arguments).await;
    assert_eq!(answer["teamId"], seeded::MARKETING);
    let flow = json!({"flowId": answer["flowId"]});
    let desk = desk.restarted();
    let open = desk.answer("template_flows_get", flow.clone()).await;
    assert_eq!(open["publicUrl"], answer["publicUrl"]);
    assert_eq!(desk.sent().len(), 1);

    let unknown = json!({"flowId": "0b6e0d54-0000-4000-8000-000000000000"});
    let unknown = desk.failure("template_flows_get", unknown).await;
    assert_eq!(unknown["code"], "not_found");
    let moved = desk.bound_to(&[seeded::SALES]);
    let denied = moved.failure("template_flows_get", flow).await;
    assert_eq!(denied, unknown);
    assert!(moved.sent().is_empty());
}

#[tokio::test]
async fn another_teams_template_or_team_is_refused() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    let arguments = json!({"templateId": FOREIGN});
    let denied = desk.failure("template_flows_start", arguments).await;
    assert_eq!(denied["code"], "not_found");
    let arguments = json!({"teamId": seeded::SALES, "templateId": PUBLISHED});
    let denied = desk.failure("template_flows_start", arguments).await;
    assert_eq!(denied["code"], "not_granted");
    assert_eq!(
        desk.sent(),
        ["GET /templates/604", "GET /users/me/current-authorization"]
    );
    // A template that says no team is nobody's.
    let body = r#"{"template":{"id":602,"teamId":null,"publishedId":"9602"}}"#;
    let effect = Effect::json(200, &body);
    desk.world.zone.inject(Fault::new(effect).times(1));
    let arguments = json!({"templateId": PUBLISHED});
    let denied = desk.failure("template_flows_start", arguments).await;
    assert_eq!(denied["code"], "not_found");
}

#[tokio::test]
async fn a_plan_without_bridge_is_a_possible_cause() {
    let desk = Desk::new().await;
    let feature = Feature::Bridge;
    desk.world
        .zone
        .inject(Fault::new(Effect::PlanGate { feature }));
    let arguments = json!({"teamId": 22, "templateId": PUBLISHED});
    let failure = desk.failure("template_flows_start", arguments).await;
    assert_eq!(failure["code"], "forbidden");
    let causes = failure["causes"].as_array().unwrap();
    let plan = causes
        .iter()
        .find(|cause| cause["cause"] == "plan")
        .unwrap();
    assert_eq!(plan["verdict"], "possible");
    let failure = desk
        .failure("template_flows_get", json!({"flowId": "x"}))
        .await;
    assert_eq!(failure["code"], "forbidden");
}

#[tokio::test]
async fn a_lost_answer_is_not_repeated() {
    let desk = Desk::new().await;
    desk.world.zone.inject(
        Fault::new(Effect::CommitThenClose)
            .on("POST", "/instances")
            .times(1),
    );
    let arguments = json!({"teamId": 22, "templateId": PUBLISHED});
    let failure = desk.failure("template_flows_start", arguments).await;
    assert_eq!(failure["code"], "outcome_unknown");
    assert_eq!(desk.sent().len(), 2);
}

#[tokio::test]
async fn the_address_of_a_hook_stays_here() {
    let desk = Desk::new().await;
    let body = r#"{"flow":{"id":"f","statusId":3,"statusMessage":"done","isCompleted":true,
        "result":{"scenarios":[{"id":"7","description":null}],"hooks":[{"id":11,"uri":"https://hook.eu1.make.com/secret"}]}}}"#;
    let effect = Effect::json(200, &body);
    desk.world.zone.inject(Fault::new(effect));
    let answer = desk
        .answer("template_flows_get", json!({"flowId": "f"}))
        .await;
    assert_eq!(
        answer,
        json!({"flowId": "f", "finished": true, "statusMessage": "done", "scenarioIds": [7], "hookIds": ["11"]})
    );
}

#[tokio::test]
async fn a_plan_that_is_known_to_lack_bridge_is_named() {
    let desk = Desk::new().await;
    let scopes = [
        "templates:write",
        "templates:read",
        "instances:write",
        "user:read",
        "organizations:read",
    ];
    let zone = &desk.world.zone;
    let token = zone.issue_token_for(seeded::GINA, "Gina", &scopes);
    let desk = desk.with_token(token);
    let template = json!({"templateId": 605});
    let approval = "templates_request_approval";
    let failure = desk.failure(approval, template.clone()).await;
    assert!(
        failure["next"]
            .as_str()
            .unwrap()
            .contains("templates_publish")
    );
    desk.answer("templates_publish", template).await;
    let start = json!({"teamId": seeded::OPS, "templateId": 605});
    let failure = desk.failure("template_flows_start", start).await;
    assert_eq!(failure["code"], "plan_gate", "{failure}");
}
