//! How it ends: stdin, stdout, and a client that left.

use std::time::{Duration, Instant};

use make_credentials_mcp::mcp::stdio::{End, Limits};
use serde_json::json;

use super::{Client, INITIALIZE, META, call, error, seats, settle};
use crate::timing::in_time;

/// Much longer than [`AT_ONCE`], so that what waits for its end is noticed.
const LONG: Duration = Duration::from_mins(1);
const AT_ONCE: Duration = Duration::from_millis(300);

#[tokio::test]
async fn the_end_of_stdin_ends_everything_at_once() {
    in_time(AT_ONCE, async || {
    let listen = format!(
        r#"{{"jsonrpc":"2.0","id":3,"method":"subscriptions/listen","params":{{"notifications":{{"toolsListChanged":true}},{META}}}}}"#
    );
    let mut client = Client::open(Limits {
        linger: LONG,
        ..Limits::default()
    })
    .await;
    client.say(call(1, "wait", &json!({}))).await;
    client.say(call(2, "ask", &json!({}))).await;
    assert_eq!(client.hear().await["method"], "elicitation/create");
    client.say(listen).await;
    assert_eq!(
        client.hear().await["method"],
        "notifications/subscriptions/acknowledged"
    );
    assert_eq!(client.ended.now(), None);
    let start = Instant::now();
    client.hang_up();
    assert_eq!(client.ended.wait().await, End::Stdin);
    let mut answers = Vec::new();
    while let Some(answer) = client.maybe_hear().await {
        answers.push(answer["id"].to_string());
    }
    answers.sort();
    assert_eq!(answers, ["1", "2", "3"]);
    assert_eq!(client.outcome().await, "Closed");
start.elapsed()
    })
    .await;
}

#[tokio::test]
async fn requests_right_before_the_end_are_all_answered() {
    let mut client = Client::start(Limits {
        max_in_flight: 8,
        // Shorter than all of it takes, which is 5 s, and much longer than each.
        linger: Duration::from_secs(4),
        ..Limits::default()
    });
    client.say(INITIALIZE).await;
    for id in 0..400 {
        client.say(call(id, "sleep", &json!({"ms": 100}))).await;
    }
    // The last line has no newline.
    let last = call("last", "echo", &json!({"text": "bye"}));
    tokio::io::AsyncWriteExt::write_all(client.to.as_mut().unwrap(), last.as_bytes())
        .await
        .unwrap();
    client.hang_up();
    let mut ids = std::collections::HashSet::new();
    while let Some(answer) = client.maybe_hear().await {
        assert!(answer["result"].is_object(), "{answer}");
        assert!(ids.insert(answer["id"].to_string()));
    }
    assert_eq!(ids.len(), 402);
    assert!(ids.contains("\"last\""));
    assert_eq!(client.outcome().await, "Closed");
}

#[tokio::test]
async fn an_end_before_the_first_message_is_a_clean_end() {
    let mut client = Client::start(Limits::default());
    client.hang_up();
    assert_eq!(
        client.outcome().await,
        "connection closed: initialize request"
    );
    // What was wrong before it is still answered.
    let mut client = Client::start(Limits::default());
    client.say("garbage").await;
    client.hang_up();
    assert_eq!(error(&client.hear().await), json!([-32700, null]));
    assert_eq!(client.maybe_hear().await, None);
    assert_eq!(
        client.outcome().await,
        "connection closed: initialize request"
    );
}

#[tokio::test]
async fn a_closed_stdout_ends_the_server_while_stdin_is_open() {
    in_time(AT_ONCE, async || {
        let mut client = Client::open(Limits {
            linger: LONG,
            ..seats(4)
        })
        .await;
        client.say(call(1, "wait", &json!({}))).await;
        settle().await;
        client.from = None;
        assert_eq!(client.ended.now(), None);
        client
            .say(call(2, "echo", &json!({"text": "nobody hears"})))
            .await;
        let start = Instant::now();
        assert_eq!(client.ended.wait().await, End::Stdout);
        let _stdin = client.to.take();
        assert_eq!(client.outcome().await, "Closed");
        start.elapsed()
    })
    .await;
}

#[tokio::test]
async fn a_closed_stdout_before_the_handshake_ends_the_server_too() {
    let mut client = Client::start(seats(4));
    client.from = None;
    client.say("garbage").await;
    let _stdin = client.to.take();
    assert_eq!(client.ended.wait().await, End::Stdout);
    assert_eq!(
        client.outcome().await,
        "connection closed: initialize request"
    );
}

#[tokio::test]
async fn a_client_that_left_without_reading_does_not_hold_the_process() {
    in_time(Duration::from_secs(1), async || {
        let limits = Limits {
            linger: Duration::from_millis(200),
            max_queued_bytes: 1000,
            ..seats(4)
        };
        let mut client = Client::open(limits).await;
        for id in 0..10 {
            client.say(call(id, "big", &json!({"bytes": 50_000}))).await;
        }
        settle().await;
        // Reading has stopped by now, and the end is seen all the same.
        client.hang_up();
        let start = Instant::now();
        assert_eq!(client.ended.wait().await, End::Stdin);
        let _unread = client.from.take();
        client.outcome().await;
        start.elapsed()
    })
    .await;
}

#[tokio::test]
async fn calls_that_ignore_the_end_do_not_keep_queued_ones_waiting_for_ever() {
    let limits = Limits {
        linger: Duration::from_millis(200),
        ..seats(1)
    };
    let mut client = Client::open(limits).await;
    client.say(call(1, "sleep", &json!({"ms": 600}))).await;
    client.say(call(2, "echo", &json!({}))).await;
    client.hang_up();
    assert_eq!(client.hear().await["id"], 1);
    assert_eq!(
        client.maybe_hear().await,
        None,
        "the queued call has no seat in time"
    );
    assert_eq!(client.outcome().await, "Closed");
}
