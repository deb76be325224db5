//! Whose a yes is: of one agent, as long as it is that agent.

use std::sync::Arc;

use make_credentials_mcp::make::{self, Client, Zone};
use make_credentials_mcp::secret::Secret;
use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::{Approvals, Outcome, Post, Session};
use serde_json::{Value, json};

use super::client::{Client as Asking, state, yes_to};
use super::person::{Meanwhile, asking, changes};
use crate::world::{With, World, approval_key, call};

const TOOL: &str = "keys_update";
const SCOPES: [&str; 6] = [
    "keys:read",
    "keys:write",
    "connections:read",
    "organizations:read",
    "teams:read",
    "user:read",
];

/// What stays as it is when it is done.
fn replace() -> Value {
    json!({"keyId": 401, "parameters": {"authUser": "jane"}})
}

fn code(outcome: Result<Value, make_credentials_mcp::tools::Failure>) -> Value {
    outcome.map_or_else(|failure| json!(failure.code), |_| json!("done"))
}

/// Lets a call of this session wait, and says yes to it.
async fn approve(world: &World, session: &Session) {
    let refused = call(session, TOOL, replace()).await.unwrap_err();
    let id = refused.details.unwrap()["approval"].clone();
    let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
    let waiting = approvals.get(id.as_str().unwrap()).await.unwrap().unwrap();
    assert!(approvals.decide(&waiting, true, "me").await.unwrap());
}

async fn awaiting(session: &Session) -> usize {
    let status = call(session, "agent_status", json!({})).await.unwrap();
    status["awaitingApproval"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_yes_to_the_agent_of_the_environment_ends_with_its_token() {
    let world = World::new().await;
    let first = world.session();
    let second = world.with(With {
        token: Some(world.zone.issue_token("other", &SCOPES)),
        ..With::default()
    });
    let asked = state(&first, (TOOL, &replace())).await;
    approve(&world, &first).await;
    assert_eq!(
        code(call(&second, TOOL, replace()).await),
        "confirmation_required"
    );
    // Nor does it see what the other asked for; its own alone.
    assert_eq!((awaiting(&first).await, awaiting(&second).await), (1, 1));
    // A question that the first token asked has no answer for the second.
    let brought = Some(yes_to(&asked));
    let change = replace();
    let answer = Asking::between().call(&second, (TOOL, &change), brought);
    assert!(matches!(answer.await, Outcome::BadState));
    assert!(world.sent().iter().all(|line| line.starts_with("GET ")));
    assert_eq!(code(call(&first, TOOL, replace()).await), "done");
}

/// Makes this session one of a registered agent, with this token.
async fn becomes(world: &World, session: &Session, creation: &str, token: &str) {
    session.switch(post(world, Some(creation), token)).await;
}

#[tokio::test]
async fn a_yes_to_a_registered_agent_outlives_its_token_and_not_its_registration() {
    let world = World::new().await;
    let session = world.session();
    let (old, new) = (
        world.zone.issue_token("old", &SCOPES),
        world.zone.issue_token("new", &SCOPES),
    );
    becomes(&world, &session, "first", &old).await;
    approve(&world, &session).await;
    // Another agent of the same name, even with the very token.
    becomes(&world, &session, "second", &old).await;
    assert_eq!(
        code(call(&session, TOOL, replace()).await),
        "confirmation_required"
    );
    assert_eq!(awaiting(&session).await, 1);
    // The same agent with a new token, as after a rotation.
    becomes(&world, &session, "first", &new).await;
    assert_eq!(code(call(&session, TOOL, replace()).await), "done");
    assert_eq!(
        code(call(&session, TOOL, replace()).await),
        "confirmation_required"
    );
}

/// A post that takes the place of the first while a person is asked, and what comes of a yes in a
/// question that was asked before.
#[derive(Clone, Copy)]
struct Switch {
    creation: Option<&'static str>,
    new_token: bool,
    /// Whether the yes that was given between two calls counts.
    counts: bool,
}

const SWITCHES: [Switch; 4] = [
    // Removed and added again, with the very token and with another one.
    Switch {
        creation: Some("second"),
        new_token: false,
        counts: false,
    },
    Switch {
        creation: Some("second"),
        new_token: true,
        counts: false,
    },
    // Rotated.
    Switch {
        creation: Some("first"),
        new_token: true,
        counts: true,
    },
    // The agent of the environment, whose token was replaced.
    Switch {
        creation: None,
        new_token: true,
        counts: false,
    },
];

fn post(world: &World, creation: Option<&str>, token: &str) -> Post {
    let token = Secret::new(token.to_owned());
    let zone = Zone::parse(&world.zone.zone()).unwrap();
    let agent = With {
        name: "bot",
        ..With::default()
    };
    Post {
        agent: agent.agent(),
        creation: creation.map(str::to_owned),
        make: Ok(Client::new(make::Access { token, zone })),
        token_since: None,
    }
}

/// A session before such a switch, and its tokens.
async fn before(world: &World, switch: Switch) -> (Session, String, String) {
    let session = world.session();
    let (old, new) = (
        world.zone.issue_token("old", &SCOPES),
        world.zone.issue_token("new", &SCOPES),
    );
    let creation = switch.creation.map(|_| "first");
    session.switch(post(world, creation, &old)).await;
    let new = if switch.new_token { new } else { old.clone() };
    (session, old, new)
}

#[tokio::test]
async fn a_yes_in_the_form_does_not_outlive_the_agent_that_asked() {
    for switch in SWITCHES {
        let world = Arc::new(World::new().await);
        let (session, _, new) = before(&world, switch).await;
        let (zone, switched) = (Arc::clone(&world), session.clone());
        let meanwhile: Meanwhile = Arc::new(move |_| {
            let post = post(&zone, switch.creation, &new);
            // Ends when the call that is asking has ended.
            drop(switched.switch(post));
            Box::pin(async {})
        });
        let (result, asked) = asking(&session, TOOL, replace(), meanwhile).await;
        assert_eq!((code(result), asked), (json!("busy"), 1));
        assert_eq!(changes(&world), Vec::<String>::new());
        // What was asked waits at the terminal, for the same agent alone.
        let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
        let waiting = approvals.all().await.unwrap();
        assert_eq!(waiting.len(), 1);
        assert!(approvals.decide(&waiting[0], true, "me").await.unwrap());
        let now = code(call(&session, TOOL, replace()).await);
        let expected = if switch.counts {
            "done"
        } else {
            "confirmation_required"
        };
        assert_eq!(now, expected, "{:?}", switch.creation);
    }
}

#[tokio::test]
async fn a_yes_between_two_calls_does_not_outlive_the_agent_that_asked() {
    for switch in SWITCHES {
        let world = World::new().await;
        let (session, _, new) = before(&world, switch).await;
        let asked = state(&session, (TOOL, &replace())).await;
        session.switch(post(&world, switch.creation, &new)).await;
        let change = replace();
        let answer = Asking::between().call(&session, (TOOL, &change), Some(yes_to(&asked)));
        let outcome = answer.await;
        if switch.counts {
            assert!(matches!(outcome, Outcome::Answer(_)), "{outcome:?}");
        } else {
            assert!(matches!(outcome, Outcome::BadState), "{outcome:?}");
            assert_eq!(changes(&world), Vec::<String>::new());
        }
    }
}
