//! What is recognized and what is not.

mod classes;
mod corpus;
mod decoys;
mod document;
mod formats;
mod grammar;

use super::*;

#[test]
fn a_jwt_is_found_by_its_format() {
    let found = find("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl");
    assert_eq!(found.first().map(|found| found.kind), Some(Kind::Jwt));
    assert!(find("a plain text").is_empty());
}

/// The secrets in a text by format, as they are written.
fn found(text: &str) -> Vec<(&'static str, &str)> {
    find(text)
        .into_iter()
        .map(|found| (found.kind.name(), text.get(found.range).unwrap()))
        .collect()
}

#[test]
fn a_scheme_tells_a_secret_wherever_it_stands() {
    for (text, kind, secret) in [
        (
            "Authorization: Bearer 9f8a7b6c5d4e3f2a1b0c",
            "authorization",
            "9f8a7b6c5d4e3f2a1b0c",
        ),
        (
            "Token 2544847b-1111-4222-8333-c0ffeec0ffee",
            "authorization",
            "2544847b-1111-4222-8333-c0ffeec0ffee",
        ),
        (
            "curl -H 'authorization: token k9f2m4x8q1w7'",
            "authorization",
            "k9f2m4x8q1w7",
        ),
        (
            "Token token=\"a1b2c3d4e5f6g7\"",
            "authorization",
            "a1b2c3d4e5f6g7",
        ),
        (
            "Basic dXNlcjpodW50ZXIy",
            "authorization",
            "dXNlcjpodW50ZXIy",
        ),
        (
            "https://user:hunter2@a.example/x",
            "url_password",
            "hunter2",
        ),
        ("postgres://app:p%40ss@db:5432/x", "url_password", "p%40ss"),
        (
            "https://k3j9x8q2m4w7z1v5b6n0@sentry.example/1",
            "url_password",
            "k3j9x8q2m4w7z1v5b6n0",
        ),
        (
            "see https://hook.eu1.make.com/abcdefghijklmnopqrstuvwxyz123456.",
            "webhook_address",
            "abcdefghijklmnopqrstuvwxyz123456",
        ),
        (
            "https://hook.integromat.com/k2j3h4g5f6d7s8a9",
            "webhook_address",
            "k2j3h4g5f6d7s8a9",
        ),
        (
            "k2j3h4g5f6d7s8a9@hook.us1.make.com",
            "webhook_address",
            "k2j3h4g5f6d7s8a9",
        ),
        ("https://api.example/v1?x=1&api_key=abc123", "key", "abc123"),
    ] {
        assert_eq!(found(text), [(kind, secret)], "{text}");
    }
}

#[test]
fn what_only_looks_like_a_scheme_or_an_address_is_no_secret() {
    for text in [
        "bearer of bad news",
        "Token authentication is needed",
        "Basic settings",
        "Basic information",
        "Bearer {{1.token}}",
        "https://a.example/@user:x",
        "mailto:user@hook.example.com",
        "https://hook.example.com/abcdefghijklmnop",
        "https://{{1.user}}:{{1.pass}}@a.example",
        "https://user@a.example",
        "https://a.example?pageToken=abc123def",
        "see hook.make.com",
    ] {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
}

#[test]
fn a_private_key_is_found_whole_in_every_writing() {
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nq7ZtXx\n";
    for title in [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
        "ENCRYPTED PRIVATE KEY",
    ] {
        let key = format!("-----BEGIN {title}-----\n{body}-----END {title}-----");
        assert_eq!(
            found(&format!("a {key} b")),
            [("private_key", key.as_str())],
            "{title}"
        );
        let escaped = key.replace('\n', "\\n");
        assert_eq!(
            found(&escaped),
            [("private_key", escaped.as_str())],
            "{title}"
        );
    }
    let cut = format!("-----BEGIN PRIVATE KEY-----\n{body}");
    assert_eq!(found(&cut), [("private_key", cut.as_str())]);
    assert!(found("-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----").is_empty());
    assert!(found("-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----").is_empty());
}

/// The secrets of a field.
fn judged<'t>(name: &str, place: Place, text: &'t str) -> Vec<&'t str> {
    let field = Field {
        name,
        is_typed: false,
        place,
        ..Field::default()
    };
    judge(&field, text)
        .into_iter()
        .map(|found| text.get(found.range).unwrap())
        .collect()
}

