//! `agent_status`: what this agent is and may do. The one tool that answers without a token.

use serde::{Deserialize, Serialize};

use crate::grants::{Access, Asks, Confirmation, Effect, Target, Teams, Toolset};
use crate::ids::TeamId;
use crate::policy;
use crate::tools::session::now;
use crate::tools::{Call, Spec, Standing, Tool, ToolError};

const DAY: i64 = 24 * 60 * 60;

/// Says what this agent is and may do.
pub(in crate::tools) struct AgentStatus;

#[derive(Deserialize, schemars::JsonSchema)]
pub(in crate::tools) struct Args {}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    agent: String,
    /// Whether it can work at all.
    ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    access: Access,
    toolsets: Vec<Toolset>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    denied_tools: Vec<String>,
    confirmation: Confirmation,
    /// Every team that the token reaches, or only those in `teams`.
    all_teams: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    teams: Vec<TeamLine>,
    /// Until when it may work.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// The age of its token. The operator should rotate it from 30 days on, and must from 90.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_age_days: Option<i64>,
    /// At most so many; others of the organization count too.
    #[serde(skip_serializing_if = "Option::is_none")]
    calls_left_this_minute: Option<u64>,
    /// Calls that wait for a person's yes, and those to make again now.
    awaiting_approval: Vec<Awaiting>,
}

/// A team with its name, where the token may read names.
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(inline)]
struct TeamLine {
    id: TeamId,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// A call that waits for a person.
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(inline)]
struct Awaiting {
    id: String,
    tool: String,
    object: String,
    approved: bool,
}

impl Tool for AgentStatus {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "agent_status",
        title: "Agent status",
        description: "Says what this agent is, its teams, its access and what waits for a person. Call it first.",
        toolset: Toolset::Account,
        scopes: &[],
        effect: Effect::Read,
        asks: Asks::Never,
        list: None,
    };

    fn target(_args: &Args) -> Target {
        Target::Account
    }

    async fn run(call: &Call<'_>, _args: Args) -> Result<Output, ToolError> {
        let agent = call.agent();
        let grants = &agent.grants;
        let missing = call.session().make().err();
        let over = policy::works(agent, now()).err();
        if let Some(missing) = missing {
            call.suggest(missing.next.clone());
        } else if over.is_some() {
            call.suggest("Ask the operator for a new time limit.");
        }
        let ready = missing.is_none() && over.is_none();
        let mut teams = Vec::new();
        if ready {
            teams = team_lines(call).await;
        }
        let over = over.map(|denied| format!("Nothing can be done: {denied}."));
        Ok(Output {
            agent: agent.name.to_string(),
            ready,
            problem: missing.map(|missing| missing.problem.clone()).or(over),
            zone: call
                .session()
                .make()
                .ok()
                .map(|make| make.zone().to_string()),
            access: grants.access,
            toolsets: grants.toolsets.iter().copied().collect(),
            denied_tools: grants.denied_tools.iter().cloned().collect(),
            confirmation: grants.confirmation,
            all_teams: grants.teams == Teams::All,
            teams,
            expires_at: grants.expires_at.and_then(moment),
            token_age_days: call
                .session()
                .token_since()
                .map(|since| (now() - since) / DAY),
            calls_left_this_minute: calls_left(call),
            awaiting_approval: awaiting(call).await,
        })
    }
}

/// What waits is a courtesy too: where it cannot be read, the rest still stands.
async fn awaiting(call: &Call<'_>) -> Vec<Awaiting> {
    let approvals = call.session().approvals();
    let known = approvals.of_agent(call.session()).await;
    let known = known.unwrap_or_else(|error| {
        tracing::warn!(%error, "approvals could not be read");
        Vec::new()
    });
    let now = approvals.now();
    let own = known.into_iter();
    own.filter_map(|approval| {
        let approved = match approval.standing(&now) {
            Standing::Waiting => false,
            Standing::Approved => true,
            Standing::Rejected | Standing::Used | Standing::Over => return None,
        };
        Some(Awaiting {
            object: approval.plan.object.to_string(),
            id: approval.id,
            tool: approval.tool,
            approved,
        })
    })
    .collect()
}

/// A moment as people write it.
fn moment(seconds: i64) -> Option<String> {
    Some(jiff::Timestamp::from_second(seconds).ok()?.to_string())
}

/// What is left of the organization's limit, as far as this process knows: where it knows of one
/// organization's limit alone.
fn calls_left(call: &Call<'_>) -> Option<u64> {
    let limit = call.session().only_limit(None)?;
    let make = call.session().make().ok()?;
    if make.is_held() {
        return Some(0);
    }
    Some(limit.saturating_sub(make.in_the_last_minute()))
}

/// The teams with their names. Names are a courtesy: where Make does not tell them, the ids of a
/// bound agent still stand.
async fn team_lines(call: &Call<'_>) -> Vec<TeamLine> {
    let known = call.organizations_if_told().await;
    let named: Vec<TeamLine> = known
        .iter()
        .flat_map(|organizations| organizations.iter())
        .flat_map(|organization| organization.teams.iter().flatten())
        .map(|team| TeamLine {
            id: team.id,
            name: Some(team.name.clone()),
        })
        .collect();
    match &call.agent().grants.teams {
        Teams::All => named,
        Teams::Only(granted) => granted
            .iter()
            .map(|id| {
                let name = named
                    .iter()
                    .find(|line| line.id == *id)
                    .and_then(|line| line.name.clone());
                TeamLine { id: *id, name }
            })
            .collect(),
    }
}
