//! What the fields of a connection's data are for, and whether they may pass. Make lists no field
//! types for connections, so names decide.

use serde_json::{Map, Value};

use crate::tools::named::fields::of_connection;
use crate::tools::named::names::is_address;
use crate::tools::named::{self, EditableSchema, Field, Given, Role, Uses};
use crate::tools::{Call, ToolError};

/// Lets the data of a new connection pass or refuses it; tells the named secrets in it.
pub(super) async fn admit_new(
    call: &Call<'_>,
    type_name: &str,
    data: &Map<String, Value>,
) -> Result<Uses, ToolError> {
    named::admit(call, given(Some(type_name), data)).await
}

/// The same for a connection that exists. A named secret joins what is stored at Make, where an
/// agent may have chosen the address: so every field that may be a place has to be sent with it as
/// the operator has pinned it, and one of them has to be the whole address.
pub(super) async fn admit_existing(
    call: &Call<'_>,
    type_name: Option<&str>,
    data: &Map<String, Value>,
    schema: EditableSchema,
) -> Result<Uses, ToolError> {
    if moves_alone(&schema.names, data) {
        return Err(named::moved_without_secret("data"));
    }
    if names_one(data) && !schema.names.iter().any(|name| is_address(name)) {
        return Err(named::hidden_address("data"));
    }
    let places = schema.names.iter();
    let places = places.filter(|name| of_connection(name).may_be_place());
    let given = Given {
        stays: places.cloned().collect(),
        known: Some(schema.names.clone()),
        schema: Some(schema),
        ..given(type_name, data)
    };
    named::admit(call, given).await
}

fn given<'a>(type_name: Option<&'a str>, data: &'a Map<String, Value>) -> Given<'a> {
    let fields = data.iter().map(|(name, value)| Field {
        name,
        value,
        role: of_connection(name),
    });
    Given {
        inside: "data",
        type_name,
        fields: fields.collect(),
        takers: Vec::new(),
        stays: Vec::new(),
        // Of a new connection Make lists no fields.
        known: None,
        schema: None,
    }
}

/// Whether a secret is named in the data.
pub(super) fn names_one(data: &Map<String, Value>) -> bool {
    let mut values = data.values();
    values.any(|value| named::secret_name(value).is_some())
}

/// Whether this data may change where a connection goes while its secrets stay: those that cannot
/// be edited do. A named secret goes with what the operator has pinned.
fn moves_alone(editable: &[String], data: &Map<String, Value>) -> bool {
    let moves = |(name, value): (&String, &Value)| {
        // A field that is null is not sent; one that is empty is a place too, the app's own.
        of_connection(name).may_be_place() && !value.is_null()
    };
    let mut editable = editable.iter().map(|name| of_connection(name));
    !names_one(data) && data.iter().any(moves) && !editable.any(|role| role == Role::Secret)
}
