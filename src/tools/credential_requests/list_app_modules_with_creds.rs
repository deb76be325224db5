//! `credential_requests_list_app_modules_with_creds`.

use serde::{Deserialize, Serialize};

use super::apps;
use crate::grants::{Asks, Effect, Scope, Target, Toolset};
use crate::ids::{AppName, AppVersion};
use crate::make;
use crate::make::credential_requests::{self, AppModule};
use crate::tools::{Call, List as Rows, Paging, Spec, Tool, ToolError};

/// Lists the modules of an app that need credentials.
pub(in crate::tools) struct ListAppModulesWithCreds;

/// What to do where no tool lists what there is.
const NEXT: &str = "Use the name in the app's module ids and addresses, such as `google-sheets`; leave `appVersion` out.";

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    /// Such as `slack`; `app#name` for a custom app.
    app_name: AppName,
    /// must be a whole number from 1, or `latest` (the default)
    #[schemars(length(max = 9))]
    app_version: Option<String>,
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct Output {
    #[serde(rename = "appName")]
    app: AppName,
    /// The real version, also where `latest` was asked.
    #[serde(rename = "appVersion", skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    #[serde(rename = "appModules")]
    modules: Vec<Module>,
}

#[derive(Serialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
struct Module {
    /// What goes into `appModules`.
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// `account` for a connection, `keychain` for a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<String>,
    /// The types that fit, for `credential_requests_create_by_credentials`.
    types: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hook: Option<bool>,
}

impl From<AppModule> for Module {
    fn from(module: AppModule) -> Self {
        let kind = module.kind.unwrap_or_default();
        let (component, types) = kind
            .split_once(':')
            .map_or((None, kind.as_str()), |(component, types)| {
                (Some(component.to_owned()), types)
            });
        let types = types.split(',').map(str::trim).filter(|t| !t.is_empty());
        Self {
            component,
            types: types.map(str::to_owned).collect(),
            id: module.id,
            label: module.label,
            scope: module.scope,
            name: module.name,
            hook: module.hook,
        }
    }
}

impl Tool for ListAppModulesWithCreds {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "credential_requests_list_app_modules_with_creds",
        title: "List an app's modules that need credentials",
        description: "Lists an app's modules that need a credential, with types, scopes and the app's real version, for the create tools.",
        toolset: Toolset::CredentialRequests,
        scopes: &[Scope::AppsRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: Some(Rows {
            rows: "appModules",
            columns: &["id", "label", "component", "types", "scope"],
            paging: Paging::Ours,
        }),
    };

    fn target(_: &Args) -> Target {
        Target::Account
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let version = args.app_version.as_deref().unwrap_or("latest");
        let version: AppVersion = version.parse().map_err(|error| {
            let problem = format!("{error}");
            ToolError::argument(
                "appVersion",
                problem,
                "Leave it out for the newest version.",
            )
        })?;
        let request = credential_requests::app_modules(&args.app_name, version);
        let unknown = |error: make::Error| apps::unknown(error.into(), "app or version", NEXT);
        let answer = call.try_send(&request).await.map_err(unknown)?;
        // Modules are named by what the version in use calls them, so the real one is said.
        let real = answer
            .package
            .and_then(|package| package.version.parse().ok());
        let version = real.or(match version {
            AppVersion::Latest => None,
            AppVersion::Number(number) => Some(number),
        });
        let modules: Vec<Module> = answer
            .body
            .app_modules
            .into_iter()
            .map(Module::from)
            .collect();
        if modules.is_empty() {
            call.suggest("This app needs no credential that a request can ask for.");
        }
        Ok(Output {
            app: args.app_name,
            version,
            modules,
        })
    }
}
