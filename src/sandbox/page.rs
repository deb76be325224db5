//! The pages a person opens: a credential request's and a Bridge flow's. `POST` acts as the person.

use serde_json::Value;

use super::answer::Answer;
use super::exchange::Arrival;
use super::model::State;
use super::model::credential_request::CredentialRequest;
use super::person::Act;
use super::target::{Query, Target};

/// `None` where the path is not a page.
pub(super) fn answer(state: &mut State, arrival: &Arrival) -> Option<Answer> {
    let target = Target::parse(&arrival.target)?;
    let segments: Vec<&str> = target.segments.iter().map(String::as_str).collect();
    let method = arrival.method.as_str();
    match segments.as_slice() {
        ["credence", team, page] => Some(match method {
            "GET" => show_request(state, team, page),
            "POST" => act_on_request(state, team, page, &arrival.body),
            _ => Answer::unknown_path(),
        }),
        ["flow", id] => Some(match method {
            "GET" => show_flow(state, id),
            "POST" => finish_flow(state, id),
            _ => Answer::unknown_path(),
        }),
        _ => None,
    }
}

fn page(status: u16, text: &str) -> Answer {
    Answer::text(status, "text/plain; charset=utf-8", text)
}

fn is_request(state: &State, team: &str, name: &str) -> bool {
    state
        .requests
        .iter()
        .any(|r| r.page == name && r.team.to_string() == team)
}

fn show_request(state: &State, team: &str, name: &str) -> Answer {
    if !is_request(state, team, name) {
        return page(404, "There is no such request.\n");
    }
    let over = |r: &CredentialRequest| r.page == name && r.expires < state.clock.now();
    if state.requests.iter().any(over) {
        return page(410, "The request has expired.\n");
    }
    let lines = state
        .requests
        .iter()
        .filter(|request| request.page == name)
        .flat_map(|request| {
            let head = format!("{} ({})", request.name, request.status());
            let rest = request
                .credentials
                .iter()
                .map(|c| format!("- {}: {}", c.draft.label, c.state));
            std::iter::once(head).chain(rest)
        });
    let text = format!(
        "A simulated page of a simulated Make zone. POST to it to act as the person:\n\
         action=authorize, action=partly or action=decline\n\n{}\n",
        lines.collect::<Vec<_>>().join("\n"),
    );
    page(200, &text)
}

fn act_on_request(state: &mut State, team: &str, name: &str, body: &[u8]) -> Answer {
    if !is_request(state, team, name) {
        return page(404, "There is no such request.\n");
    }
    let act = match action(body).as_deref() {
        None | Some("authorize") => Act::Authorize,
        Some("partly") => Act::AuthorizeFirst,
        Some("decline") => Act::Decline("Declined on the page.".to_owned()),
        Some(_) => return page(400, "action is authorize, partly or decline.\n"),
    };
    match state.act(name, &act) {
        Ok(()) => page(200, "Done. The page can be closed.\n"),
        Err(message) => page(410, &format!("{message}\n")),
    }
}

/// From a form or from JSON.
fn action(body: &[u8]) -> Option<String> {
    if let Ok(Value::Object(fields)) = serde_json::from_slice(body) {
        return fields
            .get("action")
            .and_then(Value::as_str)
            .map(str::to_owned);
    }
    let form = Query::parse(std::str::from_utf8(body).ok()?)?;
    form.get("action").map(str::to_owned)
}

fn show_flow(state: &State, id: &str) -> Answer {
    match state.flows.iter().find(|flow| flow.id == id) {
        Some(_) => page(200, "A simulated Bridge wizard. POST to it to finish it.\n"),
        None => page(404, "There is no such flow.\n"),
    }
}

fn finish_flow(state: &mut State, id: &str) -> Answer {
    match state.finish_flow(id) {
        Ok(()) => page(200, "Done. The page can be closed.\n"),
        Err(message) => page(404, &format!("{message}\n")),
    }
}
