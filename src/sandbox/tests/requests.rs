//! Credential requests through their life.

use serde_json::{Value, json};

use super::super::{Act, Options, Person, seeded};
use super::Probe;

const BY_CREDENTIALS: &str = "/credential-requests/actions/create-by-credentials";

fn detail(probe: &Probe, id: &str) -> Value {
    let reply = probe.get(&format!("/credential-requests/requests/{id}/detail"));
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.at("/requestDetail")
}

fn open(probe: &Probe) -> (String, String) {
    let body = json!({"teamId": 22,
        "connections": [{"type": "google", "scope": ["https://mail.google.com/"]}],
        "keys": [{"type": "apikeyauth", "prefill": {"hard": {"placement": "qs"}}}]});
    let reply = probe.post(BY_CREDENTIALS, &body);
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.at("/request/name"), "Request for credentials");
    assert_eq!(reply.at("/credentials/1/component"), "keychain");
    let text = |pointer| reply.at(pointer).as_str().unwrap().to_owned();
    (text("/request/id"), text("/publicUri"))
}

#[test]
fn the_seed_has_one_of_each_status() {
    let probe = Probe::new();
    let status = |id: &str| detail(&probe, id)["status"].as_str().unwrap().to_owned();
    assert_eq!(status(seeded::PENDING_REQUEST), "pending");
    assert_eq!(status(seeded::PARTLY_REQUEST), "partially_authorized");
    assert_eq!(status(seeded::AUTHORIZED_REQUEST), "authorized");
    assert_eq!(status(seeded::DECLINED_REQUEST), "declined");
    assert_eq!(status(seeded::EXPIRED_REQUEST), "pending");
    assert_eq!(status(seeded::UNKNOWN_STATUS_REQUEST), "awaiting_review");
    let done = detail(&probe, seeded::AUTHORIZED_REQUEST);
    assert_eq!(done["credentials"][1]["remoteId"], "402", "a string");
    assert_eq!(
        detail(&probe, seeded::PENDING_REQUEST)["makeProviderId"],
        "8"
    );
    let list = probe.get("/credential-requests/requests?teamId=22");
    assert_eq!(list.at("/requests").as_array().unwrap().len(), 6);
    assert_eq!(list.at("/pg"), Value::Null);
    assert!(
        !list.body.contains("credence"),
        "the page's address is told once"
    );
    let narrowed = probe.get("/credential-requests/requests?teamId=22&status=declined");
    assert_eq!(narrowed.at("/requests/0/id"), seeded::DECLINED_REQUEST);
    assert_eq!(
        probe
            .get("/credential-requests/requests?teamId=22&status=odd")
            .status,
        400
    );
    let foreign = format!("/credential-requests/requests/{}", seeded::FOREIGN_REQUEST);
    assert_eq!(probe.get(&foreign).status, 404);
}

#[test]
fn the_name_that_narrows_a_list_is_as_long_as_a_name_can_be() {
    let probe = Probe::new();
    let list = |name: &str| {
        probe.get(&format!(
            "/credential-requests/requests?teamId=22&name={name}"
        ))
    };
    assert_eq!(list("Newsletter").at("/requests/1"), Value::Null);
    assert_eq!(list("").status, 200);
    assert_eq!(list(&"%C3%A9".repeat(255)).status, 200, "characters");
    assert_eq!(
        list(&"x".repeat(256)).suberrors(),
        ["'name' should NOT be longer than 255 characters"]
    );
}

#[test]
fn only_plain_values_can_be_filled_in_beforehand() {
    let probe = Probe::new();
    let create = |list: &str, kind: &str, prefill: &Value| {
        let body = json!({"teamId": 22, list: [{"type": kind, "prefill": prefill}]});
        probe.post(BY_CREDENTIALS, &body).status
    };
    let plain = json!({"hard": {"a": "s", "b": 1.5}, "soft": {"c": true}});
    let odd = [
        json!({"hard": {"a": [1]}}),
        json!({"hard": {"a": {}}}),
        json!({"soft": {"a": null}}),
        json!({"soft": "s"}),
        json!({"hard": {"a": "s"}, "x": 1}),
    ];
    for (list, kind) in [("connections", "imap"), ("keys", "apikeyauth")] {
        assert_eq!(create(list, kind, &plain), 200, "{list}");
        for prefill in &odd {
            assert_eq!(create(list, kind, prefill), 400, "{list}: {prefill}");
        }
    }
}

