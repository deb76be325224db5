//! The agents' tokens at Make, the zone, the clock and the way there.

use make_credentials_mcp::sandbox::{Effect, Fault};
use serde_json::json;

use super::{Scene, write};

const AUTHORIZATION: &str = "/users/me/current-authorization";

fn answer(body: &str, date: &str) -> Fault {
    let effect = Effect::Status {
        status: 200,
        body: body.to_owned(),
        content_type: "application/json".to_owned(),
        headers: vec![("date".to_owned(), date.to_owned())],
    };
    Fault::new(effect).on("GET", AUTHORIZATION)
}

#[tokio::test]
async fn a_token_that_make_does_not_know_is_red() {
    let scene = Scene::new("unknown").await;
    let token = scene.adopt("bot", &["connections:read"]).await;
    scene.issue("other").await;
    scene.zone.revoke_token(&token);
    let said = scene.doctor(&[]).await;
    assert_eq!((said.code, said.sent.len()), (1, 2));
    assert_eq!(said.of("token"), ["red agent bot", "ok agent other"]);
    assert!(
        said.told("token")
            .1
            .contains("agent rotate bot --token-stdin")
    );
}

#[tokio::test]
async fn scopes_are_compared_with_the_grants() {
    let scene = Scene::new("scopes").await;
    scene
        .adopt("some", &["connections:read", "keys:read"])
        .await;
    let said = scene.doctor(&[]).await;
    assert_eq!(
        (said.code, said.of("scopes")),
        (0, vec!["yellow agent some".to_owned()])
    );
    let (finding, next) = said.told("scopes");
    assert!(finding.contains("credential-requests:read"), "{finding}");
    assert!(finding.contains("credential_requests_list"), "{finding}");
    assert!(next.contains("agent rotate some --token-stdin"), "{next}");
    assert_eq!(said.of("scopes_beyond"), [""; 0]);
    scene
        .adopt("wide", &["connections:read", "user:write"])
        .await;
    let said = scene.doctor(&[]).await;
    assert_eq!(said.of("scopes_beyond"), ["yellow agent wide"]);
    assert!(said.told("scopes_beyond").0.contains("user:write"));
}

#[tokio::test]
async fn an_agent_that_can_do_nothing_is_red() {
    let scene = Scene::new("useless").await;
    let zone = scene.zone.zone();
    let token = scene.zone.issue_token("by hand", &["user:read"]);
    let words = [
        "agent",
        "add",
        "bot",
        "--all-teams",
        "--token-stdin",
        "--zone",
        &zone,
        "--toolsets=connections",
    ];
    assert_eq!(scene.run(&words, &token).await.code, Some(0));
    let said = scene.doctor(&[]).await;
    assert_eq!(
        (said.code, said.of("scopes")),
        (1, vec!["red agent bot".to_owned()]),
        "{:#}",
        said.shown
    );
}

#[tokio::test]
async fn a_zone_that_is_silent_is_said_once_and_asked_once_an_agent() {
    let scene = Scene::new("silent").await;
    for name in ["a", "b", "c"] {
        scene.issue(name).await;
    }
    scene.zone.inject(Fault::new(Effect::CloseBeforeAnswer));
    let said = scene.doctor(&[]).await;
    assert_eq!((said.code, said.sent.len()), (1, 3));
    assert_eq!(said.of("zone"), [format!("red zone {}", scene.zone.zone())]);
    assert!(said.told("zone").0.contains("a, b, c"));
    scene.zone.clear_faults();
    scene.zone.inject(Fault::new(Effect::RateLimited {
        plain: false,
        retry_after: Some(20),
    }));
    let said = scene.doctor(&[]).await;
    assert_eq!((said.code, said.sent.len()), (0, 3));
    assert!(
        said.told("token").1.contains("in 20 s"),
        "{:?}",
        said.told("token")
    );
    scene.zone.clear_faults();
    scene.zone.inject(Fault::new(Effect::EdgeForbidden));
    let said = scene.doctor(&[]).await;
    assert!(said.told("token").1.contains("operator network"));
}

#[tokio::test]
async fn a_clock_that_is_off_is_yellow() {
    let scene = Scene::new("clock").await;
    scene.issue("bot").await;
    assert_eq!(scene.doctor(&[]).await.of("clock"), ["ok clock"]);
    let body = json!({"authorization": {"authUsed": "token", "scope": []}}).to_string();
    scene
        .zone
        .inject(answer(&body, "Sun, 06 Nov 1994 08:49:37 GMT"));
    let said = scene.doctor(&[]).await;
    assert_eq!(said.of("clock"), ["yellow clock"]);
    assert!(said.told("clock").0.contains("ahead of Make's"));
    scene.zone.clear_faults();
    scene.zone.inject(answer(&body, "yesterday"));
    assert_eq!(scene.doctor(&[]).await.of("clock"), [""; 0]);
}

#[tokio::test]
async fn a_way_that_cannot_be_gone_is_red_and_no_call_is_made() {
    let scene = Scene::new("way").await;
    scene.issue("bot").await;
    let roots = scene.user.join("roots.pem");
    let certificate = rcgen::generate_simple_self_signed(["proxy.example".to_owned()]).unwrap();
    write(&roots, certificate.cert.pem());
    let words = ["operator", "network", "--ca-file", roots.to_str().unwrap()];
    let left = scene.run(&words, "").await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    scene.doctor(&[]).await.assert_well();
    std::fs::remove_file(roots).unwrap();
    let said = scene.doctor(&[]).await;
    assert_eq!((said.code, said.sent.len()), (1, 0));
    assert_eq!(said.of("way"), ["red network"]);
    assert!(said.told("way").1.contains("operator network --reset"));
}
