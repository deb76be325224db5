//! `connections_update`: a new name, new data, or both, each reported on its own.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::secrets;
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::ConnectionId;
use crate::make::{self, connections};
use crate::tools::consent::{NONE_BESIDES, scenarios_of};
use crate::tools::named::{EditableSchema, Uses};
use crate::tools::{
    Call, Code, EffectRules, Failure, Plan, Spec, Tool, ToolError, after, plaintext,
};

/// Changes a connection.
pub(in crate::tools) struct Update;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    connection_id: ConnectionId,
    #[schemars(length(min = 1, max = 128))]
    name: Option<String>,
    /// Replaces all stored data; null empties a field on purpose. Secret: {"$secret": "NAME"}.
    data: Option<Map<String, Value>>,
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    connection_id: ConnectionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    renamed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_replaced: Option<bool>,
    /// Fields that are empty now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    emptied: Vec<String>,
}

impl Tool for Update {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "connections_update",
        title: "Update connection",
        description: "Renames a connection or replaces its stored data (fields: connections_list_editable_parameters). Secrets only by name (secrets_list).",
        toolset: Toolset::Connections,
        scopes: &[Scope::ConnectionsWrite],
        effect: Effect::Replace,
        asks: Asks::Sometimes,
        list: None,
    };

    // No data at all is what everything is replaced with.
    const EFFECT_RULES: EffectRules = EffectRules {
        empty_counts: &["data"],
        ..EffectRules::PLAIN
    };

    fn target(args: &Args) -> Target {
        Target::Object(Object::Connection(args.connection_id))
    }

    async fn plan(call: &Call<'_>, args: &Args) -> Result<Option<Plan>, ToolError> {
        let Some(data) = &args.data else {
            return Ok(None);
        };
        let id = args.connection_id;
        // What can be refused is refused before a person is asked.
        let mut emptied = Vec::new();
        let (sent, named) = checked(call, id, data.clone(), &mut emptied).await?;
        let planned = call.plan_for_connection(id, "Replace all stored data of {}.");
        let (plan, connection) = planned.await?;
        let new_name = args.name.as_ref().map(|name| json!(name));
        let name = connection.as_ref().map(|seen| json!(seen.name));
        let plan = plan
            .replacing(&["name"], new_name.as_ref(), name.as_ref())
            .quoting("New name", args.name.as_deref())
            .quoting(
                "Fields that lose what they hold",
                (!emptied.is_empty()).then(|| emptied.join(", ")).as_deref(),
            )
            .used_by("Scenarios that use it", scenarios_of(connection.as_ref()));
        let plan = match &args.name {
            Some(name) => plan.sending(&connections::rename(id, name), NONE_BESIDES),
            None => plan,
        };
        let is_secret = |path: &[&str]| match path {
            [field] => named.hides(field),
            _ => false,
        };
        let request = connections::set_data(id, sent);
        Ok(Some(plan.sending(&request, &is_secret)))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let id = args.connection_id;
        let mut output = Output {
            connection_id: id,
            renamed: None,
            data_replaced: None,
            emptied: Vec::new(),
        };
        if args.name.is_none() && args.data.is_none() {
            return Err(ToolError::argument(
                "name",
                "and `data` are both missing: nothing to change",
                "Pass one of them.",
            ));
        }
        // Everything that can be refused is refused before anything is changed.
        let data = match args.data {
            Some(data) => Some(checked(call, id, data, &mut output.emptied).await?),
            None => None,
        };
        if let Some(name) = &args.name {
            call.still_as_agreed().await?;
            match call.try_send(&connections::rename(id, name)).await {
                Ok(answer) => call.has_renamed(&answer.body.connection.name),
                Err(error) => return Err(not_renamed(call, id, error, data.is_some()).await),
            }
            output.renamed = Some(true);
        }
        if let Some((data, named)) = data {
            let request = connections::set_data(id, data);
            if let Err(error) = call.still_as_agreed().await {
                return Err(if output.renamed.is_some() {
                    half_done(call, false.into(), error).await
                } else {
                    error
                });
            }
            match call.try_send_with(&request, &named).await {
                Ok(answer) if answer.body.changed => output.data_replaced = Some(true),
                Ok(_) => {
                    output.data_replaced = Some(false);
                    output.emptied.clear();
                    call.suggest("Make says that it kept the old data: tell the person.");
                    return Ok(output);
                }
                Err(error) if output.renamed.is_some() => {
                    let replaced = if error.is_outcome_unknown() {
                        Value::from("unknown")
                    } else {
                        Value::from(false)
                    };
                    return Err(half_done(call, replaced, error.into()).await);
                }
                Err(error) => return Err(error.into()),
            }
        }
        call.suggest(format!("connections_verify with connectionId {id}."));
        Ok(output)
    }
}

