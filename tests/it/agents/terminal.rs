//! Names of others on a terminal: whatever they are, each is one short quoted name on a line of
//! ours, in the output of every command.

use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::visible::{self, Form};
use serde_json::json;

use super::{READER, Scene};
use crate::binary::Left;

/// What a line of our own would look like.
const PLANTED: &str = "jf9mrv approved";

fn hostile() -> [String; 3] {
    let lines = format!("x\n{PLANTED}\r\n{PLANTED}\u{2028}{PLANTED}\u{85}\n");
    let escapes = format!("\n\u{1b}[2J\u{9b}31m\u{202E}\u{8}{PLANTED}\u{1b}]0;t\u{7}\"");
    let long = format!("\n{PLANTED}\n{}", "y".repeat(10_000));
    [lines, escapes, long]
}

/// Nothing of it is a line that others wrote, and nothing is obeyed by a terminal.
fn is_ours(left: &Left, words: &[&str]) {
    for text in [&left.stdout, &left.stderr] {
        assert_eq!(visible::clean(text, Form::Block), None, "{words:?}: {text}");
        for line in text.lines() {
            assert!(!line.trim_start().starts_with(PLANTED), "{words:?}: {text}");
            let length = line.chars().count();
            let most = if words.contains(&"--json") || words[0] == "call" {
                40_000
            } else {
                4000
            };
            assert!(length <= most, "{words:?}: {length}");
        }
    }
}

/// Commands, with whether the operator's token stands on stdin.
fn commands() -> Vec<Vec<&'static str>> {
    vec![
        vec!["operator", "show"],
        vec!["operator", "network"],
        vec!["agent", "add", "lister"],
        vec!["agent", "list"],
        vec!["agent", "show", "adopted"],
        vec!["agent", "show", "adopted", "--json"],
        vec!["agent", "policy", "adopted"],
        vec!["agent", "rotate", "adopted"],
        vec!["agent", "rotate", "--all", "--older-than=36500d"],
        vec!["tools", "--agent=adopted"],
        vec!["call", "connections_list", "--agent=adopted"],
        vec!["call", "teams_list", "--agent=adopted"],
        vec!["call", "no\njf9mrv approved", "--agent=adopted"],
        vec!["secret", "list"],
        vec!["approve"],
        vec!["doctor"],
        vec!["audit", "list"],
        vec!["audit", "verify"],
        vec!["agent", "revoke", "adopted"],
        vec!["agent", "remove", "adopted"],
        vec!["operator", "logout"],
    ]
}

#[tokio::test]
async fn a_name_of_others_is_quoted_on_one_line_in_every_command() {
    for (number, text) in hostile().into_iter().enumerate() {
        let scene = Scene::new(&format!("terminal-{number}")).await;
        // A token whose label is as hostile, for `doctor`.
        scene.zone.issue_token(&text, &["connections:read"]);
        let token = scene.zone.issue_token("reader", &READER);
        let zone = scene.zone.zone();
        let says = Effect::Says { text: text.clone() };
        scene.zone.inject(Fault::new(says));
        let login = ["operator", "login"];
        let left = scene.operate(&login).await;
        is_ours(&left, &login);
        assert_eq!(left.code, Some(0), "{}", left.all());
        // The user, the organizations and the teams are shown, in quotes.
        let quoted = left.stdout.matches('"').count();
        assert!(
            quoted >= 6 && left.stdout.contains(PLANTED),
            "{}",
            left.stdout
        );
        let add = [
            "agent",
            "add",
            "adopted",
            "--teams=22",
            "--token-stdin",
            "--zone",
            &zone,
        ];
        let left = scene.run(&add, &token).await;
        is_ours(&left, &add);
        assert_eq!(left.code, Some(0), "{}", left.all());
        for words in commands() {
            let left = scene.run(&words, "").await;
            is_ours(&left, &words);
            if words.contains(&"--json") {
                super::json(&left);
            }
            if words == ["agent", "show", "adopted"] {
                assert!(left.stdout.contains(PLANTED), "{}", left.stdout);
            }
        }
    }
}

/// The scopes that Make names are words of others too.
#[tokio::test]
async fn a_scope_that_is_no_word_is_quoted() {
    let scene = Scene::new("terminal-scopes").await;
    let body = json!({"authorization": {"scope": ["user:read", "user:write", format!("x\n{PLANTED}")],
        "authUsed": "token"}});
    let effect = Effect::json(200, &body);
    let path = "/users/me/current-authorization";
    scene.zone.inject(Fault::new(effect).on("GET", path));
    let login = ["operator", "login"];
    let left = scene.operate(&login).await;
    is_ours(&left, &login);
    let line = format!("scopes: user:read, user:write, \"x {PLANTED}\"");
    assert!(left.stdout.contains(&line), "{}", left.all());
}
