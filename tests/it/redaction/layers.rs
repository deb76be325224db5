//! The layers beside answers: a line of the log, with a secret in a message and in a field.

use make_credentials_mcp::config::LogLevel;
use make_credentials_mcp::log;
use make_credentials_mcp::secret::{Scrubber, Secret, Strength};

use super::{SECRET, writings};

/// Runs in a process of its own, started by the test below.
#[test]
#[ignore = "writes to stderr on purpose"]
fn a_child_that_logs() {
    let scrubber = Scrubber::default();
    assert!(scrubber.add(&Secret::new(SECRET.to_owned()), Strength::Named));
    log::start(LogLevel::Debug, &scrubber);
    for (way, writing) in writings(SECRET) {
        tracing::error!(way, "said: {writing}");
        tracing::error!(way, header = %writing, "header");
        tracing::error!(way, field = ?writing, "field");
    }
    tracing::error!("the end");
}

#[tokio::test]
async fn a_line_of_the_log_is_read_in_every_encoding() {
    let name = "redaction::layers::a_child_that_logs";
    let child = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", name, "--nocapture"])
        .output();
    let errors = String::from_utf8(child.await.unwrap().stderr).unwrap();
    let lines: Vec<&str> = errors
        .lines()
        .filter(|line| line.contains("[redacted]"))
        .collect();
    assert_eq!(lines.len(), writings(SECRET).len() * 3, "{errors}");
    assert!(errors.contains("the end"), "{errors}");
    for (way, writing) in writings(SECRET) {
        assert!(!errors.contains(&writing), "{way}: {errors}");
    }
}
