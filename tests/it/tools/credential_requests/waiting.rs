//! Waiting, with polls that come in milliseconds.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use make_credentials_mcp::grants::{Access, Toolset};
use make_credentials_mcp::sandbox::{Act, Effect, Fault, Person, seeded};
use make_credentials_mcp::tools::{CallContext, Outcome, Progress};
use serde_json::{Value, json};

use crate::tools::desk::{Desk, anew};

const TOOL: &str = "credential_requests_wait";

/// An agent of the team Marketing that may ask and wait, and nothing else.
struct Waiting(Desk);

impl Waiting {
    async fn new() -> Self {
        let desk = Desk::new().await.bound_to(&[seeded::MARKETING]);
        let desk = desk.granted(|grants| {
            grants.access = Access::Request;
            grants.toolsets = [Toolset::CredentialRequests].into();
        });
        desk.session().poll_every(Duration::from_millis(20));
        Self(desk)
    }

    async fn call(&self, arguments: Value, progress: Option<Progress>) -> Outcome {
        let arguments = arguments.as_object().unwrap().clone();
        let context = CallContext {
            progress,
            ..CallContext::default()
        };
        let never = std::future::pending();
        self.0.session().call(TOOL, arguments, context, never).await
    }

    async fn answer(&self, arguments: Value) -> Value {
        let answer = self.0.answer(TOOL, arguments).await;
        let next = answer["next"].as_str().unwrap();
        assert!(next.chars().count() <= 120, "{next}");
        answer
    }

    async fn make(&self, arguments: Value) -> String {
        let tool = "credential_requests_create_by_credentials";
        let made = self.0.answer(tool, arguments).await;
        self.0.world.zone.clear_requests();
        made["requestId"].as_str().unwrap().to_owned()
    }

    /// The person makes a connection that the request waited for knows nothing of.
    async fn make_elsewhere(&self, kind: &str) -> Value {
        let wanted = anew(json!({"connections": [{"type": kind}]}));
        let request = self.make(wanted).await;
        self.0.world.zone.person_authorizes(&request).unwrap();
        let id = json!({"requestId": request});
        let read = self.0.answer("credential_requests_get", id).await;
        self.0.world.zone.clear_requests();
        read["credentials"][0]["connectionId"].clone()
    }

    /// How often the zone got GETs of paths that end so. Nothing but GETs may have come.
    fn reads(&self, end: &str) -> usize {
        let requests = self.0.world.zone.requests();
        assert!(requests.iter().all(|request| request.method == "GET"));
        requests.iter().filter(|r| r.path.ends_with(end)).count()
    }
}

#[tokio::test]
async fn it_ends_with_the_numbers_of_what_came_out() {
    let waiting = Waiting::new().await;
    let made =
        json!({"name": "W", "connections": [{"type": "slack2"}], "keys": [{"type": "apikeyauth"}]});
    let request = waiting.make(made).await;
    waiting
        .0
        .world
        .zone
        .set_person(Person::Auto { after_polls: 3 });
    let said: Arc<Mutex<Vec<String>>> = Arc::default();
    let listener = Arc::clone(&said);
    let progress: Progress = Arc::new(move |_, message| {
        listener.lock().unwrap().push(message);
        Box::pin(async {})
    });
    let arguments = json!({"requestId": request, "timeoutS": 5});
    let Outcome::Answer(answer) = waiting.call(arguments, Some(progress)).await else {
        panic!();
    };
    let answer = answer.fields;
    assert_eq!(answer["status"], "authorized");
    assert_eq!(answer["done"], true);
    assert_eq!(answer["connectionIds"].as_array().unwrap().len(), 1);
    assert_eq!(answer["keyIds"].as_array().unwrap().len(), 1);
    assert_eq!(
        answer["credentials"][0]["connectionId"],
        answer["connectionIds"][0]
    );
    assert!(answer.get("likelyConnectionId").is_none());
    // Four looks at the request: what the tool is allowed to cost. Which connections there are was
    // looked up when the request was made.
    assert_eq!(
        (waiting.reads("/detail"), waiting.reads("/connections")),
        (4, 0)
    );
    let said = said.lock().unwrap();
    assert_eq!(said.len(), 3);
    assert_eq!(
        said[0],
        "0 of 2 credentials authorized; waiting for the person."
    );
}

