//! The encrypted file: what is put comes back, and a file that is not as we left it is refused.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use make_credentials_mcp::secrets::Error;

use super::{CANARY, Home, at, secret, shown, stores};

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn chmod(path: &std::path::Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn secrets_are_kept_listed_replaced_and_forgotten() {
    let home = Home::new();
    let stores = home.stores();
    let bot = at("age:agent/support-bot");
    assert!(matches!(stores.get(&bot).await, Err(Error::Missing { .. })));
    assert_eq!(stores.names(&bot).await.unwrap(), Vec::<String>::new());
    stores.delete(&bot).await.unwrap();
    for (name, value) in [
        ("age:agent/support-bot", "first"),
        ("age:agent/support-bot", CANARY),
        ("age:operator/eu1.make.com/7", "a \"quoted\"\n\tµ line"),
        ("age:trail-key", &"k".repeat(16 << 10)),
    ] {
        stores.put(&at(name), &secret(value)).await.unwrap();
        let kept = home.stores().get(&at(name)).await.unwrap();
        assert_eq!(kept.expose(), value);
    }
    let names = stores.names(&bot).await.unwrap();
    assert_eq!(
        names,
        ["agent/support-bot", "operator/eu1.make.com/7", "trail-key"]
    );
    stores.delete(&bot).await.unwrap();
    stores.delete(&bot).await.unwrap();
    assert!(matches!(stores.get(&bot).await, Err(Error::Missing { .. })));
    let kept = stores.get(&at("age:trail-key")).await.unwrap();
    assert_eq!(kept.expose().len(), 16 << 10);
    let error = stores
        .put(&bot, &secret(&"hunter2".repeat(4000)))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }));
    shown(&error);
}

#[tokio::test]
async fn files_are_for_their_owner_alone_and_hold_nothing_in_clear() {
    let home = Home::new();
    let reference = at("age:named/STRIPE_KEY");
    home.stores()
        .put(&reference, &secret(CANARY))
        .await
        .unwrap();
    let folder = home.path().join("secrets");
    assert_eq!(mode(&folder), 0o700);
    let mut seen = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        let bytes = fs::read(&path).unwrap();
        assert!(
            !bytes
                .windows(7)
                .any(|part| part == b"hunter2" || part == b"STRIPE_")
        );
        seen.push(path.file_name().unwrap().to_str().unwrap().to_owned());
    }
    seen.sort();
    assert_eq!(seen, ["key.txt", "lock", "vault.age"]);
}

#[tokio::test]
async fn what_others_may_read_is_refused() {
    for (name, open) in [
        ("key.txt", 0o644),
        ("key.txt", 0o640),
        ("vault.age", 0o604),
        ("vault.age", 0o660),
        ("", 0o755),
        ("", 0o710),
    ] {
        let home = Home::new();
        let stores = home.stores();
        let reference = at("age:a");
        stores.put(&reference, &secret(CANARY)).await.unwrap();
        let path = home.path().join("secrets").join(name);
        chmod(&path, open);
        for error in [
            stores.get(&reference).await.unwrap_err(),
            stores.put(&reference, &secret("b")).await.unwrap_err(),
            stores.delete(&reference).await.unwrap_err(),
            stores.names(&reference).await.unwrap_err(),
        ] {
            assert!(matches!(error, Error::Untrusted(_)), "{name} {error:?}");
            let text = shown(&error);
            assert!(text.contains(&format!("(mode {open:04o})")), "{text}");
            assert!(text.contains(&format!(
                "`chmod go-rwx {}",
                path.parent().unwrap().display()
            )));
        }
    }
}

#[tokio::test]
async fn a_damaged_vault_is_called_that_and_is_not_written_over() {
    let home = Home::new();
    let stores = home.stores();
    let reference = at("age:a");
    stores.put(&reference, &secret(CANARY)).await.unwrap();
    let whole = fs::read(home.vault()).unwrap();
    let mut broken: Vec<Vec<u8>> = (0..whole.len()).map(|cut| whole[..cut].to_vec()).collect();
    for (at, byte) in whole.iter().enumerate() {
        let mut flipped = whole.clone();
        flipped[at] = byte ^ 1;
        broken.push(flipped);
    }
    broken.push([whole.as_slice(), b"x"].concat());
    for bytes in broken {
        fs::write(home.vault(), &bytes).unwrap();
        let error = stores.get(&reference).await.unwrap_err();
        assert_eq!(error, Error::Corrupt { path: home.vault() });
        shown(&error);
    }
    fs::write(home.vault(), &whole[..whole.len() - 1]).unwrap();
    stores.put(&reference, &secret("b")).await.unwrap_err();
    stores.delete(&reference).await.unwrap_err();
    assert_eq!(fs::read(home.vault()).unwrap(), whole[..whole.len() - 1]);
}

#[tokio::test]
async fn a_wrong_lost_or_broken_key_is_never_replaced() {
    let (home, other) = (Home::new(), Home::new());
    let reference = at("age:a");
    for one in [&home, &other] {
        one.stores().put(&reference, &secret(CANARY)).await.unwrap();
    }
    let stores = home.stores();
    fs::copy(other.key(), home.key()).unwrap();
    let error = stores.get(&reference).await.unwrap_err();
    assert_eq!(error, Error::Corrupt { path: home.vault() });
    for text in ["", "AGE-SECRET-KEY-1HUNTER2", "\u{0}", "# only a remark\n"] {
        fs::write(home.key(), text).unwrap();
        let error = stores.put(&reference, &secret("b")).await.unwrap_err();
        assert_eq!(error, Error::Corrupt { path: home.key() });
        shown(&error);
        assert_eq!(fs::read_to_string(home.key()).unwrap(), text);
    }
    fs::remove_file(home.key()).unwrap();
    let error = stores.put(&reference, &secret("b")).await.unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error:?}");
    assert!(!home.key().exists());
}

#[tokio::test]
async fn links_pipes_and_folders_are_refused() {
    for name in ["key.txt", "vault.age", "lock"] {
        let home = Home::new();
        let stores = home.stores();
        let reference = at("age:a");
        stores.put(&reference, &secret(CANARY)).await.unwrap();
        let path = home.path().join("secrets").join(name);
        let elsewhere = home.path().join("elsewhere");
        fs::rename(&path, &elsewhere).unwrap();
        symlink(&elsewhere, &path).unwrap();
        let before = fs::read(&elsewhere).unwrap();
        let error = stores.put(&reference, &secret("b")).await.unwrap_err();
        assert_eq!(error, Error::NotPlain(path.clone()), "{name}");
        assert_eq!(fs::read(&elsewhere).unwrap(), before);
        fs::remove_file(&path).unwrap();
        let made = std::process::Command::new("mkfifo")
            .args(["-m", "600"])
            .arg(&path)
            .status();
        assert!(made.unwrap().success());
        let error = stores.put(&reference, &secret("b")).await.unwrap_err();
        shown(&error);
        assert!(
            matches!(error, Error::NotPlain(_) | Error::Io { .. }),
            "{error:?}"
        );
    }
    let home = Home::new();
    let elsewhere = Home::new();
    symlink(elsewhere.path(), home.path().join("secrets")).unwrap();
    let error = home
        .stores()
        .put(&at("age:a"), &secret("b"))
        .await
        .unwrap_err();
    assert_eq!(error, Error::NotPlain(home.path().join("secrets")));
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn without_a_home_there_is_no_place() {
    let stores = stores(None, &[]);
    let error = stores.get(&at("age:a")).await.unwrap_err();
    assert_eq!(error, Error::NoHome);
    shown(&error);
}
