//! Blueprints: whole where they fit, cut at a module where they do not.

use make_credentials_mcp::sandbox::{Effect, Fault};
use serde_json::{Value, json};

use super::desk::Desk;

fn payload(payload: &Value) -> Fault {
    Fault::new(Effect::json(200, &payload)).on("GET", "/templates/601/blueprint")
}

fn module(id: u64, bytes: usize) -> Value {
    json!({"id": id, "module": "http:ActionSendData", "version": 3, "parameters": {},
        "mapper": {"data": "x".repeat(bytes)}, "metadata": {"designer": {"x": 0}}})
}

/// Reads all pages and returns the modules with the first page.
async fn whole(desk: &Desk, cap: usize, arguments: Value) -> (Vec<Value>, Value) {
    let (mut rows, mut arguments) = (Vec::new(), arguments);
    let mut first = None;
    loop {
        let answer = desk
            .answer("templates_get_blueprint", arguments.clone())
            .await;
        assert!(
            answer.to_string().len() <= cap,
            "{}",
            answer.to_string().len()
        );
        rows.extend(answer["flow"].as_array().unwrap().iter().cloned());
        let cursor = answer.get("cursor").cloned();
        first.get_or_insert(answer);
        let Some(cursor) = cursor else {
            return (rows, first.unwrap());
        };
        arguments["cursor"] = cursor;
    }
}

#[tokio::test]
async fn a_small_blueprint_comes_whole() {
    let desk = Desk::new().await;
    let answer = desk
        .answer(
            "templates_get_blueprint",
            json!({"templateId": 601, "forUse": true}),
        )
        .await;
    assert_eq!(
        answer,
        json!({
            "name": "Weekly report", "language": "en", "metadata": {"version": 1},
            "scheduling": {"type": "indefinitely", "interval": 900},
            "controller": {"name": "Weekly report", "modules": {}, "idSequence": 3},
            "flow": [
                {"id": 1, "module": "google-sheets:watchRows", "version": 1, "parameters": {}, "mapper": {}},
                {"id": 2, "module": "slack:CreateMessage", "version": 1, "parameters": {}, "mapper": {}},
            ],
        })
    );
    let slug = json!({"templateUrl": "13-http-template-example", "fields": ["module", "metadata"]});
    let public = desk.answer("public_templates_get_blueprint", slug).await;
    assert_eq!(
        public["flow"],
        json!([{"module": "http:ActionSendData", "metadata": {}}])
    );
    assert_eq!(
        desk.sent(),
        [
            "GET /templates/601/blueprint?forUse=true",
            "GET /templates/public/13-http-template-example/blueprint",
        ]
    );
}

#[tokio::test]
async fn a_large_blueprint_is_cut_at_a_module_and_pages_join() {
    let desk = Desk::new().await;
    let modules: Vec<Value> = (1..=200).map(|id| module(id, 1000)).collect();
    desk.world.zone.inject(payload(&json!({
        "blueprint": {"name": "Big", "flow": modules, "metadata": {"version": 1}},
        "controller": {"modules": {"1": "y".repeat(20_000)}}, "scheduling": {"type": "new kind"},
    })));
    let (rows, first) = whole(&desk, 32 * 1024, json!({"templateId": 601, "limit": 100})).await;
    let ids: Vec<u64> = rows.iter().map(|row| row["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, (1..=200).collect::<Vec<_>>());
    assert!(first["next"].as_str().unwrap().contains("byte cap"));
    assert_eq!(first["leftOut"], json!(["controller"]));
    assert_eq!(
        (&first["name"], &first["scheduling"]["type"]),
        (&json!("Big"), &json!("new kind"))
    );

    let few = json!({"templateId": 601, "limit": 100, "fields": ["id", "module"]});
    let (rows, first) = whole(&desk, 32 * 1024, few).await;
    assert_eq!(rows.len(), 200);
    assert_eq!(first["flow"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn nothing_beside_the_modules_breaks_a_small_cap() {
    let desk = Desk::new().await.answering_at_most(2048);
    desk.world.zone.inject(payload(&json!({
        "blueprint": {"name": "n".repeat(900), "flow": [module(1, 5000), module(2, 10)], "metadata": {"a": "b".repeat(900)}},
        "controller": {"name": "c".repeat(900)}, "scheduling": {"type": "once", "date": "d".repeat(900)}, "language": "en",
    })));
    let (rows, first) = whole(&desk, 2048, json!({"templateId": 601})).await;
    assert_eq!(
        first["leftOut"],
        json!(["scheduling", "controller", "metadata"])
    );
    assert_eq!(rows.len(), 2);
    assert!(rows[0]["cutBytes"].as_u64().unwrap() > 5000);
    assert_eq!(rows[1]["mapper"]["data"], "x".repeat(10));
}

#[tokio::test]
async fn the_modules_of_a_router_are_read_by_its_id() {
    let desk = Desk::new().await;
    let router = json!({"id": 5, "module": "builtin:BasicRouter", "version": 1, "mapper": null,
        "routes": [{"flow": [module(6, 10), {"id": 7, "routes": [{"flow": [module(8, 30_000)]}], "onerror": [module(9, 5)]}]}, {"flow": [module(10, 20_000)]}]});
    // As text, which Make may answer with too.
    let blueprint = json!({"name": "R", "flow": [module(1, 10), router]}).to_string();
    desk.world
        .zone
        .inject(payload(&json!({"blueprint": blueprint})));
    let cut = desk
        .answer("templates_get_blueprint", json!({"templateId": 601}))
        .await;
    assert_eq!(cut["flow"].as_array().unwrap().len(), 1);
    let places = |answer: &Value| -> Vec<(Value, Value)> {
        let rows = answer["flow"].as_array().unwrap().iter();
        rows.map(|row| (row["id"].clone(), row["route"].clone()))
            .collect()
    };
    let inside = json!({"templateId": 601, "inside": 5, "fields": ["id", "route"]});
    let inside = desk.answer("templates_get_blueprint", inside).await;
    assert_eq!(
        places(&inside),
        [
            (json!(6), json!("0")),
            (json!(7), json!("0")),
            (json!(10), json!("1"))
        ]
    );
    let deeper = json!({"templateId": 601, "inside": 7, "fields": ["id", "route"]});
    let deeper = desk.answer("templates_get_blueprint", deeper).await;
    assert_eq!(
        places(&deeper),
        [(json!(8), json!("0")), (json!(9), json!("onerror"))]
    );
    let nowhere = json!({"templateId": 601, "inside": 99});
    let nowhere = desk.failure("templates_get_blueprint", nowhere).await;
    assert_eq!(nowhere["code"], "invalid_arguments");
}

#[tokio::test]
async fn a_blueprint_may_be_larger_than_other_answers() {
    let desk = Desk::new().await;
    desk.world.zone.inject(payload(
        &json!({"blueprint": {"flow": [module(1, 9 << 20)]}}),
    ));
    let answer = desk
        .answer("templates_get_blueprint", json!({"templateId": 601}))
        .await;
    assert!(answer["flow"][0]["cutBytes"].as_u64().unwrap() > 9 << 20);
    let fault = payload(&json!({"blueprint": {"name": "no modules"}}));
    desk.world.zone.clear_faults();
    desk.world.zone.inject(fault);
    let failure = desk
        .failure("templates_get_blueprint", json!({"templateId": 601}))
        .await;
    assert_eq!(failure["code"], "unavailable");
}
