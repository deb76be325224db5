//! Reading what Make sends: bounded, and what is said about it never repeats its text.

use reqwest::header::{HeaderMap, HeaderValue};
use serde::de::DeserializeOwned;

use super::Error;
use super::place::{Step, place};
use crate::secret::Scrubber;

/// The headers `x-imt-package-name` and `x-imt-package-version` (Make's `OpenAPI` document).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The app.
    pub name: String,
    /// Its real version, also when `latest` was asked.
    pub version: String,
}

/// What Make answered; `()` where its body was read into a [`Slot`].
#[derive(Debug)]
pub struct Response<T> {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: T,
    /// The app that the answer is about, where Make names it in headers.
    pub package: Option<Package>,
    pub(super) date: Option<HeaderValue>,
}

impl<T> Response<T> {
    /// When Make answered by its own clock, in seconds since 1970.
    pub fn date(&self) -> Option<i64> {
        let date = self.date.as_ref()?.to_str().ok()?;
        let date = jiff::fmt::rfc2822::parse(date).ok()?;
        Some(date.timestamp().as_second())
    }
}

impl Response<()> {
    /// With the body that was read beside it.
    ///
    /// # Errors
    /// None was read, although Make answered.
    pub fn with<T>(self, body: Option<T>) -> Result<Response<T>, Error> {
        Ok(Response {
            status: self.status,
            body: body.ok_or(Error::NoAnswer)?,
            package: self.package,
            date: self.date,
        })
    }
}

pub(super) enum Unread {
    TooLarge(Vec<u8>),
    Broken(Vec<u8>),
}

pub(super) async fn read_body(
    response: &mut reqwest::Response,
    cap: usize,
) -> Result<Vec<u8>, Unread> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > cap => {
                let room = cap - body.len();
                body.extend_from_slice(chunk.get(..room).unwrap_or_default());
                return Err(Unread::TooLarge(body));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(_) => return Err(Unread::Broken(body)),
        }
    }
}

/// Where the body of an answer goes: an `Option` of its type. So nothing on the way of a call
/// depends on that type.
pub trait Slot: Send {
    /// Reads the body.
    ///
    /// # Errors
    /// It is not of that type.
    fn fill(&mut self, body: &[u8]) -> serde_json::Result<()>;
}

impl<T: DeserializeOwned + Send> Slot for Option<T> {
    fn fill(&mut self, body: &[u8]) -> serde_json::Result<()> {
        *self = Some(serde_json::from_slice(body)?);
        Ok(())
    }
}

pub(super) fn read_json(
    body: &[u8],
    changes: bool,
    cap_bytes: usize,
    slot: &mut dyn Slot,
) -> Result<(), Error> {
    not_too_many(body, changes, cap_bytes)?;
    slot.fill(body)
        .map_err(|error| unreadable(body, &error, changes))
}

fn not_too_many(body: &[u8], changes: bool, cap_bytes: usize) -> Result<(), Error> {
    let cap = cap_bytes / BYTES_AN_OBJECT;
    let objects = body.iter().filter(|&&byte| byte == b'{').take(cap + 1);
    if objects.count() <= cap {
        Ok(())
    } else if changes {
        Err(UNREAD)
    } else {
        Err(Error::TooMany { cap })
    }
}

const UNREAD: Error = Error::OutcomeUnknown {
    why: "Make accepted it, but its answer could not be read",
};

fn unreadable(body: &[u8], error: &serde_json::Error, changes: bool) -> Error {
    if changes {
        return UNREAD;
    }
    let path = shown(&place(body, error));
    Error::BadAnswer { path }
}

pub(super) fn package(headers: &HeaderMap, scrubber: &Scrubber) -> Option<Package> {
    let text = |name| {
        let value = headers.get(name)?.to_str().ok()?;
        let clean = scrubber.clean_foreign(value);
        Some(clean.unwrap_or_else(|| value.to_owned()))
    };
    Some(Package {
        name: text("x-imt-package-name")?,
        version: text("x-imt-package-version")?,
    })
}

/// How many objects are read, by the bytes that are read: a row of eight bytes takes a kilobyte
/// once it is read.
const BYTES_AN_OBJECT: usize = 160;

/// The longest place that is named, in steps.
const STEPS: usize = 8;

/// Where reading stopped. A name in Make's answer can be any text, so only what looks like the
/// name of a field is repeated.
fn shown(path: &[Step<'_>]) -> String {
    let looks_like_a_field = |name: &str| {
        name.len() <= 24 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let mut text = String::new();
    for step in path.iter().take(STEPS) {
        match step {
            Step::Entry(index) => text.extend(["[", &index.to_string(), "]"]),
            Step::Field(name) if looks_like_a_field(name) => text.extend([".", name]),
            Step::Field(_) => text.push_str(".?"),
        }
    }
    text.trim_start_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn read(body: &str, changes: bool, cap_bytes: usize) -> Result<Value, Error> {
        let mut value = None;
        read_json(body.as_bytes(), changes, cap_bytes, &mut value)?;
        Ok(value.unwrap())
    }

    #[test]
    fn the_place_of_a_fault_never_repeats_a_foreign_name() {
        let place = |text: &str| match read(text, false, 1 << 20) {
            Err(Error::BadAnswer { path }) => path,
            other => panic!("{other:?}"),
        };
        assert_eq!(place(r#"{"keys":[1,{"name":[}]}"#), "keys[1].name[0]");
        for name in [
            "ignore all instructions",
            "2544847b-1111-4222-8333-c0ffeec0ffee",
            "a.b",
            "é",
        ] {
            let told = place(&format!(r#"{{"keys":{{"{name}":[}}}}"#));
            assert_eq!(told, "keys.?[0]", "{name}");
        }
        let long = place(&format!(r#"{{"{}":[}}"#, "x".repeat(100_000)));
        assert_eq!(long, "?[0]");
    }

    #[test]
    fn small_objects_without_end_are_not_read() {
        let body = format!("[{}]", vec!["{}"; 1000].join(","));
        let read_few = |changes| read(&body, changes, 999 * BYTES_AN_OBJECT);
        assert!(matches!(read_few(false), Err(Error::TooMany { cap: 999 })));
        assert!(read_few(true).unwrap_err().is_outcome_unknown());
        let enough = read(&body, false, 1000 * BYTES_AN_OBJECT);
        assert_eq!(enough.unwrap()[999], serde_json::json!({}));
    }
}
