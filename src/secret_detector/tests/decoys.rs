//! What looks like a secret and is none: ids, digests, slugs, files, code, mappings, prose.

use serde_json::{Value, json};

use super::grammar::Numbers;
use crate::secret_detector::document::secrets;

/// Names with values that are no secrets.
const FIELDS: &[(&str, &str)] = &[
    ("recordId", "{h8}-{h4}-4{h3}-8{h3}-{h12}"),
    ("customer", "cus_{A14}"),
    ("order", "01H{U23}"),
    ("sha256", "{h64}"),
    ("commit", "{h40}"),
    ("etag", "W/\"{h32}\""),
    ("spreadsheetId", "1{u43}"),
    ("driveFile", "1{u32}"),
    ("messageId", "<{A30}@mail.acme.example>"),
    ("folderId", "AAMkAG{u110}AAA="),
    ("videoId", "{u11}"),
    ("contract", "0x{h40}"),
    ("txHash", "0x{h64}"),
    ("cid", "Qm{A44}"),
    ("integrity", "sha384-{b64}"),
    ("slug", "wie-man-ein-passwort-in-{d2}-minuten-aendert"),
    (
        "url",
        "https://api.acme.example/v{d1}/items/{h8}-{h4}-4{h3}-8{h3}-{h12}?page={d2}&sort=asc",
    ),
    (
        "url",
        "https://www.acme.example/blog/webhooks-explained-{d4}",
    ),
    (
        "url",
        "https://docs.google.com/spreadsheets/d/1{u43}/edit#gid={d9}",
    ),
    ("url", "https://github.com/acme/webhook-relay/commit/{h40}"),
    ("url", "https://cdn.acme.example/assets/main.{h20}.js"),
    ("url", "https://api.airtable.com/v0/app{A14}/tbl{A14}"),
    ("url", "https://api.notion.com/v1/databases/{h32}/query"),
    ("url", "https://www.youtube.com/watch?v={u11}"),
    (
        "url",
        "https://acme.example/search?q=how+to+reset+a+password&lang=en",
    ),
    (
        "redirectUri",
        "https://acme.example/oauth/callback?state={{1.state}}",
    ),
    ("tokenType", "bearer"),
    ("tokenUrl", "https://auth.acme.example/oauth/token"),
    ("max_tokens", "{d4}"),
    ("pageToken", "{A40}"),
    ("nextCursor", "eyJpZCI6MTIzNDU2LCJzb3J0IjoiYXNjIn0="),
    ("publicKey", "pk_live_{A24}"),
    ("keyId", "{A20}"),
    ("keyboard", "de-DE"),
    ("keywords", "password manager, api key, token"),
    ("schluesselwort", "rabatt{d4}"),
    ("palabra_clave", "zapatos2024"),
    ("mot_cle", "chaussures{d2}"),
    ("codigo_postal", "{d5}"),
    ("claveProducto", "H{d2}"),
    ("secretariat", "Jane {d2}"),
    ("secretName", "projects/acme/secrets/shop-key"),
    ("author", "Jane Doe"),
    ("authType", "oauth2"),
    ("authMethod", "hmac-sha256"),
    ("sessionLength", "{d4}"),
    ("passenger", "Doe/Jane {d2}A"),
    ("passport", "required"),
    ("compass", "NNW{d2}"),
    ("zugang", "offen"),
    ("password", "{{7.password}}"),
    ("passwort", "{{1.passwort}}"),
    ("apiKey", "{{connection.apiKey}}"),
    ("token", "{{1.data.token}}"),
    ("Authorization", "Bearer {{1.accessToken}}"),
    ("Authorization", "Basic {{base64(1.user + \":\" + 1.pass)}}"),
    ("secret", ""),
    ("key", "customers/{d4}/report.csv"),
    ("cookieConsent", "accepted-{d4}"),
    (
        "text",
        "Reset your password with the link that we sent on {d2} May.",
    ),
    (
        "text",
        "Passwort vergessen? Klicken Sie hier: https://acme.example/reset",
    ),
    ("text", "The token is used {d2} times, the key is optional."),
    ("text", "Your order {d8} was shipped, tracking 1Z{U16}."),
    (
        "html",
        "<div class=\"c{h6}\" id=\"x{h8}\"><a href=\"https://acme.example/?utm_source=mail&amp;utm_id={d6}\">Go</a></div>",
    ),
    (
        "css",
        ".token-list{{color:#fff}} .password-field{color:#{h6}}",
    ),
    (
        "code",
        "const token=await getToken(input.id);return {password:input.password,key:token.key};",
    ),
    (
        "code",
        "if(req.headers['x-api-key']!==process.env.API_KEY){throw new Error('bad key');}",
    ),
    (
        "query",
        "SELECT id, password_hash FROM users WHERE token = ? AND api_key_id = {d4}",
    ),
    (
        "command",
        "docker run -p 8080:80 -u 1000:1000 acme/app:{d2}",
    ),
    (
        "command",
        "git push -u origin main && npm ci --token-type bearer",
    ),
    ("pattern", "^(?<password>[A-Za-z0-9]{8,})\\s+token=(\\w+)$"),
    (
        "graphql",
        "query($id: ID!){ node(id: $id){ ... on Token { key secret } } }",
    ),
    ("nodeId", "Z2lkOi8vc2hvcGlmeS9Qcm9kdWN0LzEyMzQ1Njc4OTAxMjM="),
    ("accept", "application/vnd.api+json; version={d1}"),
    (
        "userAgent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.{d2}",
    ),
    ("boundary", "----WebKitFormBoundary7MA4YWxkTrZu0gW"),
    ("email", "jane.doe{d4}@acme.example"),
    ("phone", "+420{d9}"),
    ("iban", "CZ{d22}"),
    ("date", "20{d2}-05-17T09:{d2}:00.000Z"),
    ("fileName", "passwords-{d8}-final.v{d1}.pdf"),
    (
        "image",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ{b200}",
    ),
    ("model", "gpt-4o-mini-20{d2}-07-18"),
    ("trackingUrl", "https://track.acme.example/t/1Z{U16}"),
];

