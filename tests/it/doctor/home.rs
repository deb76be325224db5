//! The home folder, state.db, the stores in it and the trail.

#[cfg(unix)]
use super::mode;
#[cfg(unix)]
use std::io::Write as _;

use serde_json::json;

use super::{Scene, write};
use crate::binary::Binary;

#[cfg(unix)]
#[tokio::test]
async fn what_others_may_read_or_change_is_said_with_the_command() {
    let scene = Scene::new("rights").await;
    scene.issue("bot").await;
    let home = scene.home();
    for (name, right, expected) in [
        ("", 0o755, "yellow home"),
        ("", 0o777, "red home"),
        ("state.db", 0o640, "red home state.db"),
        ("audit.jsonl", 0o640, "yellow home audit.jsonl"),
        ("audit.jsonl", 0o620, "red home audit.jsonl"),
        ("state.db", 0o666, "red home state.db"),
        ("secrets", 0o755, "red home secrets"),
        ("secrets/vault.age", 0o644, "red home secrets/vault.age"),
        ("secrets/key.txt", 0o604, "red home secrets/key.txt"),
    ] {
        let path = if name.is_empty() {
            home.clone()
        } else {
            home.join(name)
        };
        let usual = if path.is_dir() { 0o700 } else { 0o600 };
        mode(&path, right);
        let said = scene.doctor(&["--offline"]).await;
        assert_eq!(said.of("home_rights"), [expected], "{name} {right:o}");
        let is_shared = matches!(name, "" | "audit.jsonl") && expected.starts_with("red");
        let rights = if is_shared { "go-w" } else { "go-rwx" };
        let command = format!("Run `chmod {rights} {}`.", path.display());
        assert!(said.told("home_rights").1.contains(&command), "{name}");
        assert_eq!(said.code, i32::from(expected.starts_with("red")));
        mode(&path, usual);
    }
    scene.doctor(&["--offline"]).await.assert_well();
}

#[cfg(unix)]
#[tokio::test]
async fn files_of_another_user_are_red() {
    if !rustix::process::geteuid().is_root() {
        let _said = writeln!(std::io::stderr(), "not tried: only root gives files away");
        return;
    }
    let scene = Scene::new("owner").await;
    scene.issue("bot").await;
    let key = scene.home().join("secrets/key.txt");
    std::os::unix::fs::chown(&key, Some(4242), None).unwrap();
    let said = scene.doctor(&["--offline"]).await;
    assert_eq!(said.of("home_owner"), ["red home secrets/key.txt"]);
    assert_eq!(said.of("store"), ["red agent bot"]);
}

#[tokio::test]
async fn a_home_that_is_none_is_red() {
    let scene = Scene::new("no-folder").await;
    write(&scene.home(), "x");
    let said = scene.doctor(&[]).await;
    assert_eq!(
        (said.code, said.of("home")),
        (1, vec!["red home".to_owned()])
    );
    let said = scene
        .doctor_in(&[("HOME", ""), ("MAKE_CREDENTIALS_HOME", "here")], &[], "")
        .await;
    assert!(said.told("home").1.contains("MAKE_CREDENTIALS_HOME"));
}

#[tokio::test]
async fn a_store_that_cannot_be_read_is_red() {
    let scene = Scene::new("store").await;
    scene.issue("bot").await;
    let vault = scene.home().join("secrets/vault.age");
    let whole = std::fs::read(&vault).unwrap();
    write(&vault, &whole[..whole.len() - 3]);
    let said = scene.doctor(&[]).await;
    assert_eq!((said.code, said.sent.len()), (1, 0));
    assert_eq!(said.of("store"), ["red agent bot"]);
    assert!(said.told("store").1.contains("backup"));
    std::fs::remove_file(&vault).unwrap();
    assert_eq!(scene.doctor(&[]).await.of("store"), ["red agent bot"]);
    write(&vault, whole);
    scene.doctor(&[]).await.assert_well();
    scene
        .change("bot", |agent| {
            "file:/nonexistent/token".clone_into(&mut agent.store);
        })
        .await;
    assert_eq!(scene.doctor(&[]).await.of("store"), ["red agent bot"]);
    scene
        .change("bot", |agent| "elsewhere:x".clone_into(&mut agent.store))
        .await;
    assert!(
        scene
            .doctor(&[])
            .await
            .told("store")
            .1
            .contains("newest version")
    );
}

