//! Reads settings and wires the rooms together. Decides nothing that a rule could decide.

mod cli;
mod demo;
mod gauges;
mod key;
mod ledger;
mod log;
mod metrics;
mod migrate;
mod open;
mod serve;
pub mod settings;
mod single;
mod token;

pub mod testing {

    //! The running server, for tests that start it in their own process.
    pub use crate::cli::Role;
    pub use crate::serve::Server;
}

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

/// What ends the program early: a sentence for the person who started it.
type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Runs the program with these arguments (the first is its name).
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(help) => {
            // Help goes to stdout, faults to stderr; a closed pipe is no fault.
            let _ = help.print();
            return if help.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("colloquy: the runtime does not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(dispatch(cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("colloquy: {}", with_sources(&*fault));
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(command: Command) -> Result<(), Fault> {
    match command {
        Command::Serve(args) => serve::run(args).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Migrate(args) => migrate::run(args).await,
        Command::Schema => {
            print!("{}", api::sdl());
            Ok(())
        }
        Command::Simulator(args) => simulator(args).await,
        Command::Token(args) => token::run(args).await,
        Command::Ledger(args) => ledger::run(args).await,
        Command::Metrics(args) => metrics::run(args).await,
    }
}

async fn simulator(args: cli::SimulatorArgs) -> Result<(), Fault> {
    log::init(&settings::Log::from_environment()?);
    let config = simulator::Config {
        graph_addr: args.graph,
        control_addr: Some(args.control),
        ..simulator::Config::default()
    };
    println!("Graph API on http://{} and control on http://{}; Ctrl-C ends it.", args.graph, args.control);
    simulator::serve(config, serve::stopped()).await?;
    Ok(())
}

/// An error with everything that caused it, in one line.
fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
