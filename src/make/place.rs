//! Where in a JSON text reading stopped. serde tells line and column only, and a reader that keeps
//! track of names would have to be compiled for every type a second time.

/// One step of the way into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// Into a field. The name as it stands in the text, with its escapes.
    Field(&'a str),
    /// Into an entry of a list.
    Entry(usize),
}

/// The way to where this error came up. The text has been read up to there, so it is well formed
/// before, and it is read once more without being understood.
pub(crate) fn place<'a>(text: &'a [u8], error: &serde_json::Error) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    let mut rest = Text {
        text: text.get(..end(text, error)).unwrap_or(text),
        at: 0,
    };
    // Whether the next text is the name of a field.
    let mut name_is_next = false;
    while let Some(byte) = rest.next() {
        match byte {
            b'{' => {
                steps.push(Step::Field(""));
                name_is_next = true;
            }
            b'[' => steps.push(Step::Entry(0)),
            b'}' | b']' => {
                let suits = match steps.last() {
                    Some(Step::Field(_)) => byte == b'}',
                    Some(Step::Entry(_)) => byte == b']',
                    None => false,
                };
                if !suits {
                    break;
                }
                steps.pop();
            }
            b',' => match steps.last_mut() {
                Some(Step::Entry(index)) => *index += 1,
                Some(Step::Field(_)) => name_is_next = true,
                None => break,
            },
            b'"' => {
                let words = rest.string();
                if name_is_next && let Some(Step::Field(name)) = steps.last_mut() {
                    *name = words;
                    name_is_next = false;
                }
            }
            _ => {}
        }
    }
    steps
}

/// How far the text was read.
fn end(text: &[u8], error: &serde_json::Error) -> usize {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    (before + error.column()).min(text.len())
}

struct Text<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Text<'a> {
    fn next(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied();
        self.at += 1;
        byte
    }

    /// What stands up to the closing quote.
    fn string(&mut self) -> &'a str {
        let from = self.at;
        while let Some(byte) = self.next() {
            match byte {
                b'\\' => self.at += 1,
                b'"' => break,
                _ => {}
            }
        }
        let words = self.text.get(from..self.at - 1).unwrap_or_default();
        std::str::from_utf8(words).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only whether it can be read counts")]
    struct Row {
        id: u64,
        #[serde(default)]
        inner: Option<Box<Row>>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only whether it can be read counts")]
    struct Rows {
        #[serde(default)]
        name: String,
        rows: Vec<Row>,
    }

    fn stopped<T: DeserializeOwned>(text: &str) -> String {
        let Err(error) = serde_json::from_str::<T>(text) else {
            return "nowhere".to_owned();
        };
        let steps = place(text.as_bytes(), &error);
        let told = steps.iter().map(|step| match step {
            Step::Field(name) => format!(".{name}"),
            Step::Entry(index) => format!("[{index}]"),
        });
        told.collect()
    }

    #[test]
    fn the_way_leads_to_the_value_that_does_not_fit() {
        for (text, way) in [
            (r#"{"rows":[{"id":1},{"id":"x"}]}"#, ".rows[1].id"),
            (
                r#"{"rows":[{"id":1},{"id":-1}], "name": ""}"#,
                ".rows[1].id",
            ),
            (
                r#"{"rows":[{"id":1,"inner":{"id":{}}}]}"#,
                ".rows[0].inner.id",
            ),
            (
                r#"{"rows":[{"id":1,"inner":{"id":null}}]}"#,
                ".rows[0].inner.id",
            ),
            (r#"{"rows":[{"id":1,"inner":{"x":[]}}]}"#, ".rows[0].inner"),
            (r#"{"rows":[{"id":1}, {"no":"]}\"","x":[]}]}"#, ".rows[1]"),
            (r#"{"name":"a\\","rows":7}"#, ".rows"),
            (r#"{"name":[],"rows":[]}"#, ".name"),
            (r#"{"name":""}"#, ""),
            (
                "{\n  \"rows\": [\n    {\"id\": 1},\n    {\"id\": true}\n  ]\n}",
                ".rows[1].id",
            ),
            ("[]", "nowhere"),
            ("7", ""),
        ] {
            let told = match text {
                "[]" => stopped::<Vec<Row>>(text),
                _ => stopped::<Rows>(text),
            };
            assert_eq!(told, way, "{text}");
        }
    }

    #[test]
    fn the_way_leads_to_what_is_no_json() {
        for (text, way) in [
            (r#"{"rows":[{"id":1,}]}"#, ".rows[0]"),
            (r#"{"rows":[{"id":1}}"#, ".rows[0]"),
            (r#"{"rows":[{"id":1},{"id"#, ".rows[1]."),
            ("", ""),
            ("}", ""),
        ] {
            let told = stopped::<serde_json::Value>(text);
            assert!(told.starts_with(way), "{text}: {told}");
        }
    }
}
