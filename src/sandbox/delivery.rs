//! How an answer leaves: whole, broken off, or not at all; and what each fault makes of it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::stream;

use super::answer::{Answer, RATE_LIMITED};
use super::exchange::{Arrival, Shared, call};
use super::fault::Effect;
use super::said::said;
use super::server::Cut;

const BEFORE_BREAKING: Duration = Duration::from_millis(20);

pub(super) enum Delivery {
    Whole(Answer),
    /// Without `Content-Length`.
    Chunked(Answer),
    /// Half the body under the whole one's length, then the end.
    Broken(Answer),
    /// The connection closes.
    Nothing,
}

impl Delivery {
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::Whole(answer) | Self::Chunked(answer) | Self::Broken(answer) => answer.status,
            Self::Nothing => 0,
        }
    }
}

/// The fault decides whether the request is executed at all.
pub(super) fn suffer(shared: &Arc<Shared>, arrival: &Arrival, effect: Effect) -> Delivery {
    let page = "<!DOCTYPE html><html><body>Sign in to Make</body></html>";
    Delivery::Whole(match effect {
        Effect::Status {
            status,
            body,
            content_type,
            headers,
        } => Answer {
            headers,
            ..Answer::text(status, &content_type, &body)
        },
        Effect::RateLimited { plain, retry_after } => rate_limited(plain, retry_after),
        Effect::Paused => Answer::coded(429, "IM310", "Organization is paused."),
        Effect::EdgeForbidden => {
            let body = "<html><head><title>Access denied</title></head><body>error code: 1010</body></html>";
            Answer::text(403, "text/html; charset=UTF-8", body)
        }
        Effect::CloseBeforeAnswer => return Delivery::Nothing,
        Effect::CommitThenClose => {
            call(shared, arrival);
            return Delivery::Nothing;
        }
        Effect::CommitLater { ms } => {
            commit_later(shared, arrival, ms);
            return Delivery::Nothing;
        }
        Effect::HalfOfTheRows => half(call(shared, arrival)),
        Effect::Says { text } => said(call(shared, arrival), &text),
        Effect::CommitThenStatus { status } => {
            call(shared, arrival);
            Answer::json(
                status,
                &serde_json::json!({"message": "Internal Server Error"}),
            )
        }
        Effect::Truncated => return Delivery::Broken(call(shared, arrival)),
        Effect::Redirect { location } => {
            Answer::text(307, "text/html", "").with_header("location", &location)
        }
        Effect::NotJson => Answer::text(200, "text/html; charset=utf-8", page),
        Effect::Oversize { bytes, chunked } => {
            let answer = oversize(bytes);
            return if chunked {
                Delivery::Chunked(answer)
            } else {
                Delivery::Whole(answer)
            };
        }
        Effect::PlanGate { .. } => Answer::forbidden(),
        Effect::RevokeToken => {
            let token = arrival.token.as_deref().unwrap_or_default();
            shared.state().tokens.retain(|known| known.value != token);
            call(shared, arrival)
        }
        // Waited for elsewhere.
        Effect::Delay { .. } | Effect::CommitThenDelay { .. } => call(shared, arrival),
    })
}

fn commit_later(shared: &Arc<Shared>, arrival: &Arrival, ms: u64) {
    let (shared, arrival) = (Arc::clone(shared), arrival.clone());
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        call(&shared, &arrival);
    });
}

fn half(mut answer: Answer) -> Answer {
    let Ok(mut body) = serde_json::from_slice::<serde_json::Value>(&answer.body) else {
        return answer;
    };
    for value in body
        .as_object_mut()
        .into_iter()
        .flat_map(|fields| fields.values_mut())
    {
        if let Some(rows) = value.as_array_mut() {
            rows.truncate(rows.len() / 2);
        }
    }
    answer.body = body.to_string().into_bytes();
    answer
}

fn rate_limited(plain: bool, retry_after: Option<u32>) -> Answer {
    let answer = if plain {
        Answer::text(429, "text/plain", RATE_LIMITED)
    } else {
        Answer::rate_limited()
    };
    match retry_after {
        Some(seconds) => answer.with_header("retry-after", &seconds.to_string()),
        None => answer,
    }
}

fn oversize(bytes: usize) -> Answer {
    let (start, end) = (r#"{"padding":""#, r#""}"#);
    let padding = bytes.saturating_sub(start.len() + end.len());
    let body = format!("{start}{}{end}", "x".repeat(padding));
    Answer::text(200, "application/json", &body)
}

pub(super) fn deliver(delivery: Delivery, cut: &Cut) -> Response {
    match delivery {
        Delivery::Whole(mut answer) => {
            let body = Body::from(std::mem::take(&mut answer.body));
            response(&answer, body)
        }
        Delivery::Chunked(mut answer) => {
            let body = Bytes::from(std::mem::take(&mut answer.body));
            let parts = stream::once(async move { Ok::<_, io::Error>(body) });
            response(&answer, Body::from_stream(parts))
        }
        Delivery::Broken(mut answer) => {
            let length = answer.body.len();
            answer
                .headers
                .push(("content-length".to_owned(), length.to_string()));
            let body = broken(&answer.body);
            response(&answer, body)
        }
        Delivery::Nothing => {
            cut.now();
            Response::new(Body::empty())
        }
    }
}

fn response(answer: &Answer, body: Body) -> Response {
    let mut builder = Response::builder()
        .status(answer.status)
        .header("content-type", &answer.content_type);
    for (name, value) in &answer.headers {
        builder = builder.header(name, value);
    }
    builder.body(body).unwrap_or_else(|_| {
        // An injected header or status that HTTP does not allow.
        let mut response = Response::new(Body::from("The injected answer is not valid HTTP."));
        *response.status_mut() = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

/// The pause lets the first half leave: an error at once would discard what is still buffered.
fn broken(body: &[u8]) -> Body {
    let half = Bytes::copy_from_slice(body.get(..body.len() / 2).unwrap_or_default());
    let parts = stream::unfold(Some(half), |half| async {
        if let Some(half) = half {
            return Some((Ok(half), None));
        }
        tokio::time::sleep(BEFORE_BREAKING).await;
        Some((Err(io::Error::from(io::ErrorKind::ConnectionReset)), None))
    });
    Body::from_stream(parts)
}
