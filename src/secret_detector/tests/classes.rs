//! Classes of secrets by where they stand and how they are written, each with values of its own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::grammar::Numbers;
use crate::secret_detector::document::secrets;

/// Addresses that are a right by themselves. `<…>` is the part that must not be seen.
const ADDRESSES: &[&str] = &[
    "https://n8n.acme.example/webhook/<{h8}-{h4}-4{h3}-8{h3}-{h12}>",
    "https://flows.acme.example/webhook-test/<{h8}-{h4}-4{h3}-8{h3}-{h12}>",
    "https://connect.pabbly.com/workflow/sendwebhookdata/<Ij{A50}_pc>",
    "https://script.google.com/macros/s/<AKfycb{u52}>/exec",
    "https://script.google.com/a/macros/acme.example/s/<AKfycb{u52}>/exec",
    "https://hc-ping.com/<{h8}-{h4}-4{h3}-8{h3}-{h12}>",
    "https://hc-ping.com/<{A22}>/nightly",
    "https://chat.acme.example/hooks/<{l26}>",
    "https://rocket.acme.example/hooks/{l17}/<{A32}>",
    "https://uptime.betterstack.com/api/v1/heartbeat/<{A24}>",
    "https://heartbeat.uptimerobot.com/m7<{d8}-{h40}>",
    "https://webhooks.workato.com/webhooks/rest/<{h8}-{h4}-4{h3}-8{h3}-{h12}>/new-lead",
    "https://<{l14}7k2>.m.pipedream.net",
    "https://webhook.site/<{h8}-{h4}-4{h3}-8{h3}-{h12}>",
    "https://h.albato.com/wh/38/1lfq8s/<{u40}>/",
    "https://webhooks.integrately.com/a/webhooks/<{h32}>",
    "https://hooks.airtable.com/workflows/v1/genericWebhook/app{A14}/<wfl{A14}/wtr{A14}>",
    "https://api.netlify.com/build_hooks/<{h24}>",
    "https://api.vercel.com/v1/integrations/deploy/prj_{A24}/<{A10}>",
    "https://api.render.com/deploy/srv-{l20}?key=<{A11}>",
    "https://api.cloudflare.com/client/v4/pages/webhooks/deploy_hooks/<{h8}-{h4}-4{h3}-8{h3}-{h12}>",
    "https://flow.zoho.eu/20085/flow/webhook/incoming?zapikey=<1001.{h32}.{h32}>",
    "https://automation.atlassian.com/pro/hooks/<{h40}>",
    "https://services.leadconnectorhq.com/hooks/{A20}/webhook-trigger/<{h8}-{h4}-4{h3}-8{h3}-{h12}>",
    "https://home.acme.example/api/webhook/<{u43}>",
    "https://<{l32}>.lambda-url.eu-west-1.on.aws/",
    "https://alert.victorops.com/integrations/generic/20131114/alert/<{h8}-{h4}-4{h3}-8{h3}-{h12}>/ops",
    "https://git.acme.example/api/v4/projects/7/trigger/pipeline?token=<{h30}>",
    "https://outlook.office365.com/owa/calendar/{h32}@acme.example/<{h40}>/calendar.ics",
    "https://in.acme.example/inbound/<{A28}>?x=1",
    "https%3A%2F%2Fhook.eu1.make.com%2F<{l32}>",
    "https%253A%252F%252Fhook.eu2.make.com%252F<{l32}>",
    r"https:\/\/hook.us1.make.com\/<{l32}>",
    "https:&#x2F;&#x2F;hook.eu1.make.com&#x2F;<{l32}>",
    r"https:\u002f\u002fhook.eu1.make.com\u002f<{l32}>",
    "hook.eu1.make.com/<{l32}>",
    "//jane:<{A12}>@db.acme.example/x",
    "https://files.acme.example/a.pdf;token=<{A24}>?x=1",
    "https://acme.example/cb?next=%2Fa%3Ftoken%3D<{A24}>%26b%3D1",
    "https://acme.example/a%3Ftoken=<{A24}>",
    "https://acme.example/a|access_token=<{A24}>",
    "https://acme.example/dl/apikey=<{A24}>/x",
    "https://acme.example/#access_token=<{A40}>&type=bearer",
    "https://acme.example/x?a=1&amp;api_key=<{h32}>",
    "jane:<{A6}!{d3}x>@smtp.acme.example:587",
];

