//! What templates are made of, as Make takes and answers with it. Facts from Make's `OpenAPI`
//! document.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::{Error, lenient};

/// What a template is made of. Flat, unlike the blueprint of a scenario.
#[derive(Debug, Deserialize)]
pub struct Payload {
    #[serde(deserialize_with = "object_or_text")]
    pub blueprint: Blueprint,
    #[serde(default, deserialize_with = "object_or_text")]
    pub scheduling: Option<Map<String, Value>>,
    #[serde(default, deserialize_with = "object_or_text")]
    pub controller: Option<Map<String, Value>>,
    #[serde(default)]
    pub language: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Blueprint {
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The modules in order; a router holds further ones.
    pub flow: Vec<Value>,
    #[serde(default)]
    pub metadata: Option<Map<String, Value>>,
}

/// Make takes these parts as JSON text and may give them back so.
fn object_or_text<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let read = match value.as_str() {
        Some(text) => serde_json::from_str(text),
        None => serde_json::from_value(value),
    };
    // serde's text would repeat the value.
    read.map_err(|_| serde::de::Error::custom("must be an object or the JSON text of one"))
}

/// The parts of a template that are sent, as objects.
#[derive(Debug, Default)]
pub struct Content {
    pub blueprint: Option<Value>,
    pub scheduling: Option<Value>,
    pub controller: Option<Value>,
}

impl Content {
    /// The parts that are there, by Make's names.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        let parts = [
            ("blueprint", &self.blueprint),
            ("scheduling", &self.scheduling),
            ("controller", &self.controller),
        ];
        parts
            .into_iter()
            .filter_map(|(name, part)| Some((name, part.as_ref()?)))
    }

    pub(super) fn write(&self, form: Form, body: &mut Map<String, Value>) {
        for (name, part) in self.parts() {
            let value = match form {
                Form::Text => Value::String(part.to_string()),
                Form::Objects => part.clone(),
            };
            body.insert(name.to_owned(), value);
        }
    }
}

/// How the parts are sent: the example in Make's `OpenAPI` document sends JSON text, its schema
/// says objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    Objects,
}

/// Whether Make refused the form of a body, so that nothing was made and another form may do.
pub fn is_about_form(error: &Error) -> bool {
    let Error::Rejected(refusal) = error else {
        return false;
    };
    refusal.is_about_form()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_payload_is_read_from_objects_and_from_text() {
        for answer in [
            r#"{"blueprint":{"flow":[{"id":1}],"name":"n"},"scheduling":{"type":"new kind"},"controller":null,"metadata":null}"#,
            r#"{"blueprint":"{\"flow\":[{\"id\":1}],\"name\":\"n\"}","scheduling":"{\"type\":\"new kind\"}"}"#,
        ] {
            let read: Payload = serde_json::from_str(answer).unwrap();
            assert_eq!(read.blueprint.flow, [json!({"id": 1})]);
            assert_eq!(read.scheduling.unwrap()["type"], "new kind");
            assert!(read.controller.is_none());
        }
    }

    #[test]
    fn only_a_validation_error_is_about_the_form() {
        let of =
            |status, body: &str| is_about_form(&Error::from_status(status, body.as_bytes(), true));
        assert!(of(
            400,
            r#"{"message":"Validation failed","suberrors":[{"message":"'blueprint' should be object"}]}"#
        ));
        assert!(of(400, r#"{"code":"IM005","message":"Bad."}"#));
        for (status, body) in [
            (400, r#"{"detail":"request entity too large"}"#),
            (400, r#"{"code":"IM903","message":"Not enabled."}"#),
            (409, r#"{"code":"IM005","message":"Validation failed"}"#),
            (403, r#"{"message":"Validation failed"}"#),
            (500, r#"{"message":"Validation failed"}"#),
        ] {
            assert!(!of(status, body), "{body}");
        }
    }
}
