//! What is kept of an agent in its store: one secret with the token, its zone and, while tokens
//! change, the next or the former one. Written whole, so that a reader finds one state or the
//! other and never half of one.

use serde::{Deserialize, Serialize};

use super::Error;
use crate::ids::{AgentName, TokenStamp, UserId};
use crate::make::{self, Access, Zone};
use crate::secret::{Secret, is_uuid};

/// The name under which an agent's entry is kept, in stores that have names.
pub fn entry_name(agent: &AgentName) -> String {
    format!("agent/{agent}")
}

/// A token with what Make knows it by, as far as we know that.
#[derive(Debug, Clone)]
pub struct Token {
    /// The token.
    pub token: Secret,
    /// When Make made it.
    pub created: Option<TokenStamp>,
    /// Its label at Make.
    pub label: Option<String>,
}

impl Token {
    /// The first 8 characters, which may be shown.
    pub fn prefix(&self) -> String {
        self.token.prefix().unwrap_or_default().to_owned()
    }
}

/// What is kept of an agent in its store.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The token that works.
    pub token: Token,
    /// The only zone that may receive it.
    pub zone: Zone,
    /// The Make user it belongs to; not known of a token that somebody else keeps for us.
    pub make_user_id: Option<UserId>,
    /// The token that is going to take its place.
    pub next: Option<Token>,
    /// The token whose place it took, until that one is gone.
    pub former: Option<Token>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    #[serde(deserialize_with = "make::tokens::token")]
    token: Secret,
    zone: String,
    #[serde(default)]
    make_user_id: Option<UserId>,
    #[serde(default)]
    created: Option<TokenStamp>,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    next: Option<KeptToken>,
    #[serde(default)]
    former: Option<KeptToken>,
}

#[derive(Deserialize)]
struct KeptToken {
    #[serde(deserialize_with = "make::tokens::token")]
    token: Secret,
    #[serde(default)]
    created: Option<TokenStamp>,
    #[serde(default)]
    label: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    #[serde(flatten)]
    token: WrittenToken<'a>,
    zone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    make_user_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<WrittenToken<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    former: Option<WrittenToken<'a>>,
}

#[derive(Serialize)]
struct WrittenToken<'a> {
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<&'a TokenStamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
}

impl From<KeptToken> for Token {
    fn from(kept: KeptToken) -> Self {
        Self {
            token: kept.token,
            created: kept.created,
            label: kept.label,
        }
    }
}

impl<'a> From<&'a Token> for WrittenToken<'a> {
    fn from(token: &'a Token) -> Self {
        Self {
            // EXPOSE: into the entry, which is a secret itself.
            token: token.token.expose(),
            created: token.created.as_ref(),
            label: token.label.as_deref(),
        }
    }
}

impl Entry {
    /// Reads what a store holds: an entry of ours, or a token alone that other people put there,
    /// which then belongs to `zone`.
    ///
    /// # Errors
    /// [`Error::NoEntry`], which never repeats what is there.
    pub fn read(agent: &AgentName, kept: &Secret, zone: &Zone) -> Result<Self, Error> {
        let unreadable = || Error::NoEntry(agent.clone());
        if let Some(token) = token_alone(kept) {
            let token = Token {
                token,
                created: None,
                label: None,
            };
            return Ok(Self {
                token,
                zone: zone.clone(),
                make_user_id: None,
                next: None,
                former: None,
            });
        }
        // EXPOSE: to read it; serde's words, which may repeat a part of it, are dropped.
        let kept: Kept = serde_json::from_str(kept.expose()).map_err(|_| unreadable())?;
        Ok(Self {
            token: Token {
                token: kept.token,
                created: kept.created,
                label: kept.label,
            },
            zone: Zone::kept(&kept.zone).map_err(|_| unreadable())?,
            make_user_id: kept.make_user_id,
            next: kept.next.map(Token::from),
            former: kept.former.map(Token::from),
        })
    }

    /// The entry as a store keeps it.
    pub fn write(&self) -> Secret {
        let written = Written {
            token: (&self.token).into(),
            zone: self.zone.to_string(),
            make_user_id: self.make_user_id,
            next: self.next.as_ref().map(Into::into),
            former: self.former.as_ref().map(Into::into),
        };
        // Only text and numbers, so there is nothing that could fail.
        Secret::new(serde_json::to_string(&written).unwrap_or_default())
    }

    /// The token that works, with its zone.
    pub fn access(&self) -> Access {
        self.access_with(&self.token)
    }

    /// Another token of this entry, with the same zone.
    pub fn access_with(&self, token: &Token) -> Access {
        Access {
            token: token.token.clone(),
            zone: self.zone.clone(),
        }
    }
}

/// A token that stands alone: as people and other programs keep one. A byte order mark and white
/// space around it do not count.
pub fn token_alone(kept: &Secret) -> Option<Secret> {
    // EXPOSE: to check its form; nothing is said of what has another one.
    let text = kept.expose().trim_start_matches('\u{FEFF}').trim();
    is_uuid(text).then(|| Secret::new(text.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "2544847b-1111-4222-8333-c0ffeec0ffee";

    fn read(text: &str) -> Result<Entry, Error> {
        let zone = Zone::parse("eu1.make.com").unwrap();
        let kept = Secret::new(text.to_owned());
        Entry::read(&"reporter".parse().unwrap(), &kept, &zone)
    }

    fn entry() -> Entry {
        let token = |end: &str| Token {
            token: Secret::new(TOKEN.replace("2544", end)),
            created: "2020-03-27T05:53:27.368Z".parse().ok(),
            label: Some(format!("l-{end}")),
        };
        Entry {
            token: token("2544"),
            zone: Zone::parse("us1.make.com").unwrap(),
            make_user_id: UserId::new(7).ok(),
            next: Some(token("aaaa")),
            former: None,
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let kept = entry().write();
        let read = read(kept.expose()).unwrap();
        assert_eq!(read.token.token.expose(), TOKEN);
        assert_eq!(read.zone.to_string(), "us1.make.com");
        assert_eq!(read.make_user_id.unwrap().number(), 7);
        let next = read.next.unwrap();
        assert_eq!(next.prefix(), "aaaa847b");
        assert_eq!(next.label.as_deref(), Some("l-aaaa"));
        assert!(read.former.is_none());
    }

    #[test]
    fn a_token_alone_belongs_to_the_zone_of_the_operator() {
        for text in [
            TOKEN.to_owned(),
            format!("\u{FEFF}{}\r\n", TOKEN.to_uppercase()),
        ] {
            let read = read(&text).unwrap();
            assert_eq!(read.token.token.expose(), TOKEN);
            assert_eq!(read.zone.to_string(), "eu1.make.com");
        }
    }

    #[test]
    fn neither_errors_nor_debug_show_a_token() {
        for text in [
            TOKEN.get(..35).unwrap().to_owned(),
            format!("\"{TOKEN}\""),
            format!("{{\"token\":\"{TOKEN}\"}}"),
            format!("{{\"token\":\"{TOKEN}x\",\"zone\":\"eu1.make.com\"}}"),
            format!("{{\"token\":\"{TOKEN}\",\"zone\":\"evil.example/{TOKEN}\"}}"),
            format!("{{\"token\":[\"{TOKEN}\"]}}"),
            format!("{TOKEN}\n{TOKEN}"),
        ] {
            let error = read(&text).unwrap_err();
            assert!(matches!(error, Error::NoEntry(_)), "{error:?}");
            assert!(!format!("{error:?} {error}").contains("c0ffee"));
        }
        assert!(!format!("{:?}", entry()).contains("c0ffee"));
    }
}
