//! Patterns such as `SG.«!url:22».«!url:43»` and what they expand to. A placeholder names an
//! alphabet or a kind of text; `!` marks what is secret and may not be seen.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::random::{DIGITS, LOWER, Random, UPPER};
use super::words;

/// A text with the parts of it that are secret.
#[derive(Clone, Debug, Default)]
pub(super) struct Expanded {
    pub(super) text: String,
    pub(super) secret_parts: Vec<String>,
}

pub(super) fn expand(random: &mut Random, pattern: &str) -> Expanded {
    let mut expanded = Expanded::default();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('«') {
        let (placeholder, after) = after.split_once('»').unwrap();
        expanded.text.push_str(before);
        let (is_secret, placeholder) = match placeholder.strip_prefix('!') {
            Some(bare) => (true, bare),
            None => (false, placeholder),
        };
        let (kind, argument) = placeholder.split_once(':').unwrap_or((placeholder, ""));
        let (text, parts) = fill(random, kind, argument);
        expanded.text.push_str(&text);
        if is_secret {
            expanded.secret_parts.extend(parts);
        }
        rest = after;
    }
    expanded.text.push_str(rest);
    expanded
}

/// The text of one placeholder, and its parts that carry the secret.
fn fill(random: &mut Random, kind: &str, argument: &str) -> (String, Vec<String>) {
    match kind {
        "jwt" => return jwt(random),
        "pem" => return pem(random, argument, "\n"),
        "pem1" => return pem(random, argument, "\\n"),
        _ => {}
    }
    let text = match alphabet(kind) {
        Some(alphabet) => {
            let length = length(random, argument);
            random.text(&alphabet, length)
        }
        None => words::text(random, kind, argument),
    };
    (text.clone(), vec![text])
}

fn alphabet(kind: &str) -> Option<String> {
    Some(match kind {
        "an" => [UPPER, LOWER, DIGITS].concat(),
        "lo" => [LOWER, DIGITS].concat(),
        "up" => [UPPER, DIGITS].concat(),
        "al" => [UPPER, LOWER].concat(),
        "low" => LOWER.to_owned(),
        "d" => DIGITS.to_owned(),
        "hex" => "0123456789abcdef".to_owned(),
        "HEX" => "0123456789ABCDEF".to_owned(),
        "b32" => [UPPER, "234567"].concat(),
        "bech" => "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".to_owned(),
        "b64" => [UPPER, LOWER, DIGITS, "+/"].concat(),
        "url" => [UPPER, LOWER, DIGITS, "-_"].concat(),
        _ => return None,
    })
}

/// `20`, or one of `20-64`.
fn length(random: &mut Random, argument: &str) -> usize {
    match argument.split_once('-') {
        Some((least, most)) => {
            let least: usize = least.parse().unwrap();
            let most: usize = most.parse().unwrap();
            least + random.below(most - least + 1)
        }
        None => argument.parse().unwrap(),
    }
}

fn jwt(random: &mut Random) -> (String, Vec<String>) {
    let algorithm = *random.pick(&["HS256", "RS256", "ES256"]);
    let header = format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#);
    let subject = random.text(DIGITS, 10);
    let user = random.text(LOWER, 7);
    let claims = format!(r#"{{"sub":"{subject}","name":"{user}","iat":1716239022,"scope":"all"}}"#);
    let claims = URL_SAFE_NO_PAD.encode(claims);
    let signature = URL_SAFE_NO_PAD.encode(random.bytes(32));
    let text = format!("{}.{claims}.{signature}", URL_SAFE_NO_PAD.encode(header));
    (text, vec![claims, signature])
}

/// A PEM block of the size of a key on an elliptic curve or of a short RSA one.
fn pem(random: &mut Random, label: &str, line_break: &str) -> (String, Vec<String>) {
    let alphabet = alphabet("b64").unwrap();
    let count = 4 + random.below(9);
    let lines: Vec<String> = (0..count).map(|_| random.text(&alphabet, 64)).collect();
    let body = lines.join(line_break);
    let text = format!(
        "-----BEGIN {label}-----{line_break}{body}{line_break}-----END {label}-----{line_break}"
    );
    (text, lines)
}

/// The text in which HTTP carries a user and a password.
pub(super) fn basic(user: &str, password: &str) -> String {
    STANDARD.encode(format!("{user}:{password}"))
}

/// The bytes of a picture, as mails and pages carry them.
pub(super) fn base64(random: &mut Random, start: &[u8], length: usize) -> String {
    STANDARD.encode([start, &random.bytes(length)].concat())
}
