//! Connections as a client meets them.

use serde_json::{Value, json};

use super::super::{Options, seeded};
use super::Probe;

#[test]
fn the_list_is_sorted_by_name_and_can_be_narrowed() {
    let probe = Probe::new();
    let list = probe.get("/connections?teamId=22");
    let names: Vec<String> = list
        .at("/connections")
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .collect();
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!((names.len(), &names), (7, &sorted));
    assert_eq!(list.at("/pg"), Value::Null);
    let path = "/connections?teamId=22&type%5B%5D=google&cols[]=id&cols[]=scoped\
        &google[]=https://www.googleapis.com/auth/spreadsheets";
    assert_eq!(
        probe.get(path).json(),
        json!({"connections": [{"id": 101, "scoped": true}, {"id": 105, "scoped": false}]})
    );
    assert_eq!(
        probe
            .get("/connections?teamId=22&type=slack2")
            .at("/connections/0/id"),
        103
    );
    assert_eq!(
        probe.get("/connections?teamId=22&cols[]=secret").status,
        400
    );
    let missing = probe.get("/connections");
    assert_eq!(
        missing.suberrors(),
        ["should have required property 'teamId'"]
    );
}

#[test]
fn provider_ids_come_as_text_as_a_huge_number_and_not_at_all() {
    let probe = Probe::new();
    let body = probe.get("/connections?teamId=22&cols[]=uid").body;
    assert!(body.contains(r#""uid":113000000000000000042}"#), "{body}");
    assert!(body.contains(r#""uid":"113000000000000000041""#) && body.contains(r#""uid":null"#));
    let one = probe.get("/connections/101");
    assert_eq!(one.at("/connection/scopes/0/account"), "google");
    assert_eq!(one.at("/connection/metadata/type"), "email");
    assert!(
        probe
            .get("/connections/105")
            .at("/connection/expire")
            .is_string()
    );
}

#[test]
fn what_is_foreign_is_hidden_by_id_and_refused_by_team() {
    let probe = Probe::new();
    let hidden = probe.get("/connections/301");
    assert_eq!((hidden.status, hidden.at("/code")), (404, json!("IM304")));
    assert_eq!(hidden.at("/detail"), "Connection not found '301'.");
    assert_eq!(probe.get("/connections?teamId=31").status, 403);
    assert_eq!(probe.post("/connections/301/test", &json!({})).status, 404);
    let john = Probe::new().scoped(seeded::JOHN, &["connections:read", "connections:write"]);
    assert_eq!(john.get("/connections/101").status, 200);
    assert_eq!(
        john.patch("/connections/101", &json!({"name": "x"})).status,
        403
    );
}

#[test]
fn create_swaps_name_and_type_and_counts_no_scopes() {
    let probe = Probe::new();
    let body = json!({"accountName": "My Make", "accountType": "make",
        "url": "https://eu1.make.com", "apiKey": "k"});
    let reply = probe.post("/connections?teamId=22", &body);
    assert_eq!(reply.at("/connection/name"), "My Make");
    assert_eq!(reply.at("/connection/accountName"), "make");
    assert_eq!(reply.at("/connection/accountType"), "basic");
    assert_eq!(reply.at("/connection/scopes"), 0);
    assert_eq!(reply.at("/connection/scopesCnt"), Value::Null);
    let id = reply.at("/connection/id").as_u64().unwrap();
    assert_eq!(
        probe.zone.stored_in_connection(id).unwrap(),
        json!({"url": "https://eu1.make.com", "apiKey": "k"})
    );
    assert!(!reply.body.contains("eu1.make.com"));
    let unknown = json!({"accountName": "x", "accountType": "nope"});
    assert_eq!(probe.post("/connections?teamId=22", &unknown).status, 400);
    for scopes in [json!("notalist"), json!([1]), json!(null)] {
        let odd = json!({"accountName": "x", "accountType": "google", "scopes": scopes});
        let reply = probe.post("/connections?teamId=22", &odd);
        assert_eq!(reply.status, 400, "{odd}");
    }
    let oauth = json!({"accountName": "x", "accountType": "google", "scopes": ["chat:write"]});
    let id = probe
        .post("/connections?teamId=22", &oauth)
        .at("/connection/id");
    assert_eq!(
        probe
            .post(&format!("/connections/{id}/test"), &json!({}))
            .status,
        424
    );
}

#[test]
fn rename_takes_the_name_alone() {
    let probe = Probe::new();
    let renamed = probe.patch("/connections/101", &json!({"name": "New"}));
    assert_eq!(renamed.at("/connection/name"), "New");
    let extra = probe.patch("/connections/101", &json!({"name": "New", "teamId": 23}));
    assert_eq!(extra.suberrors(), ["should NOT have additional properties"]);
    let long = probe.patch("/connections/101", &json!({"name": "x".repeat(129)}));
    assert_eq!(long.status, 400);
}

#[test]
fn set_data_replaces_everything() {
    let probe = Probe::new();
    let schema = probe.get("/connections/104/editable-data-schema");
    assert_eq!(
        schema.json(),
        json!({"editableParameters": ["url", "apiKey"]})
    );
    let verified = |probe: &Probe| probe.post("/connections/104/test", &json!({})).status == 200;
    assert!(verified(&probe));
    let half = probe.post("/connections/104/set-data", &json!({"apiKey": "new"}));
    assert_eq!(half.json(), json!({"changed": true}));
    assert!(!verified(&probe), "the url is empty now");
    probe.post(
        "/connections/104/set-data",
        &json!({"apiKey": "new", "url": "u"}),
    );
    assert!(verified(&probe));
    let fixed = probe.get("/connections/103/editable-data-schema");
    assert_eq!((fixed.status, fixed.at("/code")), (400, json!("IM005")));
}

#[test]
fn a_test_ends_in_three_ways() {
    let probe = Probe::new();
    let test = |id: u64| probe.post(&format!("/connections/{id}/test"), &json!({}));
    assert_eq!(test(101).json(), json!({"verified": true}));
    assert_eq!(test(107).json(), json!({"verified": false}));
    let refused = test(106);
    assert_eq!(refused.status, 424);
    assert!(
        refused
            .at("/message")
            .as_str()
            .unwrap()
            .contains("access token expired")
    );
    assert_eq!(test(105).status, 424);
    let scoped = probe.post(
        "/connections/103/scoped",
        &json!({"scope": ["chat:write", "x"]}),
    );
    assert_eq!(scoped.json(), json!({"connection": {"scoped": false}}));
}

#[test]
fn only_a_used_connection_has_to_be_confirmed() {
    let probe = Probe::new();
    let refused = probe.delete("/connections/103");
    assert_eq!((refused.status, refused.at("/code")), (406, json!("IM004")));
    assert_eq!(
        refused.at("/metadata/1/data"),
        json!([{"scenarioId": 501, "scenarioName": "Post leads"}])
    );
    assert_eq!(
        probe.delete("/connections/203").json(),
        json!({"connection": 203})
    );
    assert_eq!(
        probe.delete("/connections/104?confirmed=true").json(),
        json!({"connection": 104})
    );
    assert_eq!(probe.get("/connections/104").status, 404);
    assert_eq!(probe.get("/scenarios/502").at("/scenario/isinvalid"), true);
}

#[test]
fn the_webhook_of_a_connection_has_to_go_first() {
    let probe = Probe::new();
    let bound = probe.delete("/connections/103?confirmed=true");
    assert_eq!((bound.status, bound.at("/code")), (400, json!("IM016")));
    assert_eq!(probe.get("/connections/103").status, 200);

    let used = probe.delete("/hooks/701");
    assert_eq!((used.status, used.at("/code")), (406, json!("IM004")));
    let john = Probe::new().scoped(seeded::JOHN, &["hooks:write"]);
    assert_eq!(john.delete("/hooks/701?confirmed=true").status, 403);
    let gone = probe.delete("/hooks/701?confirmed=true");
    assert_eq!((gone.status, gone.at("/hook/id")), (200, json!(701)));
    assert_eq!(
        probe.delete("/hooks/702").status,
        200,
        "no scenario listens"
    );
    assert_eq!(probe.get("/hooks/701").status, 404);
    assert_eq!(
        probe.get("/scenarios/501").at("/scenario/hookId"),
        Value::Null
    );

    assert_eq!(probe.delete("/connections/103").status, 406, "still in use");
    assert_eq!(probe.delete("/connections/103?confirmed=true").status, 200);
    assert_eq!(probe.get("/connections/103").status, 404);
}

#[test]
fn a_webhook_outlives_a_connection_that_goes_with_its_credential() {
    let probe = Probe::new();
    let more = json!({"connectionId": 103, "scopes": ["files:read"]});
    let id = probe
        .post("/credential-requests/actions/extend", &more)
        .at("/request/id");
    let path = format!("/credential-requests/requests/{}", id.as_str().unwrap());
    let credential = probe
        .get(&format!("{path}/detail"))
        .at("/requestDetail/credentials/0/id");
    let credential = credential.as_str().unwrap();
    let remote = format!("/credential-requests/credentials/{credential}/delete-remote");
    assert_eq!(probe.post(&remote, &json!({})).status, 200);
    assert_eq!(probe.get("/connections/103").status, 404);
    assert_eq!(probe.get("/hooks/701").at("/hook/gone"), true);
}

#[test]
fn usages_come_only_where_the_zone_has_them() {
    let probe = Probe::with(Options {
        scenario_usages: true,
        ..Options::default()
    });
    let usages = probe
        .get("/connections/103?cols[]=*")
        .at("/connection/scenarioUsages");
    assert_eq!(usages, json!([{"id": 501, "name": "Post leads"}]));
    assert_eq!(
        probe
            .get("/connections/103")
            .at("/connection/scenarioUsages"),
        Value::Null
    );
    let without = Probe::new().get("/connections/103?cols[]=*");
    assert_eq!(without.at("/connection/scenarioUsages"), Value::Null);
}

#[test]
fn access_lists_need_the_feature() {
    let list = "/teams/22/connections/101/access-list";
    let reply = Probe::new().get(list);
    assert_eq!((reply.status, reply.at("/code")), (400, json!("IM903")));

    let probe = Probe::with(Options {
        locked_connections: true,
        ..Options::default()
    });
    assert_eq!(probe.get(list).at("/accessList/0/membershipId"), 7);
    assert_eq!(
        probe.get("/teams/23/connections/101/access-list").status,
        404
    );
    let users = format!("{list}/users");
    let john = json!({"userId": 8, "role": "entity:entity-member"});
    assert_eq!(probe.post(&users, &john).at("/member/membershipId"), 8);
    assert_eq!(probe.post(&users, &john).status, 409);
    assert_eq!(
        probe.delete(&format!("{users}/7")).status,
        400,
        "the last admin stays"
    );
    let admin = json!({"role": "entity:entity-admin"});
    assert_eq!(probe.patch(&format!("{users}/8"), &admin).status, 200);
    assert_eq!(probe.delete(&format!("{users}/7")).status, 200);
    assert_eq!(
        probe.post(&users, &john).status,
        403,
        "Jane may not manage it any more"
    );
}