/// Texts in which a name, a program or a scheme tells.
const TEXTS: &[&str] = &[
    "curl -u jane:<{l7}{d2}> https://api.acme.example/v1",
    "curl --user 'svc-make:<{A14}>' -sS https://api.acme.example",
    "curl -H 'X-Auth: <{A24}>' https://api.acme.example",
    "curl https://api.acme.example -H \"X-Access-Key: <{h32}>\"",
    "sshpass -p '<{A10}>' ssh deploy@acme.example",
    "mysql -h db -u root -p<{A12}> shop",
    "PGPASSWORD=<{A14}> psql -h db.acme.example",
    "sync --api-key <{A24}> --verbose",
    "export ACME_TOKEN=<{A24}>",
    "password%3D<{A14}>%26x%3D1",
    "grant=x&passwort=<{A12}>&b=1",
    "user: jane\nPasswort: <{A12}>\n",
    "user: jane\nmot de passe: <{A12}>\n",
    "contraseña: <{A12}>",
    "hasło: <{A12}>",
    "heslo: <{A12}>",
    "the password is <{A12}>",
    "define('DB_PASSWORD', '<{A14}>');",
    "headers.set(\"X-Api-Key\", \"<{A24}>\")",
    "<add key=\"ApiSecret\" value=\"<{A24}>\"/>",
    "<input name=\"password\" value=\"<{A14}>\">",
    "<param name=\"apiToken\"><{A24}></param>",
    "aws configure: AKIA{U16} <{A18}/{A21}>",
    "Content-Disposition: form-data; name=\"password\"\r\n\r\n<{A14}>\r\n--x",
    "[db]\nhost=a\npwd = <{A12}>\n",
    "client_secret => '<{A24}>'",
    "token := \"<{A24}>\"",
    "{{ifempty(1.apiKey; \"<{A24}>\")}}",
    "{{sha256(1.body; \"hex\"; \"<{A20}>\")}}",
    "{{if(1.headers.token = \"<{A20}>\"; 1; 2)}}",
];

/// Names of fields in the languages of forms and in the writings of apps; any value is a secret.
const NAMES: &[&str] = &[
    "zugangscode",
    "Zugangscode",
    "geheim",
    "geheimnis",
    "passwort",
    "Kennwort",
    "API-Schlüssel",
    "api_schluessel",
    "geheimschluessel",
    "Zugangsdaten",
    "mot_de_passe",
    "motDePasse",
    "mdp",
    "clé_api",
    "cle_secrete",
    "jeton",
    "jeton_acces",
    "code_acces",
    "contraseña",
    "contrasena",
    "clave_api",
    "clave_secreta",
    "secreto",
    "token_acceso",
    "codigo_acceso",
    "credenciales",
    "parola_d_ordine",
    "chiave_api",
    "chiave_segreta",
    "segreto",
    "codice_accesso",
    "senha",
    "palavra_passe",
    "chave_api",
    "chave_secreta",
    "segredo",
    "codigo_de_acesso",
    "wachtwoord",
    "api_sleutel",
    "toegangscode",
    "toegangssleutel",
    "inloggegevens",
    "hasło",
    "haslo",
    "klucz_api",
    "klucz_dostepu",
    "kod_dostępu",
    "sekret",
    "heslo",
    "tajemství",
    "api_klíč",
    "pristupovy_kod",
    "tajny_klic",
    "přístupové heslo",
    "jelszó",
    "lösenord",
    "adgangskode",
    "salasana",
    "şifre",
    "пароль",
    "密码",
    "パスワード",
    "비밀번호",
    "passwd2",
    "pw",
    "userPwd",
    "dbpass",
    "smtp_pw",
    "X-Auth-Token",
    "xAuthToken",
    "access_code",
    "recoveryCode",
    "psk",
    "preSharedKey",
    "pin_code",
    "wifiKey",
    "adminPasswd",
    "passwordConfirmation",
    "newpassword",
    "apikeyvalue",
    "key_secret",
    "shared_access_signature",
    "zapikey",
    "totp_secret",
    "privkey",
    "API token",
    "Secret (live)",
    "dbPASSWORD",
    "client.secret",
    "data[password]",
];

