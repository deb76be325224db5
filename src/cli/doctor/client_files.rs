//! Keys in the configuration of clients: the files that assistants are known to keep below the
//! user's folder and in the current one are read, and nothing else. What is found is named by file
//! and line.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::finding::Findings;
use super::machine::Machine;
use super::scan::{Sure, places};
use crate::cli::text;
use crate::visible;

/// More of a file is not read.
const MOST_BYTES: u64 = 16 << 20;

/// Where a client keeps its configuration on any system, below the user's folder.
const ANYWHERE: [(&str, &str); 5] = [
    ("Claude Code", ".claude.json"),
    ("Claude Code", ".claude/settings.json"),
    ("Claude Code", ".claude/settings.local.json"),
    ("Cursor", ".cursor/mcp.json"),
    ("Codex", ".codex/config.toml"),
];

/// The same below the folder where the system keeps the configuration of applications.
const APPLICATIONS: [(&str, &str); 6] = [
    ("Claude Desktop", "Claude/claude_desktop_config.json"),
    ("VS Code", "Code/User/mcp.json"),
    ("VS Code", "Code/User/settings.json"),
    ("VS Code Insiders", "Code - Insiders/User/mcp.json"),
    ("VS Code Insiders", "Code - Insiders/User/settings.json"),
    ("Cursor", "Cursor/User/settings.json"),
];

/// Where a client looks for the configuration of a project, below its folder.
const PROJECT: [(&str, &str); 6] = [
    ("Claude Code", ".mcp.json"),
    ("Claude Code", ".claude/settings.json"),
    ("Claude Code", ".claude/settings.local.json"),
    ("VS Code", ".vscode/mcp.json"),
    ("Cursor", ".cursor/mcp.json"),
    ("Codex", ".codex/config.toml"),
];

const FOLDER: &str = if cfg!(target_vendor = "apple") {
    "Library/Application Support"
} else if cfg!(windows) {
    "AppData/Roaming"
} else {
    ".config"
};

/// A file of a client.
struct ClientFile {
    client: &'static str,
    path: PathBuf,
    /// How it is named to people.
    shown: String,
    /// Who reads what stands in it.
    readers: &'static str,
}

/// Looks through the files.
pub(super) fn check(machine: &Machine<'_>, found: &mut Findings) {
    let (user, current) = (machine.user_folder(), std::env::current_dir().ok());
    let files = files(user.as_deref(), current.as_deref());
    if files.is_empty() {
        return;
    }
    let (mut read, mut keys) = (0_u32, 0_usize);
    for file in &files {
        match read_text(&file.path) {
            Text::None => {}
            Text::Unread(why) => found.yellow(
                "client_file",
                &format!("client {}", file.client),
                format!("{} was not looked through: {why}", file.shown),
                "Look yourself whether a Make API token stands in it.",
            ),
            Text::Whole(bytes) => {
                read += 1;
                keys += one(file, &bytes, found);
            }
        }
    }
    if keys == 0 {
        let files = text::count(
            read,
            "configuration file of a client",
            "configuration files of clients",
        );
        let said = format!("no Make API token in {files}");
        found.ok("client_file", "clients", said);
    }
}

fn files(user: Option<&Path>, current: Option<&Path>) -> Vec<ClientFile> {
    let mut files = Vec::new();
    if let Some(user) = user {
        let anywhere = ANYWHERE
            .iter()
            .map(|(client, file)| (*client, PathBuf::from(file)));
        let applications = APPLICATIONS.iter();
        let applications =
            applications.map(|(client, file)| (*client, Path::new(FOLDER).join(file)));
        files.extend(
            anywhere
                .chain(applications)
                .map(|(client, file)| ClientFile {
                    client,
                    path: user.join(&file),
                    shown: format!("~/{}", visible::path(&file)),
                    readers: "every program of this user",
                }),
        );
    }
    if let Some(current) = current {
        files.extend(PROJECT.iter().map(|(client, file)| ClientFile {
            client,
            path: current.join(file),
            shown: format!("./{file}"),
            readers: "everybody who gets this folder",
        }));
    }
    // The user's folder may be the current one.
    let mut known = BTreeSet::new();
    files.retain(|file| known.insert(file.path.canonicalize().unwrap_or(file.path.clone())));
    files
}

fn one(file: &ClientFile, bytes: &[u8], found: &mut Findings) -> usize {
    let places = places(bytes);
    let subject = format!("client {}", file.client);
    for place in &places {
        let (shown, line) = (&file.shown, place.line);
        match place.sure {
            Sure::Yes => found.red(
                "client_key",
                &subject,
                format!(
                    "{shown}:{line} holds a Make API token, which {} can read",
                    file.readers
                ),
                "Delete that token in Make's profile under API access, take it out of the file, and connect the client with `make-credentials-mcp agent add NAME --token-stdin --zone ZONE`.",
            ),
            Sure::Maybe => found.yellow(
                "client_key",
                &subject,
                format!("{shown}:{line} holds what may be a Make API token"),
                "Look at the line; if it is one, delete it in Make's profile under API access and take it out of the file.",
            ),
        }
    }
    places.len()
}

enum Text {
    None,
    Whole(Vec<u8>),
    Unread(&'static str),
}

fn read_text(path: &Path) -> Text {
    // Asked before opening: a pipe in its place would hold us up.
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Text::None,
        Err(_) => return Text::Unread("it cannot be read"),
        Ok(facts) if !facts.is_file() => return Text::Unread("it is no file"),
        Ok(facts) if facts.len() > MOST_BYTES => return Text::Unread("it is too large"),
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path);
    let read = file.and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
    match read {
        Ok(_) => Text::Whole(bytes),
        Err(_) => Text::Unread("it cannot be read"),
    }
}
