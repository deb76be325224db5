//! How many of a thousand secrets are found, and how many blueprints without one are taken for one
//! that holds one.

use std::io::Write as _;

use serde_json::{Value, json};

use super::grammar::{ADDRESSES, DOCUMENTED, Numbers};
use crate::secret_detector::document::secrets;

/// Names whose values are secrets, in the writings that apps use.
const NAMES: &[&str] = &[
    "password",
    "authPass",
    "api_key",
    "apiKey",
    "X-API-Key",
    "Authorization",
    "accessToken",
    "refresh_token",
    "client_secret",
    "clientSecret",
    "secretKey",
    "private-token",
    "x-auth-token",
    "bearerToken",
    "smtpPassword",
    "db_password",
    "passphrase",
    "consumer_secret",
    "signing_secret",
    "webhookSecret",
    "appKey",
    "subscription-key",
    "Ocp-Apim-Subscription-Key",
    "x-functions-key",
    "auth_token",
    "sessionToken",
    "encryptionKey",
    "masterKey",
];

/// A secret that no format tells.
const PLAIN: &[&str] = &[
    "{A32}",
    "{h32}",
    "{h40}",
    "{u43}",
    "{A16}",
    "{h8}-{h4}-{h4}-{h4}-{h12}",
    "{l24}",
    "{b43}=",
];

/// A secret by its format; what of it must not be seen.
fn by_format(numbers: &mut Numbers) -> (String, String) {
    let number = numbers.below(DOCUMENTED.len() + ADDRESSES.len() + 6);
    if let Some((_, grammar)) = DOCUMENTED.get(number) {
        let value = numbers.draw(grammar);
        return (value.clone(), value);
    }
    if let Some((_, before, grammar)) = ADDRESSES.get(number - DOCUMENTED.len()) {
        let secret = numbers.draw(grammar);
        return (format!("{before}{secret}"), secret);
    }
    let (text, secret) = match number % 6 {
        0 => ("Bearer {}", "{A40}"),
        1 => ("Token {}", "{h8}-{h4}-{h4}-{h4}-{h12}"),
        2 => ("https://admin:{}@db.example.com/x", "{A16}"),
        3 => (
            "https://api.example.com/v2/items?limit=5&api_key={}",
            "{A24}",
        ),
        4 => (
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{}",
            "eyJzdWIi{u40}.{u43}",
        ),
        _ => (
            "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
            "MIIEow{b64}",
        ),
    };
    let secret = numbers.draw(secret);
    (text.replace("{}", &secret), secret)
}

/// A figure, shown whatever comes of the test.
fn tell(figure: &str) {
    let _closed = writeln!(std::io::stderr(), "{figure}");
}

/// A blueprint around one field of a module.
fn blueprint(module: &str, part: &Value) -> Value {
    let mut inner = json!({"id": 7, "module": module, "version": 1, "parameters": {"__IMTCONN__": 12345}, "mapper": {}});
    for (name, value) in part.as_object().unwrap() {
        inner[name] = value.clone();
    }
    json!({"name": "Sync", "flow": [
        {"id": 1, "module": "gateway:CustomWebHook", "parameters": {"hook": 99, "maxResults": 1}, "mapper": {}},
        {"id": 2, "module": "builtin:BasicRouter", "routes": [{"flow": [inner]}, {"flow": []}]}],
        "metadata": {"version": 1, "scenario": {"roundtrips": 1, "maxErrors": 3}}})
}

/// A blueprint with one secret, and the secret.
fn with_secret(numbers: &mut Numbers) -> (Value, String) {
    let choice = numbers.below(10);
    if choice < 5 {
        let (text, secret) = by_format(numbers);
        let part = match choice {
            0 => json!({"mapper": {"note": text}}),
            1 => json!({"mapper": {"headers": [{"name": "X-Custom", "value": text}]}}),
            2 => json!({"mapper": {"data": json!({"a": [{"b": text}]}).to_string()}}),
            3 => json!({"metadata": {"restore": {"expect": {"x": {"label": text}}}}}),
            _ => {
                json!({"filter": {"name": "f", "conditions": [[{"a": "{{1.x}}", "b": text, "o": "text:equal"}]]}})
            }
        };
        return (blueprint("app:do", &part), secret);
    }
    let name = numbers.pick(NAMES);
    let grammar = numbers.pick(PLAIN);
    let secret = numbers.draw(grammar);
    let part = match choice {
        5 => json!({"parameters": {name: secret}}),
        6 => json!({"mapper": {"headers": [{"name": name, "value": secret}]}}),
        7 => json!({"mapper": {"qs": [{"key": name, "value": secret}]}}),
        8 => json!({"mapper": {"data": format!("grant=x&{name}={secret}&z=1")}}),
        _ => {
            let grammar = numbers.pick(&["{A32}", "{u40}", "{b43}="]);
            let secret = numbers.draw(grammar);
            let part = json!({"mapper": {"headers": [{"name": "X-Service", "value": secret}]}});
            return (blueprint("http:ActionSendData", &part), secret);
        }
    };
    (blueprint("http:ActionSendData", &part), secret)
}

