//! Secrets that others put there: variables and mounted files. Read-only.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use make_credentials_mcp::secrets::Error;

use super::{CANARY, Home, at, secret, shown, stores};

#[tokio::test]
async fn a_variable_is_read_when_somebody_set_it() {
    let stores = stores(None, &[("A", CANARY), ("B", "${B}"), ("C", " ")]);
    assert_eq!(stores.get(&at("env:A")).await.unwrap().expose(), CANARY);
    for unset in ["env:B", "env:C", "env:D"] {
        let error = stores.get(&at(unset)).await.unwrap_err();
        assert_eq!(
            error,
            Error::Missing {
                at: unset.to_owned()
            }
        );
        shown(&error);
    }
}

#[tokio::test]
async fn a_mounted_file_is_read_without_its_end_of_line() {
    let home = Home::new();
    let path = home.path().join("token");
    let reference = at(&format!("file:{}", path.display()));
    let stores = home.stores();
    assert!(matches!(
        stores.get(&reference).await,
        Err(Error::Missing { .. })
    ));
    fs::write(&path, format!("{CANARY}\n")).unwrap();
    for mode in [0o400, 0o444, 0o640, 0o644] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(stores.get(&reference).await.unwrap().expose(), CANARY);
    }
    // As Kubernetes mounts it.
    let link = home.path().join("link");
    symlink(&path, &link).unwrap();
    let linked = at(&format!("file:{}", link.display()));
    assert_eq!(stores.get(&linked).await.unwrap().expose(), CANARY);
    for mode in [0o620, 0o602, 0o666] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = stores.get(&linked).await.unwrap_err();
        assert!(matches!(error, Error::Untrusted(_)), "{error:?}");
        let command = format!("run `chmod go-w {}`", path.display());
        assert!(shown(&error).contains(&command));
    }
}

#[tokio::test]
async fn odd_files_are_refused_and_not_waited_for() {
    let home = Home::new();
    let path = home.path().join("odd");
    let reference = at(&format!("file:{}", path.display()));
    let stores = home.stores();
    fs::write(&path, "hunter2".repeat(10_000)).unwrap();
    let error = stores.get(&reference).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }));
    for bytes in [&b""[..], b"\n", b"hunter2\xFF"] {
        fs::write(&path, bytes).unwrap();
        let error = stores.get(&reference).await.unwrap_err();
        assert!(matches!(error, Error::NotText { .. }));
        shown(&error);
    }
    fs::remove_file(&path).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    for odd in [at("file:/dev/zero"), at("file:/tmp"), reference] {
        let error = stores.get(&odd).await.unwrap_err();
        assert!(matches!(error, Error::NotPlain(_)), "{error:?}");
    }
}

#[tokio::test]
async fn what_only_gives_says_so() {
    let home = Home::new();
    let stores = home.stores();
    for reference in ["env:A", "file:/tmp/a", "exec:/bin/true"].map(at) {
        assert!(!reference.is_writable());
        let store = reference.scheme();
        for refused in [
            stores.put(&reference, &secret(CANARY)).await,
            stores.delete(&reference).await,
        ] {
            assert_eq!(refused, Err(Error::ReadOnly { store }));
            assert!(shown(&refused.unwrap_err()).contains("read-only"));
        }
        assert_eq!(
            stores.names(&reference).await,
            Err(Error::NotListable { store })
        );
    }
}

#[cfg(not(all(feature = "aws", any(feature = "keyring", windows))))]
#[tokio::test]
async fn a_store_that_was_left_out_names_its_feature() {
    let stores = stores(None, &[]);
    for (reference, feature, built) in [
        (
            "keyring:a",
            "keyring",
            cfg!(any(feature = "keyring", windows)),
        ),
        ("aws-sm:a#b", "aws", cfg!(feature = "aws")),
    ] {
        if built {
            continue;
        }
        let reference = at(reference);
        for refused in [
            stores.get(&reference).await.map(|_| ()),
            stores.put(&reference, &secret(CANARY)).await,
            stores.delete(&reference).await,
            stores.names(&reference).await.map(|_| ()),
        ] {
            assert_eq!(refused, Err(Error::NotBuilt { feature }));
            let said = shown(&refused.unwrap_err());
            assert!(said.contains(&format!("--features {feature}")));
        }
    }
}
