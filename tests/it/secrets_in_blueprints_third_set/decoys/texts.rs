//! Ordinary texts, among them such that speak of passwords, keys and tokens without giving one.

use serde_json::{Value, json};

use super::super::modules::module;
use super::super::nesting::filter;
use crate::blueprint_reader::random::Random;

const TEXTS: [&str; 66] = [
    "Your password was reset. If that was not you, contact support.",
    "Password: you chose it when you signed up; we cannot see it.",
    "Forgot your password? Use the link on the sign-in page.",
    "Your API key has expired. Create another one under Settings > API.",
    "Enter your API key here",
    "The token is refreshed every 60 minutes.",
    "Never share your access token with anyone, not even with our staff.",
    "Secret Santa 2026: who gives to whom?",
    "Key takeaways: revenue +12 %, churn -0.4 points, NPS 61.",
    "Token count: 1843 of 4096",
    "Authorization failed for {{1.email}} at {{formatDate(now; \"YYYY-MM-DD HH:mm\")}}",
    "Basic plan: 5 users. Bearer of this voucher gets 10 % off.",
    "Two-factor authentication is now required for all admins.",
    "Passwort zurückgesetzt: Bitte melden Sie sich neu an.",
    "Ihr Passwort muss mindestens 12 Zeichen, eine Zahl und ein Sonderzeichen enthalten.",
    "Schlüsselübergabe am Freitag um 14:00 Uhr bei Frau Brandstetter",
    "Der Zugangscode wird Ihnen per SMS zugeschickt.",
    "Kennwort vergessen? Wir schicken Ihnen einen Link.",
    "Donaudampfschifffahrtsgesellschaftskapitän gesucht (m/w/d)",
    "Rechtsschutzversicherungsgesellschaften und Kraftfahrzeughaftpflicht",
    "Votre mot de passe a été modifié le 3 mars.",
    "Mot de passe oublié ? Suivez le lien ci-dessous.",
    "La clé du succès : répondre en moins d'une heure.",
    "Su contraseña caducará en 7 días.",
    "Contraseña: mínimo 10 caracteres, con mayúsculas y números.",
    "La clave del negocio es el servicio al cliente.",
    "Sua senha foi alterada com sucesso.",
    "Senha esquecida? Clique aqui para criar outra.",
    "La tua password è stata aggiornata correttamente.",
    "Wachtwoord vergeten? Klik op de knop hieronder.",
    "Twoje hasło zostało zmienione. Jeśli to nie Ty, napisz do nas.",
    "Vaše heslo bylo změněno. Přihlaste se prosím znovu.",
    "Jelszavát sikeresen megváltoztattuk.",
    "Ваш пароль был изменён. Если это были не вы, напишите нам.",
    "パスワードがリセットされました。",
    "您的密码已重置,请重新登录。",
    "Şifreniz başarıyla değiştirildi.",
    "Salasanasi on vaihdettu.",
    "Order #{{1.number}} for {{1.customer.name}} has shipped with DHL.",
    "{{if(length(1.items) > 0; join(map(1.items; \"sku\"); \", \"); \"none\")}}",
    "Meeting notes: keyboard shortcuts, monkey tests, turkey catering, Tokenisierung",
    "supercalifragilisticexpialidocious-and-other-long-words-in-one-slug-2026",
    "IMG_20260214_183015_HDR.jpg, DSC04711.ARW, Scan_2026-02-14_0001.pdf",
    "C:\\Users\\ana\\Documents\\Invoices\\2026\\03\\RE-2026-000481.pdf",
    "/srv/data/exports/2026/03/14/orders-part-00007-of-00128.parquet",
    "npm install --save-dev @types/node typescript@5.4.5 eslint-config-prettier",
    "SELECT id, email, password_reset_at FROM users WHERE token_expires_at < NOW() LIMIT 50",
    "^(?=.*[A-Z])(?=.*[0-9])(?=.*[^A-Za-z0-9]).{12,}$",
    "^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
    "Europe/Prague; 2026-03-14T15:09:26.535+01:00; week 11",
    "DTSTART;TZID=Europe/Berlin:20260314T090000 RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR",
    "Version 4.12.0-rc.3+build.20260314 fixes sign-in with passkeys",
    "Please do not send passwords or card numbers by email.",
    "Username and password are kept in the team's password manager.",
    "How to rotate an API token: open Profile, choose API, click Add token.",
    "The signature below the contract is missing",
    "Bearer tokens are explained in RFC 6750, basic authentication in RFC 7617.",
    "Authorization header missing",
    "access_denied: the client secret does not match",
    "Private key figures of the quarter",
    "Public holidays: 01.01., 06.01., Karfreitag, Ostermontag, 01.05.",
    "QWERTY and AZERTY keyboards, 105 keys, ISO layout",
    "AB12CD34, EF56GH78 and IJ90KL12 are the batches to be recalled",
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor",
    "Passkey, passport, passage, bypass: all in one glossary",
];

const SUBJECTS: [&str; 10] = [
    "Reset your password",
    "Your new API token",
    "Passwort-Richtlinie ab 1. Mai",
    "Security alert: new sign-in from Brno",
    "Confirm your email address",
    "Key figures, week {{formatDate(now; \"WW\")}}",
    "Mot de passe oublié",
    "Invoice RE-2026-000481",
    "Secret sale starts tomorrow",
    "Re: Re: keys for the office",
];

/// A message or a document with ordinary texts.
pub(super) fn message(random: &mut Random) -> Value {
    let text = *random.pick(&TEXTS);
    let subject = *random.pick(&SUBJECTS);
    match random.below(7) {
        0 => {
            let mapper = json!({"to": ["{{1.email}}"], "subject": subject, "html": html(text)});
            module(random, "email:ActionSendEmail", mapper)
        }
        1 => module(
            random,
            "slack:CreateMessage",
            json!({"channel": "C02AB3CD4EF", "text": text}),
        ),
        2 => {
            let messages = json!([{"role": "system", "content": text},
                {"role": "user", "content": "{{1.question}}"}]);
            let mapper = json!({"model": "gpt-4o-mini", "messages": messages, "max_tokens": 1024});
            module(random, "openai-gpt-3:CreateCompletion", mapper)
        }
        3 => {
            let mapper =
                json!({"title": subject, "description": text, "labels": ["security", "faq"]});
            module(random, "jira:createIssue", mapper)
        }
        4 => {
            let mapper = json!({"name": "notice", "scope": "roundtrip", "value": text});
            module(random, "util:SetVariable2", mapper)
        }
        5 => {
            let mut respond = module(
                random,
                "gateway:WebhookRespond",
                json!({"status": "200", "body": text}),
            );
            respond["filter"] = filter("{{1.subject}}", subject);
            respond
        }
        _ => {
            let rows = json!({"0": "{{1.name}}", "1": subject, "2": text, "3": "{{now}}"});
            let mapper = json!({"sheetId": "Sheet1", "values": rows, "mode": "select"});
            module(random, "google-sheets:addRow", mapper)
        }
    }
}

fn html(text: &str) -> String {
    format!(
        "<html><head><style>body{{font:16px/1.5 -apple-system,BlinkMacSystemFont,sans-serif;\
         color:#1f2933}}a.button{{background:#7c3aed;border-radius:6px}}</style></head><body>\
         <p>{text}</p><a class=\"button\" href=\"https://shop.example.com/account/reset?lang=en\">\
         Open</a></body></html>"
    )
}