#[test]
fn a_person_makes_a_connection_and_a_key_of_it() {
    let probe = Probe::new();
    let (id, uri) = open(&probe);
    assert_eq!(detail(&probe, &id)["status"], "pending");
    probe.zone.act(&uri, &Act::AuthorizeFirst).unwrap();
    assert_eq!(detail(&probe, &id)["status"], "partially_authorized");
    probe.zone.person_authorizes(&uri).unwrap();
    let done = detail(&probe, &id);
    assert_eq!(done["status"], "authorized");
    let remote = |n: usize| {
        done["credentials"][n]["remoteId"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let connection = probe.get(&format!("/connections/{}", remote(0)));
    assert_eq!(
        connection.at("/connection/metadata/value"),
        "jane@example.com"
    );
    assert_eq!(
        done["credentials"][0]["remoteScope"],
        json!(["https://mail.google.com/"])
    );
    let stored = probe
        .zone
        .stored_in_key(remote(1).parse().unwrap())
        .unwrap();
    assert_eq!(
        (&stored["placement"], stored["key"].is_string()),
        (&json!("qs"), true)
    );

    let path = format!("/credential-requests/requests/{id}");
    assert_eq!(probe.delete(&path).status, 406);
    assert_eq!(
        probe.delete(&format!("{path}?confirmed=true")).json(),
        json!({"deleted": true})
    );
    assert_eq!(
        probe.get(&format!("/connections/{}", remote(0))).status,
        404
    );
    assert_eq!(probe.get(&path).status, 404);
}

#[test]
fn the_page_acts_as_the_person() {
    let probe = Probe::new();
    let (id, uri) = open(&probe);
    let page = uri.replace(&probe.zone.zone(), "");
    assert!(page.starts_with("/credence/22/"));
    assert!(probe.plain("GET", &page, "").body.contains("simulated"));
    assert_eq!(probe.plain("POST", &page, "action=partly").status, 200);
    assert_eq!(detail(&probe, &id)["status"], "partially_authorized");
    assert_eq!(
        probe.plain("POST", &page, r#"{"action":"decline"}"#).status,
        200
    );
    assert_eq!(detail(&probe, &id)["credentials"][1]["state"], "declined");
    probe.zone.act(&uri, &Act::Expire).unwrap();
    assert_eq!(probe.plain("POST", &page, "").status, 410);
    assert_eq!(
        probe.plain("GET", &page.replace("/22/", "/23/"), "").status,
        404
    );
}

#[test]
fn an_automatic_person_acts_after_so_many_polls() {
    let person = Person::Auto { after_polls: 2 };
    let probe = Probe::with(Options {
        person,
        ..Options::default()
    });
    let (id, _) = open(&probe);
    let seen: Vec<Value> = (0..3)
        .map(|_| detail(&probe, &id)["status"].clone())
        .collect();
    assert_eq!(seen, ["pending", "pending", "authorized"]);
}

#[test]
fn states_of_every_name_can_be_shown() {
    let probe = Probe::new();
    let id = seeded::PENDING_REQUEST;
    probe
        .zone
        .act(&seeded::credential(id, 1), &Act::Show("invalid".to_owned()))
        .unwrap();
    assert_eq!(detail(&probe, id)["status"], "invalid");
    probe
        .zone
        .act(id, &Act::Show("on_hold".to_owned()))
        .unwrap();
    assert_eq!(detail(&probe, id)["status"], "on_hold");
    assert!(probe.zone.act("nothing", &Act::Authorize).is_err());
}

#[test]
fn a_credential_is_declined_with_a_reason_and_again_with_another() {
    let probe = Probe::new();
    let id = seeded::credential(seeded::PENDING_REQUEST, 1);
    let path = format!("/credential-requests/credentials/{id}/decline");
    let first = probe.plain("POST", &format!("/api/v2{path}"), "");
    assert_eq!(first.at("/credential/state"), "declined");
    assert_eq!(first.at("/credential/declineReason"), Value::Null);
    let again = probe.post(&path, &json!({"reason": "No."}));
    assert_eq!(again.at("/credential/declineReason"), "No.");
    assert_eq!(probe.post(&path, &json!({"reason": ""})).status, 400);
}

#[test]
fn deleting_the_remote_reopens_the_credential() {
    let probe = Probe::new();
    let id = seeded::credential(seeded::AUTHORIZED_REQUEST, 1);
    let path = format!("/credential-requests/credentials/{id}/delete-remote");
    let reply = probe.post(&path, &json!({}));
    assert_eq!(reply.at("/credential/state"), "pending");
    assert_eq!(reply.at("/credential/remoteId"), Value::Null);
    assert_eq!(probe.get("/connections/102").status, 404);
    assert_eq!(probe.post(&path, &json!({})).status, 400);
}

#[test]
fn only_a_broken_connection_can_be_asked_for_again() {
    let probe = Probe::new();
    let path = |request| {
        let id = seeded::credential(request, 1);
        format!("/credential-requests/credentials/{id}/request-reauthorize")
    };
    assert_eq!(
        probe.post(&path(seeded::PARTLY_REQUEST), &json!({})).status,
        400
    );
    let reply = probe.post(&path(seeded::RENEWABLE_REQUEST), &json!({}));
    assert_eq!(reply.at("/credential/state"), "reauthorizing");
    probe
        .zone
        .person_authorizes(seeded::RENEWABLE_REQUEST)
        .unwrap();
    assert_eq!(
        probe
            .post("/connections/105/test", &json!({}))
            .at("/verified"),
        true
    );
    let done = detail(&probe, seeded::RENEWABLE_REQUEST);
    assert_eq!(
        done["credentials"][0]["remoteId"], "105",
        "renewed in place"
    );
}

#[test]
fn extending_widens_the_connection_that_is_there() {
    let probe = Probe::new();
    let path = "/credential-requests/actions/extend";
    let all = probe.post(
        path,
        &json!({"connectionId": 103, "scopes": ["chat:write"]}),
    );
    assert_eq!(all.status, 400);
    assert!(
        all.at("/message")
            .as_str()
            .unwrap()
            .contains("All scopes are already granted")
    );
    let more = json!({"connectionId": 103, "scopes": ["chat:write", "files:read"]});
    let uri = probe.post(path, &more).at("/publicUri");
    probe.zone.person_authorizes(uri.as_str().unwrap()).unwrap();
    let count = probe
        .get("/connections/103?cols[]=scopesCnt")
        .at("/connection/scopesCnt");
    assert_eq!(count, 3);
}

#[test]
fn requests_by_modules_derive_the_credentials() {
    let probe = Probe::new();
    let path = "/credential-requests/actions/create";
    let create = |item: Value| probe.post(path, &json!({"teamId": 22, "credentials": [item]}));
    let sheets = create(json!({"appName": "google-sheets", "appModules": ["*"]}));
    assert_eq!(sheets.status, 200, "{}", sheets.body);
    let made = detail(&probe, sheets.at("/request/id").as_str().unwrap());
    assert_eq!(made["credentials"].as_array().unwrap().len(), 1);
    assert_eq!(made["credentials"][0]["scope"].as_array().unwrap().len(), 3);
    assert_eq!(made["credentials"][0]["appVersion"], "2", "a string");
    let one =
        json!({"appName": "http", "appModules": ["ActionSendDataBasicAuth"], "appVersion": 3});
    assert_eq!(create(one).status, 200);
    assert_eq!(
        create(json!({"appName": "http", "appEndpoints": ["*"]})).status,
        200
    );
    assert_eq!(
        create(json!({"appName": "http", "appModules": "*"})).status,
        400
    );
    assert_eq!(create(json!({"appName": "http"})).status, 400);
    assert_eq!(
        create(json!({"appName": "ai-tools", "appModules": ["*"]})).status,
        400
    );
    assert_eq!(
        create(json!({"appName": "nope", "appModules": ["*"]})).status,
        404
    );
}

#[test]
fn requests_to_others_name_a_provider() {
    let probe = Probe::new();
    let path = "/credential-requests/requests/v2";
    let item = json!({"appName": "slack", "appModules": ["CreateMessage"], "appVersion": 4});
    let mut body = json!({"name": "N", "teamId": 22, "credentials": [item]});
    assert_eq!(
        probe.post(path, &body).suberrors(),
        ["should have required property 'provider'"]
    );
    body["provider"] = json!({"newUser": {"name": "Nina New", "email": "nina@example.com"}});
    let reply = probe.post(path, &body);
    assert_eq!(reply.at("/request/makeProvider/name"), "Nina New");
    assert_eq!(reply.at("/request/shouldSendEmail"), true);
    body["provider"] = json!({"providerMakeUserId": 9});
    assert_eq!(probe.post(path, &body).at("/request/makeProviderId"), 9);
    assert!(
        probe.get("/users?teamId=22").body.contains("Gina Globex"),
        "she joined the team"
    );
    body["credentials"][0]["appVersion"] = json!("4");
    assert_eq!(probe.post(path, &body).status, 400, "a whole number here");

    let old = json!({"name": "N", "teamId": 22, "provider": {"providerMakeUserId": 8},
        "keys": [{"type": "basicauth", "appName": "http", "appModules": ["x"], "appVersion": "3"}]});
    let reply = probe.post("/credential-requests/requests", &old);
    assert!(
        reply
            .at("/publicUri")
            .as_str()
            .unwrap()
            .contains("/credence/22/")
    );
}

#[test]
fn modules_with_credentials_name_the_version_in_headers() {
    let probe = Probe::new();
    let path = |app: &str, version: &str| {
        format!("/credential-requests/apps/{app}/{version}/modules-with-credentials")
    };
    let slack = probe.get(&path("slack", "latest"));
    assert_eq!(slack.at("/appModules/0/type"), "account:slack2,slack3");
    assert!(slack.head.contains("x-imt-package-name: slack"));
    assert!(slack.head.contains("x-imt-package-version: 4"));
    let http = probe.get(&path("http", "3"));
    assert_eq!(
        http.at("/appModules/3/id"),
        "MakeRequest:authenticationType:apiKey"
    );
    assert_eq!(http.at("/appModules/3/scope"), Value::Null);
    assert_eq!(probe.get(&path("app%23acme-crm", "1")).status, 200);
    assert_eq!(probe.get(&path("Slack", "1")).status, 400);
    let missing = probe.get(&path("no-such-app", "latest"));
    assert_eq!(
        (missing.status, missing.at("/message")),
        (404, json!("Package not found."))
    );
    assert_eq!(probe.get(&path("slack", "99")).status, 404);
    for version in ["0", "abc", "-1", "1.5", "Latest"] {
        assert_eq!(probe.get(&path("slack", version)).status, 400, "{version}");
        assert_eq!(probe.get(&path("no-such-app", version)).status, 400);
    }
}
