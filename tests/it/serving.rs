//! Agents of the registry while they are served: grants that change, tokens that change, and
//! revocation, which nothing gets past.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use make_credentials_mcp::agents::entry::{Token, entry_name};
use make_credentials_mcp::agents::{
    self, Entry, Overdue, Registered, Registry, TokenFacts, wait_until_seen,
};
use make_credentials_mcp::config::Variables;
use make_credentials_mcp::grants::{Access, Confirmation, Grants, Standing, Teams, Toolset};
use make_credentials_mcp::ids::UserId;
use make_credentials_mcp::make::Zone;
use make_credentials_mcp::network::Network;
use make_credentials_mcp::sandbox::{Options, Sandbox};
use make_credentials_mcp::secret::Secret;
use make_credentials_mcp::secrets::{SecretReference, Stores};
use make_credentials_mcp::state::State;
use serde_json::{Value, json};

use crate::binary::{self, Binary};

mod races;

/// A home with an agent `bot` in it.
struct Place {
    zone: Sandbox,
    home: PathBuf,
    registry: Registry,
    stores: Stores,
}

fn grants(access: Access) -> Grants {
    Grants {
        teams: Teams::All,
        access,
        toolsets: BTreeSet::from([Toolset::Connections, Toolset::Keys, Toolset::Account]),
        allowed_tools: BTreeSet::new(),
        denied_tools: BTreeSet::new(),
        confirmation: Confirmation::Never,
        allow_plaintext: false,
        expires_at: None,
    }
}

impl Place {
    async fn new(name: &str) -> Self {
        let zone = Sandbox::start(Options::default()).await.unwrap();
        let home = binary::home(name);
        let state = State::at(Some(home.clone()));
        let stores = Stores::at(
            Some(home.clone()),
            &Variables::from(|_| None),
            &Network::default(),
        );
        let place = Self {
            registry: Registry::of(state),
            zone,
            home,
            stores,
        };
        place.keep(place.zone.operator_token()).await;
        place
    }

    /// Keeps this token for the agent.
    async fn keep(&self, token: &str) {
        self.stores.put(&store(), &self.entry(token)).await.unwrap();
    }

    /// This token as the agent's, as a store holds it.
    fn entry(&self, token: &str) -> Secret {
        let entry = Entry {
            token: Token {
                token: Secret::new(token.to_owned()),
                created: None,
                label: None,
            },
            zone: Zone::parse(&self.zone.zone()).unwrap(),
            make_user_id: UserId::new(7).ok(),
            next: None,
            former: None,
        };
        entry.write()
    }

    async fn add(&self, access: Access) -> Registered {
        self.add_at(&store().to_string(), access).await
    }

    /// With its token kept there.
    async fn add_at(&self, store: &str, access: Access) -> Registered {
        let mut agent = Registered {
            name: "bot".parse().unwrap(),
            standing: Standing::Active,
            grants: grants(access),
            zone: Zone::parse(&self.zone.zone()).unwrap(),
            store: store.to_owned(),
            token: Some(TokenFacts {
                prefix: "00000000".to_owned(),
                label: None,
                created: None,
                since: 0,
                scopes: Vec::new(),
                make_user_id: UserId::new(7).unwrap(),
            }),
            created: 0,
            creation: "a".to_owned(),
            generation: 0,
        };
        self.registry.add(&mut agent).await.unwrap();
        agent
    }

    async fn serve(&self) -> Binary {
        Binary::serve(&self.home, &[], &["--agent", "bot"]).await
    }

    /// Marks the agent revoked and waits until that holds everywhere.
    async fn revoke(&self) -> agents::Seen {
        let name = "bot".parse().unwrap();
        let agent = self.registry.mark_revoked(&name, "a test").await.unwrap();
        let generation = agent.generation;
        let patience = Duration::from_secs(10);
        wait_until_seen(&self.registry, &name, generation, Overdue::Kill, patience)
            .await
            .unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _never_made = std::fs::remove_dir_all(&self.home);
    }
}

fn store() -> SecretReference {
    format!("age:{}", entry_name(&"bot".parse().unwrap()))
        .parse()
        .unwrap()
}

fn code(answer: &Value) -> &str {
    answer["result"]["structuredContent"]["code"]
        .as_str()
        .unwrap_or("answered")
}

#[tokio::test]
async fn an_agent_of_the_registry_is_served_and_an_unknown_one_says_what_to_run() {
    let place = Place::new("served").await;
    let mut stranger = place.serve().await;
    let status = stranger.call("agent_status", json!({})).await;
    let said = &status["result"]["structuredContent"];
    assert_eq!(said["ready"], false, "{status}");
    assert!(
        said["next"].as_str().unwrap().contains("agent add bot"),
        "{said}"
    );
    let refused = stranger.call("keys_list", json!({"teamId": 22})).await;
    assert_eq!(code(&refused), "secret_unavailable", "{refused}");
    place.add(Access::Read).await;
    let mut server = place.serve().await;
    let answer = server
        .call("connections_get", json!({"connectionId": 101}))
        .await;
    assert_eq!(code(&answer), "answered", "{answer}");
    let left = server.end().await;
    assert!(!left.all().contains("c0ffeec0ffee"));
}

