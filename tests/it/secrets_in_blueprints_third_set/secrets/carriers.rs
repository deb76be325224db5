//! Requests that carry a key as the API of its provider takes it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::modules::Request;
use super::super::pattern::{Secret, fill};
use super::Planted;
use crate::blueprint_reader::random::Random;

const ADDRESSES: [&str; 8] = [
    "https://api.example.com/v1/contacts",
    "https://api.example.com/v3/orders/{{1.order.id}}",
    "https://eu.api.example.net/graphql",
    "https://{{1.tenant}}.example.com/rest/items?limit=100",
    "https://api.example.org/2024-10/products.json",
    "https://gateway.example.com/services/stock",
    "https://api.example.io/webhooks/subscriptions",
    "https://data.example.com/api/records/export",
];

/// A request that carries the secret by a carrier of the tables of providers.
pub(super) fn carried(random: &mut Random, secret: &Secret, carrier: &str) -> Planted {
    if let Some(user) = carrier.strip_prefix("basic") {
        return basic(random, secret, user.strip_prefix(':'));
    }
    let (place, request) = if let Some(name) = carrier.strip_prefix('?') {
        let request = request(random).query(name, &secret.text);
        (format!("query `{name}`"), request)
    } else if carrier.contains("{}") {
        let request = Request::to(carrier.replace("{}", &secret.text));
        ("path of a URL".to_owned(), request)
    } else {
        let (name, before) = carrier.split_once(": ").unwrap();
        let request = request(random).header(name, format!("{before}{}", secret.text));
        (format!("header `{carrier}`"), request)
    };
    Planted {
        place,
        module: request.module(random),
        parts: secret.parts.clone(),
    }
}

/// Basic authentication: encoded in the header, or in the fields of the module.
fn basic(random: &mut Random, secret: &Secret, user: Option<&str>) -> Planted {
    let user = user.map(|user| fill(random, user));
    if random.below(4) == 0 {
        let (user, password) = match &user {
            Some(user) => (user.as_str(), secret.text.as_str()),
            None => (secret.text.as_str(), "X"),
        };
        let request = request(random).field("authUser", user);
        return Planted {
            place: "fields of basic authentication".to_owned(),
            module: request.field("authPass", password).module(random),
            parts: secret.parts.clone(),
        };
    }
    let pair = match &user {
        Some(user) => format!("{user}:{}", secret.text),
        None => format!("{}:", secret.text),
    };
    let encoded = STANDARD.encode(pair);
    let request = request(random).header("Authorization", format!("Basic {encoded}"));
    Planted {
        place: "basic header".to_owned(),
        module: request.module(random),
        parts: vec![encoded.trim_end_matches('=').to_owned()],
    }
}

/// A request without a credential yet.
pub(super) fn request(random: &mut Random) -> Request {
    let request = Request::to(*random.pick(&ADDRESSES));
    let request = request.header("Accept", "application/json");
    match random.below(3) {
        0 => request.json(&body()),
        1 => request.header("Accept-Language", "{{1.locale}}"),
        _ => request,
    }
}

fn body() -> Value {
    json!({"email": "{{1.email}}", "firstName": "{{1.first}}", "tags": ["make", "new"]})
}
