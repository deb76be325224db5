//! What the server costs: its start, its memory, its CPU beside a bare rmcp + reqwest server, its rate beside bare
//! reqwest. Everything runs against one embedded zone in this process.
//!
//! `cargo bench --bench server` runs all; `cargo bench --bench server -- cpu` one of `start`, `memory`, `cpu`, `rate`,
//! `layers`.
//! The machine may be busy, so the figures to read are medians and the ratios of one run.
#![expect(clippy::print_stdout, reason = "a measurement")]

mod bare;
mod child;
mod figures;
mod layers;
mod load;

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use make_credentials_mcp::sandbox::{Options, Sandbox};

use child::{Child, Link, Program};
use figures::{median, micros, ratios, spread};
use load::{DISCOVER, INITIALIZE, Tool, open, pipelined, sequential};

const LINKS: [(&str, Link); 2] = [("FIFOs", Link::Fifos), ("socket pairs", Link::Sockets)];
const IN_FLIGHT: u32 = 64;

type Measure = fn(&Sandbox) -> Result<()>;

fn main() -> Result<()> {
    let mut words = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"));
    let wanted = words.next();
    let rest: Vec<String> = words.collect();
    match (wanted.as_deref(), rest.as_slice()) {
        (Some(bare::SERVER), [zone, token, query, transport]) => {
            return bare::serve(zone, token, query, transport);
        }
        (Some(bare::HTTP), [zone, token, query]) => return bare::http(zone, token, query),
        _ => {}
    }
    let zone = Sandbox::start_blocking(Options::default())?;
    let all: [(&str, Measure); 5] = [
        ("start", start),
        ("memory", memory),
        ("cpu", cpu),
        ("rate", rate),
        ("layers", layers::measure),
    ];
    for (name, measure) in all {
        if wanted.as_deref().is_none_or(|wanted| wanted == name) {
            measure(&zone)?;
        }
    }
    Ok(())
}

/// From the start of the process to the first answer, and from the end of stdin to the end of the process.
fn start(zone: &Sandbox) -> Result<()> {
    println!("\nstart to first answer, end of stdin to exit (ms, 100 starts each, alternating)");
    for (how, link) in LINKS {
        for (method, opening) in [("initialize", INITIALIZE), ("server/discover", DISCOVER)] {
            let mut firsts = [Vec::new(), Vec::new()];
            let mut exits = [Vec::new(), Vec::new()];
            for _ in 0..100 {
                for (at, program) in [Program::Ours, Program::Bare].into_iter().enumerate() {
                    let begun = Instant::now();
                    let mut server = Child::start(program, link, zone)?;
                    server.say(opening)?;
                    let answer = server.hear()?;
                    let first = begun.elapsed();
                    ensure!(answer.contains("\"result\""), "no answer: {answer}");
                    let exit = server.end()?;
                    for (list, time) in [(&mut firsts, first), (&mut exits, exit)] {
                        if let Some(list) = list.get_mut(at) {
                            list.push(time);
                        }
                    }
                }
            }
            let [ours, bare] = firsts.map(spread);
            let [our_exit, bare_exit] = exits.map(spread);
            println!(
                "  {how:<13}{method:<16} ours {ours}   bare {bare}   exit: ours {our_exit}   bare {bare_exit}"
            );
        }
    }
    Ok(())
}

/// Resident memory at rest and after load.
fn memory(zone: &Sandbox) -> Result<()> {
    println!(
        "\nresident memory (KiB): idle after the first answer, after tools/list, after 10000 calls with 64 in flight, peak"
    );
    for (how, link) in LINKS {
        for program in [Program::Ours, Program::Bare] {
            let mut server = Child::start(program, link, zone)?;
            open(&mut server)?;
            let idle = server.resident_kib("VmRSS:")?;
            load::list(&mut server)?;
            let listed = server.resident_kib("VmRSS:")?;
            pipelined(&mut server, 10_000, IN_FLIGHT)?;
            let after = server.resident_kib("VmRSS:")?;
            let peak = server.resident_kib("VmHWM:")?;
            println!("  {how:<13}{program:<16} {idle:>7} {listed:>7} {after:>7} {peak:>7}");
            server.end()?;
        }
    }
    Ok(())
}

