//! `keys_update`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::plan::about;
use super::secrets::{self, Rest};
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::KeyId;
use crate::make::Request;
use crate::make::keys::{self, Key};
use crate::tools::named::Uses;
use crate::tools::{
    Call, Code, EffectRules, Failure, Plan, Spec, Tool, ToolError, after, plaintext,
};

/// Make shows no parameter of a key.
const UNSEEN: &str = "`details.now` shows the name alone. Send the parameters again if in doubt: the same ones change nothing.";

/// Changes a key.
pub(in crate::tools) struct Update;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    key_id: KeyId,
    #[schemars(length(min = 1, max = 128))]
    name: Option<String>,
    /// Pass all of them: Make may drop those left out. Secret: {"$secret": "NAME"}.
    parameters: Option<Map<String, Value>>,
}

impl Args {
    /// What is sent; `None` where nothing is to be changed.
    fn request(&self) -> Option<Request<keys::One>> {
        let (id, name) = (self.key_id, self.name.as_deref());
        match (name, &self.parameters) {
            (name, Some(parameters)) => Some(keys::replace(id, name, parameters)),
            (Some(name), None) => Some(keys::rename(id, name)),
            (None, None) => None,
        }
    }
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct Output {
    key: Key,
}

impl Tool for Update {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "keys_update",
        title: "Update key",
        description: "Renames a key or replaces its parameters. Secrets only by name (secrets_list).",
        toolset: Toolset::Keys,
        scopes: &[Scope::KeysWrite, Scope::KeysRead],
        effect: Effect::Replace,
        asks: Asks::Sometimes,
        list: None,
    };

    // No parameters at all are what the present ones are replaced with.
    const EFFECT_RULES: EffectRules = EffectRules {
        empty_counts: &["parameters"],
        ..EffectRules::PLAIN
    };

    fn target(args: &Args) -> Target {
        Target::Object(Object::Key(args.key_id))
    }

    async fn plan(call: &Call<'_>, args: &Args) -> Result<Option<Plan>, ToolError> {
        let (Some(parameters), Some(request)) = (&args.parameters, args.request()) else {
            return Ok(None);
        };
        let id = args.key_id;
        // What can be refused is refused before a person is asked.
        let (named, key) = check(call, id, parameters).await?;
        let is_secret = |path: &[&str]| match path {
            ["parameters", name] => named.hides(name),
            _ => false,
        };
        let plan = about(call, id, "Replace the parameters of {}.", Some(&key)).await;
        let new_name = args.name.as_ref().map(|name| json!(name));
        let plan = plan
            .replacing(&["name"], new_name.as_ref(), Some(&json!(key.name)))
            .quoting("New name", args.name.as_deref());
        Ok(Some(plan.sending(&request, &is_secret)))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let id = args.key_id;
        let is_rename_alone = args.parameters.is_none();
        let Some(request) = args.request() else {
            let problem = "and `parameters` are both missing: nothing to change";
            return Err(ToolError::argument("name", problem, "Pass one of them."));
        };
        let named = match &args.parameters {
            Some(parameters) => check(call, id, parameters).await?.0,
            None => Uses::default(),
        };
        call.still_as_agreed().await?;
        match call.try_send_with(&request, &named).await {
            Ok(answer) => Ok(Output {
                key: answer.body.key,
            }),
            Err(error) => {
                let now = async { Ok(call.look_up(keys::get(id)).await?.key) };
                let next = if is_rename_alone {
                    after::COMPARE
                } else {
                    UNSEEN
                };
                Err(after::failure(error, next, now).await)
            }
        }
    }
}

async fn check(
    call: &Call<'_>,
    id: KeyId,
    parameters: &Map<String, Value>,
) -> Result<(Uses, Key), ToolError> {
    let marks: Vec<&String> = parameters
        .iter()
        .filter(|(_, value)| plaintext::is_redaction(value))
        .map(|(name, _)| name)
        .collect();
    if parameters.is_empty() {
        return Err(ToolError::argument(
            "parameters",
            "is empty: nothing to replace",
            "Pass the parameters of the key's type (keys_list_types), or leave it out.",
        ));
    }
    if !marks.is_empty() {
        let failure = Failure::new(
            Code::InvalidArguments,
            "`parameters` holds a mark instead of a value; nothing was sent.",
            "Let the person type it at Make: credential_requests_create_by_credentials.",
        );
        return Err(failure
            .with_details(json!({"fields": plaintext::named(marks.into_iter())}))
            .into());
    }
    let key = call.look_up(keys::get(id)).await?.key;
    let type_name = key.type_name.as_deref();
    let named = secrets::admit(call, type_name, parameters, Rest::MayStay).await?;
    Ok((named, key))
}
