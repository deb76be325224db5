//! What can be made to go wrong, and the choice of the fault that meets a request.

use serde::Deserialize;

/// A fault and the requests it meets.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Only requests with this method.
    pub method: Option<String>,
    /// Only paths that begin so, as `/connections` or `/api/v2/connections`.
    pub path: Option<String>,
    /// How many requests it meets before it is gone; without a number it stays.
    pub times: Option<u32>,
    /// How many matching requests pass first.
    #[serde(default)]
    pub skip: u32,
    /// What happens.
    pub effect: Effect,
}

/// What happens to a request that meets a fault.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[serde(deny_unknown_fields)]
pub enum Effect {
    /// A canned answer; the request is not executed.
    Status {
        /// The HTTP status.
        status: u16,
        /// The body as it is.
        #[serde(default)]
        body: String,
        /// The `Content-Type`; JSON unless said.
        #[serde(default = "json_type")]
        content_type: String,
        /// Further headers.
        #[serde(default)]
        headers: Vec<(String, String)>,
    },
    /// 429 for the organization's limit.
    RateLimited {
        /// As plain text, which has been seen, instead of JSON.
        #[serde(default)]
        plain: bool,
        /// Seconds for a `Retry-After` header.
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// 429 with `IM310`: the organization is paused, waiting does not help.
    Paused,
    /// 403 with an HTML page, as the filter in front of Make answers.
    EdgeForbidden,
    /// The answer comes late; other faults still apply.
    Delay {
        /// How late.
        ms: u64,
    },
    /// The connection closes; the request was not executed.
    CloseBeforeAnswer,
    /// The request is executed, then the connection closes.
    CommitThenClose,
    /// The request is executed at once, its answer comes late.
    CommitThenDelay {
        /// How late.
        ms: u64,
    },
    /// The connection closes, and the request is executed later.
    CommitLater {
        /// How much later.
        ms: u64,
    },
    /// Of the rows of the answer only the first half comes.
    HalfOfTheRows,
    /// The request is executed, then answered with this status.
    CommitThenStatus {
        /// A status of 500 or above.
        status: u16,
    },
    /// The body breaks off half-way, the announced length notwithstanding.
    Truncated,
    /// 307 to another place.
    Redirect {
        /// The `Location`.
        location: String,
    },
    /// 200 with an HTML page.
    NotJson,
    /// 200 with JSON of this size.
    Oversize {
        /// The size of the body.
        bytes: usize,
        /// Without `Content-Length`.
        #[serde(default)]
        chunked: bool,
    },
    /// 403 because the plan lacks the feature; meets the feature's own endpoints only.
    PlanGate {
        /// What the plan lacks.
        feature: Feature,
    },
    /// The request is executed, and whatever people have named or written reads so: names, labels,
    /// descriptions, messages, and a field more in what templates are made of.
    Says {
        /// The text.
        text: String,
    },
    /// The token of the request is revoked, then the request goes its way.
    RevokeToken,
}

/// What a plan may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// Credential requests to other people; requests to oneself still work.
    CredentialRequests,
    /// Make Bridge.
    Bridge,
}

fn json_type() -> String {
    "application/json".to_owned()
}

impl Effect {
    /// A canned answer in JSON; the request is not executed.
    pub fn json(status: u16, body: &impl std::fmt::Display) -> Self {
        Self::Status {
            status,
            body: body.to_string(),
            content_type: json_type(),
            headers: Vec::new(),
        }
    }

    /// A plan gate knows its endpoints; every other effect concerns all.
    fn concerns(&self, method: &str, path: &str) -> bool {
        let Self::PlanGate { feature } = self else {
            return true;
        };
        match feature {
            Feature::CredentialRequests => {
                method == "POST" && path.starts_with("/api/v2/credential-requests/requests")
            }
            Feature::Bridge => path.starts_with("/api/v2/instances"),
        }
    }
}

impl Fault {
    /// Meets every request until cleared.
    pub fn new(effect: Effect) -> Self {
        Self {
            method: None,
            path: None,
            times: None,
            skip: 0,
            effect,
        }
    }

    /// Meets only this method on paths that begin so.
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.method = Some(method.to_owned());
        self.path = Some(path.to_owned());
        self
    }

    /// Meets so many requests, then is gone.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets so many matching requests pass first.
    #[must_use]
    pub fn after(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    fn meets(&self, method: &str, path: &str) -> bool {
        let begins = |prefix: &str| {
            path.starts_with(prefix)
                || path
                    .strip_prefix("/api/v2")
                    .is_some_and(|short| short.starts_with(prefix))
        };
        self.method.as_deref().is_none_or(|wanted| wanted == method)
            && self.path.as_deref().is_none_or(begins)
            && self.effect.concerns(method, path)
    }
}

/// The faults in force.
#[derive(Default)]
pub(super) struct Faults(Vec<Fault>);

/// What one request has to suffer.
#[derive(Default)]
pub(super) struct Suffering {
    pub(super) delay_ms: u64,
    pub(super) effect: Option<Effect>,
}

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Delays add up; of the others the oldest that matches is taken.
    pub(super) fn take(&mut self, method: &str, path: &str) -> Suffering {
        let mut suffering = Suffering::default();
        for fault in &mut self.0 {
            let taken = suffering.effect.is_some();
            let delay = matches!(fault.effect, Effect::Delay { .. });
            if (taken && !delay) || !fault.meets(method, path) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            if let Some(times) = &mut fault.times {
                if *times == 0 {
                    continue;
                }
                *times -= 1;
            }
            if let Effect::Delay { ms } = fault.effect {
                suffering.delay_ms += ms;
            } else {
                suffering.effect = Some(fault.effect.clone());
            }
        }
        self.0.retain(|fault| fault.times != Some(0));
        suffering
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_counted_down_and_skips_first() {
        let mut faults = Faults::default();
        faults.add(
            Fault::new(Effect::Paused)
                .on("GET", "/keys")
                .times(1)
                .after(1),
        );
        let hit = |faults: &mut Faults, method: &str, path: &str| {
            faults.take(method, path).effect.is_some()
        };
        assert!(!hit(&mut faults, "POST", "/api/v2/keys"));
        assert!(!hit(&mut faults, "GET", "/api/v2/keys"));
        assert!(hit(&mut faults, "GET", "/api/v2/keys/4"));
        assert!(!hit(&mut faults, "GET", "/api/v2/keys"));
    }

    #[test]
    fn the_json_form_is_read() {
        let text = r#"{"method":"GET","path":"/keys","times":2,
            "effect":{"kind":"rate_limited","plain":true,"retryAfter":5}}"#;
        let fault: Fault = serde_json::from_str(text).unwrap();
        assert!(matches!(
            fault.effect,
            Effect::RateLimited {
                plain: true,
                retry_after: Some(5)
            }
        ));
    }

    #[test]
    fn a_plan_gate_leaves_the_self_service_actions_alone() {
        let mut faults = Faults::default();
        faults.add(Fault::new(Effect::PlanGate {
            feature: Feature::CredentialRequests,
        }));
        let v2 = faults.take("POST", "/api/v2/credential-requests/requests/v2");
        assert!(v2.effect.is_some());
        let own = faults.take("POST", "/api/v2/credential-requests/actions/create");
        assert!(own.effect.is_none());
    }
}