/// CPU of the server's process for one `connections_get`, ours against bare ones, in turns.
fn cpu(zone: &Sandbox) -> Result<()> {
    const ROUNDS: usize = 9;
    const CALLS: u32 = 1000;
    println!(
        "\nCPU of one connections_get (µs, user + system of the server; {ROUNDS} rounds of {CALLS} calls in turns; undisturbed: the cheapest round of each)"
    );
    let programs = [
        Program::Ours,
        Program::Homeless,
        Program::Bare,
        Program::BareOurTransport,
        Program::BareFewColumns,
    ];
    for (how, link) in LINKS {
        for in_flight in [1, IN_FLIGHT] {
            let mut servers = Vec::new();
            for program in programs {
                let mut server = Child::start(program, link, zone)?;
                open(&mut server)?;
                pipelined(&mut server, 500, in_flight)?;
                servers.push((program, server, Vec::new(), Vec::new()));
            }
            for _ in 0..ROUNDS {
                for (_, server, costs, waits) in &mut servers {
                    let before = server.cpu()?;
                    if in_flight == 1 {
                        waits.extend(sequential(server, Tool::Get, CALLS)?);
                    } else {
                        pipelined(server, CALLS, in_flight)?;
                    }
                    costs.push(server.cpu()?.saturating_sub(before) / CALLS);
                }
            }
            let costs_of = |wanted| {
                let mut found = servers.iter().filter(|(program, ..)| *program == wanted);
                found
                    .next()
                    .map_or_else(Vec::new, |(_, _, costs, _)| costs.clone())
            };
            let (ours, no_trail) = (costs_of(Program::Ours), costs_of(Program::Homeless));
            for (program, server, costs, waits) in servers {
                let ((all, least), (less, least_less)) =
                    (ratios(&ours, &costs), ratios(&no_trail, &costs));
                let wait = if waits.is_empty() {
                    String::new()
                } else {
                    format!("   waited p50 {}", micros(median(waits)))
                };
                println!(
                    "  {how:<13}{in_flight:>2} in flight   {program:<16} {}   ours is {all:.2} of it (undisturbed {least:.2}), without a trail {less:.2} ({least_less:.2}){wait}",
                    micros(median(costs)),
                );
                server.end()?;
            }
        }
    }
    Ok(())
}

/// Calls a second with 64 in flight, beside reqwest alone against the same zone.
fn rate(zone: &Sandbox) -> Result<()> {
    const CALLS: u32 = 5000;
    const ROUNDS: usize = 5;
    println!(
        "\ncalls a second with {IN_FLIGHT} in flight, every one answered ({ROUNDS} rounds of {CALLS} in turns, median)"
    );
    for (how, link) in LINKS {
        let mut times: [Vec<Duration>; 3] = Default::default();
        let mut ours = Child::start(Program::Ours, link, zone)?;
        let mut bare = Child::start(Program::Bare, link, zone)?;
        let mut http = Child::start(Program::BareHttp, link, zone)?;
        open(&mut ours)?;
        open(&mut bare)?;
        for _ in 0..ROUNDS {
            let [a, b, c] = &mut times;
            a.push(pipelined(&mut ours, CALLS, IN_FLIGHT)?);
            b.push(pipelined(&mut bare, CALLS, IN_FLIGHT)?);
            let begun = Instant::now();
            http.say(&CALLS.to_string())?;
            ensure!(
                http.hear()?.trim() == CALLS.to_string(),
                "a call of bare reqwest failed"
            );
            c.push(begun.elapsed());
        }
        let [ours, bare, http] = times.map(|times| f64::from(CALLS) / median(times).as_secs_f64());
        println!("  {how:<13} ours {ours:.0}   bare server {bare:.0}   bare reqwest {http:.0}");
    }
    Ok(())
}
