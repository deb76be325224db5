//! Templates of a team and public ones.

use make_credentials_mcp::grants::{Access, Confirmation};
use make_credentials_mcp::sandbox::{Effect, Fault, Options, TemplatePatch, seeded};
use serde_json::{Value, json};

use super::desk::Desk;

/// In Marketing: private, published, and approved.
const PRIVATE: u64 = 601;
const PUBLISHED: u64 = 602;
const APPROVED: u64 = 603;
/// In Sales.
const FOREIGN: u64 = 604;

pub(super) fn parts() -> Value {
    json!({
        "teamId": seeded::MARKETING,
        "language": "en",
        "blueprint": {"name": "New one", "flow": [{"id": 1, "module": "http:ActionSendData", "version": 3, "mapper": null}], "metadata": {"version": 1}},
        "scheduling": {"type": "indefinitely", "interval": 900},
        "controller": {"name": "New one", "idSequence": 2, "modules": {}},
    })
}

pub(super) fn status(status: u16, body: &str) -> Effect {
    Effect::json(status, &body)
}

#[tokio::test]
async fn a_list_pages_at_make_and_names_the_next_step() {
    let desk = Desk::new().await;
    let arguments = json!({"teamId": 22, "public": "true", "usedApps": ["http"]});
    let answer = desk.answer("templates_list", arguments).await;
    assert_eq!(
        answer["templates"],
        json!([{"id": APPROVED, "name": "Leads to CRM", "usedApps": ["airtable", "http"], "public": true, "publicUrl": "9603-leads-to-crm"}])
    );
    assert_eq!(
        desk.sent(),
        ["GET /templates?teamId=22&public=true&usedApps[]=http&pg[offset]=0&pg[limit]=26"]
    );

    let first = desk
        .answer(
            "templates_list",
            json!({"teamId": 22, "limit": 2, "fields": ["id"]}),
        )
        .await;
    assert_eq!(first["templates"], json!([{"id": 601}, {"id": 602}]));
    let cursor = &first["cursor"];
    let rest = json!({"teamId": 22, "limit": 2, "fields": ["id"], "cursor": cursor});
    let rest = desk.answer("templates_list", rest).await;
    assert_eq!(rest["templates"], json!([{"id": 603}]));
    assert!(rest.get("cursor").is_none());

    let none = json!({"teamId": 22, "usedApps": ["zzz"]});
    let none = desk.answer("templates_list", none).await;
    assert!(
        none["next"]
            .as_str()
            .unwrap()
            .contains("public_templates_list")
    );
}

#[tokio::test]
async fn another_teams_templates_are_refused() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    let denied = desk
        .failure("templates_list", json!({"teamId": seeded::SALES}))
        .await;
    assert_eq!(denied["code"], "not_granted");
    assert!(desk.sent().is_empty());
    for tool in [
        "templates_get",
        "templates_get_blueprint",
        "templates_delete",
        "templates_publish",
        "templates_request_approval",
    ] {
        let denied = desk.failure(tool, json!({"templateId": FOREIGN})).await;
        assert_eq!(denied["code"], "not_found", "{tool}");
        assert!(!denied.to_string().contains("Deal alerts"), "{tool}");
    }
    let update = json!({"templateId": FOREIGN, "name": "Mine"});
    let denied = desk.failure("templates_update", update).await;
    assert_eq!(denied["code"], "not_found");
    let mut other = parts();
    other["teamId"] = json!(seeded::SALES);
    let denied = desk.failure("templates_create", other).await;
    assert_eq!(denied["code"], "not_granted");
    assert!(
        desk.sent()
            .iter()
            .all(|line| line.starts_with("GET /templates/604")
                || line == "GET /users/me/current-authorization")
    );
}

#[tokio::test]
async fn a_team_bound_agent_reads_by_id() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    let answer = desk
        .answer("templates_get", json!({"templateId": APPROVED}))
        .await;
    assert_eq!(answer["template"]["approvedId"], 77);
    // Whose it is came with the answer, so no look-up is needed any more.
    desk.answer("templates_get_blueprint", json!({"templateId": APPROVED}))
        .await;
    assert_eq!(
        desk.sent(),
        ["GET /templates/603", "GET /templates/603/blueprint"]
    );
}

