//! An older state.db that somebody puts back: which commands say so, and that no agent that was
//! revoked since is served by it.

use std::path::PathBuf;
use std::time::Duration;

use make_credentials_mcp::sandbox::{Effect, Fault};
use serde_json::json;

use super::{Scene, json};
use crate::binary::Binary;

const PARTS: [&str; 3] = ["state.db", "state.db-wal", "state.db-shm"];

/// What stands in state.db now, to be put back later.
struct Copy {
    home: PathBuf,
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Copy {
    fn of(scene: &Scene) -> Self {
        let files = PARTS.iter().filter_map(|name| {
            let path = scene.home.join(name);
            std::fs::read(&path).ok().map(|bytes| (path, bytes))
        });
        Self {
            home: scene.home.clone(),
            files: files.collect(),
        }
    }

    /// As whoever restores a folder does: other files of the same names.
    #[expect(clippy::disallowed_methods, reason = "a test puts a file of ours back")]
    fn put_back(&self) {
        for name in PARTS {
            let _not_there = std::fs::remove_file(self.home.join(name));
        }
        for (path, bytes) in &self.files {
            std::fs::write(path, bytes).unwrap();
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                let mode = std::fs::Permissions::from_mode(0o600);
                std::fs::set_permissions(path, mode).unwrap();
            }
        }
    }
}

/// Both commands that look say it, and exit with 1.
async fn assert_noticed(scene: &Scene) {
    let left = scene.run(&["audit", "verify"], "").await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    assert!(left.stdout.contains("state.db: "), "{}", left.stdout);
    let left = scene.run(&["doctor", "--json", "--offline"], "").await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    let findings = json(&left)["findings"].clone();
    let findings = findings.as_array().unwrap();
    let age: Vec<_> = findings
        .iter()
        .filter(|one| one["check"] == "state_age")
        .collect();
    assert_eq!(age.len(), 1, "{}", left.stdout);
    assert_eq!(age[0]["level"], "red");
    assert!(
        age[0]["next"]
            .as_str()
            .unwrap()
            .contains("no agent is served")
    );
    let left = scene.run(&["agent", "list"], "").await;
    assert!(
        left.stderr.contains("state.db is older than the trail"),
        "{}",
        left.stderr
    );
}

/// No request of this agent leaves, by any way.
async fn assert_not_served(scene: &Scene, name: &str) {
    scene.zone.clear_requests();
    let left = scene.run(&["call", "users_me", "--agent", name], "").await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    let said = json(&left);
    assert_eq!(said["code"], "secret_unavailable", "{said}");
    assert!(
        said["message"]
            .as_str()
            .unwrap()
            .contains("older than the trail"),
        "{said}"
    );
    let flag = format!("--agent={name}");
    let mut server = Binary::serve(&scene.home, &[], &[&flag]).await;
    let listed = server.ask("tools/list", json!({})).await;
    let tools = listed["result"]["tools"].as_array().unwrap();
    let tools: Vec<_> = tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(tools, ["agent_status"]);
    let answer = server.call("connections_list", json!({"teamId": 22})).await;
    assert_eq!(answer["result"]["isError"], json!(true), "{answer}");
    server.end().await;
    assert_eq!(scene.zone.requests().len(), 0, "something left");
}