/// Headers that are no secrets.
const HEADERS: &[(&str, &str)] = &[
    ("Strict-Transport-Security", "max-age=31536000"),
    ("X-Webhook-Event", "order.created"),
    ("X-Request-Id", "{h8}-{h4}-4{h3}-8{h3}-{h12}"),
    ("X-Trace", "{h32}"),
    ("If-None-Match", "\"{h32}\""),
    ("Access-Control-Allow-Origin", "https://acme.example"),
    ("Access-Control-Allow-Headers", "x-api-key, authorization"),
    ("Idempotency-Key", "{h8}-{h4}-4{h3}-8{h3}-{h12}"),
    ("X-Cache-Key", "v1-home-{d4}"),
    ("X-Auth-Type", "bearer"),
    ("X-Session-Length", "{d4}"),
    ("WWW-Authenticate", "Basic realm=\"shop\""),
    ("Cookie", "{{1.cookie}}"),
    ("X-Signature", "{{sha256(1.body; \"hex\"; 2.secret)}}"),
    ("X-Access", "read-only"),
    ("X-Key", "{{1.key}}"),
    ("Accept-Language", "de-DE,de;q=0.9"),
    (
        "Content-Type",
        "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
    ),
];

fn value(numbers: &mut Numbers, grammar: &str) -> String {
    let known = ["{A", "{h", "{U", "{l", "{d", "{u", "{b"];
    let is_grammar = grammar.split_inclusive('}').all(|part| {
        !part.contains('{')
            || known.iter().any(|begin| {
                part.find(begin).is_some_and(|at| {
                    let digits = part.get(at + 2..).unwrap().strip_suffix('}');
                    digits.is_some_and(|it| it.parse::<usize>().is_ok())
                })
            })
    });
    if is_grammar {
        numbers.draw(grammar)
    } else {
        grammar.to_owned()
    }
}

fn blueprint(numbers: &mut Numbers, number: usize) -> Value {
    let mut pair = |turn: usize| {
        let (name, grammar) = FIELDS[(number * 7 + turn * 11) % FIELDS.len()];
        (name, value(numbers, grammar))
    };
    let (one, two, three, four) = (pair(0), pair(1), pair(2), pair(3));
    let (header, grammar) = HEADERS[number % HEADERS.len()];
    let header = json!({"name": header, "value": value(numbers, grammar)});
    json!({"name": "Sync", "flow": [
        {"id": 1, "module": "http:ActionSendData", "mapper": {one.0: one.1, "headers": [header],
            "qs": [{"name": two.0, "value": two.1}], "data": json!({three.0: three.1}).to_string()}},
        {"id": 2, "module": "app:do", "parameters": {two.0: two.1}, "mapper": {three.0: [three.1], "values": {"0": four.1},
            "fields": [{"name": four.0, "value": four.1}]},
            "filter": {"name": one.1, "conditions": [[{"a": "{{1.status}}", "o": "text:equal", "b": one.1}]]},
            "metadata": {"expect": [{"name": "password", "type": "text", "label": "Password"}]}},
    ]})
}

#[test]
fn of_blueprints_without_a_secret_hardly_any_is_taken_for_one_with_a_secret() {
    let mut numbers = Numbers::from(21);
    let mut wrong = Vec::new();
    let all = 300;
    for number in 0..all {
        let found = secrets("blueprint", &blueprint(&mut numbers, number));
        if !found.is_empty() {
            wrong.push(format!("{number}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {all}: {wrong:#?}", wrong.len());
}
