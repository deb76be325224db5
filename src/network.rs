//! How a host is reached: the one builder of HTTP clients. Mozilla's roots are bundled, a proxy is
//! used where the operator named one, redirects are never followed, and no variable of the
//! environment changes any of it.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{NoProxy, Url};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::file_trust::{self, OpenError, Others, Untrusted};
use crate::visible::path as shown_path;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const LARGEST_PEM: u64 = 4 << 20;

/// Never behind a proxy: what runs on this machine, and where a machine asks for its own role.
const NEAR: &str = "localhost,127.0.0.0/8,::1,169.254.0.0/16,fd00:ec2::254";

/// Where distributions keep the roots of the system. Read here and not by a library, because
/// those let a variable of the environment name another file.
#[cfg(not(any(windows, target_vendor = "apple")))]
const SYSTEM_BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The way to a host, as the operator configured it. The default is the plain one: no proxy, and
/// the bundled roots alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// The proxy for everything that is not on this machine.
    pub proxy: Option<Proxy>,
    /// A file with further roots, in PEM.
    pub ca_file: Option<PathBuf>,
    /// Whether the roots of the operating system count too.
    pub system_roots: bool,
}

/// The address of a proxy: `http://HOST:PORT` or `https://HOST:PORT`, never with user info.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy(Url);

/// Why a text is no address of a proxy. Never repeats the text, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a proxy must be http://HOST:PORT or https://HOST:PORT, without a user name")]
pub struct BadProxy;

/// Why there is no client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file with further roots.
    #[error("{} holds no readable certificate", shown_path(.0))]
    CaFile(PathBuf),
    /// Another user can have written that file.
    #[error(transparent)]
    Untrusted(#[from] Untrusted),
    /// The roots of the system.
    #[error("the operating system's roots cannot be read")]
    SystemRoots,
    /// The TLS library or the client.
    #[error("the HTTP client cannot be set up")]
    Setup,
}

impl FromStr for Proxy {
    type Err = BadProxy;

    fn from_str(text: &str) -> Result<Self, BadProxy> {
        let url = Url::parse(text).map_err(|_| BadProxy)?;
        let plain = url.username().is_empty()
            && url.password().is_none()
            && !text.contains('@')
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none();
        if matches!(url.scheme(), "http" | "https") && url.has_host() && plain {
            Ok(Self(url))
        } else {
            Err(BadProxy)
        }
    }
}

impl std::fmt::Display for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl Network {
    /// A client that goes this way; with `https_only` it refuses everything else.
    ///
    /// # Errors
    /// When a file with roots holds none.
    pub fn client(&self, https_only: bool) -> Result<reqwest::Client, Error> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("make-credentials-mcp/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(self.tls()?)
            .https_only(https_only)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(32)
            .pool_idle_timeout(Duration::from_secs(30));
        if let Some(Proxy(url)) = &self.proxy {
            let proxy = reqwest::Proxy::all(url.clone()).map_err(|_| Error::Setup)?;
            builder = builder.proxy(proxy.no_proxy(NoProxy::from_string(NEAR)));
        }
        builder.build().map_err(|_| Error::Setup)
    }

    /// The same way with this file of further roots in place of the configured one.
    #[must_use]
    pub fn with_ca_file(&self, ca_file: Option<PathBuf>) -> Self {
        Self {
            ca_file: ca_file.or_else(|| self.ca_file.clone()),
            ..self.clone()
        }
    }

    /// Whether the file of further roots is one that no other user can have written. It is looked
    /// at again when it is read.
    ///
    /// # Errors
    /// [`Error::Untrusted`].
    pub fn check(&self) -> Result<(), Error> {
        match &self.ca_file {
            Some(path) => believed(path).map(|_| ()).map_err(Error::from),
            None => Ok(()),
        }
    }

