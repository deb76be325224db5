//! The id that tells an agent from a later one of its name.

use super::Scene;

fn creation(scene: &Scene) -> String {
    let database = rusqlite::Connection::open(scene.home.join("state.db")).unwrap();
    let one = "SELECT creation FROM agents WHERE name = 'reporter'";
    database.query_row(one, [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn an_agent_keeps_its_id_through_a_rotation_and_a_later_one_of_its_name_has_another() {
    let scene = Scene::new("creation").await;
    scene.issue("reporter").await;
    let first = creation(&scene);
    assert_eq!(first.len(), 32, "{first}");
    let rotated = scene.operate(&["agent", "rotate", "reporter"]).await;
    assert_eq!(rotated.code, Some(0), "{}", rotated.all());
    assert_eq!(creation(&scene), first);
    let revoked = scene.operate(&["agent", "revoke", "reporter"]).await;
    assert_eq!(revoked.code, Some(0), "{}", revoked.all());
    assert_eq!(creation(&scene), first);
    let removed = scene.run(&["agent", "remove", "reporter"], "").await;
    assert_eq!(removed.code, Some(0), "{}", removed.all());
    scene.issue("reporter").await;
    assert_ne!(creation(&scene), first);
}