#[tokio::test]
async fn state_db_that_is_newer_or_damaged_is_red() {
    let scene = Scene::new("state").await;
    scene.issue("bot").await;
    let path = scene.home().join("state.db");
    let database = rusqlite::Connection::open(&path).unwrap();
    let version: i64 = database
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    let said = scene.doctor(&[]).await;
    assert_eq!(
        (said.code, said.of("state")),
        (1, vec!["red state.db".to_owned()])
    );
    assert!(said.told("state").1.contains("newest version"));
    database
        .pragma_update(None, "user_version", version)
        .unwrap();
    database
        .execute("UPDATE agents SET grants = '{}' WHERE name = 'bot'", [])
        .unwrap();
    let said = scene.doctor(&[]).await;
    assert_eq!(
        (said.code, said.of("registry")),
        (1, vec!["red agent bot".to_owned()])
    );
    database
        .pragma_update(None, "journal_mode", "DELETE")
        .unwrap();
    drop(database);
    let whole = std::fs::read(&path).unwrap();
    write(&path, vec![b'x'; whole.len()]);
    let said = scene.doctor(&[]).await;
    assert_eq!(
        (said.code, said.of("state")),
        (1, vec!["red state.db".to_owned()])
    );
}

/// A server makes changes: each leaves lines, and the end of the trail in state.db.
async fn change_something(scene: &Scene, times: usize) {
    let zone = scene.zone.zone();
    let home = scene.home();
    let environment = [
        ("MAKE_CREDENTIALS_HOME", home.to_str().unwrap()),
        ("MAKE_API_KEY", scene.zone.operator_token()),
        ("MAKE_ZONE", &zone),
    ];
    let mut server = Binary::serve(&scene.user, &environment, &[]).await;
    for _ in 0..times {
        let answer = server
            .call("connections_verify", json!({"connectionId": 101}))
            .await;
        assert_eq!(answer["result"]["isError"], false, "{answer}");
    }
    server.end().await;
}

#[tokio::test]
async fn a_trail_that_was_changed_is_red() {
    let scene = Scene::new("trail").await;
    scene.issue("bot").await;
    change_something(&scene, 1).await;
    scene.doctor(&[]).await.assert_well();
    let log = scene.home().join("audit.jsonl");
    let whole = std::fs::read_to_string(&log).unwrap();
    write(
        &log,
        whole.replacen("connections_verify", "connections_delete", 1),
    );
    let said = scene.doctor(&[]).await;
    assert_eq!(said.code, 1);
    assert!(said.told("trail").1.contains("audit verify"));
    // Cut at the end, the head and state.db know more.
    let cut = whole.trim_end().rsplit_once('\n').unwrap().0;
    write(&log, format!("{cut}\n"));
    assert_eq!(scene.doctor(&[]).await.code, 1);
    write(&log, whole);
    scene.doctor(&[]).await.assert_well();
}

#[tokio::test]
async fn an_older_state_db_that_was_put_back_is_noticed() {
    let scene = Scene::new("older").await;
    scene.issue("bot").await;
    change_something(&scene, 1).await;
    let path = scene.home().join("state.db");
    let flat = || {
        let database = rusqlite::Connection::open(&path).unwrap();
        database
            .pragma_update(None, "journal_mode", "DELETE")
            .unwrap();
    };
    flat();
    let older = std::fs::read(&path).unwrap();
    change_something(&scene, 3).await;
    scene.doctor(&[]).await.assert_well();
    flat();
    write(&path, older);
    let said = scene.doctor(&[]).await;
    assert_eq!(
        (said.code, said.of("state_age")),
        (1, vec!["red state.db".to_owned()]),
        "{:#}",
        said.shown
    );
}

#[tokio::test]
async fn a_trail_that_cannot_be_written_is_red() {
    let scene = Scene::new("unwritable").await;
    scene.issue("bot").await;
    let log = scene.home().join("audit.jsonl");
    // Also root cannot write to a folder.
    let _none_yet = std::fs::remove_file(&log);
    std::fs::create_dir(&log).unwrap();
    #[cfg(unix)]
    mode(&log, 0o700);
    let said = scene.doctor(&["--offline"]).await;
    assert_eq!(
        (said.code, said.of("trail_writable")),
        (1, vec!["red trail".to_owned()])
    );
}
