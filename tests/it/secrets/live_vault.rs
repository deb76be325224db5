//! Against a real Vault or `OpenBao`, which `.ci/stores` starts and sets up: a key-value engine at
//! `secret/`, the policy `make` for `secret/make/*`, and roles of the same name whose tokens live
//! 3 s.

use std::time::Duration;

use make_credentials_mcp::secrets::{Error, Stores};

use super::{CANARY, at, contract, secret, shown, stores};

/// Set by `.ci/stores`.
fn given(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set; run .ci/stores"))
}

fn vault(further: &[(&str, &str)]) -> Stores {
    let (address, ca) = (given("IT_VAULT_ADDR"), given("IT_VAULT_CACERT"));
    let place = [("VAULT_ADDR", address.as_str()), ("VAULT_CACERT", &ca)];
    stores(None, &[&place, further].concat())
}

fn by_token() -> Stores {
    vault(&[("VAULT_TOKEN", &given("IT_VAULT_TOKEN"))])
}

fn by_role() -> Stores {
    vault(&[
        ("VAULT_ROLE_ID", &given("IT_VAULT_ROLE_ID")),
        ("VAULT_SECRET_ID", &given("IT_VAULT_SECRET_ID")),
    ])
}

fn by_kubernetes(role: &str) -> Stores {
    vault(&[
        ("VAULT_K8S_ROLE", role),
        ("VAULT_K8S_TOKEN_FILE", &given("IT_VAULT_K8S_TOKEN_FILE")),
    ])
}

#[tokio::test]
#[ignore = "needs a Vault: run by .ci/stores"]
async fn a_token_reads_writes_lists_and_forgets() {
    let (one, other) = (
        at("vault:secret/make/a/b#one"),
        at("vault:secret/make/a/b#other field"),
    );
    contract::holds(&by_token(), &one, &other).await;
}

#[tokio::test]
#[ignore = "needs a Vault: run by .ci/stores"]
async fn a_role_logs_in_again_when_its_token_has_ended() {
    let stores = by_role();
    let (one, other) = (
        at("vault:secret/make/role#one"),
        at("vault:secret/make/role#other"),
    );
    contract::holds(&stores, &one, &other).await;
    stores.put(&one, &secret("v")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(4500)).await;
    assert_eq!(stores.get(&one).await.unwrap().expose(), "v");
    tokio::time::sleep(Duration::from_millis(4500)).await;
    stores.put(&other, &secret("w")).await.unwrap();
}

#[tokio::test]
#[ignore = "needs a Vault: run by .ci/stores"]
async fn a_service_account_logs_in() {
    let stores = by_kubernetes("make");
    let (one, other) = (
        at("vault:secret/make/k8s#one"),
        at("vault:secret/make/k8s#other"),
    );
    contract::holds(&stores, &one, &other).await;
    stores.put(&one, &secret("v")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(4500)).await;
    assert_eq!(stores.get(&one).await.unwrap().expose(), "v");
    let error = by_kubernetes("nobody").get(&one).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}

#[tokio::test]
#[ignore = "needs a Vault: run by .ci/stores"]
async fn who_may_not_is_refused() {
    let hidden = at("vault:secret/others/a#b");
    for stores in [
        by_role(),
        by_kubernetes("make"),
        vault(&[("VAULT_TOKEN", CANARY)]),
    ] {
        for refused in [
            stores.get(&hidden).await.map(|_| ()),
            stores.put(&hidden, &secret(CANARY)).await,
            stores.delete(&hidden).await,
        ] {
            let error = refused.unwrap_err();
            assert!(matches!(error, Error::Refused { .. }), "{error:?}");
            shown(&error);
        }
    }
    let wrong = [("VAULT_ROLE_ID", "nobody"), ("VAULT_SECRET_ID", CANARY)];
    let error = vault(&wrong).get(&hidden).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    shown(&error);
    // Without its authority the server is a stranger.
    let address = given("IT_VAULT_ADDR");
    let token = given("IT_VAULT_TOKEN");
    let stranger = stores(None, &[("VAULT_ADDR", &address), ("VAULT_TOKEN", &token)]);
    let error = stranger.get(&hidden).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
#[ignore = "needs a Vault: run by .ci/stores"]
async fn what_others_wrote_stays_as_it_was() {
    let before = bao(&["kv", "get", "-format=json", "secret/make/foreign"]);
    let stores = by_token();
    stores
        .put(&at("vault:secret/make/foreign#ours"), &secret("v"))
        .await
        .unwrap();
    stores
        .delete(&at("vault:secret/make/foreign#ours"))
        .await
        .unwrap();
    let after = bao(&["kv", "get", "-format=json", "secret/make/foreign"]);
    assert_eq!(before["data"]["data"], after["data"]["data"]);
    assert!(before["data"]["data"]["nested"]["n"].is_number());
}

#[tokio::test]
#[ignore = "needs a Vault: run by .ci/stores"]
async fn what_is_forgotten_is_in_no_version() {
    let stores = by_token();
    let (one, other) = (
        at("vault:secret/make/gone#one"),
        at("vault:secret/make/gone#other"),
    );
    for value in ["first", CANARY] {
        stores.put(&one, &secret(value)).await.unwrap();
    }
    stores.put(&other, &secret("stays")).await.unwrap();
    stores.delete(&one).await.unwrap();
    assert_no_version_holds("secret/make/gone", CANARY);
    assert_eq!(stores.get(&other).await.unwrap().expose(), "stays");
    stores.delete(&other).await.unwrap();
    assert_no_version_holds("secret/make/gone", "stays");
}

#[tokio::test]
#[ignore = "needs a Vault: run by .ci/stores"]
async fn writers_of_one_secret_lose_nothing_of_each_other() {
    let tasks: Vec<_> = (0..4)
        .map(|writer| {
            let stores = by_token();
            tokio::spawn(async move {
                for number in 0..10 {
                    let reference = at(&format!("vault:secret/make/busy#w{writer}-{number}"));
                    stores.put(&reference, &secret("v")).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let names = by_token()
        .names(&at("vault:secret/make/busy#x"))
        .await
        .unwrap();
    assert_eq!(names.len(), 40);
}

fn bao(arguments: &[&str]) -> serde_json::Value {
    let output = std::process::Command::new(given("IT_BAO"))
        .args(arguments)
        .env("BAO_ADDR", given("IT_VAULT_ADDR"))
        .env("BAO_CACERT", given("IT_VAULT_CACERT"))
        .env("BAO_TOKEN", given("IT_VAULT_TOKEN"))
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

fn assert_no_version_holds(path: &str, value: &str) {
    let mut seen = 0;
    for version in 1..=12 {
        let version = format!("-version={version}");
        let answer = bao(&["kv", "get", "-format=json", &version, path]).to_string();
        assert!(!answer.contains(value), "{version}: {answer}");
        seen += usize::from(answer.contains("destroyed"));
    }
    assert!(seen > 1, "no version was looked at");
}
