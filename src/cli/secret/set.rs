//! `secret set`: keeps a secret under a name and says who may use it, and where.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use serde_json::json;

use super::bound::{self, usual_place};
use super::value;
use crate::agents::{Desk, Error, Note, now};
use crate::cli::desk::desk;
use crate::cli::{Ended, text};
use crate::config::Environment;
use crate::grants::{Binding, Standing};
use crate::ids::{AgentName, SecretName, TypeName};
use crate::secret::Scrubber;
use crate::secrets::SecretReference;
use crate::state::NamedSecretRow;
use crate::tools::SECRET_TAKERS;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The name that tools use: letters, digits, `_`, `-` and `.`
    // As it is: see `super::name`.
    name: String,
    /// The agents that may use it; without them a known name gets a new value and nothing else
    #[arg(long = "for", value_name = "AGENT", num_args = 1.., value_delimiter = ',')]
    agents: Vec<AgentName>,
    /// The tools that may carry it; unless said `keys_create`, `keys_update`, `connections_create`
    /// and `connections_update`
    #[arg(long, value_name = "TOOLS", value_delimiter = ',', requires = "agents")]
    tools: Vec<String>,
    /// Only for these types of keys and connections
    #[arg(long, value_name = "TYPES", value_delimiter = ',', requires = "agents")]
    types: Vec<TypeName>,
    /// Only in these fields, such as `parameters.key` of a key or `data.apiKey` of a connection
    #[arg(
        long,
        value_name = "FIELDS",
        value_delimiter = ',',
        requires = "agents"
    )]
    fields: Vec<String>,
    /// What has to stand beside it, such as url=https://api.example.com: each field of the key or the
    /// connection that says where it goes, and each other one that is not known to be harmless
    #[arg(
        long,
        value_name = "FIELD=VALUE",
        value_delimiter = ',',
        requires = "agents"
    )]
    with: Vec<String>,
    /// Where its value is kept already, such as vault:secret/shop#key; else it comes on stdin
    #[arg(long = "ref", value_name = "REF")]
    reference: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    args: &Args,
    environment: &Environment,
    scrubber: &Scrubber,
) -> anyhow::Result<Ended> {
    let Some(name) = super::name(&args.name) else {
        return Ok(Ended::Usage);
    };
    let binding = match args.binding() {
        Ok(binding) => binding,
        Err(problem) => {
            text::problem(format!("error: {problem}"));
            return Ok(Ended::Usage);
        }
    };
    let desk = desk(environment, scrubber).await?;
    let known = desk.state().named_secret(name.as_str()).await?;
    let Some(binding) = binding else {
        return exchange(args, &desk, &name, known).await;
    };
    if let Some(refused) = refused(&desk, &binding).await? {
        text::problem(format!("error: {refused}"));
        return Ok(Ended::Refused);
    }
    let row = keep(args, &desk, &name, &binding).await?;
    // A value of ours that the new place has made useless.
    if row.store != usual_place(name.as_str()).to_string() {
        let usual = usual_place(name.as_str());
        desk.stores.delete(&usual).await.map_err(Error::from)?;
    }
    desk.note(Note::SecretSet(name.as_str())).await;
    told(args, &row);
    if takes_connections(&binding) && binding.types.is_empty() {
        text::problem(
            "note: without --types every app's connection may get it, as long as what --with says stands beside it",
        );
    }
    Ok(Ended::Done)
}

/// Puts the value where it belongs and then says who may use it: nobody may in between.
async fn keep(
    args: &Args,
    desk: &Desk,
    name: &SecretName,
    binding: &Binding,
) -> anyhow::Result<NamedSecretRow> {
    let (store, value) = if let Some(given) = &args.reference {
        let at: SecretReference = given.parse()?;
        value::checked(&desk.stores.get(&at).await.map_err(Error::from)?)?;
        (at, None)
    } else {
        (
            usual_place(name.as_str()),
            Some(value::read(name.as_str())?),
        )
    };
    desk.state().forget_named_secret(name.as_str()).await?;
    if let Some(value) = value {
        desk.stores.put(&store, &value).await.map_err(Error::from)?;
    }
    let row = NamedSecretRow {
        name: name.to_string(),
        store: store.to_string(),
        binding: serde_json::to_string(binding)?,
        since: now(),
    };
    desk.state().keep_named_secret(row.clone()).await?;
    Ok(row)
}

