//! The lease by itself: how long it holds, who gets none, and how a command settles with the processes of an agent.

use std::path::PathBuf;

use super::*;
use crate::grants::Grants;
use crate::make::Zone;
use crate::state::State;

/// A home with an agent `bot` in it, and a process that serves it.
struct Scene {
    home: PathBuf,
    registry: Registry,
    agent: Registered,
    serving: Serving,
}

impl Scene {
    async fn new(name: &str) -> Self {
        let home = std::env::temp_dir().join(format!("mcm-serving-{name}-{}", std::process::id()));
        let _left_over = std::fs::remove_dir_all(&home);
        let registry = Registry::of(State::at(Some(home.clone())));
        let mut agent = Registered {
            name: "bot".parse().unwrap(),
            standing: Standing::Active,
            grants: Grants::none(),
            zone: Zone::parse("eu1.make.com").unwrap(),
            store: "age:agent/bot".to_owned(),
            token: None,
            created: 0,
            creation: "a".to_owned(),
            generation: 0,
        };
        registry.add(&mut agent).await.unwrap();
        let begun = Serving::begin(registry.clone(), agent.name.clone()).await;
        let (serving, found) = begun.unwrap();
        assert_eq!(found.unwrap(), agent);
        Self {
            home,
            registry,
            agent,
            serving,
        }
    }

    /// As after a sleep that was longer than the lease.
    fn sleep(&mut self) {
        self.serving.lease_until_ms.store(0, Ordering::Release);
        self.serving.renewed = Instant::now().checked_sub(LEASE).unwrap();
    }

    /// One more process that serves the agent.
    async fn enroll(&self, birth: String, lease_until_ms: i64) {
        let instance = Instance {
            id: 0,
            agent: self.agent.name.to_string(),
            pid: process::own().pid,
            birth,
            lease_until_ms,
            seen: 0,
        };
        self.registry.state().enroll(instance).await.unwrap();
    }

    async fn listed(&self) -> usize {
        let all = self.registry.state().instances(Some("bot")).await;
        all.unwrap().len()
    }

    /// What a command finds that does not kill.
    async fn seen(&self, generation: i64, patience: Duration) -> Seen {
        let (registry, name) = (&self.registry, &self.agent.name);
        let seen = wait_until_seen(registry, name, generation, Overdue::Leave, patience);
        seen.await.unwrap()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _never_made = std::fs::remove_dir_all(&self.home);
    }
}

#[tokio::test]
async fn a_process_that_slept_knows_what_changed_before_it_has_a_lease_again() {
    let mut scene = Scene::new("slept").await;
    let lease = scene.serving.lease();
    scene.sleep();
    assert!(scene.serving.look().await.is_none());
    assert!(lease(), "nothing was changed");
    scene.sleep();
    let operator = Registry::of(State::at(Some(scene.home.clone())));
    operator
        .mark_revoked(&scene.agent.name, "a test")
        .await
        .unwrap();
    let change = scene.serving.look().await.unwrap().unwrap();
    assert_eq!(change.standing, Standing::Revoked);
    assert!(!lease());
}

#[tokio::test]
async fn a_lease_holds_to_its_last_moment_and_no_longer() {
    let scene = Scene::new("moment").await;
    let lease = scene.serving.lease();
    let until = &scene.serving.lease_until_ms;
    let given = until.load(Ordering::Acquire) - clock_ms();
    assert!((1..=LEASE_MS).contains(&given), "{given}");
    assert!(lease());
    until.store(clock_ms() + 60_000, Ordering::Release);
    assert!(lease());
    until.store(clock_ms(), Ordering::Release);
    assert!(!lease());
    until.store(i64::MIN, Ordering::Release);
    assert!(!lease());
}

#[tokio::test]
async fn a_renewed_lease_is_as_long_as_a_first_one_and_is_kept() {
    let mut scene = Scene::new("renewed").await;
    scene.sleep();
    assert!(scene.serving.renew().await);
    let until = scene.serving.lease_until_ms.load(Ordering::Acquire);
    assert!((1..=LEASE_MS).contains(&(until - clock_ms())));
    assert!(scene.serving.renewed.elapsed() < RENEWAL);
    let all = scene.registry.state().instances(Some("bot")).await.unwrap();
    assert_eq!(all.first().unwrap().lease_until_ms, until);
}

#[tokio::test]
async fn a_lease_is_renewed_when_it_is_time_and_not_at_every_look() {
    let mut scene = Scene::new("early").await;
    // The first look learns the version of the file.
    assert!(scene.serving.look().await.is_none());
    scene.serving.lease_until_ms.store(0, Ordering::Release);
    scene.serving.renewed = Instant::now();
    assert!(scene.serving.look().await.is_none());
    assert!(!scene.serving.lease()());
    scene.sleep();
    assert!(scene.serving.look().await.is_none());
    assert!(scene.serving.lease()());
}

