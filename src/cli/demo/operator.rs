//! The person with the terminal in the demo: the real commands, in a home folder of the demo's own.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::stage::aside;

pub(super) struct Operator {
    home: PathBuf,
    /// Every byte that this binary wrote, as a server and as a command.
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Operator {
    pub(super) fn new(seen: Arc<Mutex<Vec<u8>>>) -> Self {
        let home = format!("make-credentials-demo-{}", std::process::id());
        Self {
            home: std::env::temp_dir().join(home),
            seen,
        }
    }

    /// Where the demo keeps its agent.
    pub(super) fn home(&self) -> &Path {
        &self.home
    }

    /// Says that the operator runs this command, runs it with `input` on stdin, and gives the lines
    /// of its answer.
    pub(super) async fn runs(&self, args: &[&str], input: &str) -> anyhow::Result<Vec<String>> {
        aside("(The operator runs:");
        aside(&format!("make-credentials-mcp {})", args.join(" ")));
        let done = self.output(args, input).await?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.extend_from_slice(&done.stdout);
        seen.extend_from_slice(&done.stderr);
        drop(seen);
        let errors = String::from_utf8_lossy(&done.stderr);
        anyhow::ensure!(
            done.status.success(),
            "`{}` did not come out as told: {errors}",
            args.join(" ")
        );
        let text = String::from_utf8_lossy(&done.stdout);
        Ok(text.lines().map(str::to_owned).collect())
    }

    async fn output(&self, args: &[&str], input: &str) -> anyhow::Result<Output> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(args)
            .env_clear()
            .env("MAKE_CREDENTIALS_HOME", &self.home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("a command could not be started")?;
        let mut stdin = child.stdin.take().context("no stdin")?;
        // A command that reads nothing may have closed it.
        let _closed = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        child
            .wait_with_output()
            .await
            .context("a command did not end")
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        let _never_made = std::fs::remove_dir_all(&self.home);
    }
}
