//! How much may be under way: seats, waiting, backpressure.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use make_credentials_mcp::mcp::stdio::Limits;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::{Client, call, cancel, error, seats, settle, text};

#[tokio::test]
async fn ten_thousand_requests_with_cancellations_leave_no_seat_taken() {
    let mut client = Client::open(seats(64)).await;
    let mut to = client.to.take().unwrap();
    let saying = tokio::spawn(async move {
        for id in 0..10_000 {
            let line = match id % 5 {
                // Cancelled at once: running, waiting for a seat, or answered already.
                0 => format!("{}\n{}\n", call(id, "wait", &json!({})), cancel(id)),
                1 => format!(
                    "{}\n{}\n",
                    call(id, "echo", &json!({"text": "x"})),
                    cancel(id - 1)
                ),
                2 => format!("{}\n", call(id, "sleep", &json!({"ms": id % 3}))),
                3 => format!(
                    "{}\n",
                    call(format!("s{id}"), "echo", &json!({"text": "x"}))
                ),
                _ => format!("{}\n{}\n", call(id, "sleep", &json!({"ms": 5})), cancel(id)),
            };
            to.write_all(line.as_bytes()).await.unwrap();
        }
        to
    });
    let mut seen = HashSet::new();
    while seen.len() < 6000 {
        let answer = client.hear().await;
        assert!(answer["result"].is_object(), "{answer}");
        let id = answer["id"].to_string();
        let number: u32 = id.trim_matches(['"', 's']).parse().unwrap();
        assert!(
            !number.is_multiple_of(5),
            "an answer to a cancelled request: {answer}"
        );
        assert!(number % 5 == 4 || seen.insert(id.clone()), "twice: {id}");
    }
    client.to = Some(saying.await.unwrap());
    assert!(
        client.server.most.load(Ordering::SeqCst) <= 64,
        "{:?}",
        client.server.most
    );
    // All seats are free: as many calls run together as there are seats.
    client.server.most.store(0, Ordering::SeqCst);
    for id in 20_000..20_064 {
        client.say(call(id, "wait", &json!({}))).await;
    }
    settle().await;
    assert_eq!(client.server.running.load(Ordering::SeqCst), 64);
    for id in 20_000..20_064 {
        client.say(cancel(id)).await;
    }
    client.alive().await;
}

#[tokio::test]
async fn no_more_requests_run_than_there_are_seats() {
    let mut client = Client::open(seats(4)).await;
    for id in 0..100 {
        client.say(call(id, "sleep", &json!({"ms": 1}))).await;
    }
    let mut ids = HashSet::new();
    for _ in 0..100 {
        ids.insert(client.hear().await["id"].to_string());
    }
    assert_eq!(ids.len(), 100);
    assert_eq!(client.server.most.load(Ordering::SeqCst), 4);
}