/// Headers whose value is a key.
const HEADERS: &[&str] = &[
    "X-Auth",
    "X-Auth-Sig",
    "X-Access",
    "X-Session",
    "X-Sig",
    "X-Key",
    "Key",
    "Auth",
    "X-App-Auth",
    "X-Ticket",
    "X-Acme-Pat",
    "X-Signature",
    "X-Shop-Auth",
    "X-Svc",
];

/// Part of a module with a text in the place of `T`.
fn places(text: &str) -> Vec<Value> {
    let quoted = json!(text).to_string();
    vec![
        json!({"module": "slack:CreateMessage", "mapper": {"text": text}}),
        json!({"module": "http:ActionSendData", "mapper": {"url": text}}),
        json!({"module": "util:SetVariable2", "mapper": {"name": "x", "value": text}}),
        json!({"module": "app:do", "mapper": {"data": format!("{{\"a\": [{quoted}]}}")}}),
        json!({"module": "app:do", "mapper": {}, "metadata": {"designer": {"name": text}}}),
        json!({"module": "app:do", "mapper": {"x": json!({"y": format!("{{\"z\":{quoted}}}")}).to_string()}}),
        json!({"module": "app:do", "mapper": {}, "filter": {"conditions": [[{"a": "{{1.x}}", "o": "text:equal", "b": text}]]}}),
    ]
}

/// Parts of a module with a secret in a field of this name.
fn fields(name: &str, secret: &str) -> Vec<Value> {
    vec![
        json!({"module": "app:do", "parameters": {name: secret}}),
        json!({"module": "app:do", "mapper": {name: [secret, "{{1.x}}"]}}),
        json!({"module": "util:SetVariables", "mapper": {"variables": [{"name": name, "value": secret}]}}),
        json!({"module": "app:do", "mapper": {"rows": [{"fieldName": name, "fieldValue": secret}]}}),
        json!({"module": "http:ActionSendData", "mapper": {"data": json!({"a": {name: secret}}).to_string()}}),
        json!({"module": "app:do", "mapper": {"x": {name: {"value": secret}}}}),
        json!({"module": "http:ActionSendData", "mapper": {"qs": [{"key": name, "value": secret}]}}),
    ]
}

/// Secrets that neither name nor format tells alone: what stands around them does.
fn structures(numbers: &mut Numbers) -> Vec<(Value, String)> {
    let (key, pass) = (numbers.draw("{A32}"), numbers.draw("{l5}{d2}!{A3}"));
    let (id, aws) = (numbers.draw("AKIA{U16}"), numbers.draw("{A18}/{A21}"));
    let text = json!({"user": "jane", "password": pass}).to_string();
    let encoded = STANDARD.encode(text);
    let http = "http:ActionSendData";
    let filter = |a: &str, b: &str| json!({"module": "app:do", "mapper": {}, "filter": {"conditions": [[{"a": a, "o": "text:equal", "b": b}]]}});
    let header = "{{get(map(1.h; `value`; `name`; `x-webhook-secret`); 1)}}";
    let of_key = [
        json!({"module": "app:do", "parameters": {"secrets": {"shop": key}}}),
        json!({"module": "app:do", "parameters": {"credentials": {"a": {"b": key}}}}),
        json!({"module": "app:do", "parameters": {"apiKeys": {"live": key, "id": "x"}}}),
        json!({"module": http, "mapper": {"url": "https://a.example", "authUser": key}}),
        json!({"module": http, "mapper": {"host": format!("{key}.acme.example")}}),
        json!({"module": http, "mapper": {"url": format!("https://a.example/?ident={key}")}}),
        json!({"module": "app:do", "mapper": {"q": key}, "metadata": {"expect": [{"name": "q", "type": "password"}]}}),
        filter(&key, header),
    ];
    let others = [
        (
            json!({"module": "app:do", "parameters": {"passwords": [pass]}}),
            pass.clone(),
        ),
        (filter("{{1.password}}", &pass), pass),
        (
            json!({"module": "app:s3", "parameters": {"a": id, "b": aws}}),
            aws.clone(),
        ),
        (
            json!({"module": "app:s3", "mapper": {"rows": [{"v": id}, {"v": aws}]}}),
            aws,
        ),
        (
            json!({"module": "app:do", "mapper": {"x": encoded}}),
            encoded,
        ),
    ];
    let of_key = of_key.into_iter().map(|module| (module, key.clone()));
    of_key.chain(others).collect()
}

