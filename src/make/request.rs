//! A request to Make as data. The path is built from fixed words and typed ids alone, so no
//! argument changes the host, the method or the number of segments.

use std::borrow::Cow;
use std::marker::PhantomData;

use reqwest::{Method, Url};
use serde_json::Value;

use super::Error;
use crate::ids::PathId;
use crate::secret::Secret;

/// The largest answer that is read, in bytes.
const BODY_CAP: usize = 8 << 20;
/// The largest blueprint that is read, in bytes.
const BLUEPRINT_CAP: usize = 32 << 20;

/// The longest address, in bytes; servers and proxies refuse longer ones, each in its own way.
const LONGEST: usize = 16 << 10;

/// One call, with `T` for what Make answers.
#[derive(Debug)]
pub struct Request<T> {
    parts: Parts,
    answer: PhantomData<fn() -> T>,
}

/// A call without the type of its answer: the way of a call is compiled once and not for every `T`.
#[derive(Debug, Clone)]
pub struct Parts {
    pub(super) method: Method,
    segments: Vec<String>,
    template: String,
    // Columns are most of a query, and are the same words every time.
    query: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    pub(super) body: Option<Value>,
    pub(super) body_cap: usize,
    pub(super) destroys: bool,
}

impl<T> Request<T> {
    /// Reads.
    pub(super) fn get(word: &'static str) -> Self {
        Self::new(Method::GET, word)
    }

    /// Makes something, or starts an action.
    pub(super) fn post(word: &'static str) -> Self {
        Self::new(Method::POST, word)
    }

    /// Changes something.
    pub(super) fn patch(word: &'static str) -> Self {
        Self::new(Method::PATCH, word)
    }

    /// Takes something away; needs consent.
    pub(super) fn delete(word: &'static str) -> Self {
        Self::new(Method::DELETE, word).destroying()
    }

    fn new(method: Method, word: &'static str) -> Self {
        Self {
            parts: Parts::new(method, word),
            answer: PhantomData,
        }
    }

    /// A fixed word as the next segment.
    pub(super) fn then(mut self, word: &'static str) -> Self {
        self.parts.word(word);
        self
    }

    /// An id as the next segment.
    pub(super) fn id<I: PathId>(mut self, id: &I) -> Self {
        self.parts.id(I::PLACE, &id.segment());
        self
    }

    /// A query parameter.
    pub(super) fn query(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.parts.pair(name.to_owned(), value.to_string());
        self
    }

    /// A query parameter that may be absent.
    pub(super) fn query_if(self, name: &str, value: Option<impl std::fmt::Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// A repeated query parameter: `name[]=a&name[]=b`, as Make's SDK writes arrays.
    pub(super) fn query_each<S: AsRef<str>>(mut self, name: &str, values: &[S]) -> Self {
        for value in values {
            self.parts
                .pair(format!("{name}[]"), value.as_ref().to_owned());
        }
        self
    }

    /// The columns to answer with.
    pub(super) fn columns(mut self, columns: &'static [&'static str]) -> Self {
        self.parts.columns(columns);
        self
    }

    /// Make's flag on operations that lose data. Needs consent, whatever the method.
    pub(super) fn confirmed(self) -> Self {
        self.query("confirmed", true).destroying()
    }

    /// Marks a call that loses data although its method does not say so; needs consent.
    pub(super) fn destroying(mut self) -> Self {
        self.parts.destroys = true;
        self
    }

    /// Marks a call that a person has to agree to although nothing is lost; needs consent.
    pub(super) fn agreed(self) -> Self {
        self.destroying()
    }

    /// The JSON body.
    pub(super) fn body(mut self, body: Value) -> Self {
        self.parts.body = Some(body);
        self
    }

    /// Accepts an answer of up to 32 MiB.
    pub(super) fn blueprint_sized(mut self) -> Self {
        self.parts.body_cap = BLUEPRINT_CAP;
        self
    }

