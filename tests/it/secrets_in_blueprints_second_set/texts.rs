//! Longer texts without a secret: prose, code, markup, mappings.

use super::random::{DIGITS, LOWER, Random};

const GERMAN: [&str; 4] = [
    "Guten Tag, Ihre Bestellung wurde versandt. Die Rechnungsnummer finden Sie im Anhang; bei Rückfragen antworten Sie einfach auf diese E-Mail.",
    "Bitte setzen Sie Ihr Passwort über den Link im Kundenportal zurück. Wir fragen Sie niemals nach Ihrem Passwort.",
    "Rechtsschutzversicherungsgesellschaften und Donaudampfschifffahrtsgesellschaft sind lange Wörter ohne Leerzeichen.",
    "Übersicht der Schlüsselwörter für die Kampagne im Frühjahr: Gartenmöbel, Sonnenschirm, Grillzubehör",
];
const JAPANESE: [&str; 3] = [
    "ご注文ありがとうございます。商品は明日発送いたします。お問い合わせ番号はこちらです。",
    "パスワードをお忘れの方は、こちらのページから再設定してください。",
    "新しいお問い合わせが届きました。担当者は二十四時間以内に返信してください。",
];
const ENGLISH: [&str; 8] = [
    "Secret Santa: draw a name from the sheet, keep it secret, and bring a small present to the party.",
    "Your password was changed. If this was not you, reset it in the portal or call the help desk.",
    "The access token is taken from the step before; do not paste one here.",
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore.",
    "Key accounts first: the token of our appreciation goes to everyone who passes the exam.",
    "Reply with the word STOP to unsubscribe. Message and data rates may apply.",
    "Ask the basic questions before the bearer of the parcel leaves; a signature is needed.",
    "Passphrase policy: at least twelve characters, no reuse, rotate the API key every quarter.",
];
const SCRIPTS: [&str; 4] = [
    r#"!function(e,t){"object"==typeof exports&&"undefined"!=typeof module?module.exports=t():"function"==typeof define&&define.amd?define(t):(e=e||self).dayjs=t()}(this,function(){"use strict";var e=1e3,t=6e4,n=36e5,r="millisecond",i="second";return{a:e,b:t,c:n}});"#,
    r"(()=>{var e={n:t=>{var r=t&&t.__esModule?()=>t.default:()=>t;return e.d(r,{a:r}),r}};const{items:t}=input;return t.map(e=>({...e,total:e.qty*e.price})).filter(e=>e.total>0)})();",
    r"window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}gtag('js',new Date());gtag('config','G-4F2K9QX7LM');",
    r#"const rows=input.array||[];const byKey=new Map(rows.map(r=>[r.primaryKey,r]));return{count:byKey.size,keys:[...byKey.keys()].join(",")};"#,
];
const STYLES: [&str; 2] = [
    ".btn-primary{background:#0d6efd;border-color:#0a58ca;padding:.375rem .75rem;border-radius:.25rem}.btn-primary:hover{background:#0b5ed7}@media(max-width:576px){.btn-primary{width:100%}}",
    "body{margin:0;font:14px/1.5 -apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,sans-serif}.token-list>li{display:inline-block}.key::after{content:'\\2318'}",
];
const MAILS: [&str; 2] = [
    r#"<!DOCTYPE html><html><head><meta charset="utf-8"></head><body style="margin:0;background:#f4f4f7"><table role="presentation" width="100%"><tr><td align="center"><h1>Hi {{1.firstName}},</h1><p>your order <b>{{1.orderNumber}}</b> is on its way.</p><a href="https://portal.vellum.example/orders/{{1.orderNumber}}?utm_source=mail&amp;utm_medium=transactional&amp;utm_campaign=shipping">Track it</a></td></tr></table></body></html>"#,
    r#"<p>Hello {{2.name}},</p><p>someone asked to reset your password. <a href="{{2.passwordResetUrl}}">Choose a new one</a> within 24 hours, or ignore this mail.</p><p style="color:#8a8f98;font-size:12px">Acme GmbH, Hauptstraße 1, 10115 Berlin</p>"#,
];
const PATTERNS: [&str; 5] = [
    r"^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[A-Za-z\d@$!%*?&]{8,}$",
    r"(?<year>\d{4})-(?<month>0[1-9]|1[0-2])-(?<day>[0-2]\d|3[01])",
    r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}",
    r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    r"sk_(live|test)_[0-9a-zA-Z]{24,}",
];
const MAPPINGS: [&str; 18] = [
    r#"{{formatDate(1.createdAt; "YYYY-MM-DD HH:mm:ss"; "Europe/Berlin")}}"#,
    r#"{{if(1.status = "paid"; "done"; "waiting")}}"#,
    r#"{{join(map(2.items; "sku"; "quantity"; "1"); ", ")}}"#,
    r#"{{replace(1.text; "/[^a-zA-Z0-9]+/g"; emptystring)}}"#,
    r"{{get(map(3.array; `value`; `name`; `Authorization`); 1)}}",
    r#"{{base64(1.clientId + ":" + 1.clientSecret)}}"#,
    r#"{{sha256(1.body; "hex"; 4.signingSecret)}}"#,
    r"{{2.body.access_token}}",
    r"{{parseNumber(1.total; `.`)}} {{toString(1.currency)}}",
    r"{{switch(1.plan; `basic`; 500; `team`; 2500; 100)}}",
    r"{{var.organization.stripeSecretKey}}",
    r"{{first(split(1.email; `@`))}}",
    r"{{addDays(now; -7)}}",
    r"{{1.`Custom field: API key`}}",
    r"{{ifempty(5.token; 2.nextPageToken)}}",
    r"{{length(keys(1.headers))}}",
    r"{{md5(1.id)}}",
    r"{{toBinary(3.data; `base64`)}}",
];
const AGENTS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "acme-sync/2.14.0 (+https://acme-tools.io/bot)",
    "curl/8.5.0",
];

/// The text of a named placeholder; an unknown name is a fault of the pattern.
pub(super) fn text(random: &mut Random, kind: &str) -> String {
    let fixed: &[&str] = match kind {
        "german" => &GERMAN,
        "japanese" => &JAPANESE,
        "english" => &ENGLISH,
        "script" => &SCRIPTS,
        "style" => &STYLES,
        "mail" => &MAILS,
        "pattern" => &PATTERNS,
        "mapping" => &MAPPINGS,
        "agent" => &AGENTS,
        "svg" => return svg(random),
        "link" => return link(random),
        "cron" => return format!("{} {} * * 1-5", random.below(60), random.below(24)),
        _ => panic!("there is no placeholder {kind}"),
    };
    (*random.pick(fixed)).to_owned()
}

fn svg(random: &mut Random) -> String {
    let mut path = String::from("M12 2.25");
    for _ in 0..12 {
        let command = *random.pick(&["c", "l", "s", "h-", "v", "a"]);
        let (left, right) = (random.below(20), random.below(100));
        path.extend([command, &format!("{left}.{right:02}-.{right}")]);
    }
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="{path}z"/></svg>"#
    )
}

fn link(random: &mut Random) -> String {
    let campaign = random.text(LOWER, 8);
    let number = random.text(DIGITS, 11);
    format!(
        "https://portal.vellum.example/blog/spring-collection?utm_source=newsletter&utm_medium=email&utm_campaign={campaign}-2024&utm_content=hero&utm_id={number}"
    )
}
