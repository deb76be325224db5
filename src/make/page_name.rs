//! What Make names the public page of a template by: by its documents a slug, or an address. A slug
//! is handed on as it is; an address only once the zone says that it is a page of Make.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserializer, Serialize, Serializer};

use super::{PageAddress, lenient};
use crate::ids::TemplateSlug;

/// The longest slug.
const LONGEST: usize = 200;

/// A slug, an address that was checked, or a text that was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageName {
    text: String,
    is_known: bool,
}

impl PageName {
    fn read(text: String) -> Self {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let is_slug = (1..=LONGEST).contains(&text.len()) && text.bytes().all(is_plain);
        Self {
            is_known: is_slug,
            text,
        }
    }

    /// What Make told.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// A text that is neither a slug nor checked.
    pub fn unchecked(&self) -> Option<&str> {
        (!self.is_known).then_some(self.text.as_str())
    }

    /// The slug that other tools take.
    pub fn slug(&self) -> Option<TemplateSlug> {
        self.text.parse().ok()
    }
}

impl From<PageAddress> for PageName {
    fn from(page: PageAddress) -> Self {
        Self {
            text: page.into(),
            is_known: true,
        }
    }
}

impl Serialize for PageName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl JsonSchema for PageName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "PageName".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

/// Reads one where a text stands.
pub(super) fn lenient<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<PageName>, D::Error> {
    Ok(lenient::text(deserializer)?.map(PageName::read))
}

/// Whether there is nothing that may be shown as a page: what nobody checked stays inside.
#[expect(clippy::ref_option, reason = "serde hands over the field itself")]
pub(super) fn is_hidden(name: &Option<PageName>) -> bool {
    name.as_ref().is_none_or(|name| !name.is_known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_a_page_and_anything_else_has_to_be_checked() {
        for slug in ["9603-leads-to-crm", "a_B-1", "x"] {
            assert!(!is_hidden(&Some(PageName::read(slug.to_owned()))), "{slug}");
        }
        let long = "a".repeat(201);
        for other in [
            "",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://www.make.com/en/templates/9603-x",
            "//evil.example",
            "a/b",
            "a.b",
            "a b",
            "\u{202e}a",
            long.as_str(),
        ] {
            let read = PageName::read(other.to_owned());
            assert_eq!(read.unchecked(), Some(other));
            assert!(is_hidden(&Some(read)), "{other}");
        }
    }
}