#[test]
fn of_a_thousand_secrets_nearly_all_are_found() {
    let mut numbers = Numbers::from(1);
    let mut missed = Vec::new();
    let all = 3000;
    for _ in 0..all {
        let (blueprint, secret) = with_secret(&mut numbers);
        let found = secrets("blueprint", &blueprint);
        let written = Value::from(secret.as_str()).to_string();
        let written = written.trim_matches('"');
        let is_hidden = found
            .iter()
            .any(|one| one.text.contains(&secret) || one.text.contains(written));
        if !is_hidden {
            missed.push((secret, found, blueprint.to_string()));
        }
    }
    tell(&format!("{} of {all} secrets were missed", missed.len()));
    assert!(missed.len() * 100 <= all, "{:#?}", &missed[..5]);
}

const IMAGE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk";
const CODE: &str = "!function(e,t){var n=e.token,r=t.apiKey||n.key;return n&&r?{password:e.password,token:n}:null}(this,{a1:2});";

/// A field whose value is no secret, and its name.
fn decoy(numbers: &mut Numbers) -> (&'static str, String) {
    let (name, grammar) = [
        ("recordId", "{h8}-{h4}-{h4}-{h4}-{h12}"),
        ("id", "{h24}"),
        ("sha256", "{h64}"),
        ("checksum", "{h32}"),
        ("commit", "{h40}"),
        ("etag", "\"{h32}\""),
        ("spreadsheetId", "1{u43}"),
        ("folderId", "{u33}"),
        ("slug", "how-to-build-a-scenario-in-{d2}-minutes"),
        (
            "url",
            "https://api.example.com/v{d1}/items/{h24}?page={d2}&sort=asc",
        ),
        ("date", "20{d2}-05-17T09:{d2}:00.000Z"),
        ("phone", "+420{d9}"),
        ("iban", "CZ{d22}"),
        ("fileName", "report-{d8}-final.v{d1}.pdf"),
        ("pageToken", "{A40}"),
        ("tokenType", "bearer"),
        ("max_tokens", "{d4}"),
        ("publicKey", "pk_live_{A24}"),
        ("accept", "application/vnd.api+json; version={d1}"),
        ("x-request-id", "{h8}-{h4}-{h4}-{h4}-{h12}"),
        ("password", "{{7.password}}"),
        ("apiKey", "{{connection.apiKey}}"),
        ("Authorization", "Bearer {{1.accessToken}}"),
        ("color", "#{h6}"),
        ("authType", "oauth2"),
        ("key", "customers/{d4}/report.csv"),
        (
            "text",
            "Reset your password with the token that we sent on {d2} May.",
        ),
        ("customer", "cus_{A14}"),
        ("model", "gpt-4o-mini-20{d2}-07-18"),
        ("coordinates", "50.{d6},14.{d6}"),
    ][numbers.below(30)];
    match numbers.below(12) {
        0 => (
            "image",
            format!("data:image/png;base64,{IMAGE}{}", numbers.draw("{b200}")),
        ),
        1 => ("content", format!("{IMAGE}{}", numbers.draw("{b300}"))),
        2 => ("script", CODE.to_owned()),
        _ => {
            // Mappings are no grammar.
            let value = if grammar.contains("{{") {
                grammar.to_owned()
            } else {
                numbers.draw(grammar)
            };
            (name, value)
        }
    }
}

/// A blueprint with decoys in every place and no secret.
fn without_secret(numbers: &mut Numbers) -> Value {
    let mut pair = || {
        let (name, value) = decoy(numbers);
        json!({"name": name, "value": value})
    };
    let (headers, qs) = (json!([pair(), pair()]), json!([pair(), pair()]));
    let mut object = || {
        let (one, other) = (decoy(numbers), decoy(numbers));
        json!({one.0: one.1, other.0: other.1, "n": 1})
    };
    let (parameters, body, mapper) = (object(), object(), object());
    let mut mapper = mapper;
    mapper["headers"] = headers;
    mapper["qs"] = qs;
    mapper["data"] = json!(body.to_string());
    let part = json!({"parameters": parameters, "mapper": mapper, "metadata": {"expect": [
        {"name": "password", "type": "text", "label": "Password", "help": "The password of the account"},
        {"name": "token", "type": "password", "label": "Token", "required": true}],
        "restore": {"expect": {"token": {"mode": "edit"}}}}});
    blueprint("http:ActionSendData", &part)
}

#[test]
fn of_a_thousand_blueprints_without_a_secret_at_most_one_is_taken_for_another() {
    let mut numbers = Numbers::from(2);
    let mut wrong = Vec::new();
    for _ in 0..1000 {
        let found = secrets("blueprint", &without_secret(&mut numbers));
        if !found.is_empty() {
            wrong.push(found);
        }
    }
    tell(&format!(
        "{} of 1000 blueprints without a secret were refused",
        wrong.len()
    ));
    assert!(
        wrong.len() <= 1,
        "{}: {:#?}",
        wrong.len(),
        &wrong[..wrong.len().min(8)]
    );
}
