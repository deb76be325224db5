//! One's own API tokens: masked in the list, whole once at creation, deleted by their creation time.

use std::time::Instant;

use serde_json::{Value, json};

use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::Call;
use crate::sandbox::check::{Extra, Rule, check, required, text, texts};
use crate::sandbox::clock::stamp;
use crate::sandbox::model::token::Token;
use crate::sandbox::options::WiderTokens;
use crate::sandbox::scopes;

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("GET", ["users", "me", "api-tokens"]) => list(call),
        ("POST", ["users", "me", "api-tokens"]) => create(call),
        ("DELETE", ["users", "me", "api-tokens", created]) => delete(call, created),
        _ => return None,
    })
}

fn list(call: &mut Call<'_>) -> Outcome {
    call.needs("user:read")?;
    let tokens = call
        .state
        .tokens
        .iter()
        .filter(|token| token.user == call.user)
        .filter(|token| token.is_listed(call.state.options.token_list_lag));
    let rows: Vec<Value> = tokens.map(Token::masked).collect();
    Ok(Answer::ok(&json!({"apiTokens": rows})))
}

fn create(call: &mut Call<'_>) -> Outcome {
    call.needs("user:write")?;
    let fields = call.fields()?;
    let shape = [
        required("label", Rule::Text(1, 255)),
        required("scope", Rule::Texts(0, 64)),
    ];
    check(&fields, &shape, Extra::Refused)?;
    let asked = texts(&fields, "scope");
    if !asked.iter().all(|scope| scopes::exists(scope)) {
        return Err(Answer::violations(&[
            "'scope' should be equal to one of the allowed values".to_owned(),
        ]));
    }
    let wider = !asked.iter().all(|scope| call.scopes.contains(scope));
    if wider && call.state.options.wider_tokens == WiderTokens::Refused {
        return Err(Answer::forbidden());
    }
    let label = text(&fields, "label").unwrap_or_default();
    let token = call.state.issue(call.user, &label, asked);
    Ok(Answer::ok(&json!({"apiToken": token.full()})))
}

fn delete(call: &mut Call<'_>, created: &str) -> Outcome {
    call.needs("user:write")?;
    let (user, grace) = (call.user, call.state.options.token_grace);
    let mine = |token: &&mut Token| {
        token.user == user && token.ends.is_none() && stamp(token.created) == created
    };
    let token = call.state.tokens.iter_mut().find(mine);
    let token = token.ok_or_else(|| Answer::not_found("API token not found."))?;
    token.ends = Some(Instant::now() + grace);
    call.state.tokens.retain(Token::answers);
    Ok(Answer::ok(&json!({"apiToken": created})))
}
