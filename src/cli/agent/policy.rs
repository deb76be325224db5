//! `agent policy`: the decision for every tool with its reason, and changes of an agent's grants.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::time::Duration;

use anyhow::bail;
use clap::ValueEnum as _;
use serde_json::{Value, json};

use crate::agents::isolation;
use crate::agents::{Desk, Note, Overdue, Registered, checks, now, scopes, wait_until_seen};
use crate::cli::desk::desk;
use crate::cli::{Ended, Misused, text};
use crate::config::Environment;
use crate::grants::{Access, Asks, Confirmation, Grants, Operation, Teams, Toolset};
use crate::ids::AgentName;
use crate::policy::{self, Denied};
use crate::secret::Scrubber;
use crate::tools::ALL;

use super::added::granted;
use super::age::Days;
use super::grants::{check_teams, operations};

/// How long running servers get to take a change up.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The agent
    name: AgentName,
    /// A grant to change: access, teams, toolsets, allow-tools, deny-tools, confirm, expires or
    /// allow-plaintext
    #[arg(long = "set", value_name = "GRANT=VALUE")]
    changes: Vec<Change>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// One change, as it was written.
#[derive(Debug, Clone)]
struct Change {
    grant: String,
    value: String,
}

impl FromStr for Change {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (grant, value) = text.split_once('=').ok_or("must be GRANT=VALUE")?;
        Ok(Self {
            grant: grant.trim().to_owned(),
            value: value.trim().to_owned(),
        })
    }
}

pub(super) async fn run(
    args: &Args,
    environment: &Environment,
    scrubber: &Scrubber,
) -> anyhow::Result<Ended> {
    let desk = desk(environment, scrubber).await?;
    let mut agent = desk.registry.get(&args.name).await?;
    let mut said = Vec::new();
    if !args.changes.is_empty() {
        said = change(&desk, &mut agent, &args.changes).await?;
    }
    let rows = rows(&agent);
    if args.json {
        let shown = json!({
            "agent": super::added::shown(&agent),
            "tools": rows.iter().map(Row::json).collect::<Vec<_>>(),
            "notes": said,
        });
        text::json(serde_json::to_string_pretty(&shown)?);
        return Ok(Ended::Done);
    }
    text::line(format!("agent {}: {}", agent.name, granted(&agent.grants)));
    let width = rows.iter().map(|row| row.tool.len()).max().unwrap_or(0);
    for row in &rows {
        let (tool, word) = (row.tool, row.word());
        text::line(format!("{tool:<width$}  {word:<3}  {}", row.reason));
    }
    for sentence in said {
        text::problem(sentence);
    }
    Ok(Ended::Done)
}

/// The decision about one tool.
struct Row {
    tool: &'static str,
    allowed: bool,
    reason: String,
}

impl Row {
    fn word(&self) -> &'static str {
        if self.allowed { "yes" } else { "no" }
    }

    fn json(&self) -> Value {
        json!({"tool": self.tool, "allowed": self.allowed, "reason": self.reason})
    }
}

fn rows(agent: &Registered) -> Vec<Row> {
    let held = agent.token.as_ref().map(|token| token.scopes.as_slice());
    operations()
        .iter()
        .map(|operation| row(agent, operation, held))
        .collect()
}

fn row(agent: &Registered, operation: &Operation, held: Option<&[String]>) -> Row {
    let row = |allowed, reason| Row {
        tool: operation.tool,
        allowed,
        reason,
    };
    if let Err(denied) = policy::may_use(&agent.agent(), operation, now()) {
        return row(false, brief(&denied));
    }
    let missing: Vec<&str> = operation
        .scopes
        .iter()
        .map(|scope| scope.name())
        .filter(|scope| held.is_some_and(|held| !held.iter().any(|one| one == scope)))
        .collect();
    if !missing.is_empty() {
        return row(false, format!("the token lacks {}", missing.join(" and ")));
    }
    let grants = &agent.grants;
    let how = if grants.toolsets.contains(&operation.toolset) {
        format!("{} is granted", operation.toolset.name())
    } else if operation.tool == policy::STATUS_TOOL {
        "every agent may".to_owned()
    } else {
        "allowed by name".to_owned()
    };
    let said = match (grants.confirmation, operation.asks) {
        (Confirmation::Never, _) | (_, Asks::Never) => "",
        (Confirmation::Refuse, _) => "; only what needs no person's yes",
        (_, Asks::Sometimes) => "; a person has to say yes to some calls",
        (_, Asks::Always) => "; a person has to say yes",
    };
    row(true, format!("{how}{said}"))
}

