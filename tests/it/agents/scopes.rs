//! The scopes that grants come to, held against the table of tools.

use std::collections::BTreeSet;

use make_credentials_mcp::agents::scopes;
use make_credentials_mcp::grants::{
    Access, Confirmation, Grants, Operation, Scope, Teams, Toolset,
};
use make_credentials_mcp::tools::ALL;

fn operations() -> Vec<Operation> {
    ALL.iter().map(|entry| entry.spec.operation()).collect()
}

fn grants(access: Access, toolsets: &[Toolset]) -> Grants {
    Grants {
        teams: Teams::All,
        access,
        toolsets: toolsets.iter().copied().collect(),
        allowed_tools: BTreeSet::new(),
        denied_tools: BTreeSet::new(),
        confirmation: Confirmation::Ask,
        allow_plaintext: false,
        expires_at: Some(0),
    }
}

fn needed(grants: &Grants) -> Vec<&'static str> {
    let scopes = scopes::needed(grants, &operations());
    scopes.into_iter().map(Scope::name).collect()
}

#[test]
fn each_grant_comes_to_its_scopes_and_no_others() {
    use Access::{Read, Request, Write};
    use Toolset::{Account, Connections, CredentialRequests, Keys, TemplateFlows, Templates};
    for (access, toolsets, wanted) in [
        (Read, &[Connections][..], &["connections:read"][..]),
        (
            Write,
            &[Connections],
            &["connections:read", "connections:write", "hooks:read"],
        ),
        (Read, &[Keys], &["keys:read"]),
        (Write, &[Keys], &["keys:read", "keys:write"]),
        (
            Read,
            &[CredentialRequests],
            &["apps:read", "credential-requests:read"],
        ),
        // Extending a connection looks up whose it is.
        (
            Request,
            &[CredentialRequests],
            &[
                "apps:read",
                "connections:read",
                "credential-requests:read",
                "credential-requests:write",
            ],
        ),
        (Read, &[Templates], &["templates:read"]),
        (Write, &[Templates], &["templates:read", "templates:write"]),
        (
            Write,
            &[TemplateFlows],
            &["instances:read", "instances:write", "templates:read"],
        ),
        (Read, &[Account], &["organizations:read", "teams:read"]),
        (Read, &[], &[]),
    ] {
        assert_eq!(
            needed(&grants(access, toolsets)),
            wanted,
            "{access:?} {toolsets:?}"
        );
    }
}

#[test]
fn no_grant_comes_to_a_scope_that_could_make_tokens() {
    let widest = grants(Access::Write, &Toolset::ALL);
    for scope in needed(&widest) {
        assert!(!scopes::is_dangerous(scope), "{scope}");
    }
}

#[test]
fn single_tools_add_and_take_away_scopes() {
    let mut reader = grants(Access::Read, &[Toolset::Keys]);
    reader.allowed_tools.insert("connections_verify".to_owned());
    assert_eq!(
        needed(&reader),
        ["connections:read", "connections:write", "keys:read"]
    );
    assert_eq!(
        scopes::tests_by_name(&reader, &operations()),
        ["connections_verify"]
    );
    let mut writer = grants(Access::Write, &[Toolset::Keys]);
    for tool in ["keys_create", "keys_update", "keys_delete"] {
        writer.denied_tools.insert(tool.to_owned());
    }
    assert_eq!(needed(&writer), ["keys:read"]);
    // Nobody is asked, so nobody is shown which hooks use it.
    let mut never = grants(Access::Write, &[Toolset::Connections]);
    never.confirmation = Confirmation::Never;
    assert_eq!(needed(&never), ["connections:read", "connections:write"]);
    let without = needed(&never)
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    let asks = grants(Access::Write, &[Toolset::Connections]);
    assert!(scopes::lacking(&asks, &operations(), &without).is_empty());
    let mut refuses = grants(Access::Write, &[Toolset::Templates]);
    refuses.confirmation = Confirmation::Refuse;
    assert!(needed(&refuses).contains(&"templates:write"));
}
