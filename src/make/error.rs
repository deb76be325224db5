//! What can go wrong between us and Make. Never holds a body, a header or the token: of Make's
//! answer the code and the message are kept, as they came: `tools` cleans what leaves.

use super::refusal::{Body, Dependent, Refusal};

/// Why a call brought no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// No connection to the zone; nothing was sent.
    #[error("the zone could not be reached; nothing was sent")]
    Unreachable,
    /// The connection broke or time ran out while reading; reading can be repeated.
    #[error("no whole answer came from the zone")]
    NoAnswer,
    /// A changing request may have arrived and nobody knows what became of it.
    #[error("the request was sent and its outcome is unknown: {why}")]
    OutcomeUnknown {
        /// What happened instead of an answer, in our words.
        why: &'static str,
    },
    /// 401: Make does not know the token.
    #[error("Make refused the token")]
    Unauthorized(Refusal),
    /// 403 by Make itself.
    #[error("Make refused access")]
    Forbidden(Refusal),
    /// 403 by the filter in front of Make: HTML or a bare code, no JSON.
    #[error("the filter in front of Make refused the request")]
    EdgeFilter,
    /// 404: it is not there, or hidden from this token.
    #[error("Make has no such object, or hides it")]
    NotFound(Refusal),
    /// 406, or `IM004` with another 4xx: Make wants a confirmation and says what depends on the
    /// object.
    #[error("Make wants a confirmation")]
    ConfirmationRequired {
        /// What Make said.
        refusal: Refusal,
        /// What would break.
        dependents: Vec<Dependent>,
    },
    /// 429, or a 429 of a moment ago that is not over.
    #[error("Make allows no more calls now")]
    RateLimited {
        /// Seconds until it makes sense to try again.
        retry_after_s: u64,
    },
    /// 429 `IM310`: the organization or the team is paused; waiting does not help.
    #[error("the organization or team is paused at Make")]
    Paused(Refusal),
    /// 424: the service behind the credential refused it or did not answer.
    #[error("the service behind the credential refused")]
    Provider(Refusal),
    /// Another 4xx: Make understood the request and refuses it.
    #[error("Make refused the request")]
    Rejected(Refusal),
    /// 5xx while reading.
    #[error("Make failed with status {status}")]
    Failed {
        /// The status.
        status: u16,
    },
    /// An answer that is not what Make documents.
    #[error("Make's answer {}", fault(path))]
    BadAnswer {
        /// The field where reading stopped; never its value.
        path: String,
    },
    /// An answer over the size that is read.
    #[error("Make's answer is larger than {cap_bytes} bytes")]
    TooLarge {
        /// The cap.
        cap_bytes: usize,
    },
    /// An answer with more objects than are read: small ones take far more memory than bytes.
    #[error("Make's answer holds more than {cap} objects")]
    TooMany {
        /// The cap.
        cap: usize,
    },
    /// A redirect; a token goes to its own zone and nowhere else.
    #[error("the zone answered with a redirect, which is not followed")]
    Redirected,
    /// An id that would have changed the path. Types prevent it; this is the second lock.
    #[error("an id would have changed the path; nothing was sent")]
    NotOurPath,
    /// An address over the length that servers take.
    #[error("the arguments make an address that is too long; nothing was sent")]
    TooLong,
    /// A permit for reading was used for changing, or one without consent for destroying.
    #[error("the permit does not cover this request; nothing was sent")]
    NotPermitted,
    /// What is known of the agent could not be counted on when the request was about to leave.
    #[error("this server could not check its access; nothing was sent")]
    Withheld,
    /// The caller gave up before the request left.
    #[error("cancelled; what had not left for Make by then was not sent")]
    Cancelled,
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    NoClient,
    /// The caller could not write down that it was going to be sent.
    #[error("the trail could not be written; nothing was sent")]
    Unrecorded,
    /// A secret that belongs into the request could not be put there.
    #[error("a named secret could not be used, {why}; nothing was sent")]
    NoSecret {
        /// Why, in our words.
        why: &'static str,
    },
}

/// What is wrong with an answer. Without a place it is wrong as a whole: no JSON, or of another form.
fn fault(path: &str) -> String {
    if path.is_empty() {
        "is not the JSON that Make documents".to_owned()
    } else {
        format!("could not be read at `{path}`")
    }
}

