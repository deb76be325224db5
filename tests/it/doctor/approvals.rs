//! Calls that wait for a person.

use serde_json::Value;

use super::Scene;

/// A call that waits; its id.
async fn wait(scene: &Scene, connection: u64) -> String {
    let arguments = format!("{{\"connectionId\": {connection}}}");
    let words = ["call", "connections_delete", "--agent=bot", "--args"];
    let words = [&words[..], &[arguments.as_str()]].concat();
    let left = scene.run(&words, "").await;
    let answer: Value = serde_json::from_str(&left.stdout).unwrap();
    assert_eq!(answer["code"], "confirmation_required", "{answer}");
    answer["details"]["approval"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn calls_that_wait_are_counted_with_the_command_that_decides() {
    let scene = Scene::new("waiting").await;
    let zone = scene.zone.zone();
    let words = ["agent", "add", "bot", "--teams=22,23", "--access=write"];
    let words = [&words[..], &["--confirm=operator", "--zone", &zone]].concat();
    scene.operate(&words).await;
    assert_eq!(scene.doctor(&[]).await.of("approvals"), ["ok approvals"]);
    let first = wait(&scene, 203).await;
    let database = rusqlite::Connection::open(scene.home().join("state.db")).unwrap();
    let since: i64 = database
        .query_row("SELECT created FROM approvals", [], |row| row.get(0))
        .unwrap();
    let since = jiff::Timestamp::from_second(since).unwrap();
    let said = scene.doctor(&["--offline"]).await;
    assert_eq!(said.of("approvals"), ["yellow approvals"]);
    let (finding, next) = said.told("approvals");
    assert_eq!(
        finding,
        format!(
            "1 call waits for a person, the oldest since {since}: connections_delete of the agent bot"
        )
    );
    assert!(next.contains("`make-credentials-mcp approve`"), "{next}");
    // Waiting is no fault.
    assert_eq!(said.code, 0);
    // What Make calls the connection is not repeated.
    assert!(!said.shown.to_string().contains("Unused mailbox"));
    let second = wait(&scene, 101).await;
    let (finding, _) = scene.doctor(&[]).await.told("approvals");
    assert!(
        finding.starts_with("2 calls wait for a person"),
        "{finding}"
    );
    let left = scene.run(&["reject", &first, &second], "").await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    assert_eq!(scene.doctor(&[]).await.of("approvals"), ["ok approvals"]);
}

#[tokio::test]
async fn a_row_that_somebody_else_wrote_is_red() {
    let scene = Scene::new("forged").await;
    let zone = scene.zone.zone();
    let words = ["agent", "add", "bot", "--teams=22,23", "--access=write"];
    let words = [&words[..], &["--confirm=operator", "--zone", &zone]].concat();
    scene.operate(&words).await;
    wait(&scene, 203).await;
    let database = rusqlite::Connection::open(scene.home().join("state.db")).unwrap();
    let edit = "UPDATE approvals SET standing = 'approved', decided = unixepoch(), who = 'me'";
    database.execute(edit, []).unwrap();
    let said = scene.doctor(&[]).await;
    assert_eq!(
        (said.code, said.of("approvals")),
        (1, vec!["ok approvals".to_owned()])
    );
    assert_eq!(said.of("approvals_forged"), ["red approvals"]);
    assert!(
        said.told("approvals_forged")
            .0
            .starts_with("1 of the calls")
    );
    // The key is not made anew where it is looked for.
    let stores = scene.stores();
    let key = "approval-key";
    let at = make_credentials_mcp::secrets::SecretReference::default_for(key);
    stores.delete(&at).await.unwrap();
    let said = scene.doctor(&[]).await;
    assert_eq!(said.of("approvals"), ["red approvals"]);
    assert!(stores.get(&at).await.is_err());
}
