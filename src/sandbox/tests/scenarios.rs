//! Scenarios and hooks: what a client needs to find who uses a connection.

use serde_json::json;

use super::Probe;

#[test]
fn a_client_that_does_not_page_misses_scenarios() {
    let probe = Probe::new();
    let first = probe.get("/scenarios?teamId=22");
    assert_eq!(first.at("/scenarios").as_array().unwrap().len(), 10);
    let rest = probe.get("/scenarios?teamId=22&pg[offset]=10");
    assert_eq!(rest.at("/scenarios").as_array().unwrap().len(), 2);
    assert_eq!(rest.at("/scenarios/1/id"), 519);
    assert_eq!(probe.get("/scenarios").status, 400);
    assert_eq!(
        probe.get("/scenarios?teamId=22&organizationId=10").status,
        400
    );
    assert_eq!(probe.get("/scenarios/504").status, 404);
}

#[test]
fn a_blueprint_is_wrapped_and_hides_references_in_every_place() {
    let probe = Probe::new();
    let leads = probe.get("/scenarios/501/blueprint");
    let flow = "/response/blueprint/flow";
    assert_eq!(
        leads.at(&format!("{flow}/1/onerror/0/parameters/__IMTCONN__")),
        103
    );
    assert_eq!(
        leads.at(&format!("{flow}/2/routes/0/flow/0/parameters/__IMTCONN__")),
        101
    );
    let export = probe.get("/scenarios/502/blueprint");
    assert_eq!(export.at(&format!("{flow}/0/parameters/__IMTKEY__")), 402);
    assert_eq!(export.at(&format!("{flow}/1/parameters/account")), 104);
    assert_eq!(probe.delete("/connections/202").status, 406);
    assert_eq!(
        probe.delete("/connections/201").status,
        406,
        "inside an agent's tool"
    );
}

#[test]
fn start_and_stop_know_the_state() {
    let probe = Probe::new();
    assert_eq!(probe.post("/scenarios/501/start", &json!({})).status, 400);
    let stopped = probe.post("/scenarios/501/stop", &json!({}));
    assert_eq!(
        stopped.json(),
        json!({"scenario": {"id": 501, "isActive": false}})
    );
}

#[test]
fn hooks_name_their_connection() {
    let probe = Probe::new();
    let hooks = probe.get("/hooks?teamId=22");
    assert_eq!(hooks.at("/hooks/0/data/__IMTCONN__"), 103);
    assert_eq!(hooks.at("/hooks/1/data"), json!({}));
    assert_eq!(probe.get("/hooks").status, 400);
}
