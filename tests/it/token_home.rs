//! A token goes to its own zone and nowhere else, whatever Make answers and whatever stands in
//! the environment.

use std::path::Path;

use make_credentials_mcp::sandbox::{Effect, Fault, Options, Sandbox};
use serde_json::{Value, json};

use crate::binary::{self, Binary};
use crate::listener::Listener;
use crate::world::{World, call};

/// Not one of any account.
const TOKEN: &str = "2544847b-1111-4222-8333-c0ffeec0ffee";

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Listener::start().await;
    let away = elsewhere.address();
    let world = World::new().await;
    let session = world.sure();
    for status in [300, 301, 302, 303, 305, 307, 308] {
        for location in [
            format!("{away}/api/v2/users/me"),
            format!("//127.0.0.1:{}/x", elsewhere.port),
            format!("http://u:p@127.0.0.1:{}/", elsewhere.port),
            "/api/v2/users/me".to_owned(),
        ] {
            let headers = [
                ("location", location.as_str()),
                ("refresh", &format!("0; url={away}")),
                ("alt-svc", &format!("h2=\"127.0.0.1:{}\"", elsewhere.port)),
                ("link", &format!("<{away}>; rel=preconnect")),
                ("set-cookie", "a=b"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
            world.zone.inject(Fault::new(Effect::Status {
                status,
                body: String::new(),
                content_type: "text/html".to_owned(),
                headers: headers.to_vec(),
            }));
            for (tool, arguments) in [
                ("connections_get", json!({"connectionId": 101})),
                ("connections_verify", json!({"connectionId": 101})),
                (
                    "connections_update",
                    json!({"connectionId": 101, "name": "N"}),
                ),
                ("keys_delete", json!({"keyId": 401})),
            ] {
                world.zone.clear_requests();
                call(&session, tool, arguments).await.unwrap_err();
                assert_eq!(world.zone.requests().len(), 1, "{tool} {status} {location}");
            }
            world.zone.clear_faults();
        }
    }
    assert_eq!(elsewhere.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn nothing_in_the_environment_changes_the_way_to_make() {
    let elsewhere = Listener::start().await;
    let zone = Sandbox::start(Options::default()).await.unwrap();
    let home = binary::home("token-home-environment");
    let (away, address) = (elsewhere.address(), zone.zone());
    let socks = away.replace("http://", "socks5://");
    let host = away.trim_start_matches("http://");
    let environment = [
        ("MAKE_API_KEY", zone.operator_token()),
        ("MAKE_ZONE", &address),
        ("HTTP_PROXY", &away),
        ("http_proxy", &away),
        ("HTTPS_PROXY", &away),
        ("https_proxy", &away),
        ("ALL_PROXY", &socks),
        ("all_proxy", &away),
        ("NO_PROXY", ""),
        ("no_proxy", "example.com"),
        ("REQUEST_METHOD", "GET"),
        ("MAKE_API_URL", &away),
        ("MAKE_BASE_URL", &away),
        ("HOSTALIASES", "/etc/hosts"),
        ("LOCALDOMAIN", host),
        ("RES_OPTIONS", "ndots:0"),
    ];
    let mut server = Binary::serve(&home, &environment, &["--confirm=never"]).await;
    let answers = server
        .call_all(&[
            ("connections_get", json!({"connectionId": 101})),
            ("connections_verify", json!({"connectionId": 101})),
            ("users_me", json!({})),
        ])
        .await;
    for answer in &answers {
        assert_ne!(answer["isError"], json!(true), "{answer}");
    }
    server.end().await;
    assert_eq!(zone.requests().len(), 3);
    assert_eq!(elsewhere.heard(), Vec::<String>::new());
    std::fs::remove_dir_all(home).unwrap();
}

/// Over https neither, where a proxy would be asked to connect and a certificate file to be
/// trusted. The host does not exist (RFC 6761), so nothing leaves the machine. Whoever opened
/// one of the pipes would wait there for ever.
#[cfg(unix)]
#[tokio::test]
async fn no_proxy_and_no_certificate_of_the_environment_is_used_for_https() {
    let elsewhere = Listener::start().await;
    let home = binary::home("token-home-https");
    let pipe = home.join("certificates.pem");
    let folder = home.join("certificates");
    std::fs::create_dir(&folder).unwrap();
    for pipe in [&pipe, &folder.join("0.pem")] {
        let made = std::process::Command::new("mkfifo").arg(pipe).status();
        assert!(made.unwrap().success());
    }
    let away = elsewhere.address();
    let (pipe, folder) = (pipe.to_str().unwrap(), folder.to_str().unwrap());
    let environment = [
        ("MAKE_API_KEY", TOKEN),
        ("HTTPS_PROXY", away.as_str()),
        ("https_proxy", &away),
        ("ALL_PROXY", &away),
        ("SSL_CERT_FILE", pipe),
        ("SSL_CERT_DIR", folder),
        ("REQUESTS_CA_BUNDLE", pipe),
        ("CURL_CA_BUNDLE", pipe),
        ("SSLKEYLOGFILE", pipe),
        ("OPENSSL_CONF", pipe),
    ];
    let zone = "--private-zone=make.example.invalid";
    let left = binary::run(&home, &environment, &["operator", "network", zone]).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    let words = ["call", "users_me", zone];
    let left = binary::run(&home, &environment, &words).await;
    let failure: Value = serde_json::from_str(&left.stdout).unwrap();
    assert_eq!(failure["code"], "unavailable", "{failure}");
    assert_eq!(elsewhere.heard(), Vec::<String>::new());
    std::fs::remove_dir_all(home).unwrap();
}

/// No library that would read certificates of the system is linked.
#[test]
fn no_reader_of_system_certificates_is_used() {
    let source =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/network.rs"))
            .unwrap();
    for wanted in [
        "webpki_roots::TLS_SERVER_ROOTS",
        ".tls_backend_preconfigured(",
        ".no_proxy()",
        "redirect::Policy::none()",
        ".https_only(",
    ] {
        assert!(source.contains(wanted), "{wanted}");
    }
}

/// Addresses that look like a zone and lead to another port or host.
fn no_zones(port: &str, away: u16) -> Vec<String> {
    vec![
        format!("http://127.0.0.1:{port}@127.0.0.1:{away}"),
        format!("http://127.0.0.1:{port}/"),
        format!("http://127.0.0.1:{port}/../../x"),
        format!("http://127.0.0.1:{port}?x"),
        format!("http://127.0.0.1:{port}#x"),
        format!("http://127.0.0.1:{port}\\@127.0.0.1:{away}"),
        format!("http://u:p@127.0.0.1:{away}"),
        format!("http://127.0.0.1.nip.io:{away}"),
        format!("http://localhost:{away}"),
        format!("http://127.1:{away}"),
        format!("http://2130706433:{away}"),
        format!("http://0.0.0.0:{away}"),
        format!("http://[::1]:{away}"),
        format!("https://127.0.0.1:{away}"),
        format!("127.0.0.1:{away}"),
        "http://127.0.0.1:99999".to_owned(),
        "http://127.0.0.1:".to_owned(),
        "http://127.0.0.1".to_owned(),
        "http://eu1.make.com".to_owned(),
        "eu1.make.com:443".to_owned(),
        "eu1.make.com.".to_owned(),
        "eu1.make.com/path".to_owned(),
        "eu1.make.com@evil.example".to_owned(),
        "evil.example@eu1.make.com".to_owned(),
        "eu1.make.com.evil.example".to_owned(),
        "evil-eu1.make.com".to_owned(),
        "EU1.MAKE.COM.evil.example".to_owned(),
        "https://evil.example".to_owned(),
        "eu1.make.com\nevil.example".to_owned(),
        "eu1.make.com#evil.example".to_owned(),
        "\u{435}u1.make.com".to_owned(),
    ]
}

#[tokio::test]
async fn a_zone_that_is_not_one_gets_nothing() {
    let elsewhere = Listener::start().await;
    let zone = Sandbox::start(Options::default()).await.unwrap();
    let home = binary::home("token-home-zones");
    let (away, port) = (elsewhere.port, zone.zone());
    let port = port.rsplit(':').next().unwrap();
    for zone in &no_zones(port, away) {
        let environment = [("MAKE_API_KEY", TOKEN), ("MAKE_ZONE", zone.as_str())];
        let left = binary::run(&home, &environment, &["call", "users_me"]).await;
        let failure: Value = serde_json::from_str(&left.stdout).unwrap();
        assert_eq!(failure["code"], "secret_unavailable", "{zone}");
        assert_eq!(left.code, Some(1), "{zone}");
    }
    for host in [
        format!("127.0.0.1:{away}"),
        "127.0.0.1".to_owned(),
        "127.0.0.0x1".to_owned(),
        "0x7f.1".to_owned(),
        "localhost".to_owned(),
        "a.example/x".to_owned(),
        "u@a.example".to_owned(),
        "a.example:1".to_owned(),
        "http://a.example".to_owned(),
    ] {
        let flag = format!("--private-zone={host}");
        let environment = [("MAKE_API_KEY", TOKEN)];
        let left = binary::run(&home, &environment, &["call", "users_me", &flag]).await;
        let failure: Value = serde_json::from_str(&left.stdout).unwrap();
        assert_eq!(failure["code"], "secret_unavailable", "{host}");
    }
    assert_eq!(elsewhere.heard(), Vec::<String>::new());
    assert!(zone.requests().is_empty());
    std::fs::remove_dir_all(home).unwrap();
}

/// Over http, so anything on this machine could listen there.
#[tokio::test]
async fn a_real_token_is_not_sent_to_a_simulated_zone() {
    let elsewhere = Listener::start().await;
    let home = binary::home("token-home-simulated");
    let away = elsewhere.address();
    let environment = [
        ("MAKE_API_KEY", "2544847b-1111-4222-8333-0123456789ab"),
        ("MAKE_ZONE", away.as_str()),
    ];
    let left = binary::run(&home, &environment, &["call", "users_me"]).await;
    let failure: Value = serde_json::from_str(&left.stdout).unwrap();
    assert_eq!(failure["code"], "secret_unavailable", "{failure}");
    assert_eq!(elsewhere.heard(), Vec::<String>::new());
    std::fs::remove_dir_all(home).unwrap();
}
