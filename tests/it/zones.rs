//! A token of the environment goes to a private host only where the token file or the operator
//! says so. A proxy that refuses everything shows which host a command wanted to reach.
#![expect(
    clippy::disallowed_methods,
    reason = "the token file of a test holds no secret"
)]

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::binary::{self, Left};
use crate::listener::Listener;

/// Not one of any account.
const TOKEN: &str = "2544847b-1111-4222-8333-c0ffeec0ffee";
/// Hosts that do not exist (RFC 6761).
const PRIVATE: &str = "make.example.invalid";
const STRANGE: &str = "evil.example.invalid";
const PUBLIC: &str = "eu1.make.com";
const COMMAND: &str = "make-credentials-mcp operator network --private-zone make.example.invalid";

/// A machine behind a proxy.
struct Machine {
    home: PathBuf,
    proxy: Listener,
}

/// What names the zone.
#[derive(Debug, Clone, Copy, Default)]
struct Named {
    file: Option<&'static str>,
    variable: Option<&'static str>,
    flag: Option<&'static str>,
}

impl Machine {
    async fn new(name: &str, entry: Option<&str>) -> Self {
        let home = binary::home(&format!("zones-{name}"));
        let proxy = Listener::start().await;
        let flag = format!("--proxy={}", proxy.address());
        let mut words = vec!["operator", "network", &flag];
        words.extend(entry.iter().flat_map(|entry| ["--private-zone", *entry]));
        let left = binary::run(&home, &[], &words).await;
        assert_eq!(left.code, Some(0), "{}", left.all());
        Self { home, proxy }
    }

    async fn run(&self, named: Named, words: &[&str]) -> Left {
        let file = self.home.join("token");
        let line = named.file.map(|host| format!("zone={host}\n"));
        let text = format!("{TOKEN}\n{}", line.unwrap_or_default());
        std::fs::write(&file, text).unwrap();
        let mut environment = match named.file {
            Some(_) => vec![("MAKE_API_KEY_FILE", file.to_str().unwrap())],
            None => vec![("MAKE_API_KEY", TOKEN)],
        };
        environment.extend(named.variable.map(|host| ("MAKE_ZONE", host)));
        let mut words = words.to_vec();
        words.extend(named.flag.iter().flat_map(|host| ["--private-zone", *host]));
        let left = binary::run(&self.home, &environment, &words).await;
        assert!(!left.all().contains(TOKEN), "{}", left.all());
        left
    }

    /// The code of a call, and the hosts that were asked for.
    async fn call(&self, named: Named) -> (Value, Vec<String>) {
        let before = self.proxy.heard().len();
        let left = self.run(named, &["call", "users_me"]).await;
        let failure: Value = serde_json::from_str(&left.stdout).unwrap();
        let heard = self.proxy.heard();
        (failure, heard.get(before..).unwrap().to_vec())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.home);
    }
}

