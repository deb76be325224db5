//! What Make says when it refuses, in each of the forms it is known to write it.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::ids::ScenarioId;

/// What Make said when it refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// Make's code, such as `IM304`; what is no word is none.
    pub code: Option<String>,
    /// Make's message: untrusted text.
    pub message: Option<String>,
    /// The scope that the refused request wants, where that is known.
    pub wants: Option<&'static str>,
}

impl Refusal {
    /// Whether the message says more than that access is denied, such as that the role does not
    /// allow it.
    pub fn gives_a_reason(&self) -> bool {
        let plain = [
            "permission denied",
            "access denied",
            "forbidden",
            "unauthorized",
        ];
        self.message
            .iter()
            .flat_map(|message| message.split(';'))
            .any(|part| {
                let part = part.trim().trim_end_matches('.').to_ascii_lowercase();
                !part.is_empty() && !plain.contains(&part.as_str())
            })
    }

    /// Whether Make's message has this word in it; `word` in small letters.
    pub fn speaks_of(&self, word: &str) -> bool {
        let message = self.message.as_deref().unwrap_or_default();
        message.to_ascii_lowercase().contains(word)
    }

    /// Whether Make's check of a request's form refused it: it has no code or message of its own
    /// for that, so this goes by those that were seen.
    pub fn is_about_form(&self) -> bool {
        let complaints = ["validation", "should be", "should have", "must be"];
        self.status == 400
            && (self.has_code("IM005") || complaints.iter().any(|words| self.speaks_of(words)))
    }

    /// Whether Make gave this code.
    pub fn has_code(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }
}

/// Something that uses the object and would break without it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
pub struct Dependent {
    /// Kind as Make names it, such as `scenario`.
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ScenarioId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Dependent {
    /// Something that Make does not name, or not in a form that is known.
    pub fn unnamed() -> Self {
        Self {
            kind: "something that Make does not name".to_owned(),
            id: None,
            name: None,
        }
    }
}

/// The body of a refusal as Make writes it; every field may be absent.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Body {
    #[serde(default)]
    message: Option<Value>,
    #[serde(default)]
    detail: Option<Value>,
    #[serde(default)]
    code: Option<Value>,
    #[serde(default)]
    suberrors: Option<Value>,
    #[serde(default)]
    metadata: Option<Value>,
    #[serde(default)]
    scenarios: Option<Value>,
    #[serde(default)]
    data: Option<Value>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Body {
    /// `None`: it is no JSON. A bare list is what other clients expect in place of `detail`.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(body).ok()?;
        if value.is_array() {
            return Some(Self {
                scenarios: Some(value),
                ..Self::default()
            });
        }
        serde_json::from_value(value).ok()
    }

    pub(super) fn refusal(&self, status: u16) -> Refusal {
        let text = |value: &Option<Value>| match value {
            Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
            _ => None,
        };
        let mut parts: Vec<String> = Vec::new();
        for part in [text(&self.message), text(&self.detail)]
            .into_iter()
            .flatten()
        {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        if let Some(Value::Array(errors)) = &self.suberrors {
            let messages = errors
                .iter()
                .filter_map(|error| error.get("message")?.as_str());
            parts.extend(messages.take(8).map(str::to_owned));
        }
        let code = text(&self.code).filter(|code| is_code(code));
        let message = Some(parts.join("; ")).filter(|text| !text.is_empty());
        Refusal {
            status,
            code,
            message,
            wants: None,
        }
    }

    /// What depends on the object: Make lists it under `metadata[].data`; other clients expect it
    /// directly under `detail` or `metadata`, or as all of the body. What stands there in a form
    /// that is not known is unnamed, never nothing.
    pub(super) fn dependents(&self) -> Vec<Dependent> {
        let mut found = Vec::new();
        let mut are_all = !self.rest.values().any(holds_more);
        for value in [&self.metadata, &self.detail].into_iter().flatten() {
            are_all &= collect(value, "", false, &mut found);
        }
        for value in [&self.scenarios, &self.data].into_iter().flatten() {
            are_all &= collect(value, "", true, &mut found);
        }
        found.extend((!are_all).then(Dependent::unnamed));
        found
    }
}

fn is_code(text: &str) -> bool {
    let in_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    text.len() <= 32 && text.bytes().all(in_word)
}

/// Whether the value of a field that is not known holds something.
fn holds_more(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Whether all of it could be read. `is_named`: this is what a list of dependents holds, so that it
/// stands for one in whatever form it is.
fn collect(value: &Value, kind: &str, is_named: bool, found: &mut Vec<Dependent>) -> bool {
    match value {
        Value::Array(items) => {
            let mut are_all = true;
            for item in items {
                // Text alone may be a message; in a list it is one of them.
                let is_named = is_named || !(item.is_object() || item.is_array());
                are_all &= collect(item, kind, is_named, found);
            }
            are_all
        }
        Value::Object(fields) => {
            let kind = fields.get("type").and_then(Value::as_str).unwrap_or(kind);
            let id = fields.get("scenarioId").or_else(|| fields.get("id"));
            let name = fields.get("scenarioName").or_else(|| fields.get("name"));
            let lists = [fields.get("data"), fields.get("scenarios")];
            let mut lists = lists.into_iter().flatten().peekable();
            let is_one = is_named || fields.contains_key("scenarioId");
            // With a list in it, it is the heading of that list.
            let is_told = (id.is_some() || name.is_some()) && (is_one || lists.peek().is_none());
            if is_told {
                let is_scenario = fields.contains_key("scenarioId") || kind.is_empty();
                found.push(Dependent {
                    kind: if is_scenario {
                        "scenario".to_owned()
                    } else {
                        kind.to_owned()
                    },
                    id: id.and_then(|id| serde_json::from_value(id.clone()).ok()),
                    name: name.and_then(Value::as_str).map(str::to_owned),
                });
            }
            let is_known = |name: &str| matches!(name, "data" | "scenarios");
            let mut rest = fields.iter().filter(|(name, _)| !is_known(name));
            let mut are_all = if is_one {
                is_told || lists.peek().is_some()
            } else {
                !rest.any(|(_, value)| holds_more(value))
            };
            for list in lists {
                are_all &= collect(list, kind, true, found);
            }
            are_all
        }
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) | Value::String(_) => !is_named,
    }
}
