//! `aws-sm:name#field`: a field of a secret in the AWS Secrets Manager, whose value is a JSON
//! object. Credentials come by AWS's usual chain: variables, profile, web identity, container,
//! instance. AWS knows no write under a condition: two programs that write fields of one secret at
//! the same moment may lose one, so a secret of ours is best written by one machine. The value of
//! a field that was deleted stays in AWS's older versions until AWS drops them; deleting the last
//! field deletes the secret at once, without the days in which it could be restored.

mod http;

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::{Mutex, OnceCell};

use super::reference::AwsField;
use super::store::Store;
use super::{Error, SecretReference};
use crate::network::Network;
use crate::secret::Secret;
use http::Http;

/// For the whole of one call, the way to credentials included.
const LIMIT: Duration = Duration::from_secs(20);

/// The fields of a secret, each as it came.
type Fields = BTreeMap<String, Box<RawValue>>;

#[derive(Debug)]
pub(super) struct Aws {
    network: Network,
    client: OnceCell<Client>,
    /// One change at a time within this process.
    turn: Mutex<()>,
}

impl Aws {
    pub(super) fn new(network: &Network) -> Self {
        Self {
            network: network.clone(),
            client: OnceCell::new(),
            turn: Mutex::new(()),
        }
    }
}

impl Store for Aws {
    type At = AwsField;
    const SCHEME: &'static str = "aws-sm";

    async fn get(&self, at: &AwsField) -> Result<Secret, Error> {
        let name = || SecretReference::Aws(at.clone()).to_string();
        let missing = || Error::Missing { at: name() };
        let mut fields = in_time(self.read(at)).await?.ok_or_else(missing)?;
        let raw = fields.remove(at.field()).ok_or_else(missing)?;
        let text: Option<String> = serde_json::from_str(raw.get()).ok();
        let text = text.filter(|text| !text.is_empty());
        text.map(Secret::new)
            .ok_or_else(|| Error::NotText { at: name() })
    }

    async fn put(&self, at: &AwsField, value: &Secret) -> Result<(), Error> {
        // EXPOSE: into the body that carries it to AWS.
        let raw = to_raw_value(value.expose()).map_err(|_| unavailable("encoding failed"))?;
        in_time(async {
            let _turn = self.turn.lock().await;
            let found = self.read(at).await?;
            let is_new = found.is_none();
            let mut fields = found.unwrap_or_default();
            fields.insert(at.field().to_owned(), raw);
            if is_new {
                self.create(at, &fields).await
            } else {
                self.write(at, &fields).await
            }
        })
        .await
    }

    async fn delete(&self, at: &AwsField) -> Result<(), Error> {
        in_time(async {
            let _turn = self.turn.lock().await;
            let Some(mut fields) = self.read(at).await? else {
                return Ok(());
            };
            if fields.remove(at.field()).is_none() {
                Ok(())
            } else if fields.is_empty() {
                self.delete_secret(at).await
            } else {
                self.write(at, &fields).await
            }
        })
        .await
    }

    async fn names(&self, at: &AwsField) -> Result<Vec<String>, Error> {
        let fields = in_time(self.read(at)).await?.unwrap_or_default();
        Ok(fields.into_keys().collect())
    }
}

