//! Which named secrets a call carries, and whether it may: asked before anything is sent and
//! without reading a value.

use serde_json::{Value, json};

use super::reference::{self, Found};
use super::role::Field;
use super::rules;
use super::uses::{EditableSchema, Use, Uses};
use super::values;
use crate::grants::Binding;
use crate::tools::{Call, Code, Failure, ToolError, plaintext};

/// What a tool was given for a key or a connection.
pub(in crate::tools) struct Given<'a> {
    /// The argument that holds the fields.
    pub(in crate::tools) inside: &'static str,
    /// The type at Make, where it is known.
    pub(in crate::tools) type_name: Option<&'a str>,
    /// The fields.
    pub(in crate::tools) fields: Vec<Field<'a>>,
    /// Names of the fields where a named secret may stand, as far as they are known.
    pub(in crate::tools) takers: Vec<&'a str>,
    /// Fields that may say where it goes and may stay as they are at Make when they are left out.
    pub(in crate::tools) stays: Vec<String>,
    /// The fields that there are, where Make says so: no other one binds a secret.
    pub(in crate::tools) known: Option<Vec<String>>,
    /// What an existing connection let be edited when that was checked.
    pub(in crate::tools) schema: Option<EditableSchema>,
}

/// Lets the fields pass or refuses the call; tells the named secrets that it carries.
pub(in crate::tools) async fn admit(call: &Call<'_>, given: Given<'_>) -> Result<Uses, ToolError> {
    let mut uses = sorted(given)?;
    let mut bindings = Vec::new();
    for one in &uses.list {
        bindings.push(rules::fitting(call, &uses, one).await?.binding);
    }
    let literals = literals(&uses, &bindings);
    let of = |may_be_place: bool| -> Vec<(String, Value)> {
        let wanted = literals.iter().filter(|one| one.2 == may_be_place);
        wanted.map(|one| (one.0.clone(), one.1.clone())).collect()
    };
    plaintext::admit(call, &of(false))?;
    // Of a field that may be a place no permission for plain text would help beside a secret.
    for binding in &bindings {
        rules::may_go(binding, &uses)?;
    }
    plaintext::admit(call, &of(true))?;
    uses.hidden = literals.into_iter().map(|(name, _, _)| name).collect();
    Ok(uses)
}

/// The named secrets and what stands beside them.
fn sorted(given: Given<'_>) -> Result<Uses, ToolError> {
    let (mut list, mut misplaced) = (Vec::new(), Vec::new());
    let mut beside = Vec::new();
    for field in &given.fields {
        let name = field.name.to_owned();
        match reference::read(field.value) {
            Found::Malformed => return Err(malformed(given.inside)),
            Found::Named(_) if !field.role.takes_secret() => misplaced.push(name),
            Found::Named(secret) => list.push(Use {
                field: name,
                name: secret,
            }),
            Found::Nothing => {
                let role = field.role.with(field.name, field.value);
                beside.push((name, field.value.clone(), role));
            }
        }
    }
    if !misplaced.is_empty() {
        return Err(no_secret_there(&given, &misplaced));
    }
    Ok(Uses {
        inside: given.inside,
        type_name: given.type_name.map(str::to_owned),
        list,
        beside,
        stays: given.stays,
        known: given.known,
        schema: given.schema,
        hidden: Vec::new(),
    })
}

/// The fields whose values may be secrets in plain text: name, value, and whether it may be a
/// place too. What the operator has written down beside a secret is none.
fn literals(uses: &Uses, bindings: &[Binding]) -> Vec<(String, Value, bool)> {
    let is_pinned = |name: &String, value: &Value| {
        let mut pins = bindings.iter().filter_map(|one| one.with.get(name));
        pins.any(|pin| rules::is(value, pin))
    };
    let found = uses.beside.iter().filter(|(name, value, role)| {
        role.may_be_secret() && values::holds_something(value) && !is_pinned(name, value)
    });
    found
        .map(|(name, value, role)| (name.clone(), value.clone(), role.may_be_place()))
        .collect()
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

/// The refusal of a secret for a connection whose address cannot be sent with it.
pub(in crate::tools) fn hidden_address(inside: &str) -> ToolError {
    Failure::new(
        Code::NotGranted,
        format!(
            "`{inside}` names a secret, and where it would go may be stored at Make in a field that can be neither seen nor replaced; nothing was sent."
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
