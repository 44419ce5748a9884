//! Where a simulator listens and what its chance is made of.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// How to start a simulator.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address of the Graph API. Default `127.0.0.1:0`: a free port.
    pub graph_addr: SocketAddr,
    /// Address of the control API; none by default. Anything but a loopback address is refused.
    pub control_addr: Option<SocketAddr>,
    /// Seed of every random choice, ids included. Random by default, because two runs with one seed
    /// hand out the same message ids, which a hub that kept its database takes for redeliveries.
    pub seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            graph_addr: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            control_addr: None,
            seed: rand::random(),
        }
    }
}
