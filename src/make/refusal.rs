//! What Make says when it refuses, in each of the forms it is known to write it.

use serde::Deserialize;
use serde_json::Value;

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
}

impl Body {
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
    /// directly under `detail` or `metadata`.
    pub(super) fn dependents(&self) -> Vec<Dependent> {
        let mut found = Vec::new();
        for value in [&self.metadata, &self.detail].into_iter().flatten() {
            collect(value, "", &mut found);
        }
        found
    }
}

fn is_code(text: &str) -> bool {
    let in_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    text.len() <= 32 && text.bytes().all(in_word)
}

fn collect(value: &Value, kind: &str, found: &mut Vec<Dependent>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, kind, found)),
        Value::Object(fields) => {
            let kind = fields.get("type").and_then(Value::as_str).unwrap_or(kind);
            let id = fields.get("scenarioId").or_else(|| fields.get("id"));
            let name = fields.get("scenarioName").or_else(|| fields.get("name"));
            if id.is_some() || name.is_some() {
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
            } else if let Some(data) = fields.get("data") {
                collect(data, kind, found);
            } else if let Some(scenarios) = fields.get("scenarios") {
                collect(scenarios, kind, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