/// What a call holds it holds until it has ended, and a change under way goes on for a minute.
#[tokio::test]
async fn a_cancelled_call_keeps_its_seat_until_it_has_ended() {
    let mut client = Client::open(seats(4)).await;
    for round in 0..5 {
        for id in 0..4 {
            let id = round * 4 + id;
            client.say(call(id, "sleep", &json!({"ms": 100}))).await;
            client.say(cancel(id)).await;
        }
    }
    client
        .say(call("last", "echo", &json!({"text": "x"})))
        .await;
    assert_eq!(client.hear().await["id"], "last");
    assert_eq!(client.server.most.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn answers_of_the_client_pass_a_full_house() {
    let mut client = Client::open(seats(8)).await;
    for id in 0..8 {
        client.say(call(id, "ask", &json!({}))).await;
    }
    // Far more than there is room for, and all before the answers.
    for id in 100..1100 {
        client
            .say(call(id, "echo", &json!({"text": "later"})))
            .await;
    }
    let mut questions = Vec::new();
    for _ in 0..8 {
        let question = client.hear().await;
        assert_eq!(question["method"], "elicitation/create", "{question}");
        questions.push(question["id"].clone());
    }
    for id in questions {
        let answer = json!({"jsonrpc": "2.0", "id": id, "result": {"action": "decline"}});
        client.say(answer.to_string()).await;
    }
    let (mut asked, mut echoed) = (0, 0);
    for _ in 0..1008 {
        match text(&client.hear().await) {
            "\"decline\"" => asked += 1,
            "later" => echoed += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((asked, echoed), (8, 1000));
}

#[tokio::test]
async fn a_cancellation_passes_a_full_house_and_also_finds_what_waits() {
    let mut client = Client::open(seats(2)).await;
    for id in 1..=4 {
        client.say(call(id, "wait", &json!({}))).await;
    }
    client.say(call(5, "echo", &json!({"text": "five"}))).await;
    settle().await;
    assert_eq!(client.server.calls.load(Ordering::SeqCst), 2);
    // 3 never starts; 1 makes room for 4, 2 for 5.
    for id in [3, 1, 2] {
        client.say(cancel(id)).await;
    }
    let answer = client.hear().await;
    assert_eq!((&answer["id"], text(&answer)), (&json!(5), "five"));
    assert_eq!(client.server.calls.load(Ordering::SeqCst), 4);
    client.say(cancel(4)).await;
    client.alive().await;
}

#[tokio::test]
async fn bad_lines_are_answered_under_a_full_house() {
    let mut client = Client::open(seats(1)).await;
    client.say(call(1, "wait", &json!({}))).await;
    assert_eq!(error(&client.ask("garbage").await), json!([-32700, null]));
    assert_eq!(error(&client.ask(r#"{"id":7}"#).await), json!([-32600, 7]));
    client.say(cancel(1)).await;
    client.alive().await;
}

#[tokio::test]
async fn two_requests_with_one_id_get_one_answer_and_one_refusal() {
    let mut client = Client::open(seats(3)).await;
    for _ in 0..50 {
        client.say(call(1, "sleep", &json!({"ms": 20}))).await;
        let second = client
            .ask(call(1, "echo", &json!({"text": "second"})))
            .await;
        assert_eq!(error(&second), json!([-32600, null]));
        let first = client.hear().await;
        assert_eq!((&first["id"], text(&first)), (&json!(1), "slept"));
        // Answered, so the id may come again; "1" is another id than 1.
        client
            .say(call("1", "echo", &json!({"text": "text"})))
            .await;
        assert_eq!(client.hear().await["id"], "1");
    }
    assert_eq!(client.server.calls.load(Ordering::SeqCst), 100);
}

#[tokio::test]
async fn a_client_that_does_not_read_is_not_read_either() {
    let limits = Limits {
        max_queued_bytes: 100_000,
        ..seats(16)
    };
    let mut client = Client::open(limits).await;
    let mut to = client.to.take().unwrap();
    let saying = tokio::spawn(async move {
        for id in 0..2000 {
            let line = format!("{}\n", call(id, "big", &json!({"bytes": 50_000})));
            to.write_all(line.as_bytes()).await.unwrap();
        }
        to
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    // 16 answers wait to be written, and nobody works on more.
    let calls = client.server.calls.load(Ordering::SeqCst);
    assert!((16..=20).contains(&calls), "{calls}");
    assert!(
        !saying.is_finished(),
        "the client could send all, so somebody holds it"
    );
    for _ in 0..2000 {
        assert_eq!(text(&client.hear().await).len(), 50_000);
    }
    client.to = Some(saying.await.unwrap());
    client.alive().await;
}

#[tokio::test]
async fn refusals_nobody_reads_do_not_pile_up() {
    let mut client = Client::open(seats(2)).await;
    let mut to = client.to.take().unwrap();
    let garbage = "x\n".repeat(1000);
    let blocked = async {
        for _ in 0..1000 {
            to.write_all(garbage.as_bytes()).await.unwrap();
        }
    };
    assert!(timeout(Duration::from_millis(300), blocked).await.is_err());
    drop(to);
    while let Some(answer) = client.maybe_hear().await {
        assert_eq!(error(&answer), json!([-32700, null]));
    }
}

#[tokio::test]
async fn a_line_of_256_mib_is_skipped() {
    let mut client = Client::open(Limits::default()).await;
    let mut to = client.to.take().unwrap();
    let saying = tokio::spawn(async move {
        let chunk = vec![b'x'; 64 * 1024];
        to.write_all(br#"{"jsonrpc":"2.0","id":"huge","method":"tools/call","params":{"a":""#)
            .await
            .unwrap();
        for _ in 0..4096 {
            to.write_all(&chunk).await.unwrap();
        }
        to.write_all(b"\"}}\n").await.unwrap();
        to
    });
    assert_eq!(error(&client.hear().await), json!([-32600, "huge"]));
    client.to = Some(saying.await.unwrap());
    client.alive().await;
}

#[tokio::test]
async fn the_heaviest_request_passes_beside_calls_that_never_end() {
    let mut client = Client::open(Limits::default()).await;
    for id in 0..32 {
        client.say(call(id, "wait", &json!({}))).await;
    }
    let heavy = call(
        "heavy",
        "echo",
        &json!({"text": "x".repeat(15 * 1024 * 1024)}),
    );
    assert_eq!(text(&client.ask(&heavy).await).len(), 15 * 1024 * 1024);
    for id in 0..32 {
        client.say(cancel(id)).await;
    }
    client.alive().await;
}

#[tokio::test]
async fn heavy_requests_are_worked_on_one_after_the_other() {
    let mut client = Client::open(Limits {
        max_weight: 100_000,
        ..seats(64)
    })
    .await;
    let mut to = client.to.take().unwrap();
    tokio::spawn(async move {
        for id in 0..20 {
            let heavy = json!({"ms": 5, "pad": "x".repeat(60_000)});
            to.write_all(format!("{}\n", call(id, "sleep", &heavy)).as_bytes())
                .await
                .unwrap();
        }
        std::future::pending::<()>().await;
    });
    for _ in 0..20 {
        assert_eq!(text(&client.hear().await), "slept");
    }
    assert_eq!(client.server.most.load(Ordering::SeqCst), 1);
}
