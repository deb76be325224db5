//! `secret set`, `secret list` and `secret remove`, and a call through the real binary.

use std::path::PathBuf;

use make_credentials_mcp::sandbox::{Options, Sandbox};
use serde_json::{Value, json};

use super::{VALUE, named};
use crate::binary::{self, Binary, Left};
use crate::canary::Canary;

struct Scene {
    zone: Sandbox,
    home: PathBuf,
}

impl Scene {
    /// A machine with the agent `bot`, whose token is the zone's own.
    async fn new(name: &str) -> Self {
        let zone = Sandbox::start(Options::default()).await.unwrap();
        let home = binary::home(&format!("named-{name}"));
        let scene = Self { zone, home };
        scene.adopt("bot").await;
        scene
    }

    async fn adopt(&self, agent: &str) {
        let zone = self.zone.zone();
        let words = [
            "agent",
            "add",
            agent,
            "--teams=22",
            "--access=write",
            "--token-stdin",
            "--zone",
            &zone,
        ];
        let left = self.run(&words, self.zone.operator_token()).await;
        assert_eq!(left.code, Some(0), "{}", left.all());
    }

    /// Runs a command. The secret is in nothing that it writes or leaves.
    async fn run(&self, words: &[&str], stdin: &str) -> Left {
        let left = binary::run_with(&self.home, &[], words, stdin).await;
        self.assert_silent(&words.join(" "), &left);
        left
    }

    fn assert_silent(&self, place: &str, left: &Left) {
        let canary = Canary::of(VALUE);
        canary.assert_absent(place, left.all());
        for (path, bytes) in binary::files(&self.home) {
            canary.assert_absent(&format!("{place}, {}", path.display()), bytes);
        }
    }

    async fn list(&self) -> Value {
        let left = self.run(&["secret", "list", "--json"], "").await;
        serde_json::from_str(&left.stdout).unwrap()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _never_made = std::fs::remove_dir_all(&self.home);
    }
}

#[tokio::test]
async fn a_secret_is_set_used_exchanged_and_removed_without_being_seen() {
    let scene = Scene::new("life").await;
    let set = [
        "secret",
        "set",
        "SHOP",
        "--for",
        "bot",
        "--tools=keys_create",
        "--types=apikeyauth",
    ];
    let left = scene.run(&set, &format!("{VALUE}\n")).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    let mut server = Binary::serve(&scene.home, &[], &["--agent", "bot"]).await;
    let key = |name: &str| json!({"teamId": 22, "name": name, "typeName": "apikeyauth", "parameters": {"key": named("SHOP")}});
    let made = server.call("keys_create", key("K")).await;
    assert_eq!(
        made["result"]["structuredContent"]["key"]["name"], "K",
        "{made}"
    );
    let id = made["result"]["structuredContent"]["key"]["id"]
        .as_u64()
        .unwrap();
    assert_eq!(scene.zone.stored_in_key(id).unwrap()["key"], VALUE);
    let listed = server.call("secrets_list", json!({})).await;
    assert_eq!(
        listed["result"]["structuredContent"]["secrets"][0]["name"],
        "SHOP"
    );
    // A new value under the same name, with nothing else said.
    let left = scene
        .run(&["secret", "set", "SHOP"], "sk-second-value-88")
        .await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    let made = server.call("keys_create", key("K2")).await;
    let id = made["result"]["structuredContent"]["key"]["id"]
        .as_u64()
        .unwrap();
    assert_eq!(
        scene.zone.stored_in_key(id).unwrap()["key"],
        "sk-second-value-88"
    );
    assert_eq!(
        scene.list().await["secrets"][0]["types"],
        json!(["apikeyauth"])
    );
    let left = scene.run(&["secret", "remove", "SHOP"], "").await;
    assert_eq!(left.code, Some(0));
    let refused = server.call("keys_create", key("K3")).await;
    assert_eq!(
        refused["result"]["structuredContent"]["code"],
        "secret_unavailable"
    );
    let left = server.end().await;
    scene.assert_silent("the server", &left);
    assert!(!left.all().contains("sk-second-value"));
    assert_eq!(scene.list().await["secrets"], json!([]));
    let actions = scene.run(&["audit", "list", "--json"], "").await.stdout;
    assert_eq!(actions.matches("secret_set").count(), 2, "{actions}");
    assert_eq!(actions.matches("secret_removed").count(), 1);
    assert_eq!(
        scene.run(&["secret", "remove", "SHOP"], "").await.code,
        Some(3)
    );
}

