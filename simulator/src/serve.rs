//! The simulator as a program: starts, runs until told to stop.

use std::io;

use crate::{config::Config, world::Simulator};

/// Runs a simulator until `shutdown` ends. Its addresses are logged; with a control API everything
/// else can be set from outside.
pub async fn serve(config: Config, shutdown: impl Future) -> io::Result<()> {
    let simulator = Simulator::start(config).await?;
    tracing::info!(graph = simulator.graph_url(), control = simulator.control_url(), "the simulator is up");
    shutdown.await;
    simulator.stop();
    Ok(())
}
