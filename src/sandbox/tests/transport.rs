//! Authentication, scopes, strict paths, the log, the host check.

use serde_json::json;

use super::super::{Options, RecordedRequest, Sandbox, seeded};
use super::{Probe, Reply};

#[test]
fn only_a_known_token_in_makes_form_is_let_in() {
    let probe = Probe::new();
    let token = probe.zone.operator_token().to_owned();
    for header in [
        String::new(),
        format!("Authorization: Bearer {token}\r\n"),
        format!("Authorization: {token}\r\n"),
        "Authorization: Token 5a0f6ab2-0000-4000-8000-c0ffeec0ffee\r\n".to_owned(),
        "Authorization: Token nonsense\r\n".to_owned(),
    ] {
        let host = probe.host();
        let request = format!(
            "GET /api/v2/users/me HTTP/1.1\r\nHost: {host}\r\n{header}Connection: close\r\n\r\n"
        );
        let reply = Reply::of(&probe.raw(&request)).unwrap();
        assert_eq!(reply.status, 401, "{header}");
        assert_eq!(
            reply.json(),
            json!({"code": "IM015", "message": "Unauthorized."})
        );
    }
    assert_eq!(probe.get("/users/me").status, 200);
    probe.zone.revoke_token(&token);
    assert_eq!(probe.get("/users/me").status, 401);
}

#[test]
fn a_missing_scope_is_refused_and_write_is_needed_for_a_test() {
    let probe = Probe::new().scoped(seeded::JANE, &["connections:read"]);
    assert_eq!(probe.get("/connections/101").status, 200);
    let refused = probe.post("/connections/101/test", &json!({}));
    assert_eq!(refused.status, 403);
    assert_eq!(
        refused.json(),
        json!({"detail": "Access denied.", "message": "Permission denied", "code": "SC403"})
    );
    assert_eq!(probe.get("/keys?teamId=22").status, 403);
    assert_eq!(probe.get("/users/me").status, 200);
    let scope = probe
        .get("/users/me/current-authorization")
        .at("/authorization/scope");
    assert_eq!(scope, json!(["connections:read"]));
}

#[test]
fn a_path_that_walks_meets_no_endpoint_and_is_recorded_as_it_came() {
    let probe = Probe::new();
    for path in [
        "/connections/../keys",
        "/connections/%2e%2e/keys/401",
        "/connections%2F101",
        "/connections/101%2F..%2F102",
        "/connections//101",
        "/connections/101/",
        "/templates/public/../601",
        "/credential-requests/requests/..",
        "/CONNECTIONS/101",
        "/nothing",
    ] {
        probe.zone.clear_requests();
        let reply = probe.get(path);
        assert_eq!(
            (reply.status, reply.at("/code")),
            (404, json!("SC404")),
            "{path}"
        );
        let target = probe.zone.requests()[0].target.clone();
        assert_eq!(target, format!("/api/v2{path}"));
    }
    assert_eq!(probe.get("/%63onnections/101").status, 200, "decoded once");
    assert_eq!(
        probe.get("/%2563onnections/101").status,
        404,
        "and not twice"
    );
}

#[test]
fn the_log_holds_what_was_sent() {
    let probe = Probe::new();
    probe.post("/keys?x=%5B1%5D", &json!({"a": 1}));
    let all = probe.zone.requests();
    let RecordedRequest {
        method,
        target,
        path,
        body,
        token_prefix,
        user_agent,
        status,
    } = all.first().unwrap();
    assert_eq!((method.as_str(), *status), ("POST", 400));
    assert_eq!(target, "/api/v2/keys?x=%5B1%5D");
    assert_eq!(path, "/api/v2/keys");
    assert_eq!(body, br#"{"a":1}"#);
    assert_eq!(
        token_prefix.as_deref(),
        probe.zone.operator_token().get(..8)
    );
    assert_eq!(user_agent.as_deref(), Some("probe/1"));
}

#[test]
fn another_host_or_origin_is_refused() {
    let probe = Probe::new();
    let host = probe.host();
    for head in [
        "Host: evil.example\r\n".to_owned(),
        format!("Host: localhost:{}\r\n", host.rsplit(':').next().unwrap()),
        format!("Host: {host}\r\nOrigin: http://evil.example\r\n"),
    ] {
        let request = format!("GET /sandbox/requests HTTP/1.1\r\n{head}Connection: close\r\n\r\n");
        assert_eq!(
            Reply::of(&probe.raw(&request)).unwrap().status,
            421,
            "{head}"
        );
    }
}

#[test]
fn ping_needs_no_token_and_a_huge_body_is_400() {
    let probe = Probe::new();
    let request = format!(
        "GET /api/v2/ping HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        probe.host()
    );
    assert_eq!(Reply::of(&probe.raw(&request)).unwrap().body, "pong");
    let reply = probe.post("/keys", &json!({"name": "x".repeat(2_600_000)}));
    assert_eq!(
        (reply.status, reply.at("/detail")),
        (400, json!("request entity too large"))
    );
}

#[test]
fn the_switches_work_over_http() {
    let probe = Probe::new();
    let fault = r#"{"method":"GET","path":"/keys","times":1,"effect":{"kind":"paused"}}"#;
    assert_eq!(probe.plain("POST", "/sandbox/faults", fault).status, 200);
    assert_eq!(probe.get("/keys?teamId=22").at("/code"), json!("IM310"));
    assert_eq!(probe.get("/keys?teamId=22").status, 200);
    let token = r#"{"label":"t","scopes":["keys:read"]}"#;
    let token = probe.plain("POST", "/sandbox/tokens", token).at("/token");
    assert!(token.as_str().unwrap().ends_with(super::super::CANARY));
    let requests = probe.plain("GET", "/sandbox/requests", "").at("/requests");
    assert_eq!(requests[1]["status"], json!(429));
}

#[test]
fn the_limit_of_the_organization_can_be_in_force() {
    let probe = Probe::with(Options {
        enforce_rate_limit: true,
        ..Options::default()
    });
    for _ in 0..60 {
        assert_eq!(probe.get("/users/me").status, 200);
    }
    let reply = probe.get("/users/me");
    assert_eq!(reply.status, 429);
    assert!(
        reply
            .body
            .contains("Requests limit for organization exceeded")
    );
}

#[test]
fn dropping_it_frees_the_port_and_a_real_looking_token_is_refused() {
    let zone = Sandbox::start_blocking(Options::default()).unwrap();
    let host = zone.zone().replace("http://", "");
    drop(zone);
    assert!(std::net::TcpStream::connect(host).is_err());
    let real = Some("2544847b-1c1c-4d4d-8e8e-123456789abc".to_owned());
    let refused = Sandbox::start_blocking(Options {
        operator_token: real,
        ..Options::default()
    });
    assert_eq!(
        refused.err().unwrap().kind(),
        std::io::ErrorKind::InvalidInput
    );
}

#[test]
fn a_seed_makes_the_zone_repeatable() {
    let options = || Options {
        seed: Some(5),
        ..Options::default()
    };
    let (one, two) = (Probe::with(options()), Probe::with(options()));
    assert_eq!(one.zone.operator_token(), two.zone.operator_token());
}