#[tokio::test]
async fn what_is_over_is_told_at_the_first_look() {
    let waiting = Waiting::new().await;
    for (request, status, expired) in [
        (seeded::AUTHORIZED_REQUEST, "authorized", None),
        (seeded::DECLINED_REQUEST, "declined", None),
        (seeded::EXPIRED_REQUEST, "pending", Some(true)),
    ] {
        waiting.0.world.zone.clear_requests();
        let answer = waiting.answer(json!({"requestId": request})).await;
        assert_eq!(answer["status"], status);
        assert_eq!(answer["done"], true);
        assert_eq!(answer.get("expired").and_then(Value::as_bool), expired);
        assert_eq!(
            (
                waiting.reads("/detail"),
                waiting.0.world.zone.requests().len()
            ),
            (1, 1)
        );
    }
    let declined = json!({"requestId": seeded::DECLINED_REQUEST});
    let answer = waiting.answer(declined).await;
    assert_eq!(
        answer["credentials"][0]["declineReason"],
        "Ask the CRM owner."
    );
    assert!(answer["next"].as_str().unwrap().starts_with("Declined"));
}

#[tokio::test]
async fn it_ends_early_on_a_status_that_nobody_knows() {
    let waiting = Waiting::new().await;
    let show = Act::Show("escalated".to_owned());
    waiting
        .0
        .world
        .zone
        .act(seeded::PENDING_REQUEST, &show)
        .unwrap();
    let answer = waiting
        .answer(json!({"requestId": seeded::PENDING_REQUEST}))
        .await;
    assert_eq!(answer["status"], "escalated");
    assert_eq!(answer["done"], false);
    assert_eq!(waiting.reads("/detail"), 1);
}

#[tokio::test]
async fn a_fitting_new_connection_is_likely_and_two_are_not() {
    let waiting = Waiting::new().await;
    let open = json!({"requestId": seeded::PENDING_REQUEST, "timeoutS": 1});
    let answer = waiting.answer(open.clone()).await;
    assert_eq!(answer["done"], false);
    assert!(answer.get("likelyConnectionId").is_none());
    assert_eq!(waiting.reads("/connections"), 2);
    // The person makes a connection of the type elsewhere, and one of another type.
    let made = waiting.make_elsewhere("slack2").await;
    let answer = waiting.answer(open.clone()).await;
    assert!(answer.get("likelyConnectionId").is_none(), "{made}");
    let made = waiting.make_elsewhere("google").await;
    waiting.0.world.zone.clear_requests();
    let answer = waiting.answer(open.clone()).await;
    assert_eq!(answer["likelyConnectionId"], made);
    assert!(answer["next"].as_str().unwrap().contains("connections_get"));
    // What was there when the waiting began is known already.
    assert_eq!(waiting.reads("/connections"), 1);
    waiting.make_elsewhere("google").await;
    let answer = waiting.answer(open).await;
    assert!(answer.get("likelyConnectionId").is_none());
}

#[tokio::test]
async fn a_connection_that_came_before_the_first_wait_is_likely_too() {
    let waiting = Waiting::new().await;
    let wanted = json!({"connections": [{"type": "slack3"}]});
    let request = waiting.make(wanted).await;
    // The person was quicker than the agent, and Make still says pending.
    let made = waiting.make_elsewhere("slack3").await;
    let open = json!({"requestId": request, "timeoutS": 1});
    let answer = waiting.answer(open).await;
    assert_eq!(
        (&answer["status"], &answer["likelyConnectionId"]),
        (&json!("pending"), &made)
    );
}

