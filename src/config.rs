//! The environment, read once and checked. Nothing else reads it, and there is no configuration
//! file.

use std::path::PathBuf;
use std::sync::Arc;

use crate::secret::Secret;

/// Where a token in the environment comes from.
#[derive(Debug)]
pub enum TokenSource {
    /// `MAKE_API_KEY`.
    Value(Secret),
    /// `MAKE_API_KEY_FILE`.
    File(PathBuf),
}

/// What the environment says.
#[derive(Debug)]
pub struct Environment {
    /// The folder for everything that is kept; `None` when the user has no home either.
    pub home: Option<PathBuf>,
    /// The token for the agent `env`.
    pub token: Option<TokenSource>,
    /// The zone for the agent `env`, not yet checked.
    pub zone: Option<String>,
    /// Whether the folder is the one that every process takes that is told nothing.
    pub home_is_usual: bool,
    /// How much is logged.
    pub log: LogLevel,
    /// Where a test wants this process to die. Not in a release.
    #[cfg(debug_assertions)]
    pub dies_at: Option<String>,
}

/// Single variables, looked up when a store of secrets needs one. Cheap to clone.
#[derive(Clone)]
pub struct Variables(Arc<Lookup>);

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Variables {
    /// The variables of this process.
    pub fn of_process() -> Self {
        Self::from(of_process)
    }

    /// Variables given as a function.
    pub fn from(get: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(get))
    }

    /// The value; `None` when it is not set or nobody filled it in.
    pub fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| is_set(value))
    }
}

impl std::fmt::Debug for Variables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Variables")
    }
}

fn of_process(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one reader of the environment"
    )]
    let value = std::env::var_os(name);
    value.and_then(|value| value.into_string().ok())
}

/// How much goes to stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogLevel {
    /// Nothing but what stops the server.
    Error,
    /// Failed calls too.
    #[default]
    Warn,
    /// Every call.
    Info,
    /// More.
    Debug,
}

impl Environment {
    /// Reads the environment of this process.
    pub fn read() -> Self {
        Self::from(of_process)
    }

    /// Reads an environment given as a function.
    pub fn from(get: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| get(name).filter(|value| is_set(value));
        let home = get("MAKE_CREDENTIALS_HOME").map(PathBuf::from).or_else(|| {
            let user = get("HOME").or_else(|| get("USERPROFILE"))?;
            Some(PathBuf::from(user).join(".make-credentials-mcp"))
        });
        let key = get("MAKE_API_KEY").map(|key| TokenSource::Value(Secret::new(key)));
        Self {
            home: home.filter(|home| home.is_absolute()),
            token: key.or_else(|| get("MAKE_API_KEY_FILE").map(|p| TokenSource::File(p.into()))),
            zone: get("MAKE_ZONE"),
            home_is_usual: get("MAKE_CREDENTIALS_HOME").is_none(),
            #[cfg(debug_assertions)]
            dies_at: get("MAKE_CREDENTIALS_TEST_DIES_AT"),
            log: match get("MAKE_CREDENTIALS_LOG").as_deref() {
                Some("error") => LogLevel::Error,
                Some("info") => LogLevel::Info,
                Some("debug" | "trace") => LogLevel::Debug,
                _ => LogLevel::Warn,
            },
        }
    }
}

/// Desktop assistants pass a field that nobody filled in as the literal text `${…}`.
fn is_set(value: &str) -> bool {
    let value = value.trim();
    let unfilled = value.starts_with("${") && value.ends_with('}');
    !value.is_empty() && !unfilled
}

impl TokenSource {
    /// The token itself.
    ///
    /// # Errors
    /// A sentence that names the place and never the value.
    pub fn load(&self) -> Result<Secret, String> {
        let (text, place) = match self {
            // EXPOSE: to check its form; it stays in memory.
            Self::Value(secret) => (secret.expose().to_owned(), "MAKE_API_KEY"),
            Self::File(path) => (read_token_file(path)?, "The file in MAKE_API_KEY_FILE"),
        };
        let token = text.trim_start_matches('\u{FEFF}').trim();
        if crate::secret::is_uuid(token) {
            Ok(Secret::new(token.to_ascii_lowercase()))
        } else {
            Err(format!(
                "{place} holds no Make API token: one looks like xxxxxxxx-xxxx-4xxx-xxxx-xxxxxxxxxxxx"
            ))
        }
    }
}

fn read_token_file(path: &std::path::Path) -> Result<String, String> {
    use std::io::Read as _;
    let failed = |_| "The file in MAKE_API_KEY_FILE cannot be read".to_owned();
    let mut text = String::new();
    // A token is 36 bytes; a device or a huge file is not read to its end.
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(4096).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &'static [(&'static str, &'static str)]) -> Environment {
        Environment::from(|name| {
            pairs
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn unexpanded_and_empty_values_count_as_unset() {
        let read = environment(&[
            ("MAKE_API_KEY", "${user_config.token}"),
            ("MAKE_ZONE", " "),
            ("HOME", "/home/u"),
        ]);
        assert!(read.token.is_none() && read.zone.is_none());
        assert_eq!(
            read.home,
            Some(PathBuf::from("/home/u/.make-credentials-mcp"))
        );
    }

    #[test]
    fn a_token_is_checked_and_never_repeated() {
        let read = environment(&[("MAKE_API_KEY", "hunter2")]);
        let problem = read.token.unwrap().load().unwrap_err();
        assert!(
            problem.contains("MAKE_API_KEY") && !problem.contains("hunter2"),
            "{problem}"
        );
        let read = environment(&[(
            "MAKE_API_KEY",
            "\u{FEFF}2544847B-1111-4222-8333-c0ffeec0ffee\r\n",
        )]);
        let token = read.token.unwrap().load().unwrap();
        assert_eq!(token.expose(), "2544847b-1111-4222-8333-c0ffeec0ffee");
    }

    #[test]
    fn a_relative_home_is_no_home() {
        assert_eq!(environment(&[("MAKE_CREDENTIALS_HOME", "here")]).home, None);
    }
}
