//! Ten thousand calls with hostile ids and names in every position, over all tools: nothing
//! reaches Make but the tools' own paths, nothing is destroyed without a yes, readers only read,
//! and an agent of one team sees nothing of another.

use std::time::Duration;

use make_credentials_mcp::grants::{Access, Confirmation, Effect};
use make_credentials_mcp::sandbox::RecordedRequest;
use make_credentials_mcp::tools::{ALL, CallContext, Code, Entry, Outcome, Session};
use serde_json::{Map, Value};

use crate::arguments::{least, most, working};
use crate::hostile_values::{Chance, poison};
use crate::listener::Listener;
use crate::world::{With, World};

/// Another number makes another ten thousand calls.
const SEED: u64 = 0x5eed_0001;
const CALLS: usize = 10_000;
/// So many of them in one zone.
const A_ZONE: usize = 500;

/// Everything that a tool may send; the places in braces hold one checked segment.
const PATHS: &[&str] = &[
    "GET /users/me",
    "GET /users/me/current-authorization",
    "GET /users/me/api-tokens",
    "GET /organizations",
    "GET /organizations/{number}",
    "GET /teams",
    "GET /teams/{number}",
    "GET /connections",
    "GET /hooks",
    "POST /connections",
    "GET /connections/{number}",
    "PATCH /connections/{number}",
    "DELETE /connections/{number}",
    "GET /connections/{number}/editable-data-schema",
    "POST /connections/{number}/set-data",
    "POST /connections/{number}/test",
    "POST /connections/{number}/scoped",
    "GET /teams/{number}/connections/{number}/access-list",
    "POST /teams/{number}/connections/{number}/access-list/users",
    "PATCH /teams/{number}/connections/{number}/access-list/users/{number}",
    "DELETE /teams/{number}/connections/{number}/access-list/users/{number}",
    "GET /keys",
    "POST /keys",
    "GET /keys/types",
    "GET /keys/{number}",
    "PATCH /keys/{number}",
    "DELETE /keys/{number}",
    "GET /credential-requests/requests",
    "POST /credential-requests/requests",
    "POST /credential-requests/requests/v2",
    "GET /credential-requests/requests/{opaque}",
    "DELETE /credential-requests/requests/{opaque}",
    "GET /credential-requests/requests/{opaque}/detail",
    "POST /credential-requests/actions/create",
    "POST /credential-requests/actions/create-by-credentials",
    "POST /credential-requests/actions/extend",
    "POST /credential-requests/credentials/{opaque}/decline",
    "POST /credential-requests/credentials/{opaque}/delete-remote",
    "POST /credential-requests/credentials/{opaque}/request-reauthorize",
    "GET /credential-requests/apps/{app}/{version}/modules-with-credentials",
    "GET /templates",
    "POST /templates",
    "GET /templates/{number}",
    "PATCH /templates/{number}",
    "DELETE /templates/{number}",
    "GET /templates/{number}/blueprint",
    "POST /templates/{number}/publish",
    "POST /templates/{number}/request-approval",
    "GET /templates/public",
    "GET /templates/public/{slug}",
    "GET /templates/public/{slug}/blueprint",
    "POST /instances/flow/init/template",
    "GET /instances/flow/{opaque}",
];

/// The query parameters that tools use; connections are also asked about scopes by `{type}[]`.
const PARAMETERS: [&str; 17] = [
    "cols[]",
    "teamId",
    "organizationId",
    "type[]",
    "typeName",
    "confirmed",
    "pg[offset]",
    "pg[limit]",
    "public",
    "usedApps[]",
    "forUse",
    "name",
    "includeEn",
    "userId",
    "makeProviderId",
    "status",
    "templatePublicId",
];

/// Paths that lose something whatever their query says.
const DESTROYING: [&str; 3] = ["/set-data", "/delete-remote", "/publish"];

/// Names that stand in the other teams of a fresh zone only.
pub(crate) const FOREIGN: [&str; 8] = [
    "escalated",
    "Slack sales bot",
    "Notion deals",
    "Unused mailbox",
    "Export encryption",
    "Deal alerts",
    "Globex",
    "gina@",
];

fn is_digits(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_word(text: &str, most: usize) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=most).contains(&text.len()) && text.bytes().all(plain)
}

