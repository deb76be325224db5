//! The story that the demo tells, step by step.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::columns::{Look, beside};
use super::stage::{Stage, TEAM, Wanted, aside};
use crate::cli::text;

const DRIVE: &str = "https://www.googleapis.com/auth/drive.readonly";

pub(super) fn begin() {
    text::line("An agent works the credentials of a Make account and never holds a key.");
    text::line("The zone and the person are simulated; the server is this very binary.");
    text::line("");
    beside(
        (Look::Bold, "WHAT THE AGENT SAW"),
        (Look::Bold, "WHAT WENT TO MAKE"),
    );
}

pub(super) async fn tell(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    reuse(stage).await?;
    let connection = sign_in(stage).await?;
    stage.step("Does it work?");
    stage
        .call(
            "connections_verify",
            json!({"connectionId": connection}),
            Wanted::Answer,
        )
        .await?;
    stage.step("Which keys does the team have? Names and types; values never leave Make.");
    stage.call("keys_list", json!({}), Wanted::Answer).await?;
    template(stage).await?;
    refusals(stage).await?;
    secret(stage).await
}

async fn reuse(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    stage.step("What may this agent do?");
    let tools = stage.tools().await?;
    aside(&format!("It sees {tools} tools, bound to team {TEAM}."));
    stage
        .call("agent_status", json!({}), Wanted::Answer)
        .await?;
    stage.step("Is there a Google connection that can read Drive?");
    let arguments = json!({"type": "google", "scopes": [DRIVE], "limit": 2});
    let found = stage
        .call("connections_find_reusable", arguments, Wanted::Answer)
        .await?;
    let best = at(&found, "/candidates/0/id")?;
    stage
        .call(
            "connections_verify",
            json!({"connectionId": best}),
            Wanted::Answer,
        )
        .await?;
    Ok(())
}

/// A person signs in; the agent only ever sees a link and, later, an id.
async fn sign_in(stage: &mut Stage<'_>) -> anyhow::Result<Value> {
    stage.step("Connect Slack: the agent asks, a person signs in at Make.");
    let arguments = json!({"credentials": [{"appName": "slack", "appModules": ["CreateMessage"]}]});
    let made = stage
        .call("credential_requests_create", arguments, Wanted::Answer)
        .await?;
    let link = at(&made, "/publicUri")?;
    let link = link.as_str().context("no link")?;
    stage
        .zone
        .person_authorizes(link)
        .map_err(anyhow::Error::msg)?;
    aside("(The simulated person opens the link and signs in.)");
    let request = at(&made, "/requestId")?;
    let done = stage
        .call(
            "credential_requests_wait",
            json!({"requestId": request}),
            Wanted::Answer,
        )
        .await?;
    at(&done, "/connectionIds/0")
}

async fn template(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    stage.step("Set up a scenario from the team's template.");
    let arguments = json!({"templateId": 602});
    let waits = Wanted::Refusal("confirmation_required");
    let asked = stage
        .call("template_flows_start", arguments.clone(), waits)
        .await?;
    let approval = at(&asked, "/details/approval")?;
    stage
        .approve(approval.as_str().context("no approval")?)
        .await?;
    let flow = stage
        .call("template_flows_start", arguments, Wanted::Answer)
        .await?;
    let id = at(&flow, "/flowId")?;
    stage
        .zone
        .person_finishes_flow(id.as_str().context("no flow")?)
        .map_err(anyhow::Error::msg)?;
    aside("(The simulated person goes through the wizard.)");
    stage
        .call("template_flows_get", json!({"flowId": id}), Wanted::Answer)
        .await?;
    Ok(())
}

async fn refusals(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    stage.step("An id that is a path?");
    let id = json!({"connectionId": "../../connections/101"});
    stage
        .call("connections_get", id, Wanted::Refusal("invalid_arguments"))
        .await?;
    stage.step("A connection of another team?");
    let other = json!({"connectionId": 203});
    stage
        .call(
            "connections_get",
            other.clone(),
            Wanted::Refusal("not_found"),
        )
        .await?;
    stage.step("Delete something, on the model's word alone?");
    let own = json!({"connectionId": 101, "evenIfUsed": true});
    stage
        .call(
            "connections_delete",
            own,
            Wanted::Refusal("confirmation_required"),
        )
        .await?;
    stage
        .call("connections_delete", other, Wanted::Refusal("not_found"))
        .await?;
    stage.step("A person agrees at the terminal, to exactly this, once.");
    let unused = json!({"connectionId": 107});
    let waits = Wanted::Refusal("confirmation_required");
    let asked = stage
        .call("connections_delete", unused.clone(), waits)
        .await?;
    let id = at(&asked, "/details/approval")?;
    stage.approve(id.as_str().context("no approval")?).await?;
    stage
        .call("connections_delete", unused.clone(), Wanted::Answer)
        .await?;
    stage
        .call("connections_delete", unused, Wanted::Refusal("not_found"))
        .await?;
    Ok(())
}

/// A key whose value the model never has.
async fn secret(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    let key = |value: Value| json!({"name": "Shop", "typeName": "apikeyauth", "parameters": {"key": value}});
    stage.step("A secret in the arguments?");
    let literal = key(json!("sk-live-0815"));
    let refused = Wanted::Refusal("plaintext_secret_refused");
    stage.call("keys_create", literal, refused).await?;
    stage.step("A key whose value the agent never has: it passes a name.");
    stage.keep_secret("SHOP_KEY").await?;
    stage
        .call("secrets_list", json!({}), Wanted::Answer)
        .await?;
    let named = key(json!({"$secret": "SHOP_KEY"}));
    stage.call("keys_create", named, Wanted::Answer).await?;
    Ok(())
}

fn at(answer: &Value, path: &str) -> anyhow::Result<Value> {
    answer
        .pointer(path)
        .cloned()
        .with_context(|| format!("no {path} in the answer"))
}
