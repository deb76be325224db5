//! The access list of a locked connection: `connections_list_access`, `connections_set_access`,
//! `connections_remove_access`.

use serde::{Deserialize, Serialize};

use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::{ConnectionId, TeamId, UserId};
use crate::make::Error;
use crate::make::connection_access::{self, Member};
use crate::tools::consent::NONE_BESIDES;
use crate::tools::{Call, List as Rows, Paging, Plan, Spec, Thing, Tool, ToolError, after};

/// Lists who may use a locked connection.
pub(in crate::tools) struct ListAccess;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct ListArgs {
    connection_id: ConnectionId,
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct ListOutput {
    access_list: Vec<Member>,
}

impl Tool for ListAccess {
    type Args = ListArgs;
    type Output = ListOutput;
    const SPEC: Spec = Spec {
        name: "connections_list_access",
        title: "List access to a connection",
        description: "Lists the users who may use a locked connection. Plain members see its admins only.",
        toolset: Toolset::Connections,
        scopes: &[Scope::ConnectionsRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: Some(Rows {
            rows: "accessList",
            columns: &["membershipId", "role", "name", "email"],
            paging: Paging::Ours,
        }),
    };

    fn target(args: &ListArgs) -> Target {
        Target::Object(Object::Connection(args.connection_id))
    }

    async fn run(call: &Call<'_>, args: ListArgs) -> Result<ListOutput, ToolError> {
        let team = call.owner(&Object::Connection(args.connection_id)).await?;
        let list = call
            .send(connection_access::list(team, args.connection_id))
            .await?
            .access_list;
        if list.is_empty() {
            call.suggest("Nobody is on the list; connections_set_access adds a user.");
        }
        Ok(ListOutput { access_list: list })
    }
}

/// Lets a user use a locked connection, or changes how.
pub(in crate::tools) struct SetAccess;

/// The roles on an access list, as Make writes them.
#[derive(Debug, Clone, Copy, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
enum Role {
    #[serde(rename = "entity:entity-admin")]
    Admin,
    #[serde(rename = "entity:entity-member")]
    Member,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Admin => "entity:entity-admin",
            Self::Member => "entity:entity-member",
        }
    }
}

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct SetArgs {
    connection_id: ConnectionId,
    user_id: UserId,
    role: Role,
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct SetOutput {
    member: Member,
    /// False when the user was on the list and only the role was set.
    added: bool,
}

impl Tool for SetAccess {
    type Args = SetArgs;
    type Output = SetOutput;
    const SPEC: Spec = Spec {
        name: "connections_set_access",
        title: "Set access to a connection",
        description: "Adds a user to a locked connection's access list, or changes the role of one who is on it.",
        toolset: Toolset::Connections,
        scopes: &[Scope::ConnectionsWrite, Scope::ConnectionsRead],
        effect: Effect::Change,
        asks: Asks::Always,
        list: None,
    };

    fn target(args: &SetArgs) -> Target {
        Target::Object(Object::Connection(args.connection_id))
    }

    async fn plan(call: &Call<'_>, args: &SetArgs) -> Result<Option<Plan>, ToolError> {
        let (id, user, role) = (args.connection_id, args.user_id, args.role.name());
        let does = format!("Let user {user} use {{}} as {role}.");
        let (plan, team) = plan(call, id, user, &does).await?;
        let change = connection_access::change(team, id, user, role);
        Ok(Some(
            plan.sending(&connection_access::add(team, id, user, role), NONE_BESIDES)
                .sending_if("where the user is on the list", &change),
        ))
    }

    async fn run(call: &Call<'_>, args: SetArgs) -> Result<SetOutput, ToolError> {
        let (id, user, role) = (args.connection_id, args.user_id, args.role.name());
        let team = call.owner(&Object::Connection(id)).await?;
        call.still_as_agreed().await?;
        match call
            .try_send(&connection_access::add(team, id, user, role))
            .await
        {
            Ok(answer) => Ok(SetOutput {
                member: answer.body.member,
                added: true,
            }),
            // 409: the user is on the list already, so the role is what is left to set.
            Err(Error::Rejected(refusal)) if refusal.status == 409 => {
                let change = connection_access::change(team, id, user, role);
                call.still_as_agreed().await?;
                match call.try_send(&change).await {
                    Ok(answer) => Ok(SetOutput {
                        member: answer.body.member,
                        added: false,
                    }),
                    Err(error) => Err(not_set(call, (team, id, user), error).await),
                }
            }
            Err(error) => Err(not_set(call, (team, id, user), error).await),
        }
    }
}

/// The list tells what became of it, as far as the token's user sees the list.
async fn not_set(
    call: &Call<'_>,
    (team, id, user): (TeamId, ConnectionId, UserId),
    error: Error,
) -> ToolError {
    let now = async {
        let list = call.look_up(connection_access::list(team, id)).await?;
        let mut members = list.access_list.into_iter();
        let member = members.find(|member| member.membership_id == user);
        Ok(member.map(|member| member.role))
    };
    let next = "`details.now` is the user's role, null where the list shows none. Repeating changes nothing that was set.";
    after::failure(error, next, now).await
}

/// A plan about one user of a locked connection.
async fn plan(
    call: &Call<'_>,
    id: ConnectionId,
    user: UserId,
    does: &str,
) -> Result<(Plan, TeamId), ToolError> {
    let team = call.owner(&Object::Connection(id)).await?;
    let list = call.see(connection_access::list(team, id)).await?;
    let (plan, _) = call.plan_for_connection(id, does).await?;
    let Some(list) = list else {
        let plan = plan.noting("The user", "not known: the list cannot be read");
        return Ok((plan.used_by("Admins on the list", None), team));
    };
    let plan = [("Admins on the list", true), ("Others on the list", false)]
        .into_iter()
        .fold(plan, |plan, (label, are_admins)| {
            let members = list.access_list.iter();
            let members =
                members.filter(|member| (member.role == Role::Admin.name()) == are_admins);
            let of = |member: &Member| {
                Thing::new("user", Some(&member.membership_id), member.name.as_deref())
            };
            plan.used_by(label, Some(members.map(of).collect()))
        });
    let mut members = list.access_list.iter();
    let plan = match members.find(|member| member.membership_id == user) {
        Some(member) => plan
            .quoting("The user", member.name.as_deref())
            .quoting("Their address", member.email.as_deref())
            .quoting("Their role now", Some(&member.role)),
        None => plan.noting(
            "The user",
            "not on the list, as far as the token's user sees it",
        ),
    };
    Ok((plan, team))
}

/// Whether a plain member would stand on this list. Who may not use the connection sees its admins
/// alone (Make's documentation of access lists), so that a missing member tells nothing.
async fn shows_members(call: &Call<'_>, list: &[Member]) -> bool {
    if list.iter().any(|member| member.role == Role::Member.name()) {
        return true;
    }
    let me = call.me().await;
    me.is_ok_and(|me| list.iter().any(|member| member.membership_id == me.id))
}

/// Takes a user off the list.
pub(in crate::tools) struct RemoveAccess;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct RemoveArgs {
    connection_id: ConnectionId,
    user_id: UserId,
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct RemoveOutput {
    connection_id: ConnectionId,
    user_id: UserId,
    removed: bool,
}

impl Tool for RemoveAccess {
    type Args = RemoveArgs;
    type Output = RemoveOutput;
    const SPEC: Spec = Spec {
        name: "connections_remove_access",
        title: "Remove access to a connection",
        description: "Takes a user off a locked connection's access list, after a person's yes. The last admin stays.",
        toolset: Toolset::Connections,
        scopes: &[Scope::ConnectionsWrite, Scope::ConnectionsRead],
        effect: Effect::Delete,
        asks: Asks::Always,
        list: None,
    };

    fn target(args: &RemoveArgs) -> Target {
        Target::Object(Object::Connection(args.connection_id))
    }

    async fn plan(call: &Call<'_>, args: &RemoveArgs) -> Result<Option<Plan>, ToolError> {
        let does = format!("Take user {} off the access list of {{}}.", args.user_id);
        let (id, user) = (args.connection_id, args.user_id);
        let (plan, team) = plan(call, id, user, &does).await?;
        let remove = connection_access::remove(team, id, user);
        Ok(Some(plan.sending(&remove, NONE_BESIDES)))
    }

    async fn run(call: &Call<'_>, args: RemoveArgs) -> Result<RemoveOutput, ToolError> {
        let (id, user) = (args.connection_id, args.user_id);
        let team = call.owner(&Object::Connection(id)).await?;
        call.still_as_agreed().await?;
        match call
            .try_send(&connection_access::remove(team, id, user))
            .await
        {
            Ok(_) => Ok(RemoveOutput {
                connection_id: id,
                user_id: user,
                removed: true,
            }),
            Err(error) if error.is_outcome_unknown() => {
                let left = call
                    .look_up(connection_access::list(team, id))
                    .await?
                    .access_list;
                let is_there = left.iter().any(|member| member.membership_id == user);
                if is_there || !shows_members(call, &left).await {
                    return Err(error.into());
                }
                Ok(RemoveOutput {
                    connection_id: id,
                    user_id: user,
                    removed: true,
                })
            }
            Err(error) => Err(error.into()),
        }
    }
}
