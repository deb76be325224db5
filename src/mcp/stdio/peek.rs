//! What can be told of a line without building it in memory: its id, its kind, and what building it would cost.

use std::fmt;

use rmcp::model::RequestId;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A longer id is not repeated in an error.
const MAX_ID: usize = 1024;
/// How deep `serde_json` goes.
const MAX_DEPTH: usize = 128;

/// The outermost fields of a JSON object, read as far as it is intact.
#[derive(Default)]
pub(super) struct Peek<'a> {
    id: Option<&'a RawValue>,
    ids: usize,
    version: bool,
    method: bool,
    params: Option<&'a RawValue>,
    outcome: bool,
}

impl<'a> Peek<'a> {
    /// Reads `line` without recursion and without copying, so depth and size do not matter.
    pub(super) fn of(line: &'a [u8]) -> Self {
        let mut peek = Self::default();
        let mut json = serde_json::Deserializer::from_slice(line);
        // A fault is no news here: whoever peeks knows already, or parses afterwards.
        let _ = Fields(&mut peek).deserialize(&mut json);
        peek
    }

    /// The id of what looks like a request, as JSON text for an answer.
    ///
    /// Not for a response: its id is one of ours, and an answer with it would be taken for the answer to
    /// some request of the client.
    pub(super) fn answerable_id(&self) -> Option<&'a str> {
        let id = self.id.filter(|_| self.ids == 1)?.get();
        if id.len() > MAX_ID || (self.outcome && !self.method) {
            return None;
        }
        let readable = match id.as_bytes().first()? {
            b'"' => serde_json::from_str::<IgnoredText>(id).is_ok(),
            b'-' | b'0'..=b'9' => true,
            _ => false,
        };
        readable.then_some(id)
    }

    /// Whether this is a notification, so that nothing may be said about it.
    pub(super) fn is_notification(&self) -> bool {
        self.version && self.method && self.ids == 0 && !self.outcome
    }

    /// Whether it has parameters, of whatever form.
    pub(super) fn has_params(&self) -> bool {
        self.params.is_some_and(|params| params.get() != "null")
    }

    /// The id, when this is a request that can be parsed later.
    pub(super) fn request_id(&self) -> Option<RequestId> {
        if !self.method || self.outcome || self.ids != 1 {
            return None;
        }
        serde_json::from_str(self.id?.get()).ok()
    }
}

/// A string that is checked and thrown away. `IgnoredAny` would let a lone surrogate pass.
#[derive(Deserialize)]
struct IgnoredText(#[expect(dead_code, reason = "only checked")] String);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Jsonrpc,
    Id,
    Method,
    Params,
    Result,
    Error,
    #[serde(other)]
    Other,
}

struct Fields<'p, 'a>(&'p mut Peek<'a>);

impl<'de> DeserializeSeed<'de> for Fields<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut id = None;
        while let Some(key) = map.next_key()? {
            // Kept only once something follows: a line that was cut may end inside the number.
            self.0.id = id.take().or(self.0.id);
            match key {
                Key::Id => {
                    self.0.ids += 1;
                    id = Some(map.next_value()?);
                    continue;
                }
                Key::Jsonrpc => {
                    self.0.version = map.next_value::<&RawValue>()?.get() == "\"2.0\"";
                    continue;
                }
                Key::Method => {
                    self.0.method = map.next_value::<&RawValue>()?.get().starts_with('"');
                    continue;
                }
                Key::Params => {
                    self.0.params = Some(map.next_value()?);
                    continue;
                }
                Key::Result | Key::Error => self.0.outcome = true,
                Key::Other => {}
            }
            map.next_value::<IgnoredAny>()?;
        }
        self.0.id = id.or(self.0.id);
        Ok(())
    }
}

