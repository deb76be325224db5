//! What commands leave in a home folder where nothing was set up: no more than they need.

use std::path::Path;

use make_credentials_mcp::sandbox::{Options, Sandbox};

use crate::binary::{self, Binary};

/// The trail with its key.
const TRAIL: [&str; 6] = [
    "audit.head",
    "audit.jsonl",
    "audit.lock",
    "secrets/key.txt",
    "secrets/lock",
    "secrets/vault.age",
];

/// Every file and every empty folder, below the folder.
fn left(folder: &Path) -> Vec<String> {
    let mut left = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        let inside: Vec<_> = std::fs::read_dir(&at).unwrap().collect();
        if inside.is_empty() && at != folder {
            left.push(format!("{} (empty)", at.display()));
        }
        for entry in inside {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy();
                left.push(name.replace('\\', "/"));
            }
        }
    }
    left.sort();
    left
}

#[tokio::test]
async fn the_agent_env_leaves_the_trail_of_its_calls_and_nothing_else() {
    let zone = Sandbox::start(Options::default()).await.unwrap();
    let home = binary::home("traces-env");
    let address = zone.zone();
    let environment = [
        ("MAKE_API_KEY", zone.operator_token()),
        ("MAKE_ZONE", address.as_str()),
    ];
    // What makes no call at all.
    for words in [
        &["tools"][..],
        &["tools", "--json"],
        &["call", "nonsense"],
        &["call", "users_me", "--args=[]"],
        &["secret", "list"],
        &["approve"],
        &["audit", "list"],
        &["audit", "verify"],
        &["doctor"],
    ] {
        binary::run(&home, &environment, words).await;
        assert_eq!(left(&home), Vec::<String>::new(), "{words:?}");
    }
    // Without a token no call is made.
    binary::run(&home, &[], &["call", "users_me"]).await;
    assert_eq!(left(&home), Vec::<String>::new());
    let mut server = Binary::serve(&home, &environment, &[]).await;
    server.ask("tools/list", serde_json::json!({})).await;
    server.end().await;
    assert_eq!(left(&home), Vec::<String>::new());
    // A call is in the trail, whatever came of it; one that reads needs no more.
    for words in [
        &["call", "users_me"][..],
        &["call", "connections_get", "--args={\"connectionId\":101}"],
        &[
            "call",
            "keys_delete",
            "--access=read",
            "--args={\"keyId\":401}",
        ],
        &["call", "connections_get", "--args={\"connectionId\":\"x\"}"],
    ] {
        binary::run(&home, &environment, words).await;
        assert_eq!(left(&home), TRAIL, "{words:?}");
        std::fs::remove_dir_all(home.join("secrets")).unwrap();
        for file in ["audit.head", "audit.jsonl", "audit.lock"] {
            std::fs::remove_file(home.join(file)).unwrap();
        }
    }
    // One that changes something is known to state.db as well.
    let words = [
        "call",
        "connections_verify",
        "--args={\"connectionId\":101}",
    ];
    let made = binary::run(&home, &environment, &words).await;
    assert_eq!(made.code, Some(0), "{}", made.all());
    let mut wanted = TRAIL.to_vec();
    wanted.push("state.db");
    assert_eq!(left(&home), wanted);
    std::fs::remove_dir_all(home).unwrap();
}

#[tokio::test]
async fn many_first_calls_at_once_make_one_key() {
    let zone = Sandbox::start(Options::default()).await.unwrap();
    let home = binary::home("traces-many");
    let address = zone.zone();
    let environment = [
        ("MAKE_API_KEY", zone.operator_token()),
        ("MAKE_ZONE", address.as_str()),
    ];
    let calls = (0..12).map(|_| binary::run(&home, &environment, &["call", "users_me"]));
    for call in futures_util::future::join_all(calls).await {
        assert_eq!(call.code, Some(0), "{}", call.all());
    }
    let verified = binary::run(&home, &environment, &["audit", "verify"]).await;
    assert_eq!(
        verified.stdout,
        "the trail holds: 13 lines in 1 file(s), the last is 13\n",
        "{}",
        verified.all()
    );
    std::fs::remove_dir_all(home).unwrap();
}

#[tokio::test]
async fn forgetting_what_was_never_kept_makes_nothing() {
    let home = binary::home("traces-remove");
    let left_behind = binary::run(&home, &[], &["secret", "remove", "nothing"]).await;
    assert_eq!(left_behind.code, Some(3), "{}", left_behind.all());
    assert!(!home.join("secrets").exists());
    std::fs::remove_dir_all(home).unwrap();
}
