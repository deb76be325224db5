//! Keys as a client meets them.

use serde_json::{Value, json};

use super::Probe;

#[test]
fn reads_show_id_and_name_unless_asked_for_more() {
    let probe = Probe::new();
    assert_eq!(
        probe.get("/keys?teamId=22").json(),
        json!({"keys": [{"id": 401, "name": "Legacy shop login"}, {"id": 402, "name": "Weather API"}]})
    );
    assert_eq!(
        probe.get("/keys/401?cols[]=typeName").json(),
        json!({"key": {"typeName": "basicauth"}})
    );
    assert_eq!(
        probe
            .get("/keys?teamId=22&typeName=apikeyauth")
            .at("/keys/0/id"),
        402
    );
    assert_eq!(probe.get("/keys/404").status, 404);
    let types = probe.get("/keys/types").at("/keysTypes");
    let names: Vec<&str> = types
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"quantum-seal") && names.contains(&"digest-secret"));
    for documented in [
        "aes-key",
        "apikeyauth",
        "apn",
        "basicauth",
        "clientcertauth",
        "eet",
        "gpg-private",
        "gpg-public",
        "webpay",
    ] {
        assert!(names.contains(&documented), "{documented}");
    }
    // Of these two the name is all that Make documents.
    for kind in types.as_array().unwrap() {
        if kind["name"] == "eet" || kind["name"] == "webpay" {
            assert_eq!(kind["parameters"], json!([]));
        }
    }
}

#[test]
fn a_key_is_created_with_its_types_parameters() {
    let probe = Probe::new();
    let body =
        json!({"teamId": 22, "name": "K", "typeName": "apikeyauth", "parameters": {"key": "s"}});
    let reply = probe.post("/keys", &body);
    assert_eq!(reply.at("/key/typeName"), "apikeyauth");
    assert_eq!(reply.at("/key/parameters"), Value::Null);
    let id = reply.at("/key/id").as_u64().unwrap();
    assert_eq!(probe.zone.stored_in_key(id).unwrap(), json!({"key": "s"}));
    let without = json!({"teamId": 22, "name": "K", "typeName": "apikeyauth", "parameters": {}});
    assert_eq!(
        probe.post("/keys", &without).suberrors(),
        ["should have required property 'key'"]
    );
    let empty = probe.post("/keys", &json!({}));
    assert_eq!(empty.suberrors().len(), 4);
    let unknown = json!({"teamId": 22, "name": "K", "typeName": "nope", "parameters": {}});
    assert_eq!(probe.post("/keys", &unknown).status, 400);
    let foreign = json!({"teamId": 31, "name": "K", "typeName": "basicauth", "parameters": {}});
    assert_eq!(probe.post("/keys", &foreign).status, 403);
}

#[test]
fn an_update_leaves_what_is_not_given() {
    let probe = Probe::new();
    let reply = probe.patch("/keys/401", &json!({"parameters": {"authPass": "p"}}));
    assert_eq!(reply.at("/key/name"), "Legacy shop login");
    let stored = probe.zone.stored_in_key(401).unwrap();
    assert_eq!(stored["authPass"], "p");
    assert!(stored["authUser"].as_str().unwrap().starts_with("stored-"));
}

#[test]
fn every_deletion_of_a_key_has_to_be_confirmed() {
    let probe = Probe::new();
    let unused = probe.delete("/keys/401");
    assert_eq!(
        (unused.status, unused.at("/metadata")),
        (406, json!([{"type": "keychain"}]))
    );
    let used = probe.delete("/keys/402");
    assert_eq!(used.at("/metadata/1/data/0/scenarioId"), 502);
    assert_eq!(
        probe.delete("/keys/402?confirmed=true").json(),
        json!({"key": 402})
    );
    assert_eq!(probe.get("/keys/402").status, 404);
}