fn fits_place(place: &str, text: &str) -> bool {
    match place {
        "{number}" => is_digits(text, 16) && !text.starts_with('0'),
        "{opaque}" => is_word(text, 64),
        "{slug}" => {
            is_word(text, 200) && text.split_once('-').is_some_and(|(n, _)| is_digits(n, 200))
        }
        "{app}" => is_word(&text.replacen("app%23", "", 1), 135),
        "{version}" => text == "latest" || is_digits(text, 20),
        word => word == text,
    }
}

fn is_known_path(method: &str, path: &str) -> bool {
    let Some(path) = path.strip_prefix("/api/v2/") else {
        return false;
    };
    let segments: Vec<&str> = path.split('/').collect();
    PATHS.iter().any(|known| {
        let (known_method, known_path) = known.split_once(" /").unwrap();
        let places: Vec<&str> = known_path.split('/').collect();
        known_method == method
            && places.len() == segments.len()
            && places.iter().zip(&segments).all(|(p, s)| fits_place(p, s))
    })
}

/// What is wrong with a request, if anything is.
fn flaw(request: &RecordedRequest, prefix: &str) -> Option<String> {
    let target = &request.target;
    if !target.bytes().all(|b| b.is_ascii_graphic()) || target.contains(['#', '\\', '"', '<']) {
        return Some("raw bytes in the target".to_owned());
    }
    if !is_known_path(&request.method, &request.path) {
        return Some("a path of no tool".to_owned());
    }
    if request.token_prefix.as_deref() != Some(prefix) {
        return Some("another token".to_owned());
    }
    let agent = request.user_agent.as_deref().unwrap_or_default();
    if !agent.starts_with("make-credentials-mcp/") {
        return Some("another user agent".to_owned());
    }
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let pairs: Vec<(String, String)> = reqwest::Url::parse(&format!("http://x/?{query}"))
        .unwrap()
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    for (name, value) in &pairs {
        let by_type = name.strip_suffix("[]").is_some_and(|name| {
            request.path == "/api/v2/connections"
                && name.parse::<make_credentials_mcp::ids::TypeName>().is_ok()
        });
        if !by_type && !PARAMETERS.contains(&name.as_str()) {
            return Some(format!("a parameter of no tool: {name}"));
        }
        let once = name.ends_with("[]") || pairs.iter().filter(|(n, _)| n == name).count() == 1;
        if !once {
            return Some(format!("{name} twice"));
        }
        let is_number = [
            "teamId",
            "organizationId",
            "userId",
            "templatePublicId",
            "pg[offset]",
            "pg[limit]",
        ];
        if is_number.contains(&name.as_str()) && !is_digits(value, 20) {
            return Some(format!("{name} is no number"));
        }
        if name == "confirmed" && (request.method != "DELETE" || value != "true") {
            return Some("a confirmation out of place".to_owned());
        }
    }
    None
}

fn destroys(request: &RecordedRequest) -> bool {
    request.method == "DELETE"
        || request.target.contains("?confirmed=")
        || request.target.contains("&confirmed=")
        || DESTROYING.iter().any(|end| request.path.ends_with(end))
}

/// An agent and what it must never do.
struct Caller {
    session: Session,
    asks: bool,
    bound: bool,
}

fn callers(world: &World) -> Vec<Caller> {
    let caller = |teams: Option<Vec<u64>>, access, confirmation| {
        let bound = teams.is_some();
        let session = world.with(With {
            teams,
            access,
            confirmation,
            ..With::default()
        });
        session.poll_every(Duration::ZERO);
        Caller {
            session,
            bound,
            asks: confirmation == Confirmation::Ask,
        }
    };
    vec![
        caller(None, Access::Write, Confirmation::Ask),
        caller(None, Access::Write, Confirmation::Never),
        caller(Some(vec![22]), Access::Write, Confirmation::Ask),
        caller(Some(vec![22]), Access::Write, Confirmation::Never),
        caller(None, Access::Read, Confirmation::Never),
    ]
}

