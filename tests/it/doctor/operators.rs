//! The operator's token, and the tokens of its user at Make.

use make_credentials_mcp::grants::Standing;
use make_credentials_mcp::sandbox::{Effect, Fault, Options, Sandbox};
use serde_json::json;

use super::Scene;

#[tokio::test]
async fn a_kept_operator_token_is_yellow_where_agents_run() {
    let scene = Scene::new("kept").await;
    scene.login().await;
    assert!(
        scene
            .doctor(&[])
            .await
            .of("operator_kept")
            .iter()
            .all(|one| one.starts_with("ok"))
    );
    scene.issue("bot").await;
    let said = scene.doctor(&[]).await;
    let subject = format!("operator {}", scene.zone.zone());
    assert_eq!(said.of("operator_kept"), [format!("yellow {subject}")]);
    assert!(said.told("operator_kept").1.contains("operator logout"));
    // Two for the operator, one for the agent.
    assert_eq!((said.code, said.sent.len()), (0, 3));
    assert_eq!(said.of("operator"), [format!("ok {subject}")]);
}

#[tokio::test]
async fn tokens_of_ours_without_an_agent_are_red() {
    let scene = Scene::new("orphans").await;
    scene.issue("bot").await;
    let installation = scene.state().known_installation().await.unwrap().unwrap();
    let label = format!("make-credentials-mcp/lost/{installation}/0123456789abcdef");
    let orphan = scene.zone.issue_token(&label, &["connections:read"]);
    scene
        .zone
        .issue_token("make-credentials-mcp/bot/ffffffff/0123456789abcdef", &[]);
    scene.zone.issue_token("CI", &[]);
    let said = scene.doctor_of_operator().await;
    let zone = format!("zone {}", scene.zone.zone());
    assert_eq!(
        (said.code, said.of("orphan")),
        (1, vec![format!("red {zone}")])
    );
    let (finding, next) = said.told("orphan");
    assert!(
        finding.contains(orphan.get(..8).unwrap()) && finding.contains(&label),
        "{finding}"
    );
    assert!(next.contains("/user/api"), "{next}");
    // Named and not judged.
    assert_eq!(said.of("other_installation"), [format!("ok {zone}")]);
    scene.zone.revoke_token(&orphan);
    scene.doctor_of_operator().await.assert_well();
}

#[tokio::test]
async fn a_token_that_has_to_go_is_no_orphan_too() {
    let scene = Scene::new("going").await;
    scene.issue("bot").await;
    scene
        .change("bot", |agent| agent.standing = Standing::Revoked)
        .await;
    // Nothing says that the token has to go.
    let said = scene.doctor_of_operator().await;
    assert_eq!(
        said.of("orphan"),
        [format!("red zone {}", scene.zone.zone())]
    );
    scene
        .change("bot", |agent| agent.standing = Standing::Active)
        .await;
    let name = "bot".parse().unwrap();
    scene
        .registry()
        .mark_revoked(&name, "it was revoked")
        .await
        .unwrap();
    let said = scene.doctor_of_operator().await;
    assert_eq!(
        said.of("orphan"),
        [format!("ok zone {}", scene.zone.zone())]
    );
    assert_eq!(
        (said.code, said.of("pending_revocation")),
        (1, vec!["red agent bot".to_owned()])
    );
}

#[tokio::test]
async fn two_tokens_of_one_time_are_red() {
    let scene = Scene::new("twins").await;
    scene.zone.issue_token("first", &[]);
    scene.zone.issue_twin_of("first").unwrap();
    let said = scene.doctor_of_operator().await;
    assert_eq!(
        (said.code, said.of("twin_tokens")),
        (1, vec![format!("red zone {}", scene.zone.zone())])
    );
    assert!(said.told("twin_tokens").0.contains("(first) and "));
}

#[tokio::test]
async fn old_tokens_of_others_are_yellow() {
    let scene = Scene::new("old").await;
    let row = |label: &str, created: &str| json!({"token": "0a1b2c3d-****-****-****-************", "scope": [], "label": label, "created": created});
    let rows: Vec<_> = (0..14)
        .map(|at| {
            row(
                &format!("old {at}"),
                &format!("2020-03-27T05:53:27.{at:03}Z"),
            )
        })
        .chain([
            row("fresh", &jiff::Timestamp::now().to_string()),
            row("odd", "then"),
        ])
        .collect();
    scene.zone.inject(
        Fault::new(Effect::json(200, &json!({"apiTokens": rows})))
            .on("GET", "/users/me/api-tokens"),
    );
    let said = scene.doctor_of_operator().await;
    // Ten by name, and how many more.
    assert_eq!((said.code, said.of("old_token").len()), (0, 11));
    let all = said.shown.to_string();
    assert!(
        all.contains("4 more old tokens") && !all.contains("(fresh)"),
        "{all}"
    );
}

#[tokio::test]
async fn an_operator_that_make_refuses_is_red_and_one_with_too_little_yellow() {
    let scene = Scene::new("refused").await;
    scene.login().await;
    let zone = scene.zone.zone();
    let weak = scene.zone.issue_token("weak", &["user:read"]);
    let words = ["--operator-token-stdin", "--zone", &zone];
    let said = scene.doctor_in(&[], &words, &weak).await;
    assert_eq!(said.of("operator"), [format!("yellow operator {zone}")]);
    assert!(said.told("operator").0.contains("user:write"));
    // The one that is given stands for the one that is kept.
    assert_eq!(said.sent.len(), 2);
    scene.zone.revoke_token(scene.zone.operator_token());
    let said = scene.doctor(&[]).await;
    assert_eq!(
        (said.code, said.of("operator")),
        (1, vec![format!("red operator {zone}")])
    );
    assert!(said.told("operator").1.contains("operator login"));
    assert_eq!(said.sent.len(), 1);
}

#[tokio::test]
async fn more_operators_than_calls_are_named() {
    let scene = Scene::new("many").await;
    let mut zones = Vec::new();
    for _ in 1..=4 {
        let zone = Sandbox::start(Options::default()).await.unwrap();
        let address = zone.zone();
        let words = [
            "operator",
            "login",
            "--operator-token-stdin",
            "--zone",
            &address,
        ];
        let left = scene.run(&words, zone.operator_token()).await;
        assert_eq!(left.code, Some(0), "{}", left.all());
        zone.clear_requests();
        zones.push(zone);
    }
    let left = scene.run(&["doctor", "--json"], "").await;
    let calls: usize = zones.iter().map(|zone| zone.requests().len()).sum();
    assert_eq!(calls, 4);
    let shown: serde_json::Value = serde_json::from_str(&left.stdout).unwrap();
    let findings = shown["findings"].as_array().unwrap();
    let unasked = findings
        .iter()
        .filter(|one| one["check"] == "operator" && one["level"] == "yellow");
    assert_eq!(unasked.count(), 2, "{shown:#}");
}
