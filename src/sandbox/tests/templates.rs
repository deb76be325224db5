//! Templates and Bridge flows as a client meets them.

use serde_json::{Value, json};

use super::super::{Options, Person, TemplatePatch, seeded};
use super::Probe;

fn new_template(team: u64) -> Value {
    json!({"teamId": team, "language": "en",
        "blueprint": r#"{"name":"B","flow":[{"id":1,"module":"slack:CreateMessage"}]}"#,
        "scheduling": r#"{"type":"indefinitely","interval":900}"#,
        "controller": {"name": "Mine", "modules": {}, "idSequence": 2}})
}

#[test]
fn a_template_goes_from_private_to_public() {
    let probe = Probe::new();
    let created = probe.post("/templates", &new_template(22));
    assert_eq!(created.at("/template/name"), "Mine");
    assert_eq!(created.at("/template/usedApps"), json!(["slack"]));
    let id = created.at("/template/id");
    let approval = format!("/templates/{id}/request-approval");
    assert_eq!(probe.post(&approval, &json!({})).status, 400);
    let published = probe.post(&format!("/templates/{id}/publish"), &json!({}));
    assert_eq!(published.at("/template/public"), true);
    let slug = published
        .at("/template/publicUrl")
        .as_str()
        .unwrap()
        .to_owned();
    assert!(slug.ends_with("-mine"));
    assert_eq!(
        probe
            .post(&approval, &json!({}))
            .at("/template/requestedApproval"),
        true
    );
    assert_eq!(probe.get(&format!("/templates/public/{slug}")).status, 200);
    assert!(
        !probe.get("/templates/public").body.contains(&slug),
        "not approved, so not listed"
    );
    assert_eq!(probe.delete(&format!("/templates/{id}")).status, 406);
    assert_eq!(
        probe
            .delete(&format!("/templates/{id}?confirmed=true"))
            .at("/template"),
        id
    );
    assert_eq!(
        probe.delete("/templates/603?confirmed=true").status,
        403,
        "approved"
    );
}

#[test]
fn a_change_answers_an_array_or_an_object() {
    let probe = Probe::new();
    let reply = probe.patch("/templates/601", &json!({"name": "New"}));
    assert_eq!(reply.at("/template/0/name"), "New");
    let options = Options {
        template_patch: TemplatePatch::Object,
        ..Options::default()
    };
    let probe = Probe::with(options);
    let reply = probe.patch("/templates/601", &json!({"name": "New"}));
    assert_eq!(reply.at("/template/name"), "New");
}

#[test]
fn the_blueprint_is_flat_and_lists_have_pages() {
    let probe = Probe::new();
    let blueprint = probe.get("/templates/601/blueprint?forUse=true");
    assert_eq!(blueprint.at("/blueprint/name"), "Weekly report");
    assert_eq!(blueprint.at("/language"), "en");
    let list = probe.get("/templates?teamId=22&pg%5Blimit%5D=2&pg[offset]=1&cols[]=id");
    assert_eq!(list.at("/templates"), json!([{"id": 602}, {"id": 603}]));
    assert_eq!(list.at("/pg/limit"), 2);
    assert_eq!(
        probe
            .get("/templates?teamId=22&public=false")
            .at("/templates/0/id"),
        601
    );
    assert_eq!(probe.get("/templates/605").status, 404);
}

#[test]
fn public_templates_are_read_by_slug_only() {
    let probe = Probe::new();
    let list = probe.get("/templates/public");
    assert_eq!(
        list.at("/templatesPublic/0/url"),
        "48-post-new-rows-to-slack"
    );
    let one = probe.get("/templates/public/13-http-template-example");
    assert_eq!(one.at("/templatePublic/usage"), 321);
    let path = "/templates/public/13-http-template-example/blueprint";
    assert_eq!(
        probe.get(path).at("/blueprint/flow/0/module"),
        "http:ActionSendData"
    );
    let plain = probe.get("/templates/public/13");
    assert_eq!(plain.status, 400);
    assert_eq!(
        plain.at("/message"),
        "Validation failed for templateUrl unknown format"
    );
    assert_eq!(probe.get("/templates/public/14-nothing").status, 404);
}

#[test]
fn creating_needs_the_license_and_every_field() {
    let globex = Probe::new().scoped(seeded::GINA, &["templates:write"]);
    assert_eq!(globex.post("/templates", &new_template(31)).status, 403);
    let probe = Probe::new();
    let missing = probe.post("/templates", &json!({"teamId": 22}));
    assert_eq!(missing.suberrors().len(), 4);
    let mut broken = new_template(22);
    broken["blueprint"] = json!("not json");
    assert_eq!(probe.post("/templates", &broken).status, 400);
}

#[test]
fn a_schedule_runs_from_once_to_ten_thousand_times_a_minute() {
    let probe = Probe::new();
    let runs = |most: Value| {
        let scheduling = json!({"type": "immediately", "maximum_runs_per_minute": most});
        let mut body = new_template(22);
        body["scheduling"] = json!(scheduling.to_string());
        let created = probe.post("/templates", &body).status;
        let changed = probe.patch("/templates/601", &json!({"scheduling": scheduling}));
        assert_eq!(created, changed.status);
        created
    };
    for most in [json!(1), json!(10_000), json!(null)] {
        assert_eq!(runs(most.clone()), 200, "{most}");
    }
    for most in [json!(0), json!(10_001), json!(-1), json!("10")] {
        assert_eq!(runs(most.clone()), 400, "{most}");
    }
}

#[test]
fn a_flow_needs_a_plan_with_bridge() {
    let globex = Probe::new().scoped(seeded::GINA, &["instances:write"]);
    let init = |template: u64| {
        let body = json!({"teamId": 31, "templateId": template});
        globex.post("/instances/flow/init/template", &body)
    };
    let refused = init(9602);
    assert_eq!((refused.status, refused.at("/code")), (403, json!("SC403")));
    assert_eq!(init(1).status, 403, "whatever the template");
}

#[test]
fn a_flow_takes_the_published_id_and_ends_in_a_scenario() {
    let probe = Probe::new();
    let init = |id: u64| {
        let body = json!({"teamId": 22, "templateId": id, "autoActivate": true, "scenario": {"name": "For Ann"}});
        probe.post("/instances/flow/init/template", &body)
    };
    assert_eq!(init(602).status, 404, "its own id is not the public one");
    let flow = init(9602);
    let id = flow.at("/flow/id").as_str().unwrap().to_owned();
    let get = || probe.get(&format!("/instances/flow/{id}"));
    assert_eq!(get().at("/flow/result"), Value::Null);
    probe
        .zone
        .person_finishes_flow(flow.at("/publicUrl").as_str().unwrap())
        .unwrap();
    let scenario = get().at("/flow/result/scenarios/0/id");
    let made = probe.get(&format!("/scenarios/{scenario}"));
    assert_eq!(
        (made.at("/scenario/name"), made.at("/scenario/isActive")),
        (json!("For Ann"), json!(true))
    );

    probe.zone.set_person(Person::Auto { after_polls: 1 });
    let id = init(9602).at("/flow/id").as_str().unwrap().to_owned();
    assert_eq!(
        probe
            .get(&format!("/instances/flow/{id}"))
            .at("/flow/result"),
        Value::Null
    );
    assert!(
        probe
            .get(&format!("/instances/flow/{id}"))
            .at("/flow/result/scenarios")
            .is_array()
    );
}