#[tokio::test]
async fn a_token_goes_to_a_private_host_only_where_the_file_or_the_operator_names_it() {
    let file = Some(PRIVATE);
    for (entry, cases) in [
        (
            None,
            vec![
                // What the file names holds, alone or with the others in agreement.
                (
                    Named {
                        file,
                        ..Named::default()
                    },
                    true,
                ),
                (
                    Named {
                        file,
                        variable: file,
                        flag: file,
                    },
                    true,
                ),
                // Neither the variable nor the flag names a private host alone, nor both.
                (
                    Named {
                        variable: file,
                        ..Named::default()
                    },
                    false,
                ),
                (
                    Named {
                        flag: file,
                        ..Named::default()
                    },
                    false,
                ),
                (
                    Named {
                        variable: file,
                        flag: file,
                        ..Named::default()
                    },
                    false,
                ),
                // The way around that was open: a public zone in the variable, the flag elsewhere.
                (
                    Named {
                        variable: Some(PUBLIC),
                        flag: Some(STRANGE),
                        ..Named::default()
                    },
                    false,
                ),
                (
                    Named {
                        file,
                        flag: Some(STRANGE),
                        ..Named::default()
                    },
                    false,
                ),
                (
                    Named {
                        file,
                        variable: Some(PUBLIC),
                        ..Named::default()
                    },
                    false,
                ),
                (
                    Named {
                        file: Some(PUBLIC),
                        flag: Some(STRANGE),
                        ..Named::default()
                    },
                    false,
                ),
                (
                    Named {
                        file: Some(PUBLIC),
                        variable: Some("us1.make.com"),
                        ..Named::default()
                    },
                    false,
                ),
            ],
        ),
        (
            Some(PRIVATE),
            vec![
                (Named::default(), true),
                (
                    Named {
                        variable: file,
                        ..Named::default()
                    },
                    true,
                ),
                (
                    Named {
                        flag: file,
                        ..Named::default()
                    },
                    true,
                ),
                (
                    Named {
                        flag: Some(STRANGE),
                        ..Named::default()
                    },
                    false,
                ),
                (
                    Named {
                        variable: Some(PUBLIC),
                        ..Named::default()
                    },
                    false,
                ),
                (
                    Named {
                        file: Some(STRANGE),
                        ..Named::default()
                    },
                    false,
                ),
            ],
        ),
    ] {
        let name = if entry.is_some() { "entry" } else { "no-entry" };
        let machine = Machine::new(name, entry).await;
        for (named, goes) in cases {
            let (failure, heard) = machine.call(named).await;
            let code = if goes {
                "unavailable"
            } else {
                "secret_unavailable"
            };
            assert_eq!(failure["code"], code, "{named:?}: {failure}");
            assert_eq!(!heard.is_empty(), goes, "{named:?}: {heard:?}");
            let elsewhere = heard.iter().any(|line| !line.contains(PRIVATE));
            assert!(!elsewhere, "{named:?}: {heard:?}");
        }
    }
}

#[tokio::test]
async fn a_public_zone_may_stand_in_the_token_file_or_in_the_variable() {
    let machine = Machine::new("public", None).await;
    for named in [
        Named {
            file: Some(PUBLIC),
            ..Named::default()
        },
        Named {
            variable: Some(PUBLIC),
            ..Named::default()
        },
        Named {
            file: Some(PUBLIC),
            variable: Some(PUBLIC),
            ..Named::default()
        },
    ] {
        let (failure, heard) = machine.call(named).await;
        assert_eq!(failure["code"], "unavailable", "{named:?}: {failure}");
        assert!(!heard.is_empty(), "{named:?}");
        assert!(heard.iter().all(|line| line.contains(PUBLIC)), "{heard:?}");
    }
}

