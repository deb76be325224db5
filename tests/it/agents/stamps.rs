//! Tokens that are not told apart from another one, or are another one, are never deleted.

use serde_json::json;

use super::Scene;

/// The label of the agent's token.
async fn label(scene: &Scene) -> String {
    let listed = scene.list().await;
    let label = &listed["agents"][0]["token"]["label"];
    label.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn of_two_tokens_with_one_stamp_neither_is_touched() {
    let scene = Scene::new("stamps-twin").await;
    scene.issue("reporter").await;
    let old = label(&scene).await;
    let twin = scene.zone.issue_twin_of(&old).unwrap();
    let left = scene.operate(&["agent", "rotate", "reporter"]).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    assert!(
        left.stdout.contains("cannot be told apart"),
        "{}",
        left.stdout
    );
    assert!(scene.zone.live_tokens().contains(&twin));
    assert!(scene.ours().contains(&old));
    let listed = scene.list().await;
    assert_eq!(listed["pendingRevocations"][0]["label"], json!(old));
    // It stays red, and does not stand in the way of the next rotation.
    let left = scene.operate(&["agent", "rotate", "reporter"]).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    assert!(scene.zone.live_tokens().contains(&twin));
    assert_eq!(scene.ours().len(), 2);
    assert!(scene.works("reporter").await);
    // Once somebody has taken the other one away, ours goes by itself.
    scene.zone.revoke_token(&twin);
    scene.recover().await;
    assert_eq!(scene.ours().len(), 1);
    assert_eq!(scene.list().await["pendingRevocations"], json!([]));
}

#[tokio::test]
async fn a_token_with_our_label_that_is_another_one_is_not_touched() {
    let scene = Scene::new("stamps-label").await;
    scene.issue("reporter").await;
    let old = label(&scene).await;
    // Somebody deleted ours and gave another token its label.
    let tokens = scene.zone.live_tokens();
    let prefix = scene.list().await["agents"][0]["token"]["prefix"].clone();
    let ours = tokens.iter().find(|token| json!(token.get(..8)) == prefix);
    scene.zone.revoke_token(ours.unwrap());
    let other = scene.zone.issue_token(&old, &["user:read"]);
    let left = scene.operate(&["agent", "rotate", "reporter"]).await;
    assert!(
        left.stdout.contains("is not the one made here"),
        "{}",
        left.all()
    );
    assert!(scene.zone.live_tokens().contains(&other));
    assert!(scene.works("reporter").await);
}

#[tokio::test]
async fn tokens_of_another_machine_and_of_people_are_not_touched() {
    let scene = Scene::new("stamps-foreign").await;
    let foreign = [
        scene.zone.issue_token(
            "make-credentials-mcp/reporter/ffffffff/0123456789abcdef",
            &["user:read"],
        ),
        scene.zone.issue_token("", &["user:read"]),
        scene.zone.issue_token("Postman", &["user:read"]),
    ];
    scene.issue("reporter").await;
    for _ in 0..3 {
        scene.operate(&["agent", "rotate", "reporter"]).await;
    }
    let live = scene.zone.live_tokens();
    assert!(foreign.iter().all(|token| live.contains(token)));
    let deleted: Vec<_> = scene
        .zone
        .requests()
        .into_iter()
        .filter(|request| request.method == "DELETE" && request.status == 200)
        .collect();
    assert_eq!(deleted.len(), 3);
}
