//! `operator network`: how to reach Make from behind a company's proxy, and which private instance
//! a token from the environment may go to. Without options it shows what is configured.

use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::json;

use crate::cli::{Ended, Misused, network, text};
use crate::config::Environment;
use crate::make::Zone;
use crate::network::Proxy;
use crate::state::{NetworkRow, State};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A proxy: http://HOST:PORT or https://HOST:PORT, without a user name
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// A file with further root certificates, in PEM
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Trust what the operating system trusts, too
    #[arg(long)]
    system_roots: bool,
    /// The private instance of Make that a token from the environment may go to
    #[arg(long, value_name = "HOST")]
    private_zone: Option<String>,
    /// Forget all of it first
    #[arg(long)]
    reset: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    fn changes(&self) -> bool {
        let named = [&self.proxy, &self.private_zone];
        let named = named.into_iter().any(Option::is_some) || self.ca_file.is_some();
        self.reset || self.system_roots || named
    }

    /// The private host that was named, checked. A public zone needs no entry, and one would stand
    /// against the token of another zone.
    fn private_zone(&self) -> anyhow::Result<Option<String>> {
        let Some(host) = &self.private_zone else {
            return Ok(None);
        };
        let zone = Zone::private(host).map_err(|bad| Misused(format!("--private-zone: {bad}")))?;
        if zone.is_private() {
            return Ok(Some(zone.host()));
        }
        let bad = format!("--private-zone: {zone} is a public zone; set MAKE_ZONE to it instead");
        Err(Misused(bad).into())
    }

    fn apply(&self, kept: NetworkRow) -> anyhow::Result<NetworkRow> {
        // Read here and not by clap, which would repeat a password in it.
        let proxy = self.proxy.as_ref().map(|text| text.parse::<Proxy>());
        let proxy = proxy
            .transpose()
            .map_err(|bad| Misused(format!("--proxy: {bad}")))?;
        let private_zone = self.private_zone()?;
        let kept = if self.reset {
            NetworkRow::default()
        } else {
            kept
        };
        let ca_file = match &self.ca_file {
            Some(path) => {
                let path = std::path::absolute(path).context("--ca-file")?;
                let text = path.into_os_string().into_string();
                Some(text.map_err(|_| anyhow::anyhow!("--ca-file must be a path in UTF-8"))?)
            }
            None => kept.ca_file,
        };
        Ok(NetworkRow {
            proxy: proxy.map(|proxy| proxy.to_string()).or(kept.proxy),
            ca_file,
            system_roots: self.system_roots || kept.system_roots,
            private_zone: private_zone.or(kept.private_zone),
        })
    }
}

pub(super) async fn run(args: &Args, environment: &Environment) -> anyhow::Result<Ended> {
    let state = State::at(environment.home.clone());
    // What counts here no more can still be forgotten.
    let mut row = if args.reset {
        NetworkRow::default()
    } else {
        state.network().await?
    };
    if args.changes() {
        row = args.apply(row)?;
        // Read as every client reads it: what would fail later fails now.
        network::read(row.clone())?.client(true)?;
        state.keep_network(row.clone()).await?;
    }
    if args.json {
        let shown = json!({
            "proxy": row.proxy,
            "caFile": row.ca_file,
            "systemRoots": row.system_roots,
            "privateZone": row.private_zone,
        });
        text::json(format!("{shown:#}"));
        return Ok(Ended::Done);
    }
    text::line(format!("proxy: {}", row.proxy.as_deref().unwrap_or("none")));
    let roots = match (&row.ca_file, row.system_roots) {
        (None, false) => "Mozilla's, as bundled".to_owned(),
        (Some(file), false) => format!("Mozilla's, and those in {file}"),
        (None, true) => "Mozilla's, and the operating system's".to_owned(),
        (Some(file), true) => format!("Mozilla's, the operating system's, and those in {file}"),
    };
    text::line(format!("roots: {roots}"));
    let private_zone = row.private_zone.as_deref().unwrap_or("none");
    text::line(format!("private zone: {private_zone}"));
    Ok(Ended::Done)
}
