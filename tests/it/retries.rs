//! What the client of Make repeats, what it never repeats, and how it waits.

use std::time::{Duration, Instant};

use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::tools::Code;
use serde_json::{Value, json};

use crate::timing::in_time;
use crate::world::{World, call};

pub(crate) const GET: (&str, &str) = ("connections_get", "/connections/101");

pub(crate) fn get() -> Value {
    json!({"connectionId": 101})
}

fn status(status: u16, headers: &[(&str, &str)]) -> Effect {
    Effect::Status {
        status,
        body: r#"{"message":"m"}"#.to_owned(),
        content_type: "application/json".to_owned(),
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

pub(crate) fn changes() -> [(&'static str, &'static str, &'static str, Value); 6] {
    [
        ("POST", "/connections/101/test", "connections_verify", get()),
        (
            "POST",
            "/connections",
            "connections_create",
            json!({"teamId": 22, "name": "N", "accountName": "imap", "data": {"host": "a.example"}}),
        ),
        (
            "POST",
            "/keys",
            "keys_create",
            json!({"teamId": 22, "name": "N", "typeName": "basicauth", "parameters": {}}),
        ),
        (
            "PATCH",
            "/connections/101",
            "connections_update",
            json!({"connectionId": 101, "name": "N"}),
        ),
        (
            "PATCH",
            "/keys/401",
            "keys_update",
            json!({"keyId": 401, "name": "N"}),
        ),
        (
            "DELETE",
            "/templates/601",
            "templates_delete",
            json!({"templateId": 601}),
        ),
    ]
}

pub(crate) fn count(world: &World, method: &str, path: &str) -> usize {
    let path = format!("/api/v2{path}");
    let requests = world.zone.requests();
    let meets = requests
        .iter()
        .filter(|r| r.method == method && r.path == path);
    meets.count()
}

#[tokio::test]
async fn a_read_is_repeated_twice_and_then_given_up() {
    for (effect, code) in [
        (status(500, &[]), Code::Unavailable),
        (status(503, &[]), Code::Unavailable),
        (Effect::CloseBeforeAnswer, Code::Unavailable),
        (Effect::Truncated, Code::Unavailable),
    ] {
        let world = World::new().await;
        world.zone.inject(Fault::new(effect.clone()));
        let failure = call(&world.session(), GET.0, get()).await.unwrap_err();
        assert_eq!(failure.code, code, "{effect:?}");
        assert!(failure.retryable);
        assert_eq!(count(&world, "GET", GET.1), 3, "{effect:?}");
    }
}

#[tokio::test]
async fn a_read_succeeds_when_the_third_attempt_does() {
    for effect in [
        status(502, &[]),
        Effect::CloseBeforeAnswer,
        Effect::RateLimited {
            plain: true,
            retry_after: Some(0),
        },
    ] {
        let world = World::new().await;
        world.zone.inject(Fault::new(effect).times(2));
        let answer = call(&world.session(), GET.0, get()).await.unwrap();
        assert_eq!(answer["connection"]["id"], 101);
        assert_eq!(count(&world, "GET", GET.1), 3);
    }
}

#[tokio::test]
async fn a_read_is_not_repeated_where_repeating_does_not_help() {
    for (effect, code) in [
        (status(400, &[]), Code::Rejected),
        (status(401, &[]), Code::MakeRefusedUs),
        (status(404, &[]), Code::NotFound),
        (status(424, &[]), Code::ProviderRefused),
        (Effect::EdgeForbidden, Code::Forbidden),
        (Effect::Paused, Code::Paused),
        (Effect::NotJson, Code::Unavailable),
        (
            Effect::Oversize {
                bytes: (8 << 20) + 1,
                chunked: true,
            },
            Code::Unavailable,
        ),
        (
            Effect::Redirect {
                location: "/api/v2/connections/102".to_owned(),
            },
            Code::Unavailable,
        ),
    ] {
        let world = World::new().await;
        world.zone.inject(Fault::new(effect.clone()));
        let failure = call(&world.session(), GET.0, get()).await.unwrap_err();
        assert_eq!(failure.code, code, "{effect:?}");
        assert_eq!(world.sent().len(), 1, "{effect:?}");
    }
}

#[tokio::test]
async fn no_change_is_sent_twice_whatever_becomes_of_its_answer() {
    for effect in [
        Effect::CloseBeforeAnswer,
        Effect::CommitThenClose,
        Effect::CommitThenStatus { status: 502 },
        Effect::Truncated,
        status(500, &[]),
        status(503, &[("retry-after", "0")]),
        Effect::NotJson,
        Effect::Oversize {
            bytes: 9 << 20,
            chunked: false,
        },
    ] {
        let world = World::new().await;
        let session = world.sure();
        // On a connection that was used before: such a one may be closed by the other side.
        call(&session, GET.0, get()).await.unwrap();
        for (method, path, tool, arguments) in changes() {
            world
                .zone
                .inject(Fault::new(effect.clone()).on(method, path).times(1));
            let result = call(&session, tool, arguments).await;
            assert_eq!(count(&world, method, path), 1, "{tool} {effect:?}");
            match result {
                Err(failure) => assert_eq!(failure.code, Code::OutcomeUnknown, "{tool} {effect:?}"),
                // Found gone by a look afterwards.
                Ok(answer) => assert_eq!(answer["deleted"], true, "{tool} {effect:?}"),
            }
            world.zone.clear_faults();
            world.zone.clear_requests();
        }
    }
}

#[tokio::test]
async fn a_change_that_met_a_429_is_not_repeated_and_says_when() {
    for (method, path, tool, arguments) in changes() {
        let world = World::new().await;
        let limited = Effect::RateLimited {
            plain: false,
            retry_after: Some(7),
        };
        world.zone.inject(Fault::new(limited).on(method, path));
        let failure = call(&world.sure(), tool, arguments).await.unwrap_err();
        assert_eq!(failure.code, Code::RateLimited, "{tool}");
        assert_eq!(failure.retry_after_s, Some(7), "{tool}");
        assert_eq!(count(&world, method, path), 1, "{tool}");
    }
}

#[tokio::test]
async fn retry_after_is_honoured_for_json_and_for_text() {
    for plain in [false, true] {
        let world = World::new().await;
        let limited = Effect::RateLimited {
            plain,
            retry_after: Some(1),
        };
        world.zone.inject(Fault::new(limited).times(1));
        let started = Instant::now();
        call(&world.session(), GET.0, get()).await.unwrap();
        assert!(started.elapsed() >= Duration::from_millis(990));
        assert_eq!(count(&world, "GET", GET.1), 2);
    }
}

#[tokio::test]
async fn without_retry_after_the_first_pause_is_two_seconds() {
    let world = World::new().await;
    let limited = Effect::RateLimited {
        plain: true,
        retry_after: None,
    };
    world.zone.inject(Fault::new(limited).times(1));
    let started = Instant::now();
    call(&world.session(), GET.0, get()).await.unwrap();
    let took = started.elapsed();
    assert!(
        took >= Duration::from_secs(2) && took < Duration::from_secs(5),
        "{took:?}"
    );
}

#[tokio::test]
async fn a_wait_beyond_ten_seconds_is_told_at_once() {
    for (header, most) in [
        ("30", 30),
        ("99999999999", 3600),
        ("18446744073709551615", 3600),
    ] {
        in_time(Duration::from_secs(2), async || {
            let world = World::new().await;
            let session = world.session();
            let limited = status(429, &[("retry-after", header)]);
            world.zone.inject(Fault::new(limited).times(1));
            let start = Instant::now();
            for number in 0..3 {
                let failure = call(&session, GET.0, get()).await.unwrap_err();
                assert_eq!(failure.code, Code::RateLimited);
                let after = failure.retry_after_s.unwrap();
                let least = most - 1 - start.elapsed().as_secs();
                assert!(
                    (least..=most).contains(&after),
                    "{header}: {after}, call {number}"
                );
            }
            assert_eq!(world.sent().len(), 1, "nothing leaves while it is in force");
            start.elapsed()
        })
        .await;
    }
}

#[tokio::test]
async fn strange_values_of_retry_after_are_no_reason_to_hammer() {
    for header in [
        "",
        "-5",
        "soon",
        "1e3",
        "0",
        "Fri, 31 Dec 1999 23:59:59 GMT",
        "\u{661}",
    ] {
        let world = World::new().await;
        let limited = status(429, &[("retry-after", header)]);
        world.zone.inject(Fault::new(limited).times(1));
        let session = world.session();
        let first = call(&session, GET.0, get());
        let early = tokio::time::timeout(Duration::from_millis(900), first).await;
        assert!(early.is_err(), "{header}");
        assert_eq!(world.sent().len(), 1, "{header}");
    }
}

#[tokio::test]
async fn no_call_leaves_while_a_429_is_in_force() {
    let in_force = Duration::from_millis(2_900);
    in_time(in_force, async || {
        let world = World::new().await;
        let session = world.session();
        let limited = Effect::RateLimited {
            plain: false,
            retry_after: Some(3),
        };
        world.zone.inject(Fault::new(limited).times(1));
        let start = Instant::now();
        let mut calls = Vec::new();
        for id in [101, 102, 103, 104, 105, 106, 107, 101] {
            let session = session.clone();
            calls.push(tokio::spawn(async move {
                call(&session, "connections_get", json!({"connectionId": id})).await
            }));
            // The first has been refused by then.
            let pause = if calls.len() == 1 { 900 } else { 60 };
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        let sent = world.sent();
        let took = start.elapsed();
        if took < in_force {
            assert_eq!(sent.len(), 1, "{sent:?}");
        }
        for call in calls {
            call.await.unwrap().unwrap();
        }
        assert_eq!(world.sent().len(), 9);
        took
    })
    .await;
}

/// One call waits for a short pause; meanwhile another one, sent before, brings a longer one.
#[tokio::test]
async fn a_longer_429_also_holds_calls_that_wait_already() {
    let world = World::new().await;
    let session = world.session();
    let limited = |seconds| Effect::RateLimited {
        plain: false,
        retry_after: Some(seconds),
    };
    world
        .zone
        .inject(Fault::new(Effect::Delay { ms: 500 }).on("GET", "/keys/401"));
    world
        .zone
        .inject(Fault::new(limited(3)).on("GET", "/keys/401").times(1));
    world
        .zone
        .inject(Fault::new(limited(1)).on("GET", "/connections").times(1));
    let slow = {
        let session = session.clone();
        tokio::spawn(async move { call(&session, "keys_get", json!({"keyId": 401})).await })
    };
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = Instant::now();
    call(&session, GET.0, get()).await.unwrap();
    assert!(
        started.elapsed() >= Duration::from_secs(3),
        "it left after {:?}",
        started.elapsed()
    );
    slow.await.unwrap().unwrap();
}

#[tokio::test]
async fn error_bodies_are_read_to_64_kib_and_no_further() {
    let world = World::new().await;
    let session = world.session();
    let body = |size| {
        Fault::new(Effect::json(
            400,
            &json!({"message": "m", "code": "IM005", "padding": "x".repeat(size)}),
        ))
        .times(1)
    };
    world.zone.inject(body(60 << 10));
    let failure = call(&session, GET.0, get()).await.unwrap_err();
    assert_eq!(failure.make.unwrap()["code"], "IM005");
    world.zone.inject(body(32 << 20));
    let failure = call(&session, GET.0, get()).await.unwrap_err();
    assert_eq!(failure.code, Code::Rejected);
    assert_eq!(failure.make.unwrap(), json!({"status": 400}));
}

#[tokio::test]
async fn a_zone_that_is_gone_is_told_as_unreachable_and_nothing_is_unknown() {
    let world = World::new().await;
    let session = world.sure();
    let World { zone, .. } = &world;
    let port: u16 = zone.zone().rsplit(':').next().unwrap().parse().unwrap();
    drop(world);
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    for (_, _, tool, arguments) in changes().into_iter().take(4) {
        if tool == "keys_create" {
            continue;
        }
        let failure = call(&session, tool, arguments).await.unwrap_err();
        assert_eq!(failure.code, Code::Unavailable, "{tool}");
        assert!(failure.message.contains("nothing was sent"), "{tool}");
    }
}
