//! `connections_delete`: sent without Make's confirmation, so that Make itself says what would
//! break.

use serde::{Deserialize, Serialize};

use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::ConnectionId;
use crate::make::{Dependent, Error, connections};
use crate::tools::consent::{NONE_BESIDES, scenarios_of};
use crate::tools::deleting::{self, Broken};
use crate::tools::{Call, Code, Failure, Plan, Spec, Tool, ToolError};

/// Takes a connection away.
pub(in crate::tools) struct Delete;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    connection_id: ConnectionId,
    /// Also when scenarios use it.
    even_if_used: Option<bool>,
}

impl Args {
    fn means_used_too(&self) -> bool {
        self.even_if_used == Some(true)
    }
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    connection_id: ConnectionId,
    deleted: bool,
    #[serde(flatten)]
    broken: Broken,
}

impl Tool for Delete {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "connections_delete",
        title: "Delete connection",
        description: "Deletes a connection for good, after a person's yes. One in use answers `would_break` with the scenarios.",
        toolset: Toolset::Connections,
        scopes: &[Scope::ConnectionsWrite],
        effect: Effect::Delete,
        asks: Asks::Always,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Object(Object::Connection(args.connection_id))
    }

    async fn plan(call: &Call<'_>, args: &Args) -> Result<Option<Plan>, ToolError> {
        let id = args.connection_id;
        let planned = call.plan_for_connection(id, "Delete {} for good.");
        let (plan, connection) = planned.await?;
        let used = connection.as_ref().and_then(|c| c.scenario_usages.as_ref());
        if let (Some(used @ [_, ..]), false) = (used.map(Vec::as_slice), args.means_used_too()) {
            let scenario = |usage: &connections::Usage| Dependent {
                kind: "scenario".to_owned(),
                id: Some(usage.id),
                name: usage.name.clone(),
            };
            let used: Vec<Dependent> = used.iter().map(scenario).collect();
            return Err(would_break(id, &used).into());
        }
        let team = connection.as_ref().and_then(|c| c.team_id);
        let hooks = call.hooks_of(id, team).await?;
        let plan = plan
            .used_by("Scenarios that use it", scenarios_of(connection.as_ref()))
            .used_by("Hooks that use it", hooks)
            .sending(&connections::delete(id, false), NONE_BESIDES);
        // Without the intention to delete one in use, Make's confirmation is never sent.
        let plan = if args.means_used_too() {
            let confirmed = connections::delete(id, true);
            plan.sending_if("where Make asks for confirmation", &confirmed)
        } else {
            plan
        };
        Ok(Some(plan))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let id = args.connection_id;
        let delete = |confirmed| connections::delete(id, confirmed);
        let owner = connections::owner(id);
        let broken = deleting::delete(call, delete, |error| wants(&args, error), owner);
        Ok(Output {
            connection_id: id,
            deleted: true,
            broken: broken.await?,
        })
    }
}

/// What would break, where Make wants the confirmation; a refusal unless that was meant.
fn wants(args: &Args, error: &Error) -> Result<Option<Vec<Dependent>>, ToolError> {
    let Error::ConfirmationRequired {
        dependents,
        refusal,
    } = error
    else {
        return Ok(None);
    };
    // It is in use, also where Make does not say by what.
    let unnamed = dependents.is_empty().then(Dependent::unnamed);
    let used: Vec<Dependent> = dependents.iter().cloned().chain(unnamed).collect();
    if args.means_used_too() {
        Ok(Some(used))
    } else {
        let refused = would_break(args.connection_id, &used);
        Err(refused.said_by(refusal).into())
    }
}

fn would_break(id: ConnectionId, used: &[Dependent]) -> Failure {
    Failure::new(
        Code::WouldBreak,
        format!("Connection {id} is in use; nothing was deleted."),
        "Show the person `details.dependents`; `evenIfUsed: true` only if they still want it.",
    )
    .with_dependents(used)
}
