//! Secrets that are recognized by what they stand in: `Bearer …`, `user:pass@`, PEM, JSON Web
//! Tokens, addresses of Make's hooks.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::alphabet::{Runs, Set};
use super::randomness::{is_random, is_uuid, is_varied};
use super::values::{is_keylike, is_placeholder, literals};
use super::{Found, Kind};

/// What is looked for; the order is that of [`ANCHORS`].
#[derive(Debug, Clone, Copy)]
enum Scheme {
    Authorization,
    Basic,
    Jwt,
    Pem,
    Address,
    Hook,
    HookMail,
    McpToken,
}

/// Found in any case.
pub(super) const ANCHORS: [&str; 17] = [
    "bearer",
    "token",
    "ssws",
    "apikey",
    "api-key",
    "oauthtoken",
    "genie",
    "basic",
    "eyj",
    "-----begin",
    "//",
    "hook.",
    "@hook.",
    "/mcp/api/v1/u/",
    "/mcp/u/",
    "/mcp/s/",
    "/mcp/server/",
];

const SCHEMES: [Scheme; 17] = [
    Scheme::Authorization,
    Scheme::Authorization,
    Scheme::Authorization,
    Scheme::Authorization,
    Scheme::Authorization,
    Scheme::Authorization,
    Scheme::Authorization,
    Scheme::Basic,
    Scheme::Jwt,
    Scheme::Pem,
    Scheme::Address,
    Scheme::Hook,
    Scheme::HookMail,
    Scheme::McpToken,
    Scheme::McpToken,
    Scheme::McpToken,
    Scheme::McpToken,
];

