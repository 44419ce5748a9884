//! The only two HTTP clients: `meta`, to the operator's base URL, and `stranger`, to addresses that
//! others chose. Neither follows redirects or uses a proxy; both give up after 3 s of connecting and
//! 10 s in all.

pub mod stranger;

use std::time::Duration;

use crate::settings::Settings;
use stranger::Strangers;

/// Calls to the world. Clones share the connections.
#[derive(Clone)]
pub struct Outside {
    graph: whatsapp::Graph,
    stranger: Strangers,
}

impl Outside {
    /// Prepares the clients; nothing is called yet.
    ///
    /// # Errors
    /// When the TLS library cannot be set up.
    pub fn new(settings: &Settings) -> Result<Self, reqwest::Error> {
        // Whoever installed a provider before us is fine too.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = client().build()?;
        let graph = whatsapp::Graph::new(http, &settings.graph_url, &settings.graph_version);
        Ok(Self { graph, stranger: Strangers::new(client(), settings.callable_networks.clone())? })
    }

    /// Meta's Graph API.
    #[must_use]
    pub fn graph(&self) -> &whatsapp::Graph {
        &self.graph
    }

    /// Servers of strangers.
    #[must_use]
    pub fn stranger(&self) -> &Strangers {
        &self.stranger
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that builds a client")]
fn client() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(3))
        .timeout(Duration::from_secs(10))
        .pool_idle_timeout(Duration::from_secs(30))
        .user_agent(concat!("Colloquy/", env!("CARGO_PKG_VERSION")))
}
