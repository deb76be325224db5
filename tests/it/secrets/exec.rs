//! Helpers that answer, and helpers that hang, flood, complain or leave children behind.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use make_credentials_mcp::secrets::{Error, SecretReference};

use super::{CANARY, Home, at, shown, stores};

/// A script with this text; its reference, with these arguments behind it. Another process writes
/// it: a handle of ours, in a child that another test starts just then, would make it busy.
fn helper(home: &Home, text: &str, arguments: &str) -> SecretReference {
    let path = home.path().join("helper");
    let mut writer = Command::new("sh")
        .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
        .arg(&path)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let script = format!("#!/bin/sh\n{text}\n");
    let mut stdin = writer.stdin.take().unwrap();
    stdin.write_all(script.as_bytes()).unwrap();
    drop(stdin);
    assert!(writer.wait().unwrap().success());
    at(&format!("exec:{} {arguments}", path.display()))
}

#[tokio::test]
async fn a_helper_is_asked_and_answers() {
    let home = Home::new();
    for (script, secret) in [
        ("echo hunter2-canary-58c1", CANARY),
        (
            "printf 'username=u\\npassword=hunter2-canary-58c1\\n'",
            CANARY,
        ),
        ("echo noise >&2; printf 'a=b'", "a=b"),
        ("cat", "protocol=make-credentials-mcp/1\noperation=get\n"),
        ("printf '%s|' \"$@\"", "one|two words|$HOME|"),
        ("exec 0<&-; echo x", "x"),
    ] {
        let reference = helper(&home, script, r#"one "two words" $HOME"#);
        let answer = stores(None, &[]).get(&reference).await;
        assert_eq!(answer.unwrap().expose(), secret, "{script}");
    }
}

#[tokio::test]
async fn a_helper_sees_next_to_nothing_of_the_environment() {
    let home = Home::new();
    let reference = helper(&home, "/usr/bin/env; pwd", "");
    let variables = [("HOME", "/home/u"), ("MAKE_API_KEY", CANARY)];
    let answer = stores(None, &variables).get(&reference).await.unwrap();
    let names: Vec<&str> = answer
        .expose()
        .lines()
        .map(|line| line.split('=').next().unwrap())
        .collect();
    // The shell adds PWD and the like; nothing of ours.
    assert!(names.contains(&"HOME") && names.contains(&"PATH") && names.contains(&"/"));
    assert!(
        names
            .iter()
            .all(|name| ["HOME", "PATH", "PWD", "OLDPWD", "SHLVL", "_", "/"].contains(name)),
        "{names:?}"
    );
}

#[tokio::test]
async fn what_goes_wrong_is_said_without_the_helpers_words() {
    let home = Home::new();
    for (script, wanted) in [
        ("echo hunter2; echo hunter2 >&2; exit 1", "failed"),
        ("exit 0", "no secret"),
        ("yes hunter2", "64 KiB"),
        ("head -c 20000 /dev/zero | tr '\\0' x", "16384"),
        ("printf 'hunter2\\377'", "no secret"),
        ("kill -9 $$", "failed"),
    ] {
        let reference = helper(&home, script, "hunter2");
        let started = Instant::now();
        let error = stores(None, &[]).get(&reference).await.unwrap_err();
        let text = shown(&error);
        assert!(text.contains(wanted), "{script}: {text}");
        assert!(started.elapsed() < Duration::from_secs(5), "{script}");
    }
    let gone = at("exec:/nonexistent/helper hunter2");
    shown(&stores(None, &[]).get(&gone).await.unwrap_err());
    let folder = at("exec:/tmp hunter2");
    let error = stores(None, &[]).get(&folder).await.unwrap_err();
    assert!(matches!(error, Error::NotPlain(_)));
    let open = helper(&home, "echo x", "");
    fs::set_permissions(
        home.path().join("helper"),
        fs::Permissions::from_mode(0o777),
    )
    .unwrap();
    let error = stores(None, &[]).get(&open).await.unwrap_err();
    assert!(matches!(error, Error::Untrusted(_)), "{error:?}");
    assert!(shown(&error).contains("can be changed by other users (mode 0777): run `chmod go-w "));
}

#[tokio::test]
async fn a_helper_that_hangs_is_killed_with_its_children() {
    let home = Home::new();
    let numbers = home.path().join("numbers");
    let script = format!(
        "sleep 600 & echo $! >> {0}; (sleep 600 & echo $! >> {0}); echo $$ >> {0}; sleep 600",
        numbers.display()
    );
    let reference = helper(&home, &script, "");
    let started = Instant::now();
    let error = stores(None, &[]).get(&reference).await.unwrap_err();
    assert!(
        matches!(error, Error::TimedOut { limit_s: 10, .. }),
        "{error:?}"
    );
    assert!(started.elapsed() < Duration::from_secs(12));
    assert_dead(&numbers, 3).await;
}

#[tokio::test]
async fn a_caller_that_leaves_takes_the_helper_along() {
    let home = Home::new();
    let numbers = home.path().join("numbers");
    let script = format!("echo $$ >> {}; sleep 600", numbers.display());
    let reference = helper(&home, &script, "");
    let stores = stores(None, &[]);
    let call = stores.get(&reference);
    assert!(
        tokio::time::timeout(Duration::from_millis(500), call)
            .await
            .is_err()
    );
    assert_dead(&numbers, 1).await;
}

async fn assert_dead(numbers: &std::path::Path, count: usize) {
    tokio::time::sleep(Duration::from_millis(300)).await;
    let numbers = fs::read_to_string(numbers).unwrap();
    assert_eq!(numbers.lines().count(), count);
    for number in numbers.lines() {
        // A zombie that its new parent has not waited for is dead enough.
        let state = fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        assert!(state.is_empty() || state.contains(") Z "), "{state}");
    }
}
