//! The grid: who may use what.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::*;
use crate::grants::{Confirmation, Grants, Scope, Teams, Toolset};

fn agent(access: Access) -> Agent {
    Agent {
        name: "tester".parse().unwrap(),
        standing: Standing::Active,
        grants: Grants {
            teams: Teams::Only(BTreeSet::from([TeamId::new(22).unwrap()])),
            access,
            toolsets: BTreeSet::from([Toolset::Connections, Toolset::CredentialRequests]),
            expires_at: Some(1_000),
            ..Grants::none()
        },
    }
}

fn operation(tool: &'static str, toolset: Toolset, effect: Effect) -> Operation {
    Operation {
        tool,
        toolset,
        scopes: &[Scope::ConnectionsRead],
        effect,
        asks: Asks::Never,
    }
}

const EFFECTS: [(Effect, &str); 8] = [
    (Effect::Read, "read"),
    (Effect::Await, "await"),
    (Effect::Request, "request"),
    (Effect::Check, "check"),
    (Effect::Create, "create"),
    (Effect::Change, "change"),
    (Effect::Replace, "replace"),
    (Effect::Delete, "delete"),
];

#[test]
fn the_grid_of_access_and_effects() {
    let mut grid = String::new();
    for access in [Access::Read, Access::Request, Access::Write] {
        for (effect, name) in EFFECTS {
            let decision = may_use(
                &agent(access),
                &operation("t", Toolset::Connections, effect),
                0,
            );
            let word = if decision.is_ok() { "yes" } else { "no" };
            writeln!(grid, "{access:?} {name}: {word}").unwrap();
        }
    }
    let expected = "\
Read read: yes\nRead await: no\nRead request: no\nRead check: no\nRead create: no\nRead change: no\nRead replace: no\nRead delete: no
Request read: yes\nRequest await: yes\nRequest request: yes\nRequest check: no\nRequest create: no\nRequest change: no\nRequest replace: no\nRequest delete: no
Write read: yes\nWrite await: yes\nWrite request: yes\nWrite check: yes\nWrite create: yes\nWrite change: yes\nWrite replace: yes\nWrite delete: yes
";
    assert_eq!(grid, expected);
}

#[test]
fn a_team_outside_the_grants_is_refused() {
    let operation = operation("t", Toolset::Connections, Effect::Read);
    let foreign = TeamId::new(23).unwrap();
    let own = TeamId::new(22).unwrap();
    let agent = agent(Access::Write);
    assert_eq!(
        authorize(&agent, &operation, Some(foreign), 0).unwrap_err(),
        Denied::Team
    );
    assert!(authorize(&agent, &operation, Some(own), 0).is_ok());
    assert_eq!(may_see(&agent, foreign), Err(Denied::Team));
}

#[test]
fn a_revoked_or_expired_agent_gets_nothing() {
    let read = operation("t", Toolset::Connections, Effect::Read);
    let mut agent = agent(Access::Write);
    assert_eq!(may_use(&agent, &read, 1_000).unwrap_err(), Denied::Expired);
    assert_eq!(lookup(&agent, 1_000).unwrap_err(), Denied::Expired);
    agent.standing = Standing::Revoked;
    assert_eq!(may_use(&agent, &read, 0).unwrap_err(), Denied::Revoked);
    assert_eq!(lookup(&agent, 0).unwrap_err(), Denied::Revoked);
}

#[test]
fn denied_tools_win_over_allowed_ones_and_foreign_toolsets_are_refused() {
    let mut agent = agent(Access::Write);
    let keys = operation("keys_list", Toolset::Keys, Effect::Read);
    assert_eq!(
        may_use(&agent, &keys, 0).unwrap_err(),
        Denied::Toolset {
            tool: "keys_list",
            toolset: "keys"
        }
    );
    agent.grants.allowed_tools.insert("keys_list".to_owned());
    assert_eq!(may_use(&agent, &keys, 0), Ok(()));
    agent.grants.denied_tools.insert("keys_list".to_owned());
    assert_eq!(
        may_use(&agent, &keys, 0).unwrap_err(),
        Denied::Tool("keys_list")
    );
}

#[test]
fn allowing_a_tool_by_name_widens_a_reader_for_checks_only() {
    let mut agent = agent(Access::Read);
    agent
        .grants
        .allowed_tools
        .extend(["check".to_owned(), "delete".to_owned()]);
    let check = operation("check", Toolset::Connections, Effect::Check);
    let delete = operation("delete", Toolset::Connections, Effect::Delete);
    assert_eq!(may_use(&agent, &check, 0), Ok(()));
    assert!(matches!(
        may_use(&agent, &delete, 0),
        Err(Denied::Access { .. })
    ));
}

#[test]
fn a_permit_to_read_never_holds_consent_by_itself() {
    let mut agent = agent(Access::Write);
    let delete = operation("d", Toolset::Connections, Effect::Delete);
    let permit = authorize(&agent, &delete, None, 0).unwrap();
    assert!(!permit.has_consent());
    assert!(standing_consent(&agent).is_none());
    agent.grants.confirmation = Confirmation::Never;
    assert!(permit.with(standing_consent(&agent).unwrap()).has_consent());
}
