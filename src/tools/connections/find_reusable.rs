//! `connections_find_reusable`: which connection a scenario could take, best first, and why.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::families::{family, look_alike};
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::{ConnectionId, TeamId, TypeName};
use crate::make::connections::{self, Connection, ScopesByType};
use crate::tools::{Call, List as Rows, Paging, Spec, Tool, ToolError};

/// A credential that ends sooner than this is worth a word.
const SOON: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Ranks the connections of a team for reuse.
pub(in crate::tools) struct FindReusable;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    team_id: Option<TeamId>,
    r#type: TypeName,
    scopes: Option<Vec<String>>,
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct Output {
    candidates: Vec<Candidate>,
}

/// A connection with how well it fits.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    id: ConnectionId,
    name: String,
    fit: Fit,
    /// Reasons, in the order of weight.
    why: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_name: Option<String>,
    /// Whose account it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expire: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scoped: Option<bool>,
    /// Whether a person signs in to it, so that scopes can be added.
    #[serde(skip)]
    is_oauth: bool,
}

/// How well a connection fits, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Fit {
    Good,
    Doubtful,
    Unusable,
}

impl Tool for FindReusable {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "connections_find_reusable",
        title: "Find a connection to reuse",
        description: "Ranks a team's connections of a type and its family by scopes, expiry and account, with reasons. Use before requesting a new one.",
        toolset: Toolset::Connections,
        scopes: &[Scope::ConnectionsRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: Some(Rows {
            rows: "candidates",
            columns: &[
                "id",
                "name",
                "fit",
                "why",
                "accountName",
                "account",
                "expire",
            ],
            paging: Paging::Ours,
        }),
    };

    fn target(args: &Args) -> Target {
        Target::Team(args.team_id)
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let team = call.team()?;
        let scopes = args.scopes.unwrap_or_default();
        let wanted = plain(args.r#type.as_str());
        let names = family(wanted);
        let types: Vec<TypeName> = names.iter().filter_map(|name| name.parse().ok()).collect();
        let asked: ScopesByType = if scopes.is_empty() {
            ScopesByType::new()
        } else {
            types
                .iter()
                .map(|name| (name.clone(), scopes.clone()))
                .collect()
        };
        let found = call
            .send(connections::list(team, &types, &asked))
            .await?
            .connections;
        for connection in &found {
            call.saw(
                Object::Connection(connection.id),
                connection.team_id.unwrap_or(team),
            );
        }
        let now = Timestamp::now();
        let mut candidates: Vec<Candidate> = found
            .into_iter()
            // Candidates do not show their team, so nobody else could tell.
            .filter(|connection| connection.team_id.is_none_or(|of| of == team))
            .map(|connection| judge(connection, wanted, !scopes.is_empty(), now))
            .collect();
        candidates.sort_by(|a, b| {
            let key = |c: &Candidate| (c.fit, c.why.len(), c.account.is_none(), c.id);
            key(a).cmp(&key(b))
        });
        let can_verify = call.offers("connections_verify");
        call.suggest(next(&candidates, wanted, can_verify));
        Ok(Output { candidates })
    }
}

/// The connection type in what modules of Make's scenarios write as `account:google`.
fn plain(wanted: &str) -> &str {
    wanted.strip_prefix("account:").unwrap_or(wanted)
}

fn next(candidates: &[Candidate], wanted: &str, can_verify: bool) -> String {
    let extensible =
        |c: &&Candidate| c.fit == Fit::Doubtful && c.is_oauth && c.scoped == Some(false);
    match candidates.first() {
        Some(best) if best.fit == Fit::Good && can_verify => {
            format!(
                "connections_verify with connectionId {} before relying on it.",
                best.id
            )
        }
        Some(best) if best.fit == Fit::Good => format!(
            "Use connectionId {}. It was not tested; this agent cannot.",
            best.id
        ),
        Some(best) if extensible(&best) => format!(
            "credential_requests_extend_connection with connectionId {} adds scopes.",
            best.id
        ),
        Some(best) if best.fit == Fit::Doubtful => {
            "Only doubtful ones, see `why`: ask the person, or credential_requests_create_by_credentials."
                .to_owned()
        }
        _ => {
            let other = look_alike(wanted).map(|other| format!(" {other} is another family."));
            format!(
                "Nothing fits: credential_requests_create_by_credentials.{}",
                other.unwrap_or_default()
            )
        }
    }
}

fn judge(connection: Connection, wanted: &str, asked_scopes: bool, now: Timestamp) -> Candidate {
    let mut fit = Fit::Good;
    let mut why = Vec::new();
    let mut note = |worst: Fit, reason: &'static str| {
        fit = fit.max(worst);
        why.push(reason);
    };
    let is_oauth = connection.account_type.as_deref() == Some("oauth");
    if !connection.is_signed_in() {
        note(Fit::Doubtful, "nobody seems to have signed in to it");
    }
    let scoped = connection.scoped.filter(|_| asked_scopes);
    match scoped {
        Some(false) => note(Fit::Doubtful, "lacks a scope that was asked for"),
        None if asked_scopes => note(
            Fit::Doubtful,
            "Make did not say whether it holds the scopes",
        ),
        Some(true) | None => {}
    }
    // An unreadable time is no reason to trust it.
    match connection.expire.as_deref().map(str::parse::<Timestamp>) {
        Some(Ok(end)) if end <= now => note(Fit::Unusable, "expired"),
        Some(Ok(end)) if end.duration_since(now) < SOON => {
            note(Fit::Doubtful, "expires within 7 days");
        }
        Some(Err(_)) => note(Fit::Doubtful, "its expiry cannot be read"),
        Some(Ok(_)) | None => {}
    }
    if connection.account_name.as_deref() != Some(wanted) {
        note(Fit::Good, "another type of the same family");
    }
    let account = connection.metadata.and_then(|identity| identity.value);
    if account.is_none() {
        note(Fit::Good, "does not say whose account it is");
    }
    Candidate {
        id: connection.id,
        name: connection.name,
        fit,
        why,
        account_name: connection.account_name,
        account,
        expire: connection.expire,
        scoped,
        is_oauth,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(json: serde_json::Value, asked: bool) -> (Fit, Vec<&'static str>) {
        let now: Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
        let candidate = judge(serde_json::from_value(json).unwrap(), "slack3", asked, now);
        (candidate.fit, candidate.why)
    }

    #[test]
    fn each_reason_is_said_and_the_worst_decides() {
        use serde_json::json;
        let who = json!({"value": "jane@example.com", "type": "email"});
        let base = json!({"id": 1, "name": "n", "accountName": "slack3", "metadata": who});
        let with = |more: serde_json::Value| {
            let mut all = base.clone();
            all.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            all
        };
        assert_eq!(
            judged(with(json!({"scoped": true})), true),
            (Fit::Good, vec![])
        );
        assert_eq!(
            judged(with(json!({"scoped": false})), true),
            (Fit::Doubtful, vec!["lacks a scope that was asked for"])
        );
        assert_eq!(
            judged(with(json!({"scoped": false})), false),
            (Fit::Good, vec![])
        );
        assert_eq!(
            judged(with(json!({"expire": "2026-11-20T00:00:00Z"})), false),
            (Fit::Unusable, vec!["expired"])
        );
        assert_eq!(
            judged(
                with(json!({"expire": "2026-11-24T00:00:00.000Z", "accountName": "slack2"})),
                false
            ),
            (
                Fit::Doubtful,
                vec!["expires within 7 days", "another type of the same family"]
            )
        );
        assert_eq!(
            judged(with(json!({"expire": "soon"})), false).0,
            Fit::Doubtful
        );
    }
}
