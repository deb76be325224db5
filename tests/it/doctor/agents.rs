//! What state.db says of agents: ages, ends, what was left undone.

use make_credentials_mcp::agents::Entry;
use make_credentials_mcp::agents::entry::entry_name;
use make_credentials_mcp::grants::Standing;
use make_credentials_mcp::make::Zone;
use make_credentials_mcp::secrets::SecretReference;
use make_credentials_mcp::state::{PendingRevocation, RotationRow};

use super::{Scene, now};

const DAY: i64 = 86400;

#[tokio::test]
async fn tokens_turn_yellow_at_30_and_red_at_90_days() {
    let scene = Scene::new("age").await;
    scene.adopt("bot", &["connections:read", "keys:read"]).await;
    for (days, level) in [(29, "ok"), (30, "yellow"), (89, "yellow"), (90, "red")] {
        scene
            .change("bot", |agent| {
                agent.token.as_mut().unwrap().since = now() - days * DAY;
            })
            .await;
        let said = scene.doctor(&["--offline"]).await;
        assert_eq!(
            said.of("token_age"),
            [format!("{level} agent bot")],
            "{days}"
        );
        if level != "ok" {
            let next = said.told("token_age").1;
            assert!(next.contains("agent rotate bot --token-stdin"), "{next}");
        }
    }
}

#[tokio::test]
async fn an_end_that_is_near_is_yellow_and_one_that_is_past_red_until_the_token_is_gone() {
    let scene = Scene::new("end").await;
    scene.issue("bot").await;
    for (end, level) in [(30 * DAY, "ok"), (3 * DAY, "yellow"), (-1, "red")] {
        scene
            .change("bot", |agent| agent.grants.expires_at = Some(now() + end))
            .await;
        let said = scene.doctor(&["--offline"]).await;
        assert_eq!(said.of("expiry"), [format!("{level} agent bot")], "{end}");
    }
    // The command that it names.
    scene.operate(&["agent", "revoke", "bot"]).await;
    let said = scene.doctor_of_operator().await;
    assert_eq!(
        (said.code, said.of("standing")),
        (0, vec!["ok agent bot".to_owned()])
    );
    assert_eq!(
        said.of("orphan"),
        [format!("ok zone {}", scene.zone.zone())]
    );
}

#[tokio::test]
async fn what_a_command_left_undone_is_red() {
    let scene = Scene::new("left").await;
    scene.issue("bot").await;
    let state = scene.state();
    let zone = scene.zone.zone();
    let pending = PendingRevocation {
        id: 0,
        agent: "gone".to_owned(),
        zone: zone.clone(),
        make_user: 7,
        label: "make-credentials-mcp/gone/x/y".to_owned(),
        prefix: Some("0a1b2c3d".to_owned()),
        created: None,
        reason: "the agent was revoked".to_owned(),
        since: now(),
    };
    let id = state.add_pending_revocation(pending).await.unwrap();
    let said = scene.doctor(&["--offline"]).await;
    assert_eq!(
        (said.code, said.of("pending_revocation")),
        (1, vec!["red agent gone".to_owned()])
    );
    assert!(said.told("pending_revocation").0.contains("0a1b2c3d…"));
    state.erase_pending_revocation(id).await.unwrap();
    let row = RotationRow {
        agent: "bot".to_owned(),
        zone,
        make_user: 7,
        step: "stored".to_owned(),
        given: false,
        old: "null".to_owned(),
        new: "null".to_owned(),
        pending: None,
        since: now(),
    };
    state.begin_rotation(row, None, None).await.unwrap();
    let said = scene.doctor(&["--offline"]).await;
    assert_eq!(
        (said.code, said.of("rotation")),
        (1, vec!["red agent bot".to_owned()])
    );
    assert!(said.told("rotation").1.contains("agent rotate bot`"));
}

#[tokio::test]
async fn an_agent_that_never_got_a_token_is_red() {
    let scene = Scene::new("pending").await;
    scene.issue("bot").await;
    scene
        .change("bot", |agent| agent.standing = Standing::Pending)
        .await;
    let said = scene.doctor(&[]).await;
    assert_eq!((said.code, said.sent.len()), (1, 0));
    assert_eq!(said.of("standing"), ["red agent bot"]);
}

/// Changes what the store holds of the agent `bot`.
async fn change_entry(scene: &Scene, change: impl FnOnce(&mut Entry)) {
    let name = "bot".parse().unwrap();
    let at: SecretReference = format!("age:{}", entry_name(&name)).parse().unwrap();
    let kept = scene.stores().get(&at).await.unwrap();
    let zone = Zone::parse(&scene.zone.zone()).unwrap();
    let mut entry = Entry::read(&name, &kept, &zone).unwrap();
    change(&mut entry);
    scene.stores().put(&at, &entry.write()).await.unwrap();
}

#[tokio::test]
async fn an_entry_that_says_something_else_than_state_db_is_told() {
    let scene = Scene::new("entry").await;
    scene.issue("bot").await;
    change_entry(&scene, |entry| entry.former = Some(entry.token.clone())).await;
    let said = scene.doctor(&["--offline"]).await;
    assert_eq!(said.of("store_token"), ["yellow agent bot"]);
    change_entry(&scene, |entry| entry.former = None).await;
    scene
        .change("bot", |agent| {
            "ffffffff".clone_into(&mut agent.token.as_mut().unwrap().prefix);
        })
        .await;
    let said = scene.doctor(&["--offline"]).await;
    assert_eq!(said.of("store_token"), ["yellow agent bot"]);
    assert!(said.told("store_token").0.contains("ffffffff…"));
    scene
        .change("bot", |agent| {
            agent.zone = Zone::parse("eu2.make.com").unwrap();
        })
        .await;
    let said = scene.doctor(&["--offline"]).await;
    assert_eq!(
        (said.code, said.of("store_zone")),
        (1, vec!["red agent bot".to_owned()])
    );
}