#[tokio::test]
async fn every_command_names_what_is_missing_and_the_command_that_helps() {
    let machine = Machine::new("told", None).await;
    let flagged = Named {
        flag: Some(PRIVATE),
        ..Named::default()
    };
    for words in [
        &["call", "users_me"][..],
        &["call", "agent_status"],
        &["tools"],
    ] {
        let left = machine.run(flagged, words).await;
        assert!(left.all().contains(COMMAND), "{words:?}: {}", left.all());
    }
    let two = Named {
        file: Some(PRIVATE),
        variable: Some(PUBLIC),
        ..Named::default()
    };
    for words in [&["call", "agent_status"][..], &["tools"], &["doctor"]] {
        let left = machine.run(two, words).await;
        for wanted in ["MAKE_ZONE", "token file", "different hosts"] {
            assert!(left.all().contains(wanted), "{words:?}: {}", left.all());
        }
    }
    let environment = [("MAKE_API_KEY", TOKEN)];
    let flag = format!("--private-zone={PRIVATE}");
    let mut server = binary::Binary::serve(&machine.home, &environment, &[&flag]).await;
    let status = server.call("agent_status", json!({})).await;
    assert!(status.to_string().contains(COMMAND), "{status}");
    server.end().await;
    assert_eq!(machine.proxy.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn the_operators_entry_is_shown_kept_and_forgotten() {
    let machine = Machine::new("entry-life", Some(PRIVATE)).await;
    let network = async |words: &[&str]| {
        let words: Vec<&str> = ["operator", "network"]
            .iter()
            .chain(words)
            .copied()
            .collect();
        binary::run(&machine.home, &[], &words).await
    };
    let shown = async || {
        let left = network(&["--json"]).await;
        serde_json::from_str::<Value>(&left.stdout).unwrap()["privateZone"].clone()
    };
    assert_eq!(shown().await, PRIVATE);
    assert!(
        network(&[])
            .await
            .stdout
            .contains("private zone: make.example.invalid")
    );
    assert_eq!(network(&["--system-roots"]).await.code, Some(0));
    assert_eq!(shown().await, PRIVATE);
    for bad in [PUBLIC, "https://make.example.com", "127.0.0.1", "a.b:1", ""] {
        let left = network(&["--private-zone", bad]).await;
        assert_eq!(left.code, Some(2), "{bad}: {}", left.all());
    }
    assert_eq!(shown().await, PRIVATE);
    assert_eq!(network(&["--reset"]).await.code, Some(0));
    assert_eq!(shown().await, Value::Null);
    assert!(network(&[]).await.stdout.contains("private zone: none"));
}

/// Copies a home folder as an archive would: names, bytes and rights.
#[cfg(unix)]
fn copied(from: &std::path::Path, to: &std::path::Path) {
    let done = std::process::Command::new("cp")
        .args(["-a".as_ref(), from.as_os_str(), to.as_os_str()])
        .status();
    assert!(done.unwrap().success());
}

/// Who sets the environment of a server may name a prepared home folder, with a proxy, roots and a
/// private host of its own.
#[cfg(unix)]
#[tokio::test]
async fn the_way_to_make_counts_only_in_the_folder_where_it_was_entered() {
    let machine = Machine::new("planted", Some(PRIVATE)).await;
    let planted = machine.home.with_extension("planted");
    copied(&machine.home, &planted);
    let other = Machine {
        home: planted.clone(),
        proxy: Listener::start().await,
    };
    for named in [
        Named {
            file: Some(PRIVATE),
            ..Named::default()
        },
        Named {
            file: Some(PUBLIC),
            ..Named::default()
        },
        Named {
            variable: Some(PUBLIC),
            ..Named::default()
        },
        Named::default(),
    ] {
        let left = other.run(named, &["call", "users_me"]).await;
        assert_eq!(left.code, Some(1), "{named:?}: {}", left.all());
        assert!(
            left.all().contains("operator network --reset"),
            "{}",
            left.all()
        );
        let left = other.run(named, &["doctor", "--offline"]).await;
        assert_eq!(left.code, Some(1), "{named:?}: {}", left.all());
        assert!(
            left.all().contains("operator network --reset"),
            "{}",
            left.all()
        );
    }
    let left = binary::run(&planted, &[], &["operator", "network"]).await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    assert_eq!(machine.proxy.heard(), Vec::<String>::new());
    // What the operator enters there counts there.
    let proxy = format!("--proxy={}", other.proxy.address());
    let words = ["operator", "network", "--reset", &proxy];
    let left = binary::run(&planted, &[], &words).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    let file = Some(PUBLIC);
    let (_, heard) = other
        .call(Named {
            file,
            ..Named::default()
        })
        .await;
    assert!(
        heard[0].starts_with("CONNECT eu1.make.com:443"),
        "{heard:?}"
    );
    // A folder that is moved is the same one.
    let moved = Machine {
        home: machine.home.with_extension("moved"),
        proxy: Listener::start().await,
    };
    std::fs::rename(&machine.home, &moved.home).unwrap();
    let file = Some(PRIVATE);
    moved
        .call(Named {
            file,
            ..Named::default()
        })
        .await;
    assert!(!machine.proxy.heard().is_empty());
}

/// What an earlier version kept does not say where it was entered.
#[cfg(unix)]
#[tokio::test]
async fn an_entry_of_an_earlier_version_in_a_named_home_is_entered_again() {
    let machine = Machine::new("earlier", None).await;
    let database = rusqlite::Connection::open(machine.home.join("state.db")).unwrap();
    let forget = "UPDATE network SET entered_in = NULL";
    assert_eq!(database.execute(forget, []).unwrap(), 1);
    drop(database);
    let file = Some(PUBLIC);
    let named = Named {
        file,
        ..Named::default()
    };
    let left = machine.run(named, &["call", "users_me"]).await;
    assert!(
        left.all().contains("operator network --reset"),
        "{}",
        left.all()
    );
    assert_eq!(machine.proxy.heard(), Vec::<String>::new());
    // Nothing was configured: there is nothing to enter.
    let empty = "UPDATE network SET proxy = NULL";
    let database = rusqlite::Connection::open(machine.home.join("state.db")).unwrap();
    assert_eq!(database.execute(empty, []).unwrap(), 1);
    drop(database);
    let left = binary::run(&machine.home, &[], &["operator", "network"]).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
}
