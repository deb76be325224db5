//! `agent revoke` and `agent policy`.

use make_credentials_mcp::sandbox::{Effect, Fault};
use serde_json::{Value, json};

use super::{Scene, json};
use crate::binary::Binary;

const TOKENS: &str = "/users/me/api-tokens";

fn code(answer: &Value) -> &str {
    answer["result"]["structuredContent"]["code"]
        .as_str()
        .unwrap_or("answered")
}

#[tokio::test]
async fn revoking_ends_the_server_the_token_and_what_is_kept() {
    let scene = Scene::new("revoke").await;
    scene.issue("bot").await;
    let mut server = Binary::serve(&scene.home, &[], &["--agent", "bot"]).await;
    let get = json!({"connectionId": 101});
    assert_eq!(
        code(&server.call("connections_get", get.clone()).await),
        "answered"
    );
    let left = scene.operate(&["agent", "revoke", "bot", "--json"]).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    let report = &json(&left)["revoked"][0];
    assert_eq!(report["upstream"], "gone", "{report}");
    assert_eq!(report["secret"], "deleted", "{report}");
    assert_eq!(report["processes"]["followed"], 1, "{report}");
    assert_eq!(scene.ours(), Vec::<String>::new());
    let before = scene.zone.requests().len();
    assert_eq!(
        code(&server.call("connections_get", get).await),
        "agent_revoked"
    );
    assert_eq!(scene.zone.requests().len(), before);
    // A new server starts, and lists the one tool that says why nothing works.
    let mut server = Binary::serve(&scene.home, &[], &["--agent", "bot"]).await;
    let tools = server.ask("tools/list", json!({})).await;
    let names: Vec<&str> = tools["result"]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["agent_status"]);
    let status = server.call("agent_status", json!({})).await;
    let status = &status["result"]["structuredContent"];
    assert_eq!(status["problem"], "This agent was revoked.", "{status}");
    let removed = scene.run(&["agent", "remove", "bot"], "").await;
    assert_eq!(removed.code, Some(0), "{}", removed.all());
    assert_eq!(scene.list().await["agents"], json!([]));
}

#[tokio::test]
async fn without_make_it_is_revoked_here_and_shown_until_a_later_command_has_finished() {
    let scene = Scene::new("revoke-offline").await;
    scene.issue("bot").await;
    scene
        .zone
        .inject(Fault::new(Effect::CloseBeforeAnswer).on("GET", "/users/me"));
    scene
        .zone
        .inject(Fault::new(Effect::CloseBeforeAnswer).on("DELETE", TOKENS));
    let left = scene.operate(&["agent", "revoke", "bot"]).await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    assert!(
        left.stdout.contains("revoked on this machine"),
        "{}",
        left.all()
    );
    let left = scene.run(&["call", "users_me", "--agent", "bot"], "").await;
    assert!(left.stdout.contains("agent_revoked"), "{}", left.all());
    assert_eq!(scene.list().await["pendingRevocations"][0]["agent"], "bot");
    let refused = scene.run(&["agent", "remove", "bot"], "").await;
    assert_eq!(refused.code, Some(3), "{}", refused.all());
    scene.zone.clear_faults();
    let again = scene.operate(&["agent", "revoke", "bot", "--json"]).await;
    assert_eq!(again.code, Some(0), "{}", again.all());
    assert_eq!(json(&again)["revoked"][0]["upstream"], "gone");
    assert_eq!(scene.list().await["pendingRevocations"], json!([]));
    assert_eq!(scene.ours(), Vec::<String>::new());
}

#[tokio::test]
async fn the_emergency_stop_takes_all_of_them() {
    let scene = Scene::new("revoke-all").await;
    scene.issue("one").await;
    scene.issue("two").await;
    let left = scene.operate(&["agent", "revoke", "--all", "--json"]).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    assert_eq!(json(&left)["revoked"].as_array().unwrap().len(), 2);
    assert_eq!(scene.ours(), Vec::<String>::new());
    for name in ["one", "two"] {
        assert!(!scene.works(name).await);
    }
}

#[tokio::test]
async fn of_an_adopted_token_it_says_where_to_delete_it() {
    let scene = Scene::new("revoke-adopted").await;
    let token = scene.zone.issue_token("by hand", &super::READER);
    let zone = scene.zone.zone();
    let words = [
        "agent",
        "add",
        "mine",
        "--token-stdin",
        "--zone",
        &zone,
        "--teams=22",
    ];
    assert_eq!(scene.run(&words, &token).await.code, Some(0));
    let left = scene.run(&["agent", "revoke", "mine"], "").await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    let prefix = token.get(..8).unwrap();
    assert!(
        left.stdout.contains("/user/api") && left.stdout.contains(prefix),
        "{}",
        left.all()
    );
    assert!(left.stdout.contains("is deleted"), "{}", left.all());
    // It is not ours to take away.
    assert!(scene.zone.live_labels().contains(&"by hand".to_owned()));
}

