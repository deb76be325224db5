//! `connections_get`.

use serde::{Deserialize, Serialize};

use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::ConnectionId;
use crate::make::connections::{self, Connection};
use crate::tools::{Call, Spec, Tool, ToolError};

/// Reads one connection.
pub(in crate::tools) struct Get;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    connection_id: ConnectionId,
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct Output {
    connection: Connection,
}

impl Tool for Get {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "connections_get",
        title: "Get connection",
        description: "Reads one connection with its granted scopes and account. Whether it works: connections_verify. Never returns secrets.",
        toolset: Toolset::Connections,
        scopes: &[Scope::ConnectionsRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Answer(Object::Connection(args.connection_id))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let connection = call
            .send(connections::get(args.connection_id))
            .await?
            .connection;
        call.belongs(Object::Connection(args.connection_id), connection.team_id)?;
        Ok(Output { connection })
    }
}
