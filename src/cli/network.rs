//! The way to Make that the operator has configured, read from state.db.

use anyhow::Context as _;

use crate::network::{Network, Proxy};
use crate::state::{NetworkRow, State};

/// The way that is kept; the plain one where nothing was configured.
pub(super) async fn kept(state: &State) -> anyhow::Result<Network> {
    read(state.network().await?)
}

/// Checks what was kept. A way that cannot be read is not replaced by the plain one: it may be the
/// one that a company wants. Nor is one whose roots another user can have written.
pub(super) fn read(row: NetworkRow) -> anyhow::Result<Network> {
    let proxy = row.proxy.map(|proxy| proxy.parse::<Proxy>()).transpose();
    let network = Network {
        proxy: proxy.context("what state.db says of the proxy; set it with `operator network`")?,
        ca_file: row.ca_file.map(Into::into),
        system_roots: row.system_roots,
    };
    network.check()?;
    Ok(network)
}
