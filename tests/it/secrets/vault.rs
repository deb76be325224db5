//! Vaults that answer with anything but what they should.

use std::time::{Duration, Instant};

use make_credentials_mcp::secrets::Error;

use super::{CANARY, at, secret, shown, stores};
use crate::listener::Listener;

const REFERENCE: &str = "vault:secret/agents/bot#token";

fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n{body}").into_bytes()
}

#[tokio::test]
async fn odd_answers_are_errors_in_our_words() {
    let huge = format!("{{\"data\":\"{}\"}}", "hunter2".repeat(400_000));
    let elsewhere = Listener::start().await;
    let away = format!("location: {}/v1/x\r\n", elsewhere.address());
    for bytes in [
        answer("200 OK", "", "hunter2"),
        answer("204 No Content", "", ""),
        answer("200 OK", "", r#"{"data":"hunter2"}"#),
        answer("200 OK", "", r#"{"data":{"data":{"token":"hunter2"}}}"#),
        answer(
            "200 OK",
            "",
            r#"{"data":{"data":["hunter2"],"metadata":{"version":1}}}"#,
        ),
        answer("200 OK", "", &huge),
        answer("301 Moved", &away, ""),
        answer("307 Temporary Redirect", &away, "hunter2"),
        answer("400 Bad Request", "", r#"{"errors":["hunter2"]}"#),
        answer("403 Forbidden", "", r#"{"errors":["hunter2"]}"#),
        answer("404 Not Found", "", "hunter2"),
        answer("418 I'm a teapot", "", "hunter2"),
        answer("500 Internal Server Error", "", r#"{"errors":["hunter2"]}"#),
        answer(
            "503 Service Unavailable",
            "",
            r#"{"errors":["hunter2 is sealed"]}"#,
        ),
        b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"data\":{\"data\":{\"token\":\"hunter2"
            .to_vec(),
        b"hunter2\r\n\r\n".to_vec(),
        Vec::new(),
    ] {
        let vault = Listener::answering(bytes.clone()).await;
        let stores = stores(
            None,
            &[("VAULT_ADDR", &vault.address()), ("VAULT_TOKEN", CANARY)],
        );
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        let reference = at(REFERENCE);
        shown(&stores.get(&reference).await.expect_err(&text));
        shown(
            &stores
                .put(&reference, &secret(CANARY))
                .await
                .expect_err(&text),
        );
        let forgotten = stores.delete(&reference).await;
        // Nothing is there to be forgotten when it says so.
        assert_eq!(forgotten.is_ok(), text.contains("404"), "{text}");
        // With a token of somebody else's, a refusal is asked about once more at most.
        assert!(vault.heard().len() <= 6, "{text}");
    }
    assert_eq!(elsewhere.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn a_token_goes_into_its_header_and_nowhere_else() {
    let body = r#"{"data":{"data":{"token":"t","n":1},"metadata":{"version":3}}}"#;
    let vault = Listener::answering(answer("200 OK", "connection: close\r\n", body)).await;
    let address = vault.address();
    let variables = [
        ("VAULT_ADDR", address.as_str()),
        ("VAULT_TOKEN", CANARY),
        ("VAULT_NAMESPACE", "team-a"),
    ];
    let stores = stores(None, &variables);
    let value = stores.get(&at("vault:kv/a b/c#token")).await.unwrap();
    assert_eq!(value.expose(), "t");
    let error = stores.get(&at("vault:kv/a#n")).await.unwrap_err();
    assert!(matches!(error, Error::NotText { .. }));
    let error = stores.get(&at("vault:kv/a#other")).await.unwrap_err();
    assert!(matches!(error, Error::Missing { .. }));
    let heard = vault.heard().remove(0);
    assert!(
        heard.starts_with("GET /v1/kv/data/a%20b/c HTTP/1.1\r\n"),
        "{heard}"
    );
    assert!(heard.contains(&format!("x-vault-token: {CANARY}\r\n")));
    assert!(heard.contains("x-vault-namespace: team-a\r\n"));
    assert_eq!(heard.matches(CANARY).count(), 1);
}

#[tokio::test]
async fn what_is_not_set_up_is_named() {
    for (variables, wanted) in [
        (&[][..], "VAULT_ADDR is not set"),
        (&[("VAULT_ADDR", "http://vault.example")], "https://"),
        (&[("VAULT_ADDR", "https://127.0.0.1:1")], "no way to log in"),
        (
            &[
                ("VAULT_ADDR", "https://127.0.0.1:1"),
                ("HOME", "/nonexistent"),
            ],
            "no token to log in with",
        ),
        (
            &[
                ("VAULT_ADDR", "https://127.0.0.1:1"),
                ("VAULT_TOKEN", CANARY),
                ("VAULT_CACERT", "/nonexistent"),
            ],
            "VAULT_CACERT",
        ),
        (
            &[
                ("VAULT_ADDR", "https://127.0.0.1:1"),
                ("VAULT_TOKEN", CANARY),
            ],
            "cannot be reached",
        ),
    ] {
        let error = stores(None, variables)
            .get(&at(REFERENCE))
            .await
            .unwrap_err();
        assert!(shown(&error).contains(wanted), "{error}");
    }
}

#[tokio::test]
async fn a_vault_that_says_nothing_is_left_in_time() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let stores = stores(None, &[("VAULT_ADDR", &address), ("VAULT_TOKEN", CANARY)]);
    let started = Instant::now();
    let error = stores.get(&at(REFERENCE)).await.unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(12));
}
