//! `connections_delete`: sent without Make's confirmation, so that Make itself says what would
//! break.

use serde::{Deserialize, Serialize};

use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::ConnectionId;
use crate::make::{Dependent, Error, connections};
use crate::tools::consent::scenarios_of;
use crate::tools::{Call, Code, DEPENDENTS, Failure, Plan, Spec, Thing, Tool, ToolError};

/// Takes a connection away.
pub(in crate::tools) struct Delete;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    connection_id: ConnectionId,
    /// Also when scenarios use it.
    even_if_used: Option<bool>,
}

const HOOKS_FIRST: &str = "A webhook is bound to it: a person has to delete that first, at Make.";

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
    /// What used it and does not work any more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    broke: Vec<Dependent>,
    /// How many that are, when they are too many to be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    broke_in_all: Option<usize>,
}

impl Output {
    fn deleted(id: ConnectionId, mut broke: Vec<Dependent>) -> Self {
        let count = broke.len();
        broke.truncate(DEPENDENTS);
        Self {
            connection_id: id,
            deleted: true,
            broke_in_all: (broke.len() < count).then_some(count),
            broke,
        }
    }
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
            .used_by("Hooks that use it", hooks);
        Ok(Some(plan))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let id = args.connection_id;
        let mut broke = Vec::new();
        let mut result = call.try_send(&connections::delete(id, false)).await;
        if let Err(Error::ConfirmationRequired {
            dependents,
            refusal,
        }) = &result
        {
            broke.clone_from(dependents);
            if !args.means_used_too() {
                return Err(would_break(id, &broke).said_by(refusal).into());
            }
            let named: Vec<Thing> = broke.iter().map(Thing::from).collect();
            // It is in use, also where Make does not say by what or not in a form that is known.
            let unnamed = named.is_empty().then(Thing::unnamed);
            call.agreed_to(named.into_iter().chain(unnamed).collect())
                .await?;
            result = call.try_send(&connections::delete(id, true)).await;
        }
        match result {
            Ok(_) => Ok(Output::deleted(id, broke)),
            Err(error) if error.is_outcome_unknown() => {
                // Only after our own delete does "not there" mean that it worked.
                match call.look_up(connections::owner(id)).await {
                    Err(ToolError::Make(Error::NotFound(_))) => Ok(Output::deleted(id, broke)),
                    _ => Err(error.into()),
                }
            }
            // A hook that is bound to it stands in the way (Make's notes for agents).
            Err(Error::Rejected(refusal)) if refusal.speaks_of("hook") => {
                let error = Error::Rejected(refusal);
                let failure = Failure {
                    next: HOOKS_FIRST.to_owned(),
                    ..call.explain(error.into()).await
                };
                Err(failure.into())
            }
            Err(error) => Err(error.into()),
        }
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