/// Nobody waits longer than it said, and Make is asked no more often for that.
#[tokio::test]
async fn a_wait_that_ends_before_its_turn_tells_what_was_seen_last() {
    let waiting = Waiting::new().await;
    let wanted = json!({"keys": [{"type": "apikeyauth"}]});
    let request = waiting.make(wanted).await;
    waiting.0.session().poll_every(Duration::from_secs(10));
    let short = json!({"requestId": request, "timeoutS": 1});
    assert!(waiting.answer(short.clone()).await.get("stale").is_none());
    let started = std::time::Instant::now();
    let answer = waiting.answer(short.clone()).await;
    assert_eq!(
        (&answer["status"], &answer["stale"]),
        (&json!("pending"), &json!(true))
    );
    assert!(
        started.elapsed() < Duration::from_secs(8),
        "{:?}",
        started.elapsed()
    );
    // Who gives up before its turn leaves it to the next.
    let long = json!({"requestId": request, "timeoutS": 45});
    for _ in 0..10 {
        let given_up = tokio::time::sleep(Duration::from_millis(20));
        let arguments = long.as_object().unwrap().clone();
        let context = CallContext::default();
        let session = waiting.0.session();
        let outcome = session.call(TOOL, arguments, context, given_up).await;
        assert!(matches!(outcome, Outcome::Cancelled), "{outcome:?}");
    }
    assert_eq!(waiting.reads("/detail"), 1);
    let others = {
        waiting.0.session().poll_every(Duration::from_secs(2));
        let late = json!({"requestId": request, "timeoutS": 5});
        waiting.answer(late).await
    };
    assert!(others.get("stale").is_none(), "its turn was free: {others}");
}

/// Before anybody has seen the request there is nothing to tell.
#[tokio::test]
async fn a_wait_without_a_turn_says_when_to_come_again() {
    let waiting = Waiting::new().await;
    let request = waiting
        .make(json!({"keys": [{"type": "apikeyauth"}]}))
        .await;
    waiting.0.session().poll_every(Duration::from_secs(10));
    let broken = Effect::Delay { ms: 3000 };
    let fault = Fault::new(broken).on("GET", "/credential-requests");
    waiting.0.world.zone.inject(fault);
    let first = waiting.call(json!({"requestId": request, "timeoutS": 1}), None);
    let second = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        waiting
            .call(json!({"requestId": request, "timeoutS": 1}), None)
            .await
    };
    let (_, second) = tokio::join!(first, second);
    let Outcome::Failed(failure) = second else {
        panic!("{second:?}");
    };
    let failure = json!(failure);
    assert_eq!(
        (&failure["code"], &failure["retryable"]),
        (&json!("rate_limited"), &json!(true))
    );
    let wait = failure["retryAfterS"].as_u64().unwrap();
    assert!((1..=11).contains(&wait), "{wait}");
}

#[tokio::test]
async fn a_look_that_fails_once_does_not_end_the_waiting() {
    let waiting = Waiting::new().await;
    let keys = json!({"keys": [{"type": "apikeyauth"}]});
    let request = waiting.make(keys).await;
    let broken = Effect::Status {
        status: 503,
        body: String::new(),
        content_type: "text/plain".to_owned(),
        headers: Vec::new(),
    };
    // The second look and its two repetitions.
    let fault = Fault::new(broken).on("GET", "/credential-requests");
    waiting.0.world.zone.inject(fault.after(1).times(3));
    waiting
        .0
        .world
        .zone
        .set_person(Person::Auto { after_polls: 1 });
    let arguments = json!({"requestId": request, "timeoutS": 5});
    let answer = waiting.answer(arguments).await;
    assert_eq!(answer["status"], "authorized");
    assert!(answer.get("stale").is_none());
}

#[tokio::test]
async fn the_first_look_fails_as_make_fails_and_other_teams_stay_closed() {
    let waiting = Waiting::new().await;
    for (request, code) in [
        (seeded::UNKNOWN_STATUS_REQUEST, "not_found"),
        (seeded::FOREIGN_REQUEST, "not_found"),
        ("../x", "invalid_arguments"),
    ] {
        let outcome = waiting.call(json!({"requestId": request}), None).await;
        let Outcome::Failed(failure) = outcome else {
            panic!("{request}");
        };
        assert_eq!(json!(failure)["code"], code);
    }
    for timeout in [0, 46] {
        let arguments = json!({"requestId": seeded::PENDING_REQUEST, "timeoutS": timeout});
        let outcome = waiting.call(arguments, None).await;
        assert!(matches!(outcome, Outcome::Failed(_)));
    }
}