/// Reads a text for what one anchor after the other points at.
pub(super) struct Reader<'t> {
    text: &'t str,
    /// Where the next end of a PEM block was found, so that many beginnings cost one search; behind
    /// the text where there is none.
    next_pem_end: Option<usize>,
    /// How far keys without an end were read.
    read_to: usize,
    /// How far the values behind schemes were read.
    tokens_read_to: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self {
            text,
            next_pem_end: None,
            read_to: 0,
            tokens_read_to: 0,
        }
    }

    /// The secret that this anchor, which stands there, points at.
    pub(super) fn at(
        &mut self,
        anchor: usize,
        runs: &mut Runs<'t>,
        at: Range<usize>,
    ) -> Option<Found> {
        let found = |kind, range| Some(Found { kind, range });
        match SCHEMES.get(anchor)? {
            Scheme::Authorization => {
                let range = self.authorization(runs, at)?;
                found(Kind::Authorization, range)
            }
            Scheme::Basic => {
                let range = self.basic(runs, at)?;
                found(Kind::Authorization, range)
            }
            Scheme::Jwt => found(Kind::Jwt, self.jwt(runs, at.start)?),
            Scheme::Pem => found(Kind::PrivateKey, self.pem(at)?),
            Scheme::Address => {
                let has_scheme = self.text.get(..at.start)?.ends_with(':');
                found(Kind::UrlPassword, self.user_info(at.end, has_scheme)?)
            }
            Scheme::Hook => found(Kind::WebhookAddress, self.hook(runs, at)?),
            Scheme::HookMail => found(Kind::WebhookAddress, self.hook_mail(runs, at)?),
            Scheme::McpToken => found(Kind::Token, self.mcp_token(runs, at)?),
        }
    }

    /// The blanks behind a scheme, also as an address or a form writes them.
    fn behind_blanks(&self, from: usize) -> Option<usize> {
        let rest = self.text.get(from..)?;
        let blank = |c: char| c == ' ' || c == '\t' || c == '+';
        let bare = rest.trim_start_matches(blank);
        let bare = bare.strip_prefix("%20").unwrap_or(bare);
        let at = self.text.len() - bare.len();
        (at > from).then_some(at)
    }

    fn authorization(&mut self, runs: &mut Runs<'t>, at: Range<usize>) -> Option<Range<usize>> {
        let before = at.start.checked_sub(1).and_then(|before| runs.byte(before));
        if before.is_some_and(|byte| byte.is_ascii_alphanumeric()) && !runs.begins_word(at.start) {
            return None;
        }
        let mut from = self.behind_blanks(at.end)?;
        // `Token token="…"`, as Rails reads it.
        for inner in ["token=", "key="] {
            if self
                .text
                .get(from..)
                .is_some_and(|rest| rest.starts_with(inner))
            {
                from += inner.len();
            }
        }
        from += usize::from(matches!(runs.byte(from), Some(b'"' | b'\'')));
        if from < self.tokens_read_to {
            return None;
        }
        let to = runs.end(Set::Token, from);
        self.tokens_read_to = to;
        let value = self.text.get(from..to)?;
        let value = value.trim_end_matches(['.', ',', ':', '!', '*']);
        (is_uuid(value) || is_keylike(value) || (value.len() >= 8 && is_mixed(value)))
            .then_some(from..from + value.len())
    }

    fn basic(&self, runs: &mut Runs<'t>, at: Range<usize>) -> Option<Range<usize>> {
        if !runs.begins_word(at.start) {
            return None;
        }
        let from = self.behind_blanks(at.end)?;
        let to = runs.end(Set::Base64, from);
        let value = self.text.get(from..to)?;
        let bare = value.trim_end_matches('=');
        // Enough to see the colon; the rest decodes as well or it does not matter.
        let short = bare.get(
            ..bare.len().min(340) / 4 * 4 + if bare.len() <= 340 { bare.len() % 4 } else { 0 },
        )?;
        let decoded = STANDARD_NO_PAD.decode(short).ok()?;
        let is_pair =
            decoded.contains(&b':') && decoded.iter().all(|byte| *byte >= b' ' && *byte != 0x7f);
        (is_pair && bare.len() >= 4).then_some(from..to)
    }

    fn jwt(&self, runs: &mut Runs<'t>, start: usize) -> Option<Range<usize>> {
        if !runs.begins_word(start) {
            return None;
        }
        let head_end = runs.end(Set::Url, start);
        let head = self.text.get(start..head_end)?;
        if runs.byte(head_end) != Some(b'.') || head.len() > 4096 {
            return None;
        }
        let header = URL_SAFE_NO_PAD.decode(head).ok()?;
        let header: serde_json::Value = serde_json::from_slice(&header).ok()?;
        header
            .get("alg")
            .or(header.get("enc"))
            .or(header.get("typ"))?;
        let mut at = head_end;
        let mut parts = 1;
        while parts < 5 && runs.byte(at) == Some(b'.') {
            let end = runs.end(Set::Url, at + 1);
            // Of an encrypted token a part may be empty; a sentence ends otherwise.
            if end == at + 1 && runs.byte(end) != Some(b'.') {
                break;
            }
            at = end;
            parts += 1;
        }
        (parts >= 2 && at - start >= 30).then_some(start..at)
    }

    /// From `-----BEGIN … PRIVATE KEY-----` to its end; where the end is missing, as far as the
    /// key goes.
    fn pem(&mut self, at: Range<usize>) -> Option<Range<usize>> {
        let rest = self.text.get(at.end..)?;
        let title = rest
            .get(..rest.len().min(60))
            .or_else(|| rest.get(..rest.floor_char_boundary(60)))?;
        let title = title.split("-----").next()?;
        if !title.to_ascii_uppercase().contains("PRIVATE KEY") {
            return None;
        }
        let body = at.end + title.len() + 5;
        let known = self.next_pem_end.filter(|end| *end >= body);
        let end = known.unwrap_or_else(|| {
            let found = self.text.get(body..).and_then(|rest| rest.find("-----END"));
            found.map_or(usize::MAX, |found| body + found)
        });
        self.next_pem_end = Some(end);
        if end < self.text.len() {
            let behind = self.text.get(end + 8..)?;
            let tail = behind.get(..behind.floor_char_boundary(64))?.find("-----");
            return Some(at.start..tail.map_or(end + 8, |tail| end + 8 + tail + 5));
        }
        if body <= self.read_to {
            return None;
        }
        let rest = self.text.get(body..)?;
        let in_key = |c: char| c.is_ascii_alphanumeric() || "+/=\\ \r\n\t-,:".contains(c);
        let length = rest.find(|c: char| !in_key(c)).unwrap_or(rest.len());
        self.read_to = body + length;
        (length >= 16).then_some(at.start..body + length)
    }

    /// `user:pass@` or `key@` behind `://`.
    fn user_info(&self, from: usize, has_scheme: bool) -> Option<Range<usize>> {
        let rest = self.text.get(from..)?;
        let end = rest
            .find(|c: char| "/?#\\\"'<> \r\n\t".contains(c))
            .unwrap_or(rest.len());
        let authority = rest.get(..end.min(1024)).unwrap_or_default();
        let at = authority.rfind('@')?;
        let user = authority.get(..at)?;
        // A comment in code begins so, too.
        let host = authority.get(at + 1..)?;
        let is_address = has_scheme || (user.contains(':') && host.contains('.'));
        is_address.then_some(())?;
        let (start, secret) = match user.split_once(':') {
            Some((name, "" | "x-oauth-basic" | "x")) => (from, name),
            Some((name, pass)) => (from + name.len() + 1, pass),
            None => (from, user),
        };
        let is_password = user.contains(':') && start > from;
        let literal: Vec<Range<usize>> = literals(secret);
        let [only] = literal.as_slice() else {
            return None;
        };
        let text = secret.get(only.clone())?;
        let is_secret = if is_password {
            !is_placeholder(text) && !is_word_for_password(text)
        } else {
            is_keylike(text)
        };
        is_secret.then_some(start + only.start..start + only.end)
    }

    fn hook(&self, runs: &mut Runs<'t>, at: Range<usize>) -> Option<Range<usize>> {
        let before = at.start.checked_sub(1).and_then(|before| runs.byte(before));
        if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'@' || byte == b'.') {
            return None;
        }
        let host_end = runs.end(Set::Dotted, at.end);
        is_make(self.text.get(at.end..host_end)?).then_some(())?;
        if runs.byte(host_end) != Some(b'/') {
            return None;
        }
        let to = runs.end(Set::Path, host_end + 1);
        let path = self
            .text
            .get(host_end + 1..to)?
            .trim_end_matches(['.', '/']);
        (path.len() >= 8).then_some(host_end + 1..host_end + 1 + path.len())
    }

    fn hook_mail(&self, runs: &mut Runs<'t>, at: Range<usize>) -> Option<Range<usize>> {
        let host_end = runs.end(Set::Dotted, at.end);
        is_make(self.text.get(at.end..host_end)?.trim_end_matches('.')).then_some(())?;
        let from = runs.start(Set::Dotted, at.start, 128);
        (at.start - from >= 6).then_some(from..at.start)
    }

    /// An address of Make's MCP server has a token in it.
    fn mcp_token(&self, runs: &mut Runs<'t>, at: Range<usize>) -> Option<Range<usize>> {
        let mut from = at.end;
        if let Some(token) = self
            .text
            .get(from..)
            .and_then(|rest| rest.get(..80.min(rest.len()))?.find("/t/"))
        {
            from += token + 3;
        }
        let to = runs.end(Set::Url, from);
        let value = self.text.get(from..to)?;
        (is_uuid(value) || is_random(value) || is_keylike(value)).then_some(from..to)
    }
}

fn is_make(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    ["make.com", "integromat.com", "make.celonis.com"]
        .iter()
        .any(|domain| {
            host == *domain
                || host
                    .strip_suffix(domain)
                    .is_some_and(|zone| zone.ends_with('.'))
        })
}

fn is_mixed(text: &str) -> bool {
    let has = |is: fn(&u8) -> bool| text.as_bytes().iter().any(is);
    has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && is_varied(text.as_bytes())
        && !text.contains('/')
}

/// As documentation writes addresses.
fn is_word_for_password(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [
        "password", "pass", "pwd", "passwd", "secret", "token", "port", "passw0rd",
    ]
    .contains(&lower.as_str())
}
