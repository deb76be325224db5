//! The zone's own switches over HTTP, for processes that have no handle: `/sandbox/…`.

use serde_json::{Value, json};

use super::answer::Answer;
use super::exchange::{Arrival, Shared};
use super::fault::Fault;
use super::person::Act;
use super::record::RecordedRequest;
use super::scopes;
use super::seed::seeded;

/// `None` where the path is not one of these.
pub(super) fn answer(shared: &Shared, arrival: &Arrival) -> Option<Answer> {
    Some(match (arrival.method.as_str(), arrival.target.as_str()) {
        ("POST", "/sandbox/faults") => match serde_json::from_slice::<Fault>(&arrival.body) {
            Ok(fault) => {
                shared.faults().add(fault);
                done()
            }
            Err(error) => Answer::invalid_input(&error.to_string()),
        },
        ("DELETE", "/sandbox/faults") => {
            shared.faults().clear();
            done()
        }
        ("GET", "/sandbox/requests") => {
            let rows: Vec<Value> = shared.log().all().iter().map(recorded).collect();
            Answer::ok(&json!({"requests": rows}))
        }
        ("DELETE", "/sandbox/requests") => {
            shared.log().clear();
            done()
        }
        ("POST", "/sandbox/tokens") => issue(shared, &arrival.body),
        ("POST", "/sandbox/person") => act(shared, &arrival.body),
        _ => return None,
    })
}

fn done() -> Answer {
    Answer::ok(&json!({"done": true}))
}

fn recorded(request: &RecordedRequest) -> Value {
    json!({
        "method": request.method,
        "target": request.target,
        "path": request.path,
        "body": String::from_utf8_lossy(&request.body),
        "tokenPrefix": request.token_prefix,
        "userAgent": request.user_agent,
        "status": request.status,
    })
}

/// `{"label":…,"scopes":[…],"userId":…}`, the user being Jane if not given.
fn issue(shared: &Shared, body: &[u8]) -> Answer {
    let fields: Value = serde_json::from_slice(body).unwrap_or_default();
    let (label, asked) = (fields.get("label"), fields.get("scopes"));
    let (Some(label), Some(asked)) = (
        label.and_then(Value::as_str),
        asked.and_then(Value::as_array),
    ) else {
        return Answer::invalid_input("A token needs `label` and `scopes`.");
    };
    let asked: Vec<String> = asked
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    if let Some(unknown) = asked.iter().find(|scope| !scopes::exists(scope)) {
        return Answer::invalid_input(&format!("No such scope: {unknown}"));
    }
    let user = fields
        .get("userId")
        .and_then(Value::as_u64)
        .unwrap_or(seeded::JANE);
    let token = shared.state().issue(user, label, asked);
    Answer::ok(&json!({"token": token.value}))
}

/// `{"target":…,"act":…}`, where `reason` goes with `decline` and `state` with `show`.
fn act(shared: &Shared, body: &[u8]) -> Answer {
    let fields: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let act = match text("act") {
        "authorize" => Act::Authorize,
        "partly" => Act::AuthorizeFirst,
        "decline" => Act::Decline(text("reason").to_owned()),
        "expire" => Act::Expire,
        "show" => Act::Show(text("state").to_owned()),
        _ => return Answer::invalid_input("`act` is authorize, partly, decline, expire or show."),
    };
    match shared.state().act(text("target"), &act) {
        Ok(()) => done(),
        Err(message) => Answer::invalid_input(&message),
    }
}
