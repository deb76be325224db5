//! Reads that plans have in common.

use serde::de::DeserializeOwned;

use crate::grants::Scope;
use crate::ids::{ConnectionId, TeamId};
use crate::make::connections::{self, Connection};
use crate::make::{Error, Request, hooks};
use crate::tools::{Call, Plan, Thing, ToolError};

impl Call<'_> {
    /// Reads for a plan; `None` when the token may not.
    pub(in crate::tools) async fn see<T: DeserializeOwned + Send>(
        &self,
        request: Request<T>,
    ) -> Result<Option<T>, ToolError> {
        match self.look_up(request).await {
            Ok(answer) => Ok(Some(answer)),
            Err(ToolError::Make(Error::Forbidden(_) | Error::EdgeFilter)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What a team is called, where the token may read it.
    pub(in crate::tools) async fn team_name(&self, team: Option<TeamId>) -> Option<String> {
        let team = team?;
        let organizations = self.organizations_if_told().await?;
        let mut teams = organizations.iter().flat_map(|o| o.teams.iter().flatten());
        teams.find(|t| t.id == team).map(|t| t.name.clone())
    }

    /// A plan about a connection: its name, team, type and account.
    pub(in crate::tools) async fn plan_for_connection(
        &self,
        id: ConnectionId,
        does: &str,
    ) -> Result<(Plan, Option<Connection>), ToolError> {
        let seen = self.see(connections::whole(id)).await?;
        let connection = seen.map(|seen| seen.connection);
        let name = connection.as_ref().map(|c| c.name.as_str());
        let mut plan = Plan::new(does, Thing::new("connection", Some(&id), name));
        let Some(connection) = connection else {
            return Ok((plan.of_team(self.team().ok(), None), None));
        };
        let team = connection.team_id.or(self.team().ok());
        plan = plan
            .of_team(team, self.team_name(team).await.as_deref())
            .quoting("Type", connection.account_name.as_deref());
        let account = connection
            .metadata
            .as_ref()
            .and_then(|m| m.value.as_deref());
        Ok((plan.quoting("Account", account), Some(connection)))
    }

    /// The hooks that belong to a connection; `None` when the token may not read them.
    pub(in crate::tools) async fn hooks_of(
        &self,
        id: ConnectionId,
        team: Option<TeamId>,
    ) -> Result<Option<Vec<Thing>>, ToolError> {
        let (Some(team), true) = (team, self.token_may(Scope::HooksRead.name()).await) else {
            return Ok(None);
        };
        let seen = self.see(hooks::list(team)).await?;
        let of = |seen: hooks::Hooks| -> Vec<Thing> {
            let own = seen.hooks.into_iter().filter(|hook| hook.is_of(id));
            own.map(|hook| Thing::new("hook", Some(&hook.id), hook.name.as_deref()))
                .collect()
        };
        Ok(seen.map(of))
    }
}

/// The scenarios that use a connection; `None` when Make did not tell.
pub(in crate::tools) fn scenarios_of(connection: Option<&Connection>) -> Option<Vec<Thing>> {
    let usages = connection?.scenario_usages.as_ref()?;
    let things = usages
        .iter()
        .map(|usage| Thing::new("scenario", Some(&usage.id), usage.name.as_deref()));
    Some(things.collect())
}
