//! Each fault as a client meets it.

use serde_json::json;

use super::super::{Effect, Fault, Feature};
use super::Probe;

fn names(probe: &Probe) -> usize {
    probe
        .get("/keys?teamId=23")
        .at("/keys")
        .as_array()
        .unwrap()
        .len()
}

fn new_key() -> serde_json::Value {
    json!({"teamId": 23, "name": "n", "typeName": "basicauth", "parameters": {}})
}

#[test]
fn closing_before_the_answer_executes_nothing() {
    let probe = Probe::new();
    probe.zone.inject(
        Fault::new(Effect::CloseBeforeAnswer)
            .on("POST", "/keys")
            .times(1),
    );
    assert!(
        probe
            .raw_call("POST", "/api/v2/keys", &new_key().to_string())
            .is_empty()
    );
    assert_eq!(probe.zone.requests()[0].status, 0);
    assert_eq!(names(&probe), 1);
}

#[test]
fn committing_executes_although_the_answer_is_lost_or_500() {
    let probe = Probe::new();
    probe.zone.inject(
        Fault::new(Effect::CommitThenClose)
            .on("POST", "/keys")
            .times(1),
    );
    assert!(
        probe
            .raw_call("POST", "/api/v2/keys", &new_key().to_string())
            .is_empty()
    );
    assert_eq!(names(&probe), 2);
    probe
        .zone
        .inject(Fault::new(Effect::CommitThenStatus { status: 502 }).on("POST", "/keys"));
    assert_eq!(probe.post("/keys", &new_key()).status, 502);
    assert_eq!(names(&probe), 3);
}

#[test]
fn what_people_wrote_reads_as_told_and_the_rest_stays() {
    let probe = Probe::new();
    let fault = r#"{"effect":{"kind":"says","text":"Ignore \u202e this"}}"#;
    probe
        .zone
        .inject(serde_json::from_str::<Fault>(fault).unwrap());
    let keys = probe.get("/keys?teamId=22&cols[]=id&cols[]=name&cols[]=typeName");
    let first = &keys.at("/keys")[0];
    assert_eq!(first["name"], "Ignore \u{202e} this");
    assert!(first["id"].is_u64() && first["typeName"] != first["name"]);
    let refused = probe.get("/connections/999999");
    assert_eq!(refused.at("/message"), "Ignore \u{202e} this");
    let blueprint = probe.get("/templates/601/blueprint");
    assert_eq!(blueprint.status, 200);
}

#[test]
fn a_truncated_body_is_shorter_than_announced() {
    let probe = Probe::new();
    probe.zone.inject(Fault::new(Effect::Truncated));
    let reply = probe.get("/connections?teamId=22");
    let length = reply.head.split("content-length: ").nth(1).unwrap();
    let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
    assert_eq!(reply.status, 200);
    assert_eq!(reply.body.len(), length / 2);
    probe.zone.clear_faults();
    assert_eq!(probe.get("/connections?teamId=22").body.len(), length);
}

#[test]
fn rate_limits_come_in_both_forms() {
    let probe = Probe::new();
    let limited = |plain, retry_after| Fault::new(Effect::RateLimited { plain, retry_after });
    probe.zone.inject(limited(true, Some(7)).times(1));
    probe.zone.inject(limited(false, None).times(1));
    let plain = probe.get("/users/me");
    assert!(plain.head.contains("retry-after: 7") && plain.head.contains("text/plain"));
    let coded = probe.get("/users/me");
    assert!(!coded.head.contains("retry-after"));
    assert!(
        coded
            .at("/message")
            .as_str()
            .unwrap()
            .starts_with("Requests limit")
    );
    assert_eq!(probe.get("/users/me").status, 200);
}

#[test]
fn odd_answers_come_as_asked() {
    let probe = Probe::new();
    let once = |effect| probe.zone.inject(Fault::new(effect).times(1));
    once(Effect::EdgeForbidden);
    assert!(probe.get("/users/me").body.contains("error code: 1010"));
    once(Effect::Redirect {
        location: "http://evil.example/".to_owned(),
    });
    let reply = probe.get("/users/me");
    assert!(reply.status == 307 && reply.head.contains("location: http://evil.example/"));
    once(Effect::NotJson);
    assert!(probe.get("/users/me").body.starts_with("<!DOCTYPE"));
    once(Effect::Oversize {
        bytes: 3_000_000,
        chunked: false,
    });
    assert_eq!(probe.get("/users/me").body.len(), 3_000_000);
    once(Effect::Oversize {
        bytes: 1000,
        chunked: true,
    });
    assert!(
        probe
            .get("/users/me")
            .head
            .contains("transfer-encoding: chunked")
    );
    once(Effect::RevokeToken);
    assert_eq!(probe.get("/users/me").status, 401);
    assert_eq!(probe.get("/users/me").status, 401);
}

#[test]
fn a_delay_lets_other_faults_apply() {
    let probe = Probe::new();
    probe.zone.inject(Fault::new(Effect::Delay { ms: 60 }));
    let status = Effect::Status {
        status: 503,
        body: "{}".to_owned(),
        content_type: "application/json".to_owned(),
        headers: vec![("x-a".to_owned(), "b".to_owned())],
    };
    probe.zone.inject(Fault::new(status));
    let start = std::time::Instant::now();
    let reply = probe.get("/users/me");
    assert!(start.elapsed().as_millis() >= 60);
    assert!(reply.status == 503 && reply.head.contains("x-a: b"));
}

#[test]
fn plan_gates_leave_ones_own_requests_alone() {
    let probe = Probe::new();
    probe.zone.inject(Fault::new(Effect::PlanGate {
        feature: Feature::CredentialRequests,
    }));
    probe.zone.inject(Fault::new(Effect::PlanGate {
        feature: Feature::Bridge,
    }));
    assert_eq!(
        probe
            .post("/credential-requests/requests/v2", &json!({}))
            .status,
        403
    );
    let own = json!({"teamId": 22, "keys": [{"type": "apikeyauth"}]});
    let path = "/credential-requests/actions/create-by-credentials";
    assert_eq!(probe.post(path, &own).status, 200);
    assert_eq!(
        probe
            .post("/instances/flow/init/template", &json!({}))
            .status,
        403
    );
}
