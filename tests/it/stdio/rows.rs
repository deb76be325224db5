//! Each kind of line a client may send, and what it gets for it.

use make_credentials_mcp::mcp::stdio::Limits;
use serde_json::json;

use super::{Client, INITIALIZE, META, call, cancel, error, text};

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

#[tokio::test]
async fn messages_before_the_handshake_are_dropped() {
    let mut client = Client::start(Limits::default());
    for line in [
        r#"{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","method":"something/else","params":[1]}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}"#,
        r#"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"no"}}"#,
    ] {
        client.say(line).await;
    }
    client.alive().await;
    let answer = client.ask(INITIALIZE).await;
    assert_eq!(answer["result"]["protocolVersion"], "2025-06-18");
    client
        .say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
        .await;
    client.alive().await;
}

/// As a client in the field does it.
#[tokio::test]
async fn discovery_then_a_notification_then_initialize() {
    let mut client = Client::start(Limits::default());
    let discover =
        format!(r#"{{"jsonrpc":"2.0","id":0,"method":"server/discover","params":{{{META}}}}}"#);
    let answer = client.ask(&discover).await;
    assert!(answer["result"]["supportedVersions"].is_array(), "{answer}");
    client
        .say(r#"{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}"#)
        .await;
    client.say(cancel(0)).await;
    assert_eq!(client.ask(INITIALIZE).await["id"], "init");
    assert_eq!(client.ask(LIST).await["result"]["tools"], json!([]));
}

#[tokio::test]
async fn requests_in_the_wrong_order_get_an_error_and_the_server_lives() {
    let mut client = Client::start(Limits::default());
    assert_eq!(error(&client.ask(LIST).await), json!([-32602, 1]));
    assert_eq!(
        error(&client.ask(call(2, "echo", &json!({}))).await),
        json!([-32602, 2])
    );
    let broken = r#"{"jsonrpc":"2.0","id":3,"method":"initialize","params":{}}"#;
    assert_eq!(error(&client.ask(broken).await), json!([-32602, 3]));
    let broken = broken.replace("{}}", "5}");
    assert_eq!(error(&client.ask(broken).await), json!([-32600, 3]));
    let future = LIST.replace('}', r#","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2999-01-01","io.modelcontextprotocol/clientCapabilities":{}}}}"#);
    assert_eq!(error(&client.ask(future).await), json!([-32022, 1]));
    client
        .say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
        .await;
    assert_eq!(client.ask(INITIALIZE).await["id"], "init");
    // A second handshake is no reason to die either.
    assert_eq!(client.ask(INITIALIZE).await["id"], "init");
    client.alive().await;
}

#[tokio::test]
async fn after_a_modern_opener_notifications_reach_the_server() {
    let mut client = Client::start(Limits::default());
    let wait = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"wait",{META}}}}}"#
    );
    client.say(&wait).await;
    client.say(cancel(1)).await;
    // Cancelled, so there is no answer to it. rmcp would give its result as the answer to another request with
    // its id, so there cannot be one.
    let list = LIST.replace('}', &format!(r#","params":{{{META}}}}}"#));
    assert_eq!(error(&client.ask(&list).await), json!([-32600, 1]));
    let answer = client.ask(list.replace(":1,", ":2,")).await;
    assert_eq!(
        (&answer["id"], &answer["result"]["tools"]),
        (&json!(2), &json!([])),
        "{answer}"
    );
}

#[tokio::test]
async fn what_is_no_json_gets_a_parse_error_without_an_id() {
    let mut client = Client::open(Limits::default()).await;
    let deep = |n: usize| {
        format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"ping","a":{}"#,
            "[".repeat(n)
        )
    };
    let closed = format!("{}{}}}", deep(200_000), "]".repeat(200_000));
    let lines: Vec<Vec<u8>> = vec![
        b"{".to_vec(),
        b"garbage".to_vec(),
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"".to_vec(),
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}}".to_vec(),
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"pi\xffng\"}".to_vec(),
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\0".to_vec(),
        b"\0\0\0".to_vec(),
        b"\xff\xfe{\0}\0".to_vec(),
        br#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"\ud800"}}"#.to_vec(),
        br#"{"jsonrpc":"2.0","id":"\udc00","method":"ping"}"#.to_vec(),
        br#"[{"jsonrpc":"2.0","id":1,"method":"ping"}"#.to_vec(),
        b"[1,]".to_vec(),
        deep(200_000).into_bytes(),
        closed.into_bytes(),
        "[".repeat(200_000).into_bytes(),
        vec![b'{'; 200_000],
        br#"{"a":"#.repeat(200_000),
        b"Content-Length: 52\r".to_vec(),
        br#"{"id":1} {"id":2}"#.to_vec(),
        br#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}x"#.to_vec(),
    ];
    for line in lines {
        let answer = client.ask(&line).await;
        let start = String::from_utf8_lossy(&line[..line.len().min(80)]).into_owned();
        assert_eq!(error(&answer), json!([-32700, null]), "{start}");
        assert_eq!(answer["error"]["message"], "Not JSON");
    }
    client.alive().await;
}