impl Aws {
    /// `None` when there is no such secret.
    async fn read(&self, at: &AwsField) -> Result<Option<Fields>, Error> {
        let request = self.client().await?.get_secret_value().secret_id(at.name());
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(in_our_words(&error)),
        };
        let fields = answer
            .secret_string()
            .and_then(|text| serde_json::from_str(text).ok());
        fields.map(Some).ok_or_else(|| Error::NotText {
            at: SecretReference::Aws(at.clone()).to_string(),
        })
    }

    async fn create(&self, at: &AwsField, fields: &Fields) -> Result<(), Error> {
        let request = self.client().await?.create_secret().name(at.name());
        let sent = request.secret_string(json(fields)?).send().await;
        sent.map(|_| ()).map_err(|error| in_our_words(&error))
    }

    async fn write(&self, at: &AwsField, fields: &Fields) -> Result<(), Error> {
        let request = self.client().await?.put_secret_value().secret_id(at.name());
        let sent = request.secret_string(json(fields)?).send().await;
        sent.map(|_| ()).map_err(|error| in_our_words(&error))
    }

    async fn delete_secret(&self, at: &AwsField) -> Result<(), Error> {
        let request = self.client().await?.delete_secret().secret_id(at.name());
        let sent = request.force_delete_without_recovery(true).send().await;
        sent.map(|_| ()).map_err(|error| in_our_words(&error))
    }

    async fn client(&self) -> Result<&Client, Error> {
        self.client.get_or_try_init(|| self.connect()).await
    }

    /// Reads AWS's own settings (`AWS_REGION`, `AWS_ENDPOINT_URL`, profiles …), as its libraries
    /// do, and sends nothing.
    async fn connect(&self) -> Result<Client, Error> {
        let client = self.network.client(false).map_err(|_| Error::NotSetUp {
            store: Self::SCHEME,
            why: "the configured roots cannot be read",
        })?;
        let http = |clear_allowed| Http {
            client: client.clone(),
            clear_allowed,
        };
        let shared = aws_config::defaults(aws_config::BehaviorVersion::latest())
            .http_client(http(true))
            .load()
            .await;
        if shared.region().is_none() {
            return Err(Error::NotSetUp {
                store: Self::SCHEME,
                why: "no region is known: set AWS_REGION",
            });
        }
        let config = aws_sdk_secretsmanager::config::Builder::from(&shared)
            .http_client(http(false))
            .build();
        Ok(Client::from_conf(config))
    }
}

fn json(fields: &Fields) -> Result<String, Error> {
    serde_json::to_string(fields).map_err(|_| unavailable("encoding failed"))
}

/// `work`, bounded. Goes to the heap before anything is awaited: AWS's futures are large, and every caller's would grow
/// by them.
fn in_time<T>(
    work: impl Future<Output = Result<T, Error>>,
) -> impl Future<Output = Result<T, Error>> {
    let work = Box::pin(work);
    async move {
        let done = tokio::time::timeout(LIMIT, work).await;
        done.unwrap_or(Err(Error::TimedOut {
            store: Aws::SCHEME,
            limit_s: LIMIT.as_secs(),
        }))
    }
}

fn is_missing<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    error.code() == Some("ResourceNotFoundException")
}

/// AWS's own text may repeat what was sent, and is dropped.
fn in_our_words<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Error {
    let refused = |why| Error::Refused {
        store: Aws::SCHEME,
        why,
    };
    let status = error.raw_response().map(|raw| raw.status().as_u16());
    match error.code() {
        Some(
            "AccessDeniedException"
            | "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "ExpiredTokenException",
        ) => refused("the credentials have ended or may not do this"),
        Some("InvalidRequestException") => refused("the secret is marked for deletion"),
        Some("ResourceExistsException") => unavailable("another program made the secret meanwhile"),
        Some("ThrottlingException" | "LimitExceededException") => {
            unavailable("it allows no more calls now")
        }
        _ if matches!(status, Some(401 | 403)) => {
            refused("the credentials have ended or may not do this")
        }
        Some(_) => unavailable("it failed"),
        None => unsent(error),
    }
}

fn unsent<E>(error: &SdkError<E, HttpResponse>) -> Error {
    let SdkError::DispatchFailure(failure) = error else {
        return unavailable("its answer was not understood");
    };
    match failure.as_connector_error() {
        // Our own client says so before it sends.
        Some(broken) if broken.is_user() => Error::NotSetUp {
            store: Aws::SCHEME,
            why: "its address has to begin with https://",
        },
        Some(broken) if broken.is_io() || broken.is_timeout() => {
            unavailable("it cannot be reached")
        }
        Some(_) | None => Error::Refused {
            store: Aws::SCHEME,
            why: "no credentials were found",
        },
    }
}

fn unavailable(why: &'static str) -> Error {
    Error::Unavailable {
        store: Aws::SCHEME,
        why,
    }
}
