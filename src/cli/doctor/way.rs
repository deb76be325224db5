//! The way to Make as the operator configured it: which proxy, which roots, and whether they can
//! be used at all.

use super::finding::Findings;
use super::machine::Machine;
use crate::network::Error;
use crate::visible;

/// Looks at the way. Whether it can be gone at all.
pub(super) fn check(machine: &Machine<'_>, found: &mut Findings) -> bool {
    if !machine.way_is_known {
        return false;
    }
    let way = &machine.desk.network;
    if let Err(error) = way.client(true) {
        let next = match &error {
            Error::Untrusted(why) => why.repair(),
            Error::CaFile(_) | Error::SystemRoots | Error::Setup => "Run `make-credentials-mcp operator network --ca-file FILE` with one that can be read, or `make-credentials-mcp operator network --reset`.".to_owned(),
        };
        found.red("way", "network", error.to_string(), next);
        return false;
    }
    let proxy = match &way.proxy {
        Some(proxy) => format!("through the proxy {proxy}"),
        None => "without a proxy".to_owned(),
    };
    let mut roots = vec!["Mozilla's roots as bundled".to_owned()];
    if way.system_roots {
        roots.push("the operating system's".to_owned());
    }
    if let Some(file) = &way.ca_file {
        roots.push(format!("those in {}", visible::path(file)));
    }
    found.ok(
        "way",
        "network",
        format!("Make is reached {proxy}, trusting {}", roots.join(" and ")),
    );
    true
}
