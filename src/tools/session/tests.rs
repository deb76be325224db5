//! Nothing leaves by any client of a session once its gate is closed or its lease is over, whatever stops a call
//! before that.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

use super::*;
use crate::grants::{Access, Grants, Standing, Teams};
use crate::make::{self, Departure, Error, Zone};
use crate::secret::Secret;

/// A session with its way to Make, and the listener that stands in the place of Make.
struct Scene {
    make: TcpListener,
    zone: Zone,
    session: Session,
}

fn agent() -> Agent {
    Agent {
        name: "bot".parse().unwrap(),
        standing: Standing::Active,
        grants: Grants {
            teams: Teams::All,
            access: Access::Write,
            ..Grants::none()
        },
    }
}

fn client(zone: &Zone) -> Client {
    Client::new(make::Access {
        token: Secret::new("2544847b-1111-4222-8333-c0ffeec0ffee".to_owned()),
        zone: zone.clone(),
    })
}

fn post(agent: Agent, zone: &Zone) -> Post {
    Post {
        agent,
        make: Ok(client(zone)),
        token_since: None,
        creation: None,
    }
}

impl Scene {
    fn new() -> Self {
        let make = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        make.set_nonblocking(true).unwrap();
        let port = make.local_addr().unwrap().port();
        let zone = Zone::parse(&format!("http://127.0.0.1:{port}")).unwrap();
        let (scrubber, state) = (Scrubber::default(), State::at(None));
        let session = Session::new(agent(), Ok(client(&zone)), scrubber, state, 1 << 10);
        Self {
            make,
            zone,
            session,
        }
    }

    /// Each client that a session hands out: the first, one with another token of the agent, and
    /// one that was read again after a refusal.
    async fn ways(&self) -> [Client; 3] {
        let first = self.now().await;
        // Nothing waits for the former calls here.
        drop(self.session.switch(post(agent(), &self.zone)));
        let second = self.now().await;
        let again = client(&self.zone);
        self.session.on_refusal(Arc::new(move |_| {
            let again = again.clone();
            Box::pin(async move { Some(again) })
        }));
        let (snapshot, _pass) = self.session.now().await.unwrap();
        let third = snapshot.reload(&second).await.unwrap();
        [first, second, third]
    }

    async fn now(&self) -> Client {
        let (snapshot, _pass) = self.session.now().await.unwrap();
        snapshot.make().unwrap().clone()
    }

    /// A read and a change by each of these, under the widest permit there is.
    async fn all_are_withheld(&self, ways: [Client; 3]) {
        let sending = ways
            .iter()
            .flat_map(|way| [send(way, false), send(way, true)]);
        for sent in futures_util::future::join_all(sending).await {
            assert!(matches!(sent, Err(Error::Withheld)), "{sent:?}");
        }
        assert!(!self.was_reached());
    }

    fn was_reached(&self) -> bool {
        match self.make.accept() {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                false
            }
        }
    }
}

async fn send(way: &Client, changes: bool) -> Result<(), Error> {
    let id = crate::ids::ConnectionId::new(101).unwrap();
    let (permit, departure) = (policy::operator(), Departure::default());
    if changes {
        let request = make::connections::delete(id, true);
        way.send(&permit, &departure, &request).await.map(|_| ())
    } else {
        let request = make::connections::get(id);
        way.send(&permit, &departure, &request).await.map(|_| ())
    }
}

#[tokio::test]
async fn nothing_leaves_by_any_way_to_make_once_the_gate_is_closed() {
    let scene = Scene::new();
    let ways = scene.ways().await;
    scene.session.gate().close();
    scene.all_are_withheld(ways).await;
}

#[tokio::test]
async fn nothing_leaves_by_any_way_to_make_while_the_lease_is_over() {
    let scene = Scene::new();
    let ways = scene.ways().await;
    scene.session.on_lease(Arc::new(|| false));
    scene.all_are_withheld(ways).await;
    let (snapshot, _pass) = scene.session.now().await.unwrap();
    assert!(!snapshot.lease_holds().await);
}

#[tokio::test]
async fn while_the_gate_is_open_and_the_lease_holds_each_way_reaches_make() {
    let scene = Scene::new();
    let ways = scene.ways().await;
    scene.session.on_lease(Arc::new(|| true));
    for way in ways {
        assert!(!scene.was_reached());
        // Nothing answers, so it is given up.
        let moment = Duration::from_millis(300);
        let sent = tokio::time::timeout(moment, send(&way, true)).await;
        assert!(sent.is_err(), "{sent:?}");
        assert!(scene.was_reached());
    }
}

#[tokio::test]
async fn a_session_whose_agent_was_revoked_closes_its_gate_for_good() {
    let scene = Scene::new();
    let ways = scene.ways().await;
    let (snapshot, pass) = scene.session.now().await.unwrap();
    let mut revoked = agent();
    revoked.standing = Standing::Revoked;
    let drained = scene.session.switch(post(revoked, &scene.zone));
    assert!(scene.session.gate().is_closed());
    let mut drained = tokio::spawn(drained);
    let moment = Duration::from_millis(50);
    let early = tokio::time::timeout(moment, &mut drained).await;
    assert!(early.is_err(), "a call still works with the former state");
    drop((snapshot, pass));
    drained.await.unwrap();
    // Also when the agent is said to be active later.
    drop(scene.session.switch(post(agent(), &scene.zone)));
    assert!(scene.session.gate().is_closed());
    scene.all_are_withheld(ways).await;
}
