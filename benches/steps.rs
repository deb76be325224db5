//! What the steps between the client and Make cost by themselves: the check of arguments, the shape of an answer,
//! the scrubber, a line of the trail.
//!
//! `cargo bench --bench steps`. Medians of many short batches, since the machine may be busy.
#![expect(clippy::print_stdout, reason = "a measurement")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use make_credentials_mcp::audit::{
    Call, Caller, Change, Decision, End, Event, KeySource, Outcome, Route, Trail,
};
use make_credentials_mcp::mcp::scrub;
use make_credentials_mcp::secret::{Author, Scrubber, Secret, Strength};
use make_credentials_mcp::tools::{ALL, Entry};
use serde_json::{Map, Value, json};

const BATCHES: usize = 200;
const CAP_BYTES: usize = 32 * 1024;

fn main() -> Result<()> {
    println!("median of {BATCHES} batches");
    arguments()?;
    shapes()?;
    scrubbing()?;
    trail()
}

/// The check against the schema and the decoding.
fn arguments() -> Result<()> {
    let credentials: Vec<Value> = (0..10)
        .map(|n| json!({"appName": "google-sheets", "appModules": ["addRow"], "nameOverride": n.to_string()}))
        .collect();
    let cases = [
        ("connections_get", json!({"connectionId": 101})),
        (
            "connections_list",
            json!({"teamId": "22", "type": ["google"], "fields": ["id", "name"], "limit": 20}),
        ),
        (
            "credential_requests_create",
            json!({"teamId": 22, "name": "For the newsletter", "credentials": credentials}),
        ),
        (
            "templates_create",
            json!({"teamId": 22, "language": "en", "blueprint": blueprint(500),
                "scheduling": {"type": "indefinitely", "interval": 900},
                "controller": {"name": "N", "idSequence": 1, "modules": {}}}),
        ),
    ];
    for (tool, arguments) in cases {
        let entry = entry(tool)?;
        let arguments = object(arguments)?;
        let bytes = serde_json::to_vec(&arguments)?.len();
        ensure!(
            entry.check_only(arguments.clone()).is_some(),
            "{tool}: not its arguments"
        );
        let copying = time(100, || (), |()| arguments.clone());
        let checking = time(100, || arguments.clone(), |a| entry.check_only(a));
        println!(
            "  arguments of {tool:<28} {bytes:>6} bytes {checking:>12.2?}   (a copy of them {copying:.2?})"
        );
    }
    Ok(())
}

/// Columns, pages and the byte cap.
fn shapes() -> Result<()> {
    let one = object(json!({"connection": connection(1)}))?;
    let get = entry("connections_get")?;
    let list = entry("connections_list")?;
    for (entry, arguments, answer) in [
        (get, json!({"connectionId": 1}), one),
        (list, json!({"teamId": 22}), rows(20)?),
        (list, json!({"teamId": 22}), rows(500)?),
    ] {
        let checked = entry
            .check_only(object(arguments)?)
            .context("not its arguments")?;
        let bytes = serde_json::to_vec(&answer)?.len();
        let cost = time(
            20,
            || answer.clone(),
            |answer| entry.shape_only(&checked, CAP_BYTES, answer),
        );
        println!(
            "  shape of {:<32} {bytes:>6} bytes {cost:>12.2?}",
            entry.spec.name
        );
    }
    Ok(())
}

/// The pass over a structured answer and the one over every byte that leaves.
fn scrubbing() -> Result<()> {
    let token = "2544847b-1111-4222-8333-c0ffeec0ffee";
    let one = Scrubber::default();
    one.add(&Secret::new(token.to_owned()), Strength::Token);
    let many = Scrubber::default();
    many.add(&Secret::new(token.to_owned()), Strength::Token);
    for n in 0..20 {
        let chosen = Secret::new(format!("correct horse battery {n} \"staple\""));
        many.add(&chosen, Strength::Named);
    }
    for (secrets, scrubber) in [("a token", one), ("a token and 20 secrets", many)] {
        for count in [1, 16, 75] {
            let message = |result: Value| json!({"jsonrpc": "2.0", "id": 1, "result": result});
            let line = serde_json::to_vec(&message(json!({"rows": rows(count)?})))?;
            let dirty = json!({"rows": rows(count)?, "leak": token});
            let dirty = serde_json::to_vec(&message(dirty))?;
            let scrub = scrub(scrubber.clone());
            let clean = time(20, || line.clone(), |line| scrub(line));
            let found = time(20, || dirty.clone(), |line| scrub(line));
            println!(
                "  last look, {secrets:<23} {:>6} bytes {clean:>12.2?}   with the token in it {found:.2?}",
                line.len()
            );
            let answer = Value::Object(rows(count)?);
            let every = Author::Mixed(&|_| false);
            let whole = time(20, || answer.clone(), |it| scrubber.document(it, &every));
            println!(
                "  every text decoded, {secrets:<14} {:>6} bytes {whole:>12.2?}",
                line.len()
            );
        }
    }
    Ok(())
}

