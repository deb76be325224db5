//! `agent add --token-stdin`: tokens that were made by hand.

use make_credentials_mcp::sandbox::seeded;
use serde_json::json;

use super::{READER, Scene, json};
use crate::binary;

const HAND: &str = "--token-stdin";

#[tokio::test]
async fn a_token_made_by_hand_is_taken_up_and_used() {
    let scene = Scene::new("adopt").await;
    let (zone, token) = (scene.zone.zone(), scene.zone.issue_token("hand", &READER));
    let words = [
        "agent",
        "add",
        "reporter",
        HAND,
        "--zone",
        &zone,
        "--teams=22",
    ];
    // As an editor on Windows writes it.
    let typed = format!("\u{FEFF}{}\r\n", token.to_uppercase());
    let left = scene.run(&words, &typed).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    for wanted in [
        "read access, team 22",
        "Make user 7 (\"Jane Doe\")",
        "kept at age:agent/reporter",
        "isolation: by policy only (the token's user reaches the team 23 too)",
        "\"serve\"",
        "\"make\"",
    ] {
        assert!(left.stdout.contains(wanted), "{wanted}: {}", left.stdout);
    }
    assert!(scene.works("reporter").await);
    // No token was made, and no operator was asked for.
    assert!(scene.ours().is_empty());
    let sent = scene.zone.requests();
    assert!(sent.iter().all(|request| request.method == "GET"));
    let listed = scene.list().await;
    let agent = &listed["agents"][0];
    assert_eq!(agent["standing"], "active");
    assert_eq!(agent["token"]["prefix"], json!(token.get(..8)));
    assert_eq!(agent["light"], "green");
    assert_eq!(agent["token"].get("label"), None);
}

#[tokio::test]
async fn without_teams_they_are_listed_and_nothing_is_made() {
    let scene = Scene::new("adopt-teams").await;
    let zone = scene.zone.zone();
    let token = scene.zone.issue_token("hand", &READER);
    let words = ["agent", "add", "reporter", HAND, "--zone", &zone];
    let left = scene.run(&words, &token).await;
    assert_eq!(left.code, Some(2));
    assert!(left.stdout.contains("22  \"Marketing\""), "{}", left.stdout);
    assert!(left.stderr.contains("nothing was made"), "{}", left.stderr);
    // A token that may read no names still says which teams its user is in.
    let token = scene.zone.issue_token("bare", &[]);
    let words = [&words[..], &["--json"]].concat();
    let teams = json(&scene.run(&words, &token).await)["teams"].clone();
    assert_eq!(teams, json!([{"id": 22}, {"id": 23}]));
    assert_eq!(scene.list().await["agents"], json!([]));
}

