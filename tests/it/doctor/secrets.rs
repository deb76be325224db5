//! Named secrets that were kept before weak values were refused.

use make_credentials_mcp::secret::Secret;
use make_credentials_mcp::secrets::SecretReference;
use make_credentials_mcp::state::NamedSecretRow;

use super::Scene;

#[tokio::test]
async fn a_weak_value_that_is_kept_already_is_shown_by_its_name_alone() {
    let scene = Scene::new("weak-secrets").await;
    scene.issue("bot").await;
    for (name, value) in [
        ("WORD", "structuredContent"),
        ("NUMBER", "123456789012"),
        ("GOOD", "sk-live-4f1c-9d07"),
    ] {
        let at = SecretReference::default_for(&format!("named/{name}"));
        let value = Secret::new(value.to_owned());
        scene.stores().put(&at, &value).await.unwrap();
        let row = NamedSecretRow {
            name: name.to_owned(),
            store: at.to_string(),
            binding: "{}".to_owned(),
            since: 0,
        };
        scene.state().keep_named_secret(row).await.unwrap();
    }
    let said = scene.doctor(&["--offline"]).await;
    let weak = ["yellow secret NUMBER", "yellow secret WORD"];
    assert_eq!(said.of("named_secret"), weak);
    let (finding, next) = said.told("named_secret");
    assert!(finding.contains("is a number"), "{finding}");
    assert!(
        next.contains("`make-credentials-mcp secret set NUMBER`"),
        "{next}"
    );
    let shown = said.shown.to_string();
    assert!(
        !shown.contains("structuredContent") && !shown.contains("123456789012"),
        "{shown}"
    );
    // It works, so it is no failure.
    assert_eq!(said.code, 0, "{shown}");
}
