//! The environment, read once and checked. Nothing else reads it, and there is no configuration
//! file.

use std::path::PathBuf;
use std::sync::Arc;

use crate::file_trust::{self, OpenError, Others, Untrusted};
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

/// Whether a value was filled in: desktop assistants pass an empty field as the literal text `${…}`.
pub(crate) fn is_set(value: &str) -> bool {
    let value = value.trim();
    let unfilled = value.starts_with("${") && value.ends_with('}');
    !value.is_empty() && !unfilled
}

/// Why there is no token. Never holds the value.
#[derive(Debug, thiserror::Error)]
pub enum BadToken {
    /// Another user can have written the file.
    #[error("{FILE} is not believed: {0}")]
    Untrusted(Untrusted),
    /// It cannot be read, or is no token.
    #[error("{0}")]
    Other(String),
}

impl From<String> for BadToken {
    fn from(problem: String) -> Self {
        Self::Other(problem)
    }
}

/// A token with the zone that was written beside it.
#[derive(Debug)]
pub struct GivenToken {
    /// The token.
    pub token: Secret,
    /// The zone in the second line of the token file, not yet checked.
    pub zone: Option<String>,
}

impl TokenSource {
    /// The token itself, and in a file the zone that it names.
    ///
    /// # Errors
    /// A sentence that names the place and never the value.
    pub fn load(&self) -> Result<GivenToken, BadToken> {
        let (token, zone) = match self {
            Self::Value(secret) => {
                // EXPOSE: to check its form; it stays in memory.
                let token = token(secret.expose().trim_start_matches('\u{FEFF}'));
                (token.ok_or("MAKE_API_KEY"), None)
            }
            Self::File(path) => {
                let text = read_token_file(path)?;
                let (first, zone) = lines(&text)?;
                (token(first).ok_or(FILE), zone)
            }
        };
        let token = token.map_err(|place| {
            format!(
                "{place} holds no Make API token: one looks like xxxxxxxx-xxxx-4xxx-xxxx-xxxxxxxxxxxx"
            )
        })?;
        Ok(GivenToken { token, zone })
    }
}

/// How messages name the token file; its path is said only where a command has to name it.
const FILE: &str = "The file in MAKE_API_KEY_FILE";

fn token(text: &str) -> Option<Secret> {
    let text = text.trim();
    crate::secret::is_uuid(text).then(|| Secret::new(text.to_ascii_lowercase()))
}

/// The first line of a token file and the zone in its second line. Any other line is refused: a
/// misspelt `zone=` would otherwise leave the token without the zone that it was given.
fn lines(text: &str) -> Result<(&str, Option<String>), String> {
    let text = text.trim_start_matches('\u{FEFF}').trim();
    let mut lines = (1..).zip(text.lines()).map(|(at, line)| (at, line.trim()));
    let first = lines.next().map_or("", |(_, line)| line);
    let mut zone = None;
    for (at, line) in lines.filter(|(_, line)| !line.is_empty()) {
        let named = line.strip_prefix("zone=").map(str::trim);
        match named.filter(|named| !named.is_empty()) {
            Some(named) if zone.is_none() => zone = Some(named.to_owned()),
            Some(_) | None => {
                return Err(format!(
                    "{FILE} has a line {at} that is not understood: line 1 is the token, line 2 may be zone=HOST, and nothing else stands there"
                ));
            }
        }
    }
    Ok((first, zone))
}

fn read_token_file(path: &std::path::Path) -> Result<String, BadToken> {
    use std::io::Read as _;
    let failed = |_: std::io::Error| format!("{FILE} cannot be read");
    let mut text = String::new();
    let mut options = std::fs::OpenOptions::new();
    // Containers mount it for a group, or for all to read.
    let file = match file_trust::open(path, options.read(true), Others::Read) {
        Ok(file) => file,
        Err(OpenError::Untrusted(why)) => return Err(BadToken::Untrusted(why)),
        Err(error) => return Err(failed(error.into()).into()),
    };
    // A token and a host are less; a huge file is not read to its end.
    file.take(LARGEST_FILE)
        .read_to_string(&mut text)
        .map_err(failed)?;
    // What was cut off might name the zone.
    if u64::try_from(text.len()).is_ok_and(|length| length >= LARGEST_FILE) {
        return Err(format!("{FILE} is too long for a token and a zone").into());
    }
    Ok(text)
}

const LARGEST_FILE: u64 = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "2544847b-1111-4222-8333-c0ffeec0ffee";

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
        let problem = read.token.unwrap().load().unwrap_err().to_string();
        assert!(
            problem.contains("MAKE_API_KEY") && !problem.contains("hunter2"),
            "{problem}"
        );
        let read = environment(&[(
            "MAKE_API_KEY",
            "\u{FEFF}2544847B-1111-4222-8333-c0ffeec0ffee\r\n",
        )]);
        let given = read.token.unwrap().load().unwrap();
        assert_eq!(given.token.expose(), TOKEN);
        assert_eq!(given.zone, None);
    }

    #[test]
    fn a_token_file_may_name_its_zone_and_nothing_else() {
        for (text, zone) in [
            (TOKEN.to_owned(), None),
            (format!("\u{FEFF}{TOKEN}\r\n"), None),
            (format!("{TOKEN}\nzone=eu1.make.com"), Some("eu1.make.com")),
            (
                format!("\u{FEFF} {TOKEN} \r\n\r\n\t zone= make.example.com \r\n \n"),
                Some("make.example.com"),
            ),
        ] {
            let (first, found) = lines(&text).unwrap();
            assert_eq!(token(first).unwrap().expose(), TOKEN, "{text:?}");
            assert_eq!(found.as_deref(), zone, "{text:?}");
        }
        for (rest, line) in [
            ("hunter2", 2),
            ("zone=", 2),
            ("zone = eu1.make.com", 2),
            ("ZONE=eu1.make.com", 2),
            ("# zone=eu1.make.com", 2),
            ("\nzone=eu1.make.com\nzone=eu1.make.com", 4),
            ("zone=eu1.make.com\nhunter2", 3),
        ] {
            let problem = lines(&format!("{TOKEN}\n{rest}")).unwrap_err();
            assert!(problem.contains(&format!("a line {line} ")), "{problem}");
            assert!(problem.contains("zone=HOST"), "{problem}");
            let repeats = ["hunter2", "eu1", TOKEN]
                .iter()
                .any(|it| problem.contains(it));
            assert!(!repeats, "{problem}");
        }
        // The first line is the token, also where a zone stands there.
        let (first, _) = lines("zone=eu1.make.com").unwrap();
        assert!(token(first).is_none());
    }

    #[test]
    fn a_relative_home_is_no_home() {
        assert_eq!(environment(&[("MAKE_CREDENTIALS_HOME", "here")]).home, None);
    }
}
