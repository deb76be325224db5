//! Which named secrets a call carries, and whether it may: asked before anything is sent and
//! without reading a value.

use serde_json::{Value, json};

use super::fields::{Field, Role};
use super::fill::{Use, Uses};
use super::reference::{self, Found};
use super::rules;
use crate::tools::{Call, Code, Failure, ToolError, plaintext};

/// What a tool was given for a key or a connection.
pub(in crate::tools) struct Given<'a> {
    /// The argument that holds the fields.
    pub(in crate::tools) inside: &'static str,
    /// The type at Make, where it is known.
    pub(in crate::tools) type_name: Option<&'a str>,
    /// The fields.
    pub(in crate::tools) fields: Vec<Field<'a>>,
    /// Those whose values would be secrets in plain text.
    pub(in crate::tools) literals: Vec<(String, Value)>,
    /// Names of the fields where a named secret may stand, as far as they are known.
    pub(in crate::tools) takers: Vec<&'a str>,
    /// Fields that say where it goes and stay as they are when they are left out.
    pub(in crate::tools) stays: Vec<String>,
    /// Whether everything that the operator has set beside a secret has to be there.
    pub(in crate::tools) wants_all_set: bool,
}

/// Lets the fields pass or refuses the call; tells the named secrets that it carries.
pub(in crate::tools) async fn admit(call: &Call<'_>, given: Given<'_>) -> Result<Uses, ToolError> {
    let (mut list, mut misplaced) = (Vec::new(), Vec::new());
    let mut beside = Vec::new();
    for field in &given.fields {
        let name = field.name.to_owned();
        match reference::read(field.value) {
            Found::Malformed => return Err(malformed(given.inside)),
            Found::Named(_) if field.role != Role::Secret => misplaced.push(name),
            Found::Named(secret) => list.push(Use {
                field: name,
                name: secret,
            }),
            Found::Nothing if field.value.is_null() => {}
            Found::Nothing => beside.push((name, field.value.clone(), field.role)),
        }
    }
    if !misplaced.is_empty() {
        return Err(no_secret_there(&given, &misplaced));
    }
    let uses = Uses {
        inside: given.inside,
        type_name: given.type_name.map(str::to_owned),
        list,
        beside,
        stays: given.stays,
        wants_all_set: given.wants_all_set,
    };
    let mut literals = given.literals;
    literals.retain(|(name, _)| uses.list.iter().all(|one| one.field != *name));
    let mut bindings = Vec::new();
    for one in &uses.list {
        let binding = rules::fitting(call, &uses, one).await?.binding;
        // What the operator has written down is no secret.
        literals.retain(|(name, value)| {
            let set = binding.with.get(name);
            !set.is_some_and(|set| rules::is(value, set))
        });
        bindings.push(binding);
    }
    plaintext::admit(call, &literals)?;
    for binding in &bindings {
        rules::may_go(binding, &uses)?;
    }
    Ok(uses)
}

/// The refusal of a change of where something goes that leaves its secret as it is: the secret would
/// go to a place that nobody has set for it.
pub(in crate::tools) fn moved_without_secret(inside: &str) -> ToolError {
    Failure::new(
        Code::InvalidArguments,
        format!(
            "`{inside}` changes where it goes and leaves the secret in it as it is; nothing was sent."
        ),
        r#"Pass the secret too, as {"$secret": "NAME"} (see secrets_list), or let a person change both at Make."#,
    )
    .into()
}

/// The refusal of a secret for something whose address cannot be seen.
pub(in crate::tools) fn goes_nobody_knows_where(inside: &str) -> ToolError {
    Failure::new(
        Code::NotGranted,
        format!(
            "`{inside}` names a secret, and where it would go is stored at Make and cannot be seen here; nothing was sent."
        ),
        "Make a new connection with connections_create, or let a person enter it at Make.",
    )
    .into()
}

fn malformed(inside: &str) -> ToolError {
    Failure::new(
        Code::InvalidArguments,
        format!(
            "`{inside}` holds something that is almost a reference to a secret; nothing was sent."
        ),
        r#"The form is {"$secret": "NAME"}, an object with nothing else in it."#,
    )
    .into()
}

fn no_secret_there(given: &Given<'_>, misplaced: &[String]) -> ToolError {
    let failure = Failure::new(
        Code::InvalidArguments,
        format!(
            "`{}` names a secret in a field where none belongs; nothing was sent.",
            given.inside
        ),
        "A named secret may stand in the fields in `details.mayStandIn`; pass other values as they are.",
    );
    let may_stand_in = if given.takers.is_empty() {
        json!("fields for a key, a password, a token or the like")
    } else {
        json!(given.takers)
    };
    let fields = plaintext::named(misplaced.iter());
    failure
        .with_details(json!({"fields": fields, "mayStandIn": may_stand_in}))
        .into()
}
