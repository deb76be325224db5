//! Who sits at the terminal, as far as the system tells: for the trail.

#[cfg(not(unix))]
use crate::config::Variables;

/// The user, the number of the user, and the terminal.
pub(super) fn here() -> String {
    let terminal = terminal().unwrap_or_else(|| "no terminal".to_owned());
    match user() {
        (Some(name), Some(uid)) => format!("{name} (uid {uid}, {terminal})"),
        (Some(name), None) => format!("{name} ({terminal})"),
        (None, Some(uid)) => format!("uid {uid} ({terminal})"),
        (None, None) => format!("the operator ({terminal})"),
    }
}

#[cfg(unix)]
fn user() -> (Option<String>, Option<u32>) {
    let uid = rustix::process::getuid().as_raw();
    (crate::file_trust::user_name(uid), Some(uid))
}

#[cfg(unix)]
fn terminal() -> Option<String> {
    let name = rustix::termios::ttyname(std::io::stdin(), Vec::new()).ok()?;
    Some(name.to_string_lossy().into_owned())
}

#[cfg(not(unix))]
fn user() -> (Option<String>, Option<u32>) {
    (Variables::of_process().get("USERNAME"), None)
}

#[cfg(not(unix))]
fn terminal() -> Option<String> {
    use std::io::IsTerminal as _;
    std::io::stdin().is_terminal().then(|| "console".to_owned())
}
