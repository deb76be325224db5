//! What every store that can be written does, whatever stands behind it.

use make_credentials_mcp::secrets::{Error, SecretReference, Stores};

use super::{CANARY, secret, shown};

/// `one` and `other` are new, and lie in the same store; `name` is how it lists `one`.
pub(crate) async fn holds(stores: &Stores, one: &SecretReference, other: &SecretReference) {
    assert!(one.is_writable());
    let error = stores.get(one).await.unwrap_err();
    assert!(matches!(error, Error::Missing { .. }), "{error:?}");
    assert!(shown(&error).contains(&one.to_string()));
    stores.delete(one).await.unwrap();
    let before = stores.names(one).await.unwrap();

    for value in [CANARY, "a \"quoted\"\\ \n\tµ€ line", "p=w;x:y"] {
        stores.put(one, &secret(value)).await.unwrap();
        assert_eq!(stores.get(one).await.unwrap().expose(), value);
    }
    let long = "k".repeat(16 << 10);
    stores.put(other, &secret(&long)).await.unwrap();
    assert_eq!(stores.get(other).await.unwrap().expose(), long);
    assert_eq!(stores.get(one).await.unwrap().expose(), "p=w;x:y");
    let mut names = stores.names(other).await.unwrap();
    names.retain(|name| !before.contains(name));
    assert_eq!(names.len(), 2, "{names:?}");

    let error = stores.put(one, &secret(&"hunter2".repeat(3000))).await;
    let error = error.unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }));
    shown(&error);

    stores.delete(one).await.unwrap();
    stores.delete(one).await.unwrap();
    assert!(matches!(stores.get(one).await, Err(Error::Missing { .. })));
    assert_eq!(stores.get(other).await.unwrap().expose(), long);
    stores.delete(other).await.unwrap();
    assert!(matches!(
        stores.get(other).await,
        Err(Error::Missing { .. })
    ));
    assert_eq!(stores.names(one).await.unwrap(), before);

    stores.put(one, &secret(CANARY)).await.unwrap();
    assert_eq!(stores.get(one).await.unwrap().expose(), CANARY);
    stores.delete(one).await.unwrap();
}