#[tokio::test]
async fn what_lacks_and_what_is_too_much_is_said() {
    let scene = Scene::new("adopt-scopes").await;
    let zone = scene.zone.zone();
    let scopes = ["connections:read", "scenarios:run", "user:write"];
    let token = scene.zone.issue_token("hand", &scopes);
    let words = [
        "agent",
        "add",
        "reporter",
        HAND,
        "--zone",
        &zone,
        "--teams=22",
        "--json",
    ];
    let added = json(&scene.run(&words, &token).await);
    let warnings: Vec<&str> = added["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|warning| warning.as_str())
        .collect();
    let warns = |wanted: &str| warnings.iter().any(|warning| warning.contains(wanted));
    assert!(
        warns("lacks keys:read, so Make will refuse keys_list, keys_get"),
        "{warnings:?}"
    );
    assert!(warns("user:write: whoever gets hold of it"), "{warnings:?}");
    assert!(warns("more than is needed: scenarios:run"), "{warnings:?}");
    assert_eq!(
        added["client"]["mcpServers"]["make"]["args"],
        json!(["serve", "--agent", "reporter"])
    );
}

#[tokio::test]
async fn what_cannot_be_an_agent_is_refused_before_anything_is_kept() {
    let scene = Scene::new("adopt-refused").await;
    let zone = scene.zone.zone();
    let token = scene.zone.issue_token("hand", &READER);
    let stranger = "2544847b-1111-4222-8333-c0ffeec0ffee";
    let real = "2544847b-1111-4222-8333-0123456789ab";
    let base = ["agent", "add", "reporter", HAND, "--teams=22"];
    for (more, stdin, code, said) in [
        (
            &["--zone", zone.as_str()][..],
            "hunter2",
            1,
            "that is no Make API token",
        ),
        (&["--zone", &zone], "", 1, "that is no Make API token"),
        (
            &["--zone", &zone],
            stranger,
            3,
            "Make does not know the token 2544847b",
        ),
        (&["--zone", &zone], real, 1, "is a simulated zone"),
        (&[], &token, 2, "--zone is missing"),
        (&["--zone", "evil.example"], &token, 2, "not a zone of Make"),
        (
            &["--zone", &zone, "--deny-tools=keys_remove"],
            &token,
            2,
            "no such tool",
        ),
        (
            &["--zone", &zone, "--allow-tools=x"],
            &token,
            2,
            "no such tool",
        ),
        (
            &["--zone", &zone, "--store=env:TOKEN"],
            &token,
            3,
            "read-only",
        ),
        (
            &["--zone", &zone, "--operator-token-stdin"],
            &token,
            2,
            "cannot be used with",
        ),
    ] {
        let words = [&base[..], more].concat();
        let left = scene.run(&words, stdin).await;
        assert_eq!(left.code, Some(code), "{more:?}: {}", left.all());
        assert!(left.stderr.contains(said), "{more:?}: {}", left.stderr);
        assert!(!left.all().contains("hunter2"));
    }
    let foreign = [
        "agent",
        "add",
        "reporter",
        HAND,
        "--teams=31",
        "--zone",
        &zone,
    ];
    let left = scene.run(&foreign, &token).await;
    assert!(
        left.stderr.contains("does not reach; it reaches 22, 23"),
        "{}",
        left.stderr
    );
    let reserved = ["agent", "add", "env", HAND, "--teams=22", "--zone", &zone];
    assert_eq!(scene.run(&reserved, &token).await.code, Some(3));
    assert_eq!(scene.list().await["agents"], json!([]));
    // A refused one is no obstacle, a second one of the same name is refused.
    let words = [&base[..], &["--zone", &zone]].concat();
    assert_eq!(scene.run(&words, &token).await.code, Some(0));
    let again = scene.run(&words, &token).await;
    assert_eq!(again.code, Some(3));
    assert!(again.stderr.contains("there is an agent reporter already"));
}

#[cfg(unix)]
#[tokio::test]
async fn a_token_that_somebody_else_keeps_is_read_from_there() {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let scene = Scene::new("adopt-stores").await;
    let zone = scene.zone.zone();
    let first = scene.zone.issue_token("first", &READER);
    let folder = binary::home("agents-adopt-stores-outside");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    let path = folder.join("token");
    let keep = |token: &str| {
        use std::io::Write as _;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&path).unwrap();
        writeln!(file, "{token}").unwrap();
    };
    keep(&first);
    let store = format!("--store=file:{}", path.display());
    let words = [
        "agent",
        "add",
        "mounted",
        "--teams=22",
        "--zone",
        &zone,
        &store,
    ];
    let left = scene.run(&words, "").await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    assert!(scene.works("mounted").await);
    // Whoever keeps it rotates it; the agent takes the new one up.
    let same = scene.run(&["agent", "rotate", "mounted"], "").await;
    assert_eq!(same.code, Some(3), "{}", same.all());
    assert!(same.stderr.contains("has already"), "{}", same.stderr);
    let second = scene.zone.issue_token("second", &READER);
    keep(&second);
    let left = scene.run(&["agent", "rotate", "mounted"], "").await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    scene.zone.revoke_token(&first);
    assert!(scene.works("mounted").await);
    let listed = scene.list().await;
    assert_eq!(
        listed["agents"][0]["token"]["prefix"],
        json!(second.get(..8))
    );
    let environment = [("AGENT_TOKEN", second.as_str())];
    let words = [
        "agent",
        "add",
        "variable",
        "--teams=22",
        "--zone",
        &zone,
        "--store=env:AGENT_TOKEN",
    ];
    let left = binary::run_with(&scene.home, &environment, &words, "").await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn the_next_token_made_by_hand_takes_the_place_of_the_former() {
    let scene = Scene::new("adopt-next").await;
    let zone = scene.zone.zone();
    let first = scene.zone.issue_token("first", &READER);
    let words = [
        "agent",
        "add",
        "reporter",
        HAND,
        "--zone",
        &zone,
        "--teams=22",
    ];
    assert_eq!(scene.run(&words, &first).await.code, Some(0));
    let rotate = ["agent", "rotate", "reporter"];
    let left = scene.run(&rotate, "").await;
    assert_eq!(left.code, Some(3));
    assert!(left.stderr.contains("--token-stdin"), "{}", left.stderr);
    let rotate = [&rotate[..], &[HAND]].concat();
    assert_eq!(scene.run(&rotate, &first).await.code, Some(3));
    let second = scene.zone.issue_token("second", &READER);
    let left = scene.run(&rotate, &second).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    let place = format!("{zone}/user/api");
    assert!(
        left.stdout.contains("was made by hand and still works"),
        "{}",
        left.stdout
    );
    assert!(left.stdout.contains(&place), "{}", left.stdout);
    // Not ours to delete.
    assert!(scene.zone.live_tokens().contains(&first));
    scene.zone.revoke_token(&first);
    assert!(scene.works("reporter").await);
}

#[tokio::test]
async fn make_enforces_the_team_of_a_user_who_is_in_no_other() {
    let scene = Scene::new("adopt-isolation").await;
    let zone = scene.zone.zone();
    let scopes = [&READER[..], &["user:read"]].concat();
    let token = scene.zone.issue_token_for(seeded::JOHN, "hand", &scopes);
    let words = [
        "agent",
        "add",
        "reporter",
        HAND,
        "--zone",
        &zone,
        "--teams=22",
    ];
    let left = scene.run(&words, &token).await;
    assert!(
        left.stdout.contains("isolation: enforced by Make"),
        "{}",
        left.stdout
    );
    let shown = scene.run(&["agent", "show", "reporter"], "").await;
    assert!(
        shown.stdout.contains("isolation: enforced by Make"),
        "{}",
        shown.stdout
    );
    assert!(
        shown.stdout.contains("Make does not say"),
        "{}",
        shown.stdout
    );
    // The same without the names of roles: not known is not enforced.
    let token = scene.zone.issue_token_for(seeded::JOHN, "plain", &READER);
    let words = ["agent", "add", "other", HAND, "--zone", &zone, "--teams=22"];
    let left = scene.run(&words, &token).await;
    assert!(
        left.stdout.contains("by policy only (the roles"),
        "{}",
        left.stdout
    );
}

/// One that is under way is left to its own process.
#[tokio::test]
async fn adoptions_for_two_make_users_do_not_disturb_each_other() {
    let scene = Scene::new("adopt-together").await;
    let zone = scene.zone.zone();
    let slow = make_credentials_mcp::sandbox::Effect::Delay { ms: 300 };
    let slow = make_credentials_mcp::sandbox::Fault::new(slow);
    scene
        .zone
        .inject(slow.on("GET", "/users/me/current-authorization"));
    let adopt = async |name: &str, user: u64, after_ms: u64| {
        tokio::time::sleep(std::time::Duration::from_millis(after_ms)).await;
        let token = scene.zone.issue_token_for(user, name, &READER);
        let words = ["agent", "add", name, HAND, "--zone", &zone, "--teams=22"];
        scene.run(&words, &token).await
    };
    let (one, two, three) = tokio::join!(
        adopt("one", seeded::JOHN, 0),
        adopt("two", seeded::JANE, 150),
        adopt("three", seeded::JOHN, 250),
    );
    for left in [one, two, three] {
        assert_eq!(left.code, Some(0), "{}", left.all());
    }
    let listed = scene.list().await;
    assert_eq!(listed["agents"].as_array().unwrap().len(), 3);
    assert_eq!(listed["unfinished"], json!([]));
}
