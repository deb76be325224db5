//! The request target, taken apart strictly: every segment decoded once, nothing normalised.

/// A path and its query, decoded.
pub(super) struct Target {
    pub(super) segments: Vec<String>,
    pub(super) query: Query,
}

/// The query's pairs in the order they came; a name may repeat (`cols[]`).
#[derive(Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Target {
    /// `None` where no endpoint may answer: empty or dot segments, an encoded slash, broken escapes.
    /// A client that lets user input walk up the tree must meet a 404 here and not another endpoint.
    pub(super) fn parse(raw: &str) -> Option<Self> {
        let (path, query) = raw.split_once('?').unwrap_or((raw, ""));
        let segments = path
            .strip_prefix('/')?
            .split('/')
            .map(segment)
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            segments,
            query: Query::parse(query)?,
        })
    }
}

impl Query {
    pub(super) fn parse(raw: &str) -> Option<Self> {
        raw.split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                Some((
                    decode(&name.replace('+', " "))?,
                    decode(&value.replace('+', " "))?,
                ))
            })
            .collect::<Option<Vec<_>>>()
            .map(Self)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }
}

fn segment(raw: &str) -> Option<String> {
    let text = decode(raw)?;
    let walks = matches!(text.as_str(), "" | "." | "..") || text.contains(['/', '\\', '\0']);
    (!walks).then_some(text)
}

fn decode(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            bytes.push(hex(rest.next()?)? * 16 + hex(rest.next()?)?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(raw: &str) -> Option<Vec<String>> {
        Target::parse(raw).map(|target| target.segments)
    }

    #[test]
    fn a_segment_is_decoded_once() {
        assert_eq!(
            segments("/apps/app%23crm/%2541").unwrap(),
            ["apps", "app#crm", "%41"]
        );
    }

    #[test]
    fn nothing_that_walks_the_tree_is_a_path() {
        for raw in [
            "/a/..",
            "/a/%2e%2e",
            "/a/%2E./b",
            "/a%2Fb",
            "/a//b",
            "/a/",
            "a",
            "/a/%5c",
            "/%zz",
        ] {
            assert_eq!(segments(raw), None, "{raw}");
        }
    }

    #[test]
    fn a_query_keeps_order_and_repeats() {
        let query = Query::parse("cols%5B%5D=id&cols[]=a+b&flag").unwrap();
        assert_eq!(query.all("cols[]").collect::<Vec<_>>(), ["id", "a b"]);
        assert_eq!(query.get("flag"), Some(""));
    }
}
