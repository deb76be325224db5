//! Against a server of AWS's protocol that is not ours (moto), which `.ci/stores` starts. The
//! settings are AWS's own, in the environment of this process.

use make_credentials_mcp::secrets::{Error, Stores};

use super::{CANARY, at, contract, secret, shown, stores};

fn aws() -> Stores {
    assert!(std::env::var("AWS_ENDPOINT_URL").is_ok(), "run .ci/stores");
    stores(None, &[])
}

#[tokio::test]
#[ignore = "needs the AWS protocol: run by .ci/stores"]
async fn fields_are_read_written_listed_and_forgotten() {
    let (one, other) = (at("aws-sm:make/a#one"), at("aws-sm:make/a#other field"));
    contract::holds(&aws(), &one, &other).await;
}

#[tokio::test]
#[ignore = "needs the AWS protocol: run by .ci/stores"]
async fn what_others_wrote_stays_as_it_was() {
    // `.ci/stores` made it: {"theirs":"t","nested":{"n":1.10}}
    let stores = aws();
    let ours = at("aws-sm:make/foreign#ours");
    stores.put(&ours, &secret("v")).await.unwrap();
    assert_eq!(
        stores
            .get(&at("aws-sm:make/foreign#theirs"))
            .await
            .unwrap()
            .expose(),
        "t"
    );
    let error = stores
        .get(&at("aws-sm:make/foreign#nested"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NotText { .. }));
    stores.delete(&ours).await.unwrap();
    assert_eq!(stores.names(&ours).await.unwrap(), ["nested", "theirs"]);
    // And what is no object is left alone.
    let plain = at("aws-sm:make/plain#x");
    for error in [
        stores.get(&plain).await.unwrap_err(),
        stores.put(&plain, &secret(CANARY)).await.unwrap_err(),
        stores.delete(&plain).await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::NotText { .. }), "{error:?}");
        shown(&error);
    }
}

#[tokio::test]
#[ignore = "needs the AWS protocol: run by .ci/stores"]
async fn who_may_not_is_refused() {
    // `.ci/stores` has switched the checks on and given us wrong credentials.
    let stores = aws();
    for reference in ["aws-sm:make/foreign#theirs", "aws-sm:make/new#a"] {
        for refused in [
            stores.get(&at(reference)).await.map(|_| ()),
            stores.put(&at(reference), &secret(CANARY)).await,
            stores.delete(&at(reference)).await,
        ] {
            let error = refused.unwrap_err();
            assert!(matches!(error, Error::Refused { .. }), "{error:?}");
            shown(&error);
        }
    }
}

#[tokio::test]
#[ignore = "needs the AWS protocol: run by .ci/stores"]
async fn secrets_do_not_go_to_a_clear_address() {
    // `.ci/stores` has pointed us at http:// and a name that is not this machine.
    let error = aws()
        .get(&at("aws-sm:make/foreign#theirs"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NotSetUp { .. }), "{error:?}");
    assert!(shown(&error).contains("https://"));
}
