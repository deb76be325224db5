//! Start order, parse, run; an error becomes text and an exit code.

use std::process::ExitCode;

use make_credentials_mcp::cli::{Cli, Ended, problem};
use make_credentials_mcp::config::Environment;
use make_credentials_mcp::harden::harden;
use make_credentials_mcp::log;
use make_credentials_mcp::secret::Scrubber;

fn main() -> ExitCode {
    harden();
    let scrubber = Scrubber::default();
    let environment = Environment::read();
    log::start(environment.log, &scrubber);
    let cli = match Cli::read(std::env::args_os(), &scrubber) {
        Ok(cli) => cli,
        Err(ended) => return ended,
    };
    // One thread is enough: nothing here computes for long, and it uses the least memory.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        problem("the runtime could not be started");
        return ExitCode::FAILURE;
    };
    let ended = runtime.block_on(cli.run(environment, scrubber.clone()));
    // A thread that waits for stdin would hold the process up.
    runtime.shutdown_background();
    match ended {
        Ok(ended) => ended.into(),
        Err(error) => {
            problem(scrubber.text(&format!("error: {error:#}")));
            Ended::from(&error).into()
        }
    }
}