    /// The call without the type of its answer.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }
}

impl Parts {
    fn new(method: Method, word: &'static str) -> Self {
        let mut parts = Self {
            method,
            segments: Vec::with_capacity(4),
            template: String::new(),
            query: Vec::new(),
            body: None,
            body_cap: BODY_CAP,
            destroys: false,
        };
        parts.word(word);
        parts
    }

    fn word(&mut self, word: &'static str) {
        self.template.push('/');
        self.template.push_str(word);
        self.segments.push(word.to_owned());
    }

    fn id(&mut self, place: &'static str, segment: &str) {
        self.template.push_str("/{");
        self.template.push_str(place);
        self.template.push('}');
        self.segments.push(encoded(segment));
    }

    fn pair(&mut self, name: String, value: String) {
        self.query.push((Cow::Owned(name), Cow::Owned(value)));
    }

    fn columns(&mut self, columns: &'static [&'static str]) {
        let pairs = columns
            .iter()
            .map(|column| (Cow::Borrowed("cols[]"), Cow::Borrowed(*column)));
        self.query.extend(pairs);
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Everything by which two requests differ but their body: the method, the path, the query.
    pub fn line(&self) -> String {
        let (method, query) = (&self.method, &self.query);
        format!("{method} {:?} {query:?}", self.segments)
    }

    /// The query without the columns that the answer is to have.
    pub fn flags(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.query.iter().map(|(name, value)| (&**name, &**value));
        pairs.filter(|(name, _)| *name != "cols[]")
    }

    /// The JSON body.
    pub fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    /// The path with places instead of ids, such as `/connections/{connectionId}`: what logs show.
    pub fn template(&self) -> &str {
        &self.template
    }

    /// The scope that Make wants for this call (the endpoint tables of Make's `OpenAPI` document);
    /// `None` where any token will do. Testing counts as writing.
    pub fn scope(&self) -> Option<&'static str> {
        let words = self.template.split('/').skip(1);
        let is_list_of_modules = self.template.ends_with("/modules-with-credentials");
        let is_below_team = self.template.starts_with("/teams/{teamId}/connections");
        let of = |read, write| {
            let reads = self.method == Method::GET;
            Some(if reads { read } else { write })
        };
        match words.into_iter().next()? {
            _ if is_list_of_modules => Some("apps:read"),
            _ if is_below_team => of("connections:read", "connections:write"),
            "connections" => of("connections:read", "connections:write"),
            "credential-requests" => of("credential-requests:read", "credential-requests:write"),
            "hooks" => of("hooks:read", "hooks:write"),
            "instances" => of("instances:read", "instances:write"),
            "keys" => of("keys:read", "keys:write"),
            "organizations" => of("organizations:read", "organizations:write"),
            "teams" => of("teams:read", "teams:write"),
            "templates" => of("templates:read", "templates:write"),
            "users" if self.template == "/users/me" => None,
            "users" if self.template == "/users/me/current-authorization" => None,
            "users" => of("user:read", "user:write"),
            _ => None,
        }
    }

    /// The path with the ids of objects and nothing else that an agent said: what the trail shows.
    pub fn path(&self) -> String {
        let segments = self.segments.iter();
        let places = self.template.split('/').skip(1);
        let shown = segments.zip(places).flat_map(|(segment, place)| {
            let is_id = place.ends_with("Id}") || place == "{templateUrl}";
            let kept = if is_id || !place.starts_with('{') {
                segment
            } else {
                place
            };
            ["/", kept]
        });
        shown.collect()
    }

    /// The same call with secrets in place of the references to them, each in a field of the body
    /// or of what is `below` this field of it; `None` when a reference is not there.
    pub fn with_secrets(&self, below: Option<&str>, secrets: &[(String, Secret)]) -> Option<Self> {
        let mut parts = self.clone();
        let mut fields = parts.body.as_mut()?.as_object_mut()?;
        if let Some(below) = below {
            fields = fields.get_mut(below)?.as_object_mut()?;
        }
        for (field, secret) in secrets {
            let place = fields.get_mut(field).filter(|place| place.is_object())?;
            // EXPOSE: into the body of the one request that carries it to Make.
            *place = Value::from(secret.expose());
        }
        Some(parts)
    }

    /// Whether it may change something.
    pub fn changes(&self) -> bool {
        self.method != Method::GET
    }

    /// Whether something may be lost by it.
    pub fn destroys(&self) -> bool {
        self.destroys
    }

    /// The address at this zone. Checked against what the URL parser made of it: a parser that
    /// drops a dot segment or decodes a slash would change the number of segments.
    pub(super) fn url(&self, zone: &Url) -> Result<Url, Error> {
        let path = format!("/api/v2/{}", self.segments.join("/"));
        let mut url = zone.clone();
        url.set_path(&path);
        if url.path() != path {
            return Err(Error::NotOurPath);
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        if url.as_str().len() > LONGEST {
            return Err(Error::TooLong);
        }
        Ok(url)
    }
}

