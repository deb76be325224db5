//! What goes to a Vault and comes back: one bounded exchange, and the answers as far as we read
//! them. No text of the Vault's gets out of here.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::settings::Settings;
use super::{Vault, unavailable};
use crate::network;
use crate::secret::Secret;
use crate::secrets::Error;
use crate::secrets::store::Store as _;

const LIMIT: Duration = Duration::from_secs(10);
/// A Vault takes requests of 32 MiB; secrets of that size are not ours.
const LARGEST_ANSWER: usize = 2 << 20;

const NO_ENGINE: &str = "the engine there is not the key-value one of version 2";

/// The fields of a secret, each as it came: what is not ours is written back to the last digit.
pub(super) type Fields = BTreeMap<String, Box<RawValue>>;

/// An answer that is not a failure of the Vault as a whole.
pub(super) enum Answer {
    Done(Zeroizing<Vec<u8>>),
    NotThere(Zeroizing<Vec<u8>>),
    Rejected(Zeroizing<Vec<u8>>),
    Forbidden,
}

#[derive(Deserialize)]
struct Outer<T> {
    data: T,
}

#[derive(Deserialize)]
struct Read {
    data: Option<Fields>,
    metadata: Version,
}

#[derive(Deserialize)]
struct Version {
    version: u64,
}

#[derive(Deserialize)]
struct LoggedIn {
    auth: Auth,
}

#[derive(Deserialize)]
struct Auth {
    client_token: String,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    errors: Vec<String>,
}

/// A secret and its version; 0 and no fields for one that never was.
#[derive(Default)]
pub(super) struct Found {
    pub(super) fields: Fields,
    pub(super) version: u64,
}

/// Sends one request and reads its answer.
pub(super) async fn exchange(
    http: &reqwest::Client,
    settings: &Settings,
    request: (Method, Vec<&str>, Option<String>),
    token: Option<&Secret>,
) -> Result<Answer, Error> {
    let (method, path, body) = request;
    let mut builder = http
        .request(method, address(settings, &path)?)
        .timeout(LIMIT)
        .headers(headers(settings, token)?);
    if let Some(body) = body {
        builder = builder.body(body);
    }
    let answer = builder.send().await.map_err(|error| {
        if error.is_timeout() {
            Error::TimedOut {
                store: Vault::SCHEME,
                limit_s: LIMIT.as_secs(),
            }
        } else {
            unavailable("it cannot be reached, or its certificate is not trusted")
        }
    })?;
    let status = answer.status().as_u16();
    let body = network::body(answer, LARGEST_ANSWER).await;
    let body = body.ok_or_else(|| unavailable("its answer broke off or is too large"))?;
    let body = Zeroizing::new(body);
    match status {
        200..=299 => Ok(Answer::Done(body)),
        400 => Ok(Answer::Rejected(body)),
        403 => Ok(Answer::Forbidden),
        404 => Ok(Answer::NotThere(body)),
        300..=399 => Err(unavailable(
            "it sent us elsewhere; set VAULT_ADDR to the node that answers",
        )),
        503 => Err(unavailable("it is sealed or starting")),
        _ => Err(unavailable("it failed")),
    }
}

fn address(settings: &Settings, path: &[&str]) -> Result<Url, Error> {
    let mut url = settings.address.clone();
    url.path_segments_mut()
        .map_err(|()| unavailable("its address takes no path"))?
        .pop_if_empty()
        .push("v1")
        .extend(path.iter().flat_map(|part| part.split('/')));
    Ok(url)
}

fn headers(settings: &Settings, token: Option<&Secret>) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    let value = |text: &str| {
        HeaderValue::from_str(text).map_err(|_| unavailable("a setting of it is no header"))
    };
    headers.insert(
        HeaderName::from_static("x-vault-request"),
        HeaderValue::from_static("true"),
    );
    headers.insert(
        reqwest::header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    if let Some(namespace) = &settings.namespace {
        headers.insert(
            HeaderName::from_static("x-vault-namespace"),
            value(namespace)?,
        );
    }
    if let Some(token) = token {
        // EXPOSE: into the header that carries it to its own Vault; marked sensitive.
        let mut token = value(token.expose())?;
        token.set_sensitive(true);
        headers.insert(HeaderName::from_static("x-vault-token"), token);
    }
    Ok(headers)
}

impl Answer {
    /// The token that a login gave.
    pub(super) fn login(self) -> Result<Secret, Error> {
        match self {
            Self::Done(body) => {
                let login: LoggedIn = read(&body)?;
                Ok(Secret::new(login.auth.client_token))
            }
            Self::Rejected(_) | Self::Forbidden => Err(refused("the login was not accepted")),
            Self::NotThere(_) => Err(refused("there is no such login")),
        }
    }

    /// The secret that was read.
    pub(super) fn found(self) -> Result<Found, Error> {
        match self {
            Self::Done(body) => {
                let outer: Outer<Read> = read(&body)?;
                Ok(Found {
                    fields: outer.data.data.unwrap_or_default(),
                    version: outer.data.metadata.version,
                })
            }
            // A deleted secret has a version that the next write has to name; one that never was
            // has none.
            Self::NotThere(body) => Ok(Found {
                fields: Fields::new(),
                version: read::<Outer<Read>>(&body).map_or(0, |outer| outer.data.metadata.version),
            }),
            Self::Rejected(_) => Err(unavailable("it did not understand the path")),
            Self::Forbidden => Err(forbidden()),
        }
    }

    /// Whether it was written: the new version, or `None` when somebody else was faster.
    pub(super) fn written(self) -> Result<Option<u64>, Error> {
        match self {
            // An engine of version 1 takes it as another secret and says nothing.
            Self::Done(body) if body.is_empty() => Err(refused(NO_ENGINE)),
            Self::Done(body) => Ok(Some(read::<Outer<Version>>(&body)?.data.version)),
            Self::Rejected(body) => {
                let refusal: Refusal = read(&body)?;
                let conflict = |text: &String| text.contains("check-and-set");
                if refusal.errors.iter().any(conflict) {
                    Ok(None)
                } else {
                    Err(refused("it did not take the secret"))
                }
            }
            Self::NotThere(_) => Err(refused(NO_ENGINE)),
            Self::Forbidden => Err(forbidden()),
        }
    }

    /// Whether it was done, when there is nothing to read.
    pub(super) fn done(self) -> Result<(), Error> {
        match self {
            Self::Done(_) | Self::NotThere(_) => Ok(()),
            Self::Rejected(_) | Self::Forbidden => Err(refused(
                "the older versions, which hold the value, could not be destroyed",
            )),
        }
    }
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Error> {
    // The reason is left out: it may repeat what was read.
    serde_json::from_slice(body).map_err(|_| unavailable("its answer is not that of a Vault"))
}

fn refused(why: &'static str) -> Error {
    Error::Refused {
        store: Vault::SCHEME,
        why,
    }
}

fn forbidden() -> Error {
    refused("the token has ended or may not do this")
}
