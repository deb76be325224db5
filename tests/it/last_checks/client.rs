//! What the client of Make refuses by itself: a listener in the place of Make counts what arrives.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use make_credentials_mcp::grants::{Asks, Confirmation, Effect, Operation, Scope, Toolset};
use make_credentials_mcp::ids::ConnectionId;
use make_credentials_mcp::make::{self, Client, Departure, Error, Parts, Zone, connections};
use make_credentials_mcp::policy::{self, Permit, Said};
use make_credentials_mcp::secret::Secret;
use serde_json::{Map, Value};

use crate::listener::Listener;
use crate::world::With;

const EFFECTS: [Effect; 8] = [
    Effect::Read,
    Effect::Await,
    Effect::Request,
    Effect::Check,
    Effect::Create,
    Effect::Change,
    Effect::Replace,
    Effect::Delete,
];

/// A client, and a listener in the place of Make that answers every request with this.
async fn client(status: &str) -> (Client, Listener) {
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}"
    );
    let listener = Listener::answering(answer.into_bytes()).await;
    let access = make::Access {
        token: Secret::new("2544847b-1111-4222-8333-c0ffeec0ffee".to_owned()),
        zone: Zone::parse(&listener.address()).unwrap(),
    };
    (Client::new(access), listener)
}

/// What is sent to Make, by what stands in its first line and whether it destroys.
fn requests() -> [(&'static str, Parts); 6] {
    let id = ConnectionId::new(101).unwrap();
    let delete = |confirmed| connections::delete(id, confirmed).parts().clone();
    [
        ("GET", connections::get(id).parts().clone()),
        ("POST", connections::test(id).parts().clone()),
        ("PATCH", connections::rename(id, "N").parts().clone()),
        (
            "POST, destroying",
            connections::set_data(id, Map::new()).parts().clone(),
        ),
        ("DELETE", delete(false)),
        ("DELETE, confirmed", delete(true)),
    ]
}

/// The permit that policy gives for a tool of this effect.
fn permit(effect: Effect) -> Permit {
    let operation = Operation {
        tool: "t",
        toolset: Toolset::Connections,
        scopes: &[Scope::ConnectionsWrite],
        effect,
        asks: Asks::Never,
    };
    policy::authorize(&With::default().agent(), &operation, None, 0).unwrap()
}

fn lookup() -> Permit {
    policy::lookup(&With::default().agent(), 0).unwrap()
}

/// With a person's yes.
fn agreed(permit: Permit) -> Permit {
    let agent = With::default().agent();
    permit.with(policy::persons_consent(&agent, "t", Said::AtTerminal).unwrap())
}

async fn send(client: &Client, permit: &Permit, request: &Parts) -> Result<(), Error> {
    let mut body: Option<Value> = None;
    let departure = Departure::default();
    let sent = client.send_parts(permit, &departure, request, &mut body);
    sent.await.map(|_| ())
}

#[tokio::test]
async fn a_changing_request_under_a_reading_permit_is_refused_by_the_client_itself() {
    let (client, listener) = client("200 OK").await;
    for permit in [lookup(), permit(Effect::Read), permit(Effect::Await)] {
        for permit in [permit.clone(), agreed(permit)] {
            for (name, request) in requests() {
                if name != "GET" {
                    let sent = send(&client, &permit, &request).await;
                    assert!(matches!(sent, Err(Error::NotPermitted)), "{name}: {sent:?}");
                }
            }
        }
    }
    assert_eq!(listener.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn a_destroying_request_without_consent_is_refused_by_the_client_itself() {
    let (client, listener) = client("200 OK").await;
    for effect in EFFECTS {
        for (name, request) in requests() {
            if request.destroys() {
                let sent = send(&client, &permit(effect), &request).await;
                assert!(matches!(sent, Err(Error::NotPermitted)), "{name}: {sent:?}");
            }
        }
    }
    assert_eq!(listener.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn what_a_permit_covers_leaves_once_each() {
    let all = requests().map(|(name, _)| name);
    for (permit, covered) in [
        (lookup(), &all[..1]),
        (agreed(lookup()), &all[..1]),
        (permit(Effect::Read), &all[..1]),
        (permit(Effect::Change), &all[..3]),
        (permit(Effect::Delete), &all[..3]),
        (agreed(permit(Effect::Change)), &all[..]),
        (agreed(permit(Effect::Delete)), &all[..]),
        (policy::operator(), &all[..]),
    ] {
        let (client, listener) = client("200 OK").await;
        let mut left = Vec::new();
        for (name, request) in requests() {
            let before = listener.heard().len();
            if send(&client, &permit, &request).await.is_ok() {
                left.push(name);
                let heard = listener.heard();
                assert_eq!(heard.len(), before + 1, "{name}");
                let method = format!("{} /api/v2/connections/101", request.method());
                assert!(heard[before].starts_with(&method), "{}", heard[before]);
            }
        }
        assert_eq!(left, covered, "{permit:?}");
        assert_eq!(listener.heard().len(), covered.len());
    }
}

#[tokio::test]
async fn a_request_that_needs_consent_says_so_by_itself() {
    let destroying = requests().map(|(name, request)| request.destroys().then_some(name));
    let destroying: Vec<_> = destroying.into_iter().flatten().collect();
    assert_eq!(
        destroying,
        ["POST, destroying", "DELETE", "DELETE, confirmed"]
    );
}

#[tokio::test]
async fn nothing_leaves_while_the_lease_is_over() {
    let (client, listener) = client("200 OK").await;
    let client = client.while_holds(Arc::new(|| false));
    let permit = policy::operator();
    let requests = requests();
    let sending = requests
        .iter()
        .map(|(_, request)| send(&client, &permit, request));
    for (sent, (name, _)) in futures_util::future::join_all(sending)
        .await
        .iter()
        .zip(&requests)
    {
        assert!(matches!(sent, Err(Error::Withheld)), "{name}: {sent:?}");
    }
    assert_eq!(listener.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn a_lease_that_ends_after_the_first_look_still_keeps_the_request_here() {
    let (client, listener) = client("200 OK").await;
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let client = client.while_holds(Arc::new(move || count.fetch_add(1, Ordering::SeqCst) == 0));
    let started = Instant::now();
    for (name, request) in requests() {
        asked.store(0, Ordering::SeqCst);
        let sent = send(&client, &policy::operator(), &request).await;
        assert!(matches!(sent, Err(Error::Withheld)), "{name}: {sent:?}");
        assert_eq!(asked.load(Ordering::SeqCst), 2, "{name}");
    }
    assert!(
        started.elapsed() < Duration::from_secs(3),
        "waited for a lease at the very end"
    );
    assert_eq!(listener.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn a_read_is_not_repeated_once_the_lease_is_over() {
    let (client, listener) = client("500 Internal Server Error").await;
    let listener = Arc::new(listener);
    let heard = Arc::clone(&listener);
    let client = client.while_holds(Arc::new(move || heard.heard().is_empty()));
    let [(_, get), ..] = requests();
    let sent = send(&client, &lookup(), &get).await;
    assert!(matches!(sent, Err(Error::Withheld)), "{sent:?}");
    assert_eq!(listener.heard().len(), 1);
}

#[tokio::test]
async fn a_change_of_a_cancelled_call_does_not_leave() {
    let (client, listener) = client("200 OK").await;
    let (permit, departure) = (policy::operator(), Departure::default());
    assert!(departure.cancel(), "nothing is under way");
    for (name, request) in requests() {
        if request.changes() {
            let mut body: Option<Value> = None;
            let sent = client.send_parts(&permit, &departure, &request, &mut body);
            let sent = sent.await;
            assert!(matches!(sent, Err(Error::Cancelled)), "{name}: {sent:?}");
        }
    }
    assert_eq!(departure.count(), 0);
    assert_eq!(listener.heard(), Vec::<String>::new());
}

/// The layer before the client: what an agent with `refuse` may be given at all.
#[tokio::test]
async fn an_agent_with_refuse_has_no_permit_under_which_something_is_destroyed() {
    let (client, listener) = client("200 OK").await;
    let with = With {
        confirmation: Confirmation::Refuse,
        ..With::default()
    };
    let agent = with.agent();
    for said in [Said::InClient, Said::AtTerminal] {
        let yes = policy::persons_consent(&agent, "connections_delete", said);
        assert_eq!(
            yes.unwrap_err(),
            policy::Denied::Unasked("connections_delete")
        );
    }
    assert!(policy::standing_consent(&agent).is_none());
    let lookup = policy::lookup(&agent, 0).unwrap();
    for (name, request) in requests() {
        if request.destroys() {
            let sent = send(&client, &lookup, &request).await;
            assert!(matches!(sent, Err(Error::NotPermitted)), "{name}: {sent:?}");
        }
    }
    assert_eq!(listener.heard(), Vec::<String>::new());
}
