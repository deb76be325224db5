//! The commands: one file each. The only code that prints.

mod agent;
mod approve;
mod audit;
mod call;
mod demo;
mod desk;
mod doctor;
mod env_agent;
mod env_zone;
mod given_token;
mod named_secrets;
mod network;
mod operator;
mod own_keys;
mod paint;
mod refusal;
mod registered_agent;
mod sandbox;
mod secret;
mod serve;
mod text;
mod tools;
mod who;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::config::Environment;
use crate::secret::{Scrubber, Secret, Strength, is_uuid};
use crate::visible;

pub use text::problem;

/// AI agents work with the credentials of a Make.com account without ever holding a key.
#[derive(Debug, Parser)]
#[command(name = "make-credentials-mcp", version, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve MCP on stdin and stdout
    Serve(serve::Args),
    /// Agents, each with a token of its own: add, list, show, rotate, revoke, policy, remove
    Agent(agent::Args),
    /// The token that may issue others, and the way to Make
    Operator(operator::Args),
    /// Secrets that tools may refer to by name, and that no agent ever sees
    Secret(secret::Args),
    /// Calls that wait for a person: list them, or say yes to some
    Approve(approve::Args),
    /// Say no to calls that wait for a person
    Reject(approve::RejectArgs),
    /// Say what is wrong and what to do about it
    Doctor(doctor::Args),
    /// Tell the whole story on a simulated zone, in this terminal
    Demo(demo::Args),
    /// Run the simulated zone alone
    Sandbox(sandbox::Args),
    /// List the tools that an agent would see
    Tools(tools::Args),
    /// Make one call as the agent would make it
    Call(call::Args),
    /// Read and verify the trail
    Audit(audit::Args),
}

/// Words of the command that do not go together, which only shows after they were read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Misused(String);

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Done.
    Done,
    /// Failed.
    Failed,
    /// The words of the command were off.
    Usage,
    /// Refused, or not found.
    Refused,
}

impl From<&anyhow::Error> for Ended {
    fn from(error: &anyhow::Error) -> Self {
        if error.is::<Misused>() {
            Self::Usage
        } else {
            Self::Failed
        }
    }
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Done => Self::SUCCESS,
            Ended::Failed => Self::from(1),
            Ended::Usage => Self::from(2),
            Ended::Refused => Self::from(3),
        }
    }
}

impl Cli {
    /// Reads the words of the command line. A token that somebody put there by mistake is not
    /// repeated: assistants keep what their servers write to stderr.
    ///
    /// # Errors
    /// The exit code, when the words are off or ask for help; that has been printed then.
    pub fn read(
        words: impl Iterator<Item = std::ffi::OsString>,
        scrubber: &Scrubber,
    ) -> Result<Self, ExitCode> {
        let words: Vec<_> = words.collect();
        let numbers: Vec<String> = words
            .iter()
            .flat_map(|word| long_numbers(&word.to_string_lossy()))
            .collect();
        let parsed = Self::try_parse_from(&words);
        // A tool checks its arguments by itself, as when serving, and ids of Make look like tokens.
        let arguments = parsed.as_ref().ok().and_then(Self::arguments);
        let is_of_a_tool =
            |word: &str| arguments.is_some_and(|it| !it.is_empty() && word.ends_with(it));
        for word in words.iter().map(|word| word.to_string_lossy()) {
            for token in tokens(&word).iter().filter(|_| !is_of_a_tool(&word)) {
                scrubber.add(token, Strength::Token);
            }
        }
        let hide = |text: &str| {
            let text = scrubber.text(text);
            let numbers = numbers.iter();
            numbers.fold(text, |text, number| text.replace(number, "[redacted]"))
        };
        parsed.map_err(|error| {
            let error = shortened(&words, error, hide);
            let text = error.render().to_string();
            let hidden = hide(&text);
            if hidden == text {
                let _closed = error.print();
            } else {
                text::usage(hidden.trim_end());
            }
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        })
    }

