//! The address of a page of Make, checked. Make's answers name pages on which a person signs in;
//! what an answer says is believed only where the page is on a host of the token's own zone.

use std::borrow::Cow;

use reqwest::Url;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use super::Zone;

/// Longer addresses are no page of Make.
const LONGEST: usize = 8192;

/// The address of a page of Make. Only [`Zone::page`] makes one, so no other address is handed to
/// a person as a page of Make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PageAddress(String);

impl PageAddress {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<PageAddress> for String {
    fn from(page: PageAddress) -> Self {
        page.0
    }
}

impl JsonSchema for PageAddress {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "PageAddress".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

impl Zone {
    /// The address, when it is one of a page of this zone: https on its own host, on a public zone
    /// of the same domain or on Make's website; of a simulated zone, its own origin. Without user
    /// info, on the default port.
    pub fn page(&self, text: &str) -> Option<PageAddress> {
        let is_plain = |byte: u8| matches!(byte, b'!'..=b'~') && byte != b'\\';
        if text.len() > LONGEST || !text.bytes().all(is_plain) {
            return None;
        }
        if self.is_simulated() {
            let rest = text.strip_prefix(&self.origin())?;
            return rest.starts_with('/').then(|| PageAddress(text.to_owned()));
        }
        let url = Url::parse(text).ok()?;
        let host = url.host_str()?;
        // The host as it is written, too: a person reads that, and a client may read it otherwise.
        let (scheme, rest) = text.split_once("://")?;
        let written = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
        let written = written.strip_suffix(":443").unwrap_or(&written);
        let is_page = url.scheme() == "https"
            && scheme.eq_ignore_ascii_case("https")
            && url.port().is_none()
            && written == host
            && self.has_pages_on(host);
        is_page.then(|| PageAddress(url.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public() -> Zone {
        Zone::parse("eu1.make.com").unwrap()
    }

    #[test]
    fn a_page_of_make_is_https_on_a_host_of_the_zone() {
        let private = Zone::private("make.example.com").unwrap();
        let celonis = Zone::parse("us1.make.celonis.com").unwrap();
        let simulated = Zone::parse("http://127.0.0.1:8080").unwrap();
        for (zone, good) in [
            (public(), "https://eu1.make.com/credence/22/5ce0"),
            (public(), "https://us2.make.com/credence/22/5ce0?a=b#c"),
            (
                public(),
                "https://www.make.com/credential-requests/action/5ce0",
            ),
            (celonis.clone(), "https://eu1.make.celonis.com/x"),
            (celonis.clone(), "https://www.make.com/x"),
            (private.clone(), "https://make.example.com/x"),
            (private.clone(), "https://www.make.com/x"),
            (simulated.clone(), "http://127.0.0.1:8080/credence/22/5ce0"),
        ] {
            let page = zone.page(good).map(String::from);
            assert_eq!(page.as_deref(), Some(good), "{zone}");
        }
        // One host, written otherwise, is handed over in its usual form.
        for same in ["HTTPS://EU1.Make.Com/x", "https://eu1.make.com:443/x"] {
            let page = public().page(same).unwrap();
            assert_eq!(page.as_str(), "https://eu1.make.com/x", "{same}");
        }
        for (zone, bad) in [
            (public(), "https://eu1.make.celonis.com/x"),
            (celonis.clone(), "https://eu1.make.com/x"),
            (celonis, "https://make.celonis.com/x"),
            (private.clone(), "https://eu1.make.com/x"),
            (private, "https://a.make.example.com/x"),
            (simulated.clone(), "https://www.make.com/x"),
            (simulated.clone(), "http://127.0.0.1:80801/x"),
            (simulated.clone(), "http://127.0.0.1:8080@evil.example/x"),
            (simulated.clone(), "http://127.0.0.1:8080.evil.example/x"),
            (simulated, "http://127.0.0.1:8081/x"),
        ] {
            assert_eq!(zone.page(bad), None, "{zone} {bad}");
        }
    }

    #[test]
    fn an_address_that_only_looks_like_a_page_of_make_is_none() {
        for bad in [
            "",
            "x",
            "/credence/22/5ce0",
            "//eu1.make.com/x",
            "eu1.make.com/x",
            "javascript:alert(1)//https://eu1.make.com/",
            "javascript://eu1.make.com/%0aalert(1)",
            "data:text/html,https://eu1.make.com/",
            "file:///etc/passwd",
            "file://eu1.make.com/etc/passwd",
            "http://eu1.make.com/x",
            "ftp://eu1.make.com/x",
            "blob:https://eu1.make.com/x",
            "view-source:https://eu1.make.com/x",
            "https:eu1.make.com/x",
            "https:/eu1.make.com/x",
            "https:///eu1.make.com/x",
            "https:\\\\eu1.make.com\\x",
            "https://eu1.make.com\\@evil.example/x",
            "https://evil.example\\@eu1.make.com/x",
            "https://evil.example/https://eu1.make.com/x",
            "https://evil.example?https://eu1.make.com/x",
            "https://evil.example#eu1.make.com/x",
            "https://eu1.make.com@evil.example/x",
            "https://eu1.make.com:443@evil.example/x",
            "https://u@eu1.make.com/x",
            "https://u:p@eu1.make.com/x",
            "https://@eu1.make.com/x",
            "https://:@eu1.make.com/x",
            "https://eu1.make.com:8443/x",
            "https://eu1.make.com:80/x",
            "https://eu1.make.com:/x",
            "https://eu1.make.com./x",
            "https://eu1.make.com.evil.example/x",
            "https://evil-eu1.make.com/x",
            "https://evil.make.com/x",
            "https://make.com/x",
            "https://hook.eu1.make.com/x",
            "https://eu1.make.co/x",
            "https://eu1%2emake.com/x",
            "https://eu1\u{3002}make.com/x",
            "https://\u{435}u1.make.com/x",
            "https://xn--u1-tlc.make.com/x",
            "https://eu1.ma\u{AD}ke.com/x",
            "https://eu1.make.com/\u{202E}x",
            " https://eu1.make.com/x",
            "https://eu1.make.com/x\n",
            "https://eu1.ma\tke.com/x",
            "https://eu1.make.com/a b",
            "https://[::1]/x",
            "https://127.0.0.1/x",
        ] {
            assert_eq!(public().page(bad), None, "{bad:?}");
        }
        let long = format!("https://eu1.make.com/{}", "u".repeat(LONGEST));
        assert_eq!(public().page(&long), None);
    }
}