#[tokio::test]
async fn an_agent_that_was_revoked_since_is_not_served() {
    let scene = Scene::new("back-revoked").await;
    scene.issue("reporter").await;
    scene.issue("other").await;
    let older = Copy::of(&scene);
    // Make does not take the token away, so it stays in the store and works.
    let deny = || {
        let effect = Effect::json(403, &r#"{"message":"m"}"#);
        Fault::new(effect).on("DELETE", "/users/me/api-tokens")
    };
    scene.zone.inject(deny());
    let left = scene.operate(&["agent", "revoke", "reporter"]).await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    scene.zone.clear_faults();
    assert_eq!(scene.ours().len(), 2);
    let newest = Copy::of(&scene);
    older.put_back();
    assert_eq!(scene.list().await["agents"][1]["standing"], "active");
    assert_noticed(&scene).await;
    assert_not_served(&scene, "reporter").await;
    // Which others are as they were cannot be told either.
    assert_not_served(&scene, "other").await;
    // What is done with the older one since does not hide it.
    for _ in 0..6 {
        let words = ["agent", "policy", "other", "--set", "access=read"];
        let left = scene.run(&words, "").await;
        assert_eq!(left.code, Some(0), "{}", left.all());
    }
    assert_noticed(&scene).await;
    assert_not_served(&scene, "reporter").await;
    // The newest one mends it; a word of what was done meanwhile stays in the trail.
    newest.put_back();
    let left = scene
        .run(&["call", "users_me", "--agent", "reporter"], "")
        .await;
    assert_eq!(left.code, Some(3), "{}", left.all());
    assert!(left.stdout.contains("was revoked"), "{}", left.stdout);
}

#[tokio::test]
async fn one_of_before_an_issue_or_a_rotation_is_noticed() {
    for done in ["issue", "rotate", "policy", "adopt"] {
        let scene = Scene::new(&format!("back-{done}")).await;
        scene.issue("reporter").await;
        let older = Copy::of(&scene);
        match done {
            "issue" => {
                scene.issue("second").await;
            }
            "rotate" => {
                let left = scene.operate(&["agent", "rotate", "reporter"]).await;
                assert_eq!(left.code, Some(0), "{}", left.all());
            }
            "policy" => {
                let words = [
                    "agent",
                    "policy",
                    "reporter",
                    "--set",
                    "deny-tools=keys_list",
                ];
                let left = scene.run(&words, "").await;
                assert_eq!(left.code, Some(0), "{}", left.all());
            }
            _ => {
                let zone = scene.zone.zone();
                let token = scene.zone.issue_token("by hand", &["user:read"]);
                let words = ["agent", "add", "made", "--all-teams", "--token-stdin"];
                let words = [&words[..], &["--zone", &zone]].concat();
                let left = scene.run(&words, &token).await;
                assert_eq!(left.code, Some(0), "{}", left.all());
            }
        }
        let newest = Copy::of(&scene);
        older.put_back();
        assert_noticed(&scene).await;
        assert_not_served(&scene, "reporter").await;
        newest.put_back();
        let left = scene.run(&["audit", "verify"], "").await;
        assert_eq!(left.code, Some(0), "{done}: {}", left.all());
        assert!(scene.works("reporter").await, "{done}");
    }
}

#[tokio::test]
async fn a_token_that_lies_where_others_keep_it_does_not_bring_its_agent_back() {
    let scene = Scene::new("back-file").await;
    let file = scene.home.join("token");
    #[expect(clippy::disallowed_methods, reason = "a file of somebody else")]
    std::fs::write(&file, scene.zone.issue_token("by hand", &["user:read"])).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let (zone, store) = (
        scene.zone.zone(),
        format!("--store=file:{}", file.display()),
    );
    let words = [
        "agent",
        "add",
        "made",
        "--all-teams",
        "--token-stdin",
        &store,
    ];
    let words = [&words[..], &["--zone", &zone]].concat();
    // Not through `run`: the token lies in the folder on purpose.
    let run = async |words: &[&str]| crate::binary::run(&scene.home, &[], words).await;
    let words: Vec<&str> = words
        .into_iter()
        .filter(|w| *w != "--token-stdin")
        .collect();
    let left = run(&words).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    let older = Copy::of(&scene);
    run(&["agent", "revoke", "made"]).await;
    older.put_back();
    scene.zone.clear_requests();
    let left = run(&["call", "users_me", "--agent=made"]).await;
    assert!(
        left.stdout.contains("older than the trail"),
        "{}",
        left.all()
    );
    assert_eq!(scene.zone.requests().len(), 0);
}

#[tokio::test]
async fn a_server_that_runs_goes_by_the_file_that_is_there_now() {
    let scene = Scene::new("back-running").await;
    scene.issue("reporter").await;
    let mut server = Binary::serve(&scene.home, &[], &["--agent=reporter"]).await;
    let call = ("connections_get", json!({"connectionId": 101}));
    let answers = server.call_all(std::slice::from_ref(&call)).await;
    assert_ne!(answers[0]["isError"], json!(true), "{answers:?}");
    Copy::of(&scene).put_back();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let left = scene.operate(&["agent", "revoke", "reporter"]).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    scene.zone.clear_requests();
    let answers = server.call_all(&[call]).await;
    assert_eq!(answers[0]["isError"], json!(true), "{answers:?}");
    assert_eq!(scene.zone.requests().len(), 0);
    server.end().await;
}