/// Upper estimate of the bytes that parsing `line` takes at its peak; `None` when it is nested deeper than the
/// parser goes. Counts no further than `enough`.
///
/// Measured with rmcp 3.9, which buffers a message and then tries each variant: 259 bytes a number, 1,377 an
/// object of one field, 620 an array of one item, 5 bytes for each byte of escaped text. Without this, a line
/// of 16 MiB made of `{"":0},` takes 3 GB.
pub(super) fn weigh(line: &[u8], enough: usize) -> Option<usize> {
    let mut weight = line.len();
    let mut depth = 0_usize;
    let mut bytes = line.iter();
    while weight <= enough
        && let Some(byte) = bytes.next()
    {
        match byte {
            b'"' => weight += skip_text(&mut bytes),
            b',' | b':' => weight += 260,
            b'[' | b'{' => {
                weight += if *byte == b'[' { 400 } else { 1100 };
                depth += 1;
                if depth > MAX_DEPTH {
                    return None;
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Some(weight)
}

fn skip_text(bytes: &mut std::slice::Iter<'_, u8>) -> usize {
    let mut weight = 0;
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => {
                weight += 8;
                bytes.next();
            }
            _ => {}
        }
    }
    weight
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weigh_all(line: &[u8]) -> Option<usize> {
        weigh(line, usize::MAX)
    }

    fn id(line: &str) -> Option<&str> {
        Peek::of(line.as_bytes()).answerable_id()
    }

    #[test]
    fn an_id_is_read_from_a_broken_message() {
        assert_eq!(id(r#"{"id":7}"#), Some("7"));
        assert_eq!(id(r#"{"id":"a b","method":5}"#), Some(r#""a b""#));
        assert_eq!(
            id(r#"{"id":18446744073709551616}"#),
            Some("18446744073709551616")
        );
        assert_eq!(id(r#"{"id":1.5,"method":"m"}"#), Some("1.5"));
        assert_eq!(id(r#"{"\u0069d":7}"#), Some("7"));
    }

    #[test]
    fn an_id_that_says_nothing_is_not_repeated() {
        for line in [
            r#"{"id":null}"#,
            r#"{"id":[1]}"#,
            r#"{"id":{"a":1}}"#,
            r#"{"id":true}"#,
            r#"{"id":1,"id":2}"#,
            r#"{"id":"\ud800"}"#,
            r#"{"id":5,"result":{}}"#,
            r#"{"id":5,"error":{}}"#,
            r#"{"method":"m"}"#,
            "[]",
            "",
        ] {
            assert_eq!(id(line), None, "{line}");
        }
        let long = format!(r#"{{"id":"{}"}}"#, "x".repeat(MAX_ID));
        assert_eq!(id(&long), None);
    }

    #[test]
    fn a_cut_line_gives_its_id_only_when_the_id_is_whole() {
        assert_eq!(id(r#"{"id":12,"params":{"a":"xxx"#), Some("12"));
        assert_eq!(id(r#"{"id":12"#), None);
        assert_eq!(id(r#"{"params":{"a":"xxx"#), None);
    }

    #[test]
    fn depth_does_not_matter() {
        let deep = format!(
            r#"{{"id":3,"a":{}{}}}"#,
            "[".repeat(200_000),
            "]".repeat(200_000)
        );
        assert_eq!(id(&deep), Some("3"));
    }

    #[test]
    fn only_requests_have_a_request_id() {
        let of = |line: &'static str| Peek::of(line.as_bytes()).request_id();
        assert_eq!(
            of(r#"{"id":1,"method":"ping"}"#),
            Some(RequestId::Number(1))
        );
        assert_eq!(of(r#"{"id":1.5,"method":"ping"}"#), None);
        assert_eq!(of(r#"{"method":"ping"}"#), None);
        assert_eq!(of(r#"{"id":1,"result":{}}"#), None);
    }

    #[test]
    fn a_notification_is_known_by_its_version_and_method() {
        let of = |line: &'static str| Peek::of(line.as_bytes()).is_notification();
        assert!(of(r#"{"jsonrpc":"2.0","method":"a","params":[1]}"#));
        assert!(!of(r#"{"method":"a"}"#));
        assert!(!of(r#"{"jsonrpc":"2.0","method":5}"#));
        assert!(!of(r#"{"jsonrpc":"2.0","method":"a","id":null}"#));
        assert!(!of(r#"{"jsonrpc":"2.0","method":"a","result":1}"#));
    }

    #[test]
    fn text_is_light_and_structure_is_heavy() {
        assert_eq!(weigh_all(br#""{[,:{[,:""#), Some(10));
        assert_eq!(weigh_all(br#""\"{""#), Some(5 + 8));
        assert_eq!(weigh_all(b"[0,0]"), Some(5 + 400 + 260));
        assert_eq!(weigh_all(br#"{"":0}"#), Some(6 + 1100 + 260));
        assert_eq!(
            weigh_all("[]".repeat(200).as_bytes()),
            Some(400 + 200 * 400)
        );
        assert!(weigh_all("[".repeat(128).as_bytes()).is_some());
        assert_eq!(weigh_all("[".repeat(129).as_bytes()), None);
    }
}
