//! `users_me` and `users_current_authorization`.

use serde::{Deserialize, Serialize};

use crate::grants::{Asks, Effect, Target, Teams, Toolset};
use crate::make::users::{Authorization, User};
use crate::tools::{Call, Spec, Tool, ToolError};

/// No arguments.
#[derive(Deserialize, schemars::JsonSchema)]
pub(in crate::tools) struct NoArgs {}

/// Reads the Make user of the token.
pub(in crate::tools) struct Me;

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct MeOutput {
    user: User,
}

impl Tool for Me {
    type Args = NoArgs;
    type Output = MeOutput;
    const SPEC: Spec = Spec {
        name: "users_me",
        title: "Get the token's user",
        description: "Reads the Make user behind this agent's token, who signs in for self-service requests.",
        toolset: Toolset::Account,
        scopes: &[],
        effect: Effect::Read,
        asks: Asks::Never,
        list: None,
    };

    fn target(_args: &NoArgs) -> Target {
        Target::Account
    }

    async fn run(call: &Call<'_>, _args: NoArgs) -> Result<MeOutput, ToolError> {
        let mut user = User::clone(&*call.me().await?);
        // Of an agent of certain teams the others stay invisible.
        if let Teams::Only(teams) = &call.agent().grants.teams {
            if let Some(roles) = &mut user.user_team_roles {
                roles.retain(|role| teams.contains(&role.team_id));
            }
            user.user_organization_roles = None;
        }
        Ok(MeOutput { user })
    }
}

/// Reads the scopes of the token.
pub(in crate::tools) struct CurrentAuthorization;

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct AuthorizationOutput {
    authorization: Authorization,
}

impl Tool for CurrentAuthorization {
    type Args = NoArgs;
    type Output = AuthorizationOutput;
    const SPEC: Spec = Spec {
        name: "users_current_authorization",
        title: "Get the token's scopes",
        description: "Reads the scopes of this agent's token; never the token.",
        toolset: Toolset::Account,
        scopes: &[],
        effect: Effect::Read,
        asks: Asks::Never,
        list: None,
    };

    fn target(_args: &NoArgs) -> Target {
        Target::Account
    }

    async fn run(call: &Call<'_>, _args: NoArgs) -> Result<AuthorizationOutput, ToolError> {
        let request = crate::make::users::current_authorization();
        let authorization = call.send(request).await?.authorization;
        Ok(AuthorizationOutput { authorization })
    }
}