#[tokio::test]
async fn changed_grants_hold_for_the_next_call_and_are_announced() {
    let place = Place::new("grants").await;
    let mut agent = place.add(Access::Read).await;
    let mut server = place.serve().await;
    let rename = json!({"connectionId": 101, "name": "N"});
    let refused = server.call("connections_update", rename.clone()).await;
    assert_eq!(code(&refused), "not_granted");
    agent.grants = grants(Access::Write);
    place.registry.write(&mut agent).await.unwrap();
    let seen = wait_until_seen(
        &place.registry,
        &agent.name,
        agent.generation,
        Overdue::Leave,
        Duration::from_secs(5),
    );
    assert_eq!(seen.await.unwrap().followed, 1);
    let answer = server.call("connections_update", rename).await;
    assert_eq!(code(&answer), "answered", "{answer}");
    assert!(server.heard().contains("notifications/tools/list_changed"));
}

#[tokio::test]
async fn a_token_that_another_machine_rotated_is_read_again_once() {
    let place = Place::new("reread").await;
    place.add(Access::Read).await;
    let mut server = place.serve().await;
    let get = json!({"connectionId": 101});
    assert_eq!(
        code(&server.call("connections_get", get.clone()).await),
        "answered"
    );
    let next = place
        .zone
        .issue_token("next", &["connections:read", "teams:read"]);
    place.keep(&next).await;
    place.zone.revoke_token(place.zone.operator_token());
    let before = place.zone.requests().len();
    assert_eq!(
        code(&server.call("connections_get", get.clone()).await),
        "answered"
    );
    assert_eq!(
        place.zone.requests().len(),
        before + 2,
        "one refused, one repeated"
    );
    place.zone.revoke_token(&next);
    let refused = server.call("connections_get", get).await;
    assert_eq!(code(&refused), "make_refused_us");
    assert_eq!(
        place.zone.requests().len(),
        before + 3,
        "nothing new was there to repeat with"
    );
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a store of somebody else")]
async fn grants_that_change_while_a_token_is_read_again_are_not_put_back() {
    let place = Place::new("reread-late").await;
    // A store that is slow while a file says so.
    let (kept, slow) = (place.home.join("kept"), place.home.join("slow"));
    let keep = |token: &str| {
        let entry = place.entry(token);
        std::fs::write(&kept, entry.expose()).unwrap();
    };
    keep(place.zone.operator_token());
    let helper = format!(
        r#"exec:/bin/sh -c "if [ -e $1 ]; then sleep 2; fi; exec cat $0" {} {}"#,
        kept.display(),
        slow.display()
    );
    let mut agent = place.add_at(&helper, Access::Write).await;
    let mut server = place.serve().await;
    let get = json!({"connectionId": 101});
    let answer = server.call("connections_get", get.clone()).await;
    assert_eq!(code(&answer), "answered", "{answer}");
    // Make refuses the token, and the next one is read.
    keep(
        &place
            .zone
            .issue_token("next", &["connections:read", "connections:write"]),
    );
    place.zone.revoke_token(place.zone.operator_token());
    std::fs::write(&slow, "").unwrap();
    let (answer, seen) = tokio::join!(server.call("connections_get", get), async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        std::fs::remove_file(&slow).unwrap();
        agent.grants = grants(Access::Read);
        place.registry.write(&mut agent).await.unwrap();
        wait_until_seen(
            &place.registry,
            &agent.name,
            agent.generation,
            Overdue::Leave,
            Duration::from_secs(5),
        )
        .await
    });
    assert_eq!(seen.unwrap().followed, 1);
    // That call ends with what it began with; the grants stay those that are in force.
    assert_eq!(code(&answer), "make_refused_us", "{answer}");
    let rename = json!({"connectionId": 101, "name": "N"});
    let refused = server.call("connections_update", rename).await;
    assert_eq!(code(&refused), "not_granted", "{refused}");
}

#[tokio::test]
async fn a_stopped_process_is_ended_before_revoking_returns() {
    let place = Place::new("stopped").await;
    place.add(Access::Read).await;
    let mut server = place.serve().await;
    server
        .call("connections_get", json!({"connectionId": 101}))
        .await;
    server.stop_process();
    let started = Instant::now();
    let seen = place.revoke().await;
    let took = started.elapsed();
    assert_eq!(seen.killed.len(), 1, "{seen:?}");
    assert!(took <= Duration::from_millis(5_500), "{took:?}");
    assert!(server.has_ended().await);
}

#[tokio::test]
async fn a_process_that_slept_longer_than_its_lease_answers_its_first_call() {
    let place = Place::new("slept").await;
    place.add(Access::Read).await;
    let mut server = place.serve().await;
    let get = json!({"connectionId": 101});
    server.call("connections_get", get.clone()).await;
    server.stop_process();
    let process = server.id();
    let wakes = async {
        tokio::time::sleep(agents::LEASE + Duration::from_millis(200)).await;
        binary::go_on(process);
    };
    // The call lies there when it wakes: it is looked at before the lease can be renewed.
    let (answer, ()) = tokio::join!(server.call("connections_get", get), wakes);
    assert_eq!(code(&answer), "answered", "{answer}");
}
