//! Who is believed and which way is taken: roots and proxies.
#![expect(
    clippy::disallowed_methods,
    reason = "the certificate of a test is no secret"
)]

use std::sync::Arc;

use make_credentials_mcp::make::{Access, Client, Departure, Zone, users};
use make_credentials_mcp::network::Network;
use make_credentials_mcp::policy;
use make_credentials_mcp::secret::Secret;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

use crate::listener::Listener;

/// A server with a certificate of an authority that nobody knows; its port and the authority.
async fn foreign_server() -> (u16, String) {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = server.signed_by(&key, &issuer).unwrap();

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let _read = stream.read(&mut [0; 4096]).await;
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
            let _gone = stream.write_all(answer).await;
            let _gone = stream.shutdown().await;
        }
    });
    (port, root.pem())
}

#[tokio::test]
async fn a_foreign_authority_is_believed_only_when_the_operator_names_it() {
    let (port, root) = foreign_server().await;
    let address = format!("https://localhost:{port}/");
    let file = std::env::temp_dir().join(format!("make-ca-{}.pem", std::process::id()));
    std::fs::write(&file, root).unwrap();
    let plain = Network::default();
    let system = Network {
        system_roots: true,
        ..Network::default()
    };
    let named = plain.with_ca_file(Some(file.clone()));
    for (network, believed) in [(&plain, false), (&system, false), (&named, true)] {
        let Ok(client) = network.client(true) else {
            // A machine without a bundle of roots.
            assert!(network.system_roots);
            continue;
        };
        let answer = client.get(&address).send().await;
        assert_eq!(answer.is_ok(), believed, "{network:?}");
    }
    std::fs::remove_file(file).unwrap();
}

fn client(network: &Network) -> Client {
    let access = Access {
        token: Secret::new("2544847b-1111-4222-8333-c0ffeec0ffee".to_owned()),
        zone: Zone::parse("eu1.make.com").unwrap(),
    };
    Client::through(access, network)
}

#[tokio::test]
async fn a_configured_proxy_is_asked_and_sees_no_token() {
    let refused = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n".to_vec();
    let proxy = Listener::answering(refused).await;
    let network = Network {
        proxy: Some(proxy.address().parse().unwrap()),
        ..Network::default()
    };
    let sent = client(&network)
        .send(&policy::operator(), &Departure::default(), &users::me())
        .await;
    assert!(sent.is_err());
    let heard = proxy.heard();
    assert!(!heard.is_empty());
    for said in heard {
        assert!(
            said.starts_with("CONNECT eu1.make.com:443 HTTP/1.1\r\n"),
            "{said}"
        );
        assert!(!said.to_lowercase().contains("token"), "{said}");
    }
    // This machine is reached without it.
    let near = Listener::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    let before = proxy.heard().len();
    let answer = network
        .client(false)
        .unwrap()
        .get(near.address())
        .send()
        .await;
    assert!(answer.is_ok());
    assert_eq!((near.heard().len(), proxy.heard().len()), (1, before));
}
