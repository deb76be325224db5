//! Every way in which Make, or what stands in front of it, can answer badly; many of them repeat
//! the token that they were sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use make_credentials_mcp::sandbox::Effect;
use serde_json::{Value, json};

use crate::canary::hex;

/// A fault with its name; made for the token that it may echo.
pub(crate) type Named = (&'static str, Box<dyn Fn(&str) -> Effect + Send + Sync>);

/// All of them.
pub(crate) fn all() -> Vec<Named> {
    let mut all = plain();
    all.extend(echoes());
    all
}

fn plain() -> Vec<Named> {
    let coded = |code: &str, message: &str| json!({"code": code, "message": message});
    let limited = |plain, retry_after| Effect::RateLimited {
        plain,
        retry_after: Some(retry_after),
    };
    let mut all = vec![
        ("401", status(401, &coded("IM015", "Unauthorized."))),
        ("403", status(403, &coded("SC403", "Permission denied"))),
        ("404", status(404, &coded("IM304", "none"))),
        (
            "406",
            status(406, &coded("IM004", "Confirmation required.")),
        ),
        ("424", status(424, &json!({"message": "provider says no"}))),
        (
            "500",
            status(500, &json!({"message": "Internal Server Error"})),
        ),
        ("429", limited(false, 0)),
        ("429-text", limited(true, 0)),
        ("429-long", limited(true, 600)),
    ];
    all.extend(transport());
    let named = all
        .into_iter()
        .map(|(name, effect)| -> Named { (name, Box::new(move |_: &str| effect.clone())) });
    named.collect()
}

fn transport() -> [(&'static str, Effect); 10] {
    let away = "http://127.0.0.1:9/".to_owned();
    let oversize = Effect::Oversize {
        bytes: 9 << 20,
        chunked: true,
    };
    [
        ("html-403", Effect::EdgeForbidden),
        ("paused", Effect::Paused),
        ("no-json", Effect::NotJson),
        ("truncated", Effect::Truncated),
        ("closed", Effect::CloseBeforeAnswer),
        ("committed-then-closed", Effect::CommitThenClose),
        (
            "committed-then-500",
            Effect::CommitThenStatus { status: 502 },
        ),
        ("redirect", Effect::Redirect { location: away }),
        ("oversize", oversize),
        ("revoked", Effect::RevokeToken),
    ]
}

/// Bodies that repeat the token: as an object, in each field that we read, where a cut would fall
/// into the middle of it, in text around JSON.
fn echoes() -> Vec<Named> {
    let mut all: Vec<Named> = Vec::new();
    for (name, code) in [
        ("echo-400", 400),
        ("echo-401", 401),
        ("echo-403", 403),
        ("echo-404", 404),
        ("echo-406", 406),
        ("echo-424", 424),
        ("echo-500", 500),
    ] {
        all.push((name, Box::new(move |token| status(code, &refusal(token)))));
    }
    for (name, padding) in [("cut-270", 270), ("cut-280", 280), ("cut-290", 290)] {
        all.push((
            name,
            Box::new(move |token| {
                let message = format!("{}{token}", "x".repeat(padding));
                status(
                    400,
                    &json!({"message": message, "code": token, "detail": "d"}),
                )
            }),
        ));
    }
    all.push((
        "hidden",
        Box::new(|token| {
            let split: Vec<String> = token.chars().map(|c| format!("{c}\u{200b}")).collect();
            status(400, &json!({"message": split.concat()}))
        }),
    ));
    all.push((
        "page",
        Box::new(|token| Effect::Status {
            status: 400,
            body: format!("<html>Authorization: Token {token}</html>"),
            content_type: "text/html".to_owned(),
            headers: vec![("x-echo".to_owned(), token.to_owned())],
        }),
    ));
    // Broken behind a name that nobody knows: the place of the fault is reported, not the name.
    all.push((
        "broken-name",
        Box::new(|token| {
            raw(
                200,
                &format!("{{\"connection\": {{\"x {token} y\": [1,}}, \"{token}\": [}}"),
            )
        }),
    ));
    all.push((
        "wrong-types",
        Box::new(|token| {
            let mut body = universal("x").to_string();
            body = body.replace("101", &format!("\"{token}\""));
            raw(200, &body)
        }),
    ));
    all
}

/// The forms in which a token may come back.
pub(crate) fn shapes(token: &str) -> Vec<String> {
    vec![
        token.to_owned(),
        token.to_uppercase(),
        token.replace('-', ""),
        format!("Authorization: Token {token}"),
        STANDARD.encode(token),
        STANDARD.encode(format!("Token {token}")),
        STANDARD.encode(format!("x:{token}")),
        hex(token.as_bytes()).to_uppercase(),
        json!({"headers": {"authorization": format!("Token {token}")}}).to_string(),
    ]
}

fn refusal(token: &str) -> Value {
    let shapes = shapes(token);
    json!({
        "message": shapes.first(), "detail": format!("sent: {}", shapes[3]), "code": "SC400",
        "suberrors": shapes.iter().map(|shape| json!({"message": shape, "name": shape})).collect::<Vec<_>>(),
        "metadata": [{"type": shapes[2], "data": [{"scenarioId": 1, "scenarioName": token}, {"id": token, "name": shapes[5]}]}],
        "Authorization": shapes[3],
    })
}

/// An answer that fits every endpoint, with this text wherever text may stand.
pub(crate) fn universal(text: &str) -> Value {
    let who = json!({"id": 7, "name": text, "email": text});
    let one = json!({
        "id": 101, "name": text, "accountName": text, "accountLabel": text, "accountType": text,
        "packageName": text, "expire": text, "metadata": {"value": text, "type": text}, "teamId": 22,
        "theme": text, "uid": text, "connectedSystemId": text, "organizationId": 10, "zone": text,
        "scopes": [{"id": text, "name": text}], "scenarioUsages": [{"id": 1, "name": text}],
        "typeName": text, "productName": text, "teams": [{"id": 22, "name": text}],
        "label": text, "parameters": [{"name": text, "type": text, "default": text, "options": [{"value": text}]}],
        "token": text, "scope": [text], "created": text, "authUsed": text, "scoped": true,
        "membershipId": 7, "membershipType": text, "role": text, "email": text,
        "language": text, "timezone": text, "locale": text,
    });
    let mut request = one.clone();
    let credential = json!({
        "id": "c4ed0001-0000-4000-8000-000000000001", "component": "account", "type": text, "name": text,
        "label": text, "description": text, "scope": [text], "remoteId": "101", "remoteScope": [text],
        "state": "authorized", "declineReason": text, "appName": text, "appModules": [text], "nameOverride": text,
    });
    for (name, value) in [
        ("id", json!("5ce00003-0000-4000-8000-000000000003")),
        ("status", json!("authorized")),
        ("description", json!(text)),
        ("appNames", json!([text])),
        ("makeProvider", who.clone()),
        ("user", who),
        ("credentials", json!([credential.clone()])),
        ("createdAt", json!(text)),
        ("expiresAt", json!(text)),
    ] {
        request[name] = value;
    }
    let template = json!({
        "id": 13, "teamId": 22, "name": text, "description": text, "usedApps": [text], "url": text,
        "publicUrl": text, "documentation": text, "publishedId": 14, "publishedName": text, "published": text,
        "approved": text, "approvedId": 15, "approvedName": text, "requestedApproval": true,
    });
    let module = json!({"id": 1, "module": text, "version": 1, "parameters": {text: text}, "mapper": {"a": text}});
    json!({
        "connection": one, "connections": [one], "key": one, "keys": [one], "keysTypes": [one],
        "authUser": one, "authorization": one, "apiTokens": [one], "organization": one, "organizations": [one],
        "team": one, "teams": [one], "accessList": [one], "member": one, "editableParameters": [text],
        "verified": false, "changed": true, "request": request, "requests": [request], "requestDetail": request,
        "publicUri": text, "credentials": [credential], "credential": credential, "deleted": true,
        "appModules": [{"id": text, "name": text, "label": text, "type": text, "scope": [text]}],
        "template": template, "templates": [template], "templatesPublic": [template], "templatePublic": template,
        "blueprint": {"name": text, "flow": [module], "metadata": {"a": text}}, "scheduling": {"type": text},
        "controller": {"a": text}, "flow": {"id": text, "statusMessage": text}, "publicUrl": text,
    })
}

fn status(status: u16, body: &Value) -> Effect {
    raw(status, &body.to_string())
}

fn raw(status: u16, body: &str) -> Effect {
    Effect::json(status, &body)
}