#[tokio::test]
async fn a_process_that_was_struck_off_has_no_lease_and_gets_none_again() {
    let mut scene = Scene::new("struck").await;
    let lease = scene.serving.lease();
    assert!(lease());
    let id = scene.serving.id;
    scene.registry.state().strike_off(id).await.unwrap();
    for _ in 0..2 {
        assert!(!scene.serving.renew().await);
        assert!(!lease());
    }
    assert_eq!(scene.listed().await, 0);
}

#[tokio::test]
async fn a_process_that_ends_has_no_lease_and_is_not_listed() {
    let scene = Scene::new("ends").await;
    let lease = scene.serving.lease();
    let (registry, agent) = (scene.registry.clone(), scene.agent.name.clone());
    let other = Serving::begin(registry, agent).await.unwrap().0;
    let ended = other.lease();
    assert_eq!(scene.listed().await, 2);
    other.end().await;
    assert!(!ended());
    assert!(lease(), "the other process goes on");
    assert_eq!(scene.listed().await, 1);
}

#[tokio::test]
async fn a_lease_runs_out_while_the_file_cannot_be_read() {
    let mut scene = Scene::new("unread").await;
    scene.sleep();
    let file = scene.home.join("state.db");
    std::fs::rename(&file, scene.home.join("away")).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert!(scene.serving.look().await.is_none());
    assert!(!scene.serving.lease()());
    assert!(!scene.serving.renew().await);
    assert!(!scene.serving.lease()());
}

#[tokio::test]
async fn who_has_taken_a_change_up_has_followed_it() {
    let scene = Scene::new("followed").await;
    let seen = scene.seen(scene.agent.generation, Duration::ZERO).await;
    let followed = Seen {
        followed: 1,
        ..Seen::default()
    };
    assert_eq!(seen, followed);
}

#[tokio::test]
async fn who_has_a_lease_and_not_the_change_is_waited_for_and_then_called_behind() {
    let scene = Scene::new("behind").await;
    let (patience, started) = (Duration::from_millis(200), Instant::now());
    let seen = scene.seen(scene.agent.generation + 1, patience).await;
    assert!(started.elapsed() >= patience);
    let behind = Seen {
        behind: 1,
        ..Seen::default()
    };
    assert_eq!(seen, behind);
    assert_eq!(scene.listed().await, 1);
}

#[tokio::test]
async fn who_has_no_lease_any_more_is_not_waited_for() {
    let scene = Scene::new("lapsed").await;
    let id = scene.serving.id;
    scene.registry.state().strike_off(id).await.unwrap();
    let me = process::own().birth;
    let (place, began) = me.rsplit_once(':').unwrap();
    let (boot, _) = place.split_once(':').unwrap();
    // This process and one in another container, both without a lease; and one of another boot.
    scene.enroll(me.clone(), clock_ms() - 1).await;
    let elsewhere = format!("{boot}:pid:[7]:{began}");
    scene.enroll(elsewhere, clock_ms() - 1).await;
    let gone = format!("another-boot:x:{began}");
    scene.enroll(gone, clock_ms() + 60_000).await;
    let (patience, started) = (Duration::from_mins(1), Instant::now());
    let seen = scene.seen(scene.agent.generation + 1, patience).await;
    assert!(started.elapsed() < Duration::from_secs(20));
    let lapsed = Seen {
        lapsed: 2,
        ..Seen::default()
    };
    assert_eq!(seen, lapsed);
    // The one that is gone is struck off; the others may come back and then take the change up.
    assert_eq!(scene.listed().await, 2);
}

#[tokio::test]
async fn a_process_out_of_reach_is_waited_for_until_its_lease_is_over() {
    let scene = Scene::new("reach").await;
    let id = scene.serving.id;
    scene.registry.state().strike_off(id).await.unwrap();
    let me = process::own().birth;
    let (place, began) = me.rsplit_once(':').unwrap();
    let (boot, _) = place.split_once(':').unwrap();
    let until = clock_ms() + 300;
    let elsewhere = format!("{boot}:pid:[7]:{began}");
    scene.enroll(elsewhere, until).await;
    let (registry, name) = (&scene.registry, &scene.agent.name);
    let generation = scene.agent.generation + 1;
    // Even by a command that ends what does not follow at once.
    let seen = wait_until_seen(registry, name, generation, Overdue::Kill, Duration::ZERO);
    let seen = seen.await.unwrap();
    assert!(clock_ms() >= until, "it could still work");
    let lapsed = Seen {
        lapsed: 1,
        ..Seen::default()
    };
    assert_eq!(seen, lapsed);
}
