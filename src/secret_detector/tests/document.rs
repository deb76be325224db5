//! Documents as Make's blueprints are built.

use serde_json::{Value, json};

use crate::secret_detector::document::{rewrite, secrets};

fn found(document: &Value) -> Vec<(Option<u64>, String, &'static str, String)> {
    let found = secrets("blueprint", document);
    found
        .into_iter()
        .map(|one| (one.module, one.field, one.kind.name(), one.text))
        .collect()
}

fn one(
    module: u64,
    field: &str,
    kind: &'static str,
    text: &str,
) -> (Option<u64>, String, &'static str, String) {
    (Some(module), field.to_owned(), kind, text.to_owned())
}

#[test]
fn secrets_are_found_in_every_part_of_a_module() {
    let document = json!({"flow": [
        {"id": 1, "module": "http:ActionSendData", "version": 3,
            "parameters": {"authUser": "me", "authPass": "hunter2", "handleErrors": true},
            "mapper": {"url": "https://api.example/x", "qs": [{"name": "k", "value": "7Yb3kQz9LmP2xVtR8sWd4Nq6"}],
                "headers": [{"name": "Authorization", "value": "Token abcd1234"}, {"name": "Accept", "value": "application/json"}],
                "data": "{\"user\": \"{{1.name}}\", \"password\": \"pw\\\"1\"}"},
            "metadata": {"expect": [{"name": "code", "type": "password"}], "restore": {"x": {"label": "xoxb-123456789012-abcdefGHIJKL1234"}}}},
        {"id": 2, "module": "builtin:BasicRouter", "routes": [{"flow": [
            {"id": 3, "module": "app:do", "parameters": {"__IMTCONN__": 1234, "pin": 4711, "code": "x"},
                "filter": {"conditions": [[{"a": "{{1.x}}", "b": "https://hook.eu1.make.com/abcdefghijklmnop", "o": "text:equal"}]]},
                "onerror": [{"id": 4, "module": "app:e", "mapper": {"secretKey": "a-b-c-d"},
                    "metadata": {"expect": [{"name": "shade", "type": "pkey"}]}, "parameters": {"shade": "value"}}]}]}]},
    ]});
    assert_eq!(
        found(&document),
        [
            one(1, "mapper.data", "password", "pw\\\"1"),
            one(1, "mapper.headers[0].value", "token", "abcd1234").with_kind("secret"),
            one(
                1,
                "mapper.qs[0].value",
                "random",
                "7Yb3kQz9LmP2xVtR8sWd4Nq6"
            ),
            one(
                1,
                "metadata.restore.x.label",
                "slack_token",
                "xoxb-123456789012-abcdefGHIJKL1234"
            ),
            one(1, "parameters.authPass", "password", "hunter2"),
            one(
                3,
                "filter.conditions[0][0].b",
                "webhook_address",
                "abcdefghijklmnop"
            ),
            one(4, "mapper.secretKey", "key", "a-b-c-d"),
            one(4, "parameters.shade", "password", "value"),
            one(3, "parameters.pin", "password", "4711"),
        ]
    );
}

trait WithKind {
    fn with_kind(self, kind: &'static str) -> Self;
}

impl WithKind for (Option<u64>, String, &'static str, String) {
    fn with_kind(mut self, kind: &'static str) -> Self {
        self.2 = kind;
        self
    }
}

#[test]
fn secrets_outside_of_modules_are_named_from_the_beginning() {
    let document =
        json!({"metadata": {"notes": ["sk_live_4eC39HqLyjWDarjtT1zdp7dc"]}, "name": "x"});
    assert_eq!(
        found(&document),
        [(
            None,
            "blueprint.metadata.notes[0]".to_owned(),
            "live_secret_key",
            "sk_live_4eC39HqLyjWDarjtT1zdp7dc".to_owned()
        )]
    );
}

#[test]
fn what_is_replaced_and_put_back_is_as_it_was() {
    let mut document = json!({"a": [{"name": "X-Api-Key", "value": "k9f2m4x8q1"}], "pin": 4711,
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc": {"token": "abc12345"},
        "data": "{\"n\": [1.0, {\"token\": \"a\\u00e9\\\"b1\"}], \"u\": \"https://u:p4ss@x.example\"}"});
    let before = document.clone();
    let mut taken = Vec::new();
    rewrite("", &mut document, &mut |secret| {
        taken.push(secret.text);
        Some(format!("[{}]", taken.len() - 1))
    });
    let text = document.to_string();
    for secret in ["k9f2m4x8q1", "4711", "sk_live", "abc12345", "u00e9", "p4ss"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert_eq!(taken.len(), 6, "{taken:?}");
    let mut restored = text;
    for (number, secret) in taken.iter().enumerate() {
        let written = Value::from(secret.as_str()).to_string();
        let written = written.trim_matches('"');
        let (marked, plain) = (format!("\"[{number}]\""), format!("[{number}]"));
        restored = if *secret == "4711" {
            restored.replace(&marked, secret)
        } else {
            restored.replace(&plain, written)
        };
    }
    let restored: Value = serde_json::from_str(&restored).unwrap();
    assert_eq!(restored, before);
}
