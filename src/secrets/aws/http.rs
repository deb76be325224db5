//! AWS's libraries speak through our one kind of HTTP client: bundled roots, the operator's proxy,
//! no redirects, bounded answers.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use reqwest::Url;

use crate::network;

const LIMIT: Duration = Duration::from_secs(10);
/// A secret has at most 64 KiB.
const LARGEST_ANSWER: usize = 1 << 20;

/// What AWS's libraries send their requests with.
#[derive(Debug, Clone)]
pub(super) struct Http {
    pub(super) client: reqwest::Client,
    /// Secrets go over TLS, or stay on this machine. The addresses where a machine asks for its
    /// own role are neither.
    pub(super) clear_allowed: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Broken(&'static str);

impl HttpClient for Http {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Http {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        HttpConnectorFuture::new(async move { this.send(&request).await })
    }
}

impl Http {
    async fn send(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let odd = |what| ConnectorError::user(Broken(what).into());
        let url = Url::parse(request.uri()).map_err(|_| odd("the address is none"))?;
        if !self.clear_allowed && url.scheme() != "https" && !network::is_loopback(&url) {
            return Err(odd("the address has to begin with https://"));
        }
        let method = request.method().parse();
        let method: reqwest::Method = method.map_err(|_| odd("the method is none"))?;
        let mut builder = self.client.request(method, url).timeout(LIMIT);
        for (name, value) in request.headers() {
            builder = builder.header(name, value);
        }
        let body = request.body().bytes();
        let body = body.ok_or_else(|| odd("the body is a stream"))?.to_vec();
        let answer = builder.body(body).send().await.map_err(|error| {
            if error.is_timeout() {
                ConnectorError::timeout(Broken("no answer in time").into())
            } else {
                ConnectorError::io(Broken("not reachable").into())
            }
        })?;
        let status = StatusCode::try_from(answer.status().as_u16());
        let status = status.map_err(|_| odd("the status is none"))?;
        let headers = answer.headers().clone();
        let body = network::body(answer, LARGEST_ANSWER).await;
        let body = body.ok_or_else(|| ConnectorError::io(Broken("too large").into()))?;
        let mut response = HttpResponse::new(status, SdkBody::from(body));
        for (name, value) in &headers {
            if let Ok(value) = value.to_str() {
                let added = response
                    .headers_mut()
                    .try_append(name.to_string(), value.to_owned());
                added.map_err(|_| odd("a header is none"))?;
            }
        }
        Ok(response)
    }
}
