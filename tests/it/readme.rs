//! The README's table of tools is the table of tools, and its commands, flags and settings exist.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use clap::CommandFactory as _;
use make_credentials_mcp::cli::Cli;
use make_credentials_mcp::grants::Toolset;
use make_credentials_mcp::tools::ALL;

use crate::snapshot;

const START: &str = "<!-- tools: written by `SNAPSHOTS=overwrite cargo test` -->\n";
const END: &str = "<!-- /tools -->\n";

fn table() -> String {
    let mut text = String::new();
    for toolset in Toolset::ALL {
        let off = if toolset.is_default() {
            ""
        } else {
            " (off unless named)"
        };
        writeln!(
            text,
            "\n**`{}`**{off}\n\n| tool | does | Make's scopes | |\n| --- | --- | --- | --- |",
            toolset.name()
        )
        .unwrap();
        for entry in ALL.iter().filter(|entry| entry.spec.toolset == toolset) {
            let spec = entry.spec;
            let scopes: Vec<&str> = spec.scopes.iter().map(|scope| scope.name()).collect();
            let scopes = if scopes.is_empty() {
                "none".to_owned()
            } else {
                scopes.join(", ")
            };
            let kind = if spec.effect.only_reads() {
                "reads"
            } else if spec.effect.destroys() {
                "can lose something"
            } else {
                "changes"
            };
            writeln!(
                text,
                "| `{}` | {} | {scopes} | {kind} |",
                spec.name, spec.title
            )
            .unwrap();
        }
    }
    text.push('\n');
    text
}

#[test]
fn the_readme_lists_every_tool() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(START).unwrap();
    let (_, behind) = rest.split_once(END).unwrap();
    snapshot::matches(&path, &format!("{before}{START}{}{END}{behind}", table()));
}

fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    std::fs::read_to_string(path).unwrap()
}

/// What stands in backticks in the first cell of each row of the table with this head.
fn first_cells(readme: &str, head: &str) -> Vec<Vec<String>> {
    let (_, table) = readme.split_once(head).unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let rows = rows.map(|row| {
        let row = row.replace("\\|", "/");
        let cell = row.split('|').nth(1).unwrap();
        let pieces = cell.split('`').skip(1).step_by(2);
        pieces.map(str::to_owned).collect()
    });
    rows.collect()
}

/// The words of a command up to its arguments and flags, and its flags.
fn taken_apart(piece: &str) -> (Vec<&str>, Vec<&str>) {
    let words: Vec<&str> = piece.split([' ', '[', ']']).collect();
    let is_name =
        |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let names = words
        .iter()
        .copied()
        .take_while(is_name)
        .take_while(|word| !word.starts_with('-'));
    let flags = words.iter().filter_map(|word| word.strip_prefix("--"));
    (names.collect(), flags.collect())
}

fn found<'a>(root: &'a clap::Command, path: &[&str]) -> Option<&'a clap::Command> {
    path.iter()
        .try_fold(root, |command, name| command.find_subcommand(name))
}

fn has_flag(command: &clap::Command, flag: &str) -> bool {
    command
        .get_arguments()
        .any(|argument| argument.get_long() == Some(flag))
}

#[test]
fn the_commands_of_the_readme_are_all_there_are() {
    let root = Cli::command();
    let mut named = BTreeSet::new();
    for row in first_cells(&readme(), "| command | what it does |") {
        let (first, _) = taken_apart(&row[0]);
        for piece in &row {
            let (words, flags) = taken_apart(piece);
            // After `agent add` stands `list`, which is `agent list`.
            let below: Vec<&str> = [&first[..1], &words[..]].concat();
            let path = if found(&root, &words).is_some() && words.len() >= first.len() {
                words
            } else {
                below
            };
            let command = found(&root, &path).unwrap_or_else(|| panic!("no command {path:?}"));
            for flag in flags {
                assert!(has_flag(command, flag), "{path:?} has no --{flag}");
            }
            named.insert(path.join(" "));
        }
    }
    let mut there = BTreeSet::new();
    for command in root.get_subcommands() {
        let name = command.get_name();
        // A command of commands does nothing by itself.
        if command.is_subcommand_required_set() || command.get_subcommands().next().is_none() {
            let below = command.get_subcommands();
            there.extend(below.map(|below| format!("{name} {}", below.get_name())));
        }
        if command.get_subcommands().next().is_none() {
            there.insert(name.to_owned());
        }
    }
    assert_eq!(named, there);
}

#[test]
fn the_flags_of_the_readme_exist() {
    let root = Cli::command();
    let readme = readme();
    let serve = found(&root, &["serve"]).unwrap();
    let mut count = 0;
    for piece in first_cells(&readme, "| flag of `serve` |").concat() {
        let flag = piece.strip_prefix("--").unwrap();
        let flag = flag.split(' ').next().unwrap();
        assert!(has_flag(serve, flag), "serve has no --{flag}");
        count += 1;
    }
    assert!(count >= 9, "{count}");
    let add = found(&root, &["agent", "add"]).unwrap();
    for (head, flag) in [("| `--access` |", "access"), ("| `--confirm` |", "confirm")] {
        let argument = add.get_arguments().find(|it| it.get_long() == Some(flag));
        let values = argument.unwrap().get_possible_values();
        let mut values: Vec<&str> = values
            .iter()
            .map(clap::builder::PossibleValue::get_name)
            .collect();
        let mut told = first_cells(&readme, head).concat();
        values.sort_unstable();
        told.sort_unstable();
        assert_eq!(told, values, "--{flag}");
    }
}

/// The command lines in its blocks, read as the binary reads them.
#[test]
fn the_command_lines_of_the_readme_are_understood() {
    let mut count = 0;
    for line in readme().lines() {
        let line = line.split(" #").next().unwrap().split('<').next().unwrap();
        let command = line.strip_prefix("0 4 * * 1  ").unwrap_or(line);
        if !command.starts_with("make-credentials-mcp ") {
            continue;
        }
        let words = command.split_whitespace();
        if let Err(error) = Cli::command().try_get_matches_from(words) {
            panic!("{line}: {error}");
        }
        count += 1;
    }
    assert!(count >= 14, "{count}");
}

/// `debug` is compiled out of what people install, so it is not offered.
#[test]
fn no_level_is_offered_that_a_release_does_not_have() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).unwrap();
    assert!(manifest.contains("release_max_level_info"));
    let readme = readme();
    let row = readme
        .lines()
        .find(|line| line.contains("| `MAKE_CREDENTIALS_LOG` |"));
    assert!(!row.unwrap().contains("debug"), "{row:?}");
}