#[tokio::test]
async fn what_make_refuses_is_told() {
    let desk = Desk::new().await;
    let missing = desk
        .failure("templates_get", json!({"templateId": 999}))
        .await;
    assert_eq!(missing["code"], "not_found");
    let approved = desk
        .failure("templates_delete", json!({"templateId": APPROVED}))
        .await;
    assert_eq!(approved["code"], "forbidden");
    let early = json!({"templateId": PRIVATE});
    let early = desk.failure("templates_request_approval", early).await;
    assert_eq!(early["code"], "rejected");
    desk.world
        .zone
        .inject(Fault::new(status(500, "{}")).times(3));
    let down = desk.failure("public_templates_list", json!({})).await;
    assert_eq!(
        (&down["code"], &down["retryable"]),
        (&json!("unavailable"), &json!(true))
    );
    desk.world
        .zone
        .inject(Fault::new(status(200, r#"{"templates":[{"id":null}]}"#)).times(1));
    let strange = desk.failure("templates_list", json!({"teamId": 22})).await;
    assert_eq!(strange["code"], "unavailable");
}

#[tokio::test]
async fn a_rename_needs_no_consent_and_a_replacement_does() {
    for template_patch in [TemplatePatch::Array, TemplatePatch::Object] {
        let options = Options {
            template_patch,
            ..Options::default()
        };
        let desk = Desk::of(options).await;
        let desk = desk.confirming(Confirmation::Ask);
        let rename = json!({"templateId": PRIVATE, "name": "Renamed"});
        let answer = desk.answer("templates_update", rename).await;
        assert_eq!(answer["changed"], json!(["name"]));
        assert_eq!(answer["template"]["name"], "Renamed");
        // Whether others see it decides whether a person is asked.
        assert_eq!(desk.sent(), ["GET /templates/601", "PATCH /templates/601"]);
        assert_eq!(desk.last_body(), json!({"name": "Renamed"}));

        let replace =
            json!({"templateId": PRIVATE, "scheduling": {"type": "daily", "time": "09:00"}});
        let refused = desk.failure("templates_update", replace.clone()).await;
        assert_eq!(refused["code"], "confirmation_required");
        let changes = desk.sent();
        let changes = changes.iter().filter(|line| !line.starts_with("GET "));
        assert_eq!(changes.count(), 1);
        let desk = desk.confirming(Confirmation::Never);
        let answer = desk.answer("templates_update", replace).await;
        assert_eq!(answer["changed"], json!(["scheduling"]));
        assert_eq!(
            desk.last_body(),
            json!({"scheduling": r#"{"time":"09:00","type":"daily"}"#})
        );
    }
}

#[tokio::test]
async fn an_update_without_a_change_is_an_error() {
    let desk = Desk::new().await;
    let failure = desk
        .failure("templates_update", json!({"templateId": PRIVATE}))
        .await;
    assert_eq!(failure["code"], "invalid_arguments");
    assert!(desk.sent().is_empty());
}

#[tokio::test]
async fn an_update_of_unknown_outcome_says_what_is_there_now() {
    let desk = Desk::new().await;
    desk.world.zone.inject(
        Fault::new(Effect::CommitThenClose)
            .on("PATCH", "/templates")
            .times(1),
    );
    let rename = json!({"templateId": PRIVATE, "name": "Renamed"});
    let failure = desk.failure("templates_update", rename).await;
    assert_eq!(failure["code"], "outcome_unknown");
    assert_eq!(failure["details"]["now"]["name"], "Renamed");
}

#[tokio::test]
async fn what_cannot_be_undone_waits_for_a_person() {
    let desk = Desk::new().await;
    let desk = desk.confirming(Confirmation::Ask);
    for tool in ["templates_delete", "templates_publish"] {
        let failure = desk.failure(tool, json!({"templateId": PRIVATE})).await;
        assert_eq!(failure["code"], "confirmation_required", "{tool}");
    }
    assert!(desk.sent().iter().all(|line| line.starts_with("GET ")));
}

#[tokio::test]
async fn a_delete_is_confirmed_to_make() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    let answer = desk
        .answer("templates_delete", json!({"templateId": PRIVATE}))
        .await;
    assert_eq!(answer, json!({"templateId": PRIVATE, "deleted": true}));
    assert_eq!(
        desk.sent(),
        ["GET /templates/601", "DELETE /templates/601?confirmed=true"]
    );
    // Gone after our own delete of unknown outcome is a success; still there is not.
    desk.world.zone.inject(
        Fault::new(Effect::CommitThenClose)
            .on("DELETE", "/templates")
            .times(1),
    );
    desk.answer("templates_delete", json!({"templateId": PUBLISHED}))
        .await;
    desk.world.zone.inject(
        Fault::new(Effect::CloseBeforeAnswer)
            .on("DELETE", "/templates")
            .times(1),
    );
    let failure = desk
        .failure("templates_delete", json!({"templateId": APPROVED}))
        .await;
    assert_eq!(failure["code"], "outcome_unknown");
}

#[tokio::test]
async fn a_template_is_published_and_proposed() {
    let desk = Desk::new().await;
    let answer = desk
        .answer("templates_publish", json!({"templateId": PRIVATE}))
        .await;
    let url = answer["template"]["publicUrl"].clone();
    assert!(url.as_str().unwrap().ends_with("-weekly-report"));
    let answer = desk
        .answer("templates_request_approval", json!({"templateId": PRIVATE}))
        .await;
    assert_eq!(answer["template"]["requestedApproval"], true);
    assert_eq!(
        desk.sent(),
        [
            "POST /templates/601/publish",
            "POST /templates/601/request-approval"
        ]
    );
    let read = desk
        .answer("public_templates_get", json!({"templateUrl": url}))
        .await;
    assert_eq!(read["template"]["name"], "Weekly report");
}

#[tokio::test]
async fn a_reader_finds_public_templates() {
    let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
    let desk = desk.with_access(Access::Read);
    let arguments = json!({"name": "slack", "usedApps": "slack", "includeEn": true});
    let answer = desk.answer("public_templates_list", arguments).await;
    assert_eq!(answer["templates"][0]["url"], "48-post-new-rows-to-slack");
    desk.answer(
        "public_templates_get",
        json!({"templateUrl": "13-http-template-example"}),
    )
    .await;
    assert_eq!(
        desk.sent(),
        [
            "GET /templates/public?name=slack&usedApps[]=slack&includeEn=true&pg[offset]=0&pg[limit]=26",
            "GET /templates/public/13-http-template-example",
        ]
    );
    let none = desk
        .answer("public_templates_list", json!({"name": "zzz"}))
        .await;
    assert!(none["next"].as_str().unwrap().contains("includeEn"));
    let missing = json!({"templateUrl": "999-nothing"});
    let missing = desk.failure("public_templates_get", missing).await;
    assert_eq!(missing["code"], "not_found");
    let denied = desk.failure("templates_create", parts()).await;
    assert_eq!(denied["code"], "not_granted");
}
