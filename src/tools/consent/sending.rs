//! What a call sends, in its plan: every field of the very requests that leave later, before named
//! secrets are put into them. The plan also notes which requests these are, so that no other leaves.

use serde_json::{Map, Value};

use super::plan::{Fact, Plan};
use super::text;
use super::values::{leaf, segment, sounds_secret};
use crate::make::{Parts, Request};
use crate::tools::canonical;
use crate::tools::named::secret_name;
use crate::visible::shown;

/// Tells by its path whether a field of a body is a secret, for reasons that the detector does not
/// have.
pub(in crate::tools) type IsSecret<'a> = &'a (dyn Fn(&[&str]) -> bool + Sync);

/// For bodies whose secrets the detector finds alone.
pub(in crate::tools) const NONE_BESIDES: IsSecret<'static> = &|_| false;

/// A request by all that it sends.
pub(super) fn fingerprint(request: &Parts) -> String {
    let body = request.body().map(canonical::digest);
    format!("{} {}", request.line(), body.unwrap_or_default())
}

impl Plan {
    /// A request that leaves, with every field of its body.
    #[must_use]
    pub(in crate::tools) fn sending<T>(self, request: &Request<T>, secret: IsSecret<'_>) -> Self {
        self.or_as(request)
            .listing("Request", request.parts(), secret)
    }

    /// A request as a person may see it, in place of the one that leaves, which has secrets where
    /// this one has marks. [`Plan::or_as`] notes that one.
    #[must_use]
    pub(in crate::tools) fn showing<T>(self, request: &Request<T>) -> Self {
        self.listing("Request", request.parts(), NONE_BESIDES)
    }

    /// A request that leaves in certain cases alone, said behind the word `Request`.
    #[must_use]
    pub(in crate::tools) fn sending_if<T>(self, when: &str, request: &Request<T>) -> Self {
        let label = format!("Request {when}");
        self.or_as(request)
            .listing(&label, request.parts(), NONE_BESIDES)
    }

    /// Another form of a request that is listed already.
    #[must_use]
    pub(in crate::tools) fn or_as<T>(mut self, request: &Request<T>) -> Self {
        self.covers.push(fingerprint(request.parts()));
        self
    }

    fn listing(mut self, label: &str, request: &Parts, secret: IsSecret<'_>) -> Self {
        let mut line = format!("{} {}", request.method(), request.path());
        for (at, (name, value)) in request.flags().enumerate() {
            let mark = if at == 0 { '?' } else { '&' };
            line.push(mark);
            line.push_str(&shown(&format!("{name}={value}"), text::VALUE));
        }
        self.sends.push(Fact::new(label, line));
        let mut walk = Walk {
            keys: Vec::new(),
            secret,
            facts: &mut self.sends,
        };
        if let Some(Value::Object(fields)) = request.body() {
            walk.fields(fields, "", false);
        }
        self
    }
}

struct Walk<'a> {
    /// The names on the way to the field, for those who know more of it than its own.
    keys: Vec<&'a str>,
    secret: IsSecret<'a>,
    facts: &'a mut Vec<Fact>,
}

impl<'a> Walk<'a> {
    fn fields(&mut self, fields: &'a Map<String, Value>, path: &str, is_secret: bool) {
        for (name, value) in fields {
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}{}", segment(name));
            self.keys.push(name);
            let is_secret = is_secret || sounds_secret(name, value) || (self.secret)(&self.keys);
            self.value(value, &path, is_secret);
            self.keys.pop();
        }
    }

    fn value(&mut self, value: &'a Value, path: &str, is_secret: bool) {
        match value {
            Value::Object(fields) if !fields.is_empty() && secret_name(value).is_none() => {
                self.fields(fields, path, is_secret);
            }
            Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
                for (at, item) in items.iter().enumerate() {
                    self.value(item, &format!("{path}[{at}]"), is_secret);
                }
            }
            Value::Array(items) if !items.is_empty() => {
                let items: Vec<String> = items.iter().map(|item| leaf(item, is_secret)).collect();
                self.facts.push(sent(path, items.join(", ")));
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => self.facts.push(sent(path, leaf(value, is_secret))),
        }
    }
}

fn sent(path: &str, value: String) -> Fact {
    Fact::new(&format!("Sends {path}"), value)
}
