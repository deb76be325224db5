//! `connections_list_editable_parameters`.

use serde::{Deserialize, Serialize};

use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::ConnectionId;
use crate::make::connections;
use crate::tools::{Call, Spec, Tool, ToolError};

/// Names the fields that can be replaced.
pub(in crate::tools) struct ListEditableParameters;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    connection_id: ConnectionId,
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    editable_parameters: Vec<String>,
}

impl Tool for ListEditableParameters {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "connections_list_editable_parameters",
        title: "List editable parameters",
        description: "Names the data fields that connections_update can replace; never their values.",
        toolset: Toolset::Connections,
        scopes: &[Scope::ConnectionsRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Object(Object::Connection(args.connection_id))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let known = call
            .send(connections::editable_parameters(args.connection_id))
            .await?;
        Ok(Output {
            editable_parameters: known.editable_parameters,
        })
    }
}
