//! `exec:/path/of/helper arguments…`: asks a program of the operator's for a secret, in the manner
//! of git's credential helpers. Read-only.
//!
//! The helper is started without a shell, in the root folder, with `HOME` and a plain `PATH` as
//! its whole environment. Its standard input says what is wanted, one `key=value` a line and an
//! empty line behind:
//!
//! ```text
//! protocol=make-credentials-mcp/1
//! operation=get
//!
//! ```
//!
//! It answers on standard output either with the secret alone, or with lines of which
//! `password=…` holds it, as git's helpers do; exit code 0. What it says on standard error is
//! dropped, because it may hold anything. It has 10 s and 64 KiB; then its whole process group is
//! killed.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout};
use zeroize::Zeroizing;

use super::Error;
use super::command::Command;
use super::store::{LARGEST_VALUE, Store, blocking, text_of};
use crate::config::Variables;
use crate::file_trust::{self, Others};
use crate::secret::Secret;

const LIMIT: Duration = Duration::from_secs(10);
const MOST_OUTPUT: u64 = 64 << 10;
const REQUEST: &[u8] = b"protocol=make-credentials-mcp/1\noperation=get\n\n";

#[derive(Debug)]
pub(super) struct Exec {
    pub(super) variables: Variables,
}

impl Store for Exec {
    type At = Command;
    const SCHEME: &'static str = "exec";

    async fn get(&self, at: &Command) -> Result<Secret, Error> {
        let program = at.program().to_owned();
        blocking(Self::SCHEME, LIMIT, move || check(&program)).await?;
        let child = self.start(at)?;
        let mut group = Group {
            child,
            ended: false,
        };
        let answer = match tokio::time::timeout(LIMIT, group.ask()).await {
            Ok(answer) => answer?,
            Err(_) => {
                return Err(Error::TimedOut {
                    store: Self::SCHEME,
                    limit_s: LIMIT.as_secs(),
                });
            }
        };
        let secret = text_of(password_in(&answer).to_vec()).ok_or_else(|| missing(at))?;
        // EXPOSE: to measure it.
        if secret.expose().len() > LARGEST_VALUE {
            return Err(Error::TooLarge {
                store: Self::SCHEME,
                most_bytes: LARGEST_VALUE,
            });
        }
        Ok(secret)
    }
}

impl Exec {
    fn start(&self, at: &Command) -> Result<Child, Error> {
        let mut command = tokio::process::Command::new(at.program());
        command
            .args(at.arguments())
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        #[cfg(unix)]
        command
            .process_group(0)
            .env("PATH", "/usr/local/bin:/usr/bin:/bin");
        #[cfg(windows)]
        for name in ["SystemRoot", "PATH", "USERPROFILE"] {
            command.envs(self.variables.get(name).map(|value| (name, value)));
        }
        command.envs(self.variables.get("HOME").map(|home| ("HOME", home)));
        command.spawn().map_err(|_| Error::Unavailable {
            store: Self::SCHEME,
            why: "the helper cannot be started",
        })
    }
}

/// A helper and everything it starts; killed when nobody waits for it any more.
struct Group {
    child: Child,
    ended: bool,
}

impl Group {
    async fn ask(&mut self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let stdin = self.child.stdin.take().ok_or(BROKEN)?;
        let stdout = self.child.stdout.take().ok_or(BROKEN)?;
        let (answer, ()) = tokio::join!(hear(stdout), tell(stdin));
        let answer = answer?;
        let status = self.child.wait().await.map_err(|_| BROKEN)?;
        self.ended = true;
        if status.success() {
            Ok(answer)
        } else {
            Err(Error::Unavailable {
                store: Exec::SCHEME,
                why: "the helper failed",
            })
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Only while nobody has waited for the leader: until then its number is no other group's.
        #[cfg(unix)]
        if let (false, Some(id)) = (self.ended, self.child.id()) {
            let id = i32::try_from(id).ok();
            if let Some(group) = id.and_then(rustix::process::Pid::from_raw) {
                let kill = rustix::process::Signal::KILL;
                let _gone = rustix::process::kill_process_group(group, kill);
            }
        }
    }
}

const BROKEN: Error = Error::Unavailable {
    store: Exec::SCHEME,
    why: "the helper broke off",
};

/// A helper that asks for nothing may have closed its end.
async fn tell(mut stdin: ChildStdin) {
    let _closed = stdin.write_all(REQUEST).await;
}

async fn hear(stdout: ChildStdout) -> Result<Zeroizing<Vec<u8>>, Error> {
    // All of it at once: a buffer that grows leaves copies behind.
    let mut answer = Zeroizing::new(Vec::with_capacity((64 << 10) + 64));
    let read = stdout.take(MOST_OUTPUT + 1).read_to_end(&mut answer).await;
    read.map_err(|_| BROKEN)?;
    if u64::try_from(answer.len()).map_or(true, |len| len > MOST_OUTPUT) {
        return Err(Error::Unavailable {
            store: Exec::SCHEME,
            why: "the helper said more than 64 KiB",
        });
    }
    Ok(answer)
}

/// Only the program is named: arguments may tell more than they should.
fn missing(at: &Command) -> Error {
    Error::Missing {
        at: format!("exec:{}", at.program().display()),
    }
}

/// A user who can change the program, or put another in its place, says what we believe.
fn check(program: &std::path::Path) -> Result<(), Error> {
    let facts = std::fs::metadata(program).map_err(|_| Error::Unavailable {
        store: Exec::SCHEME,
        why: "there is no such helper",
    })?;
    if !facts.is_file() {
        return Err(Error::NotPlain(program.to_owned()));
    }
    file_trust::check(program, Others::Read)?;
    Ok(())
}

/// What stands behind `password=` in the form of git's helpers, else all of it.
fn password_in(answer: &[u8]) -> &[u8] {
    let mut lines = answer.split(|byte| *byte == b'\n');
    lines
        .find_map(|line| line.strip_prefix(b"password="))
        .unwrap_or(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_found_in_the_form_of_git() {
        assert_eq!(password_in(b"username=u\npassword=p=w\n"), b"p=w");
        assert_eq!(password_in(b"a=b\n"), b"a=b\n");
    }
}
