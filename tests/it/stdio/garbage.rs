//! Lines at random: each gets what it should, and the next good request is answered.

use std::collections::BTreeMap;

use make_credentials_mcp::mcp::stdio::Limits;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use super::{Client, call, error};

/// A line and the answer it gets, as `[code, id]`; `null` for none.
fn known() -> impl Strategy<Value = (Vec<u8>, Value)> {
    let id = prop_oneof![
        any::<i64>().prop_map(|id| json!(id)),
        "[a-z\"\\\\\u{e9} ]{0,12}".prop_map(|id| json!(id))
    ];
    prop_oneof![
        id.clone().prop_map(|id| {
            (
                json!({"jsonrpc": "2.0", "id": id, "method": "x"}).to_string(),
                json!([-32601, id]),
            )
        }),
        id.clone()
            .prop_map(|id| (json!({"id": id}).to_string(), json!([-32600, id]))),
        id.clone().prop_map(|id| {
            (
                json!({"jsonrpc": "2.0", "id": id, "result": {}}).to_string(),
                json!(null),
            )
        }),
        id.clone().prop_map(|id| {
            let line = json!({"jsonrpc": "2.0", "id": id, "method": "x"}).to_string();
            (line.replacen(':', "", 1), json!([-32700, null]))
        }),
        "[a-z/]{1,20}".prop_map(|method| {
            (
                json!({"jsonrpc": "2.0", "method": method, "params": [1]}).to_string(),
                json!(null),
            )
        }),
        "[ \t]{0,5}".prop_map(|line| (line, json!(null))),
        "[0-9]{1,18}".prop_map(|line| {
            let code = if line.len() > 1 && line.starts_with('0') {
                -32700
            } else {
                -32600
            };
            (line, json!([code, null]))
        }),
    ]
    .prop_map(|(line, answer)| (line.into_bytes(), answer))
}

/// A good line with some bytes changed, or bytes at random.
fn broken() -> impl Strategy<Value = Vec<u8>> {
    let good = call(
        1,
        "echo",
        &json!({"text": "abc\u{e9}\n", "n": [1, {"a": null}]}),
    )
    .into_bytes();
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4);
    let changed = edits.prop_map(move |edits| {
        let mut line = good.clone();
        for (at, byte) in edits {
            let at = at.index(line.len());
            line[at] = byte;
        }
        line
    });
    prop_oneof![3 => changed, 1 => prop::collection::vec(any::<u8>(), 0..80)]
}

fn sample<S: Strategy>(strategy: &S, count: usize) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..count)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

async fn known_lines_get_their_answers(count: usize) {
    let mut client = Client::open(Limits::default()).await;
    let mut to = client.to.take().unwrap();
    let mut wanted = BTreeMap::<String, usize>::new();
    let mut lines = Vec::new();
    for (number, (line, answer)) in sample(&known(), count).into_iter().enumerate() {
        // Ids at random repeat at times, and then the answer is another.
        let unique = answer[0] == -32601 && wanted.contains_key(&answer.to_string());
        if unique || number % 1000 == 999 {
            continue;
        }
        if !answer.is_null() {
            *wanted.entry(answer.to_string()).or_default() += 1;
        }
        lines.push(line);
    }
    let saying = tokio::spawn(async move {
        for line in lines {
            to.write_all(&line).await.unwrap();
            to.write_all(b"\n").await.unwrap();
        }
        to
    });
    let mut seen = BTreeMap::<String, usize>::new();
    for _ in 0..wanted.values().sum() {
        let answer = client.hear().await;
        *seen.entry(error(&answer).to_string()).or_default() += 1;
    }
    assert_eq!(seen, wanted);
    client.to = Some(saying.await.unwrap());
    client.alive().await;
}

/// Whatever it is: it ends in an answer to the next good request, and every line out is a message.
async fn any_bytes_leave_the_server_alive(count: usize) {
    let mut client = Client::open(Limits::default()).await;
    let mut to = client.to.take().unwrap();
    let lines = sample(&broken(), count);
    let saying = tokio::spawn(async move {
        for (number, line) in lines.into_iter().enumerate() {
            to.write_all(&line).await.unwrap();
            let good = call(format!("good {number}"), "echo", &json!({"text": "x"}));
            to.write_all(format!("\n{good}\n").as_bytes())
                .await
                .unwrap();
        }
        to
    });
    let mut good = 0;
    while good < count {
        let answer = client.hear().await;
        assert_eq!(answer["jsonrpc"], "2.0");
        if answer["id"]
            .as_str()
            .is_some_and(|id| id.starts_with("good"))
        {
            assert!(answer["result"].is_object(), "{answer}");
            good += 1;
        }
    }
    client.to = Some(saying.await.unwrap());
    while client
        .ask(r#"{"jsonrpc":"2.0","id":"end","method":"ping"}"#)
        .await["id"]
        != "end"
    {}
}

#[tokio::test]
async fn ten_thousand_lines() {
    known_lines_get_their_answers(10_000).await;
    any_bytes_leave_the_server_alive(5000).await;
}

#[tokio::test]
async fn a_hundred_thousand_lines() {
    known_lines_get_their_answers(100_000).await;
    any_bytes_leave_the_server_alive(100_000).await;
}
