//! `agent rotate --all` where the agents belong to several Make users and zones.

use make_credentials_mcp::sandbox::seeded::JOHN;
use make_credentials_mcp::sandbox::{Options, Sandbox};
use serde_json::{Value, json};

use super::{Scene, json};

const SCOPES: [&str; 14] = [
    "user:read",
    "user:write",
    "organizations:read",
    "teams:read",
    "apps:read",
    "connections:read",
    "credential-requests:read",
    "keys:read",
    "connections:write",
    "credential-requests:write",
    "keys:write",
    "templates:read",
    "templates:write",
    "scenarios:read",
];
const ALL: [&str; 4] = ["agent", "rotate", "--all", "--json"];

/// `jane` and `john` in one zone, `far` in another one.
struct Company {
    scene: Scene,
    far: Sandbox,
    john: String,
}

impl Company {
    async fn new(name: &str) -> Self {
        let scene = Scene::new(name).await;
        let far = Sandbox::start(Options::default()).await.unwrap();
        let john = scene.zone.issue_token_for(JOHN, "john", &SCOPES);
        let company = Self { scene, far, john };
        let near = company.scene.zone.zone();
        let jane = company.scene.zone.operator_token();
        company.add("jane", &near, jane).await;
        company.add("john", &near, &company.john).await;
        let token = company.far.operator_token();
        company.add("far", &company.far.zone(), token).await;
        company
    }

    async fn add(&self, name: &str, zone: &str, token: &str) {
        let words = ["agent", "add", name, "--teams=22", "--zone", zone];
        let words = [&words[..], &["--operator-token-stdin"]].concat();
        let left = self.scene.run(&words, token).await;
        assert_eq!(left.code, Some(0), "{}", left.all());
    }

    async fn keep(&self, zone: &str, token: &str) {
        let words = ["operator", "login", "--operator-token-stdin", "--zone"];
        let left = self.scene.run(&[&words[..], &[zone]].concat(), token).await;
        assert_eq!(left.code, Some(0), "{}", left.all());
    }

    /// The first characters of the tokens, by agent.
    async fn prefixes(&self) -> Vec<(String, String)> {
        let listed = self.scene.list().await;
        let row = |row: &Value| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&row["name"]), text(&row["token"]["prefix"]))
        };
        let rows = listed["agents"].as_array().unwrap();
        rows.iter().map(row).collect()
    }
}

fn ended(shown: &Value) -> Vec<(&str, &str)> {
    let rows = shown["rotations"].as_array().unwrap();
    let pairs = rows.iter().map(|row| (&row["agent"], &row["ended"]));
    pairs
        .map(|(agent, ended)| (agent.as_str().unwrap(), ended.as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn each_make_user_is_served_with_a_token_of_its_own() {
    let company = Company::new("rotate-company").await;
    let (near, far) = (company.scene.zone.zone(), company.far.zone());
    company
        .keep(&near, company.scene.zone.operator_token())
        .await;
    company.keep(&far, company.far.operator_token()).await;
    let before = company.prefixes().await;
    let words = [&ALL[..], &["--older-than=0d"]].concat();
    let left = company.scene.run(&words, "").await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    let shown = json(&left);
    let mut all = ended(&shown);
    all.sort_unstable();
    assert_eq!(all, [("far", "done"), ("jane", "done"), ("john", "undone")]);
    let rows = shown["rotations"].as_array().unwrap();
    let john = rows.iter().find(|row| row["agent"] == "john").unwrap();
    let steps = john["steps"].to_string();
    for wanted in [
        &format!("no operator's token of the Make user {JOHN} in {near}"),
        "next: `make-credentials-mcp agent rotate john --operator-token-stdin`",
        &format!("`make-credentials-mcp operator login --zone {near}`"),
    ] {
        assert!(steps.contains(wanted), "{wanted}: {steps}");
    }
    let after = company.prefixes().await;
    let changed = |name: &str| {
        let of = |all: &[(String, String)]| all.iter().find(|(n, _)| n == name).unwrap().1.clone();
        of(&before) != of(&after)
    };
    assert_eq!(["jane", "john", "far"].map(changed), [true, false, true]);
    // Two kept operators of one zone do not stand in each other's way.
    company.keep(&near, &company.john).await;
    let left = company.scene.run(&words, "").await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    assert_eq!(json(&left)["rotations"].as_array().unwrap().len(), 3);
    let left = company.scene.run(&["agent", "rotate", "john"], "").await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    let left = company.scene.run(&["agent", "revoke", "--all"], "").await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    assert_eq!(company.scene.ours(), Vec::<String>::new());
}

#[tokio::test]
async fn a_given_token_is_used_where_it_fits_and_sent_nowhere_else() {
    let company = Company::new("rotate-given").await;
    let (near, far) = (company.scene.zone.zone(), company.far.zone());
    company.keep(&far, company.far.operator_token()).await;
    let words = [&ALL[..], &["--older-than=0d", "--operator-token-stdin"]].concat();
    company.far.clear_requests();
    // Nobody said which zone it belongs to.
    let left = company.scene.run(&words, &company.john).await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    assert!(
        left.stderr.contains("--zone names the one"),
        "{}",
        left.stderr
    );
    let words = [&words[..], &["--zone", &near]].concat();
    let left = company.scene.run(&words, &company.john).await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    let shown = json(&left);
    let mut all = ended(&shown);
    all.sort_unstable();
    assert_eq!(all, [("far", "done"), ("jane", "undone"), ("john", "done")]);
    let prefix = company.john.get(..8).unwrap();
    for request in company.far.requests() {
        assert_ne!(request.token_prefix.as_deref(), Some(prefix));
    }
    // With one agent the zone is known.
    let words = ["agent", "rotate", "jane", "--zone", &near];
    let left = company.scene.run(&words, "").await;
    assert_eq!(left.code, Some(2), "{}", left.all());
}

#[tokio::test]
async fn what_an_earlier_command_left_is_reported_where_nobody_can_do_it() {
    let company = Company::new("rotate-left").await;
    let near = company.scene.zone.zone();
    company
        .keep(&near, company.scene.zone.operator_token())
        .await;
    let left = company.scene.run(&["agent", "revoke", "john"], "").await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    let words = [&ALL[..], &["--older-than=30d"]].concat();
    let left = company.scene.run(&words, "").await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    let shown = json(&left);
    assert_eq!(ended(&shown), [("john", "undone")]);
    let left = company
        .scene
        .run(
            &[&words[..], &["--operator-token-stdin", "--zone", &near]].concat(),
            &company.john,
        )
        .await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    assert_eq!(json(&left), json!({"rotations": []}));
    assert_eq!(company.scene.list().await["pendingRevocations"], json!([]));
}
