//! The one way to Make: [`Client::send`]. https to the token's own zone alone, no redirects, no
//! proxies or certificates from the environment, bounded in time and size, repeated only where
//! repeating is harmless.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Url;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue};
use serde::de::DeserializeOwned;

use super::departure::Departure;
use super::leave::MayLeave;
use super::pacer::{PATIENCE, Pacer, asked_pause};
use super::reading::{Response, Slot, Unread, package, read_body, read_json};
use super::{Error, Parts, Request, Zone};
use crate::network::Network;
use crate::policy::Permit;
use crate::secret::{Author, Scrubber, Secret, Strength};

const CALL_TIMEOUT: Duration = Duration::from_mins(1);
const ERROR_BODY_CAP: usize = 64 << 10;
const RETRIES: u32 = 2;
const FIRST_BACKOFF: Duration = Duration::from_millis(250);

/// A Make API token with the zone it belongs to. They are kept together, so that nothing can
/// point a token at another host.
#[derive(Debug, Clone)]
pub struct Access {
    /// The token.
    pub token: Secret,
    /// The only host that may receive it.
    pub zone: Zone,
}

/// A client with one token for one zone. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
    pacer: Pacer,
    scrubber: Scrubber,
    may_leave: MayLeave,
    retries: u32,
}

#[derive(Debug)]
struct Inner {
    access: Access,
    // Read once: each request only sets its path and its query.
    origin: Option<Url>,
    network: Network,
    // Built at the first call: starting must cost no TLS set-up.
    http: OnceLock<Option<reqwest::Client>>,
}