/// Why not, beside the name of the tool and below that of the agent.
fn brief(denied: &Denied) -> String {
    match denied {
        Denied::Access { needs, .. } => {
            let needs = needs.to_possible_value();
            let needs = needs.map_or(String::new(), |value| value.get_name().to_owned());
            format!("needs {needs} access")
        }
        Denied::Toolset { toolset, .. } => format!("{toolset} is not granted"),
        Denied::Tool(_) => "excluded by name".to_owned(),
        Denied::Pending
        | Denied::Revoked
        | Denied::Expired
        | Denied::Unasked(_)
        | Denied::OperatorOnly(_)
        | Denied::Team => denied.to_string(),
    }
}

/// Writes the changed grants and waits until running servers have taken them up.
async fn change(
    desk: &Desk,
    agent: &mut Registered,
    changes: &[Change],
) -> anyhow::Result<Vec<String>> {
    let mut grants = agent.grants.clone();
    for change in changes {
        set(&mut grants, change)
            .map_err(|error| Misused(format!("--set {}: {error:#}", change.grant)))?;
    }
    let mut said = Vec::new();
    if grants.teams != agent.grants.teams {
        said.extend(known_teams(desk, agent, &grants.teams).await?);
    }
    agent.grants = grants;
    desk.registry.write(agent).await?;
    desk.note(Note::Policy(agent.name.as_str())).await;
    let seen = wait_until_seen(
        &desk.registry,
        &agent.name,
        agent.generation,
        Overdue::Leave,
        PATIENCE,
    );
    let seen = seen.await?;
    said.push(match (seen.followed, seen.behind) {
        (0, 0) => "changed; no server is running for it".to_owned(),
        (n, 0) => format!("changed; taken up by all {n} running servers"),
        (_, behind) => {
            format!("changed; {behind} running servers still finish calls by the former grants")
        }
    });
    let held = agent.token.as_ref().map(|token| token.scopes.clone());
    let lacking = held.map(|held| scopes::lacking(&agent.grants, &operations(), &held).len());
    if lacking.is_some_and(|tools| tools > 0) {
        let adopted = agent
            .token
            .as_ref()
            .is_some_and(|token| token.label.is_none());
        let how = if adopted { " --token-stdin" } else { "" };
        said.push(format!(
            "the token lacks scopes for some of it: `make-credentials-mcp agent rotate {}{how}` gives it one with them",
            agent.name
        ));
    }
    Ok(said)
}

/// Refuses teams that the token does not reach; says so when Make could not be asked.
async fn known_teams(
    desk: &Desk,
    agent: &Registered,
    teams: &Teams,
) -> anyhow::Result<Option<String>> {
    let asked = async {
        let client = desk.client(desk.entry(agent).await?.access());
        let holder = checks::holder(&client).await?;
        Ok::<_, crate::agents::Error>(isolation::reach(&client, &holder.user, None).await.teams)
    };
    match asked.await {
        Ok(known) => check_teams(teams, &known).map(|()| None),
        Err(error) => Ok(Some(format!(
            "whether the token reaches these teams is not known: {error}"
        ))),
    }
}

fn set(grants: &mut Grants, change: &Change) -> anyhow::Result<()> {
    let value = change.value.as_str();
    let list = || {
        value
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
    };
    let wrong = |what: String| anyhow::anyhow!(what);
    match change.grant.as_str() {
        "access" => grants.access = Access::from_str(value, false).map_err(wrong)?,
        "confirm" => grants.confirmation = Confirmation::from_str(value, false).map_err(wrong)?,
        "teams" if value == "all" => grants.teams = Teams::All,
        "teams" => {
            let teams: BTreeSet<_> = list().map(str::parse).collect::<Result<_, _>>()?;
            if teams.is_empty() {
                bail!("needs ids of teams, or `all`");
            }
            grants.teams = Teams::Only(teams);
        }
        "toolsets" => {
            let named = list().map(str::parse::<Toolset>).collect::<Result<_, _>>();
            grants.toolsets = named.map_err(wrong)?;
        }
        "allow-tools" => grants.allowed_tools = tools(list())?,
        "deny-tools" => grants.denied_tools = tools(list())?,
        "expires" if value == "never" => grants.expires_at = None,
        "expires" => {
            let days: Days = value
                .parse()
                .map_err(|bad| anyhow::anyhow!("{bad}, or `never`"))?;
            grants.expires_at = Some(now() + days.seconds());
        }
        "allow-plaintext" => {
            grants.allow_plaintext = match value {
                "on" => true,
                "off" => false,
                _ => bail!("must be on or off"),
            }
        }
        _ => bail!(
            "there is no such grant; there are access, teams, toolsets, allow-tools, deny-tools, confirm, expires and allow-plaintext"
        ),
    }
    Ok(())
}

fn tools<'a>(names: impl Iterator<Item = &'a str>) -> anyhow::Result<BTreeSet<String>> {
    let names: BTreeSet<String> = names.map(str::to_owned).collect();
    let known = |name: &String| ALL.iter().any(|entry| entry.spec.name == name);
    if names.iter().all(known) {
        Ok(names)
    } else {
        bail!("names a tool that does not exist; `tools --all` lists them")
    }
}
