//! The answers Make gives: success, its error bodies with their codes, and numbers too big for a JSON library.

use serde_json::{Value, json};

/// What goes back for one request.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// A handler's end; both sides are an answer, so `?` leaves with the refusal.
pub(super) type Outcome = Result<Answer, Answer>;

/// Stands before the digits of a number that `serde_json` cannot hold; the writer drops the quotes.
const BIG_NUMBER: &str = "big-number:";

/// A JSON number of any length, as Make sends some provider account ids.
pub(super) fn big_number(digits: &str) -> Value {
    Value::String(format!("{BIG_NUMBER}{digits}"))
}

impl Answer {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            content_type: "application/json; charset=utf-8".to_owned(),
            headers: Vec::new(),
            body: write(body),
        }
    }

    pub(super) fn ok(body: &Value) -> Self {
        Self::json(200, body)
    }

    pub(super) fn text(status: u16, content_type: &str, body: &str) -> Self {
        Self {
            status,
            content_type: content_type.to_owned(),
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        }
    }

    pub(super) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn unauthorized() -> Self {
        Self::json(401, &json!({"code": "IM015", "message": "Unauthorized."}))
    }

    /// One body for a missing scope, a missing role and a foreign team: Make does not tell them apart.
    pub(super) fn forbidden() -> Self {
        Self::json(
            403,
            &json!({"detail": "Access denied.", "message": "Permission denied", "code": "SC403"}),
        )
    }

    pub(super) fn unknown_path() -> Self {
        Self::not_found("Not found.")
    }

    pub(super) fn not_found(message: &str) -> Self {
        Self::coded(404, "SC404", message)
    }

    pub(super) fn no_connection(id: &str) -> Self {
        Self::json(
            404,
            &json!({
                "detail": format!("Connection not found '{id}'."),
                "message": "Account doesn't exist",
                "code": "IM304",
            }),
        )
    }

    pub(super) fn no_user() -> Self {
        Self::coded(404, "IM101", "User does not exist.")
    }

    pub(super) fn coded(status: u16, code: &str, message: &str) -> Self {
        Self::json(status, &json!({"code": code, "message": message}))
    }

    pub(super) fn invalid_input(message: &str) -> Self {
        Self::coded(400, "IM005", message)
    }

    /// A schema violation: the reasons stand in `suberrors`.
    pub(super) fn violations(reasons: &[String]) -> Self {
        let suberrors: Vec<Value> = reasons.iter().map(|r| json!({"message": r})).collect();
        Self::json(
            400,
            &json!({
                "message": format!("Validation failed for {} parameter(s).", reasons.len()),
                "code": "IM005",
                "suberrors": suberrors,
            }),
        )
    }

    /// A call to the third party failed; the message is the provider's own.
    pub(super) fn provider(message: &str) -> Self {
        Self::json(424, &json!({"message": message, "detail": message}))
    }

    pub(super) fn needs_confirmation(metadata: &Value) -> Self {
        Self::json(
            406,
            &json!({
                "status": 406,
                "code": "IM004",
                "message": "Confirmation required.",
                "metadata": metadata,
            }),
        )
    }

    pub(super) fn rate_limited() -> Self {
        Self::json(429, &json!({"message": RATE_LIMITED}))
    }
}

/// Make's documentation of rate limiting gives this sentence.
pub(super) const RATE_LIMITED: &str =
    "Requests limit for organization exceeded, please try again later.";

fn write(body: &Value) -> Vec<u8> {
    let text = body.to_string();
    let opening = format!("\"{BIG_NUMBER}");
    let mut parts = text.split(opening.as_str());
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('"') {
            Some((digits, rest)) if is_number(digits) => {
                out.push_str(digits);
                out.push_str(rest);
            }
            _ => {
                out.push_str(&opening);
                out.push_str(part);
            }
        }
    }
    out.into_bytes()
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_21_digits_is_written_without_quotes() {
        let body = json!({"uid": big_number("113000000000000000042"), "name": "big-number:x"});
        let text = String::from_utf8(write(&body)).unwrap();
        assert_eq!(
            text,
            r#"{"name":"big-number:x","uid":113000000000000000042}"#
        );
    }
}
