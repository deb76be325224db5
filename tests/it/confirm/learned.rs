//! What Make names when it is about to be done: a person is asked about that too, once.

use make_credentials_mcp::sandbox::{Effect, Fault};
use serde_json::{Value, json};

use super::{Place, unused};

/// Calls until it is done, with a yes at the terminal to each question. Returns what was asked, and
/// the answer.
async fn agreeing(place: &Place, tool: &str, arguments: &Value) -> (Vec<String>, Value) {
    let mut asked = Vec::new();
    for _ in 0..5 {
        let (_, said) = place.call(tool, arguments.clone()).await;
        let Some(id) = said["details"]["approval"].as_str() else {
            return (asked, said);
        };
        asked.push(said["details"]["plan"].to_string());
        let sent = place.zone.requests();
        assert!(
            !sent
                .iter()
                .any(|request| request.target.contains("confirmed"))
        );
        assert_eq!(place.run(&["approve", id, "--yes"]).await.code, Some(0));
    }
    panic!("asked without an end: {asked:?}");
}

/// Make says that a connection is in use, with these words.
fn in_use(metadata: &Value) -> Fault {
    refused("/connections", metadata)
}

fn refused(path: &str, metadata: &Value) -> Fault {
    let body = json!({"code": "IM004", "message": "Confirmation required.", "metadata": metadata});
    let refusal = Effect::json(406, &body);
    // As often as the tool asks without its confirmation.
    Fault::new(refusal).on("DELETE", path).times(2)
}

fn used_too() -> Value {
    let mut arguments = unused();
    arguments["evenIfUsed"] = json!(true);
    arguments
}

#[tokio::test]
async fn a_key_that_is_used_is_asked_about_once_more() {
    let place = Place::silent("learned-key").await;
    let (asked, done) = agreeing(&place, "keys_delete", &json!({"keyId": 402})).await;
    assert_eq!(done["deleted"], true, "{done}");
    assert_eq!(done["broke"][0]["name"], "Nightly export");
    let named: Vec<bool> = asked
        .iter()
        .map(|plan| plan.contains("Nightly export"))
        .collect();
    assert_eq!(named, [false, true]);
}

#[tokio::test]
async fn a_connection_in_use_is_not_deleted_because_make_does_not_say_by_what() {
    let silent = json!([{"type": "account"}]);
    // Longer than what is read of a refusal, so nothing of it is known.
    let rows: Vec<Value> = (0..1500)
        .map(|n| json!({"scenarioId": n + 1, "scenarioName": "A scenario with a long name, far too long"}))
        .collect();
    let endless = json!([{"type": "scenarios", "data": rows}]);
    for metadata in [silent, endless] {
        let place = Place::silent("learned-silent").await;
        place.zone.inject(in_use(&metadata));
        let (asked, done) = agreeing(&place, "connections_delete", &used_too()).await;
        assert_eq!(done["deleted"], true, "{done}");
        let told = |plan: &String| plan.contains("something that Make does not name");
        let told: Vec<bool> = asked.iter().map(told).collect();
        assert_eq!(told, [false, true], "{asked:?}");
    }
}

#[tokio::test]
async fn more_than_can_be_listed_are_counted() {
    let rows: Vec<Value> = (1000..1500)
        .map(|id| json!({"scenarioId": id, "scenarioName": "S"}))
        .collect();
    let place = Place::silent("learned-many").await;
    place
        .zone
        .inject(in_use(&json!([{"type": "scenarios", "data": rows}])));
    let (asked, done) = agreeing(&place, "connections_delete", &used_too()).await;
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(asked[1].contains("and 490 more"), "{}", asked[1]);
    assert_eq!(done["broke"].as_array().unwrap().len(), 100);
    assert_eq!(done["brokeInAll"], 500);
    // Without the intention nothing is asked, and the count is said too.
    let place = Place::silent("learned-count").await;
    place
        .zone
        .inject(in_use(&json!([{"type": "scenarios", "data": rows}])));
    let (_, refused) = agreeing(&place, "connections_delete", &unused()).await;
    assert_eq!(refused["code"], "would_break", "{refused}");
    assert_eq!(refused["details"]["dependentsInAll"], 500);
}

#[tokio::test]
async fn a_key_that_is_used_by_what_cannot_be_read_is_asked_about_once_more() {
    let rows: Vec<Value> = (0..1500)
        .map(|n| json!({"scenarioId": n + 1, "scenarioName": "A scenario with a long name, far too long"}))
        .collect();
    for data in [json!(rows), json!([501, 502])] {
        let place = Place::silent("learned-key-unnamed").await;
        let metadata = json!([{"type": "scenarios", "data": data}]);
        place.zone.inject(refused("/keys", &metadata));
        let (asked, done) = agreeing(&place, "keys_delete", &json!({"keyId": 401})).await;
        assert_eq!(done["deleted"], true, "{done}");
        let told = |plan: &String| plan.contains("something that Make does not name");
        let told: Vec<bool> = asked.iter().map(told).collect();
        assert_eq!(told, [false, true], "{asked:?}");
        let kind = &done["broke"][0]["kind"];
        assert_eq!(kind, "something that Make does not name", "{done}");
    }
}