#[tokio::test]
async fn waiting_can_be_given_up() {
    let waiting = Waiting::new().await;
    let arguments = json!({"requestId": seeded::PENDING_REQUEST, "timeoutS": 45});
    let arguments = arguments.as_object().unwrap().clone();
    let soon = tokio::time::sleep(Duration::from_millis(150));
    let context = CallContext::default();
    let outcome = waiting
        .0
        .session()
        .call(TOOL, arguments, context, soon)
        .await;
    assert!(matches!(outcome, Outcome::Cancelled));
}

/// The first look is at once, and the next turn would come after the call: the rest is waited.
#[tokio::test]
async fn it_waits_as_long_as_it_was_told() {
    let waiting = Waiting::new().await;
    let request = waiting
        .make(json!({"keys": [{"type": "apikeyauth"}]}))
        .await;
    waiting.0.session().poll_every(Duration::from_secs(10));
    let started = std::time::Instant::now();
    let answer = waiting
        .answer(json!({"requestId": request, "timeoutS": 2}))
        .await;
    assert_eq!(answer["done"], false);
    assert!(
        started.elapsed() >= Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(waiting.reads("/detail"), 1);
}

/// How a request stood before the agent itself changed it is never told as how it stands.
#[tokio::test]
async fn what_the_agent_has_changed_since_is_not_told_from_memory() {
    let desk = Desk::new().await;
    let delete = (
        "credential_requests_delete",
        json!({"requestId": seeded::AUTHORIZED_REQUEST, "withCredentials": true}),
    );
    let credential = {
        let id = json!({"requestId": seeded::AUTHORIZED_REQUEST});
        let read = desk.answer("credential_requests_get", id).await;
        json!({"credentialId": read["credentials"][0]["id"]})
    };
    for (tool, arguments) in [
        ("credential_requests_credential_delete", credential),
        delete,
    ] {
        desk.session().poll_every(Duration::ZERO);
        let wait = json!({"requestId": seeded::AUTHORIZED_REQUEST, "timeoutS": 1});
        let seen = desk.answer(TOOL, wait.clone()).await;
        desk.session().poll_every(Duration::from_secs(10));
        desk.answer(tool, arguments).await;
        let failure = desk.failure(TOOL, wait).await;
        assert_eq!(failure["code"], "rate_limited", "{tool} after {seen}");
        assert!(
            failure["message"]
                .as_str()
                .unwrap()
                .contains("less than 10 s ago")
        );
    }
}

/// What `connections_create` leaves until a person signs in is nobody's yet.
#[tokio::test]
async fn a_connection_that_nobody_signed_in_to_is_not_likely() {
    let waiting = Waiting::new().await;
    let open = json!({"requestId": seeded::PENDING_REQUEST, "timeoutS": 1});
    waiting.answer(open.clone()).await;
    let other = waiting.0.world.sure();
    let stub = json!({"teamId": seeded::MARKETING, "accountName": "google", "name": "Stub"});
    let made = crate::world::call(&other, "connections_create", stub)
        .await
        .unwrap();
    assert_eq!(made["needsSignIn"], true);
    waiting.0.world.zone.clear_requests();
    let answer = waiting.answer(open).await;
    assert!(answer.get("likelyConnectionId").is_none(), "{answer}");
}

#[tokio::test]
async fn what_the_agent_changes_while_it_waits_is_not_told_as_it_was() {
    let desk = Desk::new().await;
    let id = json!({"requestId": seeded::PENDING_REQUEST});
    let wait = json!({"requestId": seeded::PENDING_REQUEST, "timeoutS": 2});
    let waiting = desk.failure(TOOL, wait);
    let changing = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        desk.answer("credential_requests_delete", id).await
    };
    let (failure, deleted) = tokio::join!(waiting, changing);
    assert_eq!(deleted["deleted"], true);
    assert_eq!(failure["code"], "busy", "{failure}");
}