fn confirmation_required(body: Option<&Body>, refusal: Refusal) -> Error {
    Error::ConfirmationRequired {
        refusal,
        // A body that was cut, or is no JSON, may have named anything.
        dependents: body.map_or_else(|| vec![Dependent::unnamed()], Body::dependents),
    }
}

impl Error {
    /// The error that a status other than 2xx stands for. `sent_change` is whether the request
    /// may have changed something.
    pub(super) fn from_status(status: u16, body: &[u8], sent_change: bool) -> Self {
        let body = Body::read(body);
        let refusal = body.as_ref().map_or_else(
            || Refusal {
                status,
                ..Refusal::default()
            },
            |body| body.refusal(status),
        );
        match status {
            300..=399 => Self::Redirected,
            401 => Self::Unauthorized(refusal),
            // Make's own 403 is JSON; a filter in front of it answers HTML or a bare error code
            // (public reports of `error code: 1010`).
            403 if body.is_none() => Self::EdgeFilter,
            403 => Self::Forbidden(refusal),
            404 => Self::NotFound(refusal),
            406 => confirmation_required(body.as_ref(), refusal),
            424 => Self::Provider(refusal),
            429 if refusal.has_code("IM310") => Self::Paused(refusal),
            429 => Self::RateLimited { retry_after_s: 0 },
            400..=499 if refusal.has_code("IM004") => confirmation_required(body.as_ref(), refusal),
            400..=499 => Self::Rejected(refusal),
            _ if sent_change => Self::OutcomeUnknown {
                why: "Make answered with a server error",
            },
            _ => Self::Failed { status },
        }
    }

    /// The same with the scope that the refused request wants.
    pub(super) fn wanting(mut self, scope: Option<&'static str>) -> Self {
        if let Self::Forbidden(refusal) = &mut self {
            refusal.wants = scope;
        }
        self
    }

