//! Secrets in command lines and scripts: `curl -u user:pass`, `--token VALUE`, `sshpass -p …`.

use std::ops::Range;

use super::names::{Sure, sure};
use super::values::{is_placeholder, is_secret, literals};
use super::{Found, Kind};

/// Programs whose `-p` or `-a` is a password.
const PROGRAMS: [&str; 12] = [
    "mysql",
    "mysqldump",
    "mysqladmin",
    "mariadb",
    "sshpass",
    "redis-cli",
    "mongo",
    "mongosh",
    "mongodump",
    "docker",
    "sqlcmd",
    "smbclient",
];
/// Options that take a user and a password.
const USERS: [&str; 7] = [
    "-u",
    "--user",
    "-U",
    "--proxy-user",
    "--auth",
    "-a",
    "--userpwd",
];
/// The longest text that is read for commands.
const LONGEST: usize = 64 * 1024;

/// The secrets in a text that are given to a program.
pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    if text.len() > LONGEST || !text.contains('-') {
        return found;
    }
    let mut before: [&str; 2] = ["", ""];
    let mut program = "";
    for word in words(text) {
        let written = text.get(word.clone()).unwrap_or_default();
        let bare = written.trim_matches(['"', '\'']);
        let inner = word.start + written.find(bare).unwrap_or(0);
        let [option, _] = before;
        let name = bare.rsplit('/').next().unwrap_or(bare);
        if PROGRAMS.contains(&name) || ["curl", "wget", "http", "https", "xh"].contains(&name) {
            program = name;
        }
        if let Some((range, kind)) = value(option, bare, program) {
            let range = inner + range.start..inner + range.end;
            found.push(Found { kind, range });
        }
        before = [bare, option];
    }
    found
}

/// The words of a command line; what is in quotes is one.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start: Option<usize> = None;
    let mut quote: Option<char> = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                start.get_or_insert(at);
            }
            None if c.is_whitespace() || "();|".contains(c) => {
                words.extend(start.take().map(|from| from..at));
            }
            None => {
                start.get_or_insert(at);
            }
        }
    }
    words.extend(start.map(|from| from..text.len()));
    words
}

/// The secret in this word, behind that option.
fn value(option: &str, word: &str, program: &str) -> Option<(Range<usize>, Kind)> {
    let is_client = ["curl", "wget", "http", "https", "xh"].contains(&program);
    if USERS.contains(&option)
        && (is_client || option.starts_with("--"))
        && let Some((user, pass)) = word.split_once(':')
    {
        let is_pair = !user.is_empty()
            && !user.contains('/')
            && counts(pass)
            && !pass.bytes().all(|byte| byte.is_ascii_digit());
        return is_pair.then_some((user.len() + 1..word.len(), Kind::Password));
    }
    let is_program = PROGRAMS.contains(&program);
    if is_program && ["-p", "-a", "-P"].contains(&option) && !word.starts_with('-') {
        return is_strong(word).then_some((0..word.len(), Kind::Password));
    }
    if let Some(joined) = word.strip_prefix("-p").filter(|_| is_program) {
        return is_strong(joined).then_some((2..word.len(), Kind::Password));
    }
    let name = option
        .strip_prefix("--")
        .or_else(|| option.strip_prefix('-'))?;
    let known = sure(name);
    let is_value =
        matches!(known, Sure::Certain(_)) && !word.starts_with('-') && !word.contains('=');
    let kind = known.kind()?;
    (is_value && option.len() > 3 && literal(word) && is_secret(known, word, false))
        .then_some((0..word.len(), kind))
}

fn literal(word: &str) -> bool {
    literals(word).first() == Some(&(0..word.len())) && !word.starts_with('$')
}

fn counts(pass: &str) -> bool {
    !pass.is_empty() && literal(pass) && !is_placeholder(pass) && !pass.starts_with("//")
}

fn is_strong(word: &str) -> bool {
    counts(word)
        && word.len() >= 6
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_is_given_as_a_password_is_a_secret() {
        for (text, secret) in [
            ("curl -u jane:hunter2 https://a.example", "hunter2"),
            ("curl --user 'jane:hunter2' https://a.example", "hunter2"),
            ("sshpass -p 's3cr3t!x' ssh a@b", "s3cr3t!x"),
            ("mysql -u root -pS3cr3tx db", "S3cr3tx"),
            ("deploy --token 9f8a7b6c5d4e --dry-run", "9f8a7b6c5d4e"),
        ] {
            let found = find(text);
            let found: Vec<&str> = found
                .into_iter()
                .map(|one| text.get(one.range).unwrap())
                .collect();
            assert_eq!(found, [secret], "{text}");
        }
        for text in [
            "curl -u {{1.user}}:{{1.pass}} https://a.example",
            "curl -u \"$USER:$PASS\" https://a.example",
            "docker run -p 8080:80 nginx",
            "git push -u origin main",
            "deploy --token-type bearer --password-file /run/x",
            "a - b - c",
        ] {
            assert!(find(text).is_empty(), "{text}: {:?}", find(text));
        }
    }
}
