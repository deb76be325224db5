//! `template_flows_get`.

use serde::{Deserialize, Serialize};

use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::{FlowId, ScenarioId};
use crate::make::{Opaque, PageAddress, flows};
use crate::tools::{Call, Spec, Tool, ToolError, links};

/// Reads how far a flow is.
pub(in crate::tools) struct Get;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    flow_id: FlowId,
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    flow_id: FlowId,
    finished: bool,
    /// What Make says about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<String>,
    /// Where the person finishes it; only while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    public_url: Option<PageAddress>,
    scenario_ids: Vec<ScenarioId>,
    hook_ids: Vec<Opaque>,
}

impl Tool for Get {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "template_flows_get",
        title: "Get a template flow",
        description: "Reads whether the person finished a flow and which scenarios came out. Never returns a hook's address, only its id.",
        toolset: Toolset::TemplateFlows,
        scopes: &[Scope::InstancesRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Object(Object::Flow(args.flow_id.clone()))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let flow_id = args.flow_id;
        let flow = call.send(flows::get(&flow_id)).await?.flow;
        let finished = flow.result.is_some() || flow.is_completed == Some(true);
        let mut public_url = None;
        if !finished {
            let object = Object::Flow(flow_id.clone());
            let link = links::kept(call.session(), &object).await;
            public_url = link.and_then(|link| link.page);
            call.suggest(match public_url {
                Some(_) => "Not finished: the person has to open the flow's page; then call again.",
                None => "Not finished, and no page of it is known here: tell the person.",
            });
        }
        let made = flow.result;
        let (scenarios, hooks) = made.map_or_else(Default::default, |made| {
            (
                made.scenarios.unwrap_or_default(),
                made.hooks.unwrap_or_default(),
            )
        });
        Ok(Output {
            flow_id,
            finished,
            status_message: flow.status_message,
            public_url,
            scenario_ids: scenarios.into_iter().map(|made| made.id).collect(),
            hook_ids: hooks.into_iter().map(|made| made.id).collect(),
        })
    }
}
