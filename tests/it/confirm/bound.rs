//! Whose a yes is: of one agent, as long as it is that agent.

use make_credentials_mcp::make::{self, Client, Zone};
use make_credentials_mcp::secret::Secret;
use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::{Approvals, Outcome, Post, Session};
use serde_json::{Value, json};

use super::client::{Client as Asking, state, yes_to};
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
    let token = Secret::new(token.to_owned());
    let zone = Zone::parse(&world.zone.zone()).unwrap();
    let agent = With {
        name: "bot",
        ..With::default()
    };
    let post = Post {
        agent: agent.agent(),
        creation: Some(creation.to_owned()),
        make: Ok(Client::new(make::Access { token, zone })),
        token_since: None,
    };
    session.switch(post).await;
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
