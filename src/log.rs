//! Logging to stderr: one line an event, through the scrubber, with the libraries below us held
//! at errors because they log whole messages.

use std::io::{self, Write};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::LogLevel;
use crate::secret::Scrubber;
use crate::visible;

/// The longest line.
const LONGEST: usize = 4000;

/// Starts logging, and makes a panic say where it was and nothing of what it held.
pub fn start(level: LogLevel, scrubber: &Scrubber) {
    let ours = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    // No setting lifts the libraries above ERROR: rmcp logs arguments, reqwest addresses.
    let filter = Targets::new()
        .with_target("make_credentials_mcp", ours)
        .with_default(LevelFilter::ERROR);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(Clean(scrubber.clone()))
        .with_ansi(false)
        .with_target(false);
    let _started_before = tracing_subscriber::registry()
        .with(lines)
        .with(filter)
        .try_init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(|at| format!("{}:{}", at.file(), at.line()));
        tracing::error!(place = place.as_deref().unwrap_or("unknown"), "panicked");
    }));
}

/// Writes to stderr what the scrubber leaves.
struct Clean(Scrubber);

impl<'a> MakeWriter<'a> for Clean {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line {
            scrubber: &self.0,
            bytes: Vec::new(),
        }
    }
}

/// One event, collected so that a secret is seen whole.
struct Line<'a> {
    scrubber: &'a Scrubber,
    bytes: Vec<u8>,
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        let text = String::from_utf8_lossy(&self.bytes);
        let text = self.scrubber.text(text.strip_suffix('\n').unwrap_or(&text));
        // A field may hold text of others; it begins no line of its own.
        let line = format!("{}\n", visible::shown(&text, LONGEST));
        let _closed = io::stderr().lock().write_all(line.as_bytes());
    }
}