    /// The arguments of a tool, where the command calls one.
    fn arguments(&self) -> Option<&str> {
        match &self.command {
            Command::Call(args) => Some(args.arguments()),
            Command::Serve(_)
            | Command::Agent(_)
            | Command::Operator(_)
            | Command::Secret(_)
            | Command::Approve(_)
            | Command::Reject(_)
            | Command::Doctor(_)
            | Command::Demo(_)
            | Command::Sandbox(_)
            | Command::Tools(_)
            | Command::Audit(_) => None,
        }
    }

    /// Runs the command. What fails without an answer of its own is an error for `main` to print.
    pub async fn run(self, environment: Environment, scrubber: Scrubber) -> anyhow::Result<Ended> {
        outlive_file_limits();
        match self.command {
            Command::Serve(args) => serve::run(args, &environment, scrubber).await,
            Command::Agent(args) => agent::run(args, &environment, scrubber).await,
            Command::Operator(args) => operator::run(args, &environment, scrubber).await,
            Command::Secret(args) => secret::run(args, &environment, scrubber).await,
            Command::Approve(args) => approve::run(args, &environment, &scrubber).await,
            Command::Reject(args) => approve::reject(args, &environment, &scrubber).await,
            Command::Doctor(args) => doctor::run(&args, &environment, &scrubber).await,
            Command::Demo(args) => demo::run(args).await,
            Command::Sandbox(args) => sandbox::run(args).await,
            Command::Tools(args) => tools::run(args, &environment, scrubber).await,
            Command::Call(args) => call::run(args, &environment, scrubber).await,
            Command::Audit(args) => audit::run(args, &environment).await,
        }
    }
}

/// The longest word of the command that an error repeats.
const LONGEST_WORD: usize = 80;

/// The error about these words with each of them on one line and cut: whoever wrote the command may
/// have taken one of them from somewhere else.
fn shortened(
    words: &[std::ffi::OsString],
    error: clap::Error,
    hide: impl Fn(&str) -> String,
) -> clap::Error {
    let shown = |word: &std::ffi::OsString| {
        let word = word.to_string_lossy();
        if visible::shown(&word, LONGEST_WORD) == word {
            return word.into_owned();
        }
        // Secrets go first: what is left of one that was cut would not be known as one.
        visible::shown(&hide(&word), LONGEST_WORD).replace('\'', "\"")
    };
    let short: Vec<String> = words.iter().map(shown).collect();
    let is_same = |(word, short): (&std::ffi::OsString, &String)| word == short.as_str();
    if words.iter().zip(&short).all(is_same) {
        return error;
    }
    match Cli::try_parse_from(&short) {
        Err(error) => error,
        Ok(_) => Cli::command().error(
            error.kind(),
            "a word of the command is too long, or has characters that are not shown",
        ),
    }
}

/// What looks like a Make API token in a word, wherever it stands.
fn tokens(word: &str) -> Vec<Secret> {
    let pieces = (0..word.len()).filter_map(|at| word.get(at..at + 36));
    pieces
        .filter(|piece| is_uuid(piece))
        .map(|piece| Secret::new(piece.to_owned()))
        .collect()
}

/// What may be a token of another form: as many hex digits on end as a UUID has, or more, dashes
/// not counted. Only errors about the words themselves are without it, for ids look like that too.
fn long_numbers(word: &str) -> Vec<String> {
    let pieces = word.split(|c: char| !c.is_ascii_hexdigit() && c != '-');
    let is_long = |piece: &&str| piece.bytes().filter(|byte| *byte != b'-').count() >= 32;
    pieces.filter(is_long).map(str::to_owned).collect()
}

/// A file that may grow no further is an error that is dealt with, not the end of the process.
fn outlive_file_limits() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        // SIGXFSZ is 25 on Linux, macOS and the BSDs. That somebody listens is enough.
        let _listening = signal(SignalKind::from_raw(25));
    }
}

/// Resolves when the system asks the process to end.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match (
            signal(SignalKind::terminate()),
            signal(SignalKind::interrupt()),
        ) {
            (Ok(mut terminate), Ok(mut interrupt)) => {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
            }
            _ => std::future::pending().await,
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
