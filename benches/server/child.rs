//! A server as a child process, over what hosts hand to their children, and what the system says it used.

use std::fmt;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use make_credentials_mcp::sandbox::Sandbox;

use crate::bare;

/// What stdin and stdout of a child are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Link {
    /// As most hosts do it.
    Fifos,
    /// As hosts written for Node do it.
    Sockets,
}

/// What runs in the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// The real binary.
    Ours,
    /// The same with an agent from the registry.
    Registered,
    /// The same with the agent `env` and no home folder: no registry and no trail.
    Homeless,
    /// A server of a few lines, as rmcp's documentation shows one: on rmcp's own transport. It asks Make for the columns
    /// that ours asks for, so that the answer has the same size.
    Bare,
    /// The same on our transport.
    BareOurTransport,
    /// The same on our transport, without columns in the question: Make answers with fewer.
    BareFewColumns,
    /// No server: reqwest alone.
    BareHttp,
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ours => "ours",
            Self::Registered => "registered",
            Self::Homeless => "env, no home",
            Self::Bare => "bare",
            Self::BareOurTransport => "bare, our stdio",
            Self::BareFewColumns => "bare, answer cut",
            Self::BareHttp => "bare reqwest",
        })
    }
}

/// A child with its two ends.
pub(crate) struct Child {
    process: std::process::Child,
    to: Option<Box<dyn Write>>,
    from: BufReader<Box<dyn Read>>,
    line: String,
}

impl Child {
    pub(crate) fn start(program: Program, link: Link, zone: &Sandbox) -> Result<Self> {
        let mut command = command(program, zone)?;
        match link {
            Link::Fifos => {
                let mut process = command
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .spawn()?;
                let to = process.stdin.take().context("no stdin")?;
                let from = process.stdout.take().context("no stdout")?;
                Ok(Self::of(process, Box::new(to), Box::new(from)))
            }
            Link::Sockets => {
                let (to, stdin) = UnixStream::pair()?;
                let (from, stdout) = UnixStream::pair()?;
                let process = command
                    .stdin(OwnedFd::from(stdin))
                    .stdout(OwnedFd::from(stdout))
                    .spawn()?;
                Ok(Self::of(process, Box::new(to), Box::new(from)))
            }
        }
    }

    fn of(process: std::process::Child, to: Box<dyn Write>, from: Box<dyn Read>) -> Self {
        Self {
            process,
            to: Some(to),
            from: BufReader::with_capacity(1 << 16, from),
            line: String::new(),
        }
    }

    /// Writes one line.
    pub(crate) fn say(&mut self, line: &str) -> Result<()> {
        let to = self.to.as_mut().context("stdin is closed")?;
        to.write_all(format!("{line}\n").as_bytes())?;
        Ok(())
    }

    /// Reads one line.
    pub(crate) fn hear(&mut self) -> Result<&str> {
        self.line.clear();
        if self.from.read_line(&mut self.line)? == 0 {
            bail!("the server is gone");
        }
        Ok(&self.line)
    }

    /// Closes stdin and waits. Returns how long it took to end.
    pub(crate) fn end(mut self) -> Result<Duration> {
        let begun = Instant::now();
        self.to = None;
        let status = self.process.wait()?;
        if !status.success() {
            bail!("ended with {status}");
        }
        Ok(begun.elapsed())
    }

    /// User and system time of all threads so far, to the nanosecond.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let mut nanos = 0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.process.id()))? {
            let schedule = fs::read_to_string(thread?.path().join("schedstat"))?;
            let first = schedule.split_whitespace().next().context("schedstat")?;
            nanos += first.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanos))
    }

    /// A line of `/proc/PID/status`, such as `VmRSS:`.
    pub(crate) fn resident_kib(&self, what: &str) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(what));
        let number = line.and_then(|line| line.split_whitespace().next());
        Ok(number.context("no such line")?.parse()?)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Ended already, mostly.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The agent in the registry.
const AGENT: &str = "bench";

fn registered_home() -> PathBuf {
    std::env::temp_dir().join(format!("bench-registered-{}", std::process::id()))
}

/// Enters the agent of [`Program::Registered`] in a home folder of its own, bound to one team.
pub(crate) fn register(zone: &Sandbox) -> Result<()> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_make-credentials-mcp"));
    let words = ["agent", "add", AGENT, "--teams=22", "--access=write"];
    let mut adding = command
        .args(words)
        .args(["--token-stdin", "--zone", &zone.zone()])
        .env("MAKE_CREDENTIALS_HOME", registered_home())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut stdin = adding.stdin.take().context("no stdin")?;
    stdin.write_all(zone.operator_token().as_bytes())?;
    drop(stdin);
    let status = adding.wait()?;
    ensure!(status.success(), "the agent could not be added: {status}");
    Ok(())
}

/// Takes the home folder of [`Program::Registered`] away.
pub(crate) fn forget() -> Result<()> {
    Ok(fs::remove_dir_all(registered_home())?)
}

fn command(program: Program, zone: &Sandbox) -> Result<Command> {
    let (address, token) = (zone.zone(), zone.operator_token());
    let columns: String = crate::load::COLUMNS
        .iter()
        .flat_map(|column| ["&cols%5B%5D=", column])
        .collect();
    let columns = columns.replacen('&', "?", 1);
    let words = match program {
        Program::Ours => {
            let mut command = Command::new(env!("CARGO_BIN_EXE_make-credentials-mcp"));
            command
                .arg("serve")
                .env("MAKE_API_KEY", token)
                .env("MAKE_ZONE", address)
                .env(
                    "MAKE_CREDENTIALS_HOME",
                    std::env::temp_dir().join("bench-home"),
                );
            return Ok(command);
        }
        Program::Registered => {
            let mut command = Command::new(env!("CARGO_BIN_EXE_make-credentials-mcp"));
            command
                .args(["serve", "--agent", AGENT])
                .env_remove("MAKE_API_KEY")
                .env("MAKE_CREDENTIALS_HOME", registered_home());
            return Ok(command);
        }
        Program::Homeless => {
            let mut command = Command::new(env!("CARGO_BIN_EXE_make-credentials-mcp"));
            command
                .arg("serve")
                .env("MAKE_API_KEY", token)
                .env("MAKE_ZONE", address)
                .env_remove("MAKE_CREDENTIALS_HOME")
                .env_remove("HOME");
            return Ok(command);
        }
        Program::Bare => [
            bare::SERVER,
            &address,
            token,
            &columns,
            bare::RMCP_TRANSPORT,
        ]
        .to_vec(),
        Program::BareOurTransport => {
            [bare::SERVER, &address, token, &columns, bare::OUR_TRANSPORT].to_vec()
        }
        Program::BareFewColumns => {
            [bare::SERVER, &address, token, "", bare::OUR_TRANSPORT].to_vec()
        }
        Program::BareHttp => [bare::HTTP, &address, token, ""].to_vec(),
    };
    let mut command = Command::new(std::env::current_exe()?);
    command.args(words);
    Ok(command)
}
