//! A client that gives no yes, whether a person was asked or not: the call waits for the terminal,
//! and is said to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::{
    Approval, Approvals, Failure, Outcome, Reply, Returned, Session, Standing, Way,
};
use serde_json::{Value, json};

use super::client::{Client, state, yes_to};
use crate::world::{World, approval_key};

const TOOL: &str = "connections_delete";

fn unused() -> Value {
    json!({"connectionId": 203})
}

fn refused(outcome: Outcome) -> Failure {
    match outcome {
        Outcome::Failed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

/// The call waits, says so, and goes through after a yes at the terminal.
async fn waits_for_the_terminal(world: &World, session: &Session, failure: Failure) {
    assert_eq!(json!(failure.code), "not_confirmed", "{failure:?}");
    assert_eq!(
        failure.message,
        "The client gave no yes, and may have asked nobody; nothing was done. A person can still agree at the terminal."
    );
    let details = failure.details.unwrap();
    let id = details["approval"].as_str().unwrap();
    assert!(
        failure
            .next
            .contains(&format!("make-credentials-mcp approve {id}")),
        "{}",
        failure.next
    );
    let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
    let waiting = approvals.get(id).await.unwrap().unwrap();
    assert_eq!(waiting.standing(&approvals.now()), Standing::Waiting);
    assert!(world.sent().iter().all(|line| line.starts_with("GET ")));
    assert!(approvals.decide(&waiting, true, "me").await.unwrap());
    // Nobody is asked again.
    let asked = Arc::new(AtomicUsize::new(0));
    let client = Client {
        asked: Arc::clone(&asked),
        ..Client::inside(Some(Reply::No))
    };
    let done = client.call(session, (TOOL, &unused()), None).await;
    assert!(matches!(done, Outcome::Answer(_)), "{done:?}");
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_client_that_declines_without_having_shown_anything_leaves_the_call_waiting() {
    for reply in [Reply::No, Reply::Closed, Reply::Failed] {
        let world = World::new().await;
        let session = world.session();
        let client = Client::inside(Some(reply));
        let outcome = client.call(&session, (TOOL, &unused()), None).await;
        waits_for_the_terminal(&world, &session, refused(outcome)).await;
    }
    for reply in [Reply::No, Reply::Closed, Reply::Nobody, Reply::Failed] {
        let world = World::new().await;
        let session = world.session();
        let returned = Returned {
            state: state(&session, (TOOL, &unused())).await,
            to_form: Some(reply),
            to_link: None,
        };
        let client = Client::between();
        let outcome = client
            .call(&session, (TOOL, &unused()), Some(returned))
            .await;
        waits_for_the_terminal(&world, &session, refused(outcome)).await;
    }
}

#[tokio::test]
async fn a_client_that_gives_up_without_a_word_leaves_the_call_waiting() {
    let unused = unused();
    for way in [Way::Inside, Way::Between] {
        let world = World::new().await;
        let session = world.session();
        let client = Client {
            way,
            ..Client::inside(None)
        };
        let asked = Arc::clone(&client.asked);
        let call = client.call(&session, (TOOL, &unused), None);
        // Inside, the whole call is given up; between two, the second never comes.
        let given_up = tokio::time::timeout(Duration::from_millis(500), call).await;
        assert_eq!(given_up.is_err(), way == Way::Inside);
        assert_eq!(
            asked.load(Ordering::Relaxed),
            usize::from(way == Way::Inside)
        );
        let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
        let known = approvals.all().await.unwrap();
        let standing = |one: &Approval| one.standing(&approvals.now());
        assert_eq!(
            known.iter().map(standing).collect::<Vec<_>>(),
            [Standing::Waiting]
        );
        assert!(approvals.decide(&known[0], true, "me").await.unwrap());
        let again = Client::inside(Some(Reply::No));
        let done = again.call(&session, (TOOL, &unused), None).await;
        assert!(matches!(done, Outcome::Answer(_)), "{done:?}");
    }
}

#[tokio::test]
async fn a_yes_in_the_client_leaves_none_at_the_terminal() {
    // What stays as it is when it is done.
    let change = json!({"keyId": 401, "parameters": {"authUser": "jane"}});
    let call = ("keys_update", &change);
    for way in [Way::Inside, Way::Between] {
        let world = World::new().await;
        let session = world.session();
        let (client, returned) = match way {
            Way::Inside => (Client::inside(Some(Reply::Yes)), None),
            Way::Between => {
                let asked = state(&session, call).await;
                (Client::between(), Some(yes_to(&asked)))
            }
        };
        let done = client.call(&session, call, returned).await;
        assert!(matches!(done, Outcome::Answer(_)), "{done:?}");
        let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
        let used = approvals.all().await.unwrap();
        let standing = |one: &Approval| one.standing(&approvals.now());
        assert_eq!(
            used.iter().map(standing).collect::<Vec<_>>(),
            [Standing::Used]
        );
        // So the same once more is asked about.
        let again = Client::inside(Some(Reply::No));
        let refused = refused(again.call(&session, call, None).await);
        assert_eq!(json!(refused.code), "not_confirmed");
    }
}

#[tokio::test]
async fn one_question_has_one_yes_wherever_it_is_said() {
    // What stays as it is when it is done.
    let change = json!({"keyId": 401, "parameters": {"authUser": "jane"}});
    let call = ("keys_update", &change);
    let world = World::new().await;
    let session = world.session();
    // Asked twice in the client, and meanwhile it waits at the terminal.
    let (first, second) = (state(&session, call).await, state(&session, call).await);
    let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
    let waiting = approvals.all().await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert!(approvals.decide(&waiting[0], true, "me").await.unwrap());
    let mut came = Vec::new();
    for state in [&first, &second, &first] {
        let client = Client::between();
        let outcome = client.call(&session, call, Some(yes_to(state))).await;
        came.push(match outcome {
            Outcome::Answer(_) => "done",
            Outcome::Asks(_) => "asked",
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(came, ["done", "asked", "asked"]);
    let changes = world.sent().into_iter();
    assert_eq!(changes.filter(|line| !line.starts_with("GET ")).count(), 1);
}

#[tokio::test]
async fn a_client_that_times_out_leaves_the_call_waiting() {
    let world = World::new().await;
    let session = world.session();
    session.ask_for(Duration::from_millis(50));
    let client = Client::inside(None);
    let outcome = client.call(&session, (TOOL, &unused()), None).await;
    waits_for_the_terminal(&world, &session, refused(outcome)).await;
}