/// Percent-encodes all but unreserved characters.
fn encoded(segment: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ConnectionId;

    struct Hostile(&'static str);
    impl PathId for Hostile {
        const PLACE: &'static str = "hostile";
        fn segment(&self) -> Cow<'_, str> {
            Cow::Borrowed(self.0)
        }
    }

    fn zone() -> Url {
        Url::parse("https://eu1.make.com").unwrap()
    }

    #[test]
    fn an_id_is_one_segment_even_where_the_type_let_something_through() {
        for (text, path) in [
            ("a/b", "/api/v2/connections/a%2Fb/test"),
            ("a?b#c", "/api/v2/connections/a%3Fb%23c/test"),
            ("app#x", "/api/v2/connections/app%23x/test"),
            ("%2e%2e", "/api/v2/connections/%252e%252e/test"),
        ] {
            let request = Request::<()>::post("connections")
                .id(&Hostile(text))
                .then("test");
            assert_eq!(request.parts().url(&zone()).unwrap().path(), path);
        }
        for text in [".", "..", "\t\n"] {
            let request = Request::<()>::post("connections")
                .id(&Hostile(text))
                .then("test");
            match request.parts().url(&zone()) {
                Err(Error::NotOurPath) => {}
                Ok(url) => assert_eq!(url.path_segments().unwrap().count(), 5, "{url}"),
                Err(other) => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn the_template_names_places_instead_of_ids() {
        let id = ConnectionId::new(77).unwrap();
        let request = Request::<()>::get("connections")
            .id(&id)
            .then("editable-data-schema");
        assert_eq!(
            request.parts().template(),
            "/connections/{connectionId}/editable-data-schema"
        );
        assert_eq!(
            request.parts().url(&zone()).unwrap().as_str(),
            "https://eu1.make.com/api/v2/connections/77/editable-data-schema"
        );
        assert_eq!(
            request.parts().path(),
            "/connections/77/editable-data-schema"
        );
        let other = Request::<()>::get("apps").id(&Hostile("secret")).id(&id);
        assert_eq!(other.parts().path(), "/apps/{hostile}/77");
    }

    #[test]
    fn an_address_has_an_end() {
        let request = |length| Request::<()>::get("connections").query("name", "x".repeat(length));
        assert!(request(16_000).parts().url(&zone()).is_ok());
        assert!(matches!(
            request(17_000).parts().url(&zone()),
            Err(Error::TooLong)
        ));
    }

    #[test]
    fn arrays_repeat_with_brackets() {
        let request = Request::<()>::get("connections")
            .query("teamId", 22)
            .columns(&["id", "name"]);
        assert_eq!(
            request.parts().url(&zone()).unwrap().query(),
            Some("teamId=22&cols%5B%5D=id&cols%5B%5D=name")
        );
    }
}