#[tokio::test]
async fn what_is_no_message_gets_an_error_with_its_id() {
    let mut client = Client::open(Limits::default()).await;
    for (line, id) in [
        (
            r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            json!(null),
        ),
        (r#"{"id":4,"method":"ping"}"#, json!(4)),
        (r#"{"jsonrpc":"1.0","id":"x","method":"ping"}"#, json!("x")),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, json!(1.5)),
        (
            r#"{"jsonrpc":"2.0","id":9223372036854775808,"method":"ping"}"#,
            json!(9_223_372_036_854_775_808_u64),
        ),
        (r#"{"jsonrpc":"2.0","id":5,"method":7}"#, json!(5)),
        (r#"{"jsonrpc":"2.0","id":5}"#, json!(5)),
        (
            r#"{"jsonrpc":"2.0","id":5,"method":"ping","result":{}}"#,
            json!(5),
        ),
        (
            r#"{"jsonrpc":"2.0","id":5,"method":"ping","method":"ping"}"#,
            json!(5),
        ),
        (
            r#"{"jsonrpc":"2.0","id":5,"id":6,"method":"ping"}"#,
            json!(null),
        ),
        (r#"{"jsonrpc":"2.0","id":[5],"method":"ping"}"#, json!(null)),
        // An answer of the client: its id is one of ours and must not come back as if it were one of its own.
        (
            r#"{"jsonrpc":"2.0","id":5,"result":{},"error":{}}"#,
            json!(null),
        ),
        (r#"{"jsonrpc":"2.0","id":5,"error":"text"}"#, json!(null)),
        (r#"{"method":"notifications/initialized"}"#, json!(null)),
        ("{}", json!(null)),
        ("5", json!(null)),
        ("null", json!(null)),
        (r#""text""#, json!(null)),
        ("[]", json!(null)),
        ("[ ]", json!(null)),
    ] {
        let answer = client.ask(line).await;
        assert_eq!(error(&answer), json!([-32600, id]), "{line}");
    }
    client.alive().await;
}

#[tokio::test]
async fn refusals_do_not_repeat_the_input() {
    let mut client = Client::open(Limits::default()).await;
    for line in [
        r#"{"jsonrpc":"2.0","id":1,"method":{"hunter2":1}}"#,
        r#"{"jsonrpc":"hunter2","id":1,"method":"ping"}"#,
        r#"{"hunter2"}"#,
        r#"["hunter2"]"#,
        r#""hunter2""#,
    ] {
        let answer = client.ask(line).await.to_string();
        assert!(!answer.contains("hunter2"), "{answer}");
    }
}

#[tokio::test]
async fn every_line_out_passes_the_scrubber_once() {
    let mut client = Client::with_scrub(Limits::default(), |line| {
        assert!(!line.contains(&b'\n'));
        String::from_utf8(line)
            .unwrap()
            .replace("hunter2", "#")
            .into_bytes()
    });
    client.ask(INITIALIZE).await;
    let answer = client
        .ask(call("hunter2", "echo", &json!({"text": "a hunter2 b"})))
        .await;
    assert_eq!((text(&answer), &answer["id"]), ("a # b", &json!("#")));
    assert_eq!(
        error(&client.ask(r#"{"id":"hunter2"}"#).await),
        json!([-32600, "#"])
    );
    // A newline in a value stays inside its line.
    assert_eq!(
        text(&client.ask(call(1, "lines", &json!({}))).await),
        "two\nlines"
    );
}

#[tokio::test]
async fn odd_but_good_lines_are_accepted() {
    let mut client = Client::start(Limits::default());
    client.say("").await;
    client.say("\r").await;
    client.say("  \t ").await;
    assert_eq!(
        client.ask(format!("\u{feff}{INITIALIZE}\r")).await["id"],
        "init"
    );
    client.say("\u{feff}").await;
    assert_eq!(client.ask(format!("  {LIST}  \r")).await["id"], 1);
    // 1.0 and 1e0 are the integer 1.
    assert_eq!(client.ask(LIST.replace(":1,", ":1.0,")).await["id"], 1);
    let deep = json!({"list": [0], "deep": serde_json::from_str::<serde_json::Value>(&format!("{}{}", "[".repeat(100), "]".repeat(100))).unwrap()});
    assert_eq!(text(&client.ask(call(7, "count", &deep)).await), "1");
    client.alive().await;
}

#[tokio::test]
async fn a_batch_is_answered_part_by_part() {
    let mut client = Client::open(Limits::default()).await;
    let batch = format!(
        r#"[{LIST}, {{"jsonrpc":"2.0","method":"notifications/initialized"}}, 5, {{"id":9}}, [], {}]"#,
        call("e", "echo", &json!({"text": "hi"}))
    );
    client.say(batch).await;
    let mut answers = Vec::new();
    for _ in 0..5 {
        let answer = client.hear().await;
        answers.push(format!("{} {}", answer["id"], answer["error"]["code"]));
    }
    answers.sort();
    assert_eq!(
        answers,
        [
            "\"e\" null",
            "1 null",
            "9 -32600",
            "null -32600",
            "null -32600"
        ]
    );
    client.alive().await;
}

#[tokio::test]
async fn a_batch_over_the_limit_is_refused_whole() {
    let mut client = Client::open(Limits {
        max_batch: 3,
        ..Limits::default()
    })
    .await;
    let part = call(1, "echo", &json!({}));
    let answer = client.ask(format!("[{part},{part},{part},{part}]")).await;
    assert_eq!(error(&answer), json!([-32600, null]));
    assert_eq!(
        client
            .server
            .calls
            .load(std::sync::atomic::Ordering::SeqCst),
        0
    );
    client.say("[1,2,3]").await;
    for _ in 0..3 {
        assert_eq!(error(&client.hear().await), json!([-32600, null]));
    }
    client.alive().await;
}

#[tokio::test]
async fn a_line_over_the_limit_is_refused_with_its_id() {
    let mut client = Client::open(Limits {
        max_line_bytes: 1000,
        ..Limits::default()
    })
    .await;
    let long = call("long", "echo", &json!({"text": "x".repeat(1000)}));
    assert_eq!(error(&client.ask(&long).await), json!([-32600, "long"]));
    let late = format!(r#"{{"jsonrpc":"2.0","pad":"{}","id":4}}"#, "x".repeat(2000));
    assert_eq!(
        error(&client.ask(&late).await),
        json!([-32600, 4]),
        "all of it came in one read"
    );
    client.alive().await;
    let fits = call(3, "echo", &json!({"text": "x".repeat(900)}));
    assert_eq!(text(&client.ask(&fits).await).len(), 900);
}

#[tokio::test]
async fn a_line_that_would_blow_up_in_memory_is_refused() {
    let mut client = Client::open(Limits::default()).await;
    let bomb = format!(
        r#"{{"jsonrpc":"2.0","id":8,"method":"tools/call","params":{{"name":"count","arguments":{{"list":[{}0]}}}}}}"#,
        r#"{"":0},"#.repeat(40_000)
    );
    assert_eq!(error(&client.ask(&bomb).await), json!([-32600, 8]));
    let noise = format!(
        r#"{{"jsonrpc":"2.0","method":"n","params":[{}0]}}"#,
        "0,".repeat(40_000)
    );
    assert_eq!(error(&client.ask(&noise).await), json!([-32600, null]));
    // Plain text of the same size is no problem, nor is a long list.
    let plain = call(9, "echo", &json!({"text": "[{,".repeat(1_000_000)}));
    assert_eq!(text(&client.ask(&plain).await).len(), 3_000_000);
    let list = call(10, "count", &json!({"list": vec![7; 50_000]}));
    assert_eq!(text(&client.ask(&list).await), "50000");
    client.alive().await;
}
