//! Names of others on a terminal: whatever they are, each is one short quoted name on a line of
//! ours, in the output of every command.

use std::collections::BTreeSet;

use clap::CommandFactory as _;
use make_credentials_mcp::cli::Cli;
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
            let is_raw = words.contains(&"--json") || words.contains(&"export");
            let most = if is_raw || words[0] == "call" {
                40_000
            } else {
                4000
            };
            assert!(length <= most, "{words:?}: {length}");
        }
    }
}

/// The id of a call about a hostile object that waits for a person.
async fn waiting(scene: &Scene) -> String {
    let arguments = r#"--args={"connectionId":203}"#;
    let environment = [
        ("MAKE_API_KEY", scene.zone.operator_token()),
        ("MAKE_ZONE", &scene.zone.zone()),
    ];
    let words = ["call", "connections_delete", arguments];
    let left = scene.run_in(&environment, &words, "").await;
    is_ours(&left, &words);
    let id = &super::json(&left)["details"]["approval"];
    id.as_str().unwrap().to_owned()
}

/// Of all commands, those that only ever show what is ours.
const OF_OURS: [&str; 2] = ["demo", "sandbox"];

/// Each command, and the options of it that take a value; the empty one is what stands alone.
fn leaves() -> Vec<(Vec<String>, Vec<String>)> {
    fn below(command: &clap::Command, path: &[String], all: &mut Vec<(Vec<String>, Vec<String>)>) {
        let mut inner = command.get_subcommands().peekable();
        if inner.peek().is_none() {
            let takes = |arg: &&clap::Arg| {
                arg.is_positional() || arg.get_num_args().is_none_or(|n| n.takes_values())
            };
            let flags = command.get_arguments().filter(takes);
            let flags = flags.filter(|arg| arg.get_action().takes_values());
            let flags = flags.map(|arg| arg.get_long().unwrap_or_default().to_owned());
            all.push((path.to_vec(), flags.collect()));
        }
        for command in inner {
            let path = [path, &[command.get_name().to_owned()]].concat();
            below(command, &path, all);
        }
    }
    let mut all = Vec::new();
    below(&Cli::command(), &[], &mut all);
    all
}

#[test]
fn every_command_is_run_on_names_of_others() {
    let mut run: BTreeSet<Vec<&str>> = commands().into_iter().collect();
    run.extend([
        vec!["operator", "login"],
        vec!["approve", "ID"],
        vec!["reject", "ID"],
    ]);
    for (path, _) in leaves() {
        let is_run = run
            .iter()
            .any(|words| words.starts_with(&path.iter().map(String::as_str).collect::<Vec<_>>()));
        assert!(
            is_run || OF_OURS.contains(&path[0].as_str()),
            "{path:?} is not run"
        );
    }
}

/// Runs each command with hostile words in the place of so many of its options, and says how many
/// runs these were.
async fn words_of_others(most: usize) -> usize {
    let [lines, escapes, long] = hostile();
    let scene = Scene::new("terminal-words").await;
    let mut runs = Vec::new();
    for (path, flags) in leaves() {
        let unknown = "no-such-flag".to_owned();
        let all = flags.iter().chain([&unknown]).enumerate();
        // Another one for each command, where not all are taken.
        let skipped = path.concat().len() % (flags.len() + 1).saturating_sub(most).max(1);
        for (at, flag) in all.skip(skipped).take(most) {
            let value = [&lines, &escapes, &long][at % 3];
            let mut words = path.clone();
            if flag.is_empty() {
                words.push(value.clone());
            } else {
                words.push(format!("--{flag}={value}"));
            }
            runs.push(words);
        }
        runs.push([path, vec![format!("x{lines}{escapes}{long}")]].concat());
    }
    let count = runs.len();
    for words in runs {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let left = scene.run(&words, "").await;
        is_ours(&left, &words);
        let longest = left.stderr.lines().map(|line| line.chars().count()).max();
        assert!(longest.is_none_or(|chars| chars <= 700), "{}", left.stderr);
    }
    count
}

#[tokio::test]
async fn a_word_that_was_taken_from_others_is_shown_on_one_short_line_by_every_command() {
    let count = words_of_others(1).await;
    assert!(count > 40, "{count}");
}

#[tokio::test]
#[ignore = "long: every option of every command"]
async fn words_of_others_in_every_option() {
    let count = words_of_others(usize::MAX).await;
    assert!(count > 90, "{count}");
}

#[tokio::test]
async fn what_make_says_and_where_the_home_is_are_shown_on_one_short_line() {
    for (text, status) in hostile().into_iter().zip([400, 403, 500]) {
        let scene = Scene::new(&format!("terminal-errors-{status}")).await;
        let token = scene.zone.operator_token().to_owned();
        let zone = scene.zone.zone();
        // A home whose name is as hostile as a file system lets it be.
        let name: String = text.chars().take(60).collect();
        let home = scene.home.join(name.replace('/', "_"));
        let home = home.to_str().unwrap().to_owned();
        let body = json!({"message": text, "code": text, "detail": text, "suberrors": [{"message": text}]});
        let environment = [
            ("MAKE_API_KEY", token.as_str()),
            ("MAKE_ZONE", &zone),
            ("MAKE_CREDENTIALS_HOME", &home),
        ];
        scene.zone.inject(Fault::new(Effect::json(status, &body)));
        for words in [
            vec!["doctor"],
            vec!["tools"],
            vec!["call", "users_me"],
            vec![
                "call",
                "connections_delete",
                "--args={\"connectionId\":203}",
            ],
            vec!["operator", "login"],
            vec!["agent", "add", "bot", "--teams=22"],
            vec!["audit", "verify"],
            vec!["operator", "show"],
        ] {
            let left = scene.run_in(&environment, &words, "").await;
            is_ours(&left, &words);
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
        vec!["approve", "--all"],
        vec![
            "secret",
            "set",
            "KEPT",
            "--for=adopted",
            "--fields=parameters.key",
        ],
        vec!["secret", "list"],
        vec!["secret", "remove", "KEPT"],
        vec!["serve", "--agent=adopted"],
        vec!["doctor"],
        vec!["audit", "list"],
        vec!["audit", "verify"],
        vec!["audit", "export"],
        vec!["audit", "export", "--unverified"],
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
        let waiting = waiting(&scene).await;
        let id = waiting.as_str();
        let decided = [
            vec!["approve", id, "--yes"],
            vec!["reject", id],
            vec!["approve", id],
        ];
        for words in decided.into_iter().chain(commands()) {
            let stdin = if words.contains(&"set") {
                "aB3dE6gH9jK2mN5p"
            } else {
                ""
            };
            let left = scene.run(&words, stdin).await;
            is_ours(&left, &words);
            if words.len() == 3 && words[2] == "--yes" {
                assert!(left.stdout.contains(PLANTED), "{}", left.all());
            }
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