/// A line that nobody waits for on disk, an intent that is on disk, and the verification of both.
fn trail() -> Result<()> {
    let home = std::env::temp_dir().join(format!("mcm-bench-trail-{}", std::process::id()));
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let key: KeySource = Arc::new(|| Box::pin(async { Ok(Secret::new("A".repeat(43))) }));
    let trail = Trail::at(Some(home.clone()), Arc::clone(&key));
    let caller = Caller {
        agent: "env".parse().map_err(anyhow::Error::msg)?,
        tool: "connections_get",
        ids: object(json!({"connectionId": 101, "teamId": 22}))?,
        arguments: [("name".to_owned(), "d1GeStd1GeSt".to_owned())].into(),
    };
    let route = Route {
        method: "GET".to_owned(),
        path: "/connections/101".to_owned(),
    };
    let read = read_line(&caller, &route);
    let change = Change {
        caller,
        decision: Decision::Permitted,
        confirmed: None,
        route,
        secrets: Vec::new(),
        plaintext: false,
        generation: None,
        kept: None,
    };
    runtime.block_on(trail.note(read.clone()))?;
    let note = time(
        20,
        || read.clone(),
        |read| runtime.block_on(trail.note(read)).is_ok(),
    );
    println!("  trail, a line not waited for {note:>35.2?}");
    let other = Trail::at(Some(home.clone()), key);
    let both = time(
        20,
        || read.clone(),
        |read| {
            runtime.block_on(trail.note(read.clone())).is_ok()
                && runtime.block_on(other.note(read)).is_ok()
        },
    );
    println!("  trail, two writers by turns, a line {:>28.2?}", both / 2);
    let intent = time(
        1,
        || change.clone(),
        |change| runtime.block_on(trail.intend(change)).is_ok(),
    );
    println!("  trail, an intent on disk, and its outcome {intent:>22.2?}");
    let arguments = object(json!({"name": "x".repeat(40), "blueprint": blueprint(500)}))?;
    let digests = time(
        5,
        || (),
        |()| runtime.block_on(trail.digests(&arguments)).is_ok(),
    );
    println!(
        "  trail, digests of {:>6} bytes of arguments {digests:>20.2?}",
        serde_json::to_vec(&arguments)?.len()
    );
    verification(&runtime, &trail)?;
    Ok(std::fs::remove_dir_all(home)?)
}

fn verification(runtime: &tokio::runtime::Runtime, trail: &Trail) -> Result<()> {
    let begun = Instant::now();
    let (_, report) = runtime.block_on(trail.verify(None))?;
    ensure!(report.holds(), "{report:?}");
    println!(
        "  trail, verifying {:>6} lines {:>32.2?}",
        report.lines,
        begun.elapsed()
    );
    Ok(())
}

/// A call that only read.
fn read_line(caller: &Caller, route: &Route) -> Event {
    Event::Call(Call {
        caller: caller.clone(),
        decision: Decision::Permitted,
        requests: 1,
        route: Some(route.clone()),
        status: Some(200),
        end: Some(End {
            outcome: Outcome::Answered,
            duration_ms: 120,
        }),
    })
}

fn entry(tool: &str) -> Result<&'static Entry> {
    let found = ALL.iter().find(|entry| entry.spec.name == tool);
    found.context("no such tool")
}

fn object(value: Value) -> Result<Map<String, Value>> {
    Ok(serde_json::from_value(value)?)
}

fn connection(id: usize) -> Value {
    json!({
        "id": id, "name": "Google (jane@example.com)", "accountName": "google", "accountLabel": "Google",
        "accountType": "oauth", "editable": false, "metadata": {"value": "jane@example.com", "type": "email"},
        "scopes": [{"id": "https://www.googleapis.com/auth/drive.readonly", "name": "Access to Drive"}],
        "scopesCnt": 1, "teamId": 22, "theme": "#4285f4", "uid": "113000000000000000041", "upgradeable": false,
    })
}

fn rows(count: usize) -> Result<Map<String, Value>> {
    let rows: Vec<Value> = (0..count).map(connection).collect();
    object(json!({"connections": rows}))
}

fn blueprint(modules: usize) -> Value {
    let flow: Vec<Value> = (0..modules)
        .map(|id| json!({"id": id, "module": "http:ActionSendData", "version": 3, "parameters": {}, "mapper": {"url": "https://example.com"}}))
        .collect();
    json!({"name": "A scenario", "flow": flow, "metadata": {"version": 1}})
}

/// The median of one `work`, without making what it works on and without dropping what it makes.
fn time<A, B>(batch: u32, make: impl Fn() -> A, work: impl Fn(A) -> B) -> Duration {
    let mut times: Vec<Duration> = (0..BATCHES)
        .map(|_| {
            let material: Vec<A> = (0..batch).map(|_| make()).collect();
            let mut results = Vec::with_capacity(material.len());
            let begun = Instant::now();
            for one in material {
                results.push(black_box(work(black_box(one))));
            }
            begun.elapsed() / batch
        })
        .collect();
    times.sort_unstable();
    times.get(BATCHES / 2).copied().unwrap_or_default()
}