/// A text and the part of it that must not be seen, which stands between the signs of a pattern.
/// Markup has such signs too, but no grammar in them.
fn drawn(numbers: &mut Numbers, pattern: &str) -> (String, String) {
    let holds_grammar = |part: &&str| matches!(part.split_once('>'), Some((it, _)) if it.contains('{') && !it.contains('"'));
    let from = pattern
        .match_indices('<')
        .map(|(at, _)| at)
        .find(|at| holds_grammar(&pattern.get(at + 1..).unwrap()))
        .unwrap();
    let (before, rest) = pattern.split_at(from);
    let (secret, behind) = rest.get(1..).unwrap().split_once('>').unwrap();
    let secret = numbers.draw(secret);
    let mut around = |text: &str| {
        if text.contains("{{") || text.contains("}}") {
            text.to_owned()
        } else {
            numbers.draw(text)
        }
    };
    let text = format!("{}{secret}{}", around(before), around(behind));
    (text, secret)
}

fn blueprint(mut module: Value) -> Value {
    module["id"] = json!(7);
    json!({"name": "Sync", "flow": [{"id": 1, "module": "builtin:BasicRouter", "routes": [{"flow": [module]}]}]})
}

/// Whether nothing of a secret is left to be seen.
fn is_hidden(module: Value, secret: &str) -> bool {
    let found = secrets("blueprint", &blueprint(module));
    let written = json!(secret).to_string();
    let written = written.trim_matches('"');
    found
        .iter()
        .any(|one| one.text.contains(secret) || one.text.contains(written))
}

fn told(missed: &[String], all: usize) {
    assert!(
        missed.len() * 100 <= all,
        "{} of {all} were missed: {missed:#?}",
        missed.len()
    );
}

#[test]
fn an_address_that_is_a_right_by_itself_is_a_secret_wherever_it_stands() {
    let mut numbers = Numbers::from(11);
    let (mut missed, mut all) = (Vec::new(), 0);
    for pattern in ADDRESSES.iter().chain(TEXTS) {
        let (text, secret) = drawn(&mut numbers, pattern);
        for module in places(&text) {
            all += 1;
            if !is_hidden(module.clone(), &secret) {
                missed.push(format!("{secret} in {module}"));
            }
        }
    }
    told(&missed, all);
}

#[test]
fn a_field_that_is_called_a_secret_in_any_language_holds_one() {
    let mut numbers = Numbers::from(12);
    let (mut missed, mut all) = (Vec::new(), 0);
    for name in NAMES {
        for grammar in ["{l6}{d2}", "{A32}", "{h8}-{h4}-{h4}-{h4}-{h12}"] {
            let secret = numbers.draw(grammar);
            for module in fields(name, &secret) {
                all += 1;
                if !is_hidden(module.clone(), &secret) {
                    missed.push(format!("{secret} in {module}"));
                }
            }
        }
    }
    told(&missed, all);
}

#[test]
fn a_header_for_a_key_and_a_structure_around_one_tell_it() {
    let mut numbers = Numbers::from(13);
    let (mut missed, mut all) = (Vec::new(), 0);
    for name in HEADERS {
        for grammar in ["{A24}", "{h32}", "{l6}{A4}{d2}{A4}"] {
            let secret = numbers.draw(grammar);
            if *name == "X-Svc" && secret.len() < 20 {
                continue;
            }
            for headers in [
                json!([{"name": name, "value": secret}]),
                json!({*name: secret}),
            ] {
                all += 1;
                let module =
                    json!({"module": "http:ActionSendData", "mapper": {"headers": headers}});
                if !is_hidden(module.clone(), &secret) {
                    missed.push(format!("{secret} in {module}"));
                }
            }
        }
    }
    for _ in 0..10 {
        for (module, secret) in structures(&mut numbers) {
            all += 1;
            if !is_hidden(module.clone(), &secret) {
                missed.push(format!("{secret} in {module}"));
            }
        }
    }
    told(&missed, all);
}