/// What Make answered, unread.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Client {
    /// A client for this token, on the plain way. Does no I/O.
    pub fn new(access: Access) -> Self {
        Self::through(access, &Network::default())
    }

    /// A client for this token, on this way. Does no I/O.
    pub fn through(access: Access, network: &Network) -> Self {
        let scrubber = Scrubber::default();
        scrubber.add(&access.token, Strength::Token);
        let inner = Inner {
            origin: Url::parse(&access.zone.origin()).ok(),
            access,
            network: network.clone(),
            http: OnceLock::new(),
        };
        Self {
            inner: Arc::new(inner),
            pacer: Pacer::default(),
            scrubber,
            may_leave: MayLeave::default(),
            retries: RETRIES,
        }
    }

    /// The same, hiding all the secrets that this scrubber knows. What Make says in a refusal is
    /// cut short, and of a secret that is cut in two nobody finds the rest: so it is taken out
    /// before.
    #[must_use]
    pub fn hiding(self, scrubber: Scrubber) -> Self {
        scrubber.add(&self.inner.access.token, Strength::Token);
        Self { scrubber, ..self }
    }

    /// The same, minding what others of this process know of Make's limit.
    #[must_use]
    pub fn minding(self, pacer: Pacer) -> Self {
        Self { pacer, ..self }
    }

    /// The same, sending nothing twice, not even where repeating is harmless.
    #[must_use]
    pub fn trying_once(self) -> Self {
        Self { retries: 0, ..self }
    }

    /// Whether a 429 is in force, so that no call leaves now.
    pub fn is_held(&self) -> bool {
        !self.pacer.wait(Instant::now()).is_zero()
    }

    /// How many requests left in the last minute, for any of those that mind the same limit.
    pub fn in_the_last_minute(&self) -> u64 {
        self.pacer.in_the_last_minute(Instant::now())
    }

    /// The same, sending only while this says yes; it is asked right before each request leaves.
    #[must_use]
    pub fn while_holds(self, may_leave: Arc<dyn Fn() -> bool + Send + Sync>) -> Self {
        Self {
            may_leave: MayLeave(may_leave),
            ..self
        }
    }

    /// The zone of the token.
    pub fn zone(&self) -> &Zone {
        &self.inner.access.zone
    }

    /// The first 8 characters of the token, which may be shown.
    pub fn token_prefix(&self) -> Option<&str> {
        self.inner.access.token.prefix()
    }

    /// A digest of token and zone: tells tokens apart without holding one.
    pub fn fingerprint(&self) -> String {
        use sha2::{Digest as _, Sha256};
        let mut digest = Sha256::new();
        digest.update(self.inner.access.zone.origin());
        digest.update([0]);
        // EXPOSE: to the hash alone; 122 random bits cannot be found from it.
        digest.update(self.inner.access.token.expose());
        let digest = digest.finalize();
        URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or(&digest))
    }

    /// Sends a request under a permit.
    ///
    /// # Errors
    /// Every way in which no readable answer came. A changing request that may have arrived is
    /// never repeated; [`Error::OutcomeUnknown`] says that nobody knows what became of it.
    pub async fn send<T: DeserializeOwned + Send>(
        &self,
        permit: &Permit,
        departure: &Departure,
        request: &Request<T>,
    ) -> Result<Response<T>, Error> {
        let mut body = None;
        // On the heap, so that every caller's future does not grow by all of it.
        let sending = Box::pin(self.send_parts(permit, departure, request.parts(), &mut body));
        sending.await?.with(body)
    }

    /// The same, whatever the type of the answer is.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn send_parts(
        &self,
        permit: &Permit,
        departure: &Departure,
        request: &Parts,
        body: &mut dyn Slot,
    ) -> Result<Response<()>, Error> {
        let answer = self.exchange(permit, departure, request).await?;
        read_json(&answer.body, request.changes(), request.body_cap, body)?;
        Ok(Response {
            status: answer.status,
            body: (),
            package: package(&answer.headers, &self.scrubber),
            date: answer.headers.get(DATE).cloned(),
        })
    }

    /// A request and its answer, unread.
    async fn exchange(
        &self,
        permit: &Permit,
        departure: &Departure,
        request: &Parts,
    ) -> Result<Answer, Error> {
        let changes = request.changes();
        if (changes && permit.only_reads()) || (request.destroys && !permit.has_consent()) {
            return Err(Error::NotPermitted);
        }
        let origin = self.inner.origin.as_ref().ok_or(Error::NotOurPath)?;
        let url = request.url(origin)?;
        let started = Instant::now();
        let mut waited = Duration::ZERO;
        let mut attempt = 0;
        loop {
            if !self.may_leave.soon().await {
                return Err(Error::Withheld);
            }
            // After that: a 429 may have come meanwhile.
            waited += self.await_turn(waited).await?;
            let answer = {
                let _under_way = if changes {
                    Some(departure.leave()?)
                } else {
                    None
                };
                let left = CALL_TIMEOUT.saturating_sub(started.elapsed());
                self.send_once(request, url.clone(), left).await
            };
            let error = match answer {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            let pause = FIRST_BACKOFF
                .saturating_mul(1 << attempt)
                .mul_f64(1.0 + jitter());
            let enough_time = started.elapsed() + pause < CALL_TIMEOUT;
            if changes || attempt == self.retries || !is_passing(&error) || !enough_time {
                return Err(error);
            }
            attempt += 1;
            if !matches!(error, Error::RateLimited { .. }) {
                tokio::time::sleep(pause).await;
            }
        }
    }

    /// Waits until no 429 is in force, at most what is left of 10 s. Returns the time it took.
    async fn await_turn(&self, waited: Duration) -> Result<Duration, Error> {
        let mut here = Duration::ZERO;
        loop {
            // Looked at again after each sleep: another call may have met a longer 429 meanwhile.
            let wait = self.pacer.wait(Instant::now());
            if wait.is_zero() {
                return Ok(here);
            }
            if waited + here + wait > PATIENCE {
                return Err(Error::RateLimited {
                    retry_after_s: whole_seconds(wait),
                });
            }
            tokio::time::sleep(wait).await;
            here += wait;
        }
    }

    async fn send_once(&self, request: &Parts, url: Url, left: Duration) -> Result<Answer, Error> {
        let changes = request.changes();
        let http = self.http()?;
        if !self.may_leave.now() {
            return Err(Error::Withheld);
        }
        self.pacer.leaves(Instant::now());
        let mut builder = http
            .request(request.method.clone(), url)
            .timeout(left)
            .header(AUTHORIZATION, self.authorization()?)
            .header(ACCEPT, "application/json");
        if let Some(json) = &request.body {
            builder = builder
                .header(CONTENT_TYPE, "application/json")
                .body(json.to_string());
        }
        let mut response = builder
            .send()
            .await
            .map_err(|error| lost(&error, changes))?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let cap = if status.is_success() {
            request.body_cap
        } else {
            ERROR_BODY_CAP
        };
        let body = match read_body(&mut response, cap).await {
            Ok(body) => body,
            Err(Unread::TooLarge(start)) if !status.is_success() => start,
            Err(Unread::Broken(start)) if !status.is_success() => start,
            Err(_) if changes => {
                return Err(Error::OutcomeUnknown {
                    why: "Make accepted it, but its answer was lost",
                });
            }
            Err(Unread::TooLarge(_)) => return Err(Error::TooLarge { cap_bytes: cap }),
            Err(Unread::Broken(_)) => return Err(Error::NoAnswer),
        };
        let body = if status.is_success() {
            body
        } else {
            self.scrubber.json(body, &Author::Make)
        };
        if status.as_u16() == 429 {
            return Err(self.refused_by_rate(&headers, &body, changes));
        }
        self.pacer.allowed();
        if !status.is_success() {
            let error = Error::from_status(status.as_u16(), &body, changes);
            return Err(error.wanting(request.scope()));
        }
        Ok(Answer {
            status: status.as_u16(),
            headers,
            body,
        })
    }

    fn refused_by_rate(&self, headers: &HeaderMap, body: &[u8], changes: bool) -> Error {
        let error = Error::from_status(429, body, changes);
        if !matches!(error, Error::RateLimited { .. }) {
            return error;
        }
        let asked = asked_pause(headers);
        let pause = self.pacer.refused(asked, jitter(), Instant::now());
        Error::RateLimited {
            retry_after_s: whole_seconds(pause),
        }
    }

    fn authorization(&self) -> Result<HeaderValue, Error> {
        // EXPOSE: into the header that carries it to its own zone; marked sensitive, so that no
        // Debug output shows it.
        let text = format!("Token {}", self.inner.access.token.expose());
        let mut value = HeaderValue::from_str(&text).map_err(|_| Error::NoClient)?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn http(&self) -> Result<&reqwest::Client, Error> {
        let client = self
            .inner
            .http
            .get_or_init(|| self.inner.network.client(!self.zone().is_simulated()).ok());
        client.as_ref().ok_or(Error::NoClient)
    }
}

/// No answer came: what that means depends on whether the request can have arrived.
fn lost(error: &reqwest::Error, changes: bool) -> Error {
    if error.is_connect() || error.is_builder() {
        Error::Unreachable
    } else if changes {
        let why = if error.is_timeout() {
            "no answer in time"
        } else {
            "the connection broke"
        };
        Error::OutcomeUnknown { why }
    } else {
        Error::NoAnswer
    }
}

/// Whether reading again may succeed.
fn is_passing(error: &Error) -> bool {
    matches!(
        error,
        Error::Unreachable | Error::NoAnswer | Error::Failed { .. } | Error::RateLimited { .. }
    )
}

fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// A random fraction from 0 to 1; a half where the system has no random numbers.
fn jitter() -> f64 {
    getrandom::u32().map_or(0.5, |n| f64::from(n) / f64::from(u32::MAX))
}