/// A new value under a name that is known.
async fn exchange(
    args: &Args,
    desk: &Desk,
    name: &SecretName,
    known: Option<NamedSecretRow>,
) -> anyhow::Result<Ended> {
    let Some(row) = known else {
        text::problem(format!(
            "error: there is no secret {name} yet: say with --for which agents may use it"
        ));
        return Ok(Ended::Usage);
    };
    let usual = usual_place(name.as_str());
    if args.reference.is_some() || row.store != usual.to_string() {
        text::problem(format!(
            "error: the value of {name} is kept at {}; exchange it there, or say with --for who may use it from another place",
            row.store
        ));
        return Ok(Ended::Refused);
    }
    let value = value::read(name.as_str())?;
    desk.stores.put(&usual, &value).await.map_err(Error::from)?;
    let row = NamedSecretRow {
        since: now(),
        ..row
    };
    desk.state().keep_named_secret(row.clone()).await?;
    desk.note(Note::SecretSet(name.as_str())).await;
    told(args, &row);
    Ok(Ended::Done)
}

fn told(args: &Args, row: &NamedSecretRow) {
    if args.json {
        text::json(format!("{:#}", json!({"secret": bound::shown(row)})));
    } else {
        text::line(bound::line(row));
    }
}

/// Why it may not be bound so.
async fn refused(desk: &Desk, binding: &Binding) -> anyhow::Result<Option<String>> {
    for agent in &binding.agents {
        if !Binding::is_possible_for(agent) {
            let why = "no secret is bound to the agent `env`: whoever holds its token is nobody in particular; `agent add` makes one";
            return Ok(Some(why.to_owned()));
        }
        let known = desk.registry.get(agent).await?;
        if known.standing == Standing::Revoked {
            return Err(Error::Revoked(agent.clone()).into());
        }
    }
    Ok(None)
}

fn takes_connections(binding: &Binding) -> bool {
    binding
        .tools
        .iter()
        .any(|tool| tool.starts_with("connections_"))
}

impl Args {
    /// What the flags say; `None` when they say nothing.
    fn binding(&self) -> anyhow::Result<Option<Binding>> {
        if self.agents.is_empty() {
            return Ok(None);
        }
        let usual = || SECRET_TAKERS.iter().map(|(tool, _)| (*tool).to_owned());
        let tools: BTreeSet<String> = if self.tools.is_empty() {
            usual().collect()
        } else {
            self.tools.iter().cloned().collect()
        };
        if tools
            .iter()
            .any(|tool| !usual().any(|known| known == *tool))
        {
            let known: Vec<String> = usual().collect();
            bail!("--tools takes {}", known.join(", "));
        }
        let binding = Binding {
            agents: self.agents.iter().cloned().collect(),
            types: self.types.iter().cloned().collect(),
            fields: fields(&self.fields, &tools)?,
            with: with(&self.with)?,
            tools,
        };
        let wide = binding.types.is_empty() && binding.fields.is_empty();
        if wide && takes_connections(&binding) && binding.with.is_empty() {
            bail!(
                "for every secret field of connections --with has to say where they go, such as --with url=https://api.example.com; else narrow it by --types, --fields or --tools"
            );
        }
        Ok(Some(binding))
    }
}

/// Fields of the arguments that these tools have.
fn fields(named: &[String], tools: &BTreeSet<String>) -> anyhow::Result<BTreeSet<String>> {
    let insides = SECRET_TAKERS
        .iter()
        .filter(|(tool, _)| tools.contains(*tool));
    let insides: Vec<&str> = insides.map(|(_, inside)| *inside).collect();
    for field in named {
        let inside = field.split_once('.').filter(|(_, name)| !name.is_empty());
        if !inside.is_some_and(|(inside, _)| insides.contains(&inside)) {
            bail!(
                "--fields takes fields of these tools, such as {}.NAME",
                insides.join(".NAME and ")
            );
        }
    }
    Ok(named.iter().cloned().collect())
}

fn with(pairs: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
    let mut with = BTreeMap::new();
    for pair in pairs {
        // An empty value is one too: the field is sent, and nothing is in it.
        let (field, value) = pair.split_once('=').unwrap_or_default();
        let field = field.strip_prefix("data.").unwrap_or(field);
        let field = field.strip_prefix("parameters.").unwrap_or(field);
        if field.is_empty() {
            bail!("--with takes FIELD=VALUE, such as url=https://api.example.com");
        }
        let before = with.insert(field.to_owned(), value.to_owned());
        if before.is_some_and(|before| before != value) {
            bail!("--with says two things of {field}");
        }
    }
    Ok(with)
}