pub(crate) async fn call(
    session: &Session,
    entry: &Entry,
    arguments: Map<String, Value>,
) -> Outcome {
    // Waiting for a person is cut short; everything else ends by itself.
    let patience = match entry.spec.effect {
        Effect::Await => Duration::from_millis(30),
        _ => Duration::from_secs(20),
    };
    let cancelled = tokio::time::sleep(patience);
    session
        .call(
            entry.spec.name,
            arguments,
            CallContext::default(),
            cancelled,
        )
        .await
}

fn check(world: &World, caller: &Caller, entry: &Entry, outcome: &Outcome) -> Result<(), String> {
    let sent = world.zone.requests();
    let prefix = world.zone.operator_token().get(..8).unwrap();
    for request in &sent {
        let line = format!("{} {}", request.method, request.target);
        if let Some(flaw) = flaw(request, prefix) {
            return Err(format!("{flaw}: {line}"));
        }
        if entry.spec.effect.only_reads() && request.method != "GET" {
            return Err(format!("a reader changes: {line}"));
        }
        if caller.asks && destroys(request) {
            return Err(format!("destroyed without a yes: {line}"));
        }
    }
    let shown = match outcome {
        Outcome::Answer(answer) => Value::Object(answer.fields.clone()).to_string(),
        Outcome::Failed(failure) if failure.code == Code::Internal => {
            return Err("an internal failure".to_owned());
        }
        Outcome::Failed(failure) => serde_json::to_string(failure).unwrap(),
        Outcome::Cancelled if entry.spec.effect == Effect::Await => String::new(),
        Outcome::Asks(_) | Outcome::BadState => return Err("nobody can be asked".to_owned()),
        Outcome::Cancelled => return Err("it took too long".to_owned()),
        Outcome::UnknownTool(_) => return Err("an unknown tool".to_owned()),
    };
    match FOREIGN.iter().find(|name| shown.contains(**name)) {
        Some(name) if caller.bound => Err(format!("{name} is of another team: {shown}")),
        _ => Ok(()),
    }
}

#[tokio::test]
async fn ten_thousand_hostile_calls_stay_on_the_tools_own_paths() {
    let elsewhere = Listener::start().await;
    let mut chance = Chance::new(SEED);
    let (mut reached, mut answered) = (0, 0);
    for round in 0..CALLS / A_ZONE {
        // Some of the agents may delete, so the zone runs empty.
        let world = World::new().await;
        let callers = callers(&world);
        for number in round * A_ZONE..(round + 1) * A_ZONE {
            let entry = &ALL[number % ALL.len()];
            let caller = chance.pick(&callers);
            let mut arguments = match chance.below(3) {
                0 => least(entry),
                1 => most(entry),
                _ => working(entry),
            };
            for _ in 0..=chance.below(5) / 3 {
                poison(&mut chance, &mut arguments, &elsewhere.address());
            }
            let shown = Value::Object(arguments.clone()).to_string();
            let outcome = call(&caller.session, entry, arguments).await;
            if let Err(problem) = check(&world, caller, entry, &outcome) {
                let shown: String = shown.chars().take(2000).collect();
                let tool = entry.spec.name;
                panic!("seed {SEED:#x}, call {number}: {tool} {shown}\n{problem}");
            }
            reached += usize::from(!world.zone.requests().is_empty());
            answered += usize::from(matches!(outcome, Outcome::Answer(_)));
            world.zone.clear_requests();
        }
    }
    // Otherwise it would prove nothing.
    assert!(
        reached > CALLS / 10 && answered > CALLS / 40,
        "{reached} reached Make, {answered} were answered"
    );
    assert_eq!(elsewhere.heard(), Vec::<String>::new());
}

#[test]
fn the_matcher_knows_a_strange_path() {
    for (method, path) in [
        ("GET", "/api/v2/connections/101/../102"),
        ("GET", "/api/v2/connections/%2e%2e"),
        ("GET", "/api/v2/connections/"),
        ("DELETE", "/api/v2/connections"),
        ("GET", "/api/v2/connections/01"),
        ("GET", "/api/v1/connections"),
        ("POST", "/api/v2/keys/types"),
        ("GET", "/api/v2/users/me/api-tokens/1"),
    ] {
        assert!(!is_known_path(method, path), "{method} {path}");
    }
    assert!(is_known_path("DELETE", "/api/v2/keys/401"));
}
