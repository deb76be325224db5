//! What the parameters of a key are for, by its type's declarations, and whether they may pass.

use serde_json::{Map, Value};

use crate::make::keys::{KeyType, Parameter};
use crate::tools::named::fields::{of_key, of_key_with};
use crate::tools::named::{self, Field, Given, Role, Uses, values};
use crate::tools::{Call, ToolError};

/// Whether what is left out of the parameters may stay as it is at Make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// There is nothing yet.
    IsNew,
    /// What is there may stay.
    MayStay,
}

/// Lets the parameters pass or refuses them; tells the named secrets among them. Of an unknown
/// type of key every value is a secret, and none of them can be named.
pub(super) async fn admit(
    call: &Call<'_>,
    type_name: Option<&str>,
    parameters: &Map<String, Value>,
    rest: Rest,
) -> Result<Uses, ToolError> {
    let types = call.key_types().await?;
    let named = |kind: &&KeyType| Some(kind.name.as_str()) == type_name;
    let kind = types.iter().find(named);
    let allowed = call.agent().grants.allow_plaintext;
    let holds_any = || parameters.values().any(values::holds_something);
    // Make refuses it too; that it may hold a secret is not what is wrong with it.
    if kind.is_none() && rest == Rest::IsNew && holds_any() && !allowed {
        return Err(ToolError::argument(
            "typeName",
            "is no type of key that Make lists",
            "Take it from keys_list_types.",
        ));
    }
    let declared = Declared::of(kind);
    if rest == Rest::MayStay && declared.moves_alone(parameters) {
        return Err(named::moved_without_secret("parameters"));
    }
    let fields = parameters.iter().map(|(name, value)| Field {
        name,
        value,
        role: of_key_with(&declared.all(name), name, value),
    });
    let given = Given {
        inside: "parameters",
        type_name,
        fields: fields.collect(),
        takers: declared.takers(),
        stays: match rest {
            Rest::IsNew => Vec::new(),
            Rest::MayStay => owned(declared.names(Role::may_be_place)),
        },
        known: Some(owned(declared.names(|_| true))),
        schema: None,
    };
    named::admit(call, given).await
}

fn owned(names: Vec<&str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}

/// The parameters that a type declares, those below others too.
struct Declared<'a>(Vec<&'a Parameter>);

impl<'a> Declared<'a> {
    fn of(kind: Option<&'a KeyType>) -> Self {
        Self(kind.map(KeyType::all_parameters).unwrap_or_default())
    }

    /// All declarations of a name.
    fn all(&self, name: &str) -> Vec<&'a Parameter> {
        let all = self.0.iter().filter(|one| one.name == name);
        all.copied().collect()
    }

    /// The names of a role, sorted.
    fn names(&self, is_wanted: impl Fn(Role) -> bool) -> Vec<&'a str> {
        let names = self.0.iter().map(|one| one.name.as_str());
        let mut names: Vec<&str> = names
            .filter(|name| is_wanted(of_key(&self.all(name), name)))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The names of those that take a named secret.
    fn takers(&self) -> Vec<&'a str> {
        let mut names = self.names(Role::takes_secret);
        // What cannot be read has none.
        names.retain(|name| !name.is_empty());
        names
    }

    /// Whether the parameters may change where the key goes while a secret in it, which is not
    /// given, stays.
    fn moves_alone(&self, parameters: &Map<String, Value>) -> bool {
        let moves = |(name, value): (&String, &Value)| {
            let role = of_key_with(&self.all(name), name, value).with(name, value);
            // Empty is a place too: the default of Make or of the service.
            role.may_be_place() && named::secret_name(value).is_none()
        };
        let is_left_out = |name: &&str| !parameters.contains_key(*name);
        // Beside a named secret everything that may be a place has to be sent as well, so what is
        // left out and may be either is dealt with there.
        let names_one = parameters
            .values()
            .any(|value| named::secret_name(value).is_some());
        let stays = |role: Role| role == Role::Secret || (role.takes_secret() && !names_one);
        let keeps = || {
            // Of such a type it is not known which secrets there are.
            self.0.is_empty() || self.names(stays).iter().any(is_left_out)
        };
        parameters.iter().any(moves) && keeps()
    }
}