    fn tls(&self) -> Result<ClientConfig, Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let further = match &self.ca_file {
            Some(path) => certificates(path)?.ok_or_else(|| Error::CaFile(path.clone()))?,
            None => Vec::new(),
        };
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|_| Error::Setup)?;
        #[cfg(any(windows, target_vendor = "apple"))]
        if self.system_roots {
            let verifier = system_verifier(further, provider)?;
            return Ok(builder
                .dangerous()
                .with_custom_certificate_verifier(verifier)
                .with_no_client_auth());
        }
        let roots = self.roots(further)?;
        Ok(builder.with_root_certificates(roots).with_no_client_auth())
    }

    fn roots(&self, further: Vec<CertificateDer<'static>>) -> Result<rustls::RootCertStore, Error> {
        let mut roots = rustls::RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        #[cfg(not(any(windows, target_vendor = "apple")))]
        if self.system_roots {
            let bundle = SYSTEM_BUNDLES
                .iter()
                .find_map(|path| certificates(Path::new(path)).transpose());
            // Some systems trust roots that the library cannot read; the others still count.
            roots.add_parsable_certificates(bundle.ok_or(Error::SystemRoots)??);
        }
        let bad = || Error::CaFile(self.ca_file.clone().unwrap_or_default());
        for certificate in further {
            roots.add(certificate).map_err(|_| bad())?;
        }
        Ok(roots)
    }
}

/// The body of an answer; `None` when it is larger than that or breaks off.
pub async fn body(mut answer: reqwest::Response, most_bytes: usize) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        if body.len() + chunk.len() > most_bytes {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

/// Whether an address is one of this machine, where a clear connection is no risk.
pub fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}

/// What the operating system trusts, as it checks it itself, with companies' rules.
#[cfg(any(windows, target_vendor = "apple"))]
fn system_verifier(
    further: Vec<CertificateDer<'static>>,
    provider: Arc<rustls::crypto::CryptoProvider>,
) -> Result<Arc<dyn rustls::client::danger::ServerCertVerifier>, Error> {
    let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(further, provider);
    Ok(Arc::new(verifier.map_err(|_| Error::SystemRoots)?))
}

/// The certificates of a PEM file; `None` when there is none or one is broken.
fn certificates(path: &Path) -> Result<Option<Vec<CertificateDer<'static>>>, Untrusted> {
    let Some(pem) = believed(path)? else {
        return Ok(None);
    };
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    Ok(found.ok().filter(|found| !found.is_empty()))
}

/// The bytes of a file that no other user can have written; `None` when it cannot be read.
fn believed(path: &Path) -> Result<Option<Vec<u8>>, Untrusted> {
    let mut options = std::fs::OpenOptions::new();
    let file = match file_trust::open(path, options.read(true), Others::Read) {
        Ok(file) => file,
        Err(OpenError::Untrusted(why)) => return Err(why),
        Err(OpenError::NotPlain | OpenError::Io(_)) => return Ok(None),
    };
    let mut bytes = Vec::new();
    let read = file.take(LARGEST_PEM).read_to_end(&mut bytes);
    Ok(read.is_ok().then_some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_a_plain_address() {
        let proxy: Proxy = "http://proxy.example:3128".parse().unwrap();
        assert_eq!(proxy.to_string(), "http://proxy.example:3128");
        for bad in [
            "",
            "proxy.example:3128",
            "socks5://proxy.example",
            "http://user:hunter2@proxy.example",
            "http://user@proxy.example",
            "http://@proxy.example",
            "http://proxy.example/path",
            "http://proxy.example/?q",
        ] {
            assert_eq!(bad.parse::<Proxy>(), Err(BadProxy), "{bad}");
        }
    }

    #[test]
    fn a_file_without_certificates_is_refused() {
        let network = |path: &str| Network {
            ca_file: Some(path.into()),
            ..Network::default()
        };
        for path in ["/nonexistent/ca.pem", "/dev/null", "/etc/passwd", "/"] {
            let refused = network(path).client(true).unwrap_err();
            assert_eq!(refused, Error::CaFile(path.into()));
        }
        assert!(Network::default().client(true).is_ok());
    }
}
