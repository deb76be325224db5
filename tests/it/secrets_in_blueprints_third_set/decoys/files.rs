//! Code, styles, images and other long texts without a credential.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::modules::{Request, module};
use super::super::pattern::fill;
use crate::blueprint_reader::random::Random;

const MINIFIED: [&str; 9] = [
    "!function(e,t){\"object\"==typeof exports&&\"undefined\"!=typeof module?module.exports=t():e.<a3?>=t()}(this,function(){\"use strict\";var e=1e3,n=6e4,<a2?>=36e5;return function(<a1?>){return Math.floor(<a1?>/n)}});",
    "var <a2?>=input.rows.map(r=>({id:r.id,<a4?>:+(r.qty*r.price).toFixed(2)})).filter(r=>r.<a4?>>0);return <a2?>.reduce((a,b)=>a+b.id,0)",
    "const key=input.items.reduce((k,i)=>(k[i.sku]=(k[i.sku]||0)+i.qty,k),{});return Object.keys(key).length;",
    "const token = input.text.split(/\\s+/); return { tokens: token.length, first: token[0] };",
    "const password = input.password; if (password.length < 12) { return 'too short'; } return 'ok';",
    "const apiKey = input.apiKey; return fetch(input.url, { headers: { Authorization: `Bearer ${apiKey}` } });",
    "function hash(s){let h=0x<h8?>;for(let i=0;i<s.length;i++){h=Math.imul(h^s.charCodeAt(i),0x5bd1e995);h^=h>>>15}return(h>>>0).toString(16)}return hash(input.text)",
    "const t=[0x<h8?>,0x<h8?>,0x<h8?>,0x<h8?>,0x<h8?>,0x<h8?>,0x<h8?>,0x<h8?>];return t.map(x=>x^input.n)",
    "const { token, secret } = await getCredentials(input.tenant);\nreturn sign(token, secret, input.body);",
];

const PYTHON: [&str; 3] = [
    "import os\n\ndef main(input):\n    token = os.environ['SHOP_TOKEN']\n    return client(token).list(limit=50)\n",
    "def main(input):\n    password = input.get('password')\n    return {'strength': len(set(password))}\n",
    "import hashlib\n\ndef main(input):\n    expected = '<h64?>'  # checksum of the file\n    return hashlib.sha256(input['data']).hexdigest() == expected\n",
];

const STYLES: [&str; 3] = [
    ".btn-<a5?>{color:#<h6?>;background:linear-gradient(135deg,#<h6?> 0%,#<h6?> 50%,#<h6?> 100%);box-shadow:0 10px 15px -3px rgba(0,0,0,.1)}",
    "<table class=\"row-<l6?>\" style=\"border-collapse:collapse;color:#<h6?>\"><tr><td class=\"sc-<n6?> <n6?>\">{{1.name}}</td></tr></table>",
    ":root{--brand:#<h6?>;--accent:#<h6?>;--bg:#<h6?>}@media(min-width:48em){.grid{grid-template-columns:repeat(3,minmax(0,1fr))}}",
];

/// A code module.
pub(super) fn code(random: &mut Random) -> Value {
    let (language, field, code) = if random.below(4) == 0 {
        ("python", "codeEditorPython", *random.pick(&PYTHON))
    } else {
        (
            "javascript",
            "codeEditorJavascript",
            *random.pick(&MINIFIED),
        )
    };
    let code = fill_code(random, code);
    let input = json!([{"name": "rows", "value": "{{2.array}}"}]);
    module(
        random,
        "code:ExecuteCode",
        json!({"language": language, "input": input, field: code}),
    )
}

/// Fills the public runs alone: code has angle brackets of its own.
fn fill_code(random: &mut Random, code: &str) -> String {
    let mut filled = String::new();
    let mut pieces = code.split("?>").peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            filled.push_str(piece);
            break;
        }
        let (before, run) = piece.rsplit_once('<').unwrap();
        filled.push_str(before);
        filled.push_str(&fill(random, &format!("<{run}?>")));
    }
    filled
}

/// An image, a font or an attachment in base64, or a style sheet.
pub(super) fn file(random: &mut Random) -> Value {
    let (kind, head): (&str, &[u8]) = *random.pick(&[
        (
            "image/png",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x20\0\0\0\x20\x08\x06\0\0\0".as_slice(),
        ),
        (
            "image/jpeg",
            b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0",
        ),
        ("image/gif", b"GIF89a\x20\0\x20\0\xf7\0\0"),
        ("image/webp", b"RIFF\x24\x02\0\0WEBPVP8 "),
        ("font/woff2", b"wOF2\0\x01\0\0\0\0"),
        ("application/pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
        ("application/zip", b"PK\x03\x04\x14\0\0\0\x08\0"),
    ]);
    let mut bytes = head.to_vec();
    let size = 90 + random.below(300);
    bytes.extend(random.bytes(size));
    let encoded = STANDARD.encode(bytes);
    match random.below(5) {
        0 => {
            let html =
                format!("<img width=\"32\" src=\"data:{kind};base64,{encoded}\" alt=\"logo\">");
            module(
                random,
                "email:ActionSendEmail",
                json!({"to": "{{1.email}}", "html": html}),
            )
        }
        1 => {
            let mapper = json!({"fileName": "file.bin", "mimeType": kind, "data": encoded});
            module(random, "google-drive:uploadAFile", mapper)
        }
        2 => {
            let body =
                json!({"name": "{{1.name}}", "image": format!("data:{kind};base64,{encoded}")});
            let request = Request::to("https://api.example.com/v1/pictures").json(&body);
            request.module(random)
        }
        3 => {
            let style = *random.pick(&STYLES);
            let text = fill_code(random, style);
            module(
                random,
                "html-css-to-image:create",
                json!({"html": "<div/>", "css": text}),
            )
        }
        _ => {
            let polygon: Vec<String> = (0..20)
                .map(|_| format!("{}.{}", random.below(99), fill(random, "<d6?>")))
                .collect();
            let svg = format!(
                "<svg viewBox=\"0 0 99 99\"><path d=\"M{}z\"/></svg>",
                polygon.join(" ")
            );
            let mapper = json!({"name": "logo", "scope": "roundtrip", "value": svg});
            module(random, "util:SetVariable2", mapper)
        }
    }
}

/// A public key or a certificate, which everyone may have.
pub(super) fn public_pem(random: &mut Random) -> Value {
    let (label, beginning) = *random.pick(&[
        ("PUBLIC KEY", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"),
        ("CERTIFICATE", "MIIDazCCAlOgAwIBAgIU"),
        ("RSA PUBLIC KEY", "MIIBCgKCAQEA"),
    ]);
    let body = format!("{beginning}{}", STANDARD.encode(random.bytes(270)));
    let lines: Vec<&str> = body
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let pem = format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    );
    module(
        random,
        "encryptor:verify",
        json!({"text": "{{1.body}}", "certificate": pem}),
    )
}