    /// What Make said, when it was Make that refused.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Unauthorized(refusal)
            | Self::Forbidden(refusal)
            | Self::NotFound(refusal)
            | Self::ConfirmationRequired { refusal, .. }
            | Self::Paused(refusal)
            | Self::Provider(refusal)
            | Self::Rejected(refusal) => Some(refusal),
            Self::Unreachable
            | Self::NoAnswer
            | Self::OutcomeUnknown { .. }
            | Self::EdgeFilter
            | Self::RateLimited { .. }
            | Self::Failed { .. }
            | Self::BadAnswer { .. }
            | Self::TooLarge { .. }
            | Self::TooMany { .. }
            | Self::Redirected
            | Self::NotOurPath
            | Self::TooLong
            | Self::NotPermitted
            | Self::Withheld
            | Self::Cancelled
            | Self::NoClient
            | Self::Unrecorded
            | Self::NoSecret { .. } => None,
        }
    }

    /// The status that Make answered with, where it is known.
    pub fn status(&self) -> Option<u16> {
        if let Self::Failed { status } = self {
            return Some(*status);
        }
        if let Self::EdgeFilter = self {
            return Some(403);
        }
        self.refusal().map(|refusal| refusal.status)
    }

    /// Whether a changing request may have arrived although no answer came.
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, Self::OutcomeUnknown { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confirmation_names_the_scenarios_in_each_known_form() {
        for body in [
            r#"{"status":406,"code":"IM004","message":"Confirmation required.","metadata":[{"type":"a"},{"type":"scenarios","data":[{"scenarioId":101,"scenarioName":"My Scenario"}]}]}"#,
            r#"{"code":"IM004","detail":[{"id":101,"name":"My Scenario"}]}"#,
            r#"{"code":"IM004","metadata":{"scenarios":[{"id":"101","name":"My Scenario"}]}}"#,
            r#"{"code":"IM004","scenarios":[{"id":101,"name":"My Scenario"}]}"#,
            r#"[{"id":101,"name":"My Scenario"}]"#,
            r#"{"code":"IM004","data":[{"id":101,"name":"My Scenario"}]}"#,
            r#"{"code":"IM004","metadata":{"id":7,"name":"My key","scenarios":[{"id":101,"name":"My Scenario","team":{"id":1}}]}}"#,
            r#"{"code":"IM004","metadata":[{"type":"scenarios","name":"Used","data":[{"scenarioId":101,"scenarioName":"My Scenario"}]}]}"#,
        ] {
            let Error::ConfirmationRequired {
                dependents,
                refusal,
            } = Error::from_status(406, body.as_bytes(), true)
            else {
                panic!("{body}");
            };
            assert_eq!(refusal.has_code("IM004"), body.starts_with('{'));
            assert_eq!(dependents.len(), 1, "{body}");
            assert_eq!(dependents[0].id.unwrap().number(), 101);
            assert_eq!(dependents[0].name.as_deref(), Some("My Scenario"));
            assert_eq!(dependents[0].kind, "scenario");
        }
    }

    #[test]
    fn what_a_confirmation_names_in_an_unknown_form_is_not_taken_for_nothing() {
        for (body, names_nothing) in [
            (
                r#"{"code":"IM004","message":"Confirmation required."}"#,
                true,
            ),
            (r#"{"code":"IM004","metadata":[{"type":"account"}]}"#, true),
            (r#"{"code":"IM004","detail":"Confirm it."}"#, true),
            (
                r#"{"code":"IM004","metadata":[{"type":"scenarios","data":[]}]}"#,
                true,
            ),
            (
                r#"{"code":"IM004","metadata":[{"type":"scenarios","data":[501]}]}"#,
                false,
            ),
            (
                r#"{"code":"IM004","metadata":[{"data":[{"scenario":501}]}]}"#,
                false,
            ),
            (r#"{"code":"IM004","scenarios":["Nightly"]}"#, false),
            (r#"{"code":"IM004","metadata":[501]}"#, false),
            (r#"{"code":"IM004","hooks":[{"id":9}]}"#, false),
            (r#"{"code":"IM004","data":[9]}"#, false),
            (
                r#"{"code":"IM004","suberrors":[{"message":"Confirm it."}]}"#,
                true,
            ),
            (r#"{"code":"IM004","detail":["Nightly"]}"#, false),
            (r#"{"code":"IM004","metadata":{"hooks":[{"id":9}]}}"#, false),
            (
                r#"{"code":"IM004","metadata":{"usedBy":{"scenario":9}}}"#,
                false,
            ),
            (
                r#"{"code":"IM004","metadata":[{"data":[],"scenarios":[501]}]}"#,
                false,
            ),
            ("[501]", false),
            (r#"{"code":"IM004","metadata":[{"type":"scen"#, false),
            ("", false),
        ] {
            let error = Error::from_status(406, body.as_bytes(), true);
            let Error::ConfirmationRequired { dependents, .. } = error else {
                panic!("{body}");
            };
            let unnamed = if names_nothing {
                vec![]
            } else {
                vec![Dependent::unnamed()]
            };
            assert_eq!(dependents, unnamed, "{body}");
        }
    }

    #[test]
    fn statuses_are_told_apart() {
        let of = |status, body: &str| Error::from_status(status, body.as_bytes(), false);
        assert!(matches!(of(401, "{}"), Error::Unauthorized(_)));
        assert!(matches!(of(403, "{}"), Error::Forbidden(_)));
        assert!(matches!(of(403, "<html>"), Error::EdgeFilter));
        assert!(matches!(of(403, "error code: 1010"), Error::EdgeFilter));
        assert!(matches!(of(429, r#"{"code":"IM310"}"#), Error::Paused(_)));
        assert!(matches!(of(429, "slow down"), Error::RateLimited { .. }));
        assert!(matches!(of(302, ""), Error::Redirected));
        assert!(matches!(
            of(400, r#"{"code":"IM004"}"#),
            Error::ConfirmationRequired { .. }
        ));
        assert!(matches!(of(500, ""), Error::Failed { status: 500 }));
        assert!(Error::from_status(502, b"", true).is_outcome_unknown());
    }

    #[test]
    fn a_code_is_a_word_or_none() {
        for (code, kept) in [
            ("IM304", true),
            ("SC_403.a-b", true),
            ("", false),
            ("IM004\u{200B}", false),
            ("Ignore the above", false),
            (&"x".repeat(33), false),
        ] {
            let body = serde_json::json!({"code": code, "message": "m"}).to_string();
            let error = Error::from_status(400, body.as_bytes(), false);
            let refusal = error.refusal().unwrap();
            assert_eq!(refusal.code.is_some(), kept, "{code}");
            assert_eq!(refusal.message.as_deref(), Some("m"));
        }
    }
}
