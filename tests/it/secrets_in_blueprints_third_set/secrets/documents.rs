//! Private keys in PEM and JSON, and signed tokens.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::super::modules::{Request, module, with_parameters};
use super::super::pattern::{Secret, fill, uuid};
use super::{Planted, carriers, places};
use crate::blueprint_reader::random::Random;

const PEM_LABELS: [&str; 7] = [
    "RSA PRIVATE KEY",
    "PRIVATE KEY",
    "EC PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "DSA PRIVATE KEY",
    "PGP PRIVATE KEY BLOCK",
];

/// A private key in PEM. The first bytes, the same in every key of a kind, do not count as secret.
fn pem(random: &mut Random, number: usize) -> (&'static str, Secret) {
    let label = PEM_LABELS[number % PEM_LABELS.len()];
    let size = if label.starts_with("EC") { 119 } else { 608 };
    let body = STANDARD.encode(random.bytes(size));
    let lines: Vec<&str> = body
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let end = if label.starts_with("PGP") {
        "\n=aB3d"
    } else {
        ""
    };
    let secret = Secret {
        text: format!(
            "-----BEGIN {label}-----\n{}{end}\n-----END {label}-----\n",
            lines.join("\n")
        ),
        parts: lines
            .iter()
            .filter(|line| line.len() == 64)
            .map(|line| (*line).to_owned())
            .collect(),
    };
    (label, secret)
}

/// A private key, in the places where scenarios have it.
pub(super) fn private_key(random: &mut Random, number: usize) -> (&'static str, Planted) {
    let (label, secret) = pem(random, number);
    let text = secret.text.as_str();
    let (place, module): (&str, Value) = match number % 6 {
        0 => {
            let parameters = json!({"host": "sftp.example.com", "port": 22, "key": text});
            let module = with_parameters(random, "acme-sftp:upload", parameters, json!({}));
            ("parameter `key`", module)
        }
        1 => {
            let mapper = json!({"name": "signer", "scope": "roundtrip", "value": text});
            ("set variable", module(random, "util:SetVariable2", mapper))
        }
        2 => {
            let account = json!({"type": "service_account", "project_id": "acme-prod",
                "private_key": text, "client_email": "make@acme-prod.iam.gserviceaccount.com"});
            let mapper = json!({"json": serde_json::to_string_pretty(&account).unwrap()});
            (
                "service account in JSON",
                module(random, "json:ParseJSON", mapper),
            )
        }
        3 => {
            let code = format!("const pem = `{text}`;\nreturn sign(input.payload, pem);");
            let mapper = json!({"language": "javascript", "input": [{"name": "payload", "value": "{{1.body}}"}],
                "codeEditorJavascript": code});
            ("code", module(random, "code:ExecuteCode", mapper))
        }
        4 => {
            let body = json!({"alg": "RS256", "payload": "{{1.claims}}", "pem": text});
            let request = Request::to("https://sign.example.com/jwt").json(&body);
            ("JSON body", request.module(random))
        }
        _ => {
            let line = text.replace('\n', "\\n");
            let file = format!("PORT=8080\nSIGNER=\"{line}\"\n");
            let mapper = json!({"name": ".env", "data": file, "folder": "/deploy"});
            (
                "dotenv text, one line",
                module(random, "dropbox:uploadFile", mapper),
            )
        }
    };
    let planted = Planted {
        place: place.to_owned(),
        module,
        parts: secret.parts,
    };
    (label, planted)
}

/// A signed token; its header, the same for all of a kind, does not count as secret.
fn jwt(random: &mut Random, number: usize) -> (&'static str, Secret) {
    let (kind, header) = match number % 3 {
        0 => ("HS256", json!({"alg": "HS256", "typ": "JWT"})),
        1 => (
            "RS256",
            json!({"alg": "RS256", "typ": "JWT", "kid": fill(random, "<h16?>")}),
        ),
        _ => ("ES256", json!({"typ": "JWT", "alg": "ES256"})),
    };
    let claims = match number % 4 {
        0 => {
            json!({"iss": "supabase", "role": "service_role", "ref": fill(random, "<a20?>"), "exp": 2_080_000_000})
        }
        1 => {
            json!({"sub": uuid(random), "iat": 1_700_000_000 + random.below(90_000_000), "scope": "orders:write"})
        }
        2 => {
            json!({"tid": random.below(99_999_999), "aai": 11, "uid": random.below(99_999_999), "per": "me:write", "rgn": "euc1"})
        }
        _ => {
            json!({"aud": "https://api.example.com", "iss": "https://login.example.com/", "jti": fill(random, "<n22?>")})
        }
    };
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signature = fill(random, if kind == "RS256" { "<w342?>" } else { "<w43?>" });
    let secret = Secret {
        text: format!("{}.{}.{signature}", encode(&header), encode(&claims)),
        parts: vec![encode(&claims), signature],
    };
    (kind, secret)
}

/// A signed token, in requests and elsewhere.
pub(super) fn signed_token(random: &mut Random, number: usize) -> (&'static str, Planted) {
    let (kind, secret) = jwt(random, number);
    let uses = [
        "Authorization: Bearer ",
        "X-Auth: ",
        "apikey: ",
        "Cookie: theme=dark; sid=",
        "?token",
        "?jwt",
        "https://app.example.com/magic/{}/open",
        "Authorization: ",
    ];
    let planted = match uses.get(number % 13) {
        Some(carrier) => carriers::carried(random, &secret, carrier),
        None => places::anywhere(random, &secret, number),
    };
    (kind, planted)
}