#[test]
fn only_the_literal_of_a_secret_field_is_a_secret() {
    for (name, text, secrets) in [
        ("password", "hunter2", vec!["hunter2"]),
        ("password", "{{1.password}}", vec![]),
        ("Authorization", "Bearer {{1.token}}", vec![]),
        ("Authorization", "Token abcd1234", vec!["abcd1234"]),
        ("apiKey", "pre-4f9a{{1.x}}", vec!["pre-4f9a"]),
        (
            "Authorization",
            "Basic {{base64(\"user:hunter2\")}}",
            vec!["user:hunter2"],
        ),
        ("password", "YOUR_PASSWORD", vec![]),
        (
            "token",
            "{\"access_token\": \"abc12345\", \"expires\": 10}",
            vec!["abc12345"],
        ),
        ("name", "hunter2", vec![]),
        ("key", "customers/2024/report.csv", vec![]),
        (
            "key",
            "9f8a7b6c5d4e3f2a1b0c9f8a7b6c5d4e",
            vec!["9f8a7b6c5d4e3f2a1b0c9f8a7b6c5d4e"],
        ),
    ] {
        assert_eq!(judged(name, Place::Plain, text), secrets, "{name}: {text}");
    }
}

#[test]
fn what_looks_random_is_a_secret_in_requests_alone() {
    let key = "7Yb3kQz9LmP2xVtR8sWd4Nq6";
    assert!(judged("x-service", Place::Plain, key).is_empty());
    for place in [Place::Request, Place::Header] {
        assert_eq!(judged("x-service", place, key), [key]);
        assert!(judged("x-request-id", place, key).is_empty());
    }
    let hex = "9f8a7b6c5d4e3f2a1b0c9f8a7b6c5d4e";
    assert_eq!(judged("x-service", Place::Header, hex), [hex]);
    assert!(judged("x-service", Place::Request, hex).is_empty());
    assert_eq!(
        judged("data", Place::Request, &format!("a=1&b={key}")),
        [key]
    );
}

/// Reads one unit repeated up to two lengths, the second eight times the first.
fn grows_no_faster_than_the_text(short: usize) {
    let took = |text: &str| {
        let started = std::time::Instant::now();
        let field = Field {
            name: "data",
            place: Place::Request,
            ..Field::default()
        };
        let _found = judge(&field, text);
        started.elapsed()
    };
    for unit in [
        "sk-",
        "eyJ",
        "://a:",
        "-----BEGIN PRIVATE KEY-----",
        "token=",
        "token+",
        "AAAAAAAAAAAAAAAAAAAAA",
        "hook.make.com/",
        "{\"a\":",
        "[[",
        "{{",
        "password:\"",
        "Bearer ",
        "xoxb-1",
        "a=b&",
        "<password>",
        "\\\"token\\\":\\\"",
        "-us1",
        "//a/hook/",
        "%25",
        "&amp;",
        "a:b@c.d ",
        "-u a:b ",
        "\"password\",\"",
        "{{1.token = \"",
        "AKIAIOSFODNN7EXAMPLE ",
    ] {
        let long = unit.repeat(short * 8 / unit.len());
        let short = unit.repeat(short / unit.len());
        let (short, long) = (took(&short), took(&long));
        let bound = short * 20 + std::time::Duration::from_millis(500);
        assert!(long < bound, "{unit}: {short:?}, then {long:?}");
    }
}

#[test]
fn a_long_text_is_read_in_time_that_grows_with_it() {
    grows_no_faster_than_the_text(4_000);
}

#[test]
#[ignore = "takes a minute: run by .ci/run"]
fn a_very_long_text_is_read_in_time_that_grows_with_it() {
    grows_no_faster_than_the_text(50_000);
}
