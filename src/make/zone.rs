//! The host that a token belongs to, and nothing else may receive it.

use std::fmt;

/// Make's public zones (Make's documentation and its command-line client).
const PUBLIC: [&str; 6] = [
    "eu1.make.com",
    "eu2.make.com",
    "us1.make.com",
    "us2.make.com",
    "eu1.make.celonis.com",
    "us1.make.celonis.com",
];

/// The domains of the public zones.
const DOMAINS: [&str; 2] = [".make.celonis.com", ".make.com"];

/// Make's website, where pages of some credential requests are.
const WEBSITE: &str = "www.make.com";

/// A checked zone: a host that is reached over https, or a simulated zone on loopback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Https(String),
    Loopback(u16),
}

/// Why a text is no zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadZone {
    /// Neither a public zone nor a loopback address.
    #[error(
        "not a zone of Make; there are eu1.make.com, eu2.make.com, us1.make.com, us2.make.com, \
         eu1.make.celonis.com and us1.make.celonis.com"
    )]
    Unknown,
    /// Not a host name.
    #[error("a private zone is a host name such as make.example.com, without scheme, port or path")]
    NotAHost,
}

impl Zone {
    /// The hosts of Make that everybody knows.
    pub fn public_hosts() -> impl Iterator<Item = &'static str> {
        PUBLIC.into_iter().chain([WEBSITE])
    }

    /// A public zone, or `http://127.0.0.1:PORT` for a simulated one.
    pub fn parse(text: &str) -> Result<Self, BadZone> {
        if let Some(port) = text.strip_prefix("http://127.0.0.1:") {
            let digits = (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
            let port = if digits {
                port.parse::<u16>().ok()
            } else {
                None
            };
            return port
                .filter(|&port| port > 0)
                .map(|p| Self(Kind::Loopback(p)))
                .ok_or(BadZone::Unknown);
        }
        let host = text.strip_prefix("https://").unwrap_or(text);
        let host = host.strip_suffix('/').unwrap_or(host);
        if PUBLIC.contains(&host) {
            Ok(Self(Kind::Https(host.to_owned())))
        } else {
            Err(BadZone::Unknown)
        }
    }

    /// A private instance, named by the operator alone.
    pub fn private(host: &str) -> Result<Self, BadZone> {
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let labels: Vec<&str> = host.split('.').collect();
        let last_is_name = labels
            .last()
            .is_some_and(|last| last.starts_with(|c: char| c.is_ascii_lowercase()));
        // The last label starts with a letter, so an IP address is never taken for a host, also
        // not one in hex (`127.0.0.0x1`).
        if host.len() <= 253 && labels.len() >= 2 && last_is_name && labels.iter().all(|l| label(l))
        {
            Ok(Self(Kind::Https(host.to_owned())))
        } else {
            Err(BadZone::NotAHost)
        }
    }

    /// A zone that was checked before it was kept: any of the three kinds, as `Display` writes it.
    pub fn kept(text: &str) -> Result<Self, BadZone> {
        Self::parse(text).or_else(|_| Self::private(text))
    }

    /// Where requests go, without a slash at the end.
    pub fn origin(&self) -> String {
        match &self.0 {
            Kind::Https(host) => format!("https://{host}"),
            Kind::Loopback(port) => format!("http://127.0.0.1:{port}"),
        }
    }

    /// Whether this is one of Make's public zones.
    pub fn is_public(&self) -> bool {
        match &self.0 {
            Kind::Https(host) => PUBLIC.contains(&host.as_str()),
            Kind::Loopback(_) => false,
        }
    }

    /// Whether this is a private instance. Only the operator can say that a token belongs to one.
    pub fn is_private(&self) -> bool {
        !self.is_public() && !self.is_simulated()
    }

    /// Whether a page on this host may be shown as a page of this zone: the zone itself, the
    /// public zones of the same domain, and Make's website.
    pub(super) fn has_pages_on(&self, host: &str) -> bool {
        let Kind::Https(own) = &self.0 else {
            return false;
        };
        let is_sibling = || {
            let mut domains = DOMAINS.iter();
            let domain = domains.find(|domain| own.ends_with(**domain));
            domain.is_some_and(|domain| PUBLIC.contains(&host) && host.ends_with(domain))
        };
        host == own || host == WEBSITE || (self.is_public() && is_sibling())
    }

    /// Whether this is a simulated zone.
    pub fn is_simulated(&self) -> bool {
        matches!(self.0, Kind::Loopback(_))
    }

    /// The zone as Make writes it in an organization's `zone`.
    pub fn host(&self) -> String {
        match &self.0 {
            Kind::Https(host) => host.clone(),
            Kind::Loopback(port) => format!("127.0.0.1:{port}"),
        }
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Https(host) => f.write_str(host),
            Kind::Loopback(port) => write!(f, "http://127.0.0.1:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_hosts_and_loopback_are_zones() {
        for good in [
            "eu1.make.com",
            "https://us2.make.com",
            "eu1.make.celonis.com/",
            "http://127.0.0.1:8080",
        ] {
            assert!(Zone::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "make.com",
            "eu1.make.com.evil.example",
            "http://eu1.make.com",
            "eu1.make.com/api",
            "eu1.make.com@evil.example",
            "http://127.0.0.1",
            "http://127.0.0.1:",
            "http://127.0.0.1:0",
            "http://127.0.0.1:80/x",
            "http://127.0.0.1:80@evil.example",
            "http://127.0.0.1.evil.example:80",
            "http://localhost:80",
            "http://[::1]:80",
            "https://127.0.0.1:80",
            "http://127.0.0.1:65536",
        ] {
            assert_eq!(Zone::parse(bad), Err(BadZone::Unknown), "{bad}");
        }
    }

    #[test]
    fn a_private_zone_is_a_plain_host_name() {
        assert_eq!(
            Zone::private("we.make.com").unwrap().origin(),
            "https://we.make.com"
        );
        for bad in [
            "localhost",
            "10.0.0.1",
            "a.b:443",
            "a.b/c",
            "u@a.b",
            "A.b",
            "-a.b",
            "a..b",
            "127.0.0.0x1",
            "a.0x7f",
            "",
            "http://a.b",
        ] {
            assert_eq!(Zone::private(bad), Err(BadZone::NotAHost), "{bad}");
        }
    }
}