#[tokio::test]
async fn policy_shows_every_decision_and_changes_what_running_servers_go_by() {
    let scene = Scene::new("policy").await;
    scene.issue("bot").await;
    let mut server = Binary::serve(&scene.home, &[], &["--agent", "bot"]).await;
    let get = json!({"connectionId": 101});
    assert_eq!(
        code(&server.call("connections_get", get.clone()).await),
        "answered"
    );
    let shown = json(&scene.run(&["agent", "policy", "bot", "--json"], "").await);
    let rows = shown["tools"].as_array().unwrap();
    assert_eq!(rows.len(), make_credentials_mcp::tools::ALL.len());
    let row = |name: &str| rows.iter().find(|row| row["tool"] == name).unwrap().clone();
    assert_eq!(row("connections_get")["allowed"], true);
    assert_eq!(row("keys_delete")["allowed"], false);
    let words = [
        "agent",
        "policy",
        "bot",
        "--set",
        "deny-tools=connections_get",
        "--set",
        "access=write",
    ];
    let left = scene.run(&words, "").await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    assert!(left.stderr.contains("taken up by all 1"), "{}", left.all());
    assert!(left.stderr.contains("agent rotate bot"), "{}", left.all());
    assert_eq!(
        code(&server.call("connections_get", get).await),
        "not_granted"
    );
    for (bad, code) in [
        ("access=admin", 2),
        // Only the token tells that.
        ("teams=99", 1),
        ("deny-tools=nope", 2),
        ("colour=red", 2),
        ("expires=soon", 2),
    ] {
        let left = scene
            .run(&["agent", "policy", "bot", "--set", bad], "")
            .await;
        assert_eq!(left.code, Some(code), "{bad}: {}", left.all());
    }
    assert_eq!(scene.list().await["agents"][0]["grants"]["access"], "write");
}

#[tokio::test]
async fn a_link_of_a_removed_agent_is_none_for_the_next_one_of_its_name() {
    let scene = Scene::new("removed-link").await;
    let add = ["agent", "add", "bot", "--teams=22", "--access=request"];
    let call = async |tool: &str, arguments: serde_json::Value| {
        let arguments = arguments.to_string();
        let words = ["call", tool, "--agent", "bot", "--args", &arguments];
        json(&scene.run(&words, "").await)
    };
    let get = "credential_requests_get";
    assert_eq!(scene.operate(&add).await.code, Some(0));
    let wanted = json!({"keys": [{"type": "apikeyauth"}]});
    let made = call("credential_requests_create_by_credentials", wanted).await;
    let read = json!({"requestId": made["requestId"]});
    assert!(call(get, read.clone()).await["publicUri"].is_string());
    assert_eq!(
        scene.operate(&["agent", "revoke", "bot"]).await.code,
        Some(0)
    );
    assert_eq!(
        scene.run(&["agent", "remove", "bot"], "").await.code,
        Some(0)
    );
    assert_eq!(scene.operate(&add).await.code, Some(0));
    let again = call(get, read).await;
    assert_eq!(again["request"]["id"], made["requestId"], "{again}");
    assert!(again.get("publicUri").is_none(), "{again}");
}

#[tokio::test]
async fn a_yes_for_a_removed_agent_is_none_for_the_next_one_of_its_name() {
    let scene = Scene::new("removed-yes").await;
    let add = ["agent", "add", "bot", "--teams=22,23", "--access=write"];
    let delete = [
        "call",
        "connections_delete",
        "--agent",
        "bot",
        "--args",
        r#"{"connectionId":203}"#,
    ];
    let approval = |left: &crate::binary::Left| {
        let failure = json(left);
        assert_eq!(failure["code"], "confirmation_required", "{failure}");
        let id = &failure["details"]["approval"];
        id.as_str().unwrap().to_owned()
    };
    assert_eq!(scene.operate(&add).await.code, Some(0));
    let id = approval(&scene.run(&delete, "").await);
    let approved = scene.run(&["approve", &id, "--yes"], "").await;
    assert_eq!(approved.code, Some(0), "{}", approved.all());
    let revoked = scene.operate(&["agent", "revoke", "bot"]).await;
    assert_eq!(revoked.code, Some(0), "{}", revoked.all());
    let removed = scene.run(&["agent", "remove", "bot"], "").await;
    assert_eq!(removed.code, Some(0), "{}", removed.all());
    assert_eq!(scene.operate(&add).await.code, Some(0));
    assert_ne!(approval(&scene.run(&delete, "").await), id);
    let mut sent = scene.zone.requests();
    sent.retain(|one| one.method == "DELETE" && one.path.contains("/connections/"));
    assert!(sent.is_empty(), "{sent:?}");
}
