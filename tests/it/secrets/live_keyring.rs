//! Against the keyring of this session, which `.ci/stores` starts, and against sessions that have
//! none.

use std::time::{Duration, Instant};

use make_credentials_mcp::secrets::Error;

use super::{CANARY, at, contract, secret, shown, stores};

#[tokio::test]
#[ignore = "needs a keyring: run by .ci/stores"]
async fn entries_are_read_written_listed_and_forgotten() {
    let (one, other) = (
        at("keyring:agent/support-bot"),
        at("keyring:named/STRIPE_KEY"),
    );
    contract::holds(&stores(None, &[]), &one, &other).await;
}

#[tokio::test]
#[ignore = "needs a session without a keyring: run by .ci/stores"]
async fn without_a_keyring_the_answer_comes_at_once() {
    let (stores, reference) = (stores(None, &[]), at("keyring:a"));
    let started = Instant::now();
    for refused in [
        stores.get(&reference).await.map(|_| ()),
        stores.put(&reference, &secret(CANARY)).await,
        stores.delete(&reference).await,
        stores.names(&reference).await.map(|_| ()),
    ] {
        let error = refused.unwrap_err();
        assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
        shown(&error);
    }
    assert!(
        started.elapsed() < Duration::from_secs(4),
        "{:?}",
        started.elapsed()
    );
}

/// `DBUS_SESSION_BUS_ADDRESS` points at the socket in `IT_HANGING_BUS`, where nobody answers.
#[test]
#[ignore = "needs a session whose bus hangs: run by .ci/stores"]
fn a_bus_that_hangs_is_left_after_two_seconds() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(left_after_two_seconds());
    // As the program ends: a thread that hangs is not waited for.
    runtime.shutdown_background();
}

async fn left_after_two_seconds() {
    let path = std::env::var("IT_HANGING_BUS").unwrap();
    let _bus = std::os::unix::net::UnixListener::bind(path).unwrap();
    let (stores, reference) = (stores(None, &[]), at("keyring:a"));
    for _ in 0..6 {
        let started = Instant::now();
        let error = stores.get(&reference).await.unwrap_err();
        assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
        assert!(started.elapsed() < Duration::from_millis(2500));
    }
}