/// The name comes first, so nothing else was sent when it fails.
async fn not_renamed(
    call: &Call<'_>,
    id: ConnectionId,
    error: make::Error,
    with_data: bool,
) -> ToolError {
    let is_unknown = error.is_outcome_unknown();
    let now = async {
        let found = call.look_up(connections::get(id)).await?;
        Ok(json!({"name": found.connection.name}))
    };
    if !with_data {
        return after::failure(error, after::COMPARE, now).await;
    }
    let now = if is_unknown { now.await.ok() } else { None };
    let failure = call.explain(error.into()).await;
    let (renamed, first) = if is_unknown {
        (
            Value::from("unknown"),
            "Whether the name was changed is not known",
        )
    } else {
        (Value::from(false), "The name was not changed")
    };
    let message = format!("{first}; the data was not sent. {}", failure.message);
    let failure = Failure { message, ..failure };
    match now {
        None => failure.with_details(json!({"renamed": renamed, "dataReplaced": false})),
        Some(now) => Failure {
            next: after::COMPARE.to_owned(),
            ..failure
        }
        .with_details(json!({"renamed": renamed, "dataReplaced": false, "now": now})),
    }
    .into()
}

/// The name was changed, and then the data failed.
async fn half_done(call: &Call<'_>, replaced: Value, error: ToolError) -> ToolError {
    let what = if replaced == false {
        "the data was not replaced"
    } else {
        "whether the data was replaced is not known"
    };
    let failure = call.explain(error).await;
    let message = format!("The name was changed; {what}. {}", failure.message);
    let mut details = json!({"renamed": true, "dataReplaced": replaced});
    let more = failure.details.as_ref().and_then(Value::as_object);
    if let (Some(details), Some(more)) = (details.as_object_mut(), more) {
        details.extend(more.clone());
    }
    Failure { message, ..failure }.with_details(details).into()
}

/// The data to send and the named secrets in it: only known fields, no marks for hidden values, and nothing emptied that was
/// not named. Make replaces everything, so a field left out would lose what it holds.
async fn checked(
    call: &Call<'_>,
    id: ConnectionId,
    data: Map<String, Value>,
    emptied: &mut Vec<String>,
) -> Result<(Map<String, Value>, Uses), ToolError> {
    let known = call
        .look_up(connections::editable_parameters(id))
        .await?
        .editable_parameters;
    if data.keys().any(|field| !known.contains(field)) {
        let failure = Failure::new(
            Code::InvalidArguments,
            "`data` holds a field that this connection does not have; nothing was sent.",
            "Use the fields in `details.editableParameters`.",
        );
        return Err(failure
            .with_details(json!({"editableParameters": known}))
            .into());
    }
    let marks: Vec<&String> = data
        .iter()
        .filter(|(_, value)| plaintext::is_redaction(value))
        .map(|(field, _)| field)
        .collect();
    if !marks.is_empty() {
        let failure = Failure::new(
            Code::InvalidArguments,
            "`data` holds a mark instead of a value, which would replace what is stored; nothing was sent.",
            "Let the person type it at Make: credential_requests_create_by_credentials.",
        );
        return Err(failure.with_details(json!({"fields": marks})).into());
    }
    let lost: Vec<&String> = known
        .iter()
        .filter(|field| !data.contains_key(*field))
        .collect();
    if !lost.is_empty() {
        let failure = Failure::new(
            Code::WouldBreak,
            "Make replaces all data: the fields in `details.wouldBeEmptied` would lose what they hold; nothing was sent.",
            "Pass each of them, or null for those to be emptied on purpose.",
        );
        return Err(failure.with_details(json!({"wouldBeEmptied": lost})).into());
    }
    let mut type_name = None;
    if secrets::names_one(&data) {
        // Never from the arguments: the object's own.
        let found = call.look_up(connections::get(id)).await?.connection;
        type_name = found.account_name;
    }
    let schema = EditableSchema { id, names: known };
    let named = secrets::admit_existing(call, type_name.as_deref(), &data, schema).await?;
    *emptied = data
        .iter()
        .filter(|(_, value)| value.is_null() || value.as_str() == Some(""))
        .map(|(field, _)| field.clone())
        .collect();
    let kept = data.into_iter().filter(|(_, value)| !value.is_null());
    Ok((kept.collect(), named))
}