#[tokio::test]
async fn a_value_that_could_be_ordinary_text_is_refused_with_its_reason() {
    let scene = Scene::new("weak").await;
    let set = ["secret", "set", "SHOP", "--for=bot", "--tools=keys_create"];
    for (value, reason) in [
        ("sk-live-123", "12 bytes"),
        ("true", "`true`"),
        ("123456789012", "a number"),
        ("structuredContent", "a plain word"),
        ("connection_id-list", "a plain word"),
        ("\"jsonrpc\":\"2.0\"", "the protocol"),
    ] {
        let left = scene.run(&set, value).await;
        assert_eq!(left.code, Some(1), "{value}: {}", left.all());
        assert!(left.stderr.contains(reason), "{value}: {}", left.stderr);
        assert!(
            !left.stderr.contains(value) || value == "true",
            "{}",
            left.stderr
        );
        assert_eq!(scene.list().await["secrets"], json!([]), "{value}");
    }
    // A value in a store of others is looked at as well.
    let words = [&set[..], &["--ref=env:WEAK"]].concat();
    let weak = [("WEAK", "987654321098")];
    let left = binary::run_with(&scene.home, &weak, &words, "").await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    assert!(left.stderr.contains("a number"), "{}", left.stderr);
    // What is known keeps its value when the new one is refused.
    let left = scene.run(&set, VALUE).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    let left = scene.run(&["secret", "set", "SHOP"], "123456789012").await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    assert_eq!(scene.list().await["secrets"][0]["name"], "SHOP");
}

#[tokio::test]
async fn what_cannot_be_bound_is_refused_before_anything_is_kept() {
    let scene = Scene::new("refused").await;
    let bot = ["--for", "bot"];
    for (words, stdin, code) in [
        (&["--for", "env", "--tools=keys_create"][..], VALUE, 3),
        (&["--for", "nobody-there", "--tools=keys_create"], VALUE, 3),
        (&bot, VALUE, 2),
        (&["--for", "bot", "--tools=keys_delete"], VALUE, 2),
        (
            &[
                "--for",
                "bot",
                "--tools=keys_create",
                "--fields=data.apiKey",
            ],
            VALUE,
            2,
        ),
        (&["--for", "bot", "--fields=key"], VALUE, 2),
        (
            &["--for", "bot", "--with=https://api.example.com"],
            VALUE,
            2,
        ),
        (
            &["--for", "bot", "--with=url=https://a.example,data.url=b"],
            VALUE,
            2,
        ),
        (&["--for", "bot", "--tools=keys_create"], "too-short-1", 1),
        (&["--for", "bot", "--tools=keys_create"], "", 1),
        (
            &[
                "--for",
                "bot",
                "--ref=file:/nonexistent/secret",
                "--tools=keys_create",
            ],
            "",
            1,
        ),
        (&["--tools=keys_create"], VALUE, 2),
        (&[], VALUE, 2),
    ] {
        let words: Vec<&str> = ["secret", "set", "SHOP"]
            .into_iter()
            .chain(words.iter().copied())
            .collect();
        let left = scene.run(&words, stdin).await;
        assert_eq!(left.code, Some(code), "{words:?}: {}", left.all());
    }
    // The value in the place of the name is not repeated.
    let left = scene
        .run(&["secret", "set", VALUE, "--for", "bot"], "")
        .await;
    assert_eq!(left.code, Some(2), "{}", left.all());
    assert_eq!(scene.list().await["secrets"], json!([]));
}

#[tokio::test]
async fn a_value_stays_where_it_is_kept_and_an_agents_names_end_with_it() {
    let scene = Scene::new("ref").await;
    let file = scene.home.join("mounted");
    std::fs::create_dir_all(&file).unwrap();
    let file = file.join("secret");
    #[expect(clippy::disallowed_methods, reason = "a mounted file")]
    std::fs::write(&file, "value-from-a-mount-1").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let reference = format!("--ref=file:{}", file.display());
    let set = [
        "secret",
        "set",
        "SHOP",
        "--for",
        "bot",
        "--with=url=https://api.example.com",
        &reference,
    ];
    let left = scene.run(&set, "").await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    assert!(left.stderr.contains("--types"), "{}", left.all());
    assert_eq!(
        scene.run(&["secret", "set", "SHOP"], "x").await.code,
        Some(3)
    );
    // A key of this type has no field for the address.
    let key = json!({"teamId": 22, "name": "K", "typeName": "apikeyauth", "parameters": {"key": named("SHOP")}});
    let data = json!({"url": "https://api.example.com", "apiKey": named("SHOP")});
    let connection = json!({"teamId": 22, "name": "C", "accountName": "airtable2", "data": data});
    for (tool, given, code) in [
        ("keys_create", key, 3),
        ("connections_create", connection, 0),
    ] {
        let arguments = format!("--args={given}");
        let made = scene
            .run(&["call", tool, "--agent=bot", &arguments], "")
            .await;
        assert_eq!(made.code, Some(code), "{}", made.all());
    }
    // Forgotten and made anew, the agent has nothing of it.
    for words in [&["agent", "revoke", "bot"][..], &["agent", "remove", "bot"]] {
        scene.zone.clear_faults();
        let left = scene.run(words, "").await;
        assert!(left.code.is_some(), "{}", left.all());
    }
    assert_eq!(
        scene.list().await["secrets"][0]["agents"],
        json!([]),
        "{}",
        scene.list().await
    );
    let left = scene.run(&["secret", "remove", "SHOP", "--json"], "").await;
    assert!(left.stdout.contains("file:"), "{}", left.all());
    assert!(file.exists());
}
