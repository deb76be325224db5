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

const CONFIRMATIONS: [Confirmation; 4] = [
    Confirmation::Ask,
    Confirmation::Operator,
    Confirmation::Refuse,
    Confirmation::Never,
];

fn confirming(confirmation: Confirmation) -> Agent {
    let mut agent = agent(Access::Write);
    agent.grants.confirmation = confirmation;
    agent
}

#[test]
fn a_permit_reads_alone_where_the_effect_does() {
    let reading = EFFECTS.map(|(effect, name)| {
        let operation = operation(name, Toolset::Connections, effect);
        let permit = authorize(&agent(Access::Write), &operation, None, 0).unwrap();
        assert_eq!(permit.operation(), name);
        assert!(!permit.has_consent(), "{name}");
        permit.only_reads().then_some(name)
    });
    let reading: Vec<_> = reading.into_iter().flatten().collect();
    assert_eq!(reading, ["read", "await"]);
}

#[test]
fn a_lookup_reads_alone_whatever_the_agent_may_do() {
    for access in [Access::Read, Access::Request, Access::Write] {
        let permit = lookup(&agent(access), 0).unwrap();
        assert!(permit.only_reads() && !permit.has_consent(), "{access:?}");
        assert_eq!(permit.operation(), "lookup");
        // A yes does not widen it to changes.
        let yes = persons_consent(&agent(access), "t", Said::AtTerminal).unwrap();
        let permit = permit.with(yes);
        assert!(permit.only_reads() && permit.has_consent());
        assert_eq!(permit.operation(), "lookup");
    }
}

#[test]
fn the_permit_of_the_operators_own_command_covers_everything() {
    let permit = operator();
    assert!(!permit.only_reads() && permit.has_consent());
    assert_eq!(permit.operation(), "operator");
}

#[test]
fn an_agent_with_refuse_gets_no_consent_even_if_asked() {
    let agent = confirming(Confirmation::Refuse);
    for said in [Said::InClient, Said::AtTerminal] {
        let consent = persons_consent(&agent, "t", said);
        assert_eq!(consent.unwrap_err(), Denied::Unasked("t"));
    }
    assert!(standing_consent(&agent).is_none());
}

#[test]
fn a_yes_counts_where_the_grants_let_it() {
    let mut grid = String::new();
    for confirmation in CONFIRMATIONS {
        let agent = confirming(confirmation);
        let word = |said| match persons_consent(&agent, "t", said) {
            Ok(Consent(())) => "counts".to_owned(),
            Err(denied) => format!("{denied:?}"),
        };
        let (client, terminal) = (word(Said::InClient), word(Said::AtTerminal));
        let standing = standing_consent(&agent).is_some();
        writeln!(grid, "{confirmation:?}: {client}, {terminal}, {standing}").unwrap();
    }
    let expected = r#"Ask: counts, counts, false
Operator: OperatorOnly("t"), counts, false
Refuse: Unasked("t"), Unasked("t"), false
Never: counts, counts, true
"#;
    assert_eq!(grid, expected);
}

#[test]
fn an_agent_with_refuse_has_no_tool_whose_every_call_needs_a_yes() {
    let mut refused = Vec::new();
    for confirmation in CONFIRMATIONS {
        let agent = confirming(confirmation);
        for asks in [Asks::Always, Asks::Sometimes, Asks::Never] {
            for (effect, name) in EFFECTS {
                let operation = Operation {
                    asks,
                    ..operation("t", Toolset::Connections, effect)
                };
                let decision = authorize(&agent, &operation, None, 0).map(|_| ());
                assert_eq!(decision, may_use(&agent, &operation, 0), "{asks:?} {name}");
                if decision.is_err() {
                    assert_eq!(decision, Err(Denied::Unasked("t")));
                    refused.push(format!("{confirmation:?} {asks:?} {name}"));
                }
            }
        }
    }
    let expected = "\
Refuse Always read
Refuse Always await
Refuse Always request
Refuse Always check
Refuse Always create
Refuse Always change
Refuse Always replace
Refuse Always delete
Refuse Never replace
Refuse Never delete";
    assert_eq!(refused.join("\n"), expected);
}

#[test]
fn an_agent_works_while_it_is_active_and_its_time_lasts() {
    let mut agent = agent(Access::Read);
    assert_eq!(works(&agent, 999), Ok(()));
    assert_eq!(works(&agent, 1_000), Err(Denied::Expired));
    assert_eq!(works(&agent, i64::MAX), Err(Denied::Expired));
    agent.grants.expires_at = None;
    assert_eq!(works(&agent, i64::MAX), Ok(()));
    agent.standing = Standing::Pending;
    assert_eq!(works(&agent, 0), Err(Denied::Pending));
    assert_eq!(lookup(&agent, 0).unwrap_err(), Denied::Pending);
    agent.standing = Standing::Revoked;
    assert_eq!(works(&agent, 0), Err(Denied::Revoked));
}

#[test]
fn only_the_status_tool_answers_an_agent_that_may_do_nothing_else() {
    let mut agent = agent(Access::Read);
    agent.standing = Standing::Revoked;
    agent.grants = Grants::none();
    agent.grants.denied_tools.insert(STATUS_TOOL.to_owned());
    let status = operation(STATUS_TOOL, Toolset::Account, Effect::Read);
    assert_eq!(may_use(&agent, &status, 0), Ok(()));
    let other = operation("user_me", Toolset::Account, Effect::Read);
    assert_eq!(may_use(&agent, &other, 0), Err(Denied::Revoked));
}

#[test]
fn a_team_is_open_to_an_agent_of_all_teams_and_none_to_one_of_no_team() {
    let mut agent = agent(Access::Write);
    let foreign = TeamId::new(23).unwrap();
    agent.grants.teams = Teams::All;
    assert_eq!(may_see(&agent, foreign), Ok(()));
    agent.grants.teams = Grants::none().teams;
    assert_eq!(may_see(&agent, foreign), Err(Denied::Team));
}

#[test]
fn a_refusal_for_the_access_level_names_both_levels() {
    let needs = |has, effect| {
        let operation = operation("t", Toolset::Connections, effect);
        may_use(&agent(has), &operation, 0).unwrap_err().to_string()
    };
    assert_eq!(
        needs(Access::Read, Effect::Request),
        "this agent has `read` access and `t` needs `request`"
    );
    assert_eq!(
        needs(Access::Request, Effect::Delete),
        "this agent has `request` access and `t` needs `write`"
    );
}
