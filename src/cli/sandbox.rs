//! `sandbox`: the simulated zone alone, until it is interrupted.

use serde_json::json;

use super::{Ended, text};
use crate::sandbox::{Options, Person, Sandbox};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The simulated person signs in by himself after this many looks at a request
    #[arg(long, value_name = "LOOKS")]
    person_after: Option<u32>,
}

pub(super) async fn run(args: Args) -> anyhow::Result<Ended> {
    let person = match args.person_after {
        Some(after_polls) => Person::Auto { after_polls },
        None => Person::Waits,
    };
    let options = Options {
        port: args.port,
        person,
        ..Options::default()
    };
    let zone = Sandbox::start(options).await?;
    // Simulated, and the one exception to "no command prints a token": it opens nothing else.
    text::line(json!({"zone": zone.zone(), "operatorToken": zone.operator_token()}));
    super::stopped().await;
    Ok(Ended::Done)
}
