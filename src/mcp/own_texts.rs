//! The texts that this server itself writes, as its tables have them: a secret that is a part of one
//! would take it out of every answer.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use super::prompts;
use super::redaction::NAMES;
use super::server::{INSTRUCTIONS, METHODS, VERSIONS, listed};
use crate::tools::{ALL, is_own_name, public_hosts};

/// What stands in every message.
const SKELETONS: [&str; 4] = [
    "{\"jsonrpc\":\"2.0\",\"id\":",
    "\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"{\\\"",
    "\"structuredContent\":{",
    "\"isError\":false}}",
];

/// What every client is told, in lower case.
static TOLD: LazyLock<String> = LazyLock::new(|| {
    let tools: Vec<_> = ALL.iter().map(listed).collect();
    let told = [
        serde_json::to_string(&tools),
        serde_json::to_string(&prompts::all()),
    ];
    let mut told: Vec<String> = told.into_iter().filter_map(Result::ok).collect();
    for written in told.clone() {
        collect(
            &serde_json::from_str(&written).unwrap_or_default(),
            &mut told,
        );
    }
    let told = told.into_iter();
    let told = told.chain(SKELETONS.map(str::to_owned));
    let told = told.chain(
        [
            INSTRUCTIONS,
            env!("CARGO_PKG_NAME"),
            env!("CARGO_PKG_VERSION"),
        ]
        .map(str::to_owned),
    );
    let told = told.chain([METHODS.join(" "), NAMES.join(" ")]);
    let told = told.chain(VERSIONS.iter().map(ToString::to_string));
    let told = told.chain(public_hosts().map(|host| format!("https://{host}/api/v2/")));
    told.collect::<Vec<_>>().join("\n").to_lowercase()
});

static WORDS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| words(&TOLD).collect());

/// Whether a text is a part of what every client is told, or is made of nothing but its words.
pub fn is_part_of_the_protocol(text: &str) -> bool {
    if is_own_name(text.trim()) {
        return true;
    }
    let text = text.trim().to_lowercase();
    TOLD.contains(&text) || words(&text).all(|word| WORDS.contains(word))
}

/// Letters and digits without anything between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty())
}

/// The texts of a document and the names in it.
fn collect(document: &Value, texts: &mut Vec<String>) {
    match document {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(fields) => fields.iter().for_each(|(name, field)| {
            texts.push(name.clone());
            collect(field, texts);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{SHORTEST, weakness};

    #[test]
    fn parts_of_the_protocol_are_known() {
        for text in [
            "jsonrpc",
            "structuredContent",
            "connectionId",
            "connections_list",
            "retryAfterS",
            "tools/call",
            "\"jsonrpc\":\"2.0\"",
            "additionalProperties",
            "https://www.make.com",
            "HTTPS://EU1.MAKE.COM/",
            "us2.make.celonis.com",
            "connections_list,keys_list",
            "connectionId: teamId; name",
            "2025-11-25",
        ] {
            assert!(is_part_of_the_protocol(text), "{text}");
        }
        for text in [
            "sk-live-1234",
            "correct horse battery staple",
            "https://api.example.com/k7",
        ] {
            assert!(!is_part_of_the_protocol(text), "{text}");
        }
    }

    /// Each name, each line of a description and each host, and pieces of them.
    #[test]
    fn no_part_of_what_every_client_is_told_is_kept_as_a_secret() {
        let mut texts = Vec::new();
        for entry in ALL.iter() {
            let tool = serde_json::to_value(listed(entry)).unwrap();
            collect(&tool, &mut texts);
        }
        texts.push(INSTRUCTIONS.to_owned());
        texts.extend(public_hosts().map(|host| format!("https://{host}")));
        let mut tried = 0;
        for text in texts.iter().filter(|text| text.is_ascii()) {
            for from in (0..text.len()).step_by(11) {
                let piece: String = text.chars().skip(from).take(SHORTEST + 12).collect();
                for piece in [piece.to_uppercase(), piece] {
                    assert!(
                        weakness(&piece, &is_part_of_the_protocol).is_some(),
                        "{piece}"
                    );
                    tried += 1;
                }
            }
        }
        assert!(tried > 2_000, "{tried}");
    }
}
