//! Named secrets that were kept before weak values were refused. They go on working; the operator
//! is told which they are. No value is shown.

use super::finding::Findings;
use super::machine::Machine;
use crate::cli::secret::weak;
use crate::secrets::SecretReference;
use crate::state::NamedSecretRow;

/// Looks at the values in our own encrypted file. Those in other stores are not read.
pub(super) async fn check(machine: &Machine<'_>, found: &mut Findings) {
    if !machine.state_is_readable {
        return;
    }
    let rows = machine.desk.state().named_secrets().await;
    let Ok(rows) = rows else {
        let next = "Restore state.db from a backup, then set the secrets again.";
        return found.red("named_secret", "secrets", "state.db cannot be read", next);
    };
    for row in rows {
        one(machine, &row, found).await;
    }
}

async fn one(machine: &Machine<'_>, row: &NamedSecretRow, found: &mut Findings) {
    let Ok(at @ SecretReference::Age(_)) = row.store.parse() else {
        return;
    };
    let subject = format!("secret {}", row.name);
    let value = match machine.desk.stores.get(&at).await {
        Ok(value) => value,
        Err(error) => {
            let said = format!("its value at {at} cannot be read: {error}");
            return found.red("named_secret", &subject, said, error.next());
        }
    };
    // EXPOSE: to be measured; what is said of it is a reason of ours.
    if let Some(why) = weak(value.expose()) {
        let said = format!("its value {why}; where it stands in an answer, words go missing");
        let next = format!(
            "Let the service make a random key, then run `make-credentials-mcp secret set {}`.",
            row.name
        );
        found.yellow("named_secret", &subject, said, next);
    }
}
