//! What registry, policy, trail and scrubber cost a call together: the same call by an agent from the registry, by the
//! agent `env` with and without a home folder, and by a bare server that has none of them, in turns in one run.
//!
//! Between `registered` and `ours` (the agent `env` with a home folder) lies the registry, between that and
//! `env, no home` the trail, between that and the bare server policy and scrubber together with the check of the
//! arguments and the shape of the answer, which have no switch of their own: the sum is an upper bound. Without a home
//! nothing can be changed, so a change is measured without that one.
//!
//! One run of `cargo bench --bench server -- layers` on 2 cores of a shared machine, against the embedded zone (µs a call,
//! in brackets beside the bare server in the same round; other runs gave 1.4 to 1.9 for reading, 4.5 to 6.9 for changing,
//! the more the busier the machine was with others):
//!
//! | | CPU | waited, p50 |
//! | --- | --- | --- |
//! | `connections_get`, registered | 117 (1.54) | 205 (1.27) |
//! | `connections_get`, agent `env` | 118 (1.53) | 208 (1.26) |
//! | `connections_get`, agent `env`, no home | 100 (1.23) | 170 (1.10) |
//! | `connections_get`, bare | 78 | 166 |
//! | `connections_update`, registered | 517 (4.70) | 828 (4.56) |
//! | `connections_update`, agent `env` | 514 (4.82) | 859 (4.47) |
//! | `connections_update`, bare | 102 | 181 |
//!
//! So all of them together cost a call that reads 0.04 ms, about half of it the line of the trail, and one that changes
//! something 0.4 ms of CPU and 0.65 ms of waiting: its intent is on disk before it leaves, and `state.db` keeps the end
//! of the trail behind it. The registry itself costs nothing that can be told from noise.

use std::time::Duration;

use anyhow::Result;
use make_credentials_mcp::sandbox::Sandbox;

use crate::child::{self, Child, Link, Program};
use crate::figures::{median, micros, ratios};
use crate::load::{Tool, open, sequential};

const ROUNDS: usize = 15;
const CALLS: u32 = 300;

const READING: [Program; 4] = [
    Program::Registered,
    Program::Ours,
    Program::Homeless,
    Program::BareOurTransport,
];
const CHANGING: [Program; 3] = [
    Program::Registered,
    Program::Ours,
    Program::BareOurTransport,
];

struct Server {
    program: Program,
    child: Child,
    costs: Vec<Duration>,
    waits: Vec<Duration>,
}

pub(crate) fn measure(zone: &Sandbox) -> Result<()> {
    child::register(zone)?;
    println!(
        "\nregistry, policy, trail and scrubber (µs a call, one at a time; {ROUNDS} rounds of {CALLS} calls in turns)"
    );
    for (what, tool, programs) in [
        ("connections_get", Tool::Get, &READING[..]),
        ("connections_update", Tool::Rename, &CHANGING[..]),
    ] {
        let mut servers = Vec::new();
        for program in programs {
            let mut child = Child::start(*program, Link::Fifos, zone)?;
            open(&mut child)?;
            sequential(&mut child, tool, CALLS)?;
            servers.push(Server {
                program: *program,
                child,
                costs: Vec::new(),
                waits: Vec::new(),
            });
        }
        for _ in 0..ROUNDS {
            for server in &mut servers {
                let before = server.child.cpu()?;
                let waits = sequential(&mut server.child, tool, CALLS)?;
                server
                    .costs
                    .push(server.child.cpu()?.saturating_sub(before) / CALLS);
                server.waits.push(median(waits));
            }
        }
        print(what, &servers);
        for server in servers {
            server.child.end()?;
        }
    }
    child::forget()
}

/// The figures, and how they stand to those of the last one, round by round.
fn print(what: &str, servers: &[Server]) {
    let Some(bare) = servers.last() else { return };
    for server in servers {
        println!(
            "  {what:<20}{:<16} CPU {} ({:.2}x, undisturbed {:.2}x)   waited p50 {} ({:.2}x)",
            server.program,
            micros(median(server.costs.clone())),
            ratios(&server.costs, &bare.costs).0,
            ratios(&server.costs, &bare.costs).1,
            micros(median(server.waits.clone())),
            ratios(&server.waits, &bare.waits).0,
        );
    }
}
