//! Modules as Make's editor writes them into a blueprint.

use serde_json::{Map, Value, json};

use super::pattern::percent;
use crate::blueprint_reader::random::Random;

/// A module with the metadata that the editor adds; its id comes with its place in the flow.
pub(super) fn module(random: &mut Random, name: &str, mapper: Value) -> Value {
    let parameters = match random.below(3) {
        0 => json!({}),
        1 => json!({"__IMTCONN__": 1_000_000 + random.below(8_000_000)}),
        _ => json!({"account": 1_000_000 + random.below(8_000_000)}),
    };
    with_parameters(random, name, parameters, mapper)
}

pub(super) fn with_parameters(
    random: &mut Random,
    name: &str,
    parameters: Value,
    mapper: Value,
) -> Value {
    let version = 1 + random.below(4);
    let mut metadata = json!({
        "designer": {"x": 300 * random.below(9), "y": 150 * random.below(5)}
    });
    if random.below(3) == 0 {
        metadata["expect"] = expect(&mapper);
        metadata["restore"] = json!({"expect": {}, "parameters": {}});
    }
    let mut module = json!({"id": 0, "module": name, "version": version});
    module["parameters"] = parameters;
    module["mapper"] = mapper;
    module["metadata"] = metadata;
    module
}

/// What the editor notes of each field: its type and the label that a person reads.
fn expect(mapper: &Value) -> Value {
    let fields = mapper.as_object().cloned().unwrap_or_default();
    let field = |name: &String| json!({"name": name, "type": "text", "label": label(name)});
    fields.keys().map(field).collect()
}

fn label(name: &str) -> String {
    let words = name.replace(['_', '-'], " ");
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// One of the HTTP app's requests.
#[derive(Default)]
pub(super) struct Request {
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) query: Vec<(String, String)>,
    /// The content type with the raw text.
    pub(super) body: Option<(&'static str, String)>,
    pub(super) form: Vec<(String, String)>,
    /// More fields of the module, such as `authUser`.
    pub(super) more: Vec<(&'static str, String)>,
}

impl Request {
    pub(super) fn to(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ..Self::default()
        }
    }

    pub(super) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn form(mut self, name: &str, value: impl Into<String>) -> Self {
        self.form.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn raw(mut self, content_type: &'static str, text: impl Into<String>) -> Self {
        self.body = Some((content_type, text.into()));
        self
    }

    pub(super) fn json(self, body: &Value) -> Self {
        let text = serde_json::to_string_pretty(body).unwrap();
        self.raw("application/json", text)
    }

    pub(super) fn field(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.more.push((name, value.into()));
        self
    }

    /// The module, of the HTTP app's version 3 or 4.
    pub(super) fn module(self, random: &mut Random) -> Value {
        let is_newer = random.below(3) == 0;
        let method = if self.body.is_some() || !self.form.is_empty() {
            "post"
        } else {
            "get"
        };
        let mut mapper = Map::new();
        mapper.insert("url".to_owned(), json!(self.url));
        mapper.insert("method".to_owned(), json!(method));
        mapper.insert("headers".to_owned(), pairs(&self.headers));
        let query = if is_newer { "queryParameters" } else { "qs" };
        mapper.insert(query.to_owned(), pairs(&self.query));
        mapper.insert("parseResponse".to_owned(), json!(true));
        for (name, value) in &self.more {
            mapper.insert((*name).to_owned(), json!(value));
        }
        if let Some((content_type, text)) = &self.body {
            let kind = if is_newer { "custom" } else { "raw" };
            mapper.insert("bodyType".to_owned(), json!(kind));
            mapper.insert("contentType".to_owned(), json!(content_type));
            let data = if is_newer { "bodyContent" } else { "data" };
            mapper.insert(data.to_owned(), json!(text));
        } else if !self.form.is_empty() {
            let kind = "x_www_form_urlencoded";
            mapper.insert("bodyType".to_owned(), json!(kind));
            let field = |(key, value): &(String, String)| json!({"key": key, "value": value});
            let fields: Value = self.form.iter().map(field).collect();
            mapper.insert("fields".to_owned(), fields);
        }
        let name = if is_newer {
            "http:MakeRequest"
        } else {
            "http:ActionSendData"
        };
        let parameters = json!({"handleErrors": true, "useNewZLibDeCompress": true});
        with_parameters(random, name, parameters, Value::Object(mapper))
    }
}

fn pairs(pairs: &[(String, String)]) -> Value {
    let pair = |(name, value): &(String, String)| json!({"name": name, "value": value});
    pairs.iter().map(pair).collect()
}

/// A URL with this query, encoded.
pub(super) fn url(base: &str, query: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{name}={}", percent(value));
    let query: Vec<String> = query.iter().map(pair).collect();
    format!("{base}?{}", query.join("&"))
}
