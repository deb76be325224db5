//! Words, ids and longer texts as scenarios hold them: none of them is secret, but for what a
//! person types as a password.

use super::grammar::base64;
use super::random::{DIGITS, LOWER, Random, UPPER};
use super::texts;

const WORDS: [&str; 24] = [
    "orders",
    "leads",
    "invoices",
    "contacts",
    "tickets",
    "reports",
    "events",
    "products",
    "crm",
    "shop",
    "billing",
    "intake",
    "sync",
    "export",
    "archive",
    "stock",
    "returns",
    "survey",
    "payroll",
    "calendar",
    "keyword",
    "keyboard",
    "monkey",
    "newsletter",
];
const HOSTS: [&str; 10] = [
    "acme-tools.io",
    "nordwind.example",
    "shop.lumen.example",
    "api.fjord.example",
    "db-prod.internal.example",
    "erp.kanso.example",
    "mx.orchard.example",
    "data.tessera.example",
    "portal.vellum.example",
    "cluster0.qk3zt.example",
];
const PEOPLE: [&str; 10] = [
    "jane.doe",
    "m.okafor",
    "li.wei",
    "anna.schulz",
    "t.nakamura",
    "carla.rossi",
    "ops",
    "billing",
    "noreply",
    "priya.n",
];
const PASSWORD_WORDS: [&str; 18] = [
    "Sommer",
    "kaffee",
    "Tr0ub4",
    "qwertz",
    "dragon",
    "Zucker",
    "Lisboa",
    "marsel",
    "bonjour",
    "Winter",
    "kitten",
    "Pa55wo",
    "Hansi",
    "sakura",
    "Öztürk",
    "пароль",
    "ねこ",
    "Hunter",
];
const SYMBOLS: [&str; 10] = ["!", "#", "$", "*", ".", "_", "!!", "?", "-", "~"];

/// The text of a named placeholder.
pub(super) fn text(random: &mut Random, kind: &str, argument: &str) -> String {
    let lower = [LOWER, DIGITS].concat();
    let mixed = [UPPER, LOWER, DIGITS].concat();
    let hex = "0123456789abcdef";
    match kind {
        "word" => (*random.pick(&WORDS)).to_owned(),
        "host" => (*random.pick(&HOSTS)).to_owned(),
        "person" => (*random.pick(&PEOPLE)).to_owned(),
        "email" => format!("{}@{}", random.pick(&PEOPLE), random.pick(&HOSTS)),
        "pass" => password(random),
        "uuid" => uuid(random),
        "sha1" => random.text(hex, 40),
        "md5" => random.text(hex, 32),
        "sha256" => random.text(hex, 64),
        "google" => format!("1{}", random.text(&[&mixed, "-_"].concat(), 43)),
        "airtable" => format!("{argument}{}", random.text(&mixed, 14)),
        "slack" => format!("{argument}0{}", random.text(&[UPPER, DIGITS].concat(), 9)),
        "stripe" => format!(
            "{argument}_{}",
            random.text(&mixed, 14 + random_tens(argument))
        ),
        "slug" => slug(random),
        "date" => date(random),
        "phone" => format!("+49 30 {}", random.text(DIGITS, 7)),
        "iban" => format!("DE{} {}", random.text(DIGITS, 2), groups(random, 5)),
        "colour" => format!("#{}", random.text(hex, 6)),
        "file" => format!("{}-{}.pdf", slug(random), random.text(&lower, 6)),
        "png" => {
            let start = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
            let length = 120 + random.below(400);
            format!("data:image/png;base64,{}", base64(random, start, length))
        }
        "gif" => {
            let length = 60 + random.below(90);
            format!(
                "data:image/gif;base64,{}",
                base64(random, b"GIF89a\x01\0", length)
            )
        }
        _ => texts::text(random, kind),
    }
}

/// Prices and products have shorter ids than checkout sessions.
fn random_tens(prefix: &str) -> usize {
    match prefix {
        "cs_live" => 44,
        "pi" | "price" | "ch" | "pm" | "sub" => 10,
        _ => 0,
    }
}

fn groups(random: &mut Random, count: usize) -> String {
    let groups: Vec<String> = (0..count).map(|_| random.text(DIGITS, 4)).collect();
    groups.join(" ")
}

fn uuid(random: &mut Random) -> String {
    let mut part = |length| random.text("0123456789abcdef", length);
    let (first, second, third) = (part(8), part(4), part(3));
    let (fourth, last) = (part(3), part(12));
    let variant = *random.pick(&["8", "9", "a", "b"]);
    format!("{first}-{second}-4{third}-{variant}{fourth}-{last}")
}

fn slug(random: &mut Random) -> String {
    let words: Vec<&str> = (0..3).map(|_| *random.pick(&WORDS)).collect();
    format!("{}-{}", words.join("-"), random.text(DIGITS, 3))
}

fn date(random: &mut Random) -> String {
    let (month, day) = (1 + random.below(12), 1 + random.below(28));
    let (hour, minute) = (random.below(24), random.below(60));
    format!("2024-{month:02}-{day:02}T{hour:02}:{minute:02}:00.000Z")
}

/// What a person types who was asked for a password: eight characters or more, a word in it.
fn password(random: &mut Random) -> String {
    let word = *random.pick(&PASSWORD_WORDS);
    let other = *random.pick(&PASSWORD_WORDS);
    let symbol = *random.pick(&SYMBOLS);
    let digits = random.text(DIGITS, 4);
    match random.below(5) {
        0 => format!("{word}{digits}{symbol}"),
        1 => format!("{word}{symbol}{digits}"),
        2 => format!("{digits}{word}{other}"),
        3 => format!("{word}-{other}-{digits}"),
        _ => format!("{symbol}{word}{digits}{other}"),
    }
}
